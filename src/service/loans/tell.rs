//! What a municipality is told of a child, with the family's consent.

use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Subject},
        child::Home,
        id::HomeId,
        municipality::MunicipalityCode,
    },
    service::ServiceError,
    store::{LoanFile, StoredLoan, Tx},
};

/// Puts the home on record and lets its municipality see the child, where no
/// home is on record yet. The caller has the family's consent to it.
pub(super) async fn municipality(
    app: &App,
    tx: &mut Tx,
    file: &LoanFile,
) -> Result<(), ServiceError> {
    let Some(code) = file.applicant.municipality else {
        return Ok(());
    };
    let at = app.moment();
    let case = tx.case(&Reader::Operator, at, &file.number).await?;
    let Some(case) = case else {
        return Ok(());
    };
    match case.home.municipality.map(MunicipalityCode::responsible) {
        None => {
            let home = Home {
                municipality: Some(code),
                ..Home::default()
            };
            let id = HomeId(app.ids.next());
            tx.write_home(file.case, id, &home, at.today, at.now)
                .await?;
        }
        // It was told before, and the family had taken that back.
        Some(there) if there == code.responsible() => {}
        Some(_) => return Ok(()),
    }
    let there = Subject {
        kind: "municipality",
        id: code.responsible().to_string(),
    };
    tx.grant(file.case, &there, Ground::Residence, at.today)
        .await?;
    Ok(tx.judge_anew(file.case).await?)
}

/// Takes back what a municipality was told: the family does not agree any more, or the
/// hand-over at which it agreed never was. A municipality that knew the child before
/// that, or has a plan of it by now, keeps it.
pub(super) async fn no_longer(
    app: &App,
    tx: &mut Tx,
    (file, loan): (&LoanFile, &StoredLoan),
) -> Result<(), ServiceError> {
    let told = tx.residence_since(file.case).await?;
    let planned = tx.document_in_force(file.case).await?.is_some();
    if planned || told.is_none_or(|since| since < loan.started_on) {
        return Ok(());
    }
    let today = app.clock.today();
    tx.end_grants(file.case, "municipality", Ground::Residence, None, today)
        .await?;
    Ok(tx.judge_anew(file.case).await?)
}
