//! What a municipality enters on a site, field by field: as a form or a sheet
//! writes it, what changes, and what several sites are changed to at once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    calendar::era,
    id::SiteId,
    mail::MailAddress,
    site::{ConfirmedPower, Reception, SiteEntry},
    text::{Lang, Text, key_form},
};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $ja:literal, $en:literal;)*) => {
        /// One field of what a municipality enters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EntryField {
            $($(#[$doc])* $name,)*
        }

        impl EntryField {
            /// Every field, in the order of forms and sheets.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in a form.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Its name for people; the Japanese one heads its column of a sheet.
            pub const fn name(self) -> Text {
                match self { $(Self::$name => Text::fixed($ja, $en),)* }
            }
        }
    };
}

fields! {
    /// The evacuation level at which it opens.
    Level = "level", "開設する警戒レベル", "opens at level";
    /// Which socket has power in a power cut, fed by what.
    Socket = "socket", "電源のコンセント（停電時の給電元）", "socket, fed by what in a power cut";
    /// Who confirmed it.
    ConfirmedBy = "confirmed_by", "電源を確認した人", "power confirmed by";
    /// The last day on which the confirmation counts.
    ValidUntil = "valid_until", "電源の確認の期限", "power confirmed until";
    /// Whether it takes a child directly.
    Direct = "direct", "直接避難", "direct admission";
    /// The lowest storey that may be used.
    Lowest = "lowest", "使える一番下の階", "lowest usable floor";
    /// The highest one.
    Highest = "highest", "使える一番上の階", "highest usable floor";
    /// How many companions it takes with a child.
    Companions = "companions", "受け入れる付添いの人数", "companions it takes";
    /// For how many ventilator users it has outlets or places.
    Places = "places", "呼吸器を使う人の受入れ数", "places for ventilator users";
    /// First day on which it is closed.
    ClosedFrom = "closed_from", "閉鎖の始まり", "closed from";
    /// Last day on which it is closed.
    ClosedUntil = "closed_until", "閉鎖の終わり", "closed until";
    /// Whether it takes a child on a ventilator.
    Reception = "reception", "呼吸器のお子さんの受入れ", "takes a child on a ventilator";
    /// On which conditions.
    Conditions = "conditions", "受入れの条件", "on which conditions";
    /// How many sockets are fed in a power cut.
    Sockets = "sockets", "停電時に使えるコンセントの数", "sockets fed in a power cut";
    /// Whether it has a generator.
    Generator = "generator", "自家発電", "generator";
    /// For how many hours that runs.
    GeneratorHours = "generator_hours", "自家発電が続く時間", "hours the generator runs";
    /// Where it is reached by day.
    PhoneDay = "phone_day", "施設の電話（昼）", "telephone by day";
    /// Where it is reached by night.
    PhoneNight = "phone_night", "施設の電話（夜間・休日）", "telephone by night";
    /// Whom one asks for.
    Contact = "contact", "施設の担当者", "whom to ask for";
    /// How many children are registered there beforehand.
    Registered = "registered", "事前登録しているお子さんの数", "children registered beforehand";
    /// The municipality's agreement with the place.
    Agreement = "agreement", "協定の内容", "agreement";
    /// The day of that agreement.
    AgreedOn = "agreed_on", "協定の日", "date of the agreement";
    /// Where it is asked once a year.
    Mail = "mail", "年1回の確認を送るメール", "mail for the yearly confirmation";
    /// The day on which the place last confirmed it.
    AskedOn = "asked_on", "施設に確かめた日", "confirmed by the place on";
    /// Who there, and by which way.
    AskedOf = "asked_of", "施設のだれに、どう確かめたか", "confirmed with whom, and how";
}

impl EntryField {
    /// The field of a name in a form.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.code() == code)
    }

    /// What a value of it says to people; an empty one is unknown.
    pub fn shown(self, value: &str, lang: Lang) -> String {
        let word = match (self, value) {
            (Self::ClosedFrom | Self::ClosedUntil, "") => Text::fixed("なし", "none"),
            (_, "") => Text::fixed("未入力（不明）", "not entered (unknown)"),
            (Self::Direct | Self::Generator, "yes") => Text::fixed("はい", "yes"),
            (Self::Direct | Self::Generator, "no") => Text::fixed("いいえ", "no"),
            (Self::Reception, code) => match Reception::from_code(code) {
                Some(answer) => answer.name(),
                None => return value.to_owned(),
            },
            _ => return value.to_owned(),
        };
        word.get(lang).to_owned()
    }
}

/// What somebody wrote, field by field: text, so that a wrong number comes back
/// to whoever wrote it. Empty is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryText([String; EntryField::ALL.len()]);

/// Which field is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongField {
    /// The field.
    pub field: EntryField,
    /// What to do.
    pub why: Text,
}

impl WrongField {
    /// The field by its name, and what to do about it.
    pub fn in_words(&self) -> Text {
        let field = self.field.name();
        Text::new(
            format!("{}：{}", field.ja, self.why.ja),
            format!("{}: {}", field.en, self.why.en),
        )
    }
}

/// Power counts when all three parts are given.
pub const POWER_PARTS: Text = Text::fixed(
    "電源は、コンセント・確認した人・期限の三つがそろって「確認済み」になります。",
    "Power counts as confirmed when all three are given: socket, by whom, until when.",
);

const OTHER_SOCKET: Text = Text::fixed(
    "コンセントを変えるときは、それを確認した人と期限も書いてください（前の確認は前のコンセントのものです）。",
    "Another socket needs who confirmed it and until when: the former confirmation was of the former socket.",
);

const FLOORS_ORDER: Text = Text::fixed(
    "一番上の階が一番下の階より下になっています。",
    "The highest floor is below the lowest.",
);

const CLOSED_ORDER: Text = Text::fixed(
    "閉鎖の終わりが始まりより前になっています。",
    "The closure ends before it begins.",
);

const CLOSED_FROM_MISSING: Text = Text::fixed(
    "閉鎖の終わりだけでは閉鎖になりません。始まりの日も入力してください。",
    "A last day alone closes nothing: give the first day too.",
);

const YES_OR_NO: Text = Text::fixed(
    "「はい」か「いいえ」と入力するか、空にしてください（不明）。",
    "Write はい (yes) or いいえ (no), or leave it empty (unknown).",
);

const RECEPTION_WORD: Text = Text::fixed(
    "「受け入れる」「条件付きで受け入れる」「受け入れられない」のどれかを入力するか、空にしてください（不明）。",
    "Write 受け入れる (yes), 条件付きで受け入れる (on conditions) or 受け入れられない (no), or leave it empty (unknown).",
);

const CONDITIONS_MISSING: Text = Text::fixed(
    "条件付きで受け入れるときは、その条件を書いてください（例：吸引器は持参、平日の昼だけ）。",
    "Where it takes a child on conditions, write which (for example: bring the suction device).",
);

const CONDITIONS_ALONE: Text = Text::fixed(
    "条件を書くときは、受入れを「条件付きで受け入れる」にしてください。",
    "Conditions belong to 条件付きで受け入れる (on conditions): choose it, or take them out.",
);

const NO_GENERATOR: Text = Text::fixed(
    "自家発電が続く時間は、自家発電が「はい」のときに書いてください。",
    "Hours of a generator belong to a place that has one: say yes there, or take them out.",
);

const ASKED_PARTS: Text = Text::fixed(
    "施設への確認は、日付と、だれに・どう確かめたかの両方を書いてください。",
    "A confirmation by the place needs both its day, and with whom and how.",
);

const AGREED_PARTS: Text = Text::fixed(
    "協定は、内容と日付の両方を書いてください。",
    "An agreement needs both what it says and its day.",
);

const TOO_LONG: Text = Text::fixed(
    "200字までで入力してください。",
    "At most 200 characters, please.",
);

/// No word of an entry is longer, in characters.
const MOST_CHARACTERS: usize = 200;

impl EntryText {
    /// As an entry would be written.
    pub fn of(entry: &SiteEntry) -> Self {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let words = |text: &Option<String>| text.clone().unwrap_or_default();
        let yes_or_no = |answer: Option<bool>| match answer {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        };
        let power = entry.power.as_ref();
        let mut text = Self::default();
        for field in EntryField::ALL {
            let value = match field {
                EntryField::Level => number(entry.opens_at_level.map(i64::from)),
                EntryField::Socket => power.map(|p| p.socket.clone()).unwrap_or_default(),
                EntryField::ConfirmedBy => {
                    power.map(|p| p.confirmed_by.clone()).unwrap_or_default()
                }
                EntryField::ValidUntil => day(power.map(|p| p.valid_until)),
                EntryField::Direct => yes_or_no(entry.direct_allowed),
                EntryField::Lowest => number(entry.lowest_floor.map(i64::from)),
                EntryField::Highest => number(entry.highest_floor.map(i64::from)),
                EntryField::Companions => number(entry.companions_max.map(i64::from)),
                EntryField::Places => number(entry.ventilator_places.map(i64::from)),
                EntryField::ClosedFrom => day(entry.closed_from),
                EntryField::ClosedUntil => day(entry.closed_until),
                EntryField::Reception => {
                    let answer = entry.reception.map_or("", Reception::code);
                    answer.to_owned()
                }
                EntryField::Conditions => words(&entry.conditions),
                EntryField::Sockets => number(entry.emergency_sockets.map(i64::from)),
                EntryField::Generator => yes_or_no(entry.generator),
                EntryField::GeneratorHours => number(entry.generator_hours.map(i64::from)),
                EntryField::PhoneDay => words(&entry.telephone_day),
                EntryField::PhoneNight => words(&entry.telephone_night),
                EntryField::Contact => words(&entry.contact),
                EntryField::Registered => number(entry.registered.map(i64::from)),
                EntryField::Agreement => words(&entry.agreement),
                EntryField::AgreedOn => day(entry.agreed_on),
                EntryField::Mail => words(&entry.mail),
                EntryField::AskedOn => day(entry.asked_on),
                EntryField::AskedOf => words(&entry.asked_of),
            };
            text.set(*field, value);
        }
        text
    }

    /// What is written in a field.
    pub fn get(&self, field: EntryField) -> &str {
        &self.0[field as usize]
    }

    /// Writes a field.
    pub fn set(&mut self, field: EntryField, text: impl Into<String>) {
        self.0[field as usize] = text.into();
    }

    /// What it says; an empty field is unknown.
    pub fn entry(&self) -> Result<SiteEntry, WrongField> {
        use EntryField as F;
        let wrong = |field, why| WrongField { field, why };
        let power = match (
            self.words(F::Socket)?,
            self.words(F::ConfirmedBy)?,
            self.day(F::ValidUntil)?,
        ) {
            (Some(socket), Some(confirmed_by), Some(valid_until)) => Some(ConfirmedPower {
                socket,
                confirmed_by,
                valid_until,
            }),
            (None, None, None) => None,
            (None, ..) => return Err(wrong(F::Socket, POWER_PARTS)),
            (_, None, _) => return Err(wrong(F::ConfirmedBy, POWER_PARTS)),
            (_, _, None) => return Err(wrong(F::ValidUntil, POWER_PARTS)),
        };
        let lowest_floor: Option<i16> = self.number(F::Lowest, -5, 100)?;
        let highest_floor: Option<i16> = self.number(F::Highest, -5, 100)?;
        if lowest_floor
            .zip(highest_floor)
            .is_some_and(|(low, high)| low > high)
        {
            return Err(wrong(F::Highest, FLOORS_ORDER));
        }
        let closed_from = self.day(F::ClosedFrom)?;
        let closed_until = self.day(F::ClosedUntil)?;
        match (closed_from, closed_until) {
            (Some(from), Some(until)) if from > until => {
                return Err(wrong(F::ClosedUntil, CLOSED_ORDER));
            }
            (None, Some(_)) => return Err(wrong(F::ClosedFrom, CLOSED_FROM_MISSING)),
            _ => {}
        }
        let reception = self.reception()?;
        let conditions = self.words(F::Conditions)?;
        match (reception, &conditions) {
            (Some(Reception::OnConditions), None) => {
                return Err(wrong(F::Conditions, CONDITIONS_MISSING));
            }
            (Some(Reception::OnConditions), Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(wrong(F::Reception, CONDITIONS_ALONE)),
        }
        let generator = self.yes_or_no(F::Generator)?;
        let generator_hours = self.number(F::GeneratorHours, 0, 1000)?;
        if generator_hours.is_some() && generator != Some(true) {
            return Err(wrong(F::GeneratorHours, NO_GENERATOR));
        }
        let asked_on = self.day(F::AskedOn)?;
        let asked_of = self.words(F::AskedOf)?;
        match (asked_on, &asked_of) {
            (Some(_), None) => return Err(wrong(F::AskedOf, ASKED_PARTS)),
            (None, Some(_)) => return Err(wrong(F::AskedOn, ASKED_PARTS)),
            _ => {}
        }
        let (agreed_on, agreement) = self.agreed()?;
        Ok(SiteEntry {
            registered: self.number(F::Registered, 0, 1000)?,
            agreement,
            agreed_on,
            mail: self.mail()?,
            reception,
            conditions,
            emergency_sockets: self.number(F::Sockets, 0, 1000)?,
            generator,
            generator_hours,
            telephone_day: self.words(F::PhoneDay)?,
            telephone_night: self.words(F::PhoneNight)?,
            contact: self.words(F::Contact)?,
            asked_on,
            asked_of,
            opens_at_level: self.number(F::Level, 1, 5)?,
            power,
            direct_allowed: self.yes_or_no(F::Direct)?,
            lowest_floor,
            highest_floor,
            companions_max: self.number(F::Companions, 0, 1000)?,
            ventilator_places: self.number(F::Places, 0, 1000)?,
            closed_from,
            closed_until,
        })
    }

    /// An agreement has its day.
    fn agreed(&self) -> Result<(Option<NaiveDate>, Option<String>), WrongField> {
        let (on, what) = (
            self.day(EntryField::AgreedOn)?,
            self.words(EntryField::Agreement)?,
        );
        let field = match (on, &what) {
            (Some(_), None) => EntryField::Agreement,
            (None, Some(_)) => EntryField::AgreedOn,
            _ => return Ok((on, what)),
        };
        Err(WrongField {
            field,
            why: AGREED_PARTS,
        })
    }

    fn mail(&self) -> Result<Option<String>, WrongField> {
        let field = EntryField::Mail;
        let Some(text) = self.words(field)? else {
            return Ok(None);
        };
        let address = MailAddress::parse(&text).map_err(|why| WrongField { field, why })?;
        Ok(Some(address.to_string()))
    }

    /// As a form sends it, or as a person writes it in a sheet.
    fn reception(&self) -> Result<Option<Reception>, WrongField> {
        let field = EntryField::Reception;
        let text = self.get(field).trim();
        if text.is_empty() {
            return Ok(None);
        }
        let written = |answer: &Reception| answer.code() == text || answer.name().ja == text;
        let answer = Reception::ALL.into_iter().find(written);
        answer.map(Some).ok_or(WrongField {
            field,
            why: RECEPTION_WORD,
        })
    }

    fn words(&self, field: EntryField) -> Result<Option<String>, WrongField> {
        let text = self.get(field).trim();
        if text.chars().count() > MOST_CHARACTERS {
            return Err(WrongField {
                field,
                why: TOO_LONG,
            });
        }
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    fn day(&self, field: EntryField) -> Result<Option<NaiveDate>, WrongField> {
        match self.get(field).trim() {
            "" => Ok(None),
            text => era::parse_date(text).map(Some).map_err(|bad| WrongField {
                field,
                why: bad.text(),
            }),
        }
    }

    fn number<T: TryFrom<i64>>(
        &self,
        field: EntryField,
        least: i64,
        most: i64,
    ) -> Result<Option<T>, WrongField> {
        let text = key_form(self.get(field));
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().ok().filter(|n| (least..=most).contains(n));
        number
            .and_then(|n| T::try_from(n).ok())
            .map(Some)
            .ok_or_else(|| WrongField {
                field,
                why: crate::text!(
                    "{least}から{most}までの数字を入力してください。",
                    "Please enter a number from {least} to {most}."
                ),
            })
    }

    fn yes_or_no(&self, field: EntryField) -> Result<Option<bool>, WrongField> {
        match key_form(self.get(field)).to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "yes" | "はい" => Ok(Some(true)),
            "no" | "いいえ" => Ok(Some(false)),
            _ => Err(WrongField {
                field,
                why: YES_OR_NO,
            }),
        }
    }
}

/// What of two entries differs: the field, before, after, as they are written.
pub fn differences(before: &SiteEntry, after: &SiteEntry) -> Vec<(EntryField, String, String)> {
    let (before, after) = (EntryText::of(before), EntryText::of(after));
    EntryField::ALL
        .iter()
        .map(|field| (*field, before.get(*field), after.get(*field)))
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| (field, before.to_owned(), after.to_owned()))
        .collect()
}

/// What several sites are to be changed to: some fields, and of the others
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPatch(pub Vec<(EntryField, String)>);

impl EntryPatch {
    /// An entry with these fields changed. Whoever confirmed one socket has not
    /// confirmed another: a new one comes with who has, and until when.
    pub fn on(&self, entry: &SiteEntry) -> Result<SiteEntry, WrongField> {
        let mut text = EntryText::of(entry);
        for (field, value) in &self.0 {
            text.set(*field, value.clone());
        }
        let after = text.entry()?;
        let sockets = entry.power.as_ref().zip(after.power.as_ref());
        let other = sockets.is_some_and(|(was, is)| was.socket != is.socket);
        let says = |field| self.0.iter().any(|(known, _)| *known == field);
        if other && !(says(EntryField::ConfirmedBy) && says(EntryField::ValidUntil)) {
            return Err(WrongField {
                field: EntryField::Socket,
                why: OTHER_SOCKET,
            });
        }
        Ok(after)
    }
}

/// One site of a change of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryChange {
    /// Which.
    pub site: SiteId,
    /// The revision that was looked at.
    pub revision: i64,
    /// What it said.
    pub before: SiteEntry,
    /// What it shall say.
    pub after: SiteEntry,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(set: &[(EntryField, &str)]) -> EntryText {
        let mut text = EntryText::default();
        for (field, value) in set {
            text.set(*field, *value);
        }
        text
    }

    #[test]
    fn nothing_entered_is_unknown() {
        assert_eq!(text(&[]).entry(), Ok(SiteEntry::default()));
    }

    #[test]
    fn another_socket_is_not_confirmed_by_who_confirmed_the_one_before() {
        use EntryField as F;
        let entry = text(&[
            (F::Socket, "【デモ】体育館"),
            (F::ConfirmedBy, "【デモ】施設課"),
            (F::ValidUntil, "2027-03-31"),
        ]);
        let entry = entry.entry().unwrap();
        let patch = |fields: &[(F, &str)]| {
            let fields = fields.iter().map(|(f, v)| (*f, (*v).to_owned()));
            EntryPatch(fields.collect()).on(&entry)
        };
        let other = (F::Socket, "【デモ】校舎");
        assert_eq!(patch(&[other]).unwrap_err().field, F::Socket);
        let same = (F::Socket, "【デモ】体育館");
        assert_eq!(patch(&[same]).unwrap(), entry);
        let (by, until) = (
            (F::ConfirmedBy, "【デモ】学校"),
            (F::ValidUntil, "2028-03-31"),
        );
        assert!(patch(&[other, by, until]).is_ok());
    }

    #[test]
    fn an_entry_survives_being_written_out() {
        use EntryField as F;
        let written = text(&[
            (F::Level, "3"),
            (F::Socket, "【デモ】体育館の東側、自家発電"),
            (F::ConfirmedBy, "【デモ】施設課"),
            (F::ValidUntil, "令和9年3月31日"),
            (F::Direct, "はい"),
            (F::Lowest, "-1"),
            (F::Highest, "３"),
            (F::Companions, "2"),
            (F::Places, "0"),
            (F::ClosedFrom, "2026-12-01"),
            (F::ClosedUntil, "2026-12-28"),
            (F::Reception, "条件付きで受け入れる"),
            (F::Conditions, "【デモ】吸引器は持参"),
            (F::Sockets, "４"),
            (F::Generator, "はい"),
            (F::GeneratorHours, "72"),
            (F::PhoneDay, "000-0000-0001"),
            (F::PhoneNight, "000-0000-0002"),
            (F::Contact, "【デモ】施設長"),
            (F::Registered, "２"),
            (F::Agreement, "【デモ】停電のとき個室1つ"),
            (F::AgreedOn, "2025-04-01"),
            (F::Mail, "demo@example.jp"),
            (F::AskedOn, "2026-04-01"),
            (F::AskedOf, "【デモ】施設長、電話"),
        ]);
        let entry = written.entry().unwrap();
        assert_eq!(EntryText::of(&entry).entry(), Ok(entry.clone()));
        assert_eq!(entry.highest_floor, Some(3));
        assert_eq!(entry.power.unwrap().valid_until.to_string(), "2027-03-31");
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        use EntryField as F;
        let field = |set: &[(EntryField, &str)]| text(set).entry().unwrap_err().field;
        assert_eq!(field(&[(F::Level, "6")]), F::Level);
        assert_eq!(field(&[(F::Socket, "【デモ】体育館")]), F::ConfirmedBy);
        assert_eq!(field(&[(F::ClosedFrom, "来週")]), F::ClosedFrom);
        assert_eq!(field(&[(F::Lowest, "３"), (F::Highest, "2")]), F::Highest);
        let closed = [
            (F::ClosedFrom, "2026-12-02"),
            (F::ClosedUntil, "2026-12-01"),
        ];
        assert_eq!(field(&closed), F::ClosedUntil);
        assert_eq!(field(&closed[1..]), F::ClosedFrom);
        assert_eq!(field(&[(F::Direct, "たぶん")]), F::Direct);
        assert_eq!(field(&[(F::Reception, "たぶん")]), F::Reception);
        // Conditions are written where there are some, and only there.
        assert_eq!(field(&[(F::Reception, "on_conditions")]), F::Conditions);
        let alone = [(F::Reception, "yes"), (F::Conditions, "【デモ】昼だけ")];
        assert_eq!(field(&alone), F::Reception);
        assert_eq!(field(&alone[1..]), F::Reception);
        assert_eq!(field(&[(F::GeneratorHours, "72")]), F::GeneratorHours);
        assert_eq!(field(&[(F::AskedOn, "2026-04-01")]), F::AskedOf);
        assert_eq!(field(&[(F::AskedOf, "【デモ】電話")]), F::AskedOn);
        assert_eq!(field(&[(F::Agreement, "【デモ】個室")]), F::AgreedOn);
        assert_eq!(field(&[(F::AgreedOn, "2026-04-01")]), F::Agreement);
        assert_eq!(field(&[(F::Mail, "demo＠")]), F::Mail);
    }

    #[test]
    fn a_patch_changes_its_fields_and_nothing_else() {
        use EntryField as F;
        let before = text(&[(F::Level, "3"), (F::Companions, "2")])
            .entry()
            .unwrap();
        let patch = EntryPatch(vec![
            (F::Level, String::new()),
            (F::Direct, "no".to_owned()),
        ]);
        let after = patch.on(&before).unwrap();
        let fields: Vec<_> = differences(&before, &after)
            .into_iter()
            .map(|(field, ..)| field)
            .collect();
        assert_eq!(fields, [F::Level, F::Direct]);
        assert_eq!(after.opens_at_level, None);
        assert_eq!(after.companions_max, Some(2));
    }

    #[test]
    fn every_field_has_a_name_of_its_own() {
        for field in EntryField::ALL {
            assert_eq!(EntryField::from_code(field.code()), Some(*field));
        }
        assert_eq!(EntryField::from_code("revision"), None);
    }
}
