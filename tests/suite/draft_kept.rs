//! What a step of a draft keeps as it is written: what cannot be is refused at its field, and
//! what stands in no form is not lost to somebody who is typing.

use tomoshibi::domain::{plan::document::Destination, site::ConfirmedPower};

use crate::{freshness::filled, life::At, support::engines::Database};

crate::on_every_engine!(
    what_cannot_be_is_refused_at_its_field,
    a_name_that_is_being_typed_loses_nothing_that_is_known_of_its_place,
);

async fn what_cannot_be_is_refused_at_its_field(db: Database) {
    let app = filled(&db).await;
    let town = At::town(&app, "X-1003").await;
    town.done("/draft", &[]).await;
    let revision = town.revision().await;
    let high = [
        ("/home/floors", "2"),
        ("/home/room_floor", "9"),
        ("revision", revision.as_str()),
        ("then", "stay"),
    ];
    let said = town.refused("/draft/home", &high).await;
    assert!(said.contains("建物の階数より上"), "{said}");
    let long = [
        ("/battery_hours", "280"),
        ("revision", revision.as_str()),
        ("then", "stay"),
    ];
    let said = town.refused("/draft/power", &long).await;
    assert!(said.contains("小数点と単位"), "{said}");
    assert!(said.contains("280"), "what was typed stays");
    assert_eq!(town.revision().await, revision);
}

fn yes_or_no(answer: Option<bool>) -> String {
    answer
        .map_or("", |yes| if yes { "yes" } else { "no" })
        .to_owned()
}

/// The step of the places as its form sends it.
async fn places(town: &At<'_>, all: &[Destination]) {
    let mut form: Vec<(String, String)> = Vec::new();
    for (place, one) in all.iter().enumerate() {
        let kind = serde_json::to_value(one.kind).expect("a word");
        let kind = kind.as_str().expect("a word").to_owned();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let power =
            |part: fn(&ConfirmedPower) -> String| one.power.as_ref().map(part).unwrap_or_default();
        let fields = [
            ("kind", kind),
            ("name", text(&one.name)),
            ("site", text(&one.site)),
            ("address", text(&one.address)),
            ("route", text(&one.route)),
            ("direct_allowed", yes_or_no(one.direct_allowed)),
            ("power/socket", power(|it| it.socket.clone())),
            ("power/confirmed_by", power(|it| it.confirmed_by.clone())),
            ("power/valid_until", power(|it| it.valid_until.to_string())),
        ];
        let named = fields.map(|(key, value)| (format!("/destinations/{place}/{key}"), value));
        form.extend(named);
    }
    let mut fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    fields.push(("then", "stay"));
    town.act("/draft/where", &fields).await;
}

async fn a_name_that_is_being_typed_loses_nothing_that_is_known_of_its_place(db: Database) {
    let (app, _) = crate::demo::filled(&db).await;
    let town = At::town(&app, "D-0017").await;
    town.done("/draft", &[]).await;
    let written = async || {
        let draft = town.draft().await.expect("a draft");
        draft.document.expect("it says something").destinations
    };
    let before = written().await;
    let known = |one: &Destination| one.power.is_some() && one.site.is_none();
    let place = before.iter().position(known);
    let place = place.expect("a place whose power stands in the plan alone");
    // The step saves itself while somebody types the name once more.
    let mut typing = before.clone();
    typing[place].name = before[place].name.as_ref().map(|name| {
        let most = name.chars().count() - 1;
        name.chars().take(most).collect()
    });
    places(&town, &typing).await;
    let halfway = written().await;
    assert!(
        halfway[place].position.is_none(),
        "of another place nobody knows"
    );
    assert_eq!(halfway[place].power, before[place].power, "it is typed");
    places(&town, &before).await;
    let after = written().await;
    assert_eq!(after[place].power, before[place].power);
    assert_eq!(after[place].direct_allowed, before[place].direct_allowed);
    assert_eq!(after[place].position, before[place].position);
    assert_eq!(after[place].drill_minutes, before[place].drill_minutes);
    // What is cleared is gone, and half of a confirmation is asked for.
    let mut cleared = before.clone();
    cleared[place].power = None;
    cleared[place].direct_allowed = None;
    places(&town, &cleared).await;
    let after = written().await;
    assert_eq!(
        (&after[place].power, after[place].direct_allowed),
        (&None, None)
    );
    let half = [
        ("/destinations/0/kind", "relative"),
        ("/destinations/0/power/socket", "玄関のコンセント"),
        ("then", "stay"),
        ("revision", &town.revision().await),
    ];
    let said = town.refused("/draft/where", &half).await;
    assert_eq!(said.matches("ここも記入してください").count(), 2, "{said}");
}
