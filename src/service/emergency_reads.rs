//! What is read under emergency access: noted child by child, and listed.

use std::collections::BTreeMap;

use super::{ServiceError, audit, view::SignedIn};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        audit::{AboutKind, Action},
        id::{CaseId, EmergencyId},
    },
    print,
    store::TrailRow,
};

/// Notes that somebody sees children, and for those that are read under an
/// emergency access alone one event for each access, naming them.
pub async fn saw<'a>(
    app: &App,
    who: &SignedIn,
    action: Action,
    cases: impl IntoIterator<Item = (CaseId, &'a [EmergencyId])>,
) -> Result<(), ServiceError> {
    let cases: Vec<_> = cases.into_iter().collect();
    audit::saw(app, who, action, cases.iter().map(|(case, _)| *case)).await?;
    saw_under(app, who, cases).await
}

/// Notes what was read under emergency accesses: one event for each of them.
pub async fn saw_under<'a>(
    app: &App,
    who: &SignedIn,
    cases: impl IntoIterator<Item = (CaseId, &'a [EmergencyId])>,
) -> Result<(), ServiceError> {
    let mut under: BTreeMap<EmergencyId, Vec<CaseId>> = BTreeMap::new();
    for (case, emergencies) in cases {
        for emergency in emergencies {
            under.entry(*emergency).or_default().push(case);
        }
    }
    for (emergency, cases) in under {
        let event = audit::event(app, who, Action::EmergencyRead).on(cases);
        app.store
            .note_read(event.about(AboutKind::Emergency, emergency.0))
            .await?;
    }
    Ok(())
}

/// What was read, as a file that a spreadsheet opens: one line a child, so that it
/// can be sorted by child.
pub fn reads_as_csv(reads: &[TrailRow]) -> Result<Vec<u8>, ServiceError> {
    let rows = reads.iter().flat_map(|read| {
        let at = in_tokyo(read.event.at).format("%Y-%m-%d %H:%M:%S");
        let (role, place, name) = match &read.who {
            Some((role, place, name)) => (
                role.name().ja.into_owned(),
                place.map(|code| code.name().to_owned()).unwrap_or_default(),
                name.clone(),
            ),
            None => Default::default(),
        };
        let who = [at.to_string(), role, place, name];
        read.cases.iter().map(move |case| {
            let [at, role, place, name] = who.clone();
            [at, role, place, name, case.to_string()]
        })
    });
    let head = ["いつ", "区分", "市町村", "アカウント", "整理番号"];
    Ok(print::sheet::csv(head, rows)?)
}
