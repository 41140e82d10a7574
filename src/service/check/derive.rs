//! Keeping verdicts: what is missing or stale is judged anew, many at once, and only where
//! something has changed that the verdict rests on.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use rayon::{iter::Either, prelude::*};

use super::{CheckedCase, Summary, facts_alone, input_hash, judge, place, summary, world_hash};
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
    planner::{Look, inputs::Reach},
    seal::sha256_hex,
    service::{
        ServiceError,
        lent::{self, Told},
        municipality::ordinance_of,
        review, world,
    },
    store::{Basis, CaseForCheck, Confirmed, DerivedRow, StaleCase, Tx},
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
    /// The mark of its basis on record.
    mark: Option<i64>,
}

/// What was read of stale cases.
#[derive(Default)]
struct Read {
    /// Verdicts on which nothing that has changed in the world has a bearing.
    same: Vec<Confirmed>,
    /// What is to be looked at.
    gathered: Vec<Gathered>,
    /// The last number; `None`: nothing is stale.
    last: Option<CaseNumber>,
}

/// A verdict as it is kept, with what the night reads of it.
type Kept = (DerivedRow, NightFacts);

/// What became of some cases.
#[derive(Default)]
struct Done {
    /// Verdicts that hold.
    same: Vec<Confirmed>,
    /// Verdicts that were made.
    new: Vec<Kept>,
}

/// What became of one.
enum Verdict {
    /// Nothing has changed that the verdict rests on.
    Same(Confirmed),
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
        if read.last.is_none() {
            return Ok(judged);
        }
        let mut done = Done::default();
        while let Some(last) = read.last {
            let (same, gathered) = (read.same, read.gathered);
            let work = {
                let (loaded, today) = (Arc::clone(&loaded), on.1.today);
                // Judging thousands keeps a processor busy: pages go on meanwhile.
                tokio::task::spawn_blocking(move || verdicts(same, &gathered, &loaded, today))
            };
            // Meanwhile the next ones are read, and the last ones are written.
            let (next, written) = tokio::join!(
                Box::pin(self::read(app, on, (&loaded, last.as_str()))),
                Box::pin(write(app, &loaded, &done)),
            );
            judged += written?;
            done = work.await.expect("it is judged");
            read = next?;
        }
        judged += write(app, &loaded, &done).await?;
    }
}

/// Keeps what became of some cases; answers how many were judged.
async fn write(app: &App, loaded: &LoadedWorld, done: &Done) -> Result<usize, ServiceError> {
    if done.same.is_empty() && done.new.is_empty() {
        return Ok(0);
    }
    in_tx!(app.store, |tx| {
        tx.confirm_derived(&done.same, loaded.revision).await?;
        tx.keep_derived(&done.new).await?;
        Ok::<_, ServiceError>(done.new.len())
    })
}

/// The next stale cases after a number, in the order of numbers, with what their verdicts
/// rest on; where only the world has changed, and not near a case, the case is not read.
async fn read(
    app: &App,
    (reader, at): (&Reader, Moment),
    (loaded, after): (&Arc<LoadedWorld>, &str),
) -> Result<Read, ServiceError> {
    let mut tx = app.store.read().await?;
    let stale = tx.stale_cases(reader, at, (loaded.revision, after)).await?;
    let Some(last) = stale.last().map(|one| one.number.clone()) else {
        return Ok(Read::default());
    };
    let mut ordinances = HashMap::new();
    let mut near = Vec::with_capacity(stale.len());
    for case in stale {
        let reach = case.basis.as_ref();
        let reach = reach.and_then(|(reach, _)| serde_json::from_str::<Reach>(reach).ok());
        let seen = match reach {
            Some(reach) => {
                let mode = ordinance(&mut tx, &mut ordinances, reach.municipality).await?;
                Some((reach, mode))
            }
            None => None,
        };
        near.push((case, seen));
    }
    let world = Arc::clone(loaded);
    let (same, stale) = tokio::task::spawn_blocking(move || unmoved(near, &world))
        .await
        .expect("it is compared");
    Ok(Read {
        same,
        gathered: gather(&mut tx, stale, at).await?,
        last: Some(last),
    })
}

/// Those of which nothing has changed but a part of the world that they do not rest on, and
/// all others.
fn unmoved(
    stale: Vec<(StaleCase, Option<(Reach, OrdinanceMode)>)>,
    loaded: &LoadedWorld,
) -> (Vec<Confirmed>, Vec<StaleCase>) {
    stale.into_par_iter().partition_map(|(case, seen)| {
        let same = seen.is_some_and(|(reach, ordinance)| {
            let now = world_hash(&reach, ordinance, loaded);
            case.basis.as_ref().is_some_and(|(_, then)| *then == now)
        });
        match (same, case.mark, case.basis) {
            (true, Some(mark), Some((_, world_hash))) => Either::Left(Confirmed {
                case: case.id,
                revision: mark,
                mark,
                world_hash,
            }),
            (_, mark, basis) => Either::Right(StaleCase {
                mark,
                basis,
                ..case
            }),
        }
    })
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
    let mut known: HashMap<CaseNumber, StaleCase> = stale
        .into_iter()
        .map(|one| (one.number.clone(), one))
        .collect();
    let mut gathered = Vec::with_capacity(cases.len());
    for case in cases {
        let confirmed = confirmed.remove(&case.id);
        let (kept, mark) = known
            .remove(&case.number)
            .map_or((None, None), |one| (one.input_hash, one.mark));
        let papers = (lent.as_ref(), overridden.as_ref());
        let case = beside(tx, case, papers, at.today).await?;
        gathered.push(Gathered {
            ordinance: ordinance(tx, &mut ordinances, case.home.municipality).await?,
            review: review::confirmed(&case, confirmed),
            case,
            kept,
            mark,
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

/// What became of each, on all processors, beside those that are the same already.
fn verdicts(
    mut same: Vec<Confirmed>,
    gathered: &[Gathered],
    loaded: &LoadedWorld,
    today: NaiveDate,
) -> Done {
    let (confirmed, new): (Vec<_>, Vec<_>) =
        gathered
            .par_iter()
            .partition_map(|one| match verdict(one, loaded, today) {
                Verdict::Same(case) => Either::Left(case),
                Verdict::New(verdict) => Either::Right(*verdict),
            });
    same.extend(confirmed);
    Done { same, new }
}

/// Judges a stale case anew, or finds that nothing changed that its verdict rests on.
fn verdict(one: &Gathered, loaded: &LoadedWorld, today: NaiveDate) -> Verdict {
    let reach = Reach::of(&facts_alone(&one.case));
    let world_hash = world_hash(&reach, one.ordinance, loaded);
    let hash = input_hash(&one.case, &one.review, &world_hash);
    if let (Some(kept), Some(mark)) = (&one.kept, one.mark)
        && *kept == hash
    {
        return Verdict::Same(Confirmed {
            case: one.case.id,
            revision: one.case.revision,
            mark,
            world_hash,
        });
    }
    let basis = Basis {
        case_revision: one.case.revision,
        world_revision: loaded.revision,
        reach: serde_json::to_string(&reach).expect("places become JSON"),
        world_hash,
        instead_of: one.mark,
    };
    let (case, review) = (one.case.clone(), one.review.clone());
    let checked = judge(case, one.ordinance, review, &loaded.world, today);
    Verdict::New(Box::new(row(checked, (basis, hash), today)))
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
    let case = tx.case(&Reader::Operator, at, number).await?;
    let Some(case) = case else {
        return Ok(());
    };
    let review = review::of_case(tx, &case).await?;
    let gathered = Gathered {
        ordinance: ordinance_of(tx, case.home.municipality).await?,
        case: beside(tx, case, (None, None), at.today).await?,
        review,
        kept: None,
        mark: None,
    };
    if let Verdict::New(verdict) = verdict(&gathered, loaded, at.today) {
        tx.keep_derived(&[*verdict]).await?;
    }
    Ok(())
}

/// What is kept of a verdict.
fn row(checked: CheckedCase, (basis, input_hash): (Basis, String), today: NaiveDate) -> Kept {
    let summary = summary(&checked);
    let (part, rank) = place(&summary);
    let changes_on = checked.look.changes_on;
    let (body, changed) = (json(&summary), changed(&checked.look));
    let case = checked.case.id;
    let night = crate::service::night::facts_of(&checked, today);
    let hidden = CheckedCase {
        look: checked.look.without_place(),
        ..checked
    };
    let row = DerivedRow {
        case,
        basis,
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
