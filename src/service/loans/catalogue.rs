//! The catalogue of generators, as the centre keeps it: the file of the program is its
//! first content, and what people write down here stands before it.

use chrono::NaiveDate;

use super::{Answer, Sheet, names, once};
use crate::{
    app::App,
    domain::{
        audit::Action,
        generator::{Catalogue, Confidence, GeneratorModel, Impossible},
        text::Text,
    },
    seal::sha256_hex,
    service::{ServiceError, audit},
    store::{ModelChange, Tx},
};

const BAD_RATED: Text = Text::fixed(
    "定格出力は100〜20,000 VAの数で入れてください。銘板の「定格出力」の数です（最大出力ではありません）。",
    "Rated output is a number from 100 to 20,000 VA: the one that the plate calls rated, not the largest.",
);
const BAD_CAPACITY: Text = Text::fixed(
    "タンクのリットル数か、一度に入るボンベの本数を、0より大きく100以下で入れてください。",
    "Enter the litres of the tank, or the canisters that it takes at once: more than 0, and 100 at most.",
);
const BAD_PER_HOUR: Text = Text::fixed(
    "1時間に使う量は、0より大きく50以下で入れてください（タンクの量÷運転時間）。",
    "What is burnt an hour is more than 0, and 50 at most (the tank divided by the hours it runs).",
);
const BAD_QUARTER: Text = Text::fixed(
    "4分の1負荷で使う量が、定格負荷より多くなっています。二つの数が入れ替わっていないか確かめてください。",
    "More is burnt at a quarter of the load than at rated load: see whether the two are exchanged.",
);
const SOURCE_MISSING: Text = Text::fixed(
    "数値をどこで見たか（取扱説明書の名前とページ、メーカーの資料など）を書いてください。",
    "Write down where the figures are from (which manual, which page, the maker's data sheet).",
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
    "カタログにあるものと同じです。直すところを書き換えてください。",
    "That is what the catalogue says already: change what is to be corrected.",
);

/// The catalogue, with who wrote down what, the latest first.
pub async fn catalogue(app: &App) -> Result<(Catalogue, Vec<ModelChange>), ServiceError> {
    let mut tx = app.store.read().await?;
    of_store(&mut tx).await
}

pub(in crate::service) async fn of_store(
    tx: &mut Tx,
) -> Result<(Catalogue, Vec<ModelChange>), ServiceError> {
    let changes = tx.model_changes().await?;
    let mut latest: Vec<GeneratorModel> = Vec::new();
    for change in &changes {
        if !latest.iter().any(|known| known.key() == change.model.key()) {
            latest.push(change.model.clone());
        }
    }
    // Those that were added stand in the order in which they came.
    latest.reverse();
    Ok((Catalogue::with(latest), changes))
}

/// What the catalogue said of a model when somebody began to change it; empty: nothing.
pub fn model_mark(model: Option<&GeneratorModel>) -> String {
    model.map_or_else(String::new, |model| {
        let text = serde_json::to_string(model).expect("figures become JSON");
        sha256_hex(text.as_bytes())
    })
}

/// Why figures are not taken.
fn wrong(model: &GeneratorModel, today: NaiveDate) -> Option<Answer> {
    let (field, why) = match model.impossible() {
        Some(Impossible::Rated) => ("rated_va", BAD_RATED),
        Some(Impossible::Capacity) => ("capacity", BAD_CAPACITY),
        Some(Impossible::PerHour) => ("per_hour_rated", BAD_PER_HOUR),
        Some(Impossible::Quarter) => ("per_hour_quarter", BAD_QUARTER),
        None if model.source.trim().is_empty() => ("source", SOURCE_MISSING),
        None => match &model.verified {
            Some((_, on)) if *on > today => ("verified_on", VERIFIED_LATER),
            _ => return None,
        },
    };
    Some(Answer::Wrong(field, why))
}

/// Writes down the figures of a model: one that is added, or one that is corrected where
/// nobody has meanwhile. `before`: what the page said of it.
pub async fn write_model(
    app: &App,
    sheet: Sheet<'_>,
    before: &str,
    (model, verified): (&GeneratorModel, (Option<&str>, Option<NaiveDate>)),
) -> Result<Answer, ServiceError> {
    let at = app.moment();
    let model = GeneratorModel {
        verified: verified.0.map(ToOwned::to_owned).zip(verified.1),
        ..model.clone()
    };
    let request = serde_json::json!({ "generator_model": model, "before": before });
    once!(app, sheet, request, |tx| {
        if verified.0.is_some() != verified.1.is_some() {
            return Ok(Answer::Wrong("verified_by", VERIFIED_HALF));
        }
        if let Some(wrong) = wrong(&model, at.today) {
            return Ok(wrong);
        }
        let (catalogue, _) = of_store(tx).await?;
        let all = catalogue.all();
        let known = all.into_iter().find(|known| known.key() == model.key());
        if model_mark(known) != before {
            return Ok(Answer::Changed);
        }
        // What somebody has compared with a data sheet was read there.
        let model = GeneratorModel {
            confidence: if model.verified.is_some() {
                Confidence::High
            } else {
                model.confidence
            },
            ..model.clone()
        };
        if known == Some(&model) {
            return Ok(Answer::Wrong("source", NOTHING_CHANGED));
        }
        let words = format!("{}\n{}", model.source, model.note.as_deref().unwrap_or(""));
        if names::somebody(tx, at, &words).await? {
            return Ok(Answer::Wrong("source", names::NAMES_SOMEBODY));
        }
        let hand = (Some(sheet.who.user), at.now);
        tx.add_model(app.ids.next(), &model, hand).await?;
        // Hours rest on what a generator burns.
        tx.turn_world().await?;
        tx.record(&audit::event(app, sheet.who, Action::ChangedCatalogue))
            .await?;
        Answer::Done(model.key())
    })
}
