//! Use cases that write twice or have two callers.

pub mod accounts;
pub mod audit;
pub mod authenticate;
pub mod binder;
pub mod calendar;
pub mod care;
pub mod check;
pub mod check_file;
pub mod children;
pub mod contacts;
pub mod coordinators;
pub mod corrections;
pub mod demo;
pub mod demo_clock;
mod demo_loans;
mod demo_power;
mod demo_review;
pub mod devices;
pub mod diagnosis;
pub mod disclosure;
pub mod drills;
pub mod emergency;
pub mod emergency_course;
pub mod emergency_reads;
pub mod ends;
pub mod family;
pub mod family_links;
pub mod figures;
pub mod findings;
pub mod geometry;
pub mod guesses;
pub mod hand;
pub mod hazard_imports;
pub mod import;
pub mod imports;
pub mod invitation;
pub mod keys;
pub mod lent;
pub mod letters;
pub mod life;
pub mod loans;
pub mod map;
pub mod map_units;
pub mod moves;
pub mod municipality;
pub mod night;
mod once;
pub mod own_sites;
pub mod passwords;
pub mod photo;
pub mod place_answers;
pub mod places;
pub mod plan;
pub mod plan_rights;
pub mod positions;
pub mod power;
pub mod prefecture_map;
pub mod protection;
pub mod reminders;
pub mod retention;
pub mod review;
pub mod second_factor;
pub mod sessions;
pub mod sheets;
pub mod sign_in;
pub mod site_batches;
pub mod site_imports;
pub mod site_list;
pub mod site_sheets;
pub mod site_users;
pub mod sites;
pub mod supporters;
pub mod tiles;
pub mod view;
pub mod what_if;
pub mod world;

use crate::store::{AsStoreError, StoreError};

/// Why a use case failed. What the domain expects to say "no" to is not here.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key is missing, or a sealed value is not ours.
    #[error(transparent)]
    Keys(#[from] crate::seal::KeyError),
    /// A stored value is not one that this program writes.
    #[error("{0} holds an impossible value")]
    Corrupt(&'static str),
    /// A file is refused as a whole.
    #[error("the file is refused")]
    Refused(Box<crate::import::report::FileReport>),
    /// A hand-over is refused as a whole.
    #[error("the hand-over is refused")]
    HandOver(Box<accounts::HandedOver>),
    /// The trail no longer holds the seal that is kept beside the key file.
    #[error("the audit trail no longer holds seal {seal}, which is kept beside the key file")]
    HeadLost {
        /// Its number.
        seal: u64,
    },
    /// A mail could not be put together.
    #[error(transparent)]
    Mail(#[from] crate::mail::MailError),
    /// A file could not be read or written half way.
    #[error("reading or writing a file failed")]
    Io(#[from] std::io::Error),
}

impl AsStoreError for ServiceError {
    fn as_store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
