//! When the node last looked stands in both forms, and what is not followed is said.

use huitong_core::date::Timestamp;

use super::*;
use crate::grpc::directory_client::ToldDifference;

fn told(looked: Option<&str>, trouble: &str) -> ToldDirectory {
    ToldDirectory {
        number: 0,
        digest: String::new(),
        at: None,
        regions: Vec::new(),
        contradictions: 0,
        branches: Vec::new(),
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

#[test]
fn what_a_version_that_contradicts_says_otherwise_is_shown_with_its_digest() {
    let at = Timestamp::parse("2026-03-01T04:00:00.000Z").unwrap();
    let differs = ToldDifference {
        region: "330200".to_owned(),
        standing: (ToldStanding::Active, ToldStanding::Left),
        endpoint: ("https://one".to_owned(), String::new()),
        other_signers: true,
        other_member: false,
    };
    let mut branch = ToldBranch {
        number: 2,
        digest: "ab12".to_owned(),
        at: (at, at),
        accepted: None,
        differs: vec![differs],
    };
    let mut shown = told(None, "");
    shown.branches = vec![branch.clone()];
    let said = printed(&shown);
    assert!(said.contains("contradicts: version 2 ab12"), "{said}");
    assert!(said.contains("330200  active -> left  endpoint"), "{said}");
    assert!(said.contains("other signing certificates"), "{said}");
    assert!(!said.contains("accepted by"), "{said}");
    branch.accepted = Some(("li.wei".to_owned(), at));
    shown.branches = vec![branch];
    let said = printed(&shown);
    assert!(said.contains("accepted by li.wei 2026-03-01"), "{said}");
    let told = document(&shown);
    assert_eq!(told["branches"][0]["accepted_by"], "li.wei");
    let standing = &told["branches"][0]["differs"][0]["standing"];
    assert_eq!(*standing, json!(["active", "left"]));
}

#[test]
fn whoever_is_in_and_not_called_is_shown_also_while_suspended() {
    for (standing, expected) in [
        (ToldStanding::NotNamed, &[][..]),
        (ToldStanding::Active, &["not_called"]),
        (ToldStanding::Suspended, &["not_called"]),
        (ToldStanding::Left, &[]),
    ] {
        let region = ToldRegion {
            region: "330200".to_owned(),
            standing,
            since: String::new(),
            listed: "https://one".to_owned(),
            configured: String::new(),
            called: String::new(),
            pinned: false,
            other_signer: false,
            is_own: false,
        };
        assert_eq!(differences(&region), expected);
    }
}
