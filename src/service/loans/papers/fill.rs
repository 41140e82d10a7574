//! Data of papers from what is on record.

use chrono::NaiveDate;

use super::Known;
use crate::{
    app::App,
    domain::{
        calendar::{Deadline, era::format_ja},
        letter::{Filled, LetterKind, Placeholder, Values},
        loan::{Clocks, Decider, KitItem, LoanPaper, LoanStep},
        plan::document::DeviceKind,
    },
    print::papers::{
        Office, Person, Unit, application::Application, hand_over::HandOverPapers, letter::Letter,
        on_weekday, power_cut::Battery, power_cut::PowerCut, power_cut::Telephone, receipt,
        receipt::Receipt,
    },
    store::StoredUnit,
};

/// A line to write on, in a letter.
const LINE: &str = "＿＿＿＿＿＿＿＿";

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The centre, as papers name it.
pub(super) fn centre(app: &App) -> Office {
    let settings = &app.config.loans;
    Office {
        name: settings.centre_name.clone(),
        address: filled(&settings.centre_address),
        telephone: filled(&settings.centre_telephone),
    }
}

/// A unit, as papers name it.
pub(super) fn unit(unit: &StoredUnit) -> Unit {
    Unit {
        model: unit.unit.model.clone(),
        serial: unit.unit.serial.clone(),
    }
}

impl Known {
    fn child(&self) -> Person {
        Person {
            name: self.page.file.name.clone().unwrap_or_default(),
            kana: self.kana.clone(),
        }
    }

    fn unit(&self) -> Unit {
        self.page.unit.as_ref().map_or_else(
            || Unit {
                model: String::new(),
                serial: String::new(),
            },
            unit,
        )
    }

    fn address(&self) -> Option<String> {
        let address = self.page.file.applicant.address.clone();
        address.filter(|_| !self.protected)
    }

    fn window(&self) -> Option<Office> {
        self.page.window.as_ref().map(|window| Office {
            name: window.name.clone(),
            address: None,
            telephone: window.telephone.clone(),
        })
    }

    /// The clocks, as if nobody had applied yet: a paper names the day anyway.
    fn clocks(&self, app: &App) -> Option<Clocks> {
        let loan = self.page.file.loan.as_ref()?;
        Some(Clocks::of(loan.started_on, None, false, None, &app.office))
    }

    /// The first day of the loan: an exchange leaves it as it is.
    fn lent_on(&self) -> Option<NaiveDate> {
        self.page.file.loan.as_ref().map(|loan| loan.started_on)
    }

    /// Until when a family is told to have the unit: the last open day of the full
    /// time, or of an extension.
    fn lent_until(&self, app: &App, clocks: &Clocks) -> NaiveDate {
        let full = clocks.end;
        match (self.page.last_day(full.legal_end), self.lent_on()) {
            (extended, Some(lent_on)) if extended != full.legal_end => {
                Deadline::ending(lent_on, extended, &app.office).safe_by
            }
            _ => full.safe_by,
        }
    }

    /// Whether the loan was extended beyond its full time.
    fn is_extended(&self) -> bool {
        let loan = self.page.file.loan.as_ref();
        loan.is_some_and(|loan| loan.extended_until.is_some())
    }

    fn hertz(&self) -> Option<u8> {
        let done = self.page.hand_over.as_ref()?;
        done.frequency_hz.and_then(|hertz| hertz.try_into().ok())
    }

    /// The latest of some steps: on which day, and with which note.
    fn step(&self, steps: &[LoanStep]) -> Option<(NaiveDate, Option<String>)> {
        let taken = self.page.steps.iter();
        let mut taken = taken.filter(|taken| steps.contains(&taken.step));
        taken.next().map(|taken| (taken.on, taken.note.clone()))
    }
}

fn is_of_use(paper: LoanPaper) -> bool {
    matches!(paper, LoanPaper::UseDecision | LoanPaper::UseRefusal)
}

/// What is known for the words of a letter.
pub(super) fn values(app: &App, known: &Known, paper: LoanPaper) -> Values {
    use Placeholder as P;
    let settings = &app.config.loans;
    let file = &known.page.file;
    let clocks = known.clocks(app);
    let (applied, refused) = if is_of_use(paper) {
        (LoanStep::ApplyForUse, LoanStep::RefuseUse)
    } else {
        (LoanStep::ApplyForLoan, LoanStep::RefuseLoan)
    };
    let next = if is_of_use(paper) {
        "次は、貸与の申請書をセンターへ出してください。"
    } else {
        "引渡しの日を、センターからご連絡して決めます。"
    };
    let stage = if is_of_use(paper) {
        "事業の利用申請"
    } else {
        "貸与の申請"
    };
    let reason = if paper == LoanPaper::ReturnRequest {
        known.page.return_reason()
    } else {
        known.step(&[refused]).and_then(|(_, note)| note)
    };
    // Before a hand-over it is the kind of generator that the programme lends.
    let unit = match (&known.page.unit, paper) {
        (Some(unit), LoanPaper::Receipt | LoanPaper::ReturnRequest | LoanPaper::HandOver) => {
            format!("正弦波インバーター発電機 {}", unit.unit.model)
        }
        _ => "正弦波インバーター発電機".to_owned(),
    };
    let loan = file.loan.as_ref();
    let office = known.window();
    let all = [
        (P::Recipient, file.applicant.guardian.clone()),
        (P::Child, file.name.clone()),
        (P::CaseNumber, Some(file.number.to_string())),
        (P::Programme, filled(&settings.programme)),
        (P::Stage, Some(stage.to_owned())),
        (
            P::AppliedOn,
            known.step(&[applied]).map(|(on, _)| format_ja(on)),
        ),
        (P::NextStep, Some(next.to_owned())),
        (P::Reason, reason),
        (P::Unit, Some(unit)),
        (
            P::Serial,
            known.page.unit.as_ref().map(|u| u.unit.serial.clone()),
        ),
        (P::LentOn, known.lent_on().map(format_ja)),
        (
            P::LentUntil,
            clocks.map(|clocks| {
                let last = format_ja(known.lent_until(app, &clocks));
                if known.is_extended() {
                    format!("期間を延長して、{last}")
                } else {
                    last
                }
            }),
        ),
        (
            P::ApplyBy,
            clocks
                .and_then(|c| c.plan)
                .map(|plan| on_weekday(plan.safe_by)),
        ),
        (P::Window, office.as_ref().map(|office| office.name.clone())),
        (
            P::WindowTelephone,
            office.and_then(|office| office.telephone),
        ),
        (
            P::ReturnBy,
            loan.and_then(|loan| loan.return_on).map(on_weekday),
        ),
        (P::CentreName, filled(&settings.centre_name)),
        (P::CentreTelephone, filled(&settings.centre_telephone)),
    ];
    let all = all.into_iter();
    all.filter_map(|(place, value)| Some((place, value?)))
        .collect()
}

/// A letter to the family.
pub(super) fn letter(
    app: &App,
    known: &Known,
    (paper, kind): (LoanPaper, LetterKind),
    filled_in: Filled,
) -> Letter {
    let settings = &app.config.loans;
    let file = &known.page.file;
    let decided = match paper {
        LoanPaper::UseDecision => Some(LoanStep::ApproveUse),
        LoanPaper::UseRefusal => Some(LoanStep::RefuseUse),
        LoanPaper::LoanDecision => Some(LoanStep::ApproveLoan),
        LoanPaper::LoanRefusal => Some(LoanStep::RefuseLoan),
        _ => None,
    };
    let decision = decided.and_then(|step| known.page.decision(step));
    let by_prefecture = decision
        .as_ref()
        .is_some_and(|decision| decision.by == Decider::Prefecture);
    let day = match decided {
        Some(step) => known.step(&[step]).map(|(on, _)| on),
        None => Some(app.clock.today()),
    };
    // Whose decision it is signs it; who signs for the prefecture is written in.
    let sender = if by_prefecture {
        vec![LINE.to_owned()]
    } else {
        let signed = filled(&settings.signed_by);
        [Some(settings.centre_name.clone()), signed]
            .into_iter()
            .flatten()
            .collect()
    };
    let guardian = file.applicant.guardian.as_deref().unwrap_or(LINE);
    let telephone = filled(&settings.centre_telephone).unwrap_or_else(|| LINE.to_owned());
    Letter {
        number: decision.and_then(|decision| decision.number),
        day,
        recipient: vec![format!("{guardian}　様")],
        sender,
        subject: filled_in.subject,
        paragraphs: filled_in.paragraphs,
        signature: vec![
            "（問合せ先）".to_owned(),
            settings.centre_name.clone(),
            format!("電話 {telephone}"),
        ],
        confidential: kind.is_confidential(),
    }
}

/// The three papers of the hand-over.
pub(super) fn hand_over(app: &App, known: &Known, conditions: Vec<String>) -> HandOverPapers {
    HandOverPapers {
        receipt: of_receipt(app, known, conditions),
        application: of_application(app, known),
        power_cut: of_power_cut(app, known),
    }
}

fn of_receipt(app: &App, known: &Known, conditions: Vec<String>) -> Receipt {
    let clocks = known.clocks(app);
    let kit = known.handed.as_ref().and_then(|event| event.kit.clone());
    let note = known.handed.as_ref().and_then(|event| event.note.clone());
    let item = |item: &KitItem| {
        let handed = kit.as_ref().is_some_and(|kit| kit.contains(item));
        receipt::KitItem {
            name: item.name().ja.into_owned(),
            count: 1,
            handed,
            note: note.clone().filter(|_| !handed),
        }
    };
    Receipt {
        number: None,
        programme: app.config.loans.programme.clone(),
        centre: centre(app),
        child: known.child(),
        guardian: Person {
            name: known
                .page
                .file
                .applicant
                .guardian
                .clone()
                .unwrap_or_default(),
            kana: None,
        },
        address: known.address(),
        unit: known.unit(),
        hertz: known.hertz(),
        kit: KitItem::ALL.iter().map(item).collect(),
        handed_on: known.lent_on(),
        lent_until: clocks.map(|clocks| known.lent_until(app, &clocks)),
        extended: known.is_extended(),
        apply_by: clocks
            .and_then(|clocks| clocks.plan)
            .map(|plan| plan.safe_by)
            .filter(|_| known.page.file.plan_applied_on.is_none()),
        applied_on: known.page.file.plan_applied_on,
        window: known.window(),
        conditions,
    }
}

fn of_application(app: &App, known: &Known) -> Application {
    let file = &known.page.file;
    let clocks = known.clocks(app);
    let done = known.page.hand_over.as_ref();
    let agreed = done.is_some_and(|done| done.exchange_consent == Some(true));
    // Of a child of the programme it is on record how long it can do without.
    let ventilated = file.facts.minutes_off.map(|minutes| {
        format!("人工呼吸器を使用しています（外せる時間は{minutes}分以内）。停電のときは電源が必要です。")
    });
    Application {
        addressee: file
            .applicant
            .municipality
            .map(|code| format!("{}長", code.responsible().name())),
        window: known.window(),
        day: file.plan_applied_on,
        child: known.child(),
        born: known.born,
        address: known.address(),
        guardian: file
            .applicant
            .guardian
            .clone()
            .map(|name| Person { name, kana: None }),
        relation: None,
        telephone: file.applicant.telephone.clone(),
        reason: known.reason.clone().or(ventilated),
        // What the municipality hears of the loan is the family's to say.
        lent_on: known.lent_on().filter(|_| agreed),
        apply_by: clocks
            .and_then(|clocks| clocks.plan)
            .map(|plan| plan.safe_by)
            .filter(|_| agreed),
        programme: filled(&app.config.loans.programme).filter(|_| agreed),
        centre: centre(app),
    }
}

fn of_power_cut(app: &App, known: &Known) -> PowerCut {
    let done = known.page.hand_over.as_ref();
    let checked = known
        .page
        .checks
        .iter()
        .find_map(|one| one.check.outdoor_place.clone());
    let plan = known.plan.as_ref();
    let ventilator = plan.and_then(|plan| {
        let mut devices = plan.devices.iter();
        devices
            .find(|device| device.kind == DeviceKind::Ventilator)?
            .model
            .clone()
    });
    let batteries = (!known.batteries.is_unknown()).then(|| Battery {
        name: if known.batteries.known {
            "電池（すべて合わせて）"
        } else {
            "電池（分かっているものを合わせて、少なくとも）"
        }
        .to_owned(),
        hours: Some(known.batteries.tenths()),
    });
    let act_after = known
        .outage
        .map(|by| by.allowance().num_minutes() as f64 / 60.0);
    let on_unit = known.on_unit.as_ref();
    let whole = |va: f64| va as u32;
    let settings = &app.config.loans;
    let mut telephones = vec![Telephone {
        who: settings.centre_name.clone(),
        number: filled(&settings.centre_telephone),
    }];
    telephones.extend(known.window().map(|window| Telephone {
        who: window.name,
        number: window.telephone,
    }));
    // Whoever is reached at the family's own number stands beside the paper.
    let own = known.page.file.applicant.telephone.as_deref();
    let reached = known
        .contacts
        .iter()
        .filter(|contact| contact.is_telephone() && own != Some(contact.value.as_str()));
    telephones.extend(reached.map(|contact| Telephone {
        who: contact.who.clone().unwrap_or_default(),
        number: Some(contact.value.clone()),
    }));
    for who in ["病院", "訪問看護", "呼吸器の会社", "電力会社"] {
        telephones.push(Telephone {
            who: who.to_owned(),
            number: None,
        });
    }
    PowerCut {
        child: known.page.file.name.clone(),
        number: Some(known.page.file.number.to_string()),
        confirmed_on: None,
        ventilator,
        batteries: batteries.into_iter().collect(),
        act_after,
        at_once: known.outage.is_some_and(|by| by.at_once()),
        destination: plan
            .and_then(|plan| plan.destinations.first())
            .and_then(|first| first.name.clone()),
        generator: known.page.unit.as_ref().map(|unit| unit.unit.model.clone()),
        hertz: known.hertz(),
        outdoor_place: checked.or_else(|| done.and_then(|done| done.outdoor_place.clone())),
        load_va: on_unit.and_then(|on| on.load_va).map(f64::ceil).map(whole),
        limit_va: on_unit
            .and_then(|on| on.limit_va)
            .map(f64::floor)
            .map(whole),
        hours_a_filling: on_unit.and_then(|on| on.hours_a_filling),
        telephones,
    }
}
