use super::*;

#[test]
fn nobody_said_and_there_are_none_are_two_answers() {
    let silent: Equipment = serde_json::from_str("{}").unwrap();
    let none: Equipment = serde_json::from_str(r#"{"portable_batteries": []}"#).unwrap();
    assert!(silent.is_empty() && !silent.lists_batteries());
    assert!(!none.is_empty() && none.lists_batteries());
    assert_eq!(serde_json::to_string(&silent).unwrap(), "{}");
    assert_eq!(
        serde_json::to_string(&none).unwrap(),
        r#"{"portable_batteries":[]}"#
    );
    assert_eq!(silent.has(DeviceKind::Concentrator), None);
    let listed: Equipment =
        serde_json::from_str(r#"{"devices": [{"kind": "ventilator"}]}"#).unwrap();
    assert_eq!(listed.has(DeviceKind::Concentrator), Some(false));
    assert_eq!(listed.has(DeviceKind::Ventilator), Some(true));
}

#[test]
fn an_unknown_key_is_refused_by_name() {
    let refused = serde_json::from_str::<Equipment>(r#"{"batteries": []}"#).unwrap_err();
    assert!(refused.to_string().contains("batteries"), "{refused}");
}

#[test]
fn people_are_counted_by_name_or_by_number() {
    let mut bag = Resuscitator::default();
    assert_eq!(bag.people(), None);
    bag.users = Some(vec!["母".to_owned(), " ".to_owned()]);
    assert_eq!(bag.people(), Some(1));
    bag.user_count = Some(3);
    assert_eq!(bag.people(), Some(3));
}
