//! `tomoshibi deadline`.

use chrono::NaiveDate;
use clap::Args;

use super::{Context, Exit, Failure, holidays::office_days, out, parse_day};
use crate::domain::{
    calendar::{
        Deadline, OfficeDays, Period, deadline,
        era::{format_ja, weekday_ja},
    },
    text::{Lang, Text, nfkc},
};

#[derive(Debug, Args)]
pub(super) struct DeadlineCall {
    /// The day that sets the period going: 2026-02-28, 令和8年2月28日, R8.2.28.
    #[arg(value_name = "DATE", value_parser = parse_day)]
    date: NaiveDate,
    /// The period in months.
    #[arg(
        long,
        value_name = "N",
        value_parser = parse_months,
        allow_negative_numbers = true,
        conflicts_with = "years",
        required_unless_present = "years"
    )]
    months: Option<Period>,
    /// The period in years.
    #[arg(long, value_name = "N", value_parser = parse_years, allow_negative_numbers = true)]
    years: Option<Period>,
    /// The period starts with that day at 00:00: the day itself counts.
    #[arg(long)]
    from_midnight: bool,
    /// Machine output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, call: &DeadlineCall) -> Result<Exit, Failure> {
    let office = office_days(&context.config)?;
    let period = call.months.or(call.years);
    let period = period.expect("one of the two is required");
    let found = deadline(call.date, period, call.from_midnight, &office);
    if call.json {
        out(&serde_json::to_string(&found).expect("a deadline becomes JSON"));
    } else {
        print(&found, &office, context.lang);
    }
    Ok(Exit::Done)
}

fn print(found: &Deadline, office: &OfficeDays, lang: Lang) {
    for (what, day) in [
        (Text::fixed("起算の日", "event"), found.event),
        (Text::fixed("法律上の期限", "legal end"), found.legal_end),
        (
            Text::fixed("期限までの最後の開庁日", "safe by (last open day)"),
            found.safe_by,
        ),
        (
            Text::fixed("期限以後の最初の開庁日", "next open day"),
            found.next_open,
        ),
    ] {
        let written = match lang {
            Lang::Ja => {
                use chrono::Datelike;
                format!("{}（{}）", format_ja(day), weekday_ja(day.weekday()))
            }
            Lang::En => day.format("%a").to_string(),
        };
        let closed = office.closed(day).filter(|_| day != found.event);
        let why = closed.map_or_else(String::new, |why| match lang {
            Lang::Ja => format!("\t閉庁：{}", why.ja),
            Lang::En => format!("\tclosed: {}", why.en),
        });
        out(&format!("{}\t{day}\t{written}{why}", what.get(lang)));
    }
}

fn parse_months(text: &str) -> Result<Period, String> {
    period(text, Period::months, Period::MOST_MONTHS)
}

fn parse_years(text: &str) -> Result<Period, String> {
    period(text, Period::years, Period::MOST_MONTHS / 12)
}

fn period(text: &str, of: fn(u32) -> Option<Period>, most: u32) -> Result<Period, String> {
    let number = nfkc(text.trim()).parse().ok();
    number.and_then(of).ok_or_else(|| {
        format!("1から{most}までの整数を書いてください。 / write a whole number from 1 to {most}")
    })
}
