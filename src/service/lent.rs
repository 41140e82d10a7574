//! The unit that is lent to a child, as a source in its record of power (decision 65):
//! composed here alone, so that every page, list and check reckons with the same.

use super::ServiceError;
use crate::{
    domain::{
        access::{Reader, Role},
        loan::KitItem,
        power::{Equipment, lent::LentUnit},
    },
    store::{CaseForCheck, Tx, UnitWith},
};

/// Who is told of the loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The centre and the family, whose loan it is; whoever runs the program.
    Own,
    /// Everybody else: only with the family's consent to exchange it.
    WithConsent,
}

impl Told {
    /// What a reader is told.
    pub const fn to(reader: &Reader) -> Self {
        match (reader, reader.role()) {
            (Reader::Operator, _) | (_, Some(Role::Centre | Role::Family)) => Self::Own,
            _ => Self::WithConsent,
        }
    }
}

/// What the loan means for a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Loan {
    /// No unit ever was with the child: the record counts as it is typed.
    Never,
    /// A unit is with it, and the reader may know.
    With(LentUnit),
    /// A unit is with it, and the reader is not told.
    Untold,
    /// It went back, or was lost.
    Over,
}

impl Loan {
    /// The record as hours are reckoned from it.
    pub fn on(&self, record: Option<Equipment>) -> Option<Equipment> {
        match self {
            Self::Never => record,
            Self::With(unit) => Some(record.unwrap_or_default().with_lent(unit)),
            Self::Untold | Self::Over => record
                .map(Equipment::without_lent)
                .filter(|record| !record.is_empty()),
        }
    }

    /// The unit, where the reader is told of it.
    pub const fn unit(&self) -> Option<&LentUnit> {
        match self {
            Self::With(unit) => Some(unit),
            Self::Never | Self::Untold | Self::Over => None,
        }
    }

    /// What is kept of a record that was typed, in the place of another.
    pub fn keeps(&self, typed: Equipment, before: Option<&Equipment>) -> Equipment {
        match self {
            Self::Never => typed,
            Self::With(_) => typed.of_the_home(),
            Self::Untold => typed.typed_untold(before),
            // What nobody sees any more is not kept.
            Self::Over => typed.without_lent(),
        }
    }
}

async fn unit(tx: &mut Tx, with: UnitWith, case: &CaseForCheck) -> Result<LentUnit, ServiceError> {
    let handed_on = with.handed_on.unwrap_or(with.started_on);
    let ran = tx.last_run(case.id).await?.filter(|on| *on >= handed_on);
    let done = with.done.unwrap_or_default();
    let (checked, place) = with.checked.unzip();
    // At the hand-over it ran where the family has started it.
    let started = done.started_by_family.then_some(handed_on);
    let alarm = KitItem::CoAlarm.code();
    // Nothing was gone through where nobody explained anything.
    let gone_through = done.co_explained || done.started_by_family;
    let missing = done.kit_missing.iter().any(|code| code == alarm);
    Ok(LentUnit {
        model: with.model,
        serial: with.serial,
        handed_on,
        frequency_hz: done.frequency_hz.and_then(|hertz| u8::try_from(hertz).ok()),
        co_alarm: (gone_through && !missing).then_some(true),
        place: place.flatten().or(done.outdoor_place),
        last_run_on: ran.max(checked).max(started),
    })
}

/// The loan of a child, as far as somebody is told of it.
pub async fn of(tx: &mut Tx, case: &CaseForCheck, told: Told) -> Result<Loan, ServiceError> {
    let Some(with) = tx.unit_with(case.id).await? else {
        return Ok(Loan::Never);
    };
    if !with.runs {
        return Ok(Loan::Over);
    }
    let agreed = with
        .done
        .as_ref()
        .is_some_and(|done| done.exchange_consent == Some(true));
    if told == Told::WithConsent && !agreed {
        return Ok(Loan::Untold);
    }
    Ok(Loan::With(unit(tx, with, case).await?))
}

/// Puts the unit that is lent into what a case is judged from.
pub async fn put_in(tx: &mut Tx, case: &mut CaseForCheck, told: Told) -> Result<(), ServiceError> {
    let loan = of(tx, case, told).await?;
    if loan != Loan::Never {
        let typed = case.typed_equipment.as_deref().cloned();
        case.equipment = loan.on(typed).map(Box::new);
    }
    Ok(())
}

/// The same for many cases: those that never had a unit cost nothing.
pub async fn put_in_all(
    tx: &mut Tx,
    cases: &mut [CaseForCheck],
    told: Told,
) -> Result<(), ServiceError> {
    let lent = tx.ever_lent().await?;
    for case in cases.iter_mut().filter(|case| lent.contains(&case.id)) {
        put_in(tx, case, told).await?;
    }
    Ok(())
}
