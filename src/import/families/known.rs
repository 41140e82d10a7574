//! What is stored of a case, as the cells of a row: a sheet that lacks a column
//! says nothing about it, and what is stored stands in for its cell.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    FamilyRecord,
    cells::Cells,
    columns::{DESTINATIONS, SUPPORTERS, TRIGGER_HAZARDS},
};
use crate::domain::{
    child::{Home, Stuck},
    municipality::MunicipalityCode,
    plan::{
        PlanDocument,
        document::{
            ChildItems, Contact, Destination, Device, DeviceKind, Provision, StartTrigger,
            Supporter,
        },
    },
    position::Position,
    residence::NewHome,
    text::{Text, address_form},
};
use crate::{spatial::position::metres_between, text};

/// What is stored of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Counts the changes of the case.
    pub revision: i64,
    /// Whether it has a plan.
    pub has_plan: Option<bool>,
    /// The plan's date.
    pub plan_dated: Option<NaiveDate>,
    /// Where it is stuck.
    pub stuck: Option<Stuck>,
    /// The child's items.
    pub child: ChildItems,
    /// The home as it is now.
    pub home: Home,
    /// Hours that all batteries last together.
    pub battery_hours: Option<f64>,
    /// The plan in force.
    pub document: Option<PlanDocument>,
}

/// The cells of a row by the key of their column.
#[derive(Debug, Default)]
pub(super) struct Image(HashMap<String, String>);

impl Image {
    /// A stored case as a row.
    pub(super) fn of(known: &Known) -> Self {
        let mut image = Self::default();
        image.yes("has_plan", known.has_plan);
        image.put("plan_dated", known.plan_dated);
        if let Some(stuck) = known.stuck {
            image.put("step", Some(stuck.step.code()));
            image.put("step_since", stuck.since);
        }
        image.child(&known.child);
        image.home(&known.home);
        image.put("battery_hours", known.battery_hours);
        if let Some(document) = &known.document {
            image.plan(document);
        }
        image
    }

    /// A cell.
    pub(super) fn cell(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    fn put(&mut self, key: impl Into<String>, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.insert(key.into(), value.to_string());
        }
    }

    fn yes(&mut self, key: impl Into<String>, value: Option<bool>) {
        self.put(key, value.map(|yes| if yes { "はい" } else { "いいえ" }));
    }

    /// A word of a JSON document, which a cell may hold too.
    fn code(&mut self, key: impl Into<String>, value: Option<impl Serialize>) {
        self.put(key, value.map(|value| word(&value)));
    }

    fn child(&mut self, child: &ChildItems) {
        self.put("name", child.name.as_ref());
        self.put("kana", child.kana.as_ref());
        self.put("born", child.born);
        self.code("sex", child.sex);
        self.put("address", child.address.as_ref());
        self.put("reason", child.reason.as_ref());
        self.yes("on_roster", child.on_roster);
        self.yes("roster_wish", child.roster_wish);
        for (number, contact) in (1..).zip(of_family(child).take(2)) {
            self.put(format!("contact{number}"), Some(&contact.value));
            self.put(format!("contact{number}_who"), contact.who.as_ref());
        }
        if let Some(contact) = child.contacts.iter().find(|c| c.is_coordinator()) {
            let name = contact.who.as_deref().and_then(|who| {
                let (_, rest) = who.split_once('（')?;
                rest.strip_suffix('）')
            });
            self.put("coordinator", name);
            self.put("coordinator_phone", Some(&contact.value));
        }
    }

    fn home(&mut self, home: &Home) {
        self.put("lat", home.position.map(Position::lat));
        self.put("lon", home.position.map(Position::lon));
        self.code("accuracy", home.accuracy);
        self.put("floors", home.floors);
        self.put("room_floor", home.room_floor);
    }

    fn plan(&mut self, plan: &PlanDocument) {
        let ventilator = |d: &&_| is_ventilator(d);
        if let Some(device) = plan.devices.iter().find(ventilator) {
            let model = device.model.as_deref();
            self.put("ventilator", Some(model.unwrap_or("あり")));
        }
        self.put("preparation_minutes", plan.preparation_minutes);
        self.put("vehicle", plan.vehicle.as_ref());
        self.put("early_trigger", plan.early_trigger.as_ref());
        for (number, destination) in (1..=DESTINATIONS).zip(&plan.destinations) {
            self.destination(&format!("destination{number}_"), destination);
        }
        for (number, supporter) in (1..=SUPPORTERS).zip(&plan.supporters) {
            self.supporter(&format!("supporter{number}_"), supporter);
        }
        for trigger in &plan.triggers {
            let code = trigger.hazard.code();
            let level = trigger.level.map(|level| level.number().to_string());
            let words: Vec<&str> = level
                .iter()
                .chain(&trigger.name)
                .map(String::as_str)
                .collect();
            let written = Some(words.join(" ")).filter(|words| !words.is_empty());
            self.put(format!("trigger_{code}"), written);
            self.put(format!("lead_minutes_{code}"), trigger.lead_minutes);
        }
        if let Some(line) = &plan.too_late {
            self.put("too_late_room", line.room.as_ref());
            self.put("too_late_take", line.take.as_ref());
            self.put("too_late_call", line.call.as_ref());
            self.yes("too_late_leaves", line.leaves_home);
        }
        let consents = &plan.consents;
        if let Some(make) = &consents.make {
            self.yes("consent_make", Some(make.given));
            self.put("consent_make_on", make.on);
            self.put("consent_make_by", make.by.as_ref());
        }
        if let Some(explained) = &consents.explained {
            self.put("explained_on", Some(explained.on));
            self.put("explained_by", explained.by.as_ref());
        }
        let provide: Vec<String> = consents.provide.iter().map(provision).collect();
        self.put(
            "provide",
            Some(provide.join("、")).filter(|p| !p.is_empty()),
        );
        let unread: Vec<String> = plan.unread.iter().map(word).collect();
        self.put("unread", Some(unread.join("、")).filter(|u| !u.is_empty()));
    }

    fn destination(&mut self, group: &str, to: &Destination) {
        let key = |part: &str| format!("{group}{part}");
        self.code(key("kind"), Some(to.kind));
        self.put(key("site"), to.site.as_ref());
        self.put(key("name"), to.name.as_ref());
        self.put(key("address"), to.address.as_ref());
        self.put(key("lat"), to.position.map(Position::lat));
        self.put(key("lon"), to.position.map(Position::lon));
        let hazards = to.hazards.as_ref().map(|list| {
            let names: Vec<_> = list.iter().map(|hazard| hazard.name().ja).collect();
            names.join("、")
        });
        self.put(key("hazards"), hazards);
        self.put(key("route"), to.route.as_ref());
        self.code(key("travel_by"), to.travel_by);
        self.put(key("drill_minutes"), to.drill_minutes);
        self.put(key("family_minutes"), to.family_minutes);
        self.put(key("companions"), to.companions);
        self.put(key("lowest_floor"), to.lowest_floor);
        self.put(key("highest_floor"), to.highest_floor);
        if let Some(power) = &to.power {
            self.put(key("power_socket"), Some(&power.socket));
            self.put(key("power_by"), Some(&power.confirmed_by));
            self.put(key("power_until"), Some(power.valid_until));
        }
        self.yes(key("direct"), to.direct_allowed);
        if let Some(agreement) = &to.agreement {
            self.put(key("agreed_with"), agreement.with_whom.as_ref());
            self.put(key("agreed_ward"), agreement.ward.as_ref());
            self.put(key("agreed_trigger"), agreement.from_trigger.as_ref());
            self.yes(key("agreed_free_bed"), agreement.subject_to_free_bed);
            self.put(key("agreed_phone"), agreement.telephone.as_ref());
            self.put(key("agreed_on"), agreement.dated);
            self.put(key("tried_on"), agreement.tried_on);
        }
    }

    fn supporter(&mut self, group: &str, one: &Supporter) {
        let key = |part: &str| format!("{group}{part}");
        self.put(key("name"), one.name.as_ref());
        self.put(key("address"), one.address.as_ref());
        self.put(key("contact"), one.contact.as_ref());
        self.put(key("relation"), one.relation.as_ref());
        self.yes(key("agreed"), one.agreed);
    }
}

fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).expect("a word becomes JSON");
    json.as_str().unwrap_or_default().to_owned()
}

fn provision(provision: &Provision) -> String {
    let who = word(&provision.recipient);
    let name = provision.name.as_ref();
    let name = name.map(|name| format!("({name})")).unwrap_or_default();
    let answer = match &provision.consent {
        None => "未確認".to_owned(),
        Some(consent) => {
            let word = if consent.given { "同意" } else { "拒否" };
            let on = consent.on.map(|on| format!("({on})")).unwrap_or_default();
            format!("{word}{on}")
        }
    };
    format!("{who}{name}={answer}")
}

fn of_family(child: &ChildItems) -> impl Iterator<Item = &Contact> {
    child.contacts.iter().filter(|c| !c.is_coordinator())
}

fn is_ventilator(device: &Device) -> bool {
    device.kind == DeviceKind::Ventilator
}

/// Carries over what no column holds, and keeps what must not end or move along
/// without a word.
pub(super) fn carry_over(record: &mut FamilyRecord, known: &Known, cells: &Cells<'_>) {
    record.base_revision = Some(known.revision);
    keep_the_plan(record, known, cells);
    another_place_or_person(record, known, cells);
    keep_what_no_column_holds(record, known);
    leave_the_address(record, known, cells);
}

fn keep_what_no_column_holds(record: &mut FamilyRecord, known: &Known) {
    let new = &mut record.document;
    let family = of_family(&known.child).skip(2).cloned();
    new.child.contacts.extend(family);
    let Some(old) = &known.document else {
        return;
    };
    new.power.clone_from(&old.power);
    new.upstairs.clone_from(&old.upstairs);
    let ventilator = |plan: &PlanDocument| plan.devices.iter().find(|d| is_ventilator(d)).cloned();
    if let (Some(device), Some(stored)) = (new.devices.first_mut(), ventilator(old))
        && device.model == stored.model
    {
        *device = stored;
    }
    let others = old.devices.iter().filter(|d| !is_ventilator(d)).cloned();
    new.devices.extend(others);
    for (to, stored) in new.destinations.iter_mut().zip(&old.destinations) {
        if (&to.route, &to.site, &to.name) == (&stored.route, &stored.site, &stored.name) {
            to.route_line.clone_from(&stored.route_line);
            to.oxygen = stored.oxygen;
        }
    }
    let more = old.destinations.iter().skip(DESTINATIONS).cloned();
    new.destinations.extend(more);
    let more = old.supporters.iter().skip(SUPPORTERS).cloned();
    new.supporters.extend(more);
    let in_sheet = |t: &&StartTrigger| !TRIGGER_HAZARDS.contains(&t.hazard);
    new.triggers
        .extend(old.triggers.iter().filter(in_sheet).cloned());
    let (papers, stored) = (&mut new.consents, &old.consents);
    papers.ordinance = stored.ordinance;
    if let Some((explained, stored)) = papers.explained.as_mut().zip(stored.explained.as_ref())
        && explained.on == stored.on
    {
        explained.version.clone_from(&stored.version);
    }
    for provision in &mut papers.provide {
        let same = |other: &&Provision| {
            other.recipient == provision.recipient && other.name == provision.name
        };
        let stored = stored.provide.iter().find(same);
        if let Some((new, old)) = provision
            .consent
            .as_mut()
            .zip(stored.and_then(|stored| stored.consent.as_ref()))
            && (new.given, new.on) == (old.given, old.on)
        {
            new.by.clone_from(&old.by);
        }
    }
}

/// What belongs to one place or person does not pass to another: a destination
/// of another kind keeps only what the sheet says of it, and nobody agrees for
/// somebody else.
fn another_place_or_person(record: &mut FamilyRecord, known: &Known, cells: &Cells<'_>) {
    let Some(old) = &known.document else {
        return;
    };
    let new = &mut record.document;
    for ((number, to), old) in (1..=DESTINATIONS)
        .zip(&mut new.destinations)
        .zip(&old.destinations)
    {
        let key = |part: &str| format!("destination{number}_{part}");
        let text = if to.kind != old.kind {
            only_what_is_said(to, |part| cells.in_sheet(&key(part)));
            Text::fixed(
                "種別が変わったので別の場所とみなし、この様式にない項目（施設ID・経路・電源・合意など）は消しました。",
                "of another kind, so it counts as another place: what this sheet does not say of it (id, route, power, agreement) is gone",
            )
        } else if to.name != old.name {
            Text::fixed(
                "名称が変わりましたが、この様式にない項目は前のままです。別の場所なら、経路・電源・合意なども書き直してください。",
                "the name has changed; what this sheet does not give stays as it was. Of another place give route, power and agreement too",
            )
        } else {
            continue;
        };
        cells.warn(&key("kind"), text);
    }
    for ((number, one), old) in (1..=SUPPORTERS)
        .zip(&mut new.supporters)
        .zip(&old.supporters)
    {
        let agreed = format!("supporter{number}_agreed");
        if one.name != old.name && !cells.in_sheet(&agreed) {
            one.agreed = None;
            cells.warn(
                &format!("supporter{number}_name"),
                Text::fixed(
                    "氏名が変わったので、同意を「不明」にしました。住所・連絡先・続柄は、この様式になければ前のままです。",
                    "the name has changed, so the agreement is unknown; address, contact and relation stay as they were unless this sheet gives them",
                ),
            );
        }
    }
}

/// Leaves of a destination what the sheet says of it.
fn only_what_is_said(to: &mut Destination, in_sheet: impl Fn(&str) -> bool) {
    macro_rules! leave {
        ($($part:literal $field:ident),+ $(,)?) => {
            $(if !in_sheet($part) { to.$field = None; })+
        };
    }
    leave!(
        "site" site, "name" name, "address" address, "lat" position, "hazards" hazards,
        "route" route, "travel_by" travel_by, "drill_minutes" drill_minutes,
        "family_minutes" family_minutes, "companions" companions,
        "lowest_floor" lowest_floor, "highest_floor" highest_floor,
        "power_socket" power, "direct" direct_allowed, "agreed_with" agreement,
    );
    to.route_line = None;
    to.oxygen = None;
}

/// A plan in force ends when somebody says なし, not because a cell is empty.
fn keep_the_plan(record: &mut FamilyRecord, known: &Known, cells: &Cells<'_>) {
    if known.has_plan != Some(true) {
        return;
    }
    match record.has_plan {
        Some(true) => {}
        None => {
            record.has_plan = Some(true);
            record.stuck = None;
            cells.warn(
                "has_plan",
                Text::fixed(
                    "計画が登録されているので、「あり」のままにします。計画がなくなった場合は「なし」と書いてください。",
                    "a plan is on record and stays: write なし if there is none any more",
                ),
            );
        }
        Some(false) => cells.warn(
            "has_plan",
            Text::fixed(
                "登録されている計画を終わらせます（内容は履歴に残ります）。",
                "the plan on record ends (its content stays in the history)",
            ),
        ),
    }
}

/// A position, its storeys and the ways from it are those of an address: they
/// do not move along. A sheet that gives a position beside the old one corrects
/// how the address is written.
fn leave_the_address(record: &mut FamilyRecord, known: &Known, cells: &Cells<'_>) {
    let new = &mut record.document;
    let written = |text: &Option<String>| text.as_deref().map(address_form);
    let same_address = written(&new.child.address) == written(&known.child.address);
    let town = |code: MunicipalityCode| code.responsible();
    if let Some(old) = known.home.municipality.map(town)
        && old != town(record.municipality)
    {
        let new = town(record.municipality);
        let (from, to) = (old.name(), new.name());
        if !cells.in_sheet("address") {
            cells.fault(
                "municipality",
                text!(
                    "登録済みの市町村は{from}です（この行は{to}）。転居なら、新しい住所の列も付けてください。番号の打ち間違いなら直してください。",
                    "on record is {from}, this row says {to}: for a move give the new address too, else correct the code"
                ),
            );
            return;
        }
        cells.warn(
            "municipality",
            text!(
                "登録済みの市町村は{from}、この行は{to}です。転居の届けとして預かりました。自宅と市町村は{from}のままで、ほかの項目は取り込みます。{from}の担当者が、計画のページで転居か一時的な滞在かを確かめてください。",
                "on record is {from}, this row says {to}: kept as a proposed move. Home and municipality stay {from}, everything else is taken; staff of {from} must confirm the move, or that it is none, on the plan's page"
            ),
        );
        propose_the_move(record, known, cells);
        return;
    }
    if same_address && known.home.municipality == Some(record.municipality) {
        return;
    }
    let near = new
        .home
        .position
        .zip(known.home.position)
        .is_some_and(|(new, old)| metres_between(new, old) < SAME_PLACE_METRES);
    if near && cells.in_sheet("lat") {
        return;
    }
    if !cells.in_sheet("lat") {
        new.home.position = None;
        new.home.accuracy = None;
    }
    if !cells.in_sheet("floors") {
        new.home.floors = None;
    }
    if !cells.in_sheet("room_floor") {
        new.home.room_floor = None;
    }
    for (number, to) in (1..).zip(&mut new.destinations) {
        let has = |part: &str| {
            number <= DESTINATIONS && cells.in_sheet(&format!("destination{number}_{part}"))
        };
        if !has("route") {
            to.route = None;
        }
        to.route_line = None;
        if !has("drill_minutes") {
            to.drill_minutes = None;
        }
        if !has("family_minutes") {
            to.family_minutes = None;
        }
    }
    for trigger in &mut new.triggers {
        let key = format!("lead_minutes_{}", trigger.hazard.code());
        if !(TRIGGER_HAZARDS.contains(&trigger.hazard) && cells.in_sheet(&key)) {
            trigger.lead_minutes = None;
        }
    }
    if let Some(line) = &mut new.too_late
        && !cells.in_sheet("too_late_room")
    {
        line.room = None;
    }
    cells.warn(
        "address",
        Text::fixed(
            "住所か市町村が変わったので、この様式にない次の項目を「不明」にしました：自宅の位置、階数と居室の階、避難先までの経路と時間、災害までの猶予、逃げ遅れたときの部屋。住所の書き方を直しただけなら、緯度・経度の列を付けて取り込み直してください。",
            "address or municipality has changed, so what this sheet does not give is unknown now: position, storeys, routes and their times, lead times, the room when it is too late. If only the spelling was corrected, import again with the columns latitude and longitude",
        ),
    );
}

/// Leaves the home as it is on record, and keeps what the sheet says of the new
/// one: what it does not say is unknown there.
fn propose_the_move(record: &mut FamilyRecord, known: &Known, cells: &Cells<'_>) {
    let new = &mut record.document;
    let said = |key: &str| cells.in_sheet(key);
    let home = std::mem::replace(&mut new.home, known.home.clone());
    let address = std::mem::replace(&mut new.child.address, known.child.address.clone());
    record.moves_to = Some(NewHome {
        home: Home {
            position: home.position.filter(|_| said("lat")),
            accuracy: home.accuracy.filter(|_| said("lat") && said("accuracy")),
            floors: home.floors.filter(|_| said("floors")),
            room_floor: home.room_floor.filter(|_| said("room_floor")),
            municipality: home.municipality,
            origin: None,
        },
        address,
    });
    if let Some(old) = known.home.municipality {
        record.municipality = old;
    }
}

/// Nearer than this is the same place, in metres.
const SAME_PLACE_METRES: f64 = 50.0;
