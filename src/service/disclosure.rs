//! Disclosure (個人情報の保護に関する法律 第76条): everything that is stored about a
//! child. Those who help are in it with address and number: the plan that names
//! them is made with the family and handed to it, so that it knows them anyway
//! (第78条第1項第2号イ); whoever was taken out is not. Staff are named by role.

mod course;
mod told;

use serde_json::{Value, json};

use self::{course::Course, told::Told};
use super::{ServiceError, hand::Hand};
use crate::{
    app::App,
    clock::in_tokyo,
    domain::{
        access::Reader,
        audit::Action,
        id::CaseNumber,
        loan::{PartVerdict, check::CheckWay},
        print_number::PrintNumber,
        residence::Sight,
        rights::CorrectionRequest,
    },
    print::disclosure::{Disclosure, Part, base64},
    service::{check::Summary, view::SignedIn},
    store::{ChecksAbout, StoredCase, Views, person_key},
};

fn time(at: chrono::DateTime<chrono::Utc>) -> String {
    in_tokyo(at).format("%Y-%m-%d %H:%M").to_string()
}

fn millis(at: i64) -> Option<String> {
    chrono::DateTime::from_timestamp_millis(at).map(time)
}

/// Everything that is stored about a child; `None`: there is no such case for
/// this reader. That it was handed out is in the trail before it leaves.
pub async fn of(
    app: &App,
    who: Option<&SignedIn>,
    number: &CaseNumber,
) -> Result<Option<Disclosure>, ServiceError> {
    // The key is not used: nothing is written but the event.
    let hand = who.map_or(Hand::Operator, |who| Hand::Person(who, uuid::Uuid::nil()));
    let reader = hand.reader();
    let mut tx = app.store.read().await?;
    // Where an address is protected, the file that holds it is for those who are
    // named to see it.
    let protection = tx.protection(&Reader::Operator, app.moment(), number);
    if let (Some((_, named)), Some(who)) = (protection.await?, who)
        && !named.contains(&who.user)
    {
        return Ok(None);
    }
    let Some(stored) = tx.stored_about(&reader, app.moment(), number).await? else {
        return Ok(None);
    };
    let mut stored = stored;
    // The centre's checks are its municipality's to hand out where the family has agreed
    // that the two exchange them; the family itself has them always.
    let withheld = matches!(reader, Reader::Municipality(..)) && !stored.checks.exchanged;
    if withheld {
        stored.checks = ChecksAbout::default();
    }
    let words = Told::read(&mut tx, stored.id, (&reader, withheld)).await?;
    let course = Course::read(&mut tx, stored.id).await?;
    let views = tx.views_of(&reader, app.moment(), number).await?;
    let requests = tx
        .corrections_of(&reader, app.moment(), number, Sight::Revealed)
        .await?;
    let states = tx.supporter_states(stored.id).await?;
    drop(tx);
    let event = hand.event(app, Action::Disclosed).on([stored.id]);
    let (id, at) = (event.id, event.at);
    match who {
        Some(who) => super::audit::note(app, who, event).await?,
        None => app.store.note_read(event).await?,
    }
    let mut told = Vec::new();
    let current = stored.versions.iter().find(|v| v.in_force.1.is_none());
    for one in current.iter().flat_map(|v| &v.document.supporters) {
        let name = one.name.as_deref();
        let state = name.and_then(|name| states.get(&person_key(stored.id, name)));
        let (on, how) = state.and_then(|state| state.told).unzip();
        let how = how.map(crate::domain::rights::ToldHow::code);
        told.push(json!({"name": name, "told_on": on, "told_how": how}));
    }
    Ok(Some(Disclosure {
        case: stored.number.clone(),
        made: time(at),
        number: PrintNumber::of(id).to_string(),
        made_by: made_by(who),
        parts: parts(
            (&stored, &words, &course),
            told,
            &requests.into_iter().map(|r| r.request).collect::<Vec<_>>(),
            &views,
            withheld,
        ),
    }))
}

fn made_by(who: Option<&SignedIn>) -> String {
    who.map_or_else(
        || "運用者".to_owned(),
        |who| format!("{}（{}）", who.name, who.role().name().ja),
    )
}

fn parts(
    (stored, words, course): (&StoredCase, &Told, &Course),
    told: Vec<Value>,
    requests: &[CorrectionRequest],
    views: &Views,
    withheld: bool,
) -> Vec<Part> {
    let part = |title, note, content| Part {
        title,
        note,
        content,
    };
    let note = if withheld { WITHHELD } else { "" };
    let mut parts = vec![
        part("お子さん", "", json!(stored.child)),
        part(
            "登録",
            "",
            json!({
                "has_plan": stored.has_plan, "stuck_step": stored.stuck.0,
                "stuck_since": stored.stuck.1, "battery_hours": stored.battery_hours,
                "pass_phrase": stored.pass_phrase,
                "created": time(stored.dates.0), "changed": time(stored.dates.1),
                "ended_on": stored.ended.0, "ended_why": stored.ended.1,
            }),
        ),
        part("自宅", "新しい順。前の自宅も残っています。", homes(stored)),
        part(
            "個別避難計画",
            "新しい版から順に、すべての版。",
            versions(stored),
        ),
        part("計画の案と進み", "新しい順。", course.lines()),
        part("計画の不足", "", course.gaps()),
        part("計画の判定の例外", "", course.overrides()),
        part("計画を渡した記録", "", course.given()),
        part(
            "同意の答え",
            "「渡す相手」のない行は、計画を作ることについての答えです。",
            course.answers(),
        ),
        part(
            "機器と電源",
            "新しい順。前の記録も残っています。",
            equipment(stored),
        ),
        part("避難を手伝う方への連絡", "", Value::Array(told)),
        part("計画の確認と訓練", "", reviews(stored)),
        part("貸与", "", loans(stored)),
        part("貸与した発電機の年1回の確認", note, checks(stored)),
        part("確認のときの写真", "", photos(stored)),
    ];
    parts.extend(words.parts(note));
    parts.extend([
        part("見ることができる人", "", access(stored)),
        part(
            "だれが見たか・変えたか",
            if views.cut {
                "日ごとの回数。新しい50,000件まで。職員は役割で示します。"
            } else {
                "日ごとの回数。職員は役割で示します。一覧に載っていた回数も入ります。取り込みで登録・変更した日も、ここにあります。"
            },
            looked(views),
        ),
        part("ご家族のアカウント", "", accounts(stored)),
        part(
            "訂正の申出",
            "",
            json!(requests.iter().map(request).collect::<Vec<_>>()),
        ),
        part(
            "いまの判定",
            "計画と地図から計算したもの。",
            verdict(stored),
        ),
    ]);
    parts
}

fn equipment(stored: &StoredCase) -> Value {
    let states = stored.equipment.iter();
    let states = states.map(|(at, record)| json!({"recorded": time(*at), "power": record}));
    Value::Array(states.collect())
}

fn homes(stored: &StoredCase) -> Value {
    stored
        .homes
        .iter()
        .map(|one| json!({"home": one.home, "from": one.from, "until": one.until}))
        .collect()
}

fn versions(stored: &StoredCase) -> Value {
    stored
        .versions
        .iter()
        .map(|one| {
            json!({
                "version": one.version, "dated": one.dated, "document": one.document,
                "in_force_from": time(one.in_force.0), "in_force_until": one.in_force.1.map(time),
            })
        })
        .collect()
}

fn loans(stored: &StoredCase) -> Value {
    stored
        .loans
        .iter()
        .map(|l| json!({"started_on": l.started_on, "ended_on": l.ended_on, "ended_why": l.ended_why}))
        .collect()
}

const WITHHELD: &str = "貸与の情報を市町村と交換する同意がないため、センターの記録はこの写しに入りません。ご家族のページから作る写しには入ります。";

fn reviews(stored: &StoredCase) -> Value {
    let lines = stored.reviews.iter();
    lines
        .map(|(on, confirmed)| {
            let what = if *confirmed {
                "計画の確認"
            } else {
                "訓練"
            };
            json!({"day": on, "review": what})
        })
        .collect()
}

fn checks(stored: &StoredCase) -> Value {
    let part = |verdict| match verdict {
        PartVerdict::Fine => "よい",
        PartVerdict::Fails => "よくない",
        PartVerdict::Unknown => "確認していない",
    };
    let checks = stored.checks.checks.iter();
    checks
        .map(|one| {
            let check = &one.check;
            let way = CheckWay::from_code(&check.way).map(|way| way.name().ja);
            json!({
                "held_on": check.held_on, "check_way": way, "outcome": check.outcome().name().ja,
                "usage": part(check.usage), "usage_note": check.usage_note,
                "condition": part(check.condition), "hours_run": check.hours_run,
                "load_watts": check.load_watts, "oil_fine": check.oil_fine,
                "fuel_on": check.fuel_on, "outdoor_place": check.outdoor_place,
                "eligible": part(check.eligible), "check_note": check.note,
                "struck": one.struck,
            })
        })
        .collect()
}

fn photos(stored: &StoredCase) -> Value {
    let photos = stored.checks.photos.iter();
    photos
        .map(|one| {
            let picture = one.picture.as_ref();
            json!({
                "held_on": one.held_on, "added": time(one.added_at),
                "bytes": picture.map(Vec::len), "taken_out": picture.is_none(),
                "picture": picture.map(|bytes| format!("data:image/jpeg;base64,{}", base64(bytes))),
            })
        })
        .collect()
}

fn access(stored: &StoredCase) -> Value {
    stored
        .access
        .iter()
        .map(|a| {
            let until = a.until_at.map(time).or_else(|| a.until.clone());
            json!({"subject": a.subject, "ground": a.ground, "from": a.from, "until": until})
        })
        .collect()
}

fn looked(views: &Views) -> Value {
    let latest_first = views.counts.iter().rev();
    latest_first
        .map(|((day, subject, place, action), count)| {
            json!({"day": day, "subject": subject, "place": place, "action": action, "count": count})
        })
        .collect()
}

fn accounts(stored: &StoredCase) -> Value {
    stored
        .accounts
        .iter()
        .map(|one| {
            json!({
                "email": one.email, "name": one.name, "created": millis(one.created_at),
                "disabled": one.disabled_at.and_then(millis),
                "sessions": one.sessions, "links": one.links,
            })
        })
        .collect()
}

fn request(one: &CorrectionRequest) -> Value {
    let answer = one.answer.as_ref();
    json!({
        "field": one.field.code(), "proposed": one.proposed, "asked": time(one.asked),
        "answered": answer.map(|a| time(a.at)), "corrected": answer.map(|a| a.corrected),
        "answer": answer.map(|a| &a.words),
    })
}

/// The verdict in words that a family reads.
fn verdict(stored: &StoredCase) -> Value {
    let Some((day, body)) = &stored.verdict else {
        return Value::Null;
    };
    let Ok(summary) = serde_json::from_str::<Summary>(body) else {
        return Value::Null;
    };
    let worst = summary.worst.filter(|finding| !finding.staff_only);
    json!({
        "day": day,
        "finding": worst.as_ref().map(|finding| &finding.message_family.ja),
        "next_step": worst.as_ref().map(|finding| &finding.next_step.ja),
        "failing": summary.failing.values().sum::<usize>(),
        "unknowns": summary.unknowns,
    })
}
