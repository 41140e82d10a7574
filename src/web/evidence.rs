//! Findings in the words of a page.

use serde_json::Value;

use super::words;
use crate::domain::{
    consent::{OrdinanceMode, Recipient},
    finding::{Blocks, Evidence, Finding, Owner, Severity},
    hazard::Hazard,
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
    pub owner: String,
    pub hazard: Option<String>,
    pub evidence: Vec<(String, String)>,
    pub source: &'static str,
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
        owner: finding.owner.name().get(lang).to_owned(),
        hazard: finding.hazard.map(|h| h.name().get(lang).to_owned()),
        evidence: rows(&finding.evidence, lang),
        source: finding.rule.source(),
    }
}

/// The next step; a family reads what it can do itself, and otherwise who is
/// doing it: the words for staff are no instruction to a mother.
pub(super) fn next_step(finding: &Finding, lang: Lang, staff: bool) -> String {
    if staff || finding.owner == Owner::Family {
        return finding.next_step.get(lang).to_owned();
    }
    let owner = finding.owner.name();
    match lang {
        Lang::Ja => format!(
            "{}が進めます。心配なとき、連絡がないときは、担当の方に電話してください。",
            owner.ja
        ),
        Lang::En => format!(
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
        .map(|(key, value)| (name(key, lang).to_owned(), in_words(value, lang)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The name of a key; one that is not in the table is shown as it is.
fn name(key: &str, lang: Lang) -> &str {
    const NAMES: &[(&str, &str, &str)] = &[
        ("missing", "足りない情報", "missing"),
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
        ("refused", "断られたか", "refused"),
        ("days", "日数", "days"),
        ("by_night_minutes", "夜間の移動（分）", "by night (min)"),
        ("closed_from", "閉鎖の開始", "closed from"),
        ("closed_until", "閉鎖の終わり", "closed until"),
        ("min_safe_floor", "安全な一番下の階", "lowest safe floor"),
        ("highest_floor", "使える一番上の階", "highest usable floor"),
    ];
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
        Value::String(text) => coded(text).map_or_else(|| text.clone(), |t| t.get(lang).to_owned()),
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
