//! The fields of each step in which a plan is written: the law's items (災害対策基本法
//! 第49条の10第2項, 第49条の14第3項) and those of the Cabinet Office's form
//! (`DOMAIN.md` A1, A5).

use crate::{
    domain::{plan::course::Step, text::Text},
    web::by_field::{Field, Kind, Section, Words, field},
};

// Fields that stand in a step and on the one page for a plan on paper.
const CHILD_NAME: Field = field!("child.name", "氏名", "Name", Kind::Line);
const CHILD_KANA: Field = field!("child.kana", "フリガナ", "Reading", Kind::Line);
const CHILD_BORN: Field = field!("child.born", "生年月日", "Date of birth", Kind::Day);
const CHILD_SEX: Field = field!("child.sex", "性別", "Sex", Kind::Choice(Words::Sexes));
const CHILD_ADDRESS: Field = field!("child.address", "住所又は居所", "Address", Kind::Line);
const PLACE_KIND: Field = field!("kind", "種類", "Kind", Kind::Choice(Words::Destinations));
const PLACE_NAME: Field = field!("name", "名前", "Name", Kind::Line);
const PLACE_SITE: Field = field!("site", "一覧の番号", "Number in the list", Kind::Hidden);
const PLACE_ADDRESS: Field = field!("address", "住所", "Address", Kind::Line);
const PLACE_ROUTE: Field = field!(
    "route",
    "そこまでの道（1行でよい）",
    "The way there (one line will do)",
    Kind::Line
);
const TRIGGER_HAZARD: Field = field!(
    "hazard",
    "災害",
    "Hazard",
    Kind::Choice(Words::LevelHazards)
);
const TRIGGER_LEVEL: Field = field!(
    "level",
    "警戒レベル",
    "Level",
    Kind::NumberOf(Words::Levels)
);
const TRIGGER_NAME: Field = field!(
    "name",
    "情報の名前（高齢者等避難など）",
    "Name of the information",
    Kind::Line
);
const HELPER_NAME: Field = field!("name", "氏名又は名称", "Name", Kind::Line);
const HELPER_RELATION: Field = field!(
    "relation",
    "お子さんとの関係（母、近所、訪問看護など）",
    "To the child (mother, neighbour, nurses)",
    Kind::Line
);
const HELPER_ADDRESS: Field = field!("address", "住所又は居所", "Address", Kind::Line);
const HELPER_CONTACT: Field = field!("contact", "電話番号など", "Telephone", Kind::Telephone);
const HELPER_AGREED: Field = field!(
    "agreed",
    "名前を計画とともに渡すことに同意した",
    "Has agreed to be named",
    Kind::YesNo
);
const CONSENT_EXPLAINED_ON: Field = field!(
    "consents.explained.on",
    "説明した日",
    "Explained on",
    Kind::Day
);
const CONSENT_MAKE_GIVEN: Field = field!(
    "consents.make.given",
    "計画を作ることに同意した",
    "Consent to make the plan",
    Kind::YesNo
);
const CONSENT_MAKE_ON: Field = field!("consents.make.on", "同意した日", "On", Kind::Day);
const CONSENT_MAKE_BY: Field = field!(
    "consents.make.by",
    "同意した人（保護者・法定代理人）",
    "By whom (legal representative)",
    Kind::Line
);

const CHILD: Section = Section {
    at: "",
    title: Text::fixed("お子さん", "The child"),
    help: None,
    is_list: false,
    fields: &[
        CHILD_NAME,
        CHILD_KANA,
        CHILD_BORN,
        CHILD_SEX,
        field!(
            "child.reason",
            "避難支援等を必要とする事由（例：人工呼吸器を24時間使用、自分で動けない）",
            "Why support is needed (a ventilator day and night, cannot move)",
            Kind::Note
        ),
        field!(
            "child.on_roster",
            "市町村の名簿（避難行動要支援者名簿）に載っている",
            "On the municipality's roster",
            Kind::YesNo
        ),
        field!(
            "child.roster_wish",
            "名簿に載る希望を伝えた",
            "The wish to be on it was stated",
            Kind::YesNo
        ),
    ],
};

const CONTACTS: Section = Section {
    at: "child.contacts",
    title: Text::fixed("連絡先", "Contacts"),
    help: Some(Text::fixed(
        "緊急のときにつながる順に。少なくとも2つあると安心です。",
        "In the order in which they are reached in an emergency; two at least.",
    )),
    is_list: true,
    fields: &[
        field!(
            "who",
            "だれ（母、父、コーディネーターなど）",
            "Who (mother, father, coordinator)",
            Kind::Line
        ),
        field!("value", "電話番号など", "Telephone number", Kind::Telephone),
    ],
};

const HOME: Section = Section {
    at: "",
    title: Text::fixed("自宅", "The home"),
    help: Some(Text::fixed(
        "転居は計画のページの「転居」で記録します。ここに書いた住所は、登録に住所がないときだけ登録に入ります。",
        "A move is recorded on the plan's page. The address here goes on record only where there is none yet.",
    )),
    is_list: false,
    fields: &[
        CHILD_ADDRESS,
        field!(
            "home.floors",
            "建物の階数",
            "Storeys of the building",
            Kind::Storey
        ),
        field!(
            "home.room_floor",
            "お子さんの部屋の階",
            "Storey of the child's room",
            Kind::Storey
        ),
        field!(
            "particulars.usual_room",
            "普段いる部屋・寝室の位置",
            "The usual room, and where the child sleeps",
            Kind::Line
        ),
        field!(
            "particulars.building",
            "建物のつくり（木造、鉄筋など）",
            "How the building is made",
            Kind::Line
        ),
        field!(
            "particulars.built",
            "建てられた時期（1981年6月より前かどうか）",
            "When it was built (before June 1981?)",
            Kind::Line
        ),
        field!(
            "particulars.household",
            "同居の家族",
            "Who lives in the household",
            Kind::Line
        ),
    ],
};

const CARE: Section = Section {
    at: "",
    title: Text::fixed("医療と支援", "Care and services"),
    help: None,
    is_list: false,
    fields: &[
        field!(
            "particulars.considerations",
            "避難のときに配慮すること",
            "To be minded while the child is moved",
            Kind::Several(Words::Considerations)
        ),
        field!(
            "particulars.consideration_words",
            "配慮すること（くわしく）",
            "The same in words",
            Kind::Note
        ),
        field!(
            "particulars.doctor",
            "主治医・かかりつけの病院",
            "Physician and hospital",
            Kind::Line
        ),
        field!("particulars.medicines", "薬", "Medicines", Kind::Note),
        field!(
            "particulars.services",
            "使っているサービス（訪問看護、通所、学校など）",
            "Services (visiting nurses, day care, school)",
            Kind::Note
        ),
        field!(
            "particulars.service_planner",
            "相談支援専門員",
            "Who plans the services",
            Kind::Line
        ),
        field!(
            "particulars.safety_check",
            "安否確認の方法",
            "How one finds out whether the child is safe",
            Kind::Line
        ),
    ],
};

const DESTINATIONS: Section = Section {
    at: "destinations",
    title: Text::fixed("避難先（行く順に）", "Destinations, in the order of choice"),
    help: Some(Text::fixed(
        "災害ごとに行き先が違うときは「どの災害のとき」に印を付けます。印がなければ、どの災害でもそこへ行きます。停電のときの行き先も入れてください。一覧にある施設の電源と直接受入れは、市町村が施設に記入したものが優先します。",
        "Tick hazards where a place is for some of them alone; without a tick it is for all. Name a place for a power cut, too. Of a listed place what the municipality has entered on its power and admission counts first.",
    )),
    is_list: true,
    fields: &[
        PLACE_KIND,
        PLACE_NAME,
        PLACE_SITE,
        PLACE_ADDRESS,
        field!(
            "hazards",
            "どの災害のとき",
            "For which hazards",
            Kind::Several(Words::Hazards)
        ),
        PLACE_ROUTE,
        field!("travel_by", "行き方", "How", Kind::Choice(Words::Ways)),
        field!(
            "family_minutes",
            "ご家族の見込みの時間",
            "Minutes, as the family reckons",
            Kind::Whole("分")
        ),
        field!(
            "companions",
            "付き添いの人数",
            "Companions",
            Kind::Whole("人")
        ),
        field!(
            "direct_allowed",
            "お子さんを直接受け入れると確かめた",
            "That it takes the child directly is confirmed",
            Kind::YesNo
        ),
        field!(
            "power.socket",
            "停電のときも使えるコンセント（どこの、何の電源）",
            "Which socket works in a power cut, fed by what",
            Kind::Line
        ),
        field!(
            "power.confirmed_by",
            "電源を確かめた人",
            "Who confirmed the power",
            Kind::Line
        ),
        field!(
            "power.valid_until",
            "電源の確認の期限",
            "The confirmation of the power counts until",
            Kind::Day
        ),
        field!(
            "oxygen",
            "そこで酸素が使えると確かめた",
            "Oxygen there is confirmed",
            Kind::YesNo
        ),
        field!(
            "agreement.with_whom",
            "受入れの約束をした人（病院・短期入所）",
            "Who there has agreed (hospital, short stay)",
            Kind::Line
        ),
        field!("agreement.ward", "病棟", "Ward", Kind::Line),
        field!(
            "agreement.from_trigger",
            "いつから受け入れるか",
            "From which moment on",
            Kind::Line
        ),
        field!(
            "agreement.subject_to_free_bed",
            "空きベッドがあるときだけ",
            "Only where a bed is free",
            Kind::YesNo
        ),
        field!(
            "agreement.telephone",
            "夜もつながる電話",
            "Telephone, also by night",
            Kind::Telephone
        ),
        field!("agreement.dated", "約束した日", "Agreed on", Kind::Day),
        field!(
            "agreement.tried_on",
            "最後に試した日",
            "Last tried on",
            Kind::Day
        ),
    ],
};

const TRIGGERS: Section = Section {
    at: "triggers",
    title: Text::fixed("出発のきっかけ", "When to leave"),
    help: Some(Text::fixed(
        "警戒レベル3（高齢者等避難）までに出発します。レベル4では遅すぎます。",
        "Leave at level 3 (高齢者等避難) at the latest: level 4 is too late.",
    )),
    is_list: true,
    fields: &[
        TRIGGER_HAZARD,
        TRIGGER_LEVEL,
        TRIGGER_NAME,
        field!(
            "lead_minutes",
            "きっかけから災害までの時間",
            "Minutes from it to the hazard",
            Kind::Whole("分")
        ),
    ],
};

const START: Section = Section {
    at: "",
    title: Text::fixed("早めの出発と移動", "Leaving early, and how"),
    help: None,
    is_list: false,
    fields: &[
        field!(
            "early_trigger",
            "台風のときの早めのきっかけ（例：前日の昼、風が強くなる前）",
            "The early start before a typhoon (the day before, before the wind)",
            Kind::Line
        ),
        field!(
            "vehicle",
            "お子さんと機器を乗せる車（だれの、どの車）",
            "The vehicle: whose, which",
            Kind::Line
        ),
        field!(
            "preparation_minutes",
            "出発の支度にかかる時間",
            "Minutes to get ready",
            Kind::Whole("分")
        ),
    ],
};

const UPSTAIRS: Section = Section {
    at: "",
    title: Text::fixed(
        "自宅の上の階にとどまる場合",
        "Where the plan stays upstairs",
    ),
    help: Some(Text::fixed(
        "上の階にとどまる計画のときだけ書きます。",
        "Only where the plan stays upstairs.",
    )),
    is_list: false,
    fields: &[
        field!(
            "upstairs.without_lift",
            "エレベーターなしで上がれる",
            "Up without a lift",
            Kind::YesNo
        ),
        field!(
            "upstairs.how",
            "だれが何を運ぶか",
            "Who carries what",
            Kind::Line
        ),
        field!(
            "upstairs.food_hours",
            "食事（注入）がもつ時間",
            "Food lasts",
            Kind::Number("時間")
        ),
        field!(
            "upstairs.water_hours",
            "水がもつ時間",
            "Water lasts",
            Kind::Number("時間")
        ),
        field!(
            "upstairs.medicine_hours",
            "薬がもつ時間",
            "Medicine lasts",
            Kind::Number("時間")
        ),
        field!(
            "particulars.kept_at_home",
            "在宅避難の備え",
            "What is kept for staying at home",
            Kind::Note
        ),
    ],
};

const TOO_LATE: Section = Section {
    at: "",
    title: Text::fixed(
        "外に出られないとき（警戒レベル5）",
        "When one cannot go out (level 5)",
    ),
    help: Some(Text::fixed(
        "動かずに命を守る一行です。崖や川から離れた、いちばん高い部屋を決めておきます。",
        "One line that saves a life without moving: the highest room, away from slope and river.",
    )),
    is_list: false,
    fields: &[
        field!("too_late.room", "どの部屋", "Which room", Kind::Line),
        field!(
            "too_late.take",
            "そこへ持っていくもの",
            "What to take there",
            Kind::Line
        ),
        field!(
            "too_late.call",
            "どこへ電話するか（119など）",
            "Whom to call (119)",
            Kind::Line
        ),
        field!(
            "too_late.leaves_home",
            "それでも外へ出る計画になっている",
            "The plan travels even then",
            Kind::YesNo
        ),
    ],
};

const SUPPORTERS: Section = Section {
    at: "supporters",
    title: Text::fixed("手伝う人（避難支援等実施者）", "Who helps"),
    help: Some(Text::fixed(
        "氏名・住所・連絡先がそろった人が1人は要ります（保護者や団体でもよい）。お子さんを抱える・バギーを押す人は2人以上。",
        "One at least with name, address and telephone (a parent or a body counts); two who can carry or push.",
    )),
    is_list: true,
    fields: &[
        HELPER_NAME,
        field!(
            "kind",
            "人か団体か",
            "Person or body",
            Kind::Choice(Words::Supporters)
        ),
        field!(
            "people",
            "団体なら、来る人数",
            "Of a body: how many come",
            Kind::Whole("人")
        ),
        HELPER_RELATION,
        HELPER_ADDRESS,
        HELPER_CONTACT,
        field!(
            "parent",
            "お子さんの親",
            "A parent of the child",
            Kind::YesNo
        ),
        field!(
            "lives_with_child",
            "お子さんと一緒に住んでいる",
            "Lives with the child",
            Kind::YesNo
        ),
        field!(
            "can_carry",
            "抱える・押すことができる",
            "Can carry or push",
            Kind::YesNo
        ),
        field!(
            "task",
            "すること（抱える、車を出す、電話する）",
            "What they do (carry, drive, telephone)",
            Kind::Line
        ),
        HELPER_AGREED,
    ],
};

const POWER: Section = Section {
    at: "",
    title: Text::fixed("電源", "Power"),
    help: Some(Text::fixed(
        "機器とバッテリーを1つずつ記録してあれば、その記録から計算します。ここは、まだ記録がないときの目安です。",
        "Where devices and batteries are on record one by one, hours are reckoned from that record: this is for want of it.",
    )),
    is_list: false,
    fields: &[field!(
        "battery_hours",
        "バッテリーだけでもつ時間（合計）",
        "Hours on batteries alone, together",
        Kind::Number("時間")
    )],
};

const TAKE: Section = Section {
    at: "",
    title: Text::fixed("持っていくもの", "What to take"),
    help: Some(Text::fixed(
        "1行に1つずつ。呼吸器・バッテリーと充電器・吸引器・蘇生バッグ・薬・お薬手帳・注入の用具・水など。",
        "One a line: ventilator, batteries and chargers, suction, manual resuscitator, medicines, feeding set, water.",
    )),
    is_list: false,
    fields: &[
        field!(
            "particulars.take_along",
            "持っていくもの",
            "What to take",
            Kind::Names
        ),
        field!(
            "particulars.at_destination",
            "避難先で気をつけること",
            "To be minded at the destination",
            Kind::Note
        ),
    ],
};

const CONSENTS: Section = Section {
    at: "",
    title: Text::fixed(
        "作成の同意と説明",
        "Consent to make the plan, and the explanation",
    ),
    help: Some(Text::fixed(
        "作ることへの同意と、渡すことへの同意は別の記録です。あとで答えが変わったときは、計画を書き直さず「計画への同意」のページに記録します。同意を聞く前に、計画をだれに渡すことになるかを説明します（第49条の14第2項）。",
        "Consent to make it and consent to give it out are two records. An answer that changes later is written down on the page of consents. Before either it is explained to whom it would be given.",
    )),
    is_list: false,
    fields: &[
        CONSENT_EXPLAINED_ON,
        field!("consents.explained.by", "説明した人", "By whom", Kind::Line),
        field!(
            "consents.explained.version",
            "使った説明書",
            "Which leaflet",
            Kind::Line
        ),
        CONSENT_MAKE_GIVEN,
        CONSENT_MAKE_ON,
        CONSENT_MAKE_BY,
        field!(
            "consents.make.form",
            "聞いた方法",
            "In which form",
            Kind::Choice(Words::ConsentForms)
        ),
    ],
};

const PROVIDE: Section = Section {
    at: "consents.provide",
    title: Text::fixed(
        "だれに渡すか（平時の提供）",
        "To whom it is given in peacetime",
    ),
    help: Some(Text::fixed(
        "渡したい相手ごとに、保護者の答えを書きます。条例で同意が要らない市町村でも、断られたことは書いてください。",
        "For each recipient, what the representative answered. Write down a refusal also where an ordinance needs no consent.",
    )),
    is_list: true,
    fields: &[
        field!(
            "recipient",
            "相手",
            "Recipient",
            Kind::Choice(Words::Recipients)
        ),
        field!("name", "名前（○○消防署など）", "Name", Kind::Line),
        field!(
            "consent.given",
            "渡すことに同意した",
            "Consent to give it",
            Kind::YesNo
        ),
        field!("consent.on", "答えた日", "On", Kind::Day),
        field!("consent.by", "答えた人", "By whom", Kind::Line),
        field!(
            "consent.form",
            "聞いた方法",
            "In which form",
            Kind::Choice(Words::ConsentForms)
        ),
    ],
};

const UNREAD: Section = Section {
    at: "",
    title: Text::fixed("紙の計画にあるが、読めないもの", "On the paper, but unread"),
    help: Some(Text::fixed(
        "紙の計画を入力したときだけ。印を付けた項目は「ない」ではなく「まだ分からない」として残ります。",
        "Only where a plan on paper was entered: what is ticked is unknown, not missing.",
    )),
    is_list: false,
    fields: &[field!(
        "unread",
        "読めないもの",
        "Unread",
        Kind::Several(Words::Items)
    )],
};

const PAPER_CHILD: Section = Section {
    at: "",
    title: Text::fixed("お子さん", "The child"),
    help: None,
    is_list: false,
    fields: &[
        CHILD_NAME,
        CHILD_KANA,
        CHILD_BORN,
        CHILD_SEX,
        CHILD_ADDRESS,
        field!(
            "child.reason",
            "避難支援等を必要とする事由",
            "Why support is needed",
            Kind::Note
        ),
    ],
};

const PAPER_DESTINATIONS: Section = Section {
    at: "destinations",
    title: Text::fixed("避難先（行く順に）", "Destinations, in the order of choice"),
    help: None,
    is_list: true,
    fields: &[
        PLACE_KIND,
        PLACE_NAME,
        PLACE_SITE,
        PLACE_ADDRESS,
        PLACE_ROUTE,
    ],
};

const PAPER_TRIGGERS: Section = Section {
    at: "triggers",
    title: Text::fixed("出発のきっかけ", "When to leave"),
    help: None,
    is_list: true,
    fields: &[TRIGGER_HAZARD, TRIGGER_LEVEL, TRIGGER_NAME],
};

const PAPER_SUPPORTERS: Section = Section {
    at: "supporters",
    title: Text::fixed("手伝う人（避難支援等実施者）", "Who helps"),
    help: None,
    is_list: true,
    fields: &[
        HELPER_NAME,
        HELPER_RELATION,
        HELPER_ADDRESS,
        HELPER_CONTACT,
        HELPER_AGREED,
    ],
};

const PAPER_CONSENTS: Section = Section {
    at: "",
    title: Text::fixed("作成の同意", "Consent to make the plan"),
    help: None,
    is_list: false,
    fields: &[
        CONSENT_EXPLAINED_ON,
        CONSENT_MAKE_GIVEN,
        CONSENT_MAKE_ON,
        CONSENT_MAKE_BY,
    ],
};

/// What a plan on paper has of the law's items, on one page: what else it says is written
/// in the steps.
pub(super) static ON_PAPER: [Section; 8] = [
    PAPER_CHILD,
    CONTACTS,
    PAPER_DESTINATIONS,
    PAPER_TRIGGERS,
    TOO_LATE,
    PAPER_SUPPORTERS,
    PAPER_CONSENTS,
    UNREAD,
];

/// The answers without which what stands beside them says nothing.
pub(super) const fn decides(step: Step) -> &'static [&'static str] {
    match step {
        Step::Home => &["value"],
        Step::Where => &[
            "kind",
            "hazard",
            "power.socket",
            "power.confirmed_by",
            "power.valid_until",
        ],
        Step::Consents => &[
            "consents.explained.on",
            "consents.make.given",
            "recipient",
            "consent.given",
        ],
        _ => &[],
    }
}

static OF_HOME: [Section; 4] = [CHILD, CONTACTS, HOME, CARE];
static OF_WHERE: [Section; 4] = [DESTINATIONS, TRIGGERS, START, UPSTAIRS];
static OF_TOO_LATE: [Section; 1] = [TOO_LATE];
static OF_WHO: [Section; 1] = [SUPPORTERS];
static OF_POWER: [Section; 1] = [POWER];
static OF_TAKE: [Section; 1] = [TAKE];
static OF_CONSENTS: [Section; 2] = [CONSENTS, PROVIDE];
static OF_CHECK: [Section; 1] = [UNREAD];

/// The sections of a step.
pub(super) fn sections(step: Step) -> &'static [Section] {
    match step {
        Step::Home => &OF_HOME,
        Step::Where => &OF_WHERE,
        Step::TooLate => &OF_TOO_LATE,
        Step::Who => &OF_WHO,
        Step::Power => &OF_POWER,
        Step::Take => &OF_TAKE,
        Step::Consents => &OF_CONSENTS,
        Step::Check => &OF_CHECK,
        Step::Threats => &[],
    }
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::domain::plan::PlanDocument;

    /// Every place of the schema that ends in a value, lists by their own.
    fn places(
        schema: &serde_json::Value,
        node: &serde_json::Value,
        at: &str,
        out: &mut Vec<String>,
    ) {
        let node = match node.get("$ref").and_then(|r| r.as_str()) {
            Some(name) => &schema["$defs"][name.trim_start_matches("#/$defs/")],
            None => node,
        };
        let inner = node.get("anyOf").and_then(|all| all.as_array());
        if let Some(all) = inner {
            for one in all {
                if one.get("type").and_then(|t| t.as_str()) != Some("null") {
                    places(schema, one, at, out);
                }
            }
            return;
        }
        match node.get("properties").and_then(|all| all.as_object()) {
            Some(all) => {
                for (key, inner) in all {
                    let place = if at.is_empty() {
                        key.clone()
                    } else {
                        format!("{at}.{key}")
                    };
                    places(schema, inner, &place, out);
                }
            }
            None => out.push(at.to_owned()),
        }
    }

    #[test]
    fn what_is_entered_from_paper_is_an_item_of_some_step() {
        let of_steps: Vec<(&str, &str)> = Step::ALL
            .iter()
            .flat_map(|step| sections(*step))
            .flat_map(|section| section.fields.iter().map(|field| (section.at, field.at)))
            .collect();
        for section in &ON_PAPER {
            for field in section.fields {
                assert!(of_steps.contains(&(section.at, field.at)), "{}", field.at);
            }
        }
    }

    #[test]
    fn every_item_of_a_plan_is_written_in_some_step() {
        let schema = serde_json::to_value(schema_for!(PlanDocument)).unwrap();
        let mut all = Vec::new();
        places(&schema, &schema, "", &mut all);
        // Not typed in a step: what the program keeps, the record of devices, where the
        // home is, and what the municipality asks for (fields of their own).
        let elsewhere = [
            "schema_version",
            "case",
            "devices",
            "power",
            "home.municipality",
            "home.position",
            "home.accuracy",
            "particulars.municipal",
            "consents.ordinance",
        ];
        let typed: Vec<&str> = Step::ALL
            .iter()
            .flat_map(|step| sections(*step))
            .flat_map(|section| {
                let own = (!section.is_list).then_some(section.fields);
                own.into_iter()
                    .flatten()
                    .map(|field| field.at)
                    .chain(section.is_list.then_some(section.at))
            })
            .collect();
        let missing: Vec<&String> = all
            .iter()
            .filter(|place| {
                !typed.contains(&place.as_str())
                    && !elsewhere.iter().any(|known| {
                        place.as_str() == *known || place.starts_with(&format!("{known}."))
                    })
            })
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
