//! A sheet that lacks columns says nothing about them: what is stored stays.
//! An empty cell of a column that is there says "unknown".

use super::{
    FamilyRecord,
    cells::Layout,
    columns::{DESTINATIONS, SUPPORTERS, TRIGGER_HAZARDS},
};
use crate::domain::{
    child::{Home, Stuck},
    plan::{
        PlanDocument,
        document::{
            ChildItems, Contact, Destination, Device, DeviceKind, StartTrigger, Supporter, TooLate,
        },
    },
};

/// What is stored of a case.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Whether it has a plan.
    pub has_plan: Option<bool>,
    /// Where it is stuck.
    pub stuck: Option<Stuck>,
    /// The child's items.
    pub child: &'a ChildItems,
    /// The home as it is now.
    pub home: &'a Home,
    /// The plan in force.
    pub document: Option<&'a PlanDocument>,
}

/// The columns that a sheet has.
#[derive(Debug, Clone)]
pub struct SheetColumns(pub(super) Layout);

/// `keep!(columns, new, old, "column" field, …)`: the stored value of each field
/// whose column is not there.
macro_rules! keep {
    ($columns:expr, $new:expr, $old:expr, $($key:literal $field:ident),+ $(,)?) => {
        $(if !$columns.0.has($key) { $new.$field.clone_from(&$old.$field); })+
    };
}

/// The same for a numbered group: a column that stands there for one of its
/// numbers is there.
macro_rules! keep_in {
    ($has:expr, $new:expr, $old:expr, $($key:literal $field:ident),+ $(,)?) => {
        $(if !$has($key) { $new.$field.clone_from(&$old.$field); })+
    };
}

impl SheetColumns {
    /// Puts what is stored where the sheet has no column.
    pub fn keep_missing(&self, new: &mut FamilyRecord, old: &Known<'_>) {
        if !self.0.has("has_plan") {
            new.has_plan = old.has_plan;
        }
        if !self.0.has("step") && new.has_plan == old.has_plan {
            new.stuck = old.stuck;
        }
        self.keep_child(&mut new.document.child, old.child);
        // A position is that of an address: it does not move along.
        let moved = new.document.child.address != old.child.address
            || old.home.municipality != Some(new.municipality);
        let home = &mut new.document.home;
        keep!(self, home, old.home, "floors" floors, "room_floor" room_floor);
        if !moved && !self.0.has("lat") && !self.0.has("lon") {
            home.position = old.home.position;
            keep!(self, home, old.home, "accuracy" accuracy);
        }
        if let Some(document) = old.document {
            self.keep_plan(&mut new.document, document);
        }
    }

    fn keep_child(&self, new: &mut ChildItems, old: &ChildItems) {
        keep!(
            self, new, old,
            "name" name, "kana" kana, "born" born, "sex" sex, "address" address,
            "reason" reason, "on_roster" on_roster, "roster_wish" roster_wish,
        );
        let of_family = |child: &ChildItems| -> Vec<Contact> {
            let family = child.contacts.iter().filter(|c| !c.is_coordinator());
            family.cloned().collect()
        };
        let coordinator =
            |child: &ChildItems| child.contacts.iter().find(|c| c.is_coordinator()).cloned();
        let (mut family, known) = (of_family(new), of_family(old));
        if !self.0.has("contact1") && !self.0.has("contact2") {
            family = known;
        } else {
            for (contact, key) in family.iter_mut().zip(["contact1_who", "contact2_who"]) {
                let same = known.iter().find(|old| old.value == contact.value);
                if let Some(same) = same.filter(|_| !self.0.has(key)) {
                    contact.who.clone_from(&same.who);
                }
            }
            let columns = usize::from(self.0.has("contact1")) + usize::from(self.0.has("contact2"));
            family.extend(known.into_iter().skip(columns));
        }
        let coordinator = if self.0.has("coordinator_phone") {
            coordinator(new)
        } else {
            coordinator(old)
        };
        new.contacts = family.into_iter().chain(coordinator).collect();
    }

    fn keep_plan(&self, new: &mut PlanDocument, old: &PlanDocument) {
        keep!(
            self, new, old,
            "battery_hours" battery_hours, "preparation_minutes" preparation_minutes,
            "vehicle" vehicle, "early_trigger" early_trigger, "unread" unread,
        );
        // The sheet has one column for devices: that of the ventilator's model.
        let model = |plan: &PlanDocument| {
            let ventilator = |d: &&Device| d.kind == DeviceKind::Ventilator;
            plan.devices
                .iter()
                .find(ventilator)
                .map(|d| d.model.clone())
        };
        if !self.0.has("ventilator") || model(new) == model(old) {
            new.devices.clone_from(&old.devices);
        } else {
            let other = |d: &&Device| d.kind != DeviceKind::Ventilator;
            new.devices
                .extend(old.devices.iter().filter(other).cloned());
        }
        self.keep_destinations(&mut new.destinations, &old.destinations);
        self.keep_supporters(&mut new.supporters, &old.supporters);
        self.keep_triggers(&mut new.triggers, &old.triggers);
        self.keep_too_late(&mut new.too_late, old.too_late.as_ref());
        let (papers, known) = (&mut new.consents, &old.consents);
        papers.ordinance = known.ordinance;
        keep!(self, papers, known, "consent_make" make, "explained_on" explained, "provide" provide);
        if let Some((new, old)) = papers.make.as_mut().zip(known.make.as_ref())
            && new.given == old.given
        {
            keep!(self, new, old, "consent_make_on" on, "consent_make_by" by);
        }
    }

    fn in_group(&self, group: &str, most: usize) -> impl Fn(&str) -> bool {
        move |part| (1..=most).any(|n| self.0.has(&format!("{group}{n}_{part}")))
    }

    /// Whether the sheet has any column of a group's number.
    fn numbers_of(&self, group: &str, most: usize) -> usize {
        let names = super::columns::columns().iter().map(|column| &column.key);
        let there = |n: &usize| {
            let prefix = format!("{group}{n}_");
            names
                .clone()
                .any(|key| key.starts_with(&prefix) && self.0.has(key))
        };
        (1..=most).filter(there).max().unwrap_or(0)
    }

    fn keep_destinations(&self, new: &mut Vec<Destination>, old: &[Destination]) {
        let numbers = self.numbers_of("destination", DESTINATIONS);
        let has = self.in_group("destination", DESTINATIONS);
        for destination in new.iter_mut() {
            let known = old.iter().find(|known| {
                known.kind == destination.kind
                    && (known.site == destination.site || !has("site"))
                    && (known.name == destination.name || !has("name"))
            });
            let Some(known) = known else {
                continue;
            };
            keep_in!(
                has, destination, known,
                "site" site, "name" name, "address" address, "lat" position,
                "hazards" hazards, "route" route, "travel_by" travel_by,
                "drill_minutes" drill_minutes, "family_minutes" family_minutes,
                "companions" companions, "lowest_floor" lowest_floor,
                "highest_floor" highest_floor, "power_socket" power, "direct" direct_allowed,
            );
            if !has("agreed_with") && !has("agreed_on") {
                destination.agreement.clone_from(&known.agreement);
            }
            if destination.route == known.route {
                destination.route_line.clone_from(&known.route_line);
            }
        }
        new.extend(old.iter().skip(numbers).cloned());
    }

    fn keep_supporters(&self, new: &mut Vec<Supporter>, old: &[Supporter]) {
        let numbers = self.numbers_of("supporter", SUPPORTERS);
        let has = self.in_group("supporter", SUPPORTERS);
        for supporter in new.iter_mut() {
            if let Some(known) = old.iter().find(|known| known.name == supporter.name) {
                keep_in!(
                    has, supporter, known,
                    "address" address, "contact" contact, "relation" relation, "agreed" agreed,
                );
            }
        }
        new.extend(old.iter().skip(numbers).cloned());
    }

    fn keep_triggers(&self, new: &mut Vec<StartTrigger>, old: &[StartTrigger]) {
        for known in old {
            let code = known.hazard.code();
            let (trigger, lead) = (format!("trigger_{code}"), format!("lead_minutes_{code}"));
            let in_sheet = TRIGGER_HAZARDS.contains(&known.hazard);
            let (has_trigger, has_lead) = (
                in_sheet && self.0.has(&trigger),
                in_sheet && self.0.has(&lead),
            );
            match new.iter_mut().find(|t| t.hazard == known.hazard) {
                Some(trigger) => {
                    if !has_trigger {
                        trigger.level = known.level;
                        trigger.name.clone_from(&known.name);
                    }
                    if !has_lead {
                        trigger.lead_minutes = known.lead_minutes;
                    }
                }
                None if !has_trigger => new.push(known.clone()),
                None => {}
            }
        }
    }

    fn keep_too_late(&self, new: &mut Option<TooLate>, old: Option<&TooLate>) {
        let Some(old) = old else {
            return;
        };
        let mut line = new.take().unwrap_or_default();
        keep!(
            self, line, old,
            "too_late_room" room, "too_late_take" take, "too_late_call" call,
            "too_late_leaves" leaves_home,
        );
        *new = Some(line).filter(|line| *line != TooLate::default());
    }
}
