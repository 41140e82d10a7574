//! The office of somebody who writes or calls: the centre, a municipality, a
//! coordinator; and what it may know of a loan.

use std::collections::HashMap;

use crate::{
    app::App,
    domain::{
        access::Reader, duty::may_stand_in_a_mail, hand_message::MOST_ALONE, id::CaseId,
        loan::HandOver, municipality::MunicipalityCode,
    },
    service::ServiceError,
    store::Tx,
};

/// The word of an office in the database: those who share it release each other's
/// messages, and read each other's calls.
pub(super) fn word(reader: &Reader) -> String {
    reader.subject().id
}

/// Who writes, as a mail names it, and where to telephone.
pub(super) async fn named(
    app: &App,
    tx: &mut Tx,
    reader: &Reader,
) -> Result<(String, Option<String>), ServiceError> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some(code) = reader.municipality() {
        let window = tx.window(code).await?;
        let telephone = window.and_then(|window| window.telephone);
        return Ok((code.responsible().name().to_owned(), telephone));
    }
    let settings = &app.config.loans;
    let name = if may_stand_in_a_mail(&settings.centre_name) {
        settings.centre_name.clone()
    } else {
        app.config.mail.from_name.clone()
    };
    Ok((name, filled(&settings.centre_telephone)))
}

/// The hand-overs that a reader may know of: a municipality those alone whose families
/// have agreed that loan data are exchanged.
pub(super) async fn hand_overs(
    tx: &mut Tx,
    reader: &Reader,
    case: Option<CaseId>,
) -> Result<HashMap<CaseId, HandOver>, ServiceError> {
    let mut all: HashMap<CaseId, HandOver> = tx.hand_overs(case).await?.into_iter().collect();
    if reader.municipality().is_some() {
        all.retain(|_, done| done.exchange_consent == Some(true));
    }
    Ok(all)
}

/// Whether a reader may know what is due in the loan of a child.
pub(super) async fn sees_loan(
    tx: &mut Tx,
    reader: &Reader,
    case: CaseId,
) -> Result<bool, ServiceError> {
    Ok(reader.municipality().is_none() || !hand_overs(tx, reader, Some(case)).await?.is_empty())
}

/// Whether a second person is to release a message.
pub(super) const fn needs_second(urgent: bool, families: usize) -> bool {
    !urgent && families > MOST_ALONE
}

/// The same municipality, wards with their city.
pub(super) fn same_town(a: Option<MunicipalityCode>, b: MunicipalityCode) -> bool {
    a.is_some_and(|a| a.same_as(b))
}
