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

/// What was read, as a file that a spreadsheet opens: UTF-8 with a mark, and no
/// cell that it would take for a formula.
pub fn reads_as_csv(reads: &[TrailRow]) -> Result<Vec<u8>, ServiceError> {
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::Writer::from_writer(&mut file);
    let failed = |error: csv::Error| ServiceError::Io(error.into());
    writer
        .write_record(["いつ", "区分", "市町村", "アカウント", "整理番号"])
        .map_err(failed)?;
    for read in reads {
        let at = in_tokyo(read.event.at)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string();
        let (role, place, name) = match &read.who {
            Some((role, place, name)) => (
                role.name().ja.into_owned(),
                place.map(|code| code.name().to_owned()).unwrap_or_default(),
                name.clone(),
            ),
            None => Default::default(),
        };
        // One line a child, so that a spreadsheet can be sorted by child.
        for case in &read.cases {
            let cells = [&at, &role, &place, &name, case.as_str()].map(harmless);
            writer.write_record(&cells).map_err(failed)?;
        }
    }
    writer.flush()?;
    drop(writer);
    Ok(file)
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    let first = cell.chars().next();
    let formula = first.is_some_and(|c| "=+-@＝＋－＠\t\r\n".contains(c));
    if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for cell in ["=1+1", "+81", "-1", "@x", "＝1", "\t=1", "\r=1"] {
            assert!(harmless(cell).starts_with('\''), "{cell}");
        }
        assert_eq!(harmless("【デモ】人吉市"), "【デモ】人吉市");
        assert_eq!(harmless(""), "");
    }
}
