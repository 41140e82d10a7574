//! What a municipality is told of a child, with the family's consent.

use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Subject},
        child::Home,
        id::HomeId,
    },
    service::ServiceError,
    store::{LoanFile, Tx},
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
    if case.is_none_or(|case| case.home.municipality.is_some()) {
        return Ok(());
    }
    let home = Home {
        municipality: Some(code),
        ..Home::default()
    };
    let id = HomeId(app.ids.next());
    tx.write_home(file.case, id, &home, at.today, at.now)
        .await?;
    let there = Subject {
        kind: "municipality",
        id: code.responsible().to_string(),
    };
    tx.grant(file.case, &there, Ground::Residence, at.today)
        .await?;
    tx.turn_world().await?;
    Ok(())
}
