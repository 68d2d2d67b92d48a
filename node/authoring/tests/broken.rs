//! Deliberately broken documents: every finding, by line, and all that a person is told.
//!
//! Each document says in comments what is wrong with it. The table names every finding; the snapshots hold
//! the sentences.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it does not expect"
)]

use std::path::Path;

use huitong_authoring::review::{Beside, Finding, Limits, Severity, review_within};
use huitong_document::policy::PolicyDocument;

/// Fewer bills than publishing settles: a test is built without optimisation.
const LIMITS: Limits = Limits {
    bills: 4_000,
    ..Limits::PUBLISHING
};

/// A document, and the line and code of every finding; `fault` is what keeps it from being read.
type Case = (&'static str, &'static [(usize, &'static str)]);

#[rustfmt::skip]
const CASES: [Case; 32] = [
    ("01_percent_as_ratio.toml", &[(29, "fault")]),
    ("02_no_row_for_a_tier.toml", &[(28, "no_row")]),
    ("03_no_row_for_others.toml", &[(29, "no_row")]),
    ("04_hospital_without_tier.toml", &[(18, "no_tier")]),
    ("05_unreachable_tier.toml", &[(14, "unreachable_tier"), (33, "unreachable_row"), (34, "unreachable_row")]),
    ("06_segments_cross.toml", &[(32, "segments_cross")]),
    ("07_scope_ceiling_under_start.toml", &[(27, "scope_ceiling_under_start")]),
    ("08_start_and_ceiling_swapped.toml", &[(30, "payment_ceiling_under_start")]),
    ("09_points_below_zero.toml", &[(29, "ratio_out_of_range")]),
    ("10_saved_by_the_clamp.toml", &[(29, "ratio_held_by_bound")]),
    ("11_points_as_ratio.toml", &[(30, "points_as_ratio")]),
    ("12_start_in_fen.toml", &[(28, "amount_in_fen")]),
    ("13_threshold_too_small.toml", &[(30, "payment_ceiling_under_start"), (30, "amount_too_small")]),
    ("14_threshold_too_large.toml", &[(30, "amount_too_large")]),
    ("15_unreachable_row.toml", &[(30, "unreachable_row")]),
    ("16_contradictory_layer.toml", &[(35, "unreachable_layer")]),
    ("17_contradictory_adjustment.toml", &[(30, "unreachable_adjustment")]),
    ("18_label_never_left.toml", &[(30, "label_never_left")]),
    ("19_nothing_left_to_take.toml", &[(41, "never_takes")]),
    ("20_shadowed_take.toml", &[(29, "unreachable_take"), (29, "tag_unshown")]),
    ("21_falls_with_the_bill.toml", &[(25, "funds_fall")]),
    ("22_falls_in_a_later_layer.toml", &[(33, "funds_fall"), (40, "never_stated")]),
    ("23_partial_labels.toml", &[(35, "partial_label"), (35, "share_without_above")]),
    ("24_no_figure.toml", &[(22, "no_figure"), (36, "example_refused")]),
    ("25_undeclared_total.toml", &[(30, "fault")]),
    ("26_overlap_old.toml", &[(8, "overlaps_later")]),
    ("27_overlap_new.toml", &[(8, "overlaps")]),
    ("28_unknown_fact.toml", &[(35, "fault")]),
    ("29_tag_misspelt.toml", &[(16, "tag_unshown"), (16, "tag_unshown"), (25, "tag_unknown")]),
    ("30_not_filled_in.toml", &[(3, "not_filled_in"), (4, "not_filled_in"), (15, "not_filled_in"), (18, "few_examples")]),
    ("31_facts_left_out.toml", &[(23, "never_stated"), (23, "example_leaves_out"), (23, "example_deviates")]),
    ("32_amount_below_zero.toml", &[(28, "amount_below_zero")]),
];

/// The row that is about too few examples. The others have fewer than three for brevity.
const ABOUT_EXAMPLES: &str = "30_not_filled_in.toml";

/// What is told of a document: line, code and sentence.
fn told(file: &str, text: &str, beside: &[Beside<'_>]) -> Vec<(usize, &'static str, String)> {
    match PolicyDocument::parse_file(file, text.as_bytes()) {
        Err(faults) => {
            let list = faults.list().iter();
            list.map(|fault| (fault.line, "fault", fault.to_string()))
                .collect()
        }
        Ok(document) => {
            let of = |finding: Finding| {
                let said = format!("{file}:{finding}");
                (finding.line, finding.kind.code(), said)
            };
            review_within(&document, beside, LIMITS)
                .into_iter()
                .filter(|finding| file == ABOUT_EXAMPLES || finding.kind.code() != "few_examples")
                .map(of)
                .collect()
        }
    }
}

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn every_mistake_is_told_at_its_line() {
    let pair = ["26_overlap_old.toml", "27_overlap_new.toml"];
    let pair = pair.map(|name| PolicyDocument::parse(text(name).as_bytes()).unwrap());
    let pair = [Beside::of(&pair[0]), Beside::of(&pair[1])];
    let mut wrong = String::new();
    for (name, expected) in CASES {
        let beside: &[Beside<'_>] = if name.contains("overlap") { &pair } else { &[] };
        let text = text(name);
        let found = told(name, &text, beside);
        let places: Vec<_> = found.iter().map(|(line, code, _)| (*line, *code)).collect();
        let sentences: Vec<_> = found.into_iter().map(|(_, _, said)| said).collect();
        if places != expected {
            wrong.push_str(&format!("{name}: {places:?}\n{}\n", sentences.join("\n")));
        }
        // The comment stands above the first of the lines it speaks of.
        let comment = text
            .lines()
            .position(|line| line.contains("wrong:"))
            .unwrap();
        assert!(places.iter().any(|(line, _)| *line > comment), "{name}");
        insta::assert_snapshot!(name.trim_end_matches(".toml"), sentences.join("\n"));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// No document is forgotten, and each is refused or at least warned of.
#[test]
fn every_document_has_its_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let rows: Vec<_> = CASES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, rows);
    assert!(CASES.iter().all(|(_, expected)| !expected.is_empty()));
}

/// Once the mistake is mended by naming the other document, nothing is found.
#[test]
fn a_document_that_supersedes_the_other_does_not_overlap() {
    let old = PolicyDocument::parse(text("26_overlap_old.toml").as_bytes()).unwrap();
    let mended = text("27_overlap_new.toml").replace(
        "effective =",
        &format!("supersedes = [\"{}\"]\neffective =", old.digest()),
    );
    let new = PolicyDocument::parse(mended.as_bytes()).unwrap();
    let beside = [Beside::of(&old), Beside::of(&new)];
    for document in [&old, &new] {
        let findings = review_within(document, &beside, LIMITS);
        assert!(
            findings
                .iter()
                .all(|finding| finding.severity() == Severity::Warned),
            "{findings:?}"
        );
    }
}
