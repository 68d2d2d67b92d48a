//! A wait has a bound, and a node that is kept from looking warns once and then says that it does not follow.

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn a_look_is_never_more_than_a_minute_off() {
    assert_eq!(
        between(Duration::from_millis(50)),
        Duration::from_millis(500)
    );
    assert_eq!(between(Duration::from_secs(600)), Duration::from_secs(60));
}

#[test]
fn who_is_kept_from_looking_is_warned_of_once_and_past_an_hour_it_is_not_followed() {
    let mut watch = Watch::new(at("2026-03-01T00:00:00.000Z"));
    let away = || "away".to_owned();
    assert_eq!(watch.keep(at("2026-03-01T00:04:59.999Z"), away()), None);
    let started = Some(at("2026-03-01T00:00:00.000Z"));
    assert_eq!(watch.keep(at("2026-03-01T00:05:00.000Z"), away()), started);
    assert_eq!(watch.keep(at("2026-03-01T00:06:00.000Z"), away()), None);
    assert_eq!(watch.overdue(at("2026-03-01T00:59:59.999Z")), None);
    let said = watch.overdue(at("2026-03-01T01:00:00.000Z")).unwrap();
    assert!(
        said.contains("2026-03-01T00:00:00") && said.ends_with("away"),
        "{said}"
    );
    // A look ends it, and the time runs from there.
    let looked = at("2026-03-01T01:30:00.000Z");
    watch.complete(looked);
    assert_eq!(watch.looked(), Some(looked));
    assert_eq!(watch.overdue(at("2026-03-01T02:29:59.999Z")), None);
    assert_eq!(
        watch.keep(at("2026-03-01T01:35:00.000Z"), away()),
        Some(looked)
    );
    assert!(watch.overdue(at("2026-03-01T02:30:00.000Z")).is_some());
}
