//! The form in which a municipality enters what no list holds.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::words;
use crate::{
    domain::{
        calendar::era,
        site::{ConfirmedPower, SiteEntry},
        text::{Text, key_form},
    },
    service::view::SitePage,
    text,
};

/// What a municipality enters, as the form sends it: text, so that a wrong
/// number comes back to who wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EntryForm {
    pub level: String,
    pub socket: String,
    pub confirmed_by: String,
    pub valid_until: String,
    pub direct: String,
    pub lowest: String,
    pub highest: String,
    pub companions: String,
    pub places: String,
    pub closed_from: String,
    pub closed_until: String,
    pub revision: i64,
    pub key: Uuid,
}

impl EntryForm {
    pub(super) fn of(page: &SitePage, key: Uuid) -> Self {
        let e = &page.site.entry;
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let power = e.power.as_ref();
        Self {
            level: number(e.opens_at_level.map(i64::from)),
            socket: power.map(|p| p.socket.clone()).unwrap_or_default(),
            confirmed_by: power.map(|p| p.confirmed_by.clone()).unwrap_or_default(),
            valid_until: day(power.map(|p| p.valid_until)),
            direct: match e.direct_allowed {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => String::new(),
            },
            lowest: number(e.lowest_floor.map(i64::from)),
            highest: number(e.highest_floor.map(i64::from)),
            companions: number(e.companions_max.map(i64::from)),
            places: number(e.ventilator_places.map(i64::from)),
            closed_from: day(e.closed_from),
            closed_until: day(e.closed_until),
            revision: page.revision,
            key,
        }
    }

    /// What it says; an empty field is unknown.
    pub(super) fn entry(&self) -> Result<SiteEntry, Wrong> {
        let power = match (
            words_of(&self.socket),
            words_of(&self.confirmed_by),
            day("valid_until", &self.valid_until)?,
        ) {
            (Some(socket), Some(confirmed_by), Some(valid_until)) => Some(ConfirmedPower {
                socket,
                confirmed_by,
                valid_until,
            }),
            (None, None, None) => None,
            (None, ..) => return Err(Wrong::at("socket", words::POWER_PARTS)),
            (_, None, _) => return Err(Wrong::at("confirmed_by", words::POWER_PARTS)),
            (_, _, None) => return Err(Wrong::at("valid_until", words::POWER_PARTS)),
        };
        let lowest_floor = number("lowest", &self.lowest, -5, 100)?;
        let highest_floor: Option<i16> = number("highest", &self.highest, -5, 100)?;
        if lowest_floor
            .zip(highest_floor)
            .is_some_and(|(low, high)| low > high)
        {
            return Err(Wrong::at("highest", words::FLOORS_ORDER));
        }
        let closed_from = day("closed_from", &self.closed_from)?;
        let closed_until = day("closed_until", &self.closed_until)?;
        if closed_from
            .zip(closed_until)
            .is_some_and(|(from, until)| from > until)
        {
            return Err(Wrong::at("closed_until", words::CLOSED_ORDER));
        }
        Ok(SiteEntry {
            opens_at_level: number("level", &self.level, 1, 5)?,
            power,
            direct_allowed: match self.direct.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            lowest_floor,
            highest_floor,
            companions_max: number("companions", &self.companions, 0, 1000)?,
            ventilator_places: number("places", &self.places, 0, 1000)?,
            closed_from,
            closed_until,
        })
    }
}

/// Which field is wrong, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    /// The name of the field.
    pub field: &'static str,
    /// What to do about it.
    pub why: Text,
}

impl Wrong {
    const fn at(field: &'static str, why: Text) -> Self {
        Self { field, why }
    }
}

fn words_of(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn day(field: &'static str, text: &str) -> Result<Option<NaiveDate>, Wrong> {
    match text.trim() {
        "" => Ok(None),
        text => era::parse_date(text)
            .map(Some)
            .map_err(|bad| Wrong::at(field, bad.text())),
    }
}

fn number<T: TryFrom<i64>>(
    field: &'static str,
    text: &str,
    least: i64,
    most: i64,
) -> Result<Option<T>, Wrong> {
    let text = key_form(text);
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number
        .and_then(|n| T::try_from(n).ok())
        .map(Some)
        .ok_or_else(|| {
            let why = text!(
                "{least}から{most}までの数字を入力してください。",
                "Please enter a number from {least} to {most}."
            );
            Wrong::at(field, why)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(set: impl FnOnce(&mut EntryForm)) -> Result<SiteEntry, Wrong> {
        let mut form = EntryForm::default();
        set(&mut form);
        form.entry()
    }

    #[test]
    fn nothing_entered_is_unknown() {
        assert_eq!(form(|_| ()), Ok(SiteEntry::default()));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let field = |set: fn(&mut EntryForm)| form(set).unwrap_err().field;
        assert_eq!(field(|f| f.level = "6".to_owned()), "level");
        assert_eq!(
            field(|f| f.socket = "【デモ】体育館".to_owned()),
            "confirmed_by"
        );
        assert_eq!(field(|f| f.closed_from = "来週".to_owned()), "closed_from");
        let floors = |f: &mut EntryForm| {
            f.lowest = "３".to_owned();
            f.highest = "2".to_owned();
        };
        assert_eq!(field(floors), "highest");
        let closed = |f: &mut EntryForm| {
            f.closed_from = "2026-12-02".to_owned();
            f.closed_until = "2026-12-01".to_owned();
        };
        assert_eq!(field(closed), "closed_until");
    }
}
