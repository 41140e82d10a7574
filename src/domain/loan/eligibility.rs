//! Who may be lent a generator: criteria with their evidence. The centre
//! decides; nothing here refuses.
//!
//! All of them are conditions of 熊本県生命の応援事業 as its leaflet and its
//! questions and answers state them (熊本県障がい者支援課, 2026-03-13).

use chrono::NaiveDate;

use super::file::LoanFacts;
use crate::{
    domain::{municipality::MunicipalityCode, text::Text},
    text,
};

/// Discharges count from this day (「令和7年（2025年）4月1日以降の退院」, leaflet
/// of the programme, 2026-03-13).
pub const FIRST_DISCHARGE: (i32, u32, u32) = (2025, 4, 1);

/// Applications are taken from this day (「令和7年（2025年）10月31日から開始」,
/// same leaflet).
pub const FIRST_APPLICATION: (i32, u32, u32) = (2025, 10, 31);

/// Minutes without the ventilator that still count as always (「概ね30分以内」,
/// same leaflet). 概ね: a little more is for the centre to judge.
pub const MINUTES_OFF: u32 = 30;

/// Whether a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// Nobody has said yet.
    Unknown,
}

impl Standing {
    /// The word for classes of pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Unknown => "unknown",
        }
    }

    /// The name for people.
    pub const fn name(self) -> Text {
        match self {
            Self::Met => Text::fixed("満たす", "met"),
            Self::NotMet => Text::fixed("満たさない", "not met"),
            Self::Unknown => Text::fixed("未確認", "not known"),
        }
    }
}

coded! {
    /// A condition of the programme.
    Criterion {
        /// Cared for in a NICU hospital of the prefecture, and comes home in it.
        FromNicu = "from_nicu", "県内のNICU医療機関から県内の在宅へ移る", "from a NICU hospital of the prefecture to a home in it";
        /// On the ventilator nearly always.
        AlwaysVentilated = "always_ventilated", "呼吸器を外せるのは概ね30分以内", "off the ventilator for about 30 minutes at most";
        /// Discharged late enough.
        Discharged = "discharged", "令和7年4月1日以降に退院（予定を含む）", "discharged, or to be, on or after 2025-04-01";
        /// Applied late enough.
        Applied = "applied", "令和7年10月31日以降の申請", "applied on or after 2025-10-31";
        /// No scheme of the municipality that can be used.
        NoScheme = "no_scheme", "市町村に使える助成制度がない", "no usable scheme of the municipality";
    }
}

/// A criterion, whether it is met, and what was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Which.
    pub criterion: Criterion,
    /// Whether it is met.
    pub standing: Standing,
    /// What was compared, or what to ask.
    pub evidence: Text,
}

/// What is on record of the schemes of the home's municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemes<'a> {
    /// The municipality is not known.
    NoHome,
    /// Nobody has entered any scheme of its prefecture: that it has none is not
    /// known.
    NoTable,
    /// Its schemes; empty: it has none.
    Of(&'a [Scheme]),
}

/// A scheme of a municipality that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Of which municipality.
    pub municipality: MunicipalityCode,
    /// What it gives.
    pub benefit: String,
    /// Its first day, where that is known.
    pub from: Option<NaiveDate>,
    /// Its last day, where it has one.
    pub until: Option<NaiveDate>,
    /// Where that was read, and when.
    pub source: String,
}

impl Scheme {
    /// The schemes that the program brings (`data/municipal_schemes.csv`), each with
    /// its source and the month for which that speaks.
    pub fn known() -> Vec<Self> {
        let text = include_str!("../../../data/municipal_schemes.csv");
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let rows = reader.records().map(|row| {
            let row = row.expect("the data file is well formed");
            let day = |cell: &str| (!cell.is_empty()).then(|| cell.parse().expect("a day"));
            Self {
                municipality: MunicipalityCode::parse(&row[0]).expect("a code"),
                benefit: row[1].to_owned(),
                from: day(&row[2]),
                until: day(&row[3]),
                source: format!("{}、{}時点", &row[4], &row[5]),
            }
        });
        rows.collect()
    }

    /// Whether it is in force on a day.
    pub fn is_in_force(&self, on: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }
}

/// Judges every criterion.
///
/// `applied_on`: the day of the application; `None`:
/// not applied for yet, and `today` stands in for it. `elsewhere`: the municipality of
/// the home, where it lies in another prefecture than the centre's.
pub fn judge(
    facts: &LoanFacts,
    elsewhere: Option<MunicipalityCode>,
    schemes: Schemes<'_>,
    applied_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<Judged> {
    let on = applied_on.unwrap_or(today);
    let one = |criterion, (standing, evidence)| Judged {
        criterion,
        standing,
        evidence,
    };
    vec![
        one(Criterion::FromNicu, from_nicu(facts, elsewhere)),
        one(Criterion::AlwaysVentilated, always_ventilated(facts)),
        one(Criterion::Discharged, discharged(facts)),
        one(Criterion::Applied, applied(applied_on, on)),
        one(Criterion::NoScheme, no_scheme(facts, schemes, on)),
    ]
}

fn from_nicu(facts: &LoanFacts, elsewhere: Option<MunicipalityCode>) -> (Standing, Text) {
    let hospital = facts.nicu_hospital.as_deref().unwrap_or("—");
    if let (Some(town), None, None | Some(true)) = (
        elsewhere,
        facts.home_in_prefecture,
        facts.nicu_in_prefecture,
    ) {
        let town = town.full_name();
        return (
            Standing::NotMet,
            text!(
                "住まいの市町村（{town}）は県外です。県内の住まいへ移るなら、「住まいが県内か」に答えるか、市町村を直してください。",
                "the municipality of the home ({town}) is outside the prefecture; where the child moves to a home in it, answer that or correct the municipality"
            ),
        );
    }
    if let (Some(town), Some(true), Some(true)) = (
        elsewhere,
        facts.home_in_prefecture,
        facts.nicu_in_prefecture,
    ) {
        let town = town.full_name();
        return (
            Standing::Met,
            text!(
                "県内の医療機関：{hospital}。住まいは県内になると答えがあります（記入された市町村は{town}）。",
                "hospital in the prefecture: {hospital}; the home is said to be in it too (the municipality that is written down is {town})"
            ),
        );
    }
    match (facts.nicu_in_prefecture, facts.home_in_prefecture) {
        (Some(false), _) => (
            Standing::NotMet,
            text!(
                "NICUの医療機関（{hospital}）は県外です。",
                "the NICU hospital ({hospital}) is outside the prefecture"
            ),
        ),
        (_, Some(false)) => (
            Standing::NotMet,
            Text::fixed(
                "住まいが県外です（または県外になります）。",
                "the home is, or will be, outside the prefecture",
            ),
        ),
        (Some(true), Some(true)) => (
            Standing::Met,
            text!(
                "県内の医療機関：{hospital}。住まいも県内です。",
                "hospital in the prefecture: {hospital}; so is the home"
            ),
        ),
        (None, _) => (
            Standing::Unknown,
            Text::fixed(
                "NICUの医療機関が県内かどうかを、病院の退院支援の担当にたずねる。",
                "ask the hospital's discharge staff whether its NICU is in the prefecture",
            ),
        ),
        (Some(true), None) => (
            Standing::Unknown,
            Text::fixed(
                "退院後の住まいが県内かどうかを、ご家族にたずねる。",
                "ask the family whether the home will be in the prefecture",
            ),
        ),
    }
}

fn always_ventilated(facts: &LoanFacts) -> (Standing, Text) {
    match facts.minutes_off {
        None => (
            Standing::Unknown,
            Text::fixed(
                "呼吸器を何分外せるかを、主治医にたずねる。",
                "ask the physician for how many minutes the child can do without the ventilator",
            ),
        ),
        Some(minutes) if minutes <= MINUTES_OFF => (
            Standing::Met,
            text!(
                "外せるのは{minutes}分まで（基準：概ね{MINUTES_OFF}分以内）。",
                "up to {minutes} minutes (criterion: about {MINUTES_OFF})"
            ),
        ),
        Some(minutes) => (
            Standing::NotMet,
            text!(
                "外せるのは{minutes}分（基準：概ね{MINUTES_OFF}分以内。「概ね」の判断はセンターがします）。",
                "{minutes} minutes (criterion: about {MINUTES_OFF}; what \"about\" means is for the centre to decide)"
            ),
        ),
    }
}

fn discharged(facts: &LoanFacts) -> (Standing, Text) {
    let (day, planned) = match (facts.discharged_on, facts.discharge_planned_on) {
        (Some(day), _) => (day, false),
        (None, Some(day)) => (day, true),
        (None, None) => {
            return (
                Standing::Unknown,
                Text::fixed(
                    "退院の日（予定日）をたずねる。",
                    "ask for the day of discharge, or the planned one",
                ),
            );
        }
    };
    let first = day_of(FIRST_DISCHARGE);
    let (ja, en) = if planned {
        ("退院予定", "discharge planned for")
    } else {
        ("退院", "discharged on")
    };
    let standing = if day >= first {
        Standing::Met
    } else {
        Standing::NotMet
    };
    (
        standing,
        text!(
            "{ja}：{day}（基準：{first}以降）。",
            "{en} {day} (criterion: on or after {first})"
        ),
    )
}

fn applied(applied_on: Option<NaiveDate>, on: NaiveDate) -> (Standing, Text) {
    let first = day_of(FIRST_APPLICATION);
    let standing = if on >= first {
        Standing::Met
    } else {
        Standing::NotMet
    };
    let evidence = match applied_on {
        Some(_) => text!(
            "申請日：{on}（基準：{first}以降）。",
            "applied on {on} (criterion: on or after {first})"
        ),
        None => text!(
            "まだ申請はありません。今日（{on}）申請した場合。",
            "not applied for yet; as if on this day, {on}"
        ),
    };
    (standing, evidence)
}

fn no_scheme(facts: &LoanFacts, schemes: Schemes<'_>, on: NaiveDate) -> (Standing, Text) {
    let schemes = match schemes {
        Schemes::Of(schemes) => schemes,
        Schemes::NoHome => {
            return (
                Standing::Unknown,
                Text::fixed(
                    "住まいの市町村を記入する（助成制度の表と照らし合わせます）。",
                    "enter the municipality of the home: it is compared with the table of schemes",
                ),
            );
        }
        Schemes::NoTable => {
            return (
                Standing::Unknown,
                Text::fixed(
                    "助成制度の表がまだありません。「市町村の制度と窓口」で表を作るか、市町村に電話して、制度がないことを理由の欄に書いてください。",
                    "there is no table of schemes yet: make it under municipal schemes and windows, or telephone the municipality and write down that it has none",
                ),
            );
        }
    };
    let Some(scheme) = schemes.iter().find(|scheme| scheme.is_in_force(on)) else {
        return (
            Standing::Met,
            Text::fixed(
                "助成制度の表に、この市町村の有効な制度はありません。",
                "the table holds no scheme of this municipality that is in force",
            ),
        );
    };
    let (name, benefit, source) = (scheme.municipality.name(), &scheme.benefit, &scheme.source);
    match facts.scheme_unusable_because.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => (
            Standing::Met,
            text!(
                "{name}に制度（{benefit}）はありますが、使えません：{reason}。",
                "{name} has a scheme ({benefit}), which cannot be used: {reason}"
            ),
        ),
        _ => (
            Standing::NotMet,
            text!(
                "{name}の制度（{benefit}）が優先します（{source}）。使えない場合は、その理由を記入してください。",
                "the scheme of {name} ({benefit}) comes first ({source}); where it cannot be used, say why"
            ),
        ),
    }
}

fn day_of((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the programme")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn complete() -> LoanFacts {
        LoanFacts {
            nicu_hospital: Some("【デモ】県内病院".into()),
            nicu_in_prefecture: Some(true),
            home_in_prefecture: Some(true),
            minutes_off: Some(10),
            discharge_planned_on: Some(day("2026-12-20")),
            ..LoanFacts::default()
        }
    }

    fn standing(facts: &LoanFacts, schemes: Schemes<'_>, criterion: Criterion) -> Standing {
        let judged = judge(facts, None, schemes, None, day("2026-11-21"));
        judged
            .iter()
            .find(|j| j.criterion == criterion)
            .unwrap()
            .standing
    }

    fn scheme(from: Option<&str>, until: Option<&str>) -> Scheme {
        Scheme {
            municipality: MunicipalityCode::parse("43202").unwrap(),
            benefit: "購入費の助成".into(),
            from: from.map(day),
            until: until.map(day),
            source: "県のQ&A（2025-10）".into(),
        }
    }

    #[test]
    fn a_child_still_in_hospital_meets_every_criterion() {
        let judged = judge(
            &complete(),
            None,
            Schemes::Of(&[]),
            Some(day("2026-11-01")),
            day("2026-11-21"),
        );
        assert_eq!(judged.len(), Criterion::ALL.len());
        for one in judged {
            assert_eq!(one.standing, Standing::Met, "{one:?}");
        }
    }

    #[test]
    fn what_nobody_said_is_unknown_and_says_whom_to_ask() {
        let empty = standing(&LoanFacts::default(), Schemes::NoTable, Criterion::NoScheme);
        assert_eq!(empty, Standing::Unknown, "nobody has looked");
        for one in judge(
            &LoanFacts::default(),
            None,
            Schemes::NoHome,
            None,
            day("2026-11-21"),
        ) {
            if one.criterion != Criterion::Applied {
                assert_eq!(one.standing, Standing::Unknown, "{one:?}");
            }
        }
    }

    #[test]
    fn each_criterion_can_fail() {
        use Criterion as C;
        let with = |change: fn(&mut LoanFacts)| {
            let mut facts = complete();
            change(&mut facts);
            facts
        };
        let none = Schemes::Of(&[]);
        for (facts, criterion) in [
            (with(|f| f.nicu_in_prefecture = Some(false)), C::FromNicu),
            (with(|f| f.home_in_prefecture = Some(false)), C::FromNicu),
            (with(|f| f.minutes_off = Some(31)), C::AlwaysVentilated),
            (
                with(|f| f.discharged_on = Some(day("2025-03-31"))),
                C::Discharged,
            ),
        ] {
            assert_eq!(
                standing(&facts, none, criterion),
                Standing::NotMet,
                "{criterion:?}"
            );
        }
        let early = judge(
            &complete(),
            None,
            none,
            Some(day("2025-10-30")),
            day("2026-11-21"),
        );
        let applied = early.iter().find(|j| j.criterion == C::Applied).unwrap();
        assert_eq!(applied.standing, Standing::NotMet);
    }

    #[test]
    fn a_town_of_another_prefecture_is_evidence_unless_somebody_has_answered() {
        let kochi = MunicipalityCode::parse("39201").unwrap();
        let of = |home, nicu| {
            let facts = LoanFacts {
                home_in_prefecture: home,
                nicu_in_prefecture: nicu,
                ..complete()
            };
            let judged = judge(
                &facts,
                Some(kochi),
                Schemes::Of(&[]),
                None,
                day("2026-11-21"),
            );
            judged.into_iter().next().unwrap()
        };
        for nicu in [None, Some(true)] {
            let one = of(None, nicu);
            assert_eq!(one.standing, Standing::NotMet);
            assert!(one.evidence.ja.contains("高知県高知市"), "{one:?}");
            assert!(one.evidence.en.contains("高知県高知市"), "{one:?}");
        }
        let answered = of(Some(true), Some(true));
        assert_eq!(answered.standing, Standing::Met);
        assert!(
            answered.evidence.ja.contains("高知県高知市"),
            "{answered:?}"
        );
        assert_eq!(of(Some(false), Some(true)).standing, Standing::NotMet);
    }

    #[test]
    fn the_first_days_of_the_programme_count() {
        let mut facts = complete();
        facts.discharged_on = Some(day("2025-04-01"));
        assert_eq!(
            standing(&facts, Schemes::Of(&[]), Criterion::Discharged),
            Standing::Met
        );
        facts.minutes_off = Some(30);
        assert_eq!(
            standing(&facts, Schemes::Of(&[]), Criterion::AlwaysVentilated),
            Standing::Met
        );
    }

    #[test]
    fn the_schemes_that_the_program_brings_are_those_of_the_source() {
        let known = Scheme::known();
        let of = |prefecture: &str| {
            let ours = known.iter().map(|scheme| scheme.municipality);
            let ours = ours.filter(|code| code.as_str().starts_with(prefecture));
            ours.map(|code| code.name().to_owned()).collect::<Vec<_>>()
        };
        let kumamoto = [
            "熊本市",
            "八代市",
            "水俣市",
            "上天草市",
            "天草市",
            "宇土市",
            "玉名郡玉東町",
            "玉名郡南関町",
        ];
        assert_eq!(of("43"), kumamoto);
        assert_eq!(of("35"), ["熊毛郡田布施町"]);
        let tabuse = known.last().unwrap();
        assert!(!tabuse.is_in_force(day("2023-09-18")) && tabuse.is_in_force(day("2023-09-19")));
        assert!(known.iter().all(|scheme| scheme.source.contains("時点")));
    }

    #[test]
    fn a_scheme_comes_first_unless_it_is_not_in_force_or_cannot_be_used() {
        let of = |facts: &LoanFacts, scheme: Scheme| {
            standing(facts, Schemes::Of(&[scheme]), Criterion::NoScheme)
        };
        let mut facts = complete();
        assert_eq!(of(&facts, scheme(None, None)), Standing::NotMet);
        assert_eq!(of(&facts, scheme(Some("2026-11-22"), None)), Standing::Met);
        assert_eq!(of(&facts, scheme(None, Some("2026-11-20"))), Standing::Met);
        facts.scheme_unusable_because = Some("  ".into());
        assert_eq!(of(&facts, scheme(None, None)), Standing::NotMet);
        facts.scheme_unusable_because = Some("手帳の対象にならない".into());
        assert_eq!(of(&facts, scheme(None, None)), Standing::Met);
    }
}
