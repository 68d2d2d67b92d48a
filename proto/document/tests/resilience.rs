//! Whatever is sent as a document, a value or faults come back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test computes with plain arithmetic on what it made itself"
)]

use std::sync::LazyLock;

use huitong_core::policy::Policy;
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;
use huitong_document::{Fault, Faults};
use proptest::prelude::*;

const POLICIES: [&str; 3] = [
    include_str!("fixtures/good/ningbo_resident_2023.toml"),
    include_str!("fixtures/good/chongqing_yubei_2023.toml"),
    include_str!("fixtures/good/every_construct.toml"),
];
const BILL: &str = include_str!("fixtures/bills/every_construct.toml");

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    PolicyDocument::parse(POLICIES[2].as_bytes())
        .unwrap()
        .into_policy()
});

/// Each fault names a place that the text has.
fn check_places(text: &[u8], faults: &Faults) {
    let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    assert!(!faults.list().is_empty());
    for Fault {
        line,
        column,
        en,
        zh,
        ..
    } in faults.list()
    {
        let found = lines
            .get(*line - 1)
            .unwrap_or_else(|| panic!("line {line} of {}", lines.len()));
        assert!(
            (1..=found.len() + 1).contains(column),
            "{line}:{column} {en}"
        );
        assert!(!en.is_empty() && !zh.is_empty());
        assert_ne!(
            en, "a value is missing",
            "a reader gave nothing and did not say why"
        );
    }
}

fn check_policy(bytes: &[u8]) {
    if let Err(faults) = PolicyDocument::parse(bytes) {
        check_places(bytes, &faults);
    }
}

fn check_bill(text: &str) {
    if let Err(faults) = BillDocument::parse("bill", text, &POLICY) {
        check_places(text.as_bytes(), &faults);
    }
}

/// A policy with one line replaced by another line of any policy.
fn shuffled(policy: usize, at: usize, from: usize, line: usize) -> String {
    let mut lines: Vec<_> = POLICIES[policy].lines().collect();
    let source: Vec<_> = POLICIES[from].lines().collect();
    let (at, line) = (at % lines.len(), line % source.len());
    lines[at] = source[line];
    lines.join("\n")
}

/// A policy with one quoted or bare word replaced by another.
fn reworded(policy: usize, at: usize, from: usize, word: usize) -> String {
    let pieces = |text: &'static str| {
        text.split_inclusive(['"', ' ', '=', '\n', ','])
            .collect::<Vec<_>>()
    };
    let (mut words, source) = (pieces(POLICIES[policy]), pieces(POLICIES[from]));
    let (at, word) = (at % words.len(), word % source.len());
    words[at] = source[word];
    words.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Any bytes give a value or faults at places that exist.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_policy(&bytes);
    }

    /// Any text does, as a policy and as a bill.
    #[test]
    fn any_text(text in "[\\[\\]{}=\"'.,#a-z0-9_\\n -]{0,300}|\\PC{0,100}") {
        check_policy(text.as_bytes());
        check_bill(&text);
    }

    /// So does a good policy with some bytes changed, taken out or put in.
    #[test]
    fn a_good_policy_with_changed_bytes(
        policy in 0_usize..3, changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<u8>()), 1..4),
    ) {
        let mut bytes = POLICIES[policy].as_bytes().to_vec();
        for (at, kind, byte) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        check_policy(&bytes);
    }

    /// So does one with a line or a word from elsewhere, which is still TOML most of the time.
    #[test]
    fn a_good_policy_with_strange_parts(
        policy in 0_usize..3, at in any::<usize>(), from in 0_usize..3, part in any::<usize>(),
    ) {
        check_policy(shuffled(policy, at, from, part).as_bytes());
        check_policy(reworded(policy, at, from, part).as_bytes());
    }

    /// So does a good bill with one byte changed.
    #[test]
    fn a_good_bill_with_a_changed_byte(at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let mut bytes = BILL.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check_bill(&String::from_utf8(bytes).unwrap());
    }

    /// Nothing but a comment changes what a policy says; its digest changes all the same.
    #[test]
    fn comments_change_the_digest_alone(comment in "[ -~]{0,40}") {
        let plain = PolicyDocument::parse(POLICIES[0].as_bytes()).unwrap();
        let commented = format!("# {comment}\n{}", POLICIES[0]);
        let commented = PolicyDocument::parse(commented.as_bytes()).unwrap();
        prop_assert_eq!(commented.policy(), plain.policy());
        prop_assert_ne!(commented.digest(), plain.digest());
    }
}

#[test]
fn size_and_nesting_have_limits() {
    let long = format!("# {}\n", "x".repeat(1024 * 1024));
    let faults = PolicyDocument::parse(long.as_bytes()).unwrap_err();
    assert!(
        faults.to_string().contains("at most 1048576 are read"),
        "{faults}"
    );
    for deep in [
        format!("a = {}1{}", "[".repeat(40), "]".repeat(40)),
        "[a".repeat(50_000),
        "a.".repeat(400_000),
    ] {
        let faults = PolicyDocument::parse(deep.as_bytes()).unwrap_err();
        check_places(deep.as_bytes(), &faults);
    }
    // A table in a table multiplies its rows: refused before it is built.
    let alternatives = format!("[{}]", vec!["{ age = 1 }"; 30].join(", "));
    let nested = (0..3).fold("\"1\"".to_owned(), |value, _| {
        format!("[{{ when = {alternatives}, value = {value} }}]")
    });
    let wide = POLICIES[1].replace("start = \"3000\"", &format!("start = {nested}"));
    let faults = PolicyDocument::parse(wide.as_bytes()).unwrap_err();
    assert!(
        faults
            .to_string()
            .contains("rows and alternatives, at most 512"),
        "{faults}"
    );
    let many: String = (0..1000).map(|at| format!("key_{at} = 1\n")).collect();
    let faults = PolicyDocument::parse(many.as_bytes()).unwrap_err();
    assert_eq!(faults.list().len(), huitong_document::fault::FAULTS_AT_MOST);
}
