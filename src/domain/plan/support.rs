//! The part of a plan that evacuation support needs: what is given out under
//! emergency access (災害対策基本法 第49条の15第3項), and no more.

use super::{
    PlanDocument,
    document::{ChildItems, Consents, Item, Supporter},
};

/// What an unread item may be said of, under emergency access.
const NEEDED: [Item; 9] = [
    Item::Name,
    Item::Address,
    Item::Contact,
    Item::Supporters,
    Item::Destinations,
    Item::Route,
    Item::Triggers,
    Item::TooLate,
    Item::Vehicle,
];

impl PlanDocument {
    /// The plan cut to what evacuation support needs: name, home, contacts,
    /// devices and hours of power, destinations and ways, supporters, when to
    /// leave and how. Without consents, birth, sex, the reason for support
    /// (which holds the diagnosis) and the roster.
    #[must_use]
    pub fn for_evacuation_support(self) -> Self {
        // Every field is named, so that a new one asks here whether it is needed.
        let Self {
            schema_version,
            case,
            child,
            home,
            devices,
            battery_hours,
            power,
            upstairs,
            preparation_minutes,
            vehicle,
            destinations,
            triggers,
            early_trigger,
            too_late,
            supporters,
            particulars,
            consents: _,
            unread,
        } = self;
        Self {
            schema_version,
            case,
            child: child.for_evacuation_support(),
            home,
            devices,
            battery_hours,
            power,
            upstairs,
            preparation_minutes,
            vehicle,
            destinations,
            triggers,
            early_trigger,
            too_late,
            supporters: supporters
                .into_iter()
                .map(|supporter| Supporter {
                    agreed: None,
                    ..supporter
                })
                .collect(),
            particulars: particulars
                .map(|particulars| Box::new(particulars.for_evacuation_support())),
            consents: Consents::default(),
            unread: unread
                .into_iter()
                .filter(|item| NEEDED.contains(item))
                .collect(),
        }
    }
}

impl ChildItems {
    /// The child's items cut to what evacuation support needs.
    #[must_use]
    pub fn for_evacuation_support(self) -> Self {
        let Self {
            name,
            kana,
            born: _,
            sex: _,
            address,
            contacts,
            reason: _,
            on_roster: _,
            roster_wish: _,
        } = self;
        Self {
            name,
            kana,
            address,
            contacts,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn evacuation_support_is_told_what_it_needs_and_no_more() {
        let whole: PlanDocument = serde_json::from_value(json!({
            "schema_version": 1, "case": "K-0001",
            "child": {
                "name": "【デモ】灯", "kana": "あかり", "born": "2020-04-01", "sex": "female",
                "address": "【デモ】町1-1", "contacts": [{"who": "母", "value": "090-0000-0001"}],
                "reason": "【デモ】病名", "on_roster": true, "roster_wish": false
            },
            "devices": [{"kind": "ventilator", "model": "【デモ】V1", "watts": 60.0}],
            "battery_hours": 8.0, "preparation_minutes": 40, "vehicle": "【デモ】福祉車両",
            "destinations": [{"kind": "hospital", "name": "【デモ】病院", "route": "国道"}],
            "triggers": [{"hazard": "flood", "level": 3, "lead_minutes": 180}],
            "early_trigger": "前日の昼", "too_late": {"room": "2階"},
            "supporters": [{"name": "【デモ】隣人", "contact": "090-0000-0002", "agreed": false}],
            "consents": {
                "make": {"given": true, "on": "2026-04-01", "by": "【デモ】父"},
                "provide": [{"recipient": "fire_service", "consent": {"given": false}}]
            },
            "unread": ["name", "consent_to_make", "born"]
        }))
        .unwrap();
        let cut = whole.clone().for_evacuation_support();
        let written = serde_json::to_string(&cut).unwrap();
        for withheld in [
            "2020-04-01",
            "female",
            "病名",
            "【デモ】父",
            "given",
            "agreed",
        ] {
            assert!(!written.contains(withheld), "{withheld} in {written}");
        }
        assert_eq!(cut.child.on_roster, None);
        assert_eq!(cut.consents, Consents::default());
        assert_eq!(cut.unread, [Item::Name]);
        // What carries a child out of a house is there.
        assert_eq!(cut.child.name, whole.child.name);
        assert_eq!(cut.child.address, whole.child.address);
        assert_eq!(cut.child.contacts, whole.child.contacts);
        assert_eq!(cut.devices, whole.devices);
        assert_eq!(cut.battery_hours, whole.battery_hours);
        assert_eq!(cut.destinations, whole.destinations);
        assert_eq!(cut.triggers, whole.triggers);
        assert_eq!(cut.too_late, whole.too_late);
        assert_eq!(cut.supporters[0].contact, whole.supporters[0].contact);
    }
}
