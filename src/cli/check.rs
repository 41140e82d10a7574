//! `tomoshibi check`, `tomoshibi check-file`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::{Context, Exit, Failure, out, parse_day};
use crate::{
    clock::{Clock, SystemClock},
    domain::{
        access::Reader,
        audit::{Action, Actor},
        finding::{Finding, Outcome, Severity},
        id::CaseNumber,
        residence::Sight,
        text::{Lang, Text},
    },
    service::{
        audit, check,
        check_file::{self, CheckFile},
        findings::{CheckAnswer, PlanAnswer},
    },
    text,
};

#[derive(Debug, Args)]
pub(super) struct CheckCall {
    /// Only this case.
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
pub(super) struct CheckFileCall {
    /// The plan document.
    #[arg(value_name = "PLAN.json")]
    plan: PathBuf,
    /// Lists of sites.
    #[arg(long, value_name = "FILE")]
    sites: Vec<PathBuf>,
    /// Hazard layers.
    #[arg(long, value_name = "FILE")]
    hazards: Vec<PathBuf>,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
struct How {
    /// The day of the check; today in Japan unless given. It moves the rules,
    /// not the data.
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    on: Option<NaiveDate>,
    /// Also what holds.
    #[arg(long)]
    all: bool,
    /// Machine output.
    #[arg(long)]
    json: bool,
}

impl How {
    fn day(&self) -> NaiveDate {
        self.on.unwrap_or_else(|| SystemClock.today())
    }
}

pub(super) async fn stored(context: &Context, call: &CheckCall) -> Result<Exit, Failure> {
    let on = call.how.day();
    let app = context.known_app().await?;
    let mut plans = Vec::new();
    let mut seen = Vec::new();
    if let Some(case) = &call.case {
        let number = CaseNumber::parse(case).map_err(|_| no_such_case(case))?;
        let checked = check::one(&app, &Reader::Operator, &number, on, Sight::Usual)
            .await?
            .ok_or_else(|| no_such_case(case))?;
        seen.push(checked.case.id);
        plans.push(PlanAnswer::of(
            &checked.case.number,
            &checked.look,
            call.how.all,
        ));
    } else {
        let mut after = String::new();
        loop {
            let batch = check::batch(&app, &Reader::Operator, &after, on).await?;
            let Some(last) = batch.last() else { break };
            last.case.number.as_str().clone_into(&mut after);
            seen.extend(batch.iter().map(|c| c.case.id));
            plans.extend(
                batch
                    .iter()
                    .map(|c| PlanAnswer::of(&c.case.number, &c.look, call.how.all)),
            );
        }
    }
    let event = audit::by(&app, Actor::Operator, Action::CheckedPlan);
    app.store.note_read(event.on(seen)).await?;
    context.seal(&app).await?;
    Ok(answer(context, &call.how, &CheckAnswer { on, plans }))
}

fn no_such_case(case: &str) -> Failure {
    Failure::Call(text!(
        "整理番号 {case} は登録されていません。",
        "there is no case {case}"
    ))
}

pub(super) async fn document(context: &Context, call: CheckFileCall) -> Result<Exit, Failure> {
    let on = call.how.day();
    let outcome = tokio::task::spawn_blocking(move || {
        let outcome = check_file::check(&call.plan, &call.sites, &call.hazards, on);
        (outcome, call.how)
    })
    .await
    .expect("a check does not panic");
    let (outcome, how) = outcome;
    match outcome? {
        CheckFile::Checked(number, look, refused) => {
            for (path, rows) in refused {
                let path = path.display();
                let words: Text = text!(
                    "{path}：{rows}件は読み取れなかったので、使っていません。その場所や施設については「不明」と判定します（理由は tomoshibi import … --dry-run で表示します）。",
                    "{path}: {rows} records could not be read and were not used; what they say is unknown (tomoshibi import … --dry-run tells why)."
                );
                eprintln!("{}", words.get(context.lang));
            }
            let plans = vec![PlanAnswer::of(&number, &look, how.all)];
            Ok(answer(context, &how, &CheckAnswer { on, plans }))
        }
        CheckFile::Missing(path) => {
            let path = path.display();
            Err(Failure::Call(text!(
                "ファイルがないか、フォルダーです：{path}。名前と場所を確かめてください。",
                "no such file, or a folder: {path}. Check its name and place."
            )))
        }
        CheckFile::Refused(path, error) => {
            let path = path.display();
            let words = Text::new(
                format!("{path}：{}", error.message_ja),
                format!("{path}: {}", error.message_en),
            );
            eprintln!("{}", words.get(context.lang));
            if how.json {
                out(&serde_json::json!({ "error": error }).to_string());
            }
            Ok(Exit::FellShort)
        }
    }
}

fn answer(context: &Context, how: &How, answer: &CheckAnswer) -> Exit {
    let short = answer.plans.iter().any(|plan| !plan.approvable);
    if how.json {
        out(&serde_json::to_string(answer).expect("an answer becomes JSON"));
    } else {
        for plan in &answer.plans {
            print_plan(plan, context.lang);
        }
    }
    if short { Exit::FellShort } else { Exit::Done }
}

fn print_plan(plan: &PlanAnswer, lang: Lang) {
    let any = |severity, outcome| {
        let mut findings = plan.findings.iter().map(|f| &f.0);
        findings.any(|f| f.severity == severity && f.outcome == outcome)
    };
    let standing = match (plan.approvable, plan.shareable) {
        (true, _) if any(Severity::Blocker, Outcome::Unknown) => Text::fixed(
            "承認できるかは、まだ判断できません（不明あり）",
            "not known yet whether it is approvable",
        ),
        (true, true) if any(Severity::Gap, Outcome::Fails) => {
            Text::fixed("承認できます（不足あり）", "approvable, with gaps")
        }
        (true, true) => Text::fixed("承認できます", "approvable"),
        (true, false) => Text::fixed(
            "承認できますが、共有できません",
            "approvable, not shareable",
        ),
        (false, _) => Text::fixed("承認できません", "not approvable"),
    };
    out(&format!("{}\t{}", plan.case, standing.get(lang)));
    for finding in &plan.findings {
        print_finding(&finding.0, lang);
    }
}

fn print_finding(finding: &Finding, lang: Lang) {
    let verdict = match finding.outcome {
        Outcome::Fails => finding.severity.name(),
        Outcome::Unknown => Text::fixed("不明", "unknown"),
        Outcome::Holds => Text::fixed("適合", "holds"),
    };
    out(&format!(
        "  {} {}\t{}",
        finding.rule,
        verdict.get(lang),
        finding.message.get(lang)
    ));
    if finding.outcome != Outcome::Holds {
        out(&format!(
            "    → {}: {}",
            finding.owner.name().get(lang),
            finding.next_step.get(lang)
        ));
    }
}
