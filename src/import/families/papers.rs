//! When to leave, and the papers of a row: consents, recipients, what could
//! not be read.

use super::{
    cells::{Cells, word},
    destination::pieces,
};
use crate::{
    domain::{
        calendar::era,
        consent::Recipient,
        hazard::Hazard,
        plan::document::{ConsentRecord, Consents, Explanation, Item, Provision, StartTrigger},
        text::{Text, key_form},
        warning::{self, EvacuationLevel},
    },
    text,
};

const ITEMS: [(&str, Item); 24] = [
    ("氏名", Item::Name),
    ("生年月日", Item::Born),
    ("性別", Item::Sex),
    ("住所", Item::Address),
    ("連絡先", Item::Contact),
    ("事由", Item::Reason),
    ("避難支援等実施者", Item::Supporters),
    ("支援者", Item::Supporters),
    ("避難先", Item::Destinations),
    ("避難経路", Item::Route),
    ("経路", Item::Route),
    ("作成の同意", Item::ConsentToMake),
    ("説明", Item::Explanation),
    ("提供の同意", Item::ConsentToProvide),
    ("出発のきっかけ", Item::Triggers),
    ("きっかけ", Item::Triggers),
    ("逃げ遅れたとき", Item::TooLate),
    ("逃げ遅れ", Item::TooLate),
    ("台風の早めのきっかけ", Item::EarlyTrigger),
    ("早めのきっかけ", Item::EarlyTrigger),
    ("移動手段", Item::Vehicle),
    ("車", Item::Vehicle),
    ("受入れの合意", Item::Agreement),
    ("合意", Item::Agreement),
];

const RECIPIENTS: [(&str, Recipient); 17] = [
    ("消防", Recipient::FireService),
    ("消防署", Recipient::FireService),
    ("消防本部", Recipient::FireService),
    ("警察", Recipient::Police),
    ("警察署", Recipient::Police),
    ("民生委員・児童委員", Recipient::WelfareCommissioner),
    ("民生委員", Recipient::WelfareCommissioner),
    ("社会福祉協議会", Recipient::SocialWelfareCouncil),
    ("社協", Recipient::SocialWelfareCouncil),
    ("自主防災組織・自治会", Recipient::CommunityGroup),
    ("自主防災組織", Recipient::CommunityGroup),
    ("自治会", Recipient::CommunityGroup),
    ("医療的ケア児支援センター", Recipient::SupportCentre),
    ("支援センター", Recipient::SupportCentre),
    ("医療機関", Recipient::Hospital),
    ("病院", Recipient::Hospital),
    ("その他", Recipient::Other),
];

/// Items that stand on the paper but could not be read.
pub(super) fn unread(cells: &Cells<'_>) -> Vec<Item> {
    cells
        .value("unread", |cell| {
            pieces(cell).map(|piece| word(piece, &ITEMS)).collect()
        })
        .unwrap_or_default()
}

/// When to leave for a hazard: `3`, `警戒レベル3`, `高齢者等避難`, both, or
/// `高齢者等避難（警戒レベル3）`.
pub(super) fn trigger(cells: &Cells<'_>, hazard: Hazard) -> Option<StartTrigger> {
    let key = format!("trigger_{}", hazard.code());
    let lead_minutes = cells.minutes(&format!("lead_minutes_{}", hazard.code()), 10_080);
    let written = cells
        .text(&key)
        .and_then(|_| cells.value(&key, level_and_name));
    if written.is_none() && lead_minutes.is_none() {
        return None;
    }
    let (level, name) = written.unwrap_or_default();
    if let Some(name) = &name
        && hazard.has_levels()
        && !is_known(name, hazard)
    {
        cells.warn(
            &key,
            text!(
                "「{name}」は警報や避難情報の名前として知られていません。「3 高齢者等避難」のように書くと、いつ出るのか確かめられます。",
                "`{name}` is no name of a warning that is known here: written like `3 高齢者等避難`, it can be checked"
            ),
        );
    }
    Some(StartTrigger {
        hazard,
        level,
        name,
        lead_minutes,
    })
}

fn is_known(name: &str, hazard: Hazard) -> bool {
    let mut rows = warning::names().iter();
    rows.any(|row| row.name == name && row.hazard.is_none_or(|h| h == hazard))
}

fn level_and_name(cell: &str) -> Result<(Option<EvacuationLevel>, Option<String>), Text> {
    let form = key_form(cell);
    let (front, behind) = match form.rsplit_once('(') {
        Some((name, rest)) if rest.contains("レベル") => (rest.trim_end_matches(')'), name),
        _ => (form.as_str(), ""),
    };
    let rest = front
        .strip_prefix("警戒レベル")
        .or_else(|| front.strip_prefix("レベル"))
        .unwrap_or(front);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at(digits);
    let level = match number {
        "" => None,
        number => Some(
            number
                .parse::<u8>()
                .ok()
                .and_then(|number| EvacuationLevel::try_from(number).ok())
                .ok_or_else(|| {
                    text!(
                        "「{cell}」の警戒レベルは1から5までの数ではありません。",
                        "the level in `{cell}` is not one of 1 to 5"
                    )
                })?,
        ),
    };
    let rest = match level {
        Some(_) => rest.trim_start_matches("相当").trim_start_matches("以上"),
        None => rest,
    };
    let marks = ['(', ')', ':', '・', '、', ',', '/', '「', '」'];
    let name = [behind, rest].map(|part| part.trim_matches(marks)).concat();
    Ok((level, Some(name).filter(|name| !name.is_empty())))
}

/// Consents, and the explanation before them.
pub(super) fn consents(cells: &Cells<'_>) -> Consents {
    let given = cells.yes_no("consent_make");
    let (on, by) = (
        cells.past_date("consent_make_on"),
        cells.text("consent_make_by"),
    );
    if given.is_none() && (on.is_some() || by.is_some()) {
        cells.warn(
            "consent_make",
            Text::fixed(
                "作成の同意が空欄なので、同意日と同意者は使いません。",
                "the consent to make the plan is empty, so its day and by whom are not used",
            ),
        );
    }
    let (explained_on, explained_by) =
        (cells.past_date("explained_on"), cells.text("explained_by"));
    if explained_on.is_none() && explained_by.is_some() {
        cells.warn(
            "explained_on",
            Text::fixed(
                "説明日がないので、説明の記録はないものとして扱います。",
                "the day of the explanation is missing: it counts as not on record",
            ),
        );
    }
    Consents {
        make: given.map(|given| ConsentRecord {
            given,
            on,
            by,
            form: None,
        }),
        explained: explained_on.map(|on| Explanation {
            on,
            by: explained_by,
            version: None,
        }),
        provide: cells
            .value("provide", |cell| provisions(cells, cell))
            .unwrap_or_default(),
        ordinance: None,
    }
}

/// `消防=同意(2026-04-01)、民生委員=未確認、その他（【デモ】灯薬局）=拒否`.
fn provisions(cells: &Cells<'_>, cell: &str) -> Result<Vec<Provision>, Text> {
    let mut depth = 0_i32;
    let list = cell.split(|c: char| {
        depth += i32::from("(（".contains(c)) - i32::from(")）".contains(c));
        depth == 0 && "、,，､;；\n".contains(c)
    });
    let mut found: Vec<Provision> = Vec::new();
    for piece in list.map(str::trim).filter(|piece| !piece.is_empty()) {
        let one = provision(cells, piece)?;
        let same = |other: &Provision| other.recipient == one.recipient && other.name == one.name;
        if found.iter().any(same) {
            let who = one.recipient.name();
            cells.warn(
                "provide",
                Text::new(
                    format!(
                        "「{}」への答えが2つあります。拒否があれば拒否として扱います。いまの答えだけを残してください。",
                        who.ja
                    ),
                    format!(
                        "there are two answers for {}: a refusal counts before a consent. Leave the present one only",
                        who.en
                    ),
                ),
            );
        }
        found.push(one);
    }
    Ok(found)
}

fn provision(cells: &Cells<'_>, piece: &str) -> Result<Provision, Text> {
    let form = key_form(piece);
    let (who, answer) = form.split_once('=').unwrap_or((&form, ""));
    let (who, name) = in_brackets(who);
    let recipient = word(who, &RECIPIENTS)?;
    let (answer, on) = in_brackets(answer);
    let given = match answer {
        "同意" | "あり" => Some(true),
        "拒否" | "不同意" | "なし" => Some(false),
        "" | "未確認" | "不明" => None,
        other => {
            return Err(text!(
                "「{other}」は読めません。同意・拒否・未確認のどれかにしてください。",
                "`{other}` is not one of 同意 (given), 拒否 (refused), 未確認 (not answered)"
            ));
        }
    };
    let on = on.map(era::parse_date).transpose();
    let on = on.map_err(|bad| bad.text())?;
    let on = on.map(|day| cells.not_to_come(day)).transpose()?;
    Ok(Provision {
        recipient,
        name: name.map(str::to_owned),
        consent: given.map(|given| ConsentRecord {
            given,
            on,
            by: None,
            form: None,
        }),
    })
}

/// What stands before a bracket, and in it.
fn in_brackets(text: &str) -> (&str, Option<&str>) {
    match text.split_once('(') {
        Some((before, inside)) => {
            let inside = inside.strip_suffix(')').unwrap_or(inside);
            (before, Some(inside).filter(|inside| !inside.is_empty()))
        }
        None => (text, None),
    }
}
