//! How fresh the plans of the demonstration are: some were confirmed before the
//! municipalities entered what they know, some after, some never.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::{
    ServiceError,
    care::{Decided, Form},
    check::{self, CheckedCase},
    drills::{self, Given},
    loans::{Answer, Sheet},
    review,
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        finding::{Finding, Severity},
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::drill::{Drill, Failure, Mender, Paper, Tried},
    },
};

/// So many plans were confirmed before anything was entered, and not again.
const EARLY: usize = 2;

/// Of so many troubled plans the last drill is long ago.
const LONG_AGO: usize = 6;

/// Staff by municipality.
pub(super) type Staff = BTreeMap<MunicipalityCode, SignedIn>;

/// The plans that are there, with whose they are.
async fn plans(
    app: &App,
) -> Result<Vec<(CaseNumber, MunicipalityCode, CheckedCase)>, ServiceError> {
    let today = app.moment().today;
    let (mut plans, mut after) = (Vec::new(), String::new());
    loop {
        let batch = check::batch(app, &Reader::Operator, &after, today).await?;
        let Some(last) = batch.last() else {
            return Ok(plans);
        };
        last.case.number.as_str().clone_into(&mut after);
        for checked in batch {
            let town = checked.case.home.municipality;
            if let Some(town) = town.filter(|_| checked.case.document.is_some()) {
                plans.push((checked.case.number.clone(), town.responsible(), checked));
            }
        }
    }
}

/// Whether nothing is wrong with a plan but what its freshness adds.
fn is_sound(checked: &CheckedCase) -> bool {
    let matters = |f: &Finding| f.severity < Severity::Advice && !f.rule.is_about_freshness();
    !checked.look.failing().any(matters)
}

/// Plans that were confirmed before the municipalities entered anything.
pub(super) async fn before(app: &App, staff: &Staff) -> Result<(), ServiceError> {
    let troubled = plans(app).await?;
    let troubled = troubled.iter().filter(|(_, town, checked)| {
        staff.contains_key(town)
            && !is_sound(checked)
            && checked.look.destinations.iter().any(|d| d.site.is_some())
    });
    for (number, town, _) in troubled.take(EARLY) {
        confirm(app, &staff[town], number).await?;
    }
    Ok(())
}

/// Sound plans are confirmed, and their way was tried; of some others the last
/// drill is long ago.
pub(super) async fn after(app: &App, staff: &Staff) -> Result<(), ServiceError> {
    let today = app.moment().today;
    let ago = |days| today.checked_sub_days(Days::new(days));
    let (mut long_ago, mut nth) = (LONG_AGO, 0);
    for (number, town, checked) in plans(app).await? {
        let Some(who) = staff.get(&town) else {
            continue;
        };
        let tried = if is_sound(&checked) {
            if checked.review.confirmed.is_none() {
                confirm(app, who, &number).await?;
            }
            ago(60)
        } else if long_ago > 0 {
            long_ago -= 1;
            ago(500)
        } else {
            None
        };
        if let Some(on) = tried {
            nth += usize::from(practise(app, who, (&checked, on), nth).await?);
        }
    }
    Ok(())
}

/// A drill as it was held: of the first something failed and is not mended, of the
/// second it is, and somebody holds a paper of the third. `false`: the address is
/// protected, and whoever writes is not named.
async fn practise(
    app: &App,
    who: &SignedIn,
    (checked, on): (&CheckedCase, NaiveDate),
    nth: usize,
) -> Result<bool, ServiceError> {
    let sheet = || Sheet {
        who,
        key: app.ids.next(),
        sure: false,
    };
    let (number, today) = (&checked.case.number, app.moment().today);
    let failed = |what: &str, days| Failure {
        what: what.to_owned(),
        part: Some(Mender::Municipality),
        person: None,
        until: today.checked_add_days(Days::new(days)).unwrap_or(today),
    };
    let drill = Drill {
        on,
        people: vec![
            "【デモ】自治会 3人：ベッドからバギーへ移す".to_owned(),
            "【デモ】訪問看護 1人：機器とお子さんを離さない".to_owned(),
        ],
        minutes: None,
        by: None,
        to: None,
        tried: vec![Tried::Buggy, Tried::Telephones],
        tried_other: None,
        failures: match nth {
            0 => vec![failed("【デモ】玄関の段差でバギーが止まった。板を置く", 20)],
            1 => vec![failed("【デモ】電話の連絡網に古い番号が1つあった", 40)],
            _ => Vec::new(),
        },
    };
    let done = |answer: &Answer| assert!(matches!(answer, Answer::Done(_)), "a drill of {number}");
    let recorded = drills::record(app, sheet(), number, (&drill, "")).await?;
    if recorded == Answer::NotThere {
        return Ok(false);
    }
    done(&recorded);
    if nth == 1 {
        let mut tx = app.store.read().await?;
        let open = tx.open_tasks(checked.case.id).await?;
        drop(tx);
        for task in open {
            let note = Some("【デモ】新しい番号に書き直した");
            done(&drills::mark(app, sheet(), (number, task.id), note).await?);
        }
    }
    if nth == 2
        && let Some((version, _)) = checked.case.version
    {
        let given = Given {
            paper: Paper::Neighbours,
            holder: "【デモ】自治会長",
            on: today,
            version,
            number: "",
        };
        done(&drills::give(app, sheet(), number, &given).await?);
    }
    Ok(true)
}

async fn confirm(app: &App, who: &SignedIn, number: &CaseNumber) -> Result<(), ServiceError> {
    let loaded = world::current(app).await?;
    let seen = {
        let mut tx = app.store.read().await?;
        review::seen(&mut tx, &loaded.world, number, app.moment()).await?
    };
    let seen = seen.expect("the child has a plan");
    let decided = review::confirm(app, form(app, who, number), &seen).await?;
    assert_eq!(decided, Decided::Done, "the confirmation of {number}");
    Ok(())
}

fn form<'a>(app: &App, who: &'a SignedIn, number: &'a CaseNumber) -> Form<'a> {
    Form {
        who,
        number,
        key: app.ids.next(),
    }
}
