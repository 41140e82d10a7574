//! The papers of a plan: which there are, for whom, and each as PDF.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::Uri,
    response::{Html, Response},
};

use super::{
    Error,
    care::numbered,
    head::{Head, Visit},
    loans::papers::{Asked, again, answer},
    power::{paper_table, trigger_line},
    show,
    taken::Named,
    words::{self, sheets as w},
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        audit::Action,
        id::CaseNumber,
        municipality::MunicipalityCode,
        plan::{course::Stage, giving::Parts},
        print_number::PrintNumber,
        text::{Lang, Text},
    },
    print::{
        papers::plan::{self, Facts, For, PowerSaid},
        pdf::{Paper, PdfError},
        plan_map, power_picture,
    },
    service::{
        life::ToGive,
        loans::papers::Print,
        sheets::{Papers, Standing, papers},
    },
};

/// How the plan stands, in a word.
pub(super) fn standing(standing: Standing, lang: Lang) -> String {
    match standing {
        Standing::InForce(version, stage) => {
            let stage = stage.map_or(w::BY_IMPORT, Stage::name);
            format!("{} {version} {}", w::VERSION.get(lang), stage.get(lang))
        }
        Standing::Draft(stage) => format!("{} {}", w::DRAFT.get(lang), stage.name().get(lang)),
        Standing::None => w::NO_PLAN.get(lang).to_owned(),
    }
}

/// What a child's power says on paper.
fn power(papers: &Papers) -> PowerSaid {
    let look = &papers.checked.look;
    let lang = Lang::Ja;
    let batteries = look.power.batteries;
    let hours = (!batteries.is_unknown()).then(|| {
        let tenths = (batteries.hours * 10.0 + 1e-6).floor() / 10.0;
        words::counted(tenths, words::night::HOURS, lang)
    });
    let table = look.outage.filter(|trigger| !trigger.at_once());
    PowerSaid {
        trigger: trigger_line(look.outage, lang),
        table: table.map_or_else(Vec::new, |trigger| paper_table(&trigger, lang)),
        picture: hours
            .is_some()
            .then(|| power_picture::svg(&look.power, (words::power::PICTURE.get(lang), lang))),
        unconfirmed: hours.is_some() && look.power.is_unconfirmed(),
        hours,
    }
}

/// What a sheet says. `to`: to whom it is given.
pub(super) fn sheet(
    papers: &Papers,
    (of, to): (For, Option<&ToGive>),
    print: Option<PrintNumber>,
) -> plan::Sheet {
    let to = to.map(|to| {
        let name = to.provision.name.as_deref().unwrap_or_default();
        let kind = to.provision.recipient.name();
        format!("{} {name}", kind.ja).trim().to_owned()
    });
    plan::sheet(&Facts {
        of,
        to,
        number: papers.number.to_string(),
        document: papers.document.as_ref(),
        child: &papers.checked.case.child,
        look: &papers.checked.look,
        power: power(papers),
        state: standing(papers.standing, Lang::Ja),
        in_force: matches!(papers.standing, Standing::InForce(..)),
        office: papers.office.clone(),
        confirmed_on: papers.confirmed_on,
        made_on: in_tokyo(papers.at).date_naive(),
        print: print.map(|print| print.to_string()),
        map: papers
            .map
            .as_ref()
            .and_then(|(parts, sources)| plan_map::svg(parts, sources)),
        address_hidden: papers.address_hidden,
    })
}

/// Somebody to whom a paper may be given.
struct Offer {
    href: String,
    title: String,
    /// The basis, or why not.
    says: String,
    may: bool,
    parts: String,
}

#[derive(Template)]
#[template(path = "pages/sheets.html")]
struct Page {
    head: Head,
    number: CaseNumber,
    name: String,
    standing: String,
    in_force: bool,
    staff: bool,
    offers: Vec<Offer>,
}

/// `GET /plans/{case}/papers`
pub(super) async fn page(
    State(app): State<App>,
    visit: Visit,
    Named(case): Named<String>,
) -> Result<Html<String>, Error> {
    let number = numbered(&case)?;
    let papers = papers(&app, &visit.who, &number, Action::ReadDraft).await?;
    let papers = papers.ok_or(Error::NotFound)?;
    let lang = visit.lang;
    let offers = papers.to_give.iter().enumerate().map(|(place, one)| {
        let recipient = one.provision.recipient.name();
        let name = one.provision.name.as_deref().unwrap_or_default();
        let says = match one.basis {
            Ok(basis) => basis.name(),
            Err(why) => why.text(),
        };
        Offer {
            href: format!("/plans/{number}/sheets/{place}"),
            title: format!("{} {name}", recipient.get(lang)).trim().to_owned(),
            says: says.get(lang).to_owned(),
            may: one.basis.is_ok(),
            parts: one.parts.name().get(lang).to_owned(),
        }
    });
    show(&Page {
        head: Head::of(&visit, format!("/plans/{number}/papers")),
        name: papers.checked.case.child.name.clone().unwrap_or_default(),
        standing: standing(papers.standing, lang),
        in_force: matches!(papers.standing, Standing::InForce(..)),
        staff: papers.staff,
        offers: if papers.staff {
            offers.collect()
        } else {
            Vec::new()
        },
        number,
    })
}

const NOT_YET: Text = Text::fixed(
    "有効な計画がないか、提供先が変わりました。紙の一覧を開き直してください。",
    "No plan is in force, or its recipients have changed: open the list of papers again.",
);

/// `GET /plans/{case}/sheets/{sheet}`
pub(super) async fn one(
    State(app): State<App>,
    visit: Visit,
    uri: Uri,
    Named((case, which)): Named<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let number = numbered(&case)?;
    let papers = papers(&app, &visit.who, &number, Action::PrintedSheet).await?;
    let papers = papers.ok_or(Error::NotFound)?;
    let back = format!("/plans/{number}/papers");
    let print = visit.who.noted.event().map(PrintNumber::of);
    let sheet = if which == "family" {
        sheet(&papers, (For::Family, None), print)
    } else {
        let place: Option<usize> = which.parse().ok().filter(|_| papers.staff);
        let to = place.and_then(|place| papers.to_give.get(place));
        let why = match to.map(|to| to.basis) {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(why.text()),
            None => Some(NOT_YET),
        };
        if let Some(why) = why {
            return super::loans::papers::none(&visit, (&w::TITLE, &why), (&back, &w::TITLE));
        }
        let of = match to.map(|to| to.parts) {
            Some(Parts::Whole) => For::Whole,
            _ => For::Support,
        };
        self::sheet(&papers, (of, to), print)
    };
    // Setting a paper keeps a processor busy for a while.
    let set = tokio::task::spawn_blocking(move || plan::print(&sheet)).await;
    let print = match set.expect("it is set") {
        Ok(paper) => Print::Paper(paper),
        Err(error) => Print::NoPaper(error),
    };
    let told = !asked.anyway.is_empty();
    let name = format!("plan-{number}.pdf");
    answer(
        &visit,
        print,
        (&name, told),
        (again(&uri), &back, &w::TITLE),
    )
}

/// Sets the binder of a municipality.
///
/// # Errors
/// The typeface is missing, or a mistake of ours in a template.
pub fn bind(town: MunicipalityCode, all: &[Papers]) -> Result<Paper, PdfError> {
    let at = all.first().map(|papers| papers.at);
    let bound = all.iter().map(|papers| plan::Bound {
        standing: standing(papers.standing, Lang::Ja),
        sheet: sheet(papers, (For::Whole, None), None).for_the_night(),
    });
    plan::bind(&plan::Binder {
        title: format!("夜間綴り　{}", town.name()),
        made_at: at.map_or_else(String::new, |at| {
            in_tokyo(at).format("%Y年%m月%d日 %H:%M").to_string()
        }),
        children: bound.collect(),
    })
}
