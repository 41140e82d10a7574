//! The demonstration: invented families in real towns, through the very
//! importers that real files go through.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{
    ServiceError,
    care::{Decided, Form},
    check, demo_loans, demo_power, demo_review,
    import::{self, Imported, Options, What},
    moves::{self, StayDays, StayRequest},
    municipality::{SetOutcome, set_ordinance},
    protection,
    sign_in::{self, AccountRequest, Invited, Link},
    sites::{self, Entered},
    view::{Noted, SignedIn},
};
use crate::{
    app::App,
    domain::{
        access::{Ground, Reader, Role},
        child::Home,
        consent::OrdinanceMode,
        hazard::LayerKind,
        id::{CaseNumber, UserId},
        municipality::MunicipalityCode,
        residence::NewHome,
        site::{SiteEntry, SiteKind},
    },
    in_tx,
};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &[u8])] = &[
            $(($name, include_bytes!(concat!("../../data/demo/", $name)))),*
        ];
    };
}

files!(
    "manifest.json",
    "entries.json",
    "ordinances.json",
    "boundaries.geojson",
    "towns.json",
    "flood.geojson",
    "flood_duration.geojson",
    "collapse_flow.geojson",
    "collapse_bank.geojson",
    "landslide.geojson",
    "storm_surge.geojson",
    "tsunami.geojson",
    "inland_flood.geojson",
    "sites.csv",
    "shelters.csv",
    "families.csv",
);

/// The municipality whose staff the demonstration lets in.
const MUNICIPALITY: &str = "43203";

/// A file of the demonstration and how it is imported.
#[derive(Deserialize)]
struct Part {
    what: String,
    file: String,
    name: Option<String>,
    dated: Option<NaiveDate>,
    covers: Option<BTreeSet<MunicipalityCode>>,
    kind: Option<LayerKind>,
    depth_field: Option<String>,
}

/// What an invented municipality has entered on one of its sites.
#[derive(Deserialize)]
struct EnteredSite {
    kind: SiteKind,
    site: String,
    entry: SiteEntry,
    by: MunicipalityCode,
}

#[derive(Deserialize)]
struct Ordinance {
    code: MunicipalityCode,
    mode: OrdinanceMode,
}

fn embedded(name: &str) -> &'static [u8] {
    FILES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, bytes)| *bytes)
        .expect("the list names every file of the demonstration")
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(embedded(name)).expect("the demonstration's files are well formed")
}

/// How people come into the demonstration.
pub struct Filled {
    /// A link for each role, which lets in whoever opens it, once the program
    /// is told so ([`App::demonstrating`]).
    pub links: Vec<(&'static str, Link)>,
    /// The accounts of these links.
    pub direct: BTreeSet<UserId>,
    /// An invitation as real staff gets one.
    pub invitation: Link,
}

/// Fills an empty database, and makes a sign-in link for each role.
pub async fn fill(app: &App, folder: &Path) -> Result<Filled, ServiceError> {
    for part in read::<Vec<Part>>("manifest.json") {
        let path = folder.join(&part.file);
        std::fs::write(&path, embedded(&part.file))?;
        let what = match part.what.as_str() {
            "boundaries" => What::Boundaries,
            "hazards" => What::Hazards,
            "sites" => What::Sites,
            "families" => What::Families,
            "towns" => What::Towns,
            other => panic!("the demonstration names no kind of import: {other}"),
        };
        let options = Options {
            name: part.name,
            dated: part.dated,
            covers: part.covers,
            kind: part.kind,
            depth_field: part.depth_field,
            source: Some("【デモ】".to_owned()),
            ..Options::default()
        };
        let done = import::file(app, what, &path, &options, "demo", Arc::new(|_| ())).await?;
        match done {
            Imported::Report(report) if report.error.is_none() && report.rejected.is_empty() => {}
            other => panic!("the demonstration's own file is refused: {other:?}"),
        }
        std::fs::remove_file(&path)?;
    }
    demo_power::fill(app).await?;
    enter(app).await?;
    check::refresh(app, &Reader::Operator).await?;
    links(app).await
}

/// The same of an installation that has just begun: accounts, and nothing else.
pub async fn open(app: &App) -> Result<Filled, ServiceError> {
    links(app).await
}

/// New links of the roles' accounts: the old ones are over when the clock was set
/// forward.
pub async fn new_links(app: &App) -> Result<Vec<(Role, Link)>, ServiceError> {
    let mut links = Vec::new();
    for role in Role::ALL {
        let made = sign_in::new_link(app, &address_of(role.code())).await?;
        links.extend(made.map(|(_, role, link)| (role, link)));
    }
    Ok(links)
}

async fn staff(app: &App, code: MunicipalityCode) -> Result<SignedIn, ServiceError> {
    let name = format!("【デモ】{}防災担当", code.responsible().name());
    let request = AccountRequest {
        email: format!("demo-{code}@example.jp"),
        name: name.clone(),
        role: Role::Municipality,
        municipality: Some(code),
        case: None,
    };
    let user = match sign_in::invite(app, &request).await? {
        Invited::Link(user, _) => user,
        other => panic!("the demonstration's staff is refused: {other:?}"),
    };
    Ok(SignedIn {
        user,
        name,
        reader: Reader::Municipality(user, code.responsible()),
        from: None,
        noted: Noted::default(),
    })
}

async fn enter(app: &App) -> Result<(), ServiceError> {
    let entered: Vec<EnteredSite> = read("entries.json");
    let ordinances: Vec<Ordinance> = read("ordinances.json");
    let codes: BTreeSet<MunicipalityCode> = entered
        .iter()
        .map(|e| e.by.responsible())
        .chain(ordinances.iter().map(|o| o.code.responsible()))
        .collect();
    let mut all = demo_review::Staff::new();
    for code in codes {
        all.insert(code, staff(app, code).await?);
    }
    demo_review::before(app, &all).await?;
    for (code, who) in &all {
        let (code, who) = (*code, who);
        for e in entered.iter().filter(|e| e.by.same_as(code)) {
            let id = sites::find(app, e.kind, &e.site)
                .await?
                .expect("the demonstration enters on its own sites");
            let outcome = sites::enter(app, who, id, 0, e.entry.clone(), app.ids.next()).await?;
            assert_eq!(
                outcome,
                Entered::Saved,
                "the demonstration's entry on {}",
                e.site
            );
        }
        for o in ordinances.iter().filter(|o| o.code.same_as(code)) {
            let outcome = set_ordinance(app, who, o.mode, 0, app.ids.next()).await?;
            assert_eq!(outcome, SetOutcome::Saved, "the demonstration's ordinance");
        }
    }
    demo_review::after(app, &all).await
}

async fn links(app: &App) -> Result<Filled, ServiceError> {
    let town = MunicipalityCode::parse(MUNICIPALITY).expect("a code");
    let family = family_case(app, town).await?;
    let (mut links, mut direct) = (Vec::new(), BTreeSet::new());
    for (role, name, municipality, case) in [
        (Role::Centre, "【デモ】支援センター", None, None),
        (
            Role::Municipality,
            "【デモ】人吉市 危機管理課",
            Some(town),
            None,
        ),
        (Role::Family, "【デモ】ご家族", None, family.clone()),
        (Role::Prefecture, "【デモ】県", None, None),
        (Role::NightDuty, "【デモ】人吉市 宿直", Some(town), None),
        (Role::Coordinator, "【デモ】コーディネーター", None, None),
        (Role::Administrator, "【デモ】アカウント管理者", None, None),
        (Role::Auditor, "【デモ】監査担当", None, None),
    ] {
        // Of an installation that has just begun.
        if role == Role::Family && case.is_none() {
            continue;
        }
        let (user, link) = account(app, role.code(), role, name, municipality, case).await?;
        if role == Role::Municipality {
            sign_in::allow_emergency(app, &address_of(role.code()), true).await?;
        }
        if let (Role::Coordinator, Some(case)) = (role, &family) {
            assign(app, user, case).await?;
        }
        let as_who = |reader| SignedIn {
            user,
            name: name.to_owned(),
            reader,
            from: None,
            noted: Noted::default(),
        };
        match role {
            _ if family.is_none() => {}
            Role::Municipality => homes(app, &as_who(Reader::Municipality(user, town))).await?,
            Role::Centre => demo_loans::fill(app, &as_who(Reader::Centre(user))).await?,
            _ => {}
        }
        links.push((role.code(), link));
        direct.insert(user);
    }
    let name = "【デモ】人吉市 新任";
    let (_, invitation) = account(app, "staff", Role::Municipality, name, Some(town), None).await?;
    Ok(Filled {
        links,
        direct,
        invitation,
    })
}

/// The address of an account of the demonstration.
fn address_of(name: &str) -> String {
    format!("demo-{name}@example.jp")
}

async fn account(
    app: &App,
    address: &str,
    role: Role,
    name: &str,
    municipality: Option<MunicipalityCode>,
    case: Option<CaseNumber>,
) -> Result<(UserId, Link), ServiceError> {
    let request = AccountRequest {
        email: address_of(address),
        name: name.to_owned(),
        role,
        municipality,
        case,
    };
    match sign_in::invite(app, &request).await? {
        Invited::Link(user, link) => Ok((user, link)),
        other => panic!("the demonstration's account is refused: {other:?}"),
    }
}

/// A move that waits for its staff, a stay that is none, and a protected
/// address.
async fn homes(app: &App, who: &SignedIn) -> Result<(), ServiceError> {
    let number = |text: &str| CaseNumber::parse(text).expect("a case of the demonstration");
    let (moves_to, stays_in) = ("43202", "43205");
    let code = |text: &str| MunicipalityCode::parse(text).expect("a code");
    let form = |number| Form {
        who,
        number,
        key: app.ids.next(),
    };
    let to = NewHome {
        home: Home {
            municipality: Some(code(moves_to)),
            ..Home::default()
        },
        address: Some("熊本県八代市【デモ】町201番地".to_owned()),
    };
    let moving = number("D-0026");
    let proposed = moves::propose(app, form(&moving), to).await?;
    let from = app.clock.today();
    let stay = StayRequest {
        municipality: code(stays_in),
        address: Some("熊本県水俣市【デモ】町 祖父母の家".to_owned()),
        days: StayDays {
            from,
            until: from + Days::new(14),
            is_open: false,
        },
    };
    let away = number("D-0033");
    let staying = moves::stay(app, form(&away), &stay).await?;
    let hidden = number("D-0029");
    let protected = protection::protect(app, form(&hidden), &[]).await?;
    assert_eq!(
        [proposed, staying, protected],
        [Decided::Done; 3],
        "the demonstration's homes"
    );
    Ok(())
}

/// Gives the coordinator of the demonstration the child of its family.
async fn assign(app: &App, coordinator: UserId, case: &CaseNumber) -> Result<(), ServiceError> {
    let subject = Reader::Coordinator(coordinator).subject();
    let today = app.clock.today();
    in_tx!(app.store, |tx| {
        if let Some(case) = tx.case_of_number(case).await? {
            tx.grant(case, &subject, Ground::Assignment, today).await?;
        }
        Ok(())
    })
}

/// The family that the demonstration lets in: the first one of the town that
/// has a plan with something to do, beyond how fresh it is.
async fn family_case(
    app: &App,
    municipality: MunicipalityCode,
) -> Result<Option<CaseNumber>, ServiceError> {
    let today = app.clock.today();
    let cases = check::batch(app, &Reader::Operator, "", today).await?;
    Ok(cases
        .iter()
        .find(|c| {
            c.case
                .home
                .municipality
                .is_some_and(|m| m.same_as(municipality))
                && c.case.document.is_some()
                && c.look.failing().any(|f| !f.rule.is_about_freshness())
        })
        .map(|c| c.case.number.clone()))
}
