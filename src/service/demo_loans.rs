//! The loans of the demonstration: one at each place where a loan can wait, with
//! days that lie so that something is late, something is near, and something is
//! far off, on whichever day it is looked at.

use chrono::{Days, NaiveDate};

use super::{
    ServiceError,
    loans::{self, Answer, Bedside, Enquiry, Sheet, Taken},
    reminders::Typed,
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        access::Reader,
        id::{CaseNumber, UnitId},
        loan::{
            Applicant, HandOver, KitItem, LoanFacts, LoanState, LoanStep, ReturnWhy, UnitState,
        },
        municipality::MunicipalityCode,
    },
    store::NewUnit,
};

/// A child of the demonstration, and how far its loan has come.
struct Child {
    /// The number of a family of the sheet; else the centre puts the child on
    /// record.
    number: Option<&'static str>,
    name: &'static str,
    kana: &'static str,
    /// Its municipality.
    town: &'static str,
    /// So many days ago the family asked.
    asked: u64,
    /// Where the loan stands.
    to: LoanState,
    /// So many days ago a unit was handed over.
    lent: u64,
    /// So many days after that the family applied for the plan.
    applied_after: Option<u64>,
}

const fn child(name: &'static str, kana: &'static str, town: &'static str) -> Child {
    Child {
        number: None,
        name,
        kana,
        town,
        asked: 12,
        to: LoanState::Consulted,
        lent: 0,
        applied_after: None,
    }
}

const CHILDREN: &[Child] = &[
    child("【デモ】ひなた", "ひなた", "43203"),
    Child {
        to: LoanState::UseApplied,
        ..child("【デモ】つむぎ", "つむぎ", "43202")
    },
    Child {
        asked: 40,
        to: LoanState::LoanApplied,
        ..child("【デモ】いぶき", "いぶき", "43205")
    },
    Child {
        asked: 60,
        to: LoanState::LoanApproved,
        ..child("【デモ】みなと", "みなと", "43203")
    },
    // Five months, and no application for the plan: four weeks are left.
    Child {
        asked: 200,
        to: LoanState::Lent,
        lent: 155,
        ..child("【デモ】あかり", "あかり", "43203")
    },
    // Seven months, and none: it is late.
    Child {
        number: Some("D-0002"),
        asked: 240,
        to: LoanState::Lent,
        lent: 215,
        ..child("【デモ】灯台 そら", "デモ トウダイ ソラ", "43202")
    },
    // A year is over soon: a check is due.
    Child {
        number: Some("D-0018"),
        asked: 385,
        to: LoanState::Lent,
        lent: 350,
        applied_after: Some(40),
        ..child("【デモ】梅 つむぎ", "デモ ウメ ツムギ", "43202")
    },
    Child {
        number: Some("D-0038"),
        asked: 330,
        to: LoanState::ReturnSet,
        lent: 300,
        applied_after: Some(20),
        ..child("【デモ】梅 あやめ", "デモ ウメ アヤメ", "43205")
    },
];

/// So many units; the last one is being repaired.
const UNITS: usize = 7;

fn is_done(answer: Answer) -> String {
    match answer {
        Answer::Done(what) => what,
        other => panic!("the demonstration's loan is refused: {other:?}"),
    }
}

/// Puts units into stock and opens the files, as the centre does it.
pub(super) async fn fill(app: &App, who: &SignedIn) -> Result<(), ServiceError> {
    let mut units = Vec::new();
    for number in 1..=UNITS {
        let unit = NewUnit {
            model: "Honda EU18i".to_owned(),
            serial: format!("【デモ】{number:04}"),
            place: Some("【デモ】支援センター 倉庫".to_owned()),
            position: None,
            bought_on: None,
            note: None,
        };
        let id = is_done(loans::add_unit(app, sheet(app, who), &unit).await?);
        units.push(UnitId(id.parse().expect("an id")));
    }
    let repair = (
        units.pop().expect("there are units"),
        UnitState::Ready,
        UnitState::InRepair,
    );
    let note = Some("【デモ】始動しにくい");
    is_done(loans::set_unit_state(app, sheet(app, who), repair, note).await?);
    for child in CHILDREN {
        walk(app, who, child, &mut units).await?;
    }
    Ok(())
}

fn sheet<'a>(app: &App, who: &'a SignedIn) -> Sheet<'a> {
    Sheet {
        who,
        key: app.ids.next(),
        // Its days lie where they are to be seen.
        sure: true,
    }
}

/// One child's way.
async fn walk(
    app: &App,
    who: &SignedIn,
    child: &Child,
    units: &mut Vec<UnitId>,
) -> Result<(), ServiceError> {
    let today = app.clock.today();
    let asked = today - Days::new(child.asked);
    let mut enquiry = enquiry(child, asked, today);
    if let Some(number) = child.number {
        let number = CaseNumber::parse(number).expect("a number of the sheet");
        let at = app.moment();
        let case = app
            .store
            .read()
            .await?
            .case(&Reader::Operator, at, &number)
            .await?;
        let born = case.and_then(|case| case.child.born);
        enquiry.born = born.expect("the sheet says when the child was born");
        enquiry.number = Some(number);
    }
    let number = is_done(loans::register(app, sheet(app, who), &enquiry).await?);
    let number = CaseNumber::parse(&number).expect("the number that was given");
    for (step, leads_to, day) in [
        (LoanStep::ApplyForUse, LoanState::UseApplied, 3),
        (LoanStep::ApproveUse, LoanState::UseApproved, 10),
        (LoanStep::ApplyForLoan, LoanState::LoanApplied, 15),
        (LoanStep::ApproveLoan, LoanState::LoanApproved, 24),
    ] {
        if child.to == LoanState::Consulted {
            break;
        }
        let taken = taken(app, who, &number, asked + Days::new(day)).await?;
        is_done(loans::step(app, sheet(app, who), &number, step, &taken).await?);
        if leads_to == child.to {
            break;
        }
    }
    if !child.to.has_unit() {
        return Ok(());
    }
    let lent = today - Days::new(child.lent);
    let bedside = Bedside {
        unit: units.pop().expect("a unit for each loan"),
        kit: KitItem::ALL.to_vec(),
        done: HandOver {
            started_by_family: true,
            co_explained: true,
            outdoor_place: Some("【デモ】北側の軒下".to_owned()),
            frequency_hz: Some(60),
            pass_phrase: Some("【デモ】ひまわり".to_owned()),
            exchange_consent: Some(true),
            ..HandOver::default()
        },
        applied_for_plan: false,
        // One family has no address: somebody has to telephone it.
        mail: (child.to != LoanState::ReturnSet).then(|| Typed {
            address: format!("demo-{}@example.jp", number.as_str().to_lowercase()),
            who: Some("【デモ】母".to_owned()),
            with_link: true,
        }),
    };
    let day = taken(app, who, &number, lent).await?;
    is_done(loans::hand_over(app, sheet(app, who), &number, (&day, &bedside)).await?);
    if let Some(days) = child.applied_after {
        let on = (lent + Days::new(days), None);
        is_done(loans::applied_for_plan(app, sheet(app, who), &number, on).await?);
    }
    if child.to == LoanState::ReturnSet {
        let day = taken(app, who, &number, today - Days::new(2)).await?;
        let back = (&day, today + Days::new(9), ReturnWhy::Weaned);
        is_done(loans::set_return(app, sheet(app, who), &number, back).await?);
    }
    Ok(())
}

fn enquiry(child: &Child, asked: NaiveDate, today: NaiveDate) -> Enquiry {
    let at_home = child.to.has_unit();
    let left = asked + Days::new(30);
    Enquiry {
        number: None,
        name: child.name.to_owned(),
        kana: Some(child.kana.to_owned()),
        born: asked - Days::new(150),
        on: asked,
        applicant: Applicant {
            guardian: Some("【デモ】保護者".to_owned()),
            telephone: Some("090-0000-0101".to_owned()),
            address: Some("熊本県【デモ】町1番地".to_owned()),
            municipality: MunicipalityCode::parse(child.town).ok(),
        },
        facts: LoanFacts {
            nicu_hospital: Some("【デモ】県立こども病院".to_owned()),
            nicu_in_prefecture: Some(true),
            stay: Some(if at_home { "home" } else { "gcu" }.to_owned()),
            home_in_prefecture: Some(true),
            minutes_off: Some(10),
            discharged_on: at_home.then_some(left),
            discharge_planned_on: (!at_home).then(|| today + Days::new(21)),
            ..LoanFacts::default()
        },
    }
}

/// What a step is taken with: the day, and the file as it is now.
async fn taken(
    app: &App,
    who: &SignedIn,
    number: &CaseNumber,
    on: NaiveDate,
) -> Result<Taken, ServiceError> {
    let page = loans::page(app, who, number).await?;
    let page = page.expect("the file was opened");
    Ok(Taken {
        revision: page.file.revision,
        on,
        note: Some("【デモ】".to_owned()),
    })
}
