//! How fresh the plans of the demonstration are: some were confirmed before the
//! municipalities entered what they know, some after, some never.

use std::collections::BTreeMap;

use chrono::Days;

use super::{
    ServiceError,
    care::{Decided, Form},
    check::{self, CheckedCase},
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
    let mut long_ago = LONG_AGO;
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
            let form = form(app, who, &number);
            let decided = review::drill(app, form, on).await?;
            assert_eq!(decided, Decided::Done, "a drill of {number}");
        }
    }
    Ok(())
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
