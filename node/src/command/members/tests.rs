//! When the node last looked stands in both forms, and what is not followed is said.

use huitong_core::date::Timestamp;

use super::*;

fn told(looked: Option<&str>, trouble: &str) -> ToldDirectory {
    ToldDirectory {
        number: 0,
        digest: String::new(),
        at: None,
        regions: Vec::new(),
        contradictions: 0,
        trouble: trouble.to_owned(),
        looked: looked.map(|looked| Timestamp::parse(looked).unwrap()),
    }
}

fn printed(told: &ToldDirectory) -> String {
    let mut out = Vec::new();
    print(told, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_last_look_is_shown_and_that_there_was_none() {
    let looked = told(Some("2026-03-01T04:00:00.000Z"), "");
    let said = printed(&looked);
    assert!(said.contains("last looked at 2026-03-01T"), "{said}");
    assert!(!said.contains("NOT FOLLOWED"), "{said}");
    assert_eq!(
        document(&looked)["looked_at"],
        Value::from(looked.looked.unwrap().to_string())
    );
    let never = told(None, "no look was completed");
    let said = printed(&never);
    assert!(said.contains("not looked at since the start"), "{said}");
    assert!(said.contains("NOT FOLLOWED: no look"), "{said}");
    assert_eq!(document(&never)["looked_at"], Value::Null);
}
