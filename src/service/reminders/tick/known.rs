//! What is known of everybody who may be reminded.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{
    domain::{
        access::{Reader, Role},
        duty::{Audience, DutyKind, Window},
        id::{CaseId, UserId},
        loan::HandOver,
        municipality::MunicipalityCode,
    },
    service::ServiceError,
    store::{Account, DueTerm, MailContact, Suspension, Tx},
};

/// Addresses, accounts and suspensions, read once a round.
pub(super) struct Known {
    contacts: HashMap<CaseId, Vec<MailContact>>,
    suspensions: HashMap<(CaseId, DutyKind), Vec<Suspension>>,
    staff: Vec<Account>,
    coordinators: HashMap<CaseId, Vec<UserId>>,
    windows: HashMap<String, Window>,
}

impl Known {
    pub(super) async fn read(tx: &mut Tx, on: NaiveDate) -> Result<Self, ServiceError> {
        let mut contacts: HashMap<CaseId, Vec<MailContact>> = HashMap::new();
        for contact in tx.contacts_to_remind(&on.to_string()).await? {
            contacts.entry(contact.case).or_default().push(contact);
        }
        let mut coordinators: HashMap<CaseId, Vec<UserId>> = HashMap::new();
        for (case, account) in tx.coordinators_to_remind(on).await? {
            coordinators.entry(case).or_default().push(account);
        }
        let mut suspensions: HashMap<(CaseId, DutyKind), Vec<Suspension>> = HashMap::new();
        for suspension in tx.suspensions(None, on).await? {
            let of = suspensions.entry((suspension.case, suspension.kind));
            of.or_default().push(suspension);
        }
        let windows = tx.windows().await?.into_iter().map(|window| {
            let telephone = window.telephone.as_deref();
            let of = window.municipality.to_string();
            (of, Window::new(&window.name, telephone))
        });
        Ok(Self {
            contacts,
            suspensions,
            staff: tx.accounts_to_remind().await?,
            coordinators,
            windows: windows.collect(),
        })
    }

    /// The addresses of a family, the oldest first.
    pub(super) fn contacts(&self, case: CaseId) -> impl Iterator<Item = &MailContact> {
        self.contacts.get(&case).into_iter().flatten()
    }

    /// The window of a municipality.
    pub(super) fn window(&self, of: MunicipalityCode) -> Option<&Window> {
        self.windows.get(&of.to_string())
    }

    /// The suspension of a duty on a day.
    pub(super) fn suspended(
        &self,
        case: CaseId,
        kind: DutyKind,
        on: NaiveDate,
    ) -> Option<&Suspension> {
        let of = self.suspensions.get(&(case, kind))?;
        of.iter().find(|s| s.from <= on && on <= s.until)
    }

    /// The accounts of an audience that may hear of a term.
    pub(super) fn accounts(&self, audience: Audience, due: &DueTerm) -> Vec<UserId> {
        let case = due.case.case;
        let of_role = |role: Role| {
            let all = self.staff.iter();
            all.filter(move |account| account.reader.role() == Some(role))
        };
        match audience {
            Audience::Family => Vec::new(),
            // Of a child to whom nothing is lent the centre knows nothing.
            Audience::Centre if !due.stored.kind.is_of_the_loan() && !due.case.of_centre => {
                Vec::new()
            }
            Audience::Centre => of_role(Role::Centre).map(|account| account.id).collect(),
            Audience::Coordinator => {
                let own = self.coordinators.get(&case);
                let own: Vec<UserId> = of_role(Role::Coordinator)
                    .map(|account| account.id)
                    .filter(|id| own.is_some_and(|own| own.contains(id)))
                    .collect();
                if !own.is_empty() || due.stored.kind.is_of_the_loan() {
                    return own;
                }
                // Of these the coordinator alone would hear in time: where a child has
                // none, whoever else answers for it does.
                let others = [Audience::Centre, Audience::Municipality];
                let mut others = others.iter().map(|one| self.accounts(*one, due));
                others.find(|who| !who.is_empty()).unwrap_or_default()
            }
            // Nothing of a loan reaches a municipality without the family's consent.
            Audience::Municipality if due.stored.kind.is_of_the_loan() && !exchanges(due) => {
                Vec::new()
            }
            Audience::Municipality => {
                let home = due.case.municipality.map(MunicipalityCode::responsible);
                of_role(Role::Municipality)
                    .filter(|account| match account.reader {
                        Reader::Municipality(_, code) => Some(code.responsible()) == home,
                        _ => false,
                    })
                    .map(|account| account.id)
                    .collect()
            }
        }
    }
}

/// What was gone through at the hand-over.
fn hand_over(due: &DueTerm) -> Option<HandOver> {
    let kept = due.case.hand_over.as_deref()?;
    serde_json::from_str(kept).ok()
}

/// Whether the family has agreed that loan data are exchanged with the municipality.
fn exchanges(due: &DueTerm) -> bool {
    hand_over(due).is_some_and(|done| done.exchange_consent == Some(true))
}
