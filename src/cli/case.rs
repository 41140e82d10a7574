//! `tomoshibi case end|reopen|end-loan`, `tomoshibi disclose`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{Context, Exit, Failure, parse_day};
use crate::{
    domain::{
        ending::{EndReason, Ending, LoanEndReason},
        id::CaseNumber,
        text::Text,
    },
    service::{
        disclosure, ends,
        hand::{Hand, Outcome},
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum CaseCall {
    /// End a case: from now on it is in no list.
    End {
        /// The case number.
        #[arg(long, value_parser = parse_case)]
        case: CaseNumber,
        /// The day on which it ended.
        #[arg(long, value_name = "DATE", value_parser = parse_day)]
        on: NaiveDate,
        /// Why: moved_away, no_longer_needed, died or other.
        #[arg(long, value_parser = parse_why)]
        why: EndReason,
    },
    /// Let a case that had ended go on.
    Reopen {
        /// The case number.
        #[arg(long, value_parser = parse_case)]
        case: CaseNumber,
    },
    /// End the loan that runs.
    EndLoan {
        /// The case number.
        #[arg(long, value_parser = parse_case)]
        case: CaseNumber,
        /// The day on which it ended.
        #[arg(long, value_name = "DATE", value_parser = parse_day)]
        on: NaiveDate,
        /// Why: returned, lost or other.
        #[arg(long, value_parser = parse_loan_why)]
        why: LoanEndReason,
    },
}

#[derive(Debug, Args)]
pub(super) struct DiscloseCall {
    /// The case number.
    #[arg(long, value_parser = parse_case)]
    case: CaseNumber,
    /// The file to write: .html or .json. One that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn parse_case(text: &str) -> Result<CaseNumber, String> {
    CaseNumber::parse(text).map_err(|e| e.to_string())
}

fn parse_why(text: &str) -> Result<EndReason, String> {
    let codes: Vec<_> = EndReason::ALL.iter().map(|one| one.code()).collect();
    EndReason::from_code(text).ok_or_else(|| format!("one of {}", codes.join(", ")))
}

fn parse_loan_why(text: &str) -> Result<LoanEndReason, String> {
    let codes: Vec<_> = LoanEndReason::ALL.iter().map(|one| one.code()).collect();
    LoanEndReason::from_code(text).ok_or_else(|| format!("one of {}", codes.join(", ")))
}

pub(super) async fn run(context: &Context, call: CaseCall) -> Result<Exit, Failure> {
    let app = context.known_app().await?;
    let outcome = match call {
        CaseCall::End { case, on, why } => {
            ends::end(&app, Hand::Operator, &case, Ending { on, why }).await?
        }
        CaseCall::Reopen { case } => ends::reopen(&app, Hand::Operator, &case).await?,
        CaseCall::EndLoan { case, on, why } => {
            ends::end_loan(&app, Hand::Operator, &case, on, why).await?
        }
    };
    context.seal(&app).await?;
    match outcome {
        Outcome::Saved | Outcome::Repeated => Ok(Exit::Done),
        Outcome::NotThere => Err(Failure::Call(NO_SUCH_CASE)),
        Outcome::DayToCome => Err(Failure::Call(Text::fixed(
            "まだ来ていない日です。その日になってから実行してください。",
            "that day has not come yet: run it when it has",
        ))),
        Outcome::DayTooEarly => Err(Failure::Call(Text::fixed(
            "1年より前か、始まりより前の日です。日付を確かめてください。",
            "more than a year ago, or before it began: check the day",
        ))),
        Outcome::Told => Err(Failure::Call(Text::fixed(
            "センターの貸与なので終わらせていません。センターの画面に知らせました。",
            "it is a loan of the centre and goes on: the centre has been told on its page",
        ))),
        Outcome::UnitIsOut => Err(Failure::Call(Text::fixed(
            "センターの発電機がまだあります。センターが返却を記録してから実行してください（死亡のときは --why died）。",
            "a unit of the centre is still there: run it once the centre has recorded the return (for a death: --why died)",
        ))),
        Outcome::DoneBefore | Outcome::OtherBody | Outcome::BadText => {
            Err(Failure::Call(Text::fixed(
                "何も変えていません。すでにそうなっています。",
                "nothing was changed: it is so already",
            )))
        }
    }
}

const NO_SUCH_CASE: Text = Text::fixed(
    "その整理番号の登録はありません（消去されたものも含みます）。",
    "there is no such case, or it was erased",
);

pub(super) async fn disclose(context: &Context, call: DiscloseCall) -> Result<Exit, Failure> {
    let json = match call.out.extension().and_then(|e| e.to_str()) {
        Some("html") => false,
        Some("json") => true,
        _ => {
            return Err(Failure::Call(Text::fixed(
                "--out には .html か .json のファイル名を書いてください。",
                "--out names a file that ends in .html or .json",
            )));
        }
    };
    if call.out.exists() {
        return Err(Failure::Call(FILE_IS_THERE));
    }
    let app = context.known_app().await?;
    let all = disclosure::of(&app, None, &call.case).await?;
    context.seal(&app).await?;
    let all = all.ok_or(Failure::Call(NO_SUCH_CASE))?;
    let content = if json { all.json() } else { all.html() };
    write_private(&call.out, content.as_bytes())?;
    Ok(Exit::Done)
}

const FILE_IS_THERE: Text = Text::fixed(
    "--out のファイルはもうあります。上書きはしません。別の名前にするか、先に移してください。",
    "the file of --out is there already and is not written over: give another name, or move it away",
);

/// Writes a new file that nobody but its owner reads.
fn write_private(path: &std::path::Path, content: &[u8]) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)
}
