//! To whom a message goes, and who is to be telephoned since no mail arrives.

use std::collections::{HashMap, HashSet};

use super::{messages::Draft, office::same_town};
use crate::{
    app::App,
    domain::{
        access::{Moment, Reader},
        duty::{ContactState, phrase_for_mail},
        hand_message::{MessageGroup, Names},
        id::{CaseId, CaseNumber},
        loan::paper::is_invited,
        plan::document::Contact,
    },
    service::{ServiceError, loans::looks_ahead_to},
    store::{LoanFile, MailContact, OwnFamily, Tx},
};

/// A family to which no mail goes, and its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The child's number.
    pub number: CaseNumber,
    /// Its name.
    pub name: Option<String>,
    /// Whose number, and the number.
    pub telephones: Vec<(Option<String>, String)>,
}

/// A family of a group.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    pub(super) family: OwnFamily,
    /// The addresses that work.
    pub(super) contacts: Vec<MailContact>,
    pub(super) pass_phrase: Option<String>,
}

/// Those whom a message is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Recipients {
    pub(super) families: Vec<Recipient>,
    /// Names that must not stand in the message.
    pub(super) names: Names,
}

/// The applications of children whom a reader sees, by child.
pub(super) async fn files(
    tx: &mut Tx,
    reader: &Reader,
    at: Moment,
) -> Result<HashMap<CaseId, LoanFile>, ServiceError> {
    let files = tx.open_loan_files(reader, at).await?;
    Ok(files.into_iter().map(|file| (file.case, file)).collect())
}

/// The children of a group; `None`: the office has no such group, or no such child.
async fn group(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    draft: &Draft,
    files: &HashMap<CaseId, LoanFile>,
) -> Result<Option<Chosen>, ServiceError> {
    let centre = matches!(reader, Reader::Centre(_));
    if draft.group.is_of_the_centre() && !centre {
        return Ok(None);
    }
    let of_state = |fits: &dyn Fn(&LoanFile) -> bool| {
        let fitting = files.values().filter(|file| fits(file));
        Chosen::Cases(fitting.map(|file| file.case).collect())
    };
    Ok(Some(match draft.group {
        MessageGroup::Family => match &draft.case {
            Some(number) => Chosen::Number(number.clone()),
            None => return Ok(None),
        },
        MessageGroup::Everybody => Chosen::All,
        MessageGroup::Town => match draft.town {
            Some(town) => Chosen::Town(town),
            None => return Ok(None),
        },
        MessageGroup::Borrowers => of_state(&|file| file.state.has_unit()),
        MessageGroup::Training => of_state(&|file| is_invited(file.state)),
        MessageGroup::WithoutPlan => {
            let stuck = tx.stuck_children(reader, at, i64::MAX).await?;
            Chosen::Cases(stuck.into_iter().map(|child| child.case).collect())
        }
        MessageGroup::CheckDue => {
            let due = tx.visits(reader, at, looks_ahead_to(at.today)).await?;
            Chosen::Cases(due.into_iter().map(|visit| visit.case).collect())
        }
    }))
}

enum Chosen {
    All,
    Number(CaseNumber),
    Town(crate::domain::municipality::MunicipalityCode),
    Cases(HashSet<CaseId>),
}

impl Chosen {
    fn has(&self, family: &OwnFamily) -> bool {
        match self {
            Self::All => true,
            Self::Number(number) => family.number == *number,
            Self::Town(town) => same_town(family.town, *town),
            Self::Cases(cases) => cases.contains(&family.case),
        }
    }
}

/// Whom a draft is for; `None`: there is no such group, or no such child.
pub(super) async fn of_draft(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    draft: &Draft,
) -> Result<Option<Recipients>, ServiceError> {
    let files = files(tx, reader, at).await?;
    let Some(chosen) = group(tx, (reader, at), draft, &files).await? else {
        return Ok(None);
    };
    let mut families = tx.own_families(reader, at).await?;
    families.retain(|family| chosen.has(family));
    if families.is_empty() && matches!(chosen, Chosen::Number(_)) {
        return Ok(None);
    }
    Ok(Some(complete(tx, families, &files).await?))
}

/// Those of some children to whom a message may still go.
pub(super) async fn of_cases(
    tx: &mut Tx,
    (reader, at): (&Reader, Moment),
    cases: &HashSet<CaseId>,
) -> Result<Recipients, ServiceError> {
    let files = files(tx, reader, at).await?;
    let mut families = tx.own_families(reader, at).await?;
    families.retain(|family| cases.contains(&family.case));
    complete(tx, families, &files).await
}

async fn complete(
    tx: &mut Tx,
    families: Vec<OwnFamily>,
    files: &HashMap<CaseId, LoanFile>,
) -> Result<Recipients, ServiceError> {
    let mut contacts: HashMap<CaseId, Vec<MailContact>> = HashMap::new();
    for contact in tx.contacts_in_use().await? {
        if contact.state == ContactState::Works {
            contacts.entry(contact.case).or_default().push(contact);
        }
    }
    let mut all = Recipients::default();
    for family in families {
        if let Some(name) = &family.name {
            all.names.add(name);
        }
        if let Some(kana) = &family.kana {
            all.names.add_whole(kana);
        }
        if let Some(file) = files.get(&family.case) {
            if let Some(guardian) = &file.applicant.guardian {
                all.names.add(guardian);
            }
            if let Some(hospital) = &file.facts.nicu_hospital {
                all.names.add_whole(hospital);
            }
        }
        all.families.push(Recipient {
            contacts: contacts.remove(&family.case).unwrap_or_default(),
            pass_phrase: phrase_for_mail(family.pass_phrase.clone()),
            family,
        });
    }
    Ok(all)
}

/// The telephone numbers of a family, as far as a reader may read them: of who has
/// applied for the loan, and of the child's contacts.
pub(super) async fn telephones(
    app: &App,
    tx: &mut Tx,
    reader: &Reader,
    number: &CaseNumber,
) -> Result<Vec<(Option<String>, String)>, ServiceError> {
    let at = app.moment();
    let mut all: Vec<(Option<String>, String)> = Vec::new();
    if matches!(reader, Reader::Centre(_))
        && let Some(file) = tx.loan_file(reader, at, number).await?
        && let Some(telephone) = file.applicant.telephone
    {
        all.push((file.applicant.guardian, telephone));
    }
    let known = tx.case(reader, at, number).await?;
    let contacts = known.map_or_else(Vec::new, |case| case.child.contacts);
    for Contact { who, value } in contacts.into_iter().filter(Contact::is_telephone) {
        if all.iter().all(|(_, there)| *there != value) {
            all.push((who, value));
        }
    }
    Ok(all)
}

impl Recipients {
    /// How many mails it makes.
    pub(super) fn mails(&self) -> usize {
        self.families.iter().map(|one| one.contacts.len()).sum()
    }

    /// The families that no mail reaches, with their numbers.
    pub(super) async fn unreached(
        &self,
        app: &App,
        tx: &mut Tx,
        reader: &Reader,
    ) -> Result<Vec<Unreached>, ServiceError> {
        let mut list = Vec::new();
        for one in self.families.iter().filter(|one| one.contacts.is_empty()) {
            let number = &one.family.number;
            list.push(Unreached {
                number: number.clone(),
                name: one.family.name.clone(),
                telephones: telephones(app, tx, reader, number).await?,
            });
        }
        Ok(list)
    }
}
