//! Keeping verdicts: what is missing or stale is judged anew, many at once, and only where
//! something has changed that the verdict rests on.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use rayon::prelude::*;

use super::{CheckedCase, Summary, input_hash, judge, place, summary};
use crate::{
    app::{App, LoadedWorld},
    domain::{
        access::{Moment, Reader},
        consent::OrdinanceMode,
        finding::RuleCode,
        id::{CaseId, CaseNumber},
        municipality::MunicipalityCode,
        night::NightFacts,
        plan::review::Review,
    },
    in_tx,
    planner::Look,
    seal::sha256_hex,
    service::{
        ServiceError,
        lent::{self, Told},
        municipality::ordinance_of,
        review, world,
    },
    store::{CaseForCheck, DerivedRow, StaleCase, Tx},
};

/// So many cases are a few.
const FEW: usize = 20;

/// A stale case with everything that its verdict rests on beside the world.
struct Gathered {
    case: CaseForCheck,
    ordinance: OrdinanceMode,
    review: Review,
    /// The hash of what the verdict that is kept was made from; `None`: it does not hold.
    kept: Option<String>,
}

/// A verdict as it is kept, with what the night reads of it.
type Kept = (DerivedRow, NightFacts);

/// What became of it.
enum Verdict {
    /// Nothing has changed that the verdict rests on.
    Same((CaseId, i64)),
    /// It was judged.
    New(Box<Kept>),
}

/// Looks at what is missing or stale among the cases that a reader may know of,
/// and judges anew those of which something changed that their verdict rests
/// on; answers how many that were. Any number of processes may do so at once,
/// and one that stops half way is continued by the next: the result is the same.
///
/// # Panics
/// Where judging does.
pub async fn refresh(app: &App, reader: &Reader) -> Result<usize, ServiceError> {
    let mut judged = 0;
    loop {
        let loaded = world::current(app).await?;
        let on = (reader, app.moment());
        let mut read = read(app, on, (&loaded, "")).await?;
        if read.is_empty() {
            return Ok(judged);
        }
        while let Some(last) = read.last().map(|one| one.case.number.clone()) {
            let work = {
                let (loaded, today) = (Arc::clone(&loaded), on.1.today);
                let gathered = read;
                // Judging thousands keeps a processor busy: pages go on meanwhile.
                tokio::task::spawn_blocking(move || verdicts(&gathered, &loaded, today))
            };
            // Meanwhile the next ones are read.
            let next = self::read(app, on, (&loaded, last.as_str())).await;
            let (same, new) = work.await.expect("it is judged");
            in_tx!(app.store, |tx| {
                tx.confirm_derived(&same, loaded.revision).await?;
                tx.keep_derived(&new).await?;
                Ok::<_, ServiceError>(())
            })?;
            judged += new.len();
            read = next?;
        }
    }
}

/// The next stale cases after a number, in the order of numbers, with what their verdicts
/// rest on.
async fn read(
    app: &App,
    (reader, at): (&Reader, Moment),
    (loaded, after): (&LoadedWorld, &str),
) -> Result<Vec<Gathered>, ServiceError> {
    let mut tx = app.store.read().await?;
    let stale = tx.stale_cases(reader, at, (loaded.revision, after)).await?;
    let mut all = gather(&mut tx, stale, at).await?;
    all.sort_by(|one, other| one.case.number.cmp(&other.case.number));
    Ok(all)
}

/// Reads stale cases. Where somebody changes one before its verdict is written, the verdict
/// is of the former revision, and so stale again.
async fn gather(
    tx: &mut Tx,
    stale: Vec<StaleCase>,
    at: Moment,
) -> Result<Vec<Gathered>, ServiceError> {
    let numbers: Vec<&str> = stale.iter().map(|one| one.number.as_str()).collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    // The verdict is the same whoever looks at the list first.
    let cases = tx.cases_numbered(&Reader::Operator, at, &numbers).await?;
    // Of a few it is quicker to ask for each.
    let (lent, overridden) = if cases.len() > FEW {
        let overridden = tx.overridden(at.today).await?;
        (Some(tx.ever_lent().await?), Some(overridden))
    } else {
        (None, None)
    };
    let ids: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
    let mut confirmed = tx.last_confirmations(&ids).await?;
    let mut ordinances = HashMap::new();
    let mut kept: HashMap<CaseNumber, Option<String>> = stale
        .into_iter()
        .map(|one| (one.number, one.input_hash))
        .collect();
    let mut gathered = Vec::with_capacity(cases.len());
    for case in cases {
        let confirmed = confirmed.remove(&case.id);
        let kept = kept.remove(&case.number).flatten();
        let known = (lent.as_ref(), overridden.as_ref());
        let case = beside(tx, case, known, at.today).await?;
        gathered.push(Gathered {
            ordinance: ordinance(tx, &mut ordinances, case.home.municipality).await?,
            review: review::confirmed(&case, confirmed),
            case,
            kept,
        });
    }
    Ok(gathered)
}

/// A case with the unit that is lent to it and with what is overridden; `None`: nobody has
/// looked yet which cases have any.
async fn beside(
    tx: &mut Tx,
    mut case: CaseForCheck,
    (lent, overridden): (Option<&HashSet<CaseId>>, Option<&HashSet<CaseId>>),
    today: NaiveDate,
) -> Result<CaseForCheck, ServiceError> {
    if lent.is_none_or(|lent| lent.contains(&case.id)) {
        lent::put_in(tx, &mut case, Told::WithConsent).await?;
    }
    if overridden.is_none_or(|overridden| overridden.contains(&case.id)) {
        case.overrides = tx.overrides(case.id, today).await?;
    }
    Ok(case)
}

async fn ordinance(
    tx: &mut Tx,
    known: &mut HashMap<Option<MunicipalityCode>, OrdinanceMode>,
    town: Option<MunicipalityCode>,
) -> Result<OrdinanceMode, ServiceError> {
    if let Some(mode) = known.get(&town) {
        return Ok(*mode);
    }
    let mode = ordinance_of(tx, town).await?;
    known.insert(town, mode);
    Ok(mode)
}

/// What became of each, on all processors.
fn verdicts(
    gathered: &[Gathered],
    loaded: &LoadedWorld,
    today: NaiveDate,
) -> (Vec<(CaseId, i64)>, Vec<Kept>) {
    let all: Vec<Verdict> = gathered
        .par_iter()
        .map(|one| verdict(one, loaded, today))
        .collect();
    let (mut same, mut new) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            Verdict::Same(case) => same.push(case),
            Verdict::New(verdict) => new.push(*verdict),
        }
    }
    (same, new)
}

/// Judges a stale case anew, or finds that nothing changed that its verdict rests on.
fn verdict(one: &Gathered, loaded: &LoadedWorld, today: NaiveDate) -> Verdict {
    let hash = input_hash(&one.case, one.ordinance, &one.review, loaded);
    if one.kept.as_ref() == Some(&hash) {
        return Verdict::Same((one.case.id, one.case.revision));
    }
    let (case, review) = (one.case.clone(), one.review.clone());
    let checked = judge(case, one.ordinance, review, &loaded.world, today);
    Verdict::New(Box::new(row(checked, (loaded.revision, hash), today)))
}

fn json(summary: &Summary) -> String {
    serde_json::to_string(summary).expect("a summary becomes JSON")
}

/// A mark of what has changed since the plan was confirmed (REV-02); `None`: nothing
/// that is known.
fn changed(look: &Look) -> Option<String> {
    let found = look.failing().find(|found| found.rule == RuleCode::Rev02)?;
    let changes = found.evidence.0.get("changes")?.to_string();
    Some(sha256_hex(changes.as_bytes())[..16].to_owned())
}

/// Computes and keeps the verdict on one case, in the caller's commit.
pub async fn keep(
    tx: &mut Tx,
    loaded: &LoadedWorld,
    number: &CaseNumber,
    at: Moment,
) -> Result<(), ServiceError> {
    let unknown = StaleCase {
        number: number.clone(),
        input_hash: None,
    };
    let gathered = gather(tx, vec![unknown], at).await?;
    let rows: Vec<Kept> = gathered
        .into_iter()
        .map(|one| {
            let hash = input_hash(&one.case, one.ordinance, &one.review, loaded);
            let checked = judge(one.case, one.ordinance, one.review, &loaded.world, at.today);
            row(checked, (loaded.revision, hash), at.today)
        })
        .collect();
    Ok(tx.keep_derived(&rows).await?)
}

/// What is kept of a verdict.
fn row(
    checked: CheckedCase,
    (world_revision, input_hash): (i64, String),
    today: NaiveDate,
) -> Kept {
    let summary = summary(&checked);
    let (part, rank) = place(&summary);
    let changes_on = checked.look.changes_on;
    let (body, changed) = (json(&summary), changed(&checked.look));
    let (case, case_revision) = (checked.case.id, checked.case.revision);
    let night = crate::service::night::facts_of(&checked, today);
    let hidden = CheckedCase {
        look: checked.look.without_place(),
        ..checked
    };
    let row = DerivedRow {
        case,
        case_revision,
        world_revision,
        on: today,
        changes_on,
        input_hash,
        part: part.code().to_owned(),
        rank,
        body,
        body_hidden: json(&super::summary(&hidden)),
        changed,
    };
    (row, night)
}
