//! Figures for the prefecture, which commissions the programme: how many, and
//! nobody in particular.

use std::collections::BTreeMap;

use super::{ServiceError, check, view::SignedIn, view::StandingFilter};
use crate::{
    app::App,
    domain::{access::Reader, municipality::MunicipalityCode},
};

/// The figures of one municipality.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Children by the part of the list they belong to, each once.
    pub parts: BTreeMap<StandingFilter, u64>,
    /// Children to whom something is lent.
    pub lent: u64,
}

impl Figures {
    /// All children.
    pub fn total(&self) -> u64 {
        self.parts.values().sum()
    }

    /// Children of one part.
    pub fn of(&self, part: StandingFilter) -> u64 {
        self.parts.get(&part).copied().unwrap_or_default()
    }

    fn add(&mut self, other: &Self) {
        for (part, count) in &other.parts {
            *self.parts.entry(*part).or_default() += count;
        }
        self.lent += other.lent;
    }
}

/// The figures of every municipality that has children, in the order of codes,
/// those of an unknown one last, and of all together.
pub async fn figures(
    app: &App,
    who: &SignedIn,
) -> Result<(Vec<(Option<MunicipalityCode>, Figures)>, Figures), ServiceError> {
    // The verdicts are the program's own; the reader sees their number.
    check::refresh(app, &Reader::Operator).await?;
    let rows = {
        let mut tx = app.store.read().await?;
        tx.figures(&who.reader).await?
    };
    let mut places: BTreeMap<Option<MunicipalityCode>, Figures> = BTreeMap::new();
    let mut all = Figures::default();
    for row in rows {
        let part = StandingFilter::from_code(&row.part)
            .ok_or(ServiceError::Corrupt("derived_check.part"))?;
        let place = row
            .municipality
            .as_deref()
            .map(MunicipalityCode::parse)
            .transpose()
            .map_err(|_| ServiceError::Corrupt("home.municipality"))?
            .map(MunicipalityCode::responsible);
        let figures = Figures {
            parts: BTreeMap::from([(part, row.children)]),
            lent: row.lent,
        };
        all.add(&figures);
        places.entry(place).or_default().add(&figures);
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|(place, _)| (place.is_none(), *place));
    Ok((places, all))
}
