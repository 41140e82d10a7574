//! The list of children.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{
    ServiceError,
    check::{self, Summary},
    emergency_reads,
    view::{ChildFilter, ChildRow, ChildrenPage, PlanStanding, SignedIn, StandingFilter, Waiting},
};
use crate::{
    app::App,
    domain::{
        access::Permission,
        audit::Action,
        finding::Owner,
        municipality::MunicipalityCode,
        plan::document::{ChildItems, Contact},
        power::figure::tenths_down,
        text::{Text, search_form},
    },
    store::ListedCase,
};

/// The children that a reader may know of, worst first.
pub async fn list(
    app: &App,
    who: &SignedIn,
    filter: &ChildFilter,
) -> Result<ChildrenPage, ServiceError> {
    let reader = &who.reader;
    check::refresh(app, reader).await?;
    let at = app.moment();
    let on = at.today;
    let may = |permission| who.role().may(permission);
    let (listed, waiting) = {
        let mut tx = app.store.read().await?;
        let mut waiting = Waiting::default();
        if may(Permission::SetMunicipality) {
            waiting.links = tx.link_requests(reader, at).await?.len();
        }
        if may(Permission::AnswerCorrection) {
            waiting.corrections = tx.open_corrections(reader, at).await?.len();
        }
        if may(Permission::PlaceHome) {
            waiting.positions = tx.count_to_confirm(reader, at).await?;
        }
        (tx.listed_cases(reader, at).await?, waiting)
    };
    let rows = listed
        .into_iter()
        .map(|listed| row(listed, on))
        .collect::<Result<Vec<_>, _>>()?;
    let mut counts = BTreeMap::new();
    for child in &rows {
        let Some(part) = part(child) else {
            continue;
        };
        if child.unknowns > 0 && part != StandingFilter::Unknown {
            *counts.entry(StandingFilter::Unknown).or_default() += 1;
        }
        *counts.entry(part).or_default() += 1;
    }
    let mut municipalities: Vec<MunicipalityCode> = rows
        .iter()
        .filter_map(|r| r.municipality.map(MunicipalityCode::responsible))
        .collect();
    municipalities.sort_unstable();
    municipalities.dedup();
    let total = rows.len();
    let words = filter
        .search
        .as_deref()
        .map(search_form)
        .filter(|w| !w.is_empty());
    let rows: Vec<ChildRow> = rows
        .into_iter()
        .filter(|r| passes(r, filter, words.as_deref()))
        .collect();
    let action = match words {
        None => Action::ListedChildren,
        Some(_) => Action::SearchedChildren,
    };
    emergency_reads::saw(app, who, action, rows.iter().map(ChildRow::grounds)).await?;
    Ok(ChildrenPage {
        on,
        rows,
        total,
        counts,
        municipalities,
        waiting,
    })
}

fn passes(row: &ChildRow, filter: &ChildFilter, words: Option<&str>) -> bool {
    let standing = match filter.standing {
        None => true,
        Some(StandingFilter::Unknown) => row.unknowns > 0,
        Some(wanted) => part(row) == Some(wanted),
    };
    let named = words.is_none_or(|words| {
        [
            row.name.as_deref(),
            row.kana.as_deref(),
            Some(row.case.as_str()),
        ]
        .into_iter()
        .flatten()
        .any(|text| search_form(text).contains(words))
    });
    standing
        && named
        && filter
            .municipality
            .is_none_or(|m| row.municipality.is_some_and(|own| own.same_as(m)))
        && filter.hazard.is_none_or(|h| row.hazards.contains(&h))
}

/// The part of the list a child belongs to; none for one that is read under
/// emergency access alone and has a plan, of whose review that tells nothing.
fn part(row: &ChildRow) -> Option<StandingFilter> {
    row.standing_told
        .then(|| StandingFilter::of(&row.standing, &row.failing, row.unknowns))
}

/// One line of the list, cut to what the reader may see.
pub fn row(listed: ListedCase, on: NaiveDate) -> Result<ChildRow, ServiceError> {
    let summary: Summary = serde_json::from_str(&listed.body)
        .map_err(|_| ServiceError::Corrupt("derived_check.body"))?;
    let child: ChildItems = serde_json::from_str(&listed.child)
        .map_err(|_| ServiceError::Corrupt("child_case.child"))?;
    let municipality = listed
        .municipality
        .as_deref()
        .map(MunicipalityCode::parse)
        .transpose()
        .map_err(|_| ServiceError::Corrupt("home.municipality"))?;
    let standing = summary.standing();
    let (content, hidden) = (listed.content, listed.hidden);
    if !listed.emergencies.is_empty() {
        return Ok(under_emergency(listed, child, summary, municipality));
    }
    let worst = summary.worst.filter(|_| content);
    let call = content
        .then(|| whom_to_call(&child.contacts, worst.as_ref().map(|f| f.owner)))
        .flatten();
    Ok(ChildRow {
        id: listed.id,
        case: listed.number,
        age: child.born.and_then(|born| age_on(born, on)),
        name: child.name.filter(|n| !n.trim().is_empty()),
        kana: child.kana.filter(|k| !k.trim().is_empty()),
        municipality,
        battery_hours: summary.battery_hours.filter(|_| content).map(tenths_down),
        unconfirmed: summary.unconfirmed && content,
        standing,
        standing_told: true,
        worst,
        failing: summary.failing,
        unknowns: summary.unknowns,
        hazards: if content { summary.hazards } else { Vec::new() },
        call,
        content_visible: content,
        emergencies: Vec::new(),
        hidden,
    })
}

/// A line cut to what evacuation support needs.
fn under_emergency(
    listed: ListedCase,
    child: ChildItems,
    summary: Summary,
    municipality: Option<MunicipalityCode>,
) -> ChildRow {
    let child = child.for_evacuation_support();
    // Who has no plan comes first for everybody. Whoever knew where the plan stands
    // before knows it still.
    let standing = match summary.standing() {
        standing if listed.standing => standing,
        PlanStanding::None(_) => PlanStanding::None(None),
        PlanStanding::Unknown | PlanStanding::Made { .. } => PlanStanding::Unknown,
    };
    let (failing, unknowns) = if listed.standing {
        (summary.failing, summary.unknowns)
    } else {
        Default::default()
    };
    let worst = summary.worst.filter(|f| f.rule.is_about_evacuating());
    ChildRow {
        id: listed.id,
        case: listed.number,
        age: None,
        name: child.name.filter(|n| !n.trim().is_empty()),
        kana: child.kana.filter(|k| !k.trim().is_empty()),
        municipality,
        battery_hours: summary.battery_hours.map(tenths_down),
        unconfirmed: summary.unconfirmed,
        standing,
        standing_told: listed.standing || summary.has_plan != Some(true),
        call: whom_to_call(&child.contacts, worst.as_ref().map(|f| f.owner)),
        worst,
        failing,
        unknowns,
        hazards: summary.hazards,
        content_visible: true,
        hidden: listed.hidden,
        emergencies: listed.emergencies,
    }
}

/// Whole years of age; a birthday on 29 February is reached with the end of
/// the 28th (年齢計算ニ関スル法律), which is the 1st of March by the calendar.
pub fn age_on(born: NaiveDate, on: NaiveDate) -> Option<u32> {
    let years = on.year() - born.year();
    let reached = (on.month(), on.day()) >= (born.month(), born.day());
    u32::try_from(years - i32::from(!reached)).ok()
}

/// Whom to telephone about a next step: the coordinator for what a coordinator
/// can do, which is also to ask the receiving place; else the family.
fn whom_to_call(contacts: &[Contact], owner: Option<Owner>) -> Option<(Text, String)> {
    let numbers = || contacts.iter().filter(|c| c.is_telephone());
    let coordinator = numbers().find(|c| c.is_coordinator());
    let family = numbers().find(|c| !c.is_coordinator());
    let contact = match owner {
        Some(Owner::Coordinator | Owner::Site) => coordinator.or(family),
        _ => family.or(coordinator),
    }?;
    let who = match &contact.who {
        Some(who) => Text::new(who.clone(), who.clone()),
        None => Text::fixed("ご家族", "family"),
    };
    Some((who, contact.value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_whole_years() {
        let day = |t: &str| t.parse::<NaiveDate>().unwrap();
        assert_eq!(age_on(day("2022-11-21"), day("2026-11-20")), Some(3));
        assert_eq!(age_on(day("2022-11-20"), day("2026-11-20")), Some(4));
        assert_eq!(age_on(day("2027-01-01"), day("2026-11-20")), None);
    }

    #[test]
    fn what_a_coordinator_can_do_is_the_coordinators_call() {
        let contact = |who: &str, value: &str| Contact {
            who: Some(who.to_owned()),
            value: value.to_owned(),
        };
        let contacts = [
            contact("母", "090-0000-0001"),
            contact("コーディネーター", "096-000-0002"),
        ];
        let call = |owner| whom_to_call(&contacts, Some(owner)).unwrap().1;
        assert_eq!(call(Owner::Coordinator), "096-000-0002");
        assert_eq!(call(Owner::Site), "096-000-0002");
        assert_eq!(call(Owner::Municipality), "090-0000-0001");
    }
}
