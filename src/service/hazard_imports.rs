//! Whom an import of hazard zones touches: the children whose home, destination or
//! way comes near a zone that it brought or took away, or whose municipality it
//! speaks for and the file before did not.

use std::collections::{BTreeSet, HashSet};

use super::{
    ServiceError, check,
    children::row,
    emergency_reads,
    site_list::knows_plans,
    view::{ChildRow, SignedIn},
    world,
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        data_set::DataSetKind,
        hazard::Hazard,
        id::{CaseNumber, DataSetId},
        municipality::MunicipalityCode,
        residence::AddressShown,
    },
    planner::inputs::Places,
    spatial::boxes::Boxes,
    store::DataSetFacts,
};

/// Whom an import of hazard zones touches, among the children that the reader may
/// see.
#[derive(Debug, Clone)]
pub struct Touched {
    /// Those whose home is in a zone of that hazard now, worst first.
    pub inside: Vec<ChildRow>,
    /// The others.
    pub near: Vec<ChildRow>,
    /// Children whose address is protected: of none of them is said whether they
    /// are touched, since that would tell where they live.
    pub protected: usize,
    /// Zones that are new, changed or gone.
    pub zones: usize,
    /// Another file has taken its place since.
    pub replaced: bool,
}

/// Whom a data set of hazard zones touches, by where the children live and plan to
/// go today; `None`: it is no such set, or the reader sees no child.
pub async fn touched(
    app: &App,
    who: &SignedIn,
    set: DataSetId,
) -> Result<Option<Touched>, ServiceError> {
    let reader = &who.reader;
    if !knows_plans(reader) {
        return Ok(None);
    }
    let (set, before, boxes) = {
        let mut tx = app.store.read().await?;
        let sets = tx.data_set_facts().await?;
        let find = |id: DataSetId| sets.iter().find(|one| one.id == id).cloned();
        let Some(set) = find(set) else {
            return Ok(None);
        };
        if !matches!(set.kind, DataSetKind::Hazard(_)) {
            return Ok(None);
        }
        let before = set.replaces.and_then(find);
        let boxes = tx.changed_zone_boxes(set.id, set.replaces).await?;
        (set, before, boxes)
    };
    let (numbers, protected) = near(app, who, (&set, before.as_ref()), &boxes).await?;
    let mut touched = Touched {
        inside: Vec::new(),
        near: Vec::new(),
        protected,
        zones: boxes.len(),
        replaced: !set.current,
    };
    if numbers.is_empty() {
        return Ok(Some(touched));
    }
    check::refresh(app, reader).await?;
    let at = app.moment();
    let listed = app.store.read().await?.listed_cases(reader, at).await?;
    let DataSetKind::Hazard(layer) = set.kind else {
        return Ok(None);
    };
    let of_layer = |hazard: &Hazard| hazard.layers().contains(&layer);
    for listed in listed {
        if !listed.content || listed.hidden || !numbers.contains(&listed.number) {
            continue;
        }
        let child = row(listed, at.today)?;
        if child.hazards.iter().any(of_layer) {
            touched.inside.push(child);
        } else {
            touched.near.push(child);
        }
    }
    let seen = touched.inside.iter().chain(&touched.near);
    emergency_reads::saw(app, who, Action::ReadImport, seen.map(ChildRow::grounds)).await?;
    Ok(Some(touched))
}

/// The cases that come near a change, and how many are protected from being looked
/// for.
async fn near(
    app: &App,
    who: &SignedIn,
    (set, before): (&DataSetFacts, Option<&DataSetFacts>),
    boxes: &[[f64; 4]],
) -> Result<(HashSet<CaseNumber>, usize), ServiceError> {
    let speaks = |set: Option<&DataSetFacts>, town: MunicipalityCode| {
        let covers: Option<&BTreeSet<_>> = set.and_then(|set| set.covers.as_ref());
        covers.is_some_and(|known| known.contains(&town) || known.contains(&town.responsible()))
    };
    let zones = Boxes::new(boxes);
    let (mut numbers, mut protected) = (HashSet::new(), 0);
    let mut tx = app.store.read().await?;
    let loaded = world::current_in(app, &mut tx).await?;
    let mut after = String::new();
    loop {
        let cases = tx.cases_after(&who.reader, app.moment(), &after).await?;
        let Some(last) = cases.last() else {
            return Ok((numbers, protected));
        };
        after = last.number.to_string();
        for case in &cases {
            if case.address != AddressShown::Open {
                protected += 1;
                continue;
            }
            let places: Places = check::places(case, &loaded.world);
            let mut towns = places.towns.iter();
            let other = towns.any(|town| speaks(Some(set), *town) != speaks(before, *town));
            let mut lines = places.lines.iter();
            if other || lines.any(|(line, metres)| zones.come_near(line, *metres)) {
                numbers.insert(case.number.clone());
            }
        }
    }
}
