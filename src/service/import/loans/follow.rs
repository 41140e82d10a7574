//! What a row adds beside the steps of its file: the municipality, the check, and the
//! application for the plan.

use super::{loan::check_of, write::Book};
use crate::{
    domain::id::{CaseId, LoanId},
    import::{
        loans::LedgerRow,
        report::{FileReport, RowNote},
    },
    service::ServiceError,
    store::Tx,
    text,
};

impl Book<'_> {
    /// Writes down the municipality of a child whose record has none; answers
    /// whether it did.
    pub(super) async fn fill_town(
        &mut self,
        tx: &mut Tx,
        row: &LedgerRow,
        child: Option<usize>,
        report: &mut FileReport,
    ) -> Result<bool, ServiceError> {
        let (Some(place), Some(town)) = (child, row.municipality) else {
            return Ok(false);
        };
        let known = &mut self.known[place];
        if known.municipality.is_some() || !tx.fill_municipality(known.case, town).await? {
            return Ok(false);
        }
        known.municipality = Some(town);
        let name = town.name();
        let text = text!(
            "登録に市町村がなかったので、台帳の「{name}」を入れます。",
            "the record had no municipality: it is given {name} from the ledger"
        );
        report.warn([RowNote::new(row.row, None, text)]);
        Ok(true)
    }

    /// The check and the application for the plan, where they are not on record;
    /// answers whether something was added.
    pub(super) async fn add_what_followed(
        &self,
        tx: &mut Tx,
        row: &LedgerRow,
        case: CaseId,
        loan: Option<LoanId>,
    ) -> Result<bool, ServiceError> {
        let mut added = false;
        if let (Some(check), Some(loan)) = (check_of(row), loan) {
            let known = tx.checks(loan).await?;
            if !known.iter().any(|one| one.check.held_on == check.held_on) {
                let id = self.app.ids.next();
                tx.add_check(id, (loan, None), &check, self.hand()).await?;
                added = true;
            }
        }
        if let Some(on) = row.plan_applied_on
            && !tx.plan_applications(case).await?.contains(&on)
        {
            let id = self.app.ids.next();
            tx.add_plan_application(id, case, on, None, self.hand())
                .await?;
            added = true;
        }
        Ok(added)
    }
}
