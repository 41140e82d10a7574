//! A row becomes a case: child, home, plan.

use super::{
    FamilyRecord,
    cells::Cells,
    columns::{DESTINATIONS, SUPPORTERS, TRIGGER_HAZARDS},
    destination::destination,
    papers::{consents, trigger, unread},
};
use crate::{
    domain::{
        child::{Home, PlanStep, Sex, Stuck},
        id::CaseNumber,
        municipality::{self, MunicipalityCode},
        plan::{
            PlanDocument,
            document::{
                ChildItems, Contact, Device, DeviceKind, SCHEMA_VERSION, Supporter, TooLate,
            },
        },
        position::PositionAccuracy,
        text::{Text, key_form},
    },
    text,
};

/// The case of a row; `None`: the case number or the municipality cannot be
/// read. What else is wrong is gathered in `cells`.
pub(super) fn record(cells: &Cells<'_>) -> Option<FamilyRecord> {
    let (case, municipality) = (case(cells), municipality(cells));
    let stuck = stuck(cells);
    let (has_plan, plan_dated) = (cells.yes_no("has_plan"), cells.past_date("plan_dated"));
    let loan_started_on = cells.past_date("loan_started");
    // Every cell is read, so that a refusal names all that is wrong.
    let child = child(cells);
    let home = home(cells, municipality);
    let devices = devices(cells);
    let battery_hours = cells.number("battery_hours", &["時間", "h"], 0.0, 1000.0);
    let preparation_minutes = cells.minutes("preparation_minutes", 1440);
    let destinations = in_order(cells, DESTINATIONS, "destination", destination);
    let triggers = TRIGGER_HAZARDS.into_iter();
    let triggers = triggers
        .filter_map(|hazard| trigger(cells, hazard))
        .collect();
    let too_late = too_late(cells);
    let supporters = in_order(cells, SUPPORTERS, "supporter", supporter);
    let (consents, unread) = (consents(cells), unread(cells));
    let (vehicle, early_trigger) = (cells.text("vehicle"), cells.text("early_trigger"));
    if has_plan == Some(true) && stuck.is_some() && cells.in_sheet("step") {
        cells.warn(
            "step",
            Text::fixed(
                "計画が「あり」なので、段階は使いません。",
                "there is a plan, so the step is not used",
            ),
        );
    }
    let (case, municipality) = (case?, municipality?);
    Some(FamilyRecord {
        case: case.clone(),
        municipality,
        has_plan,
        stuck: stuck.filter(|_| has_plan != Some(true)),
        loan_started_on,
        plan_dated,
        moves_to: None,
        base_revision: None,
        document: PlanDocument {
            schema_version: SCHEMA_VERSION,
            case,
            child,
            home,
            devices,
            battery_hours,
            power: None,
            upstairs: None,
            preparation_minutes,
            vehicle,
            destinations,
            triggers,
            early_trigger,
            too_late,
            supporters,
            particulars: None,
            consents,
            unread,
        },
    })
}

fn case(cells: &Cells<'_>) -> Option<CaseNumber> {
    let Some(given) = cells.text("case") else {
        let text = Text::fixed("整理番号がありません。", "the case number is missing");
        cells.fault("case", text);
        return None;
    };
    cells.value("case", |_| {
        CaseNumber::parse(&given).map_err(|_| {
            text!(
                "「{given}」は整理番号にできません。英数字と - _ で32字までにしてください。",
                "`{given}` is no case number: up to 32 letters, digits, `-` or `_`"
            )
        })
    })
}

fn municipality(cells: &Cells<'_>) -> Option<MunicipalityCode> {
    if cells.text("municipality").is_none() {
        let text = Text::fixed("市町村がありません。", "the municipality is missing");
        cells.fault("municipality", text);
        return None;
    }
    let code = cells.value("municipality", municipality_of)?;
    if code.row().is_none() {
        cells.warn(
            "municipality",
            text!(
                "{code}はこのプログラムの市町村の表にない番号です。確かめてください。",
                "{code} is not in this program's table of municipalities: please check it"
            ),
        );
    }
    Some(code)
}

/// A municipality by code, or by name where one only is called so.
pub(in crate::import) fn municipality_of(given: &str) -> Result<MunicipalityCode, Text> {
    let form = key_form(given);
    if form.chars().all(|c| c.is_ascii_digit()) {
        return MunicipalityCode::parse(&form).map_err(|_| {
            let hint = form.len() == 4;
            let (ja, en) = if hint {
                ("先頭の0が消えていませんか。", " Is a 0 in front lost?")
            } else {
                ("", "")
            };
            text!(
                "「{given}」は市町村コードではありません。5桁、または検査数字の合う6桁で書いてください。{ja}",
                "`{given}` is no code of a municipality: five digits, or six with the right check digit.{en}"
            )
        });
    }
    let named: Vec<_> = municipality::all()
        .filter(|m| {
            let town = m.name.split_once('郡').map_or("", |(_, town)| town);
            form == m.name || (!town.is_empty() && form == town)
        })
        .collect();
    match named[..] {
        [] => MunicipalityCode::of_name(&form).ok_or_else(|| {
            text!(
                "「{given}」という市町村は見つかりません。43203 のようなコードか、熊本県人吉市のような名前で書いてください。",
                "there is no municipality `{given}`: write a code like 43203 or a name like 熊本県人吉市"
            )
        }),
        [one] => Ok(MunicipalityCode::parse(one.code).expect("the table holds codes")),
        _ => {
            let prefectures: Vec<&str> = named.iter().map(|m| m.prefecture).collect();
            let several = prefectures.join("・");
            Err(text!(
                "「{given}」はいくつかの県にあります（{several}）。県名から書いてください。",
                "`{given}` is the name of several municipalities ({several}): write the prefecture too"
            ))
        }
    }
}

fn child(cells: &Cells<'_>) -> ChildItems {
    let contact = |key: &str, who: &str| {
        let (value, who_text) = (cells.text(key), cells.text(who));
        if value.is_none() && who_text.is_some() {
            let text = Text::fixed(
                "連絡先がないので、続柄は使いません。",
                "there is no contact, so whose it would be is not used",
            );
            cells.warn(who, text);
        }
        suspect_a_lost_zero(cells, key, value.as_deref());
        value.map(|value| Contact {
            who: who_text,
            value,
        })
    };
    let family = [
        contact("contact1", "contact1_who"),
        contact("contact2", "contact2_who"),
    ];
    let contacts: Vec<Contact> = family
        .into_iter()
        .flatten()
        .chain(coordinator(cells))
        .collect();
    ChildItems {
        name: cells.text("name"),
        kana: cells.text("kana"),
        born: cells.past_date("born"),
        sex: cells.choice(
            "sex",
            &[
                ("女", Sex::Female),
                ("男", Sex::Male),
                ("その他", Sex::Other),
                ("未回答", Sex::NotAnswered),
                ("女性", Sex::Female),
                ("男性", Sex::Male),
                ("回答しない", Sex::NotAnswered),
            ],
        ),
        address: cells.text("address"),
        contacts,
        reason: cells.text("reason"),
        on_roster: cells.yes_no("on_roster"),
        roster_wish: cells.yes_no("roster_wish"),
    }
}

/// The coordinator, as a contact that pages know by its word. A name without
/// a number reaches nobody.
fn coordinator(cells: &Cells<'_>) -> Option<Contact> {
    let (name, phone) = (cells.text("coordinator"), cells.text("coordinator_phone"));
    if phone.is_none() && name.is_some() {
        cells.warn(
            "coordinator",
            Text::fixed(
                "コーディネーターの電話がないので、連絡先には入れません。",
                "without a telephone number the coordinator is no contact",
            ),
        );
    }
    suspect_a_lost_zero(cells, "coordinator_phone", phone.as_deref());
    phone.map(|value| Contact {
        who: Some(name.map_or_else(
            || "コーディネーター".to_owned(),
            |name| format!("コーディネーター（{name}）"),
        )),
        value,
    })
}

/// A spreadsheet takes a telephone number for a number and drops its first 0.
fn suspect_a_lost_zero(cells: &Cells<'_>, key: &str, phone: Option<&str>) {
    let digits = |phone: &str| phone.bytes().all(|b| b.is_ascii_digit());
    if let Some(phone) = phone.filter(|p| (9..=10).contains(&p.len()) && digits(p))
        && !phone.starts_with('0')
    {
        cells.warn(
            key,
            text!(
                "「{phone}」は電話番号の先頭の0が消えているようです。確かめてください。",
                "`{phone}` looks like a telephone number that has lost its first 0: please check it"
            ),
        );
    }
}

fn home(cells: &Cells<'_>, municipality: Option<MunicipalityCode>) -> Home {
    let (floors, room_floor) = (
        cells.number("floors", &["階建て", "階建", "階"], 1, 99),
        cells.storey("room_floor"),
    );
    if let (Some(floors), Some(room)) = (floors, room_floor)
        && room > floors
    {
        cells.fault(
            "room_floor",
            text!(
                "居室は{room}階ですが、建物は{floors}階建てです。",
                "the room is on storey {room}, but the building has {floors}"
            ),
        );
    }
    Home {
        municipality,
        position: cells.position("lat", "lon"),
        accuracy: cells.choice(
            "accuracy",
            &[
                ("現地測位", PositionAccuracy::Surveyed),
                ("建物", PositionAccuracy::Building),
                ("街区", PositionAccuracy::Block),
                ("町字", PositionAccuracy::TownCentroid),
                ("町字代表点", PositionAccuracy::TownCentroid),
            ],
        ),
        origin: None,
        floors,
        room_floor,
    }
}

fn devices(cells: &Cells<'_>) -> Vec<Device> {
    let ventilator = cells.text("ventilator").map(|model| Device {
        kind: DeviceKind::Ventilator,
        model: Some(model).filter(|model| !["あり", "有", "有り"].contains(&model.as_str())),
        watts: None,
    });
    ventilator.into_iter().collect()
}

/// What stands in the numbered groups, in their order. A gap before a later
/// one is remarked on, since the first is the first choice.
fn in_order<T>(
    cells: &Cells<'_>,
    most: usize,
    group: &str,
    read: fn(&Cells<'_>, &str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    for number in 1..=most {
        if let Some(one) = read(cells, &format!("{group}{number}_")) {
            found.push(one);
            let place = found.len();
            if place < number {
                cells.warn(
                    &format!("{group}{number}_name"),
                    text!(
                        "前の番号が空欄なので、{place}番目として扱います。",
                        "a number before it is empty, so this one counts as number {place}"
                    ),
                );
            }
        }
    }
    found
}

fn supporter(cells: &Cells<'_>, group: &str) -> Option<Supporter> {
    let key = |part: &str| format!("{group}{part}");
    let found = Supporter {
        name: cells.text(&key("name")),
        address: cells.text(&key("address")),
        contact: cells.text(&key("contact")),
        relation: cells.text(&key("relation")),
        agreed: cells.yes_no(&key("agreed")),
        ..Supporter::default()
    };
    (found != Supporter::default()).then_some(found)
}

fn too_late(cells: &Cells<'_>) -> Option<TooLate> {
    let found = TooLate {
        room: cells.text("too_late_room"),
        take: cells.text("too_late_take"),
        call: cells.text("too_late_call"),
        leaves_home: cells.yes_no("too_late_leaves"),
    };
    (found != TooLate::default()).then_some(found)
}

fn stuck(cells: &Cells<'_>) -> Option<Stuck> {
    let since = cells.past_date("step_since");
    let step = cells.choice(
        "step",
        &[
            ("未着手", PlanStep::NotStarted),
            ("申請前", PlanStep::BeforeApplication),
            ("申請済み", PlanStep::Applied),
            ("申請済み・市町村の対応待ち", PlanStep::Applied),
            ("作成中", PlanStep::Drafting),
            ("家族の確認待ち", PlanStep::WaitingForFamily),
            ("家族が希望しない", PlanStep::Declined),
        ],
    );
    if step.is_none() && since.is_some() {
        let text = Text::fixed(
            "段階がないので、段階の開始日は使いません。",
            "there is no step, so its first day is not used",
        );
        cells.warn("step_since", text);
    }
    step.map(|step| Stuck { step, since })
}
