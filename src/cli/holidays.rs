//! The holidays by which deadlines are counted: the Act's, corrected by the list
//! that the configuration names.

use super::Failure;
use crate::{
    config::Config,
    domain::{
        calendar::{Holidays, OfficeDays},
        text::{Lang, Text},
    },
    import::{
        holidays::{self, BadHolidays},
        source::ReadError,
    },
    text,
};

/// So many bad rows are named; the others are counted.
const NAMED: usize = 5;

/// The days on which offices are open, with the list that the configuration
/// names. A list that cannot be read whole is a wrong configuration: a deadline
/// that counts a holiday as a working day is told to families too late.
pub(super) fn office_days(config: &Config) -> Result<OfficeDays, Failure> {
    let Some(file) = &config.calendar.holidays_file else {
        return Ok(OfficeDays::default());
    };
    let name = file.display();
    let wrong = |ja: &str, en: &str| {
        Failure::Call(text!(
            "祝日の一覧（設定の calendar.holidays_file、{name}）を使えません。{ja}直すか、設定からこの行を消してください（法律の規則だけで計算します）。",
            "the list of holidays ({name}, calendar.holidays_file of the configuration) cannot be used: {en}. Mend it, or take the line out of the configuration: then the rules of the Act alone count"
        ))
    };
    match holidays::read(file) {
        Ok(list) => Ok(OfficeDays::new(Holidays::published(list))),
        Err(BadHolidays::Rows(notes)) => {
            let named = |row: fn(&crate::import::report::RowNote) -> String| {
                let rows: Vec<String> = notes.iter().take(NAMED).map(row).collect();
                rows.join(" ")
            };
            let more = notes.len().saturating_sub(NAMED);
            let (more_ja, more_en) = match more {
                0 => (String::new(), String::new()),
                more => (format!("ほかに{more}件。"), format!(" (and {more} more)")),
            };
            let ja = named(|note| format!("{}件目：{}", note.row, note.reason));
            let en = named(|note| format!("row {}: {};", note.row, note.reason_en));
            Err(wrong(
                &format!("{ja}{more_ja}"),
                &format!("{}{more_en}", en.trim_end_matches(';')),
            ))
        }
        Err(BadHolidays::File(ReadError::Missing(_))) => {
            Err(wrong("ファイルがありません。", "there is no such file"))
        }
        Err(BadHolidays::File(ReadError::File(error))) => Err(wrong(
            &error.message_ja,
            error.message_en.trim_end_matches('.'),
        )),
        Err(BadHolidays::File(ReadError::Machine(error))) => Err(Failure::Io(error)),
    }
}

/// Says on standard error which holidays count.
pub(super) fn tell(office: &OfficeDays, lang: Lang) {
    let holidays = office.holidays();
    let Some((first, last)) = holidays.published_years() else {
        return;
    };
    let days = holidays.published_days();
    let told: Text = text!(
        "祝日の一覧：{first}年から{last}年まで{days}日。ほかの年は法律の規則で計算します。",
        "holidays: {days} days of {first} to {last} from the list; other years are computed from the Act"
    );
    eprintln!("{}", told.get(lang));
    let incomplete: Vec<String> = holidays
        .incomplete_years()
        .iter()
        .map(ToString::to_string)
        .collect();
    if !incomplete.is_empty() {
        let (ja, en) = (incomplete.join("・"), incomplete.join(", "));
        let told = text!(
            "祝日の一覧の{ja}年は、法律の祝日より日数が少ないので、一覧の日と計算した日の両方を閉庁日とします。一覧が途中で切れていないか確かめてください。",
            "{en}: the list has fewer days than the Act has holidays, so both the list's and the computed ones count. Was it cut off?"
        );
        eprintln!("{}", told.get(lang));
    }
}
