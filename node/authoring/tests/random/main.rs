//! Random policies under review, and random bills against what the review did not find.
//!
//! Policies are written as text out of pieces that go together in any way, so that they mean what nobody
//! would mean. The review must come back from each of them; and where it finds nothing, a random search over
//! bills must find no fall either. Everything follows from a seed, which a failure names.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

mod policies;

use std::collections::BTreeMap;

use fastrand::Rng;
use huitong_adjudication::Compiled;
use huitong_authoring::case::decide;
use huitong_authoring::review::{Finding, Limits, Severity, review_within};
use huitong_document::bill::BillDocument;
use huitong_document::policy::PolicyDocument;

const SEED: &str = "HUITONG_RANDOM_SEED";
const POLICIES: &str = "HUITONG_RANDOM_POLICIES";
const SHORT_FORM: u64 = 25;
const PAIRS: usize = 60;
const LIMITS: Limits = Limits {
    bills: 6_000,
    ..Limits::PUBLISHING
};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// Whether a finding says that a fall is possible, or that not all was looked at.
fn speaks_of_falls(finding: &Finding) -> bool {
    ![
        "no_example_pays",
        "few_examples",
        "figures_end",
        "payment_ceiling_under_start",
    ]
    .contains(&finding.kind.code())
}

#[test]
fn what_the_review_passes_does_not_fall() {
    let (first, count) = (number(SEED, 1), number(POLICIES, SHORT_FORM));
    let (mut read, mut clean, mut fell) = (0, 0, 0);
    let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in first..first + count {
        let mut rng = Rng::with_seed(seed);
        let text = policies::policy(&mut rng);
        let Ok(document) = PolicyDocument::parse(text.as_bytes()) else {
            continue;
        };
        read += 1;
        let findings = review_within(&document, &[], LIMITS);
        for finding in &findings {
            *codes.entry(finding.kind.code()).or_default() += 1;
        }
        if findings
            .iter()
            .any(|finding| finding.kind.code() == "funds_fall")
        {
            fell += 1;
        }
        if findings.iter().any(speaks_of_falls) {
            continue;
        }
        clean += 1;
        search(&document, &mut rng, seed, &text);
    }
    println!("{read} of {count} read, {fell} fall, {clean} without a finding: {codes:?}");
    assert!(
        read * 2 > count && fell > 0 && clean > 0,
        "{read} read, {fell} fall, {clean} clean"
    );
}

/// Random pairs of bills that differ in one in-scope amount.
fn search(document: &PolicyDocument, rng: &mut Rng, seed: u64, text: &str) {
    let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
    let tolerance = i64::try_from(document.policy().layers().len()).unwrap();
    for _ in 0..PAIRS {
        let stage = policies::stage(rng);
        let less = amount(rng);
        let more = less
            + if rng.bool() {
                rng.i64(1..100)
            } else {
                amount(rng)
            };
        let bills = [less, more].map(|amount| stage.replace("GROWN", &yuan(amount)));
        let funds = bills.each_ref().map(|bill| {
            let bill = BillDocument::parse("bill", bill, document.policy()).unwrap();
            decide(&compiled, &bill).unwrap().fund_total.get()
        });
        assert!(
            funds[1] >= funds[0] - tolerance,
            "seed {seed}: the funds pay {} of\n{}\nand {} of\n{}\nunder\n{text}",
            yuan(funds[0]),
            bills[0],
            yuan(funds[1]),
            bills[1]
        );
    }
}

/// Fen, as likely in any order of magnitude.
fn amount(rng: &mut Rng) -> i64 {
    let most = 10_i64.pow(rng.u32(2..9));
    rng.i64(1..most)
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Documents of the project with words and figures changed places: the review comes back from all that
/// still read, within its limits, and every finding lies in the document.
#[test]
fn the_review_comes_back_from_any_document() {
    let sources = [
        include_str!("../../../../proto/document/tests/fixtures/good/every_construct.toml"),
        include_str!("../../../../deploy/policies/chongqing-resident.toml"),
        include_str!("../../../../deploy/policies/ningbo-resident.toml"),
        include_str!("../../../../deploy/policies/shanghai-employee.toml"),
    ];
    let limits = Limits {
        bills: 300,
        steps: 2_000_000,
        combinations: 500,
        findings: 20,
    };
    let words: Vec<Vec<&str>> = sources
        .iter()
        .map(|text| text.split_inclusive([' ', '\n', ',', '}']).collect())
        .collect();
    let (mut read, mut found) = (0, 0);
    for seed in 0..400_u64 {
        let mut rng = Rng::with_seed(seed);
        let mut text = words[rng.usize(..words.len())].clone();
        // Half of them change figures among themselves, so that more of them still read.
        let any = seed % 2 == 0;
        let figure =
            |word: &str| word.starts_with('"') && word.contains(|it: char| it.is_numeric());
        let places: Vec<usize> = (0..text.len())
            .filter(|at| any || figure(text[*at]))
            .collect();
        for _ in 0..rng.usize(1..4) {
            let [to, from] = [0; 2].map(|_| places[rng.usize(..places.len())]);
            text[to] = text[from];
        }
        let text = text.concat();
        let Ok(document) = PolicyDocument::parse(text.as_bytes()) else {
            continue;
        };
        read += 1;
        let findings = review_within(&document, &[], limits);
        assert!(findings.len() <= limits.findings + 1);
        let lines = text.lines().count().max(1);
        for finding in &findings {
            assert!((1..=lines).contains(&finding.line), "{finding}");
            assert!(!finding.kind.en().is_empty() && !finding.kind.zh().is_empty());
        }
        found += usize::from(
            findings
                .iter()
                .any(|finding| finding.severity() == Severity::Refused),
        );
    }
    println!("{read} of 400 still read, {found} are refused");
    assert!(read > 20 && found > 0, "{read} read, {found} refused");
}
