//! The yearly check as the family fills it in: a report of what it sees. The centre
//! owes the check and judges it (decision 60).

use chrono::NaiveDate;
use uuid::Uuid;

use super::own;
use crate::{
    app::App,
    domain::{
        access::Moment,
        audit::Action,
        duty::{Audience, DutyKind, Stage, TaskKind, reached},
        family_check::FamilyCheck,
        id::{CaseId, CaseNumber},
        loan::Clocks,
        text::Text,
    },
    service::{
        ServiceError, audit,
        loans::{self, Answer, MOST_PHOTOS, Sheet, once},
        photo::Photo,
        view::SignedIn,
    },
    store::{
        Became, LoanFile, NewFamilyCheck, PhotoSize, StoredFamilyCheck, StoredLoan, StoredTerm, Tx,
    },
};

const TO_COME: Text = Text::fixed(
    "この日は、まだ来ていません。今日までの日を入れるか、空けておいてください。",
    "That day has not come yet: enter a day up to today, or leave it empty.",
);
const NOTHING_SAID: Text = Text::fixed(
    "まだ何も書かれていません。分かるところを1つでも書くか、センターに電話してください。",
    "Nothing is filled in yet: answer at least one thing that you know, or telephone the centre.",
);
const NOT_NOW: Text = Text::fixed(
    "いまは記入の時期ではありません。知らせたいことがあるときは、センターに電話してください。",
    "It is not the time of the yearly check. If there is something to tell, please telephone the centre.",
);
const TOO_MANY: Text = Text::fixed(
    "写真は全部で4枚までです。「外す」に印をつけるか、少なく選び直してください。",
    "Four photos in all at most: tick those to take out, or choose fewer.",
);
const CHANGED_MEANWHILE: Text = Text::fixed(
    "センターがもう見ています。直したいことは、センターに電話してください。",
    "The centre has dealt with it already: please telephone the centre.",
);

/// Why a photo is gone that its family took out again.
const OUT_BY_FAMILY: &str = "ご家族が外しました";

/// No counter of hours shows more.
const MOST_HOURS: f64 = 100_000.0;
const HOURS: Text = Text::fixed(
    "この数は大きすぎます。表示の数字を確かめるか、空けておいてください。",
    "That is too much: look at the figure again, or leave it empty.",
);

/// When the yearly check can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing is lent.
    NotLent,
    /// None is owed before the unit is to be back.
    NotOwed,
    /// It is not the time yet.
    Later {
        /// From this day on it can be filled in.
        from: NaiveDate,
        /// By when the check is due.
        due_on: NaiveDate,
    },
    /// It can be filled in.
    Now {
        /// By when the check is due.
        due_on: NaiveDate,
        /// The day that was agreed for it.
        agreed: Option<NaiveDate>,
    },
}

impl When {
    /// By its clocks, the first of the days on which the family is reminded, and the
    /// day that was agreed. A check that nobody has held stays owed.
    fn of(
        clocks: &Clocks,
        (terms, stages): (&[StoredTerm], &[Stage]),
        agreed: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Self {
        let due_on = clocks.check.safe_by;
        let open = terms
            .iter()
            .filter(|term| term.kind == DutyKind::AnnualCheck && term.ended.is_none());
        let told = open
            .clone()
            .any(|term| reached(stages, &term.term, today).is_some());
        let first = open
            .filter_map(|term| stages.iter().filter_map(|stage| stage.on(&term.term)).min())
            .min();
        let opens = clocks.check_window.0;
        let from = first.map_or(opens, |first| first.min(opens));
        if told || agreed.is_some() || today >= opens {
            Self::Now { due_on, agreed }
        } else {
            Self::Later { from, due_on }
        }
    }

    /// Whether it can be filled in.
    pub const fn is_now(self) -> bool {
        matches!(self, Self::Now { .. })
    }
}

/// What the family's page says of the yearly check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckOffer {
    /// When.
    pub when: When,
    /// The report that the centre has not judged yet.
    pub open: Option<StoredFamilyCheck>,
}

/// Everything on the page of the yearly check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckPage {
    /// The child's number.
    pub number: CaseNumber,
    /// When, and what was filled in.
    pub offer: CheckOffer,
    /// Where the unit stands outdoors, as it is on record.
    pub place: Option<String>,
    /// The centre and its telephone, where it is known.
    pub centre: (String, Option<String>),
}

/// What a family sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled<'a> {
    /// What it says.
    pub said: FamilyCheck,
    /// New photos.
    pub photos: &'a [Photo],
    /// Photos that it had sent, to be taken out.
    pub out: Vec<Uuid>,
}

/// When the check of a file can be filled in, and the loan that it is about.
async fn standing(
    app: &App,
    tx: &mut Tx,
    file: Option<&LoanFile>,
    terms: &[StoredTerm],
) -> Result<(When, Option<StoredLoan>), ServiceError> {
    let Some(file) = file else {
        return Ok((When::NotLent, None));
    };
    let Some((clocks, loan)) = loans::clocks(app, file).zip(file.loan.clone()) else {
        return Ok((When::NotLent, None));
    };
    let agreed = tx.check_day(loan.id).await?.map(|(day, _)| day);
    if agreed.is_none() && !clocks.check_is_owed() {
        return Ok((When::NotOwed, Some(loan)));
    }
    let ladder = app.config.reminders.ladders.of(DutyKind::AnnualCheck);
    let known = (terms, ladder.of(Audience::Family));
    let when = When::of(&clocks, known, agreed, app.clock.today());
    Ok((when, Some(loan)))
}

/// What the family's page offers.
pub(super) async fn offer(
    app: &App,
    tx: &mut Tx,
    (case, file): (CaseId, Option<&LoanFile>),
    terms: &[StoredTerm],
) -> Result<CheckOffer, ServiceError> {
    let (when, loan) = standing(app, tx, file, terms).await?;
    let open = match loan {
        Some(loan) => tx.open_family_check((case, loan.id)).await?,
        None => None,
    };
    Ok(CheckOffer { when, open })
}

/// The page of the yearly check of the family that asks; `None`: its case is over, or
/// it is none.
pub async fn check_page(app: &App, who: &SignedIn) -> Result<Option<CheckPage>, ServiceError> {
    let at = app.moment();
    let (case, page) = {
        let mut tx = app.store.read().await?;
        let Some((case, number)) = own(&mut tx, &who.reader, at).await? else {
            return Ok(None);
        };
        let file = tx.loan_file(&who.reader, at, &number).await?;
        let terms = tx.duty_terms(case).await?;
        let page = CheckPage {
            offer: offer(app, &mut tx, (case, file.as_ref()), &terms).await?,
            place: loans::outdoor_place(&mut tx, file.as_ref()).await?,
            centre: super::centre(app),
            number,
        };
        (case, page)
    };
    audit::saw(app, who, Action::ReadFamilyPage, [case]).await?;
    Ok(Some(page))
}

/// What cannot be.
fn wrong(said: &FamilyCheck, today: NaiveDate) -> Option<Answer> {
    let to_come = |day: Option<NaiveDate>| day.is_some_and(|day| day > today);
    if to_come(said.tried_on) {
        return Some(Answer::Wrong("tried_on", TO_COME));
    }
    if to_come(said.fuel_on) {
        return Some(Answer::Wrong("fuel_on", TO_COME));
    }
    let hours = said.hours_run.filter(|hours| *hours > MOST_HOURS);
    hours.map(|_| Answer::Wrong("hours_run", HOURS))
}

/// Keeps what the family has filled in, in the place of what it had filled in before,
/// and opens what the centre has to do about it.
pub async fn fill_in(
    app: &App,
    sheet: Sheet<'_>,
    filled: &Filled<'_>,
) -> Result<Answer, ServiceError> {
    let photos: Vec<&str> = filled.photos.iter().map(|one| one.sent.as_str()).collect();
    let request = serde_json::json!({
        "family_check": filled.said, "photos": photos, "out": filled.out,
    });
    let at = app.moment();
    if filled.said == FamilyCheck::default() && filled.photos.is_empty() {
        return Ok(Answer::Wrong("check", NOTHING_SAID));
    }
    if let Some(wrong) = wrong(&filled.said, at.today) {
        return Ok(wrong);
    }
    once!(app, sheet, request, |tx| {
        let Some((case, number)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let file = tx.loan_file(&sheet.who.reader, at, &number).await?;
        let terms = tx.duty_terms(case).await?;
        let (when, loan) = standing(app, tx, file.as_ref(), &terms).await?;
        let Some(loan) = loan else {
            return Ok(Answer::Wrong("check", NOT_NOW));
        };
        let open = tx.open_family_check((case, loan.id)).await?;
        if !when.is_now() && open.is_none() {
            return Ok(Answer::Wrong("check", NOT_NOW));
        }
        let there = open.as_ref().map_or(&[][..], |open| &open.photos);
        let stay = there.iter().filter(|photo| !filled.out.contains(photo));
        if stay.count() + filled.photos.len() > MOST_PHOTOS {
            return Ok(Answer::Wrong("photos", TOO_MANY));
        }
        let id = match open {
            Some(open) => {
                if !anew(tx, &open, (&loan, filled), (&sheet, at)).await? {
                    return Ok(Answer::Wrong("check", CHANGED_MEANWHILE));
                }
                open.id
            }
            None => first(tx, app, (case, &loan, &filled.said), (&sheet, at)).await?,
        };
        for photo in filled.photos {
            let bytes = (photo.whole.as_slice(), photo.small.as_slice());
            let hand = (Some(sheet.who.user), at.now);
            tx.add_report_photo((app.ids.next(), id), bytes, hand)
                .await?;
        }
        let event = audit::event(app, sheet.who, Action::FamilyFilledCheck);
        tx.record(&event.on([case])).await?;
        Answer::Done(id.to_string())
    })
}

/// A report that is the only one, with its task.
async fn first(
    tx: &mut Tx,
    app: &App,
    (case, loan, said): (CaseId, &StoredLoan, &FamilyCheck),
    (sheet, at): (&Sheet<'_>, Moment),
) -> Result<Uuid, ServiceError> {
    let (id, task) = (app.ids.next(), app.ids.next());
    let about = (Some(case), TaskKind::FamilyCheck, &*loan.id.to_string());
    let detail = said.stands_out();
    if !tx
        .open_task_saying(task, about, detail.as_deref(), at)
        .await?
    {
        // A task of this kind is open as long as its report is.
        return Err(ServiceError::Corrupt("staff_task"));
    }
    let new = NewFamilyCheck {
        id,
        case,
        loan: (loan.id, loan.unit),
        task,
        said: said.clone(),
    };
    tx.add_family_check(&new, (sheet.who.user, at.now)).await?;
    Ok(id)
}

/// A report in the place of the one before; `false`: that one is open no more.
async fn anew(
    tx: &mut Tx,
    open: &StoredFamilyCheck,
    (loan, filled): (&StoredLoan, &Filled<'_>),
    (sheet, at): (&Sheet<'_>, Moment),
) -> Result<bool, ServiceError> {
    let by = (sheet.who.user, at.now);
    let content = (loan.unit, &filled.said);
    if !tx.rewrite_family_check(open, content, by).await? {
        return Ok(false);
    }
    let out = (open.id, filled.out.as_slice());
    tx.remove_report_photos(out, OUT_BY_FAMILY, by).await?;
    Ok(true)
}

/// Takes back what was filled in, as long as the centre has not dealt with it: what was
/// written and its photos are gone, that there was something is not.
pub async fn take_back_check(
    app: &App,
    sheet: Sheet<'_>,
    report: Uuid,
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"family_takes_back_check": report});
    let at = app.moment();
    once!(app, sheet, request, |tx| {
        let Some((case, _)) = own(tx, &sheet.who.reader, at).await? else {
            return Ok(Answer::NotThere);
        };
        let all = tx.family_checks(case, 200).await?.into_iter();
        let Some(stored) = all.into_iter().find(|stored| stored.id == report) else {
            return Ok(Answer::NotThere);
        };
        match stored.became {
            Became::Open => {}
            Became::TakenBack => return Ok(Answer::Changed),
            Became::Recorded(_) | Became::SetAside | Became::Over => {
                return Ok(Answer::Wrong("check", CHANGED_MEANWHILE));
            }
        }
        let by = (sheet.who.user, at.now);
        tx.take_back_family_check(&stored, OUT_BY_FAMILY, by)
            .await?;
        let event = audit::event(app, sheet.who, Action::FamilyTookBack);
        tx.record(&event.on([case])).await?;
        Answer::Done(report.to_string())
    })
}

/// A photo that the family has sent and that no check has yet; that it was seen is
/// noted.
pub async fn check_photo(
    app: &App,
    who: &SignedIn,
    (photo, size): (Uuid, PhotoSize),
) -> Result<Option<Vec<u8>>, ServiceError> {
    let found = {
        let mut tx = app.store.read().await?;
        let Some((case, _)) = own(&mut tx, &who.reader, app.moment()).await? else {
            return Ok(None);
        };
        let bytes = tx.report_photo((case, photo), size).await?;
        bytes.map(|bytes| (case, bytes))
    };
    let Some((case, bytes)) = found else {
        return Ok(None);
    };
    audit::saw(app, who, Action::SawPhoto, [case]).await?;
    Ok(Some(bytes))
}
