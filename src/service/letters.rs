//! The texts of the centre's letters: read, changed, looked at, filled in.

use uuid::Uuid;

use super::{
    ServiceError, audit,
    once::{Came, DONE, Once},
    view::SignedIn,
};
use crate::{
    app::App,
    domain::{
        audit::{AboutKind, Action},
        letter::{Filled, LetterKind, LetterTemplate, LetterText, Mistake, Values},
    },
    in_tx,
    print::{
        papers::{
            Office, Person, Unit,
            letter::{Letter, letter},
            receipt::{KitItem, Receipt, receipt},
        },
        pdf::{Paper, PdfError},
    },
    store::{LetterVersion, NewLetterVersion, Tx},
};

/// A letter's text in force, and how it came to be.
#[derive(Debug, Clone)]
pub struct LetterPage {
    /// Which letter.
    pub kind: LetterKind,
    /// The text in force.
    pub text: LetterText,
    /// It is the text of the program.
    pub is_default: bool,
    /// The number that a change must name; 0: nobody has changed it.
    pub revision: i64,
    /// Every change, the newest first.
    pub history: Vec<LetterVersion>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterOutcome {
    /// It is the text in force.
    Saved,
    /// It was so already: nothing is put on record.
    Unchanged,
    /// Somebody else changed it first.
    Stale,
    /// The same key came with another content.
    OtherBody,
    /// The text cannot be used.
    Refused(Vec<Mistake>),
}

/// A letter as it would be printed, with invented values.
#[derive(Debug)]
pub enum Preview {
    /// The paper.
    Paper(Paper),
    /// The text cannot be used.
    Refused(Vec<Mistake>),
    /// No paper can be set.
    NoPaper(PdfError),
}

/// Every letter with its text in force.
pub async fn list(app: &App) -> Result<Vec<LetterPage>, ServiceError> {
    let mut tx = app.store.read().await?;
    let mut pages = Vec::new();
    for kind in LetterKind::ALL {
        pages.push(of(&mut tx, kind).await?);
    }
    Ok(pages)
}

/// One letter.
pub async fn page(app: &App, kind: LetterKind) -> Result<LetterPage, ServiceError> {
    let mut tx = app.store.read().await?;
    of(&mut tx, kind).await
}

async fn of(tx: &mut Tx, kind: LetterKind) -> Result<LetterPage, ServiceError> {
    let history = tx.letter_versions(kind).await?;
    let newest = history.first();
    let text = newest.and_then(|version| version.text.clone());
    Ok(LetterPage {
        kind,
        is_default: text.is_none(),
        text: text.unwrap_or_else(|| kind.default_text()),
        revision: newest.map_or(0, |version| version.version),
        history,
    })
}

/// The words of a letter, filled in with what is known. Whoever makes it looks
/// at the gaps.
pub async fn fill(tx: &mut Tx, kind: LetterKind, values: &Values) -> Result<Filled, ServiceError> {
    let stored = tx.letter_in_force(kind).await?;
    let text = stored
        .and_then(|version| version.text)
        .unwrap_or_else(|| kind.default_text());
    let template = LetterTemplate::parse(kind, &text)
        .map_err(|_| ServiceError::Corrupt("letter_version.body"))?;
    Ok(template.fill(values))
}

/// Changes a letter's text, on top of the version that was looked at.
pub async fn change(
    app: &App,
    who: &SignedIn,
    kind: LetterKind,
    text: LetterText,
    revision: i64,
    key: Uuid,
) -> Result<LetterOutcome, ServiceError> {
    let text = tidy(&text);
    if let Err(mistakes) = LetterTemplate::parse(kind, &text) {
        return Ok(LetterOutcome::Refused(mistakes));
    }
    put(app, who, kind, Some(&text), revision, key).await
}

/// Goes back to the text of the program.
pub async fn reset(
    app: &App,
    who: &SignedIn,
    kind: LetterKind,
    revision: i64,
    key: Uuid,
) -> Result<LetterOutcome, ServiceError> {
    put(app, who, kind, None, revision, key).await
}

async fn put(
    app: &App,
    who: &SignedIn,
    kind: LetterKind,
    text: Option<&LetterText>,
    revision: i64,
    key: Uuid,
) -> Result<LetterOutcome, ServiceError> {
    let now = app.clock.now();
    let request = serde_json::json!({
        "letter": kind.code(),
        "subject": text.map(|text| &text.subject),
        "body": text.map(|text| &text.body),
        "revision": revision,
    });
    let once = Once::new(who.user, key, &request);
    let id = app.ids.next();
    in_tx!(app.store, |tx| {
        match once.came(tx).await? {
            Came::First => {}
            Came::Again(_) => return Ok(LetterOutcome::Saved),
            Came::Otherwise => return Ok(LetterOutcome::OtherBody),
        }
        let stored = tx.letter_in_force(kind).await?;
        let (at, is) = stored.map_or((0, None), |v| (v.version, v.text));
        if at == revision && is.as_ref() == text {
            return Ok(LetterOutcome::Unchanged);
        }
        let new = NewLetterVersion {
            id,
            kind,
            after: revision,
            text,
            by: who.user,
        };
        if !tx.add_letter_version(&new, now).await? {
            return Ok(LetterOutcome::Stale);
        }
        let event = audit::event(app, who, Action::ChangedLetter);
        tx.record(&event.about(AboutKind::Letter, id)).await?;
        once.keep(app, tx, DONE).await?;
        Ok(LetterOutcome::Saved)
    })
}

/// A text as it is kept: the line ends of a form are those of the web.
fn tidy(text: &LetterText) -> LetterText {
    let lines = text.body.replace("\r\n", "\n").replace('\r', "\n");
    LetterText {
        subject: text.subject.trim().to_owned(),
        body: lines.trim_end().to_owned(),
    }
}

/// Prints a text that may not be saved yet, with invented values (【デモ】).
pub async fn preview(
    app: &App,
    kind: LetterKind,
    text: LetterText,
) -> Result<Preview, ServiceError> {
    let template = match LetterTemplate::parse(kind, &tidy(&text)) {
        Ok(template) => template,
        Err(mistakes) => return Ok(Preview::Refused(mistakes)),
    };
    let values = kind
        .placeholders()
        .iter()
        .map(|place| (*place, place.example().to_owned()))
        .collect();
    let (filled, today) = (template.fill(&values), app.clock.today());
    let set = tokio::task::spawn_blocking(move || match kind {
        LetterKind::Receipt => receipt(&demo_receipt(filled, today)),
        _ => letter(&demo_letter(kind, filled, today)),
    });
    Ok(match set.await.map_err(std::io::Error::from)? {
        Ok(paper) => Preview::Paper(paper),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no preview");
            Preview::NoPaper(error)
        }
    })
}

fn demo_centre() -> Office {
    Office {
        name: "【デモ】医療的ケア児支援センター".to_owned(),
        address: None,
        telephone: Some("096-000-0000".to_owned()),
    }
}

fn demo_letter(kind: LetterKind, filled: Filled, today: chrono::NaiveDate) -> Letter {
    Letter {
        number: Some("【デモ】第0号".to_owned()),
        day: Some(today),
        recipient: vec!["【デモ】𠮷田 髙子　様".to_owned()],
        sender: vec![
            demo_centre().name,
            "センター長　【デモ】阿蘇 一郎".to_owned(),
        ],
        subject: filled.subject,
        paragraphs: filled.paragraphs,
        signature: vec![
            "（問合せ先）".to_owned(),
            demo_centre().name,
            "電話 096-000-0000".to_owned(),
        ],
        confidential: kind.is_confidential(),
    }
}

fn demo_receipt(filled: Filled, today: chrono::NaiveDate) -> Receipt {
    let person = |name: &str| Person {
        name: name.to_owned(),
        kana: None,
    };
    let item = |name: &str| KitItem {
        name: name.to_owned(),
        count: 1,
        handed: true,
        note: None,
    };
    Receipt {
        number: None,
        programme: "【デモ】生命の応援事業".to_owned(),
        centre: demo_centre(),
        child: person("【デモ】𠮷田 灯"),
        guardian: person("【デモ】𠮷田 髙子"),
        address: Some("【デモ】市【デモ】町1-2-3".to_owned()),
        unit: Unit {
            model: "【デモ】".to_owned(),
            serial: "DEMO-000001".to_owned(),
        },
        hertz: Some(60),
        kit: ["延長コード", "一酸化炭素警報器", "取扱説明書"]
            .map(item)
            .to_vec(),
        handed_on: Some(today),
        lent_until: None,
        extended: false,
        apply_by: None,
        applied_on: None,
        window: None,
        conditions: filled.paragraphs,
    }
}
