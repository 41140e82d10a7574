//! Places that receive are asked once a year, by mail, whether what is on record of them
//! still holds; they answer with one tap, without an account (decision 75).

use std::collections::HashMap;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    ServiceError, audit,
    places::receives,
    reminders::{To, post},
    sites::may_enter,
    view::SignedIn,
    world,
};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Moment,
        audit::{AboutKind, Action, Actor},
        duty::MailKind,
        id::SiteId,
        mail::MailAddress,
        place_answer::PlaceAnswer,
        site::{Confirmation, Reception, Site, SiteEntry},
    },
    in_tx,
    print::mail,
    seal::Token,
    spatial::sites::SiteDirectory,
    store::{PlaceInquiry, Tx},
};

/// So many days before a year is over the place is asked.
const BEFORE: TimeDelta = TimeDelta::days(30);

/// So long a place has to answer before it is asked once more, and after that before it is
/// to be telephoned.
const PATIENCE: TimeDelta = TimeDelta::days(14);

/// So long a link opens: both mails, and time to telephone.
const LINK_DAYS: TimeDelta = TimeDelta::days(60);

/// A place that was asked is not asked by mail again for so long, whatever it answered.
const NOT_AGAIN_FOR: TimeDelta = TimeDelta::days(180);

/// What was asked and answered is kept for so long, in months: as long as anybody asks who
/// said what last time.
const KEPT_MONTHS: Months = Months::new(36);

/// No word of an answer is longer, in characters.
pub const MOST_WORDS: usize = 500;
/// No name of whoever answers is longer, in characters.
pub const MOST_NAME: usize = 60;

/// What a site has on record, where it is to be asked by mail.
fn address(site: &Site) -> Option<MailAddress> {
    let address = site.entry.mail.as_deref().filter(|_| receives(site))?;
    MailAddress::recorded(address).ok()
}

/// Asks the places whose confirmation is about to be over, asks those once more that have
/// not answered, and ends the questions that somebody has settled otherwise. Answers how
/// many mails that made. Any number of processes may do so: each place is asked once.
pub async fn ask(app: &App) -> Result<u64, ServiceError> {
    let at = app.moment();
    let known = {
        let mut tx = app.store.read().await?;
        tx.place_inquiries(at.now - NOT_AGAIN_FOR).await?
    };
    // The latest of each place: they come the earliest first.
    let known: HashMap<SiteId, PlaceInquiry> =
        known.into_iter().map(|one| (one.site, one)).collect();
    let loaded = world::current(app).await?;
    let directory = loaded.world.sites.as_ref();
    let mut mails = 0;
    for site in directory.into_iter().flat_map(SiteDirectory::sites) {
        let last = known.get(&site.id);
        let open = last.filter(|one| !one.closed);
        if let Some(open) = open.filter(|one| settled(&site.entry, one)) {
            in_tx!(app.store, |tx| {
                tx.close_inquiry(open.id, at.now).await?;
                Ok::<_, ServiceError>(())
            })?;
            continue;
        }
        let Some(address) = address(site) else {
            continue;
        };
        let again = match (open, last) {
            (Some(open), _) if open.answered.is_some() || open.reminded_at.is_some() => continue,
            (Some(open), _) if at.now < open.asked_at + PATIENCE => continue,
            (Some(open), _) => Some(open.id),
            (None, Some(_)) => continue,
            (None, None) if counts(&site.entry, at.today + BEFORE) => continue,
            (None, None) => None,
        };
        let sent = in_tx!(app.store, |tx| {
            send(tx, app, site, (&address, again)).await
        })?;
        mails += u64::from(sent);
    }
    if let Some(before) = at.now.checked_sub_months(KEPT_MONTHS) {
        in_tx!(app.store, |tx| {
            tx.forget_inquiries(before).await?;
            Ok::<_, ServiceError>(())
        })?;
    }
    Ok(mails)
}

fn counts(entry: &SiteEntry, on: NaiveDate) -> bool {
    matches!(entry.confirmation(on), Confirmation::Counts(_))
}

/// Whether somebody has confirmed a place since it was asked.
fn settled(entry: &SiteEntry, inquiry: &PlaceInquiry) -> bool {
    let since = inquiry.answered.map_or(inquiry.asked_at, |(at, _)| at);
    let since = in_tokyo(since).date_naive();
    entry.asked_on.is_some_and(|on| on >= since)
}

/// Sends the first mail of a question, or the second one; `false`: somebody else did.
async fn send(
    tx: &mut Tx,
    app: &App,
    site: &Site,
    (address, again): (&MailAddress, Option<Uuid>),
) -> Result<bool, ServiceError> {
    let at = app.moment();
    let (id, first) = if let Some(id) = again {
        (id, tx.ask_place_again(id, at.now).await?)
    } else {
        let id = app.ids.next();
        (id, tx.open_inquiry((id, site.id), at.now).await?)
    };
    if !first {
        return Ok(false);
    }
    let token = Token::random();
    let until = at.now + LINK_DAYS;
    tx.add_place_link(&token.hash(), id, until).await?;
    let link = format!("{}/place/{}", app.config.server.address(), token.reveal());
    let (town, telephone) = office(tx, site).await?;
    let text = mail::place(
        (&site.published.name, again.is_some()),
        (&town, telephone.as_deref()),
        (&link, in_tokyo(until).date_naive()),
    );
    let to = To {
        address,
        kind: MailKind::Place,
        case: None,
        contact: None,
        account: None,
    };
    let dedup = format!("place {id} {}", again.is_some());
    post(tx, app, to, (&text, &dedup)).await?;
    Ok(true)
}

/// The municipality that asks, and where to telephone.
async fn office(tx: &mut Tx, site: &Site) -> Result<(String, Option<String>), ServiceError> {
    let Some(town) = site.published.municipality else {
        return Ok(("市町村".to_owned(), None));
    };
    let window = tx.window(town).await?;
    let name = town.responsible().name().to_owned();
    Ok((name, window.and_then(|window| window.telephone)))
}

/// What a link shows.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The place.
    pub site: Site,
    /// The question.
    pub inquiry: PlaceInquiry,
    /// Who asks.
    pub town: String,
    /// Where to telephone them.
    pub telephone: Option<String>,
}

async fn asked(tx: &mut Tx, app: &App, token: &str) -> Result<Option<Asked>, ServiceError> {
    let Some(token) = Token::from_text(token) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let Some(inquiry) = tx.inquiry_of_link(&token.hash(), now).await? else {
        return Ok(None);
    };
    let Some(site) = tx.site(inquiry.site).await? else {
        return Ok(None);
    };
    let (town, telephone) = office(tx, &site).await?;
    Ok(Some(Asked {
        site,
        inquiry,
        town,
        telephone,
    }))
}

/// What the link of a mail leads to; `None`: nowhere any more. Nothing happens here: mail
/// scanners open links.
pub async fn look(app: &App, token: &str) -> Result<Option<Asked>, ServiceError> {
    let mut tx = app.store.read().await?;
    asked(&mut tx, app, token).await
}

/// What came of an answer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is on record.
    Kept(Box<Asked>),
    /// It was answered before, or settled otherwise.
    Before(Box<Asked>),
    /// The link leads nowhere any more.
    Over,
}

/// Writes on record what a place says of itself, on top of whatever stands there; what
/// stands there then.
async fn enter(
    tx: &mut Tx,
    site: SiteId,
    (answer, who): (PlaceAnswer, Option<&str>),
    at: Moment,
) -> Result<SiteEntry, ServiceError> {
    // Where somebody else writes in this moment, on top of that.
    loop {
        let (revision, _) = tx.site_entry_state(site).await?;
        let mut entry = tx
            .site(site)
            .await?
            .map_or_else(SiteEntry::default, |s| s.entry);
        entry.asked_on = Some(at.today);
        entry.asked_of = Some(format!("{}（メールの返事）", who.unwrap_or("施設の人")));
        if answer == PlaceAnswer::No {
            entry.reception = Some(Reception::No);
            entry.conditions = None;
        }
        if tx
            .enter_on_site(site, revision, &entry, None, at.now)
            .await?
        {
            return Ok(entry);
        }
    }
}

/// Keeps what a place answers. That nothing has changed, or that it takes no child any more,
/// stands on record at once; what has changed is for the municipality to enter.
pub async fn answer(
    app: &App,
    token: &str,
    (answer, words, who): (PlaceAnswer, &str, &str),
) -> Result<Outcome, ServiceError> {
    let at = app.moment();
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (words, who) = (filled(words), filled(who));
    in_tx!(app.store, |tx| {
        let Some(mut found) = asked(tx, app, token).await? else {
            return Ok(Outcome::Over);
        };
        let said = (answer, words.as_deref(), who.as_deref());
        let id = found.inquiry.id;
        if !tx.keep_place_answer(id, said, at.now).await? {
            return Ok(Outcome::Before(Box::new(found)));
        }
        if answer != PlaceAnswer::Changed {
            found.site.entry = enter(tx, found.site.id, (answer, who.as_deref()), at).await?;
            tx.turn_world().await?;
            tx.close_inquiry(id, at.now).await?;
            let event = audit::by(app, Actor::Nobody, Action::EnteredOnSite);
            let site = found.site.id;
            tx.record(&event.about(AboutKind::Site, site.0)).await?;
        }
        found.inquiry.answered = Some((at.now, answer));
        Ok::<_, ServiceError>(Outcome::Kept(Box::new(found)))
    })
}

/// How far the question to a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It was asked, and has time to answer.
    Waits(PlaceInquiry),
    /// It has not answered either mail: somebody telephones.
    Telephone(PlaceInquiry),
    /// It says what has changed: somebody enters it.
    Changed(PlaceInquiry),
}

impl Standing {
    /// Which comes first in a list.
    pub const fn order(&self) -> u8 {
        match self {
            Self::Changed(_) => 0,
            Self::Telephone(_) => 1,
            Self::Waits(_) => 2,
        }
    }
}

/// How far the open questions are, by place.
pub async fn standings(
    app: &App,
    now: DateTime<Utc>,
) -> Result<HashMap<SiteId, Standing>, ServiceError> {
    let all = {
        let mut tx = app.store.read().await?;
        tx.place_inquiries(now).await?
    };
    let standing = |one: PlaceInquiry| {
        let late = one.reminded_at.is_some_and(|at| at + PATIENCE <= now);
        match (&one.answered, late) {
            (Some(_), _) => Standing::Changed(one),
            (None, true) => Standing::Telephone(one),
            (None, false) => Standing::Waits(one),
        }
    };
    let open = all.into_iter().filter(|one| !one.closed);
    Ok(open.map(|one| (one.site, standing(one))).collect())
}

/// Puts away what a place has answered, once it is entered; `false`: there is no such
/// question for this reader.
pub async fn put_away(app: &App, who: &SignedIn, id: Uuid) -> Result<bool, ServiceError> {
    let now = app.clock.now();
    in_tx!(app.store, |tx| {
        let Some(inquiry) = tx.place_inquiry(id).await? else {
            return Ok(false);
        };
        let site = tx.site(inquiry.site).await?;
        if !site.is_some_and(|site| may_enter(&who.reader, &site)) {
            return Ok(false);
        }
        if inquiry.answered.is_some() && tx.close_inquiry(id, now).await? {
            let event = audit::event(app, who, Action::EnteredOnSite);
            tx.record(&event.about(AboutKind::Site, inquiry.site.0))
                .await?;
        }
        Ok::<_, ServiceError>(true)
    })
}
