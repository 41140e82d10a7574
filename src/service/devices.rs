//! The catalogue of devices, as it is kept here: the file of the program is its first
//! content, and what people write down stands before it. Hours rest on it, so that
//! every change has the children judged anew.

use chrono::NaiveDate;

use super::{
    ServiceError, audit,
    loans::{Answer, Sheet, names, once},
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        device::{Catalogue, DeviceModel, Impossible},
        generator::Confidence,
        text::Text,
    },
    seal::sha256_hex,
    store::{DeviceChange, Tx},
};

const BAD_RATED: Text = Text::fixed(
    "銘板の定格は1〜2,000の数で入れてください。分からないときは、0ではなく空けてください。",
    "Rated figures are numbers from 1 to 2,000. Leave the field empty where it is not known; never enter 0.",
);
const BAD_MEASURED: Text = Text::fixed(
    "実測のWは1〜2,000で、銘板の定格より大きくなりません。定格の数を実測の欄に入れていないか、確かめてください。",
    "Measured watts are from 1 to 2,000 and not more than the plate's figures: see whether a rated figure stands in the place of a measured one.",
);
const WATTS_FOR_VA: Text = Text::fixed(
    "VAがWより小さくなっています。WとVAが入れ替わっていないか、銘板で確かめてください。",
    "There are fewer volt-amperes than watts: look at the plate whether the two are exchanged.",
);
const BAD_HOURS: Text = Text::fixed(
    "バッテリーの時間は0.1〜48の数で入れてください。分からないときは、0ではなく空けてください。",
    "Hours of a battery are numbers from 0.1 to 48. Leave the field empty where it is not known; never enter 0.",
);
const NO_FIGURE: Text = Text::fixed(
    "数値が一つもありません。分かっている数値を、少なくとも一つ入れてください。",
    "There is no figure: enter at least one that is known.",
);
const NO_NAME: Text = Text::fixed(
    "機種の名前に、文字か数字を入れてください。",
    "The model's name needs a letter or a figure.",
);
const SOURCE_MISSING: Text = Text::fixed(
    "数値をどこで見たか（取扱説明書の名前とページ、だれがいつ測ったかなど）を書いてください。",
    "Write down where the figures are from (which manual, which page, or who measured them and when).",
);
const VERIFIED_HALF: Text = Text::fixed(
    "照合した人と日は、両方入れるか、両方空けてください。",
    "Who compared it and on which day belong together: enter both, or neither.",
);
const VERIFIED_LATER: Text = Text::fixed(
    "照合した日が今日より後です。日付を確かめてください。",
    "The day on which it was compared lies after today: check the day.",
);
const NOTHING_CHANGED: Text = Text::fixed(
    "一覧にあるものと同じです。直すところを書き換えてください。",
    "That is what the list says already: change what is to be corrected.",
);

/// The catalogue, with who wrote down what, the latest first.
pub async fn catalogue(app: &App) -> Result<(Catalogue, Vec<DeviceChange>), ServiceError> {
    let mut tx = app.store.read().await?;
    of_store(&mut tx).await
}

/// The same in a unit of work of the caller.
pub(super) async fn of_store(tx: &mut Tx) -> Result<(Catalogue, Vec<DeviceChange>), ServiceError> {
    let changes = tx.device_changes().await?;
    let mut seen: Vec<&str> = Vec::new();
    let mut latest: Vec<DeviceModel> = Vec::new();
    for change in &changes {
        if !seen.contains(&change.key.as_str()) {
            seen.push(&change.key);
            latest.extend(change.model.clone());
        }
    }
    // Those that were added stand in the order in which they came.
    latest.reverse();
    Ok((Catalogue::with(latest), changes))
}

/// What the catalogue said of a model when somebody began to change it; empty: nothing.
pub fn mark(model: Option<&DeviceModel>) -> String {
    model.map_or_else(String::new, |model| {
        let text = serde_json::to_string(model).expect("figures become JSON");
        sha256_hex(text.as_bytes())
    })
}

/// Why figures are not taken: the field, and what to do.
fn wrong(model: &DeviceModel, today: NaiveDate) -> Option<(&'static str, Text)> {
    let watts = [model.rated_va, model.rated_watts, model.measured_watts];
    let hours = [model.internal_hours, model.external_hours];
    let no_figure = watts.iter().chain(&hours).all(Option::is_none);
    Some(match model.impossible() {
        Some(Impossible::Rated) => ("rated_watts", BAD_RATED),
        Some(Impossible::Measured) => ("measured_watts", BAD_MEASURED),
        Some(Impossible::WattsForVoltAmperes) => ("rated_va", WATTS_FOR_VA),
        Some(Impossible::Hours) => ("internal_hours", BAD_HOURS),
        None if model.key().is_empty() => ("model", NO_NAME),
        None if no_figure => ("measured_watts", NO_FIGURE),
        None if model.source.trim().is_empty() => ("source", SOURCE_MISSING),
        None => match &model.verified {
            Some((_, on)) if *on > today => ("verified_on", VERIFIED_LATER),
            _ => return None,
        },
    })
}

/// Of figures that are not there nobody can be sure.
fn tidy(model: &DeviceModel) -> DeviceModel {
    let watts = model.rated_va.or(model.rated_watts);
    let hours = model.internal_hours.or(model.external_hours);
    let low = |known: bool, said| if known { said } else { Confidence::Low };
    DeviceModel {
        watts_confidence: low(
            watts.or(model.measured_watts).is_some(),
            model.watts_confidence,
        ),
        hours_confidence: low(hours.is_some(), model.hours_confidence),
        ..model.clone()
    }
}

/// Writes down the figures of a model: one that is added, or one that is corrected where
/// nobody has meanwhile. `before`: what the page said of it.
pub async fn write(
    app: &App,
    sheet: Sheet<'_>,
    before: &str,
    (model, verified): (&DeviceModel, (Option<&str>, Option<NaiveDate>)),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let model = tidy(&DeviceModel {
        verified: verified.0.map(ToOwned::to_owned).zip(verified.1),
        ..model.clone()
    });
    let request = serde_json::json!({ "device_model": model, "before": before });
    once!(app, sheet, request, |tx| {
        if verified.0.is_some() != verified.1.is_some() {
            return Ok(Answer::Wrong("verified_by", VERIFIED_HALF));
        }
        if let Some((field, why)) = wrong(&model, at.today) {
            return Ok(Answer::Wrong(field, why));
        }
        let (catalogue, _) = of_store(tx).await?;
        let all = catalogue.all();
        let known = all.into_iter().find(|known| known.key() == model.key());
        if mark(known) != before {
            return Ok(Answer::Changed);
        }
        if known == Some(&model) {
            return Ok(Answer::Wrong("source", NOTHING_CHANGED));
        }
        let (by, note) = (verified.0.unwrap_or(""), model.note.as_deref());
        let words = format!("{}\n{}\n{by}", model.source, note.unwrap_or(""));
        let words = format!("{words}\n{}\n{}", model.maker, model.model);
        if names::somebody(tx, at, &words).await? {
            return Ok(Answer::Wrong("source", names::NAMES_SOMEBODY));
        }
        keep(app, tx, sheet, (&model.key(), Some(&model))).await?
    })
}

/// Takes back what was written of a model, where nobody has written meanwhile: the row
/// of the program's file counts again; one that had been added is none any more.
pub async fn take_back(
    app: &App,
    sheet: Sheet<'_>,
    (key, before): (&str, &str),
) -> Result<Answer, ServiceError> {
    let request = serde_json::json!({ "device_taken_back": key, "before": before });
    once!(app, sheet, request, |tx| {
        let (catalogue, _) = of_store(tx).await?;
        let own = catalogue.changed().iter().find(|known| known.key() == key);
        if own.is_none() || mark(own) != before {
            return Ok(Answer::Changed);
        }
        keep(app, tx, sheet, (key, None)).await?
    })
}

async fn keep(
    app: &App,
    tx: &mut Tx,
    sheet: Sheet<'_>,
    (key, model): (&str, Option<&DeviceModel>),
) -> Result<Answer, ServiceError> {
    let hand = (Some(sheet.who.user), app.moment().now);
    tx.add_device_change(app.ids.next(), (key, model), hand)
        .await?;
    tx.turn_world().await?;
    tx.record(&audit::event(app, sheet.who, Action::ChangedDevices))
        .await?;
    Ok(Answer::Done(key.to_owned()))
}
