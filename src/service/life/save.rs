//! Writing into a draft: a step at a time, by several people at once.

use uuid::Uuid;

use super::{
    draft::{said, stand},
    to_write,
};
use crate::{
    app::App,
    domain::{
        access::Moment,
        child::PlanStep,
        id::{CaseNumber, SiteId},
        plan::{
            PlanDocument,
            changes::{Change, changes},
            course::{Act, Stage, Step},
            document::Destination,
            fill::Filled,
        },
        text::{Text, key_form},
    },
    planner::{World, candidates},
    service::{
        ServiceError,
        loans::{Answer, Sheet, once},
        positions::{Finder, Lookup},
        view::SignedIn,
        world,
    },
    store::{CaseForCheck, NewCourse, SavedStep, StoredDraft, Tx},
};

const WITH_THE_MUNICIPALITY: Text = Text::fixed(
    "この案は市町村が確認しています。直すときは、先に「取り下げる」を押してください。",
    "The municipality is looking at this draft: take it back before you change it.",
);
const NO_ITEM: Text = Text::fixed(
    "記録できない内容がありました。画面を開き直して、もう一度入れてください。",
    "Something here cannot be kept: open the page again and enter it once more.",
);

/// Writes steps of the open draft: one, or those that a plan on paper fills. `was`: the
/// revision that its page showed. What others have written in other steps meanwhile stays;
/// where somebody has written in one of these, nothing is kept ([`Answer::Changed`]).
pub async fn save(
    app: &App,
    sheet: Sheet<'_>,
    number: &CaseNumber,
    (steps, was): (&[Step], i64),
    filled: &Filled,
) -> Result<Answer, ServiceError> {
    super::warm(app).await?;
    let at = app.moment();
    let request =
        serde_json::json!({ "save_draft": number, "steps": steps, "was": was, "filled": filled });
    once!(app, sheet, request, |tx| {
        let Some(case) = to_write(tx, sheet.who, at, number).await? else {
            return Ok(Answer::NotThere);
        };
        let Some(draft) = tx.open_draft(case.id).await? else {
            return Ok(Answer::Changed);
        };
        let Some(stage) = draft.stage.after(Act::Save) else {
            return Ok(Answer::Wrong("stage", WITH_THE_MUNICIPALITY));
        };
        let last = last_saved(tx, draft.id, steps).await?;
        if draft.revision < was || last.is_some_and(|last| last.revision > was) {
            return Ok(Answer::Changed);
        }
        let before = said(&draft)?;
        let Ok(mut after) = filled.into_draft(&before) else {
            return Ok(Answer::Wrong("step", NO_ITEM));
        };
        if let Some((field, why)) = absurd(&after) {
            return Ok(Answer::Wrong(field, why));
        }
        settle(app, tx, &case, &mut after).await?;
        if after == before {
            return Ok(Answer::Done(draft.revision.to_string()));
        }
        let by = (sheet.who.user, at.now);
        let saved = tx
            .save_draft((draft.id, draft.revision), steps, &after, by)
            .await?;
        let Some(revision) = saved else {
            return Ok(Answer::Changed);
        };
        if stage != draft.stage {
            agreed_no_more(app, tx, sheet, (&case, &draft, stage), at).await?;
        }
        Answer::Done(revision.to_string())
    })
}

/// So many hours no ventilator runs on batteries: whoever writes more has lost a point. This
/// project's own bound, a week.
const MOST_HOURS: f64 = 168.0;

/// What cannot be: where it stands in the form, and what to do.
fn absurd(document: &PlanDocument) -> Option<(&'static str, Text)> {
    let home = &document.home;
    if home.room_floor.is_some() && home.room().is_none() {
        return Some((
            "/home/room_floor",
            Text::fixed(
                "お子さんの部屋の階が、建物の階数より上になっています。どちらかを直してください。",
                "The child's room is above the storeys of the building: correct one of the two.",
            ),
        ));
    }
    let hours = document.battery_hours.filter(|hours| *hours > MOST_HOURS);
    hours.map(|_| {
        (
            "/battery_hours",
            Text::fixed(
                "バッテリーだけで168時間（7日）を超えています。小数点と単位（時間）を確かめてください。",
                "More than 168 hours (a week) on batteries alone: check the point and the unit (hours).",
            ),
        )
    })
}

/// Who has saved one of these steps last.
async fn last_saved(
    tx: &mut Tx,
    draft: Uuid,
    steps: &[Step],
) -> Result<Option<SavedStep>, ServiceError> {
    let mut last: Option<SavedStep> = None;
    for step in steps {
        let saved = tx.step_saved(draft, *step).await?;
        if saved.as_ref().map(|one| one.revision) > last.as_ref().map(|one| one.revision) {
            last = saved;
        }
    }
    Ok(last)
}

/// What the family agreed to was written on: it is a draft again.
async fn agreed_no_more(
    app: &App,
    tx: &mut Tx,
    sheet: Sheet<'_>,
    (case, draft, stage): (&CaseForCheck, &StoredDraft, Stage),
    at: Moment,
) -> Result<(), ServiceError> {
    let moved = tx
        .move_draft(draft.id, (draft.stage, stage), None, at.now)
        .await?;
    if !moved {
        return Err(ServiceError::Corrupt("plan_draft.stage"));
    }
    let line = NewCourse {
        id: app.ids.next(),
        draft: draft.id,
        act: Act::Save,
        stage,
        words: None,
        how: None,
        on: None,
        document: None,
        by: sheet.who.user,
        at: at.now,
    };
    tx.add_course(&line).await?;
    stand(tx, app, case, PlanStep::Drafting, at).await
}

/// What the program knows better than whoever types: which listed site a name means, and
/// where those who help live.
async fn settle(
    app: &App,
    tx: &mut Tx,
    case: &CaseForCheck,
    document: &mut PlanDocument,
) -> Result<(), ServiceError> {
    let loaded = world::current_in(app, tx).await?;
    for to in &mut document.destinations {
        recall(case, to);
        name_site(&loaded.world, case, to);
    }
    let mut finder = Finder::default();
    for one in &mut document.supporters {
        let Some(code) = case.home.municipality.filter(|_| one.position.is_none()) else {
            continue;
        };
        let found = finder.find(tx, code, one.address.as_deref()).await?;
        if let Lookup::Found(at) = found {
            (one.position, one.accuracy) = (Some(at.position), Some(at.accuracy));
        }
    }
    Ok(())
}

/// What the plan in force knows of the same place stands in no form: it comes back with the
/// place's name, which somebody was typing while the step saved itself.
fn recall(case: &CaseForCheck, to: &mut Destination) {
    let name = to.name.as_deref().map(key_form);
    let known = case.document.iter().flat_map(|plan| &plan.destinations);
    let mut same = known.filter(|one| {
        one.kind == to.kind && name.is_some() && one.name.as_deref().map(key_form) == name
    });
    let (Some(known), None) = (same.next(), same.next()) else {
        return;
    };
    if to.position.is_some() {
        return;
    }
    to.site = to.site.take().or_else(|| known.site.clone());
    to.position = known.position;
    to.drill_minutes = to.drill_minutes.or(known.drill_minutes);
    to.lowest_floor = to.lowest_floor.or(known.lowest_floor);
    to.highest_floor = to.highest_floor.or(known.highest_floor);
    if to.route_line.is_none() {
        to.route_line.clone_from(&known.route_line);
    }
}

/// A reference stands beside the name that the list has for it, and a name that only one
/// site of the municipality has brings its reference.
fn name_site(world: &World, case: &CaseForCheck, to: &mut Destination) {
    let Some((sites, kind)) = world.sites.as_ref().zip(to.kind.site_kind()) else {
        to.site = None;
        return;
    };
    let name = to.name.as_deref().map(key_form);
    if let Some(reference) = to.site.as_deref() {
        let listed = sites.find(kind, reference);
        let same = |listed: &str| name.as_deref() == Some(&key_form(listed));
        if let Some(site) = listed.filter(|site| !same(&site.published.name)) {
            to.site = None;
            // The address was that of the former place.
            if to.address.as_deref() == Some(&site.published.address) {
                to.address = None;
            }
        }
    }
    let (None, Some(name), Some(own)) = (&to.site, name, case.home.municipality) else {
        return;
    };
    let mut named = sites.sites().iter().filter(|site| {
        let published = &site.published;
        let there = published.municipality;
        published.kind == kind
            && there.is_some_and(|there| there.same_as(own))
            && key_form(&published.name) == name
    });
    if let (Some(one), None) = (named.next(), named.next()) {
        to.site = Some(one.reference());
        to.address
            .get_or_insert_with(|| one.published.address.clone());
    }
}

/// A listed site as a destination that a form adds; `None`: it is not there.
pub async fn site_to_add(app: &App, site: SiteId) -> Result<Option<Destination>, ServiceError> {
    let loaded = world::current(app).await?;
    let sites = loaded.world.sites.as_ref();
    let site = sites.and_then(|sites| sites.get(site));
    Ok(site.map(|site| candidates::destination(site)))
}

/// What stands against a save: somebody has written in this step meanwhile.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Who, and when.
    pub by: SavedStep,
    /// The revision that stands.
    pub revision: i64,
    /// What they have written, and what was to be kept in its place.
    pub differs: Vec<Change>,
}

/// What stands against a save; `None`: nothing any more.
pub async fn conflict(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    (steps, was): (&[Step], i64),
    filled: &Filled,
) -> Result<Option<Conflict>, ServiceError> {
    let mut tx = app.store.read().await?;
    let Some(case) = to_write(&mut tx, who, app.moment(), number).await? else {
        return Ok(None);
    };
    let Some(draft) = tx.open_draft(case.id).await? else {
        return Ok(None);
    };
    let Some(by) = last_saved(&mut tx, draft.id, steps).await? else {
        return Ok(None);
    };
    let theirs = said(&draft)?;
    let Ok(mine) = filled.into_draft(&theirs) else {
        return Ok(None);
    };
    Ok((by.revision > was).then(|| Conflict {
        by,
        revision: draft.revision,
        differs: changes(&theirs, &mine),
    }))
}
