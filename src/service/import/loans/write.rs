//! A row of a ledger, as it is written beside what is on record.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{
    Became, Importer, differs,
    loan::{Step, Target, steps_of, target},
    look::{Outcome, RowUnit, missing, set_return, unit_of},
    who::{self, Found},
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Moment, Subject},
        audit::Action,
        child::{PlanStep, Stuck},
        id::{CaseId, CaseNumber, LoanFileId, LoanId, UnitId},
        loan::{Applicant, Clocks, LoanState, LoanStep, UnitEventKind, UnitState},
        plan::document::ChildItems,
        text::Text,
    },
    import::{
        loans::LedgerRow,
        report::{FileReport, RowNote},
    },
    service::{
        ServiceError, audit,
        loans::{free_number, keep_file},
    },
    store::{
        CaseContent, KnownChild, LedgerFile, LedgerLoan, PastLoan, RowIs, TakenStep, Tx, UnitEvent,
    },
    text,
};

/// A ledger that is being written.
pub(super) struct Book<'a> {
    pub(super) app: &'a App,
    at: Moment,
    by: Importer,
    pub(super) known: Vec<KnownChild>,
    dry_run: bool,
}

/// Passes on, or answers why not.
macro_rules! or_refuse {
    ($outcome:expr) => {
        match $outcome {
            Ok(done) => done,
            Err(text) => return Ok(Err(text)),
        }
    };
}

impl<'a> Book<'a> {
    pub(super) fn new(
        (app, at): (&'a App, Moment),
        by: Importer,
        known: Vec<KnownChild>,
        dry_run: bool,
    ) -> Self {
        Self {
            app,
            at,
            by,
            known,
            dry_run,
        }
    }

    pub(super) const fn hand(&self) -> (Option<crate::domain::id::UserId>, DateTime<Utc>) {
        (self.by.user, self.at.now)
    }

    /// Writes a row; answers what became of it, and of which case it is.
    pub(super) async fn take(
        &mut self,
        tx: &mut Tx,
        row: &LedgerRow,
        report: &mut FileReport,
    ) -> Result<(Became, Option<CaseNumber>), ServiceError> {
        let refused = |text| Became::Refused(RowNote::new(row.row, None, text));
        if steps_of(row, None).is_empty() {
            return Ok((refused(NO_DAY), None));
        }
        let key = who::key(row);
        let child = match self.whose(tx, row, &key).await? {
            Whose::Is(place) => Some(place),
            Whose::New => None,
            Whose::Asked(note) => return Ok((Became::Asked(note), None)),
            Whose::Refused(text) => return Ok((refused(text), None)),
        };
        let number = child.map(|place| self.known[place].number.clone());
        match self.write(tx, (row, &key), child, report).await? {
            Ok((became, number)) => Ok((became, Some(number))),
            Err(text) => Ok((refused(text), number)),
        }
    }

    /// Whose a row is.
    async fn whose(&self, tx: &mut Tx, row: &LedgerRow, key: &str) -> Result<Whose, ServiceError> {
        let place_of = |case: CaseId| self.known.iter().position(|child| child.case == case);
        let found = match tx.ledger_answer(key).await? {
            Some(RowIs::Of(case)) => place_of(case).map(Found::Sure),
            Some(RowIs::NewChild) => Some(Found::New),
            None => None,
        };
        let found = found.unwrap_or_else(|| who::find(row, &self.known));
        Ok(match found {
            Found::Sure(place) if self.known[place].over => {
                let number = &self.known[place].number;
                Whose::Refused(text!(
                    "整理番号{number}の登録は終わっています。終わった貸与の控えなら、この行を除いて取り込んでください。いまも続いている貸与なら、登録の再開を市町村に頼んでください（センターだけの登録は、このシステムの管理者が tomoshibi case reopen で再開します）。",
                    "{number} has ended. If the row is the record of a loan that is over, import the ledger without it. If the loan goes on, ask the municipality to reopen the case (of a child whom the centre alone has, whoever runs this system does, with tomoshibi case reopen)"
                ))
            }
            Found::Sure(place) => Whose::Is(place),
            Found::New if row.name.is_none() => Whose::Refused(NOBODY),
            Found::New => Whose::New,
            Found::Nobody => Whose::Refused(NOBODY),
            Found::Ask(places) => {
                let cases: Vec<CaseId> = places.iter().map(|p| self.known[*p].case).collect();
                let said = serde_json::json!({
                    "row": row.row, "number": row.number, "name": row.name, "kana": row.kana,
                    "born": row.born, "municipality": row.municipality,
                    "lent_on": row.lent_on, "serial": row.serial,
                });
                let id = self.app.ids.next();
                tx.ask_whose_row(id, key, (&said, &cases), self.at.now)
                    .await?;
                let count = cases.len();
                let text = if self.dry_run {
                    text!(
                        "登録済みのお子さん{count}人と一部だけ一致するので、どのお子さんか決められません。まず取り込んでください。この行は入らず、「台帳の取り込み」のページ（/loans/import）の「どのお子さんの行か、決めてください」に並びます。そこで選び、もう一度取り込みます。",
                        "it matches {count} child(ren) on record in part, so nobody can tell whose row it is. Import first: this row is left out and listed on the page for importing a ledger (/loans/import). Choose there, then import once more"
                    )
                } else {
                    text!(
                        "登録済みのお子さん{count}人と一部だけ一致するので、どのお子さんか決められません。「台帳の取り込み」のページ（/loans/import）の「どのお子さんの行か、決めてください」で選んでから、もう一度取り込んでください。",
                        "it matches {count} child(ren) on record in part, so nobody can tell whose row it is: choose on the page for importing a ledger (/loans/import), then import it again"
                    )
                };
                Whose::Asked(RowNote::new(row.row, None, text))
            }
        })
    }

    /// Writes a row of a child on record, or of a new one.
    async fn write(
        &mut self,
        tx: &mut Tx,
        (row, key): (&LedgerRow, &str),
        child: Option<usize>,
        report: &mut FileReport,
    ) -> Outcome<(Became, CaseNumber)> {
        let known = child.map(|place| self.known[place].clone());
        let (files, alone) = match &known {
            Some(child) => tx.ledger_files(child.case).await?,
            None => (Vec::new(), Vec::new()),
        };
        let target = or_refuse!(target(row, &files, &alone));
        let end = row.lent_on.map(|lent| {
            Clocks::of(lent, None, false, None, &self.app.office)
                .end
                .legal_end
        });
        let steps = steps_of(row, end);
        let on_record: &[(LoanStep, NaiveDate)] = match &target {
            Target::File(place) => &files[*place].steps,
            _ => &[],
        };
        let (mut missing, mut notes) = missing(row, &steps, on_record);
        let closed = matches!(&target, Target::File(place) if files[*place].closed);
        if closed && !missing.is_empty() {
            notes.push(RowNote::new(row.row, None, CLOSED));
            missing.clear();
        }
        let lent = match &target {
            Target::File(place) => files[*place].loan,
            _ => None,
        };
        let mut without = None;
        if let (Some(loan), Some(child)) = (lent, &known) {
            let units = tx.units_of_loan(loan.id).await?;
            // With another unit it may be another loan: nothing of it is taken.
            if let Some(note) = differs::unit(row, &loan, &units) {
                return Ok(Ok((Became::Differs(vec![note]), child.number.clone())));
            }
            notes.extend(differs::others(tx, row, (&loan, &units), end).await?);
            without = (units.is_empty() && row.serial.is_some()).then_some(loan);
        }
        let begins = missing.iter().any(|(step, ..)| *step == LoanStep::HandOver);
        let unit = if begins || without.is_some() {
            or_refuse!(unit_of(tx, row, report).await?)
        } else {
            RowUnit::None
        };
        // From here on the row is written.
        let (case, number) = match &known {
            Some(child) => (child.case, child.number.clone()),
            None => self.put_on_record(tx, row).await?,
        };
        let id = self.app.ids.next();
        tx.keep_ledger_child(id, key, case, self.hand()).await?;
        let unit = self.stocked(tx, row, unit).await?;
        if let (Some(loan), Some(unit)) = (without, unit) {
            tx.exchange_unit(loan.id, Some(unit)).await?;
            let event = (UnitEventKind::HandedOver, Some(loan.id));
            self.note_unit(tx, unit, event, loan.started_on).await?;
        }
        let loan = match &target {
            Target::File(place) => {
                let file = &files[*place];
                self.go_on(tx, (row, case), (file, &missing), unit, end, report)
                    .await?
            }
            Target::Sheet(_) | Target::New => {
                let sheet = match &target {
                    Target::Sheet(loan) => Some(*loan),
                    _ => None,
                };
                self.open(
                    tx,
                    (row, known.as_ref(), case),
                    (&steps, sheet),
                    unit,
                    end,
                    report,
                )
                .await?
            }
        };
        let mut more = self.add_what_followed(tx, row, case, loan).await?;
        more |= without.is_some();
        more |= self.fill_town(tx, row, child, report).await?;
        let new = known.is_none() || matches!(target, Target::New);
        let became = became((new, !missing.is_empty() || more), &mut notes);
        report.warn(notes);
        if matches!(became, Became::Added | Became::Changed) {
            // The unit that is lent is a source in the child's record of power.
            tx.judge_anew(case).await?;
            let action = if known.is_none() {
                Action::ImportedCase
            } else {
                Action::ImportedLoan
            };
            tx.record(&audit::by(self.app, self.by.actor, action).on([case]))
                .await?;
        }
        Ok(Ok((became, number)))
    }

    /// Puts a child on record who is not there yet.
    async fn put_on_record(
        &mut self,
        tx: &mut Tx,
        row: &LedgerRow,
    ) -> Result<(CaseId, CaseNumber), ServiceError> {
        let number = free_number(tx, self.at.today).await?;
        let case = CaseId(self.app.ids.next());
        let stuck = match row.plan_applied_on {
            Some(since) => Stuck {
                step: PlanStep::Applied,
                since: Some(since),
            },
            None => Stuck {
                step: PlanStep::BeforeApplication,
                since: steps_of(row, None).first().map(|(_, _, on)| *on),
            },
        };
        let content = CaseContent {
            number: number.clone(),
            has_plan: Some(false),
            stuck: Some(stuck),
            child: ChildItems {
                name: row.name.clone(),
                kana: row.kana.clone(),
                born: row.born,
                ..ChildItems::default()
            },
            battery_hours: None,
        };
        tx.write_case(case, &content, self.at.now).await?;
        self.known.push(KnownChild {
            case,
            number: number.clone(),
            name: row.name.clone(),
            kana: row.kana.clone(),
            born: row.born,
            municipality: row.municipality,
            over: false,
        });
        Ok((case, number))
    }

    /// The unit of a row in stock, put on record if it is new.
    async fn stocked(
        &self,
        tx: &mut Tx,
        row: &LedgerRow,
        unit: RowUnit,
    ) -> Result<Option<UnitId>, ServiceError> {
        let (id, is_new) = match unit {
            RowUnit::None => return Ok(None),
            RowUnit::Known(stored) => (stored.id, false),
            RowUnit::New(new) => {
                let id = UnitId(self.app.ids.next());
                tx.add_unit(id, &new, self.at.now).await?;
                self.note_unit(tx, id, (UnitEventKind::Registered, None), self.at.today)
                    .await?;
                let event = audit::by(self.app, self.by.actor, Action::ChangedUnit);
                tx.record(&event).await?;
                (id, true)
            }
        };
        if row.runs() {
            tx.move_unit(id, UnitState::Ready, UnitState::Lent).await?;
        } else if is_new {
            // It came back; whether it is in order nobody has said here.
            tx.move_unit(id, UnitState::Ready, UnitState::InRepair)
                .await?;
        }
        Ok(Some(id))
    }

    async fn note_unit(
        &self,
        tx: &mut Tx,
        unit: UnitId,
        (kind, loan): (UnitEventKind, Option<LoanId>),
        on: NaiveDate,
    ) -> Result<(), ServiceError> {
        let event = UnitEvent {
            kind,
            loan,
            on,
            kit: None,
            note: None,
            by: None,
        };
        let id = self.app.ids.next();
        Ok(tx.add_unit_event(id, unit, &event, self.hand()).await?)
    }

    /// Opens a file as the ledger has it; answers its loan.
    async fn open(
        &self,
        tx: &mut Tx,
        (row, known, case): (&LedgerRow, Option<&KnownChild>, CaseId),
        (steps, sheet): (&[Step], Option<LedgerLoan>),
        unit: Option<UnitId>,
        end: Option<NaiveDate>,
        report: &mut FileReport,
    ) -> Result<Option<LoanId>, ServiceError> {
        let file = LoanFileId(self.app.ids.next());
        let applicant = Applicant {
            municipality: row
                .municipality
                .or_else(|| known.and_then(|child| child.municipality)),
            ..Applicant::default()
        };
        let last = steps.len().saturating_sub(1);
        let written: Vec<_> = steps
            .iter()
            .enumerate()
            .map(|(place, (step, to, on))| (*step, *to, *on, Some(remark(row, place == last))))
            .collect();
        let first = steps.first().map_or(self.at.today, |(_, _, on)| *on);
        let opened = (first, midnight(first));
        tx.add_ledger_file(file, (case, &applicant), &written, opened, self.hand())
            .await?;
        let over = steps.last().filter(|(_, to, _)| to.is_over());
        let over = over.map(|(_, _, on)| *on);
        self.let_centre_see(tx, case, over, known.is_none()).await?;
        let Some(lent) = row.lent_on else {
            return Ok(None);
        };
        let to = steps.last().map_or(LoanState::Lent, |(_, to, _)| *to);
        let loan = PastLoan {
            unit,
            started_on: lent,
            return_on: set_return(row, end, report),
            ended: row.returned_on.map(|on| (on, to.code())),
        };
        let id = if let Some(sheet) = sheet {
            tx.adopt_loan(sheet.id, file, unit).await?;
            if let Some((on, why)) = &loan.return_on {
                tx.set_return(sheet.id, Some((*on, why))).await?;
            }
            if let Some((on, why)) = loan.ended {
                tx.close_loan(sheet.id, on, why).await?;
            }
            sheet.id
        } else {
            let id = LoanId(self.app.ids.next());
            tx.add_ledger_loan(id, (case, file), &loan).await?;
            id
        };
        if let Some(unit) = unit {
            self.note_unit(tx, unit, (UnitEventKind::HandedOver, Some(id)), lent)
                .await?;
            if let Some(back) = row.returned_on {
                self.note_unit(tx, unit, (UnitEventKind::CameBack, Some(id)), back)
                    .await?;
            }
        }
        Ok(Some(id))
    }

    /// Takes the steps that a file on record does not have; answers its loan.
    async fn go_on(
        &self,
        tx: &mut Tx,
        (row, case): (&LedgerRow, CaseId),
        (file, missing): (&LedgerFile, &[Step]),
        unit: Option<UnitId>,
        end: Option<NaiveDate>,
        report: &mut FileReport,
    ) -> Result<Option<LoanId>, ServiceError> {
        let mut loan = file.loan.map(|loan| (loan.id, loan.unit));
        let last = missing.len().saturating_sub(1);
        for (place, (step, to, on)) in missing.iter().enumerate() {
            let revision = file.revision + i64::try_from(place).expect("few steps");
            let taken = TakenStep {
                step: *step,
                on: *on,
                note: Some(remark(row, place == last)),
                against: None,
                by: None,
            };
            tx.take_loan_step((file.id, revision), (&taken, *to), self.hand())
                .await?;
            match step {
                LoanStep::HandOver => {
                    let id = LoanId(self.app.ids.next());
                    let new = PastLoan {
                        unit,
                        started_on: *on,
                        return_on: set_return(row, end, report),
                        ended: None,
                    };
                    tx.add_ledger_loan(id, (case, file.id), &new).await?;
                    if let Some(unit) = unit {
                        self.note_unit(tx, unit, (UnitEventKind::HandedOver, Some(id)), *on)
                            .await?;
                    }
                    loan = Some((id, unit));
                }
                LoanStep::TakeBack => {
                    let Some((id, unit)) = loan else { continue };
                    tx.close_loan(id, *on, to.code()).await?;
                    if let Some(unit) = unit {
                        // Whether it is in order nobody has said here.
                        tx.move_unit(unit, UnitState::Lent, UnitState::InRepair)
                            .await?;
                        self.note_unit(tx, unit, (UnitEventKind::CameBack, Some(id)), *on)
                            .await?;
                    }
                }
                _ => {}
            }
        }
        if let Some((_, to, on)) = missing.last() {
            let over = to.is_over().then_some(*on);
            self.let_centre_see(tx, case, over, true).await?;
        }
        Ok(loan.map(|(id, _)| id))
    }

    /// Lets the centre see a child with a file: while it is open; where it is over
    /// since a day, to the day after, and its file for as long as that is kept.
    async fn let_centre_see(
        &self,
        tx: &mut Tx,
        case: CaseId,
        over: Option<NaiveDate>,
        alone: bool,
    ) -> Result<(), ServiceError> {
        let centre = Subject {
            kind: "centre",
            id: "centre".to_owned(),
        };
        let today = self.at.today;
        let Some(on) = over else {
            return Ok(tx.grant(case, &centre, Ground::Loan, today).await?);
        };
        keep_file(self.app, tx, case, on).await?;
        if alone {
            tx.grant(case, &centre, Ground::Loan, today).await?;
            let last = today + Days::new(1);
            tx.end_grants(case, "centre", Ground::Loan, None, last)
                .await?;
        }
        Ok(())
    }
}

/// What became of a row: whether it is new, whether it added something, and what it
/// says otherwise than the record. Where it did neither, that is all there is to it.
fn became((new, added): (bool, bool), notes: &mut Vec<RowNote>) -> Became {
    if new {
        Became::Added
    } else if added {
        Became::Changed
    } else if notes.is_empty() {
        Became::Unchanged
    } else {
        Became::Differs(std::mem::take(notes))
    }
}

/// Whose a row is, or what it waits for.
enum Whose {
    Is(usize),
    New,
    Asked(RowNote),
    Refused(Text),
}

/// The note of a step: that it comes from the ledger, and with the last one what the
/// ledger says besides.
fn remark(row: &LedgerRow, last: bool) -> String {
    let said = |word: &str, text: &Option<String>| {
        let text = text.as_ref().filter(|_| last)?;
        Some(format!("{word}：{text}"))
    };
    let parts = [
        Some("台帳から".to_owned()),
        said("台帳の番号", &row.number),
        said("返却理由", &row.return_reason),
        said("備考", &row.note),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("　")
}

/// Midnight in Japan.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    (day.and_time(NaiveTime::MIN) - TimeDelta::hours(9)).and_utc()
}

const NO_DAY: Text = Text::fixed(
    "申請・決定・貸与の日が一つもないので、どの段階か分かりません。どれかの日付を書いてください。",
    "without a day of an application, a decision or the hand-over nobody can tell where it stands: write one",
);
const NOBODY: Text = Text::fixed(
    "この番号のお子さんは登録されていません。氏名の列があれば登録できます。",
    "nobody is on record under this number: with a name the child can be put on record",
);
const CLOSED: Text = Text::fixed(
    "登録では、この貸与（申請）は終わっています。台帳の日付は追加していません。登録が正しければ、台帳の行を直してください。間違えて終わらせたときは、30日以内なら「終わった申請・貸与」（/loans/ended）で取り消してから、もう一度取り込んでください。新しい申請なら、そこから「相談をもう一度始める」で始めてください。",
    "this file is over on record: the days of the ledger were not added. If the record is right, mend the row. If it was ended by mistake, take that step back within 30 days under /loans/ended, then import the ledger again. If it is a new application, begin a new enquiry from there",
);
