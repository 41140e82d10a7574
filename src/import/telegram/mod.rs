//! Telegrams of the weather agency (気象庁防災情報XML): which level is in force where.
//!
//! Read are warnings for municipalities (VPWW53 to VPWW58), 土砂災害警戒情報 and what
//! followed it (VXWW50), and forecasts of rivers (指定河川洪水予報, VXKO), in the scheme
//! until 2026-05-28 and the one since. What counts is a `<Kind>` with its `<Status>`
//! alone: sentences are never searched, since they also say of what there is none
//! (「危険警報の発表状況：なし」).

mod codes;
mod refusals;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use roxmltree::{Document, Node, ParsingOptions};
use serde::Serialize;

use self::{
    codes::{Meaning, Scheme, Status},
    refusals::Refusal,
};
use super::report::{FileError, RowNote};
use crate::{
    domain::{
        hazard::Hazard, municipality::MunicipalityCode, text::key_form, warning::EvacuationLevel,
    },
    text,
};

/// No telegram is larger, in bytes: the largest of the agency's own samples has 0.55 MB.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// No telegram has more elements, attributes and texts together.
const MOST_NODES: u32 = 1_000_000;

/// A telegram that says to come from later than this after now is of a wrong clock.
const AHEAD: TimeDelta = TimeDelta::hours(1);

/// A telegram that is older than this is told to be: warnings are issued anew.
const OLD: TimeDelta = TimeDelta::hours(24);

/// Which telegrams replace each other: a newer one of the same states anew what holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Series {
    /// What it is about: `weather` (VPWW53, VPWW54), the title of one of the new
    /// scheme, `landslide`, `river`.
    pub kind: String,
    /// The agency's code of the area, or of the stretch of a river.
    pub area: String,
}

/// What a telegram says of one municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The municipality.
    pub municipality: MunicipalityCode,
    /// The agency's name of a part of it, where it speaks of a part alone.
    pub part: Option<String>,
    /// Of which hazard; `None`: it has no level, or is unknown.
    pub hazard: Option<Hazard>,
    /// The level; `None`: it has none, or nobody knows what the code means.
    pub level: Option<EvacuationLevel>,
    /// As it is called, in full-width figures made plain.
    pub name: String,
    /// The agency's code.
    pub code: String,
}

/// A telegram that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telegram {
    /// What it replaces.
    pub series: Series,
    /// Its own title (熊本県土砂災害警報・注意報).
    pub title: String,
    /// Who issued it.
    pub office: String,
    /// Since when what it says holds.
    pub reported_at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// What is in force in municipalities of ours.
    pub says: Vec<Statement>,
    /// Records in it.
    pub read: u64,
    /// What a person should know.
    pub notes: Vec<RowNote>,
}

impl Telegram {
    /// Whether it is newer than one of its series, by when it was issued and when sent.
    pub fn is_newer_than(&self, reported_at: DateTime<Utc>, sent_at: DateTime<Utc>) -> bool {
        (self.reported_at, self.sent_at) > (reported_at, sent_at)
    }
}

/// Reads a telegram.
///
/// `ours`: the prefectures of this database, by their two digits; none: nobody knows
/// yet, and every municipality is taken.
///
/// # Errors
///
/// Refused whole, with what to do, under `too_large`, `empty`, `not_utf8`, `truncated`,
/// `doctype`, `not_xml`, `unknown_document`, `training`, `cancelled`, `future`,
/// `no_municipalities`, `other_prefecture`.
pub fn read(bytes: &[u8], ours: &[String], now: DateTime<Utc>) -> Result<Telegram, FileError> {
    parse(bytes, ours, now).map_err(|refusal| FileError::new(refusal.code(), &refusal.text()))
}

fn parse(bytes: &[u8], ours: &[String], now: DateTime<Utc>) -> Result<Telegram, Refusal> {
    let text = as_text(bytes)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(Refusal::of_parser)?;
    let report = document.root_element();
    if report.tag_name().name() != "Report" {
        return Err(Refusal::UnknownDocument(
            report.tag_name().name().to_owned(),
        ));
    }
    let (control, head) = (child(report, "Control"), child(report, "Head"));
    let (Some(control), Some(head)) = (control, head) else {
        return Err(Refusal::Truncated);
    };
    let kind = text_of(control, "Title");
    let title = text_of(head, "Title");
    match key_form(&text_of(control, "Status")).as_str() {
        "通常" => {}
        "訓練" | "試験" => return Err(Refusal::Training(title)),
        other => return Err(Refusal::Training(format!("{title}（{other}）"))),
    }
    let at = |node, name| DateTime::parse_from_rfc3339(&text_of(node, name)).ok();
    let reported = at(head, "ReportDateTime").ok_or(Refusal::Truncated)?;
    let reported_at = reported.to_utc();
    if key_form(&text_of(head, "InfoType")) == "取消" {
        return Err(Refusal::Cancelled(title, reported_at));
    }
    if reported_at > now + AHEAD {
        return Err(Refusal::Future(reported_at));
    }
    let day = in_tokyo(reported_at).date_naive();
    let mut telegram = Telegram {
        series: Series {
            kind: String::new(),
            area: String::new(),
        },
        title,
        office: text_of(control, "EditorialOffice"),
        reported_at,
        sent_at: at(control, "DateTime").map_or(reported_at, |at| at.to_utc()),
        says: Vec::new(),
        read: 0,
        notes: Vec::new(),
    };
    let form = Form::of(&kind).ok_or_else(|| Refusal::UnknownDocument(kind.clone()))?;
    let mut taken = Taken {
        ours,
        found: BTreeMap::new(),
        others: false,
        any: false,
        telegram: &mut telegram,
    };
    match form {
        Form::Towns(series) => of_towns((report, head), &series, day, &mut taken)?,
        Form::Landslide => of_landslides((report, head), day, &mut taken)?,
        Form::River => of_rivers((report, head), day, &mut taken)?,
    }
    let (others, any) = (taken.others, taken.any);
    telegram.says = std::mem::take(&mut taken.found).into_values().collect();
    match (any, others) {
        (false, true) => return Err(Refusal::OtherPrefecture(telegram.title)),
        (false, false) => return Err(Refusal::NoMunicipalities(telegram.title)),
        (true, _) => {}
    }
    if now - reported_at > OLD {
        let at = in_tokyo(reported_at).format("%Y-%m-%d %H:%M");
        let note = text!(
            "{at} に出た、1日より前の電文です。いま有効か、気象庁のページで確かめてください。",
            "this telegram was issued at {at}, more than a day ago: look at the agency's page whether it still holds"
        );
        telegram.notes.push(RowNote::new(0, None, note));
    }
    Ok(telegram)
}

/// The clock on the wall, by which telegrams are dated.
fn in_tokyo(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let tokyo = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
    at.with_timezone(&tokyo)
}

/// The bytes as the text that they are.
fn as_text(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // A character that was cut in two at the end is a file that was cut off.
        Err(error) if error.error_len().is_none() => Err(Refusal::Truncated),
        Err(_) => Err(Refusal::NotUtf8),
    }
}

/// What a telegram is.
enum Form {
    /// Warnings for municipalities, and what they replace.
    Towns(String),
    /// 土砂災害警戒情報, and what followed it.
    Landslide,
    /// 指定河川洪水予報.
    River,
}

impl Form {
    fn of(title: &str) -> Option<Self> {
        let title = key_form(title);
        // VPWW53 and VPWW54 say the same of the same: either replaces the other.
        if matches!(
            title.as_str(),
            "気象特別警報・警報・注意報" | "気象警報・注意報(H27)"
        ) {
            return Some(Self::Towns("weather".to_owned()));
        }
        if title.starts_with("気象警報・注意報") {
            // The bracket behind (土砂災害, 土砂) was renamed while the scheme was made.
            return Some(Self::Towns(title.replace("(土砂災害)", "(土砂)")));
        }
        match title.as_str() {
            "土砂災害警戒情報" | "土砂災害危険警報" => Some(Self::Landslide),
            "指定河川洪水予報" => Some(Self::River),
            _ => None,
        }
    }
}

/// What is being taken out of a telegram.
struct Taken<'t> {
    ours: &'t [String],
    /// The worst of each municipality and hazard (of what has no level: of each name).
    found: BTreeMap<(MunicipalityCode, Option<Hazard>, String), Statement>,
    /// It speaks of another prefecture.
    others: bool,
    /// It speaks of a municipality of ours.
    any: bool,
    telegram: &'t mut Telegram,
}

impl Taken<'_> {
    fn note(&mut self, text: crate::domain::text::Text) {
        let row = self.telegram.read;
        self.telegram.notes.push(RowNote::new(row, None, text));
    }

    /// The municipality of an area of the agency, if it is ours.
    fn town(&mut self, (name, code): (&str, &str)) -> Option<(MunicipalityCode, Option<String>)> {
        let code = key_form(code);
        let five = code.get(..5).unwrap_or_default();
        let found = MunicipalityCode::parse(five)
            .ok()
            .filter(|found| code.len() == 7 && found.row().is_some());
        let Some(found) = found else {
            if code.chars().any(|c| c != '0') || code.is_empty() {
                self.note(text!(
                    "「{name}」（番号{code}）がどの市町村か分かりません。必要なら、画面でレベルを入れてください。",
                    "nobody knows which municipality {name} (code {code}) is: where it matters, enter its level on the page"
                ));
            }
            return None;
        };
        let digits = found.prefecture_digits();
        if !self.ours.is_empty() && !self.ours.iter().any(|own| own == digits) {
            self.others = true;
            return None;
        }
        self.any = true;
        // The last two digits tell parts of a municipality apart (横浜市北部).
        let part = (!code.ends_with("00")).then(|| name.to_owned());
        Some((found, part))
    }

    /// What a kind of warning says of a municipality.
    fn say(
        &mut self,
        (municipality, part): &(MunicipalityCode, Option<String>),
        (name, code): (&str, &str),
        meaning: &Meaning,
    ) {
        let (base, ..) = codes::parts(name);
        let made = |hazard, level, name: &str| Statement {
            municipality: *municipality,
            part: part.clone(),
            hazard,
            level,
            name: name.to_owned(),
            code: code.to_owned(),
        };
        match meaning {
            Meaning::Levels(levels) => {
                for (hazard, level) in levels {
                    self.keep(made(Some(*hazard), Some(*level), &base));
                }
            }
            // Thunder and frost are nobody's tonight.
            Meaning::NoLevel if base.ends_with("注意報") => {}
            Meaning::NoLevel => self.keep(made(None, None, &base)),
            Meaning::Unknown => {
                let called = format!("コード{code}（{base}）");
                self.note(text!(
                    "{called}の意味を、このプログラムは知りません。レベルには数えていません。気象庁のページで確かめてください。",
                    "this program does not know what {called} means, and counts it as no level: look at the agency's page"
                ));
                self.keep(made(None, None, &called));
            }
        }
    }

    fn keep(&mut self, said: Statement) {
        let name = said
            .hazard
            .map_or_else(|| said.name.clone(), |_| String::new());
        let key = (said.municipality, said.hazard, name);
        match self.found.get_mut(&key) {
            Some(known) if known.level >= said.level => {
                // The whole municipality outweighs its parts.
                if known.level == said.level {
                    known.part = known
                        .part
                        .take()
                        .zip(said.part)
                        .map(|(a, b)| if a == b { a } else { format!("{a}・{b}") });
                }
            }
            _ => {
                self.found.insert(key, said);
            }
        }
    }

    fn set_series(&mut self, kind: &str, area: String) -> Result<(), Refusal> {
        if area.is_empty() {
            return Err(Refusal::Truncated);
        }
        self.telegram.series = Series {
            kind: kind.to_owned(),
            area,
        };
        Ok(())
    }
}

/// VPWW53 to VPWW58.
fn of_towns(
    (report, head): (Node<'_, '_>, Node<'_, '_>),
    series: &str,
    day: chrono::NaiveDate,
    taken: &mut Taken<'_>,
) -> Result<(), Refusal> {
    let body = child(report, "Body").ok_or(Refusal::Truncated)?;
    let block = |wanted: &str| {
        children(body, "Warning").find(|block| {
            let kind = block.attribute("type").map(key_form).unwrap_or_default();
            kind == wanted
        })
    };
    let whole = block("気象警報・注意報(府県予報区等)");
    let area = whole
        .and_then(|block| child(block, "Item"))
        .and_then(|item| child(item, "Area"))
        .map_or_else(|| text_of(head, "EventID"), |area| text_of(area, "Code"));
    taken.set_series(series, area)?;
    let towns = block("気象警報・注意報(市町村等)")
        .ok_or_else(|| Refusal::NoMunicipalities(taken.telegram.title.clone()))?;
    let says_level = |node: Node<'_, '_>| key_form(&text_of(node, "Name")).starts_with("レベル");
    let new = series.contains("(R") || kinds(towns).any(says_level);
    let scheme = Scheme::of(day, new);
    for item in children(towns, "Item") {
        taken.telegram.read += 1;
        let Some(area) = child(item, "Area") else {
            return Err(Refusal::Truncated);
        };
        let Some(town) = taken.town((&text_of(area, "Name"), &text_of(area, "Code"))) else {
            continue;
        };
        for kind in children(item, "Kind") {
            let (name, code) = (text_of(kind, "Name"), key_form(&text_of(kind, "Code")));
            if !in_force(&text_of(kind, "Status"), &name, taken) || code == "00" {
                continue;
            }
            let condition = text_of(kind, "Condition");
            let meaning = codes::of_towns(&name, &code, &condition, scheme);
            taken.say(&town, (&name, &code), &meaning);
        }
    }
    Ok(())
}

/// VXWW50: 警戒 (code 3) is the warning itself.
fn of_landslides(
    (report, head): (Node<'_, '_>, Node<'_, '_>),
    day: chrono::NaiveDate,
    taken: &mut Taken<'_>,
) -> Result<(), Refusal> {
    let body = child(report, "Body").ok_or(Refusal::Truncated)?;
    let area = child(body, "TargetArea").map(|area| text_of(area, "Code"));
    taken.set_series(
        "landslide",
        area.unwrap_or_else(|| text_of(head, "EventID")),
    )?;
    let new = key_form(&taken.telegram.title).contains("レベル4土砂災害危険警報");
    let scheme = Scheme::of(day, new);
    let name = if scheme.new {
        "土砂災害危険警報"
    } else {
        "土砂災害警戒情報"
    };
    let items = children(body, "Warning").flat_map(|block| children(block, "Item"));
    for item in items {
        taken.telegram.read += 1;
        let (Some(kind), Some(area)) = (child(item, "Kind"), child(item, "Area")) else {
            return Err(Refusal::Truncated);
        };
        let Some(town) = taken.town((&text_of(area, "Name"), &text_of(area, "Code"))) else {
            continue;
        };
        let (called, code) = (text_of(kind, "Name"), key_form(&text_of(kind, "Code")));
        if !in_force(&text_of(kind, "Status"), &called, taken) {
            continue;
        }
        let known = code == "3" && key_form(&called) == "警戒";
        let (said, meaning) = if known {
            (name, codes::judge(&[name.to_owned()], None, scheme))
        } else {
            (&*called, Meaning::Unknown)
        };
        taken.say(&town, (said, &code), &meaning);
    }
    Ok(())
}

/// VXKO: the level is that of the stretch of river, the municipalities are those that it
/// may flood (浸水想定地区).
fn of_rivers(
    (report, head): (Node<'_, '_>, Node<'_, '_>),
    day: chrono::NaiveDate,
    taken: &mut Taken<'_>,
) -> Result<(), Refusal> {
    let information = child(head, "Headline")
        .into_iter()
        .flat_map(|headline| children(headline, "Information"))
        .find(|one| {
            let kind = one.attribute("type").map(key_form).unwrap_or_default();
            kind == "指定河川洪水予報(予報区域)"
        });
    let item = information.and_then(|one| child(one, "Item"));
    let kind = item.and_then(|item| child(item, "Kind"));
    let area = item
        .and_then(|item| child(item, "Areas"))
        .and_then(|areas| child(areas, "Area"));
    let (Some(kind), Some(area)) = (kind, area) else {
        return Err(Refusal::Truncated);
    };
    taken.set_series("river", text_of(area, "Code"))?;
    let (name, code) = (text_of(kind, "Name"), key_form(&text_of(kind, "Code")));
    let new = key_form(&name).starts_with("レベル");
    let over = key_form(&name).ends_with("解除");
    let meaning = codes::of_rivers(&name, &code, Scheme::of(day, new));
    let stretch = text_of(area, "Name");
    let towns = child(report, "Body")
        .into_iter()
        .flat_map(|body| children(body, "Warning"))
        .flat_map(|block| children(block, "Item"))
        .filter(|item| {
            child(*item, "Kind").is_some_and(|kind| text_of(kind, "Name") == "浸水想定地区")
        })
        .flat_map(|item| children(item, "Areas"))
        .flat_map(|areas| children(areas, "Area"));
    for town in towns {
        taken.telegram.read += 1;
        let called = text_of(town, "City");
        let Some((found, _)) = taken.town((&called, &text_of(town, "CityCode"))) else {
            continue;
        };
        if !over {
            // The stretch tells two rivers of one municipality apart.
            let part = Some(stretch.clone());
            taken.say(&(found, part), (&name, &code), &meaning);
        }
    }
    if over && !taken.any {
        // What is lifted names no district any more; its series is all that matters.
        taken.any = true;
    }
    Ok(())
}

/// Whether a status says that a kind is in force; one that nobody knows is told.
fn in_force(status: &str, name: &str, taken: &mut Taken<'_>) -> bool {
    match codes::status(status) {
        Status::InForce => true,
        Status::Over => false,
        Status::Unknown => {
            taken.note(text!(
                "「{name}」の状態「{status}」の意味を、このプログラムは知りません。数えていません。",
                "this program does not know what the status {status} of {name} means, and does not count it"
            ));
            false
        }
    }
}

/// The kinds of a block.
fn kinds<'a, 'i: 'a>(block: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    children(block, "Item").flat_map(|item| children(item, "Kind"))
}

fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn child<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text of a child, trimmed; empty where there is none.
fn text_of(node: Node<'_, '_>, name: &'static str) -> String {
    let text = child(node, name).and_then(|child| child.text());
    text.unwrap_or_default().trim().to_owned()
}
