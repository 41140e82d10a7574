//! The versions of a plan, and what is different between two states of it.

use super::{
    draft::{read, said},
    to_read,
};
use crate::{
    app::App,
    domain::{
        id::CaseNumber,
        plan::{
            PlanDocument,
            changes::{Change, changes},
        },
    },
    service::{ServiceError, view::SignedIn},
    store::VersionLine,
};

/// A state of a plan: one of its versions, or the draft that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// A version.
    Number(u32),
    /// The open draft.
    Draft,
}

impl Version {
    /// The one of a word: a number, or `draft`.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "draft" => Some(Self::Draft),
            number => number.parse().ok().map(Self::Number),
        }
    }

    /// The word.
    pub fn code(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Draft => "draft".to_owned(),
        }
    }
}

/// What is different between two states of a plan.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The child.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// The versions, the latest first.
    pub versions: Vec<VersionLine>,
    /// Whether a draft is open.
    pub has_draft: bool,
    /// Which two; `None`: there are no two.
    pub between: Option<(Version, Version)>,
    /// What is different.
    pub changes: Vec<Change>,
}

/// What is different between two states of a plan: those that are asked for, else the
/// last two. `None`: there is no such child for this reader.
pub async fn compared(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    asked: (Option<Version>, Option<Version>),
) -> Result<Option<Compared>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let versions = tx.versions(&who.reader, at, number).await?;
        let draft = tx.open_draft(case.id).await?;
        let draft = draft.as_ref().map(said).transpose()?;
        let states: Vec<(Version, &PlanDocument)> = draft
            .iter()
            .map(|document| (Version::Draft, document))
            .chain(
                versions
                    .iter()
                    .map(|one| (Version::Number(one.version), &one.document)),
            )
            .collect();
        let find = |wanted: Option<Version>, place: usize| {
            let named = wanted.and_then(|wanted| states.iter().find(|(one, _)| *one == wanted));
            named.or_else(|| states.get(place)).copied()
        };
        let pair = find(asked.0, 1).zip(find(asked.1, 0));
        let page = Compared {
            number: number.clone(),
            name: case.child.name.clone(),
            has_draft: draft.is_some(),
            between: pair.map(|((from, _), (to, _))| (from, to)),
            changes: pair.map_or_else(Vec::new, |((_, was), (_, is))| changes(was, is)),
            versions,
        };
        (case, page)
    };
    read(app, who, &case).await?;
    Ok(Some(page))
}

/// One state of a plan with its number and since when; `None`: it is not there for this
/// reader.
pub async fn version(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    wanted: Version,
) -> Result<Option<(Option<VersionLine>, PlanDocument)>, ServiceError> {
    let at = app.moment();
    let (case, found) = {
        let mut tx = app.store.read().await?;
        let Some(case) = to_read(&mut tx, who, at, number).await? else {
            return Ok(None);
        };
        let found = match wanted {
            Version::Draft => {
                let draft = tx.open_draft(case.id).await?;
                let draft = draft.as_ref().map(said).transpose()?;
                draft.map(|document| (None, document))
            }
            Version::Number(number_of) => {
                let all = tx.versions(&who.reader, at, number).await?;
                let one = all.into_iter().find(|one| one.version == number_of);
                one.map(|line| (Some(line.clone()), line.document))
            }
        };
        (case, found)
    };
    read(app, who, &case).await?;
    Ok(found)
}
