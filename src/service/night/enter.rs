//! Levels and sites, as staff of a municipality enter them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        access::{Permission, Reader},
        audit::Action,
        hazard::Hazard,
        id::SiteId,
        municipality::MunicipalityCode,
        night::{NightLevel, SiteNow},
        text::Text,
        warning::EvacuationLevel,
    },
    service::{
        ServiceError, audit,
        loans::{Answer, Sheet, once},
        view::SignedIn,
        world,
    },
    store::NewNightLevel,
};

const NOT_YOURS: Text = Text::fixed(
    "ほかの市町村のレベルは入れられません。その市町村の防災担当に電話してください。",
    "You cannot enter the level of another municipality: telephone its disaster office.",
);
const NO_LEVEL: Text = Text::fixed(
    "この災害には警戒レベルがありません。",
    "No levels are issued for this hazard.",
);

/// A level that somebody enters; a power cut has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelWanted {
    /// Where: the municipality, or a ward of it.
    pub town: MunicipalityCode,
    /// Of which hazard; `None`: of all that have levels.
    pub hazard: Option<Hazard>,
    /// The level; `None`: what was entered is over, or of a power cut that it has begun.
    pub level: Option<EvacuationLevel>,
}

impl LevelWanted {
    /// As the mayor's word is called (避難情報).
    fn name(self) -> &'static str {
        match (self.hazard, self.level.map(EvacuationLevel::number)) {
            (Some(Hazard::PowerCut), _) => "停電",
            (_, Some(5)) => "緊急安全確保",
            (_, Some(4)) => "避難指示",
            (_, Some(3)) => "高齢者等避難",
            (_, Some(2)) => "注意報（レベル2）",
            _ => "早期注意情報（レベル1）",
        }
    }
}

/// Whether the reader enters levels of a municipality: of its own.
fn is_own(reader: &Reader, town: MunicipalityCode) -> bool {
    let own = reader.municipality();
    town.row().is_some() && own.is_some_and(|own| own.same_as(town))
}

/// Enters a level: it takes the place of what staff have entered before of that hazard in
/// that municipality.
pub async fn enter_level(
    app: &App,
    sheet: Sheet<'_>,
    wanted: LevelWanted,
) -> Result<Answer, ServiceError> {
    if !is_own(&sheet.who.reader, wanted.town) {
        return Ok(Answer::Wrong("town", NOT_YOURS));
    }
    let cut = wanted.hazard == Some(Hazard::PowerCut);
    if !cut && wanted.hazard.is_some_and(|hazard| !hazard.has_levels()) {
        return Ok(Answer::Wrong("hazard", NO_LEVEL));
    }
    let request = serde_json::json!({
        "night_level": wanted.level, "town": wanted.town, "hazard": wanted.hazard,
    });
    let (id, now) = (app.ids.next(), app.clock.now());
    once!(app, sheet, request, |tx| {
        let by = sheet.who.user;
        tx.end_entered_levels((wanted.town, wanted.hazard), (by, now))
            .await?;
        let new = NewNightLevel {
            id,
            municipality: wanted.town,
            hazard: wanted.hazard,
            level: wanted.level.map(EvacuationLevel::number),
            name: wanted.name().to_owned(),
            part: None,
            since: now,
            telegram: None,
            by: Some(by),
            at: now,
        };
        tx.add_night_level(&new).await?;
        tx.turn_night().await?;
        tx.record(&audit::event(app, sheet.who, Action::EnteredLevel))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Whether the reader may end something that is in force: its municipality; what a
/// telegram says, whoever reads telegrams.
pub fn may_end(who: &SignedIn, level: &NightLevel) -> bool {
    let may = |permission| who.role().may(permission);
    let own = is_own(&who.reader, level.municipality);
    if level.is_mayors() {
        own && may(Permission::EnterLevel)
    } else {
        may(Permission::ReadTelegram) && (own || who.reader.municipality().is_none())
    }
}

/// Ends something that is in force.
pub async fn end_level(app: &App, sheet: Sheet<'_>, id: Uuid) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({"night_level_ends": id});
    let now: DateTime<Utc> = app.clock.now();
    once!(app, sheet, request, |tx| {
        let levels = tx.night_levels().await?;
        let Some(level) = levels.iter().find(|level| level.id == id) else {
            return Ok(Answer::Changed);
        };
        if !may_end(sheet.who, level) {
            return Ok(Answer::NotThere);
        }
        tx.end_night_level(id, (Some(sheet.who.user), now)).await?;
        tx.turn_night().await?;
        tx.record(&audit::event(app, sheet.who, Action::EndedLevel))
            .await?;
        Answer::Done(id.to_string())
    })
}

/// Says whether a site of the reader's municipality is open, or has power.
pub async fn report_site(
    app: &App,
    sheet: Sheet<'_>,
    (site, now): (SiteId, SiteNow),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({
        "night_site": site, "open": now.open, "powered": now.powered,
    });
    let loaded = world::current(app).await?;
    let listed = loaded.world.sites.as_ref().and_then(|all| all.get(site));
    let town = listed.and_then(|site| site.published.municipality);
    if !town.is_some_and(|town| is_own(&sheet.who.reader, town)) {
        return Ok(Answer::NotThere);
    }
    let (id, at) = (app.ids.next(), app.clock.now());
    once!(app, sheet, request, |tx| {
        tx.report_site(id, (site, now), (sheet.who.user, at))
            .await?;
        tx.turn_night().await?;
        tx.record(&audit::event(app, sheet.who, Action::ReportedSite))
            .await?;
        Answer::Done(id.to_string())
    })
}
