//! What staff decide about a child on the page of its plan: what every such
//! form has in common, and what the page shows of it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    ServiceError,
    once::{Came, DONE, Once},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Moment, Permission, Reader, Role},
        id::{CaseNumber, UserId},
        residence::{AddressShown, ContactLine, ProposedMove},
    },
    store::{CaseForCheck, DrillTask, ReviewLine, Tx},
};

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It is on record (perhaps by the same form, sent before).
    Done,
    /// The same key came with another content.
    OtherBody,
    /// There is no such case for this reader.
    NotThere,
    /// The reader may see the child, but not decide this.
    NotYours,
    /// What was to be decided is decided, or replaced by something newer.
    Gone,
    /// A day that cannot be: to come, before the home's first day, before its
    /// own beginning, or too far away.
    BadDay,
    /// What the page showed is not so any more: it is to be read again.
    Overtaken,
    /// An account that cannot be chosen for this, or is no longer in use.
    BadChoice,
}

/// A form about a case.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// Who sends it.
    pub who: &'a SignedIn,
    /// About which case.
    pub number: &'a CaseNumber,
    /// Its key: sent twice it acts once.
    pub key: Uuid,
}

/// A form whose case was found and that was not answered before.
pub(super) struct Opened {
    /// The case, as its sender sees it.
    pub case: CaseForCheck,
    once: Once,
}

impl Form<'_> {
    /// Looks up the case, and whether the form came before.
    pub(super) async fn open(
        &self,
        app: &App,
        tx: &mut Tx,
        body: &serde_json::Value,
    ) -> Result<Result<Opened, Decided>, ServiceError> {
        let Some(case) = tx.case(&self.who.reader, app.moment(), self.number).await? else {
            return Ok(Err(Decided::NotThere));
        };
        let request = serde_json::json!({"case": self.number, "body": body});
        let once = Once::new(self.who.user, self.key, &request);
        Ok(match once.came(tx).await? {
            Came::First => Ok(Opened { case, once }),
            Came::Again(_) => Err(Decided::Done),
            Came::Otherwise => Err(Decided::OtherBody),
        })
    }

    /// Puts on record that the form is done.
    pub(super) async fn done(
        &self,
        app: &App,
        tx: &mut Tx,
        opened: &Opened,
    ) -> Result<Decided, ServiceError> {
        opened.once.keep(app, tx, DONE).await?;
        Ok(Decided::Done)
    }
}

/// Whether a reader decides about a child: staff of the municipality where it
/// lives, and of the centre where the plan may be given to it. Whoever reads it
/// for the days of a stay decides nothing.
pub(super) async fn decides(
    tx: &mut Tx,
    case: &CaseForCheck,
    reader: &Reader,
    today: NaiveDate,
) -> Result<bool, ServiceError> {
    let ground = match reader {
        Reader::Municipality(..) => Ground::Residence,
        Reader::Centre(_) => Ground::Provision,
        _ => return Ok(false),
    };
    Ok(tx.has_ground(case.id, reader, today, ground).await?)
}

/// Whether a reader may act for a child (write to those who help, hand out its
/// file or a way in for its family), and not only read it: whoever reads it for
/// a stay, under emergency access or because of a loan may not.
pub(super) async fn acts_for(
    tx: &mut Tx,
    reader: &Reader,
    at: Moment,
    number: &CaseNumber,
) -> Result<bool, ServiceError> {
    Ok(tx.kept_case(reader, at, number).await?.is_some())
}

/// The case, where a reader may act for it.
pub(super) async fn case_to_act_for(
    tx: &mut Tx,
    reader: &Reader,
    at: Moment,
    number: &CaseNumber,
) -> Result<Option<CaseForCheck>, ServiceError> {
    if !acts_for(tx, reader, at, number).await? {
        return Ok(None);
    }
    Ok(tx.case(reader, at, number).await?)
}

/// Whether a reader decides where a child lives and stays: who may not see a
/// protected address does not.
pub(super) async fn decides_on_home(
    tx: &mut Tx,
    case: &CaseForCheck,
    reader: &Reader,
    today: NaiveDate,
) -> Result<bool, ServiceError> {
    Ok(case.address != AddressShown::Hidden && decides(tx, case, reader, today).await?)
}

/// Somebody who may be chosen, and whether they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The account.
    pub user: UserId,
    /// Its name and role.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// Chosen already.
    pub chosen: bool,
}

/// What the page of a plan offers its staff.
#[derive(Debug, Clone, Default)]
pub struct Care {
    /// Whether the reader decides on moves and stays.
    pub may_move: bool,
    /// The move that waits.
    pub waiting: Option<ProposedMove>,
    /// The first day of the home on record.
    pub home_since: Option<NaiveDate>,
    /// Whether the reader assigns coordinators.
    pub may_assign: bool,
    /// Coordinators: those who have the child, and those who could.
    pub coordinators: Vec<Choice>,
    /// Whether the reader writes down contacts.
    pub may_write: bool,
    /// The last contacts, the latest first.
    pub contacts: Vec<ContactLine>,
    /// Whether the reader confirms the plan with the family: there is one, and
    /// the reader sees all of it.
    pub may_confirm: bool,
    /// What the page shows, in a word that a confirmation must name; empty where
    /// nothing is to be confirmed.
    pub seen: String,
    /// Whether the reader opens the page of drills.
    pub keeps_drills: bool,
    /// What failed in drills and is not mended.
    pub tasks: Vec<DrillTask>,
    /// The last confirmations and drills, the latest first.
    pub reviews: Vec<ReviewLine>,
    /// Whether the reader says who may see the address.
    pub may_protect: bool,
    /// Whether the address is protected.
    pub is_protected: bool,
    /// Who may see it, or could be named.
    pub named: Vec<Choice>,
}

/// What the page of a plan offers to a reader who may see its content.
pub(super) async fn of_case(
    tx: &mut Tx,
    who: &SignedIn,
    case: &CaseForCheck,
    at: Moment,
) -> Result<Care, ServiceError> {
    let (reader, number) = (&who.reader, &case.number);
    let may = |permission| who.role().may(permission);
    let decides = decides(tx, case, reader, at.today).await?;
    let may_move = may(Permission::DecideMove) && decides && case.address != AddressShown::Hidden;
    let colleagues = tx.colleagues().await?;
    let assigned = tx.coordinators_of(case.id, at.today).await?;
    let choice = |account: &crate::store::Account, chosen: &[UserId]| {
        Some(Choice {
            user: account.id,
            name: account.name.clone(),
            role: account.reader.role()?,
            chosen: chosen.contains(&account.id),
        })
    };
    let coordinators = colleagues
        .iter()
        .filter(|account| account.reader.role() == Some(Role::Coordinator))
        .filter_map(|account| choice(account, &assigned));
    let coordinators = coordinators.collect();
    let protection = tx.protection(reader, at, number).await?;
    let is_protected = protection.is_some();
    let named = protection.map_or_else(Vec::new, |(_, named)| named);
    let may_protect = may(Permission::ProtectAddress)
        && decides
        && super::protection::may_change(&named, &colleagues, who);
    let eligible = colleagues
        .iter()
        .filter(|_| may_protect)
        .filter(|account| super::protection::may_be_named(&account.reader, reader))
        .filter_map(|account| choice(account, &named));
    let (mut waiting, mut home_since) = (None, None);
    if may_move {
        waiting = tx.waiting_move(reader, at, number).await?;
        home_since = tx.home_since(case.id).await?;
    }
    Ok(Care {
        may_move,
        waiting,
        home_since,
        may_assign: may(Permission::AssignCoordinator) && decides,
        coordinators,
        may_write: may(Permission::WriteContact),
        contacts: tx.contacts(reader, at, number).await?,
        may_confirm: may(Permission::ConfirmPlan)
            && decides
            && case.document.is_some()
            && case.address != AddressShown::Hidden,
        seen: String::new(),
        keeps_drills: may(Permission::KeepDrills),
        tasks: match case.address {
            // What people write may tell where the home is.
            AddressShown::Hidden => Vec::new(),
            AddressShown::Open | AddressShown::Named => tx.open_tasks(case.id).await?,
        },
        reviews: tx.reviews(reader, at, number).await?,
        may_protect,
        is_protected,
        named: eligible.collect(),
    })
}
