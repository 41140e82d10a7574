//! A row becomes a case: child, home, plan.

use super::{FamilyRecord, cells::Cells, columns};
use crate::{
    domain::{
        child::{Home, PlanStep, Sex, Stuck},
        consent::Recipient,
        hazard::Hazard,
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::{
            PlanDocument,
            document::{
                Agreement, ChildItems, ConsentRecord, Consents, Contact, Destination,
                DestinationKind, Device, DeviceKind, Explanation, Item, Provision, SCHEMA_VERSION,
                StartTrigger, Supporter, TooLate, TravelBy,
            },
        },
        position::PositionAccuracy,
        site::ConfirmedPower,
        text::{Text, key_form},
        warning::EvacuationLevel,
    },
    text,
};

const ITEMS: &[(&str, Item)] = &[
    ("氏名", Item::Name),
    ("生年月日", Item::Born),
    ("性別", Item::Sex),
    ("住所", Item::Address),
    ("連絡先", Item::Contact),
    ("事由", Item::Reason),
    ("支援者", Item::Supporters),
    ("避難先", Item::Destinations),
    ("経路", Item::Route),
    ("作成の同意", Item::ConsentToMake),
    ("説明", Item::Explanation),
    ("提供の同意", Item::ConsentToProvide),
    ("きっかけ", Item::Triggers),
    ("逃げ遅れ", Item::TooLate),
    ("早めのきっかけ", Item::EarlyTrigger),
    ("移動手段", Item::Vehicle),
    ("合意", Item::Agreement),
];

const RECIPIENTS: &[(&str, Recipient)] = &[
    ("消防", Recipient::FireService),
    ("警察", Recipient::Police),
    ("民生委員", Recipient::WelfareCommissioner),
    ("民生委員・児童委員", Recipient::WelfareCommissioner),
    ("社会福祉協議会", Recipient::SocialWelfareCouncil),
    ("社協", Recipient::SocialWelfareCouncil),
    ("自主防災組織", Recipient::CommunityGroup),
    ("自治会", Recipient::CommunityGroup),
    ("支援センター", Recipient::SupportCentre),
    ("医療的ケア児支援センター", Recipient::SupportCentre),
    ("医療機関", Recipient::Hospital),
    ("病院", Recipient::Hospital),
];

/// The case of a row; `None`: the case number or the municipality cannot be
/// read. Other faults are gathered in `cells`.
pub(super) fn record(cells: &Cells<'_, '_>) -> Option<FamilyRecord> {
    let case = case(cells);
    let municipality = municipality(cells);
    let document = PlanDocument {
        schema_version: SCHEMA_VERSION,
        case: case.clone().or_else(|| CaseNumber::parse("unread").ok())?,
        child: child(cells),
        home: Home {
            municipality,
            position: cells.position("緯度", "経度"),
            accuracy: cells.choice(
                "位置の精度",
                &[
                    ("現地測位", PositionAccuracy::Surveyed),
                    ("建物", PositionAccuracy::Building),
                    ("街区", PositionAccuracy::Block),
                    ("町字", PositionAccuracy::TownCentroid),
                ],
            ),
            floors: cells.number("階数", 1, 100),
            room_floor: cells.number("居室の階", -5, 100),
        },
        devices: cells
            .text("呼吸器")
            .map(|model| Device {
                kind: DeviceKind::Ventilator,
                model: Some(model),
                watts: None,
            })
            .into_iter()
            .collect(),
        battery_hours: cells.number("バッテリー時間", 0.0, 1000.0),
        preparation_minutes: cells.number("準備分", 0, 1440),
        vehicle: cells.text("車"),
        destinations: (1..=columns::REPEATED)
            .filter_map(|n| destination(cells, n))
            .collect(),
        triggers: columns::TRIGGER_HAZARDS
            .iter()
            .filter_map(|(ja, _)| trigger(cells, ja))
            .collect(),
        early_trigger: cells.text("台風の早めのきっかけ"),
        too_late: too_late(cells),
        supporters: (1..=columns::REPEATED)
            .filter_map(|n| supporter(cells, n))
            .collect(),
        consents: consents(cells),
        unread: list(cells, "読めない項目", ITEMS),
    };
    let step = cells.choice(
        "段階",
        &[
            ("未着手", PlanStep::NotStarted),
            ("申請前", PlanStep::BeforeApplication),
            ("申請済み", PlanStep::Applied),
            ("作成中", PlanStep::Drafting),
            ("家族の確認待ち", PlanStep::WaitingForFamily),
            ("家族が希望しない", PlanStep::Declined),
        ],
    );
    let since = cells.date("段階の開始日");
    Some(FamilyRecord {
        case: case?,
        municipality: municipality?,
        has_plan: cells.yes_no("計画"),
        stuck: step.map(|step| Stuck { step, since }),
        loan_started_on: cells.date("貸与開始日"),
        plan_dated: cells.date("計画日"),
        document,
    })
}

fn case(cells: &Cells<'_, '_>) -> Option<CaseNumber> {
    let Some(text) = cells.text("整理番号") else {
        cells.fault("整理番号", Text::fixed("空欄です。", "is empty."));
        return None;
    };
    let case = CaseNumber::parse(&text).ok();
    if case.is_none() {
        cells.fault(
            "整理番号",
            text!(
                "「{text}」は整理番号にできません（英数字と - _ 、32文字まで）。",
                "“{text}” is no case number (letters, digits, - and _, at most 32)."
            ),
        );
    }
    case
}

fn municipality(cells: &Cells<'_, '_>) -> Option<MunicipalityCode> {
    let Some(text) = cells.text("市町村") else {
        cells.fault("市町村", Text::fixed("空欄です。", "is empty."));
        return None;
    };
    let found = MunicipalityCode::parse(&text)
        .ok()
        .filter(|code| code.row().is_some())
        .or_else(|| MunicipalityCode::of_name(&text));
    if found.is_none() {
        cells.fault(
            "市町村",
            text!(
                "「{text}」という市町村は見つかりません。コード（43203）か県名からの名称（熊本県人吉市）にしてください。",
                "no municipality “{text}”: give its code (43203) or its name with the prefecture."
            ),
        );
    }
    found
}

fn child(cells: &Cells<'_, '_>) -> ChildItems {
    let contact = |value: &str, who: &str| {
        cells.text(value).map(|value| Contact {
            who: cells.text(who),
            value,
        })
    };
    let coordinator = cells.text("コーディネーター電話").map(|value| Contact {
        who: Some("コーディネーター".to_owned()),
        value,
    });
    ChildItems {
        name: cells.text("氏名"),
        kana: cells.text("フリガナ"),
        born: cells.date("生年月日"),
        sex: cells.choice(
            "性別",
            &[
                ("女", Sex::Female),
                ("男", Sex::Male),
                ("その他", Sex::Other),
                ("未回答", Sex::NotAnswered),
            ],
        ),
        address: cells.text("住所"),
        contacts: [
            contact("連絡先1", "連絡先1の続柄"),
            contact("連絡先2", "連絡先2の続柄"),
            coordinator,
        ]
        .into_iter()
        .flatten()
        .collect(),
        reason: cells.text("事由"),
        on_roster: cells.yes_no("名簿"),
        roster_wish: cells.yes_no("名簿の希望"),
    }
}

fn hazards() -> Vec<(&'static str, Hazard)> {
    let mut words: Vec<(&'static str, Hazard)> = Vec::new();
    for hazard in Hazard::ALL {
        if let std::borrow::Cow::Borrowed(ja) = hazard.name().ja {
            words.push((ja, hazard));
        }
        words.push((hazard.code(), hazard));
    }
    words.push(("火事", Hazard::Fire));
    words.push(("火山", Hazard::Volcano));
    words.push(("内水", Hazard::InlandFlood));
    words
}

/// A cell as a list of words, separated by any usual separator.
fn list<T: Copy>(cells: &Cells<'_, '_>, column: &str, words: &[(&str, T)]) -> Vec<T> {
    let Some(text) = cells.text(column) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for part in text.split(['・', '、', ',', '/', '，', '\n']) {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        match words
            .iter()
            .find(|(word, _)| key_form(word) == key_form(part))
        {
            Some((_, value)) => found.push(*value),
            None => cells.fault(
                column,
                text!("「{part}」は読めません。", "“{part}” is not known here."),
            ),
        }
    }
    found
}

fn destination(cells: &Cells<'_, '_>, n: usize) -> Option<Destination> {
    let c = |name: &str| format!("避難先{n}の{name}");
    let kind = cells.choice(
        &c("種別"),
        &[
            ("指定緊急避難場所", DestinationKind::EmergencySite),
            ("指定避難所", DestinationKind::Shelter),
            ("福祉避難所", DestinationKind::WelfareShelter),
            ("病院", DestinationKind::Hospital),
            ("短期入所", DestinationKind::ShortStay),
            ("親戚", DestinationKind::Relative),
            ("ホテル", DestinationKind::Hotel),
            ("屋内安全確保", DestinationKind::StayUpstairs),
            ("その他", DestinationKind::Other),
        ],
    );
    let hazards_text = cells.text(&c("災害")).filter(|t| key_form(t) != "全て");
    let (name, site) = (cells.text(&c("名称")), cells.text(&c("施設ID")));
    if kind.is_none() {
        if name.is_some() || site.is_some() {
            cells.fault(
                &c("種別"),
                Text::fixed(
                    "避難先の種別を書いてください。",
                    "give the kind of the destination.",
                ),
            );
        }
        return None;
    }
    let power = match (
        cells.text(&c("電源コンセント")),
        cells.text(&c("電源確認者")),
        cells.date(&c("電源期限")),
    ) {
        (Some(socket), Some(confirmed_by), Some(valid_until)) => Some(ConfirmedPower {
            socket,
            confirmed_by,
            valid_until,
        }),
        (None, None, None) => None,
        _ => {
            cells.fault(
                &c("電源コンセント"),
                Text::fixed(
                    "電源はコンセント・確認者・期限の三つがそろって「確認済み」になります。三つとも書くか、三つとも空欄にしてください。",
                    "power is confirmed by three things: socket, by whom, until when. Give all three or none.",
                ),
            );
            None
        }
    };
    Some(Destination {
        kind: kind?,
        site,
        name,
        address: cells.text(&c("住所")),
        position: cells.position(&c("緯度"), &c("経度")),
        hazards: hazards_text.map(|_| list(cells, &c("災害"), &hazards())),
        route: cells.text(&c("経路")),
        route_line: None,
        travel_by: cells.choice(
            &c("移動手段"),
            &[("徒歩", TravelBy::Foot), ("車", TravelBy::Car)],
        ),
        drill_minutes: cells.number(&c("訓練分"), 0, 1440),
        family_minutes: cells.number(&c("見込み分"), 0, 1440),
        companions: cells.number(&c("付添い人数"), 0, 100),
        lowest_floor: cells.number(&c("最下階"), -5, 100),
        highest_floor: cells.number(&c("最上階"), -5, 100),
        power,
        direct_allowed: cells.yes_no(&c("直接避難")),
        agreement: agreement(cells, &c),
    })
}

fn agreement(cells: &Cells<'_, '_>, c: &dyn Fn(&str) -> String) -> Option<Agreement> {
    let found = Agreement {
        with_whom: cells.text(&c("合意の相手")),
        ward: cells.text(&c("合意の病棟")),
        from_trigger: cells.text(&c("合意のきっかけ")),
        subject_to_free_bed: cells.yes_no(&c("空床条件")),
        telephone: cells.text(&c("合意の電話")),
        dated: cells.date(&c("合意日")),
        tried_on: cells.date(&c("試行日")),
    };
    let empty = Agreement {
        with_whom: None,
        ward: None,
        from_trigger: None,
        subject_to_free_bed: None,
        telephone: None,
        dated: None,
        tried_on: None,
    };
    (found != empty).then_some(found)
}

/// `3`, `警戒レベル3`, `高齢者等避難`, `3 高齢者等避難`.
fn trigger(cells: &Cells<'_, '_>, hazard_ja: &str) -> Option<StartTrigger> {
    let hazard = hazards()
        .into_iter()
        .find(|(word, _)| *word == hazard_ja)?
        .1;
    let column = format!("きっかけ_{hazard_ja}");
    let lead_minutes = cells.number(&format!("猶予分_{hazard_ja}"), 0, 10_080);
    let text = cells.text(&column);
    if text.is_none() && lead_minutes.is_none() {
        return None;
    }
    let text = text.unwrap_or_default();
    let folded = key_form(&text);
    let rest = folded
        .strip_prefix("警戒レベル")
        .or_else(|| folded.strip_prefix("レベル"))
        .unwrap_or(&folded);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let name = rest[digits.len()..]
        .trim_matches(['(', ')', ':', '・'])
        .to_owned();
    let level = digits.parse::<u8>().ok().map(EvacuationLevel::try_from);
    if let Some(Err(_)) = level {
        cells.fault(
            &column,
            text!(
                "「{text}」の警戒レベルは1から5の数ではありません。",
                "the level in “{text}” is not one of 1 to 5."
            ),
        );
    }
    Some(StartTrigger {
        hazard,
        level: level.and_then(Result::ok),
        name: Some(name).filter(|n| !n.is_empty()),
        lead_minutes,
    })
}

fn too_late(cells: &Cells<'_, '_>) -> Option<TooLate> {
    let found = TooLate {
        room: cells.text("逃げ遅れ_部屋"),
        take: cells.text("逃げ遅れ_持ち物"),
        call: cells.text("逃げ遅れ_連絡先"),
        leaves_home: cells.yes_no("逃げ遅れ_移動"),
    };
    (found != TooLate::default()).then_some(found)
}

fn supporter(cells: &Cells<'_, '_>, n: usize) -> Option<Supporter> {
    let c = |name: &str| format!("支援者{n}の{name}");
    let found = Supporter {
        name: cells.text(&c("氏名")),
        address: cells.text(&c("住所")),
        contact: cells.text(&c("連絡先")),
        relation: cells.text(&c("続柄")),
        agreed: cells.yes_no(&c("同意")),
    };
    (found.name.is_some() || found.contact.is_some() || found.address.is_some()).then_some(found)
}

fn consents(cells: &Cells<'_, '_>) -> Consents {
    let (on, by) = (cells.date("作成の同意日"), cells.text("同意者"));
    Consents {
        make: cells
            .yes_no("作成の同意")
            .map(|given| ConsentRecord { given, on, by }),
        explained: cells.date("説明日").map(|on| Explanation {
            on,
            by: cells.text("説明者"),
            version: None,
        }),
        provide: provisions(cells),
        ordinance: None,
    }
}

/// `消防=同意(2026-04-01)、民生委員=未確認、警察=拒否`.
fn provisions(cells: &Cells<'_, '_>) -> Vec<Provision> {
    let Some(text) = cells.text("提供先") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for part in text.split(['、', ',', '，', '\n']) {
        let part = key_form(part);
        if part.is_empty() {
            continue;
        }
        let (who, answer) = part.split_once('=').unwrap_or((&part, ""));
        let (answer, date) = answer.split_once('(').unwrap_or((answer, ""));
        let date = date.trim_end_matches(')');
        let on = match date {
            "" => None,
            text => match crate::domain::calendar::era::parse_date(text) {
                Ok(day) => Some(day),
                Err(bad) => {
                    cells.fault("提供先", bad.text());
                    None
                }
            },
        };
        let record = |given| {
            Some(ConsentRecord {
                given,
                on,
                by: None,
            })
        };
        let consent = match answer {
            "同意" => record(true),
            "拒否" => record(false),
            "" | "未確認" => None,
            other => {
                cells.fault(
                    "提供先",
                    text!(
                        "「{other}」は読めません。同意・拒否・未確認のどれかにしてください。",
                        "“{other}” is not one of 同意, 拒否, 未確認."
                    ),
                );
                None
            }
        };
        let known = RECIPIENTS.iter().find(|(word, _)| key_form(word) == who);
        found.push(Provision {
            recipient: known.map_or(Recipient::Other, |(_, recipient)| *recipient),
            name: known.is_none().then(|| who.to_owned()),
            consent,
        });
    }
    found
}
