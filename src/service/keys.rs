//! A new key, and everything sealed with it.

use super::{ServiceError, audit, second_factor as factor};
use crate::{
    app::App,
    domain::audit::{Action, Actor},
    in_tx,
    store::Sealed,
};

/// What a rotation did.
#[derive(Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The id of the new key.
    pub id: String,
    /// The ids of the older ones.
    pub older: Vec<String>,
    /// How many second factors are sealed anew.
    pub factors: usize,
    /// How many recovery codes are sealed anew.
    pub recovery_codes: usize,
    /// How many typed codes wait under an older key until they are used or over:
    /// nobody knows them, so they cannot be moved.
    pub waiting_codes: i64,
}

/// Puts a new key in front, and seals anew what is sealed under older ones.
pub async fn rotate(app: &App) -> Result<Rotated, ServiceError> {
    let id = app.keys.rotate()?;
    let now = app.clock.now();
    let event = audit::by(app, Actor::Operator, Action::RotatedKeys);
    in_tx!(app.store, |tx| {
        let (mut factors, mut recovery_codes) = (0, 0);
        for old in tx.sealed_values().await? {
            let (purpose, account, value, count) = match &old {
                Sealed::Totp(account, value) | Sealed::LinkTotp(_, account, value) => {
                    (factor::PURPOSE, account, value, &mut factors)
                }
                Sealed::Recovery(account, _, value) => (
                    factor::RECOVERY_PURPOSE,
                    account,
                    value,
                    &mut recovery_codes,
                ),
            };
            if app.keys.is_newest(value) {
                continue;
            }
            let row = account.to_string();
            let plain = app.keys.open_sealed(purpose, &row, value)?;
            tx.reseal(&old, &app.keys.seal(purpose, &row, &plain))
                .await?;
            *count += 1;
        }
        // They are made anew in the evening, or when somebody asks.
        tx.forget_binders().await?;
        tx.record(&event).await?;
        Ok(Rotated {
            waiting_codes: tx.codes_under_other_keys(&id, now).await?,
            older: app.keys.ids().into_iter().filter(|k| *k != id).collect(),
            id: id.clone(),
            factors,
            recovery_codes,
        })
    })
}
