//! Findings in the words of a page.

use serde_json::Value;

use super::words;
use crate::domain::{
    child::PlanStep,
    consent::{OrdinanceMode, Recipient},
    finding::{Blocks, CHANGES_TOLD, Evidence, Finding, Owner, Severity},
    hazard::{Hazard, ZoneClass},
    text::{Lang, Text},
};

/// A finding as a page shows it.
pub(super) struct Shown {
    pub code: &'static str,
    pub title: String,
    pub severity: String,
    /// The class that gives its shape and colour.
    pub class: &'static str,
    /// A mark that needs no colour.
    pub mark: &'static str,
    pub message: String,
    pub next_step: String,
    /// What helps until then (仮の対応).
    pub interim: Option<String>,
    pub owner: String,
    /// Who has overridden it, why, and until when.
    pub overridden: Option<String>,
    pub hazard: Option<String>,
    pub evidence: Vec<(String, String)>,
    pub source: &'static str,
    /// The page of the place it is about.
    pub href: Option<String>,
    /// Everything that has changed, where the message tells the first of it only.
    pub all: Vec<String>,
}

/// A mark for each severity, so that nobody needs the colour.
pub(super) const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "■",
        Severity::Gap => "▲",
        Severity::Warning => "●",
        Severity::Advice => "○",
    }
}

/// The word for how bad a finding is: a blocker on sharing alone does not stop
/// approval.
pub(super) fn severity(finding: &Finding) -> Text {
    match finding.blocks {
        Some(Blocks::Sharing) => words::PART_NOT_SHAREABLE,
        _ => finding.severity.name(),
    }
}

/// A finding in a language, for staff or for a family.
pub(super) fn shown(finding: &Finding, lang: Lang, staff: bool) -> Shown {
    let message = if staff {
        &finding.message
    } else {
        &finding.message_family
    };
    Shown {
        code: finding.rule.code(),
        title: finding.rule.title().get(lang).to_owned(),
        severity: severity(finding).get(lang).to_owned(),
        class: finding.severity.code(),
        mark: mark(finding.severity),
        message: message.get(lang).to_owned(),
        next_step: next_step(finding, lang, staff),
        interim: finding.interim().map(|text| text.get(lang).to_owned()),
        owner: finding.owner.name().get(lang).to_owned(),
        overridden: finding.overridden.as_ref().filter(|_| staff).map(|over| {
            let until = words::with_day(over.until, words::course::UNTIL, lang);
            let title = words::course::OVERRIDDEN_BY;
            let (title, by, reason) = (title.get(lang), &over.by, &over.reason);
            format!("{title}: {by} ・ {reason} ・ {until}")
        }),
        hazard: finding.hazard.map(|h| h.name().get(lang).to_owned()),
        evidence: rows(&finding.evidence, lang),
        source: finding.rule.source(),
        href: None,
        all: if staff {
            all_changes(&finding.evidence, lang)
        } else {
            Vec::new()
        },
    }
}

/// The sentences of all changes, where they are more than a message tells.
fn all_changes(evidence: &Evidence, lang: Lang) -> Vec<String> {
    let changes = evidence.0.get("changes").and_then(Value::as_array);
    let said = changes
        .into_iter()
        .flatten()
        .filter_map(|change| change.get("said"))
        .map(|said| in_words(said, lang));
    let said: Vec<String> = said.collect();
    if said.len() > CHANGES_TOLD {
        said
    } else {
        Vec::new()
    }
}

/// The next step; a family reads what it can do itself, and otherwise who is
/// doing it: the words for staff are no instruction to a mother.
pub(super) fn next_step(finding: &Finding, lang: Lang, staff: bool) -> String {
    // What the family has refused, nobody goes on with.
    if !staff && finding.evidence.0.get("refused") == Some(&Value::Bool(true)) {
        return String::new();
    }
    if staff || finding.owner == Owner::Family {
        return finding.next_step.get(lang).to_owned();
    }
    let owner = finding.owner.name();
    match (lang, finding.owner) {
        (Lang::Ja, Owner::Site) => {
            "担当の方が受入れ先に確かめます。心配なとき、連絡がないときは、担当の方に電話してください。"
                .to_owned()
        }
        (Lang::En, Owner::Site) => {
            "Your contact asks the receiving place. Telephone them when you worry or hear nothing."
                .to_owned()
        }
        (Lang::Ja, _) => format!(
            "{}が進めます。心配なとき、連絡がないときは、担当の方に電話してください。",
            owner.ja
        ),
        (Lang::En, _) => format!(
            "The {} sees to it. Telephone them when you worry or hear nothing.",
            owner.en
        ),
    }
}

/// What was compared, as names and values.
fn rows(evidence: &Evidence, lang: Lang) -> Vec<(String, String)> {
    evidence
        .0
        .iter()
        // The sentence tells them, before and after, in words.
        .filter(|(key, _)| *key != "changes")
        .map(|(key, value)| (name(key, lang).to_owned(), in_words(value, lang)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Keys of evidence, in Japanese and in English.
const NAMES: &[(&str, &str, &str)] = &[
    ("missing", "足りない情報", "missing"),
    ("origin", "位置の出どころ", "where the position comes from"),
    ("data_set", "データ", "data set"),
    ("data_sets", "データ", "data sets"),
    ("list", "一覧", "list"),
    ("name", "名称", "name"),
    ("dated", "日付", "dated"),
    ("publisher", "発行者", "publisher"),
    ("zone", "区域", "zone"),
    ("layer", "地図", "layer"),
    ("class", "区分", "class"),
    ("site", "避難先", "site"),
    ("designated_for", "指定された災害", "designated for"),
    ("destination", "避難先", "destination"),
    ("battery_hours", "バッテリー（時間）", "battery hours"),
    ("hours_needed", "必要な時間", "hours needed"),
    ("needed_hours", "必要な時間", "hours needed"),
    ("preparation_minutes", "準備（分）", "preparation (min)"),
    ("travel_minutes", "移動（分）", "travel (min)"),
    ("queue_minutes", "待ち（分）", "queue (min)"),
    ("lead_minutes", "猶予（分）", "lead (min)"),
    ("travel_basis", "移動時間の根拠", "basis of travel time"),
    ("basis", "根拠", "basis"),
    ("straight_line_metres", "直線距離（m）", "straight line (m)"),
    ("level", "警戒レベル", "level"),
    ("trigger", "きっかけ", "trigger"),
    ("name_in_force", "いまの名称", "name in force"),
    ("item", "項目", "item"),
    ("step", "段階", "step"),
    ("since", "いつから", "since"),
    ("recipient", "提供先", "recipient"),
    ("ordinance", "条例", "ordinance"),
    ("consent", "同意", "consent"),
    ("supporters", "支援者", "supporters"),
    ("planned", "計画の数", "plans"),
    ("places", "受入れ数", "places"),
    ("companions", "付添い", "companions"),
    ("valid_until", "期限", "until"),
    ("lacks", "足りないもの", "lacks"),
    ("metres", "距離（m）", "metres"),
    ("choices", "選べる避難先の数", "choices"),
    ("companions_max", "受け入れる付添い", "companions taken"),
    ("confirmed_by", "確認した人", "confirmed by"),
    ("crossed", "通る区域", "zones on the way"),
    ("direct_allowed", "直接避難", "direct admission"),
    (
        "reception",
        "呼吸器のお子さんの受入れ",
        "takes a child on a ventilator",
    ),
    ("conditions", "受入れの条件", "on which conditions"),
    (
        "emergency_sites",
        "同じ住所の指定緊急避難場所",
        "emergency sites at the address",
    ),
    (
        "highest_usable_floor",
        "使える一番上の階",
        "highest usable floor",
    ),
    ("home_zone", "自宅の区域", "zone of the home"),
    ("home_zone_name", "自宅の区域の名称", "name of the zone"),
    (
        "hours_after_arrival",
        "到着後に要る時間",
        "hours needed after arrival",
    ),
    ("in_force", "いまの名称", "name in force"),
    ("in_list", "一覧にあるか", "in the list"),
    ("judged_by", "判定に使った避難先", "judged by"),
    ("judged_on", "判定に使った経路", "judged on"),
    ("lacking", "書かれていないもの", "lacking"),
    (
        "latest_level",
        "出発できる一番遅い警戒レベル",
        "latest level to leave",
    ),
    (
        "supporters_left",
        "計画から外れた人数",
        "supporters who left",
    ),
    ("recipients", "提供の相手", "recipients"),
    ("consent_on", "同意の日", "consent given on"),
    ("explained_on", "説明の日", "explained on"),
    ("tried_on", "試した日", "tried on"),
    (
        "travel_minutes_by_night",
        "夜間の移動（分）",
        "travel by night (min)",
    ),
    ("counts_until", "いつまで有効か", "counts until"),
    ("parents", "手伝う親の人数", "parents who help"),
    ("others", "手伝うほかの人・団体", "others who help"),
    (
        "can_carry",
        "抱える・押すことができる人数",
        "who can carry or push",
    ),
    ("needed", "要る人数", "needed"),
    ("inside", "区域の中に住む人", "who live in the zone"),
    (
        "not_known",
        "住まいが分からない人",
        "whose home is not known",
    ),
    ("supporter", "何番目の支援者", "which supporter"),
    (
        "former_home_left_on",
        "前の家を出た日",
        "left the former home on",
    ),
    ("leaves_home", "家を出る計画か", "leaves home"),
    ("limit_metres", "限度（m）", "limit (m)"),
    (
        "minimum_safe_floor",
        "安全な一番下の階",
        "lowest safe floor",
    ),
    ("on_roster", "名簿に載っているか", "on the roster"),
    ("route", "経路があるか", "route"),
    ("socket", "コンセント", "socket"),
    ("statute", "条文", "statute"),
    ("table", "名称の表", "table of names"),
    ("wish_recorded", "希望の記録", "wish on record"),
    ("withdrawn", "廃止されたか", "withdrawn"),
    ("zone_name", "区域の名称", "name of the zone"),
    ("zones", "区域の数", "zones"),
    ("refused", "断られたか", "refused"),
    ("days", "日数", "days"),
    ("by_night_minutes", "夜間の移動（分）", "by night (min)"),
    ("closed_from", "閉鎖の開始", "closed from"),
    (
        "closed_at_address",
        "同じ住所で閉鎖中の登録",
        "closed at the same address",
    ),
    ("closed_until", "閉鎖の終わり", "closed until"),
    ("min_safe_floor", "安全な一番下の階", "lowest safe floor"),
    (
        "room_floor",
        "お子さんの部屋の階",
        "storey of the child's room",
    ),
    ("highest_floor", "使える一番上の階", "highest usable floor"),
    ("confirmed_on", "確認した日", "confirmed on"),
    ("drilled_on", "訓練の日", "drill held on"),
    ("changes", "変わったこと", "changes"),
    ("hours_at_least", "少なくともの時間か", "a lower bound"),
    (
        "draw_watts",
        "消費電力（W、余裕込み）",
        "draw (W, with the margin)",
    ),
    (
        "low_confidence",
        "未確認の値を使ったか",
        "unconfirmed figures used",
    ),
    ("total_hours", "すべての電源（時間）", "all sources (hours)"),
    ("agreed_bed", "受入れの約束", "a bed agreed on"),
    (
        "allowance_minutes",
        "停電から出発・電話まで（分）",
        "from the cut to leaving or calling (min)",
    ),
    (
        "storm_hours",
        "嵐の間の電源（時間）",
        "power in a storm (hours)",
    ),
    ("generator", "発電機", "generator"),
    (
        "maker_consent",
        "メーカーの書面の了承",
        "the maker's written consent",
    ),
    (
        "physician_consent",
        "主治医の書面の了承",
        "the physician's written consent",
    ),
    (
        "region_hertz",
        "地域の周波数（Hz）",
        "the region's frequency (Hz)",
    ),
    ("sources", "電源", "sources"),
    ("rated_va", "定格（VA）", "rated (VA)"),
    ("load_va", "つなぐものの合計（VA）", "what hangs on it (VA)"),
    (
        "start_va",
        "起動のときの上乗せ（VA）",
        "extra at a start (VA)",
    ),
    ("limit_va", "定格の8割（VA）", "80 % of the rating (VA)"),
    ("limit_litres", "限度（L）", "limit (L)"),
    ("litres", "保管量（L）", "litres kept"),
    (
        "gasoline_bought_on",
        "ガソリンを買った日",
        "gasoline bought on",
    ),
    (
        "canisters_dated",
        "カセットボンベの日付",
        "date on the canisters",
    ),
    (
        "batteries",
        "呼吸器のバッテリーの数",
        "the ventilator's batteries",
    ),
    ("checked_on", "点検した日", "checked on"),
    ("within_reach", "手の届く所にあるか", "within reach"),
    ("people", "使える人数", "people who can"),
    ("at_home", "家にある数", "at home"),
    ("manual_suction", "手動・足踏みの吸引器", "manual suction"),
    ("oxygen_hours", "酸素ボンベ（時間）", "oxygen (hours)"),
    ("oxygen_l_min", "酸素の流量（L/分）", "oxygen (L/min)"),
    (
        "oxygen_confirmed",
        "避難先の酸素の確認",
        "oxygen confirmed there",
    ),
    (
        "hours_with_generator",
        "発電機を含む時間",
        "hours with the generator",
    ),
    ("food_hours", "食事（時間分）", "food (hours)"),
    ("water_hours", "水（時間分）", "water (hours)"),
    ("medicine_hours", "薬（時間分）", "medicine (hours)"),
    (
        "water_and_grid_hours",
        "水が引き電気が戻るまで（時間）",
        "until water and power cut are over (hours)",
    ),
];

/// The name of a key; one that is not in the table is shown as it is.
fn name(key: &str, lang: Lang) -> &str {
    NAMES
        .iter()
        .find(|(known, ..)| *known == key)
        .map_or(key, |(_, ja, en)| match lang {
            Lang::Ja => ja,
            Lang::En => en,
        })
}

/// The words for a code: of a hazard, an ordinance, a recipient.
fn coded(code: &str) -> Option<Text> {
    let hazard = Hazard::ALL.into_iter().find(|h| h.code() == code);
    let recipient = || {
        serde_json::from_value::<Recipient>(Value::String(code.to_owned()))
            .ok()
            .map(Recipient::name)
    };
    hazard
        .map(Hazard::name)
        .or_else(|| OrdinanceMode::from_code(code).map(OrdinanceMode::name))
        .or_else(recipient)
        .or_else(|| PlanStep::from_code(code).map(PlanStep::name))
        .or_else(|| {
            WORDS
                .iter()
                .find(|(known, _)| *known == code)
                .map(|(_, t)| t.clone())
        })
}

/// Words of the findings that are codes of nothing.
const WORDS: &[(&str, Text)] = &[
    ("contact", Text::fixed("連絡先", "contact")),
    ("name", Text::fixed("氏名", "name")),
    ("address", Text::fixed("住所", "address")),
    ("given", Text::fixed("様式・計画", "sheet or plan")),
    ("map", Text::fixed("地図で設定", "set on the map")),
    ("room", Text::fixed("部屋", "room")),
    ("take", Text::fixed("持っていく物", "what to take")),
    ("call", Text::fixed("連絡先", "whom to call")),
    ("with_whom", Text::fixed("相手", "with whom")),
    ("ward", Text::fixed("病棟", "ward")),
    ("from_trigger", Text::fixed("きっかけ", "trigger")),
    ("subject_to_free_bed", Text::fixed("空床の条件", "free bed")),
    ("telephone", Text::fixed("電話", "telephone")),
    (
        "renewal",
        Text::fixed("12か月以内の確認", "a renewal within 12 months"),
    ),
    ("dated", Text::fixed("日付", "date")),
    (
        "straight_line",
        Text::fixed(
            "直線（道のりではありません）",
            "straight line (not a route)",
        ),
    ),
    (
        "drawn_route",
        Text::fixed("計画に描かれた経路", "the way as drawn"),
    ),
    ("drill", Text::fixed("訓練", "drill")),
    ("record", Text::fixed("確認の記録", "the record")),
    (
        "plan_dated",
        Text::fixed("計画の日付", "the date of the plan"),
    ),
    ("family", Text::fixed("家族の見込み", "family's own figure")),
    (
        "outdoor_place",
        Text::fixed("屋外の場所", "a place outdoors"),
    ),
    ("cord", Text::fixed("延長コード", "cord")),
    (
        "co_alarm",
        Text::fixed("一酸化炭素警報器", "carbon monoxide alarm"),
    ),
    (
        "owner_leave",
        Text::fixed("建物の持ち主の承諾", "the owner's leave"),
    ),
    (
        "registration",
        Text::fixed("送配電会社への登録", "registration"),
    ),
    (
        "emergency_number",
        Text::fixed("緊急の電話番号", "emergency number"),
    ),
];

/// A zone of a map, where a value is one.
fn zone(value: &Value) -> Option<ZoneClass> {
    serde_json::from_value(value.clone()).ok()
}

/// A value in words: hazards by name, texts in the language of the page.
fn in_words(value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => match (yes, lang) {
            (true, Lang::Ja) => "はい".to_owned(),
            (false, Lang::Ja) => "いいえ".to_owned(),
            (true, Lang::En) => "yes".to_owned(),
            (false, Lang::En) => "no".to_owned(),
        },
        Value::Number(number) => match number.as_f64() {
            Some(n) if n.fract() != 0.0 => format!("{n:.1}"),
            _ => number.to_string(),
        },
        Value::String(text) if text == "collapse" => {
            ZoneClass::Collapse.name().get(lang).to_owned()
        }
        Value::String(text) => coded(text).map_or_else(|| text.clone(), |t| t.get(lang).to_owned()),
        Value::Object(_) if zone(value).is_some() => zone(value)
            .map(|class| class.name().get(lang).to_owned())
            .unwrap_or_default(),
        Value::Array(items) => items
            .iter()
            .map(|item| in_words(item, lang))
            .collect::<Vec<_>>()
            .join("、"),
        Value::Object(map) => match (map.get("ja"), map.get("en")) {
            (Some(Value::String(ja)), Some(Value::String(en))) => match lang {
                Lang::Ja => ja.clone(),
                Lang::En => en.clone(),
            },
            _ => map
                .iter()
                .map(|(key, value)| (name(key, lang), in_words(value, lang)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(key, value)| format!("{key}: {value}"))
                .collect::<Vec<_>>()
                .join(" ／ "),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys under which rules put evidence, as their sources write them.
    fn keys(folder: &std::path::Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                keys(&path, into);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for call in [".with(", ".with_some("] {
                for rest in text.split(call).skip(1) {
                    let quoted = rest.trim_start().strip_prefix('"');
                    let key = quoted.and_then(|rest| rest.split('"').next());
                    into.extend(key.map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_key_of_evidence_has_a_name() {
        let mut found = Vec::new();
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/src/planner/rules");
        keys(std::path::Path::new(rules), &mut found);
        assert!(found.len() > 50, "{found:?}");
        found.retain(|key| name(key, Lang::Ja) == key);
        assert!(found.is_empty(), "without a name: {found:?}");
    }
}
