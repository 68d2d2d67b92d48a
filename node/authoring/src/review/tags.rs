//! Tags: does the document spell each of them as one word, in its rules and in its examples?
//!
//! Which tags there are is the treatment region's catalogue's to say, and nobody here has it: a misspelt tag
//! reads as well as any other and never matches. What can be seen is that rules, examples and titles differ.

use std::collections::BTreeMap;

use huitong_core::name::Name;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::total::Adds;
use huitong_core::policy::{FaultPath, Needs, Policy};
use huitong_core::vocabulary::Part;
use huitong_document::bill::Example;
use huitong_document::nearest::nearest;
use huitong_document::reader::Reach;

use super::finding::{Kind, Meant};
use super::report::Report;

/// What the catalogue marks essential drugs with, whatever a region calls its other tags.
const ESSENTIAL_DRUG: &str = "essential_drug";

/// Compares the tags of rules with those of the examples.
pub(super) fn check(policy: &Policy, examples: &[Example], report: &mut Report<'_>) {
    let of_rules = of_rules(policy);
    let of_examples = of_examples(examples, report);
    let root = FaultPath::ROOT.key("tags");
    let titled = policy.tags().keys().map(|tag| (*tag, root.key(tag)));
    let used = of_examples
        .iter()
        .map(|(tag, path)| (*tag, path.clone()))
        .chain(titled);
    for (tag, path) in used {
        if !of_rules.contains_key(&tag) {
            let known = of_rules.keys().map(Name::as_str);
            let meant = Meant(nearest(tag.as_str(), known).map(str::to_owned));
            let tag = tag.to_string();
            report.note(&path, Kind::TagUnknown { tag, meant });
        }
    }
    if examples.is_empty() {
        return;
    }
    for (tag, path) in &of_rules {
        if of_examples.contains_key(tag) {
            continue;
        }
        let others = of_rules
            .keys()
            .chain(of_examples.keys())
            .chain(policy.tags().keys());
        let known = others
            .filter(|other| *other != tag)
            .map(Name::as_str)
            .chain((tag.as_str() != ESSENTIAL_DRUG).then_some(ESSENTIAL_DRUG));
        let meant = Meant(nearest(tag.as_str(), known).map(str::to_owned));
        let tag = tag.to_string();
        report.note(path, Kind::TagUnshown { tag, meant });
    }
}

/// Every tag that a rule names, and where the first of them does.
fn of_rules(policy: &Policy) -> BTreeMap<Name, FaultPath> {
    let mut found = BTreeMap::new();
    let mut note = |tag: Name, path: FaultPath| {
        found.entry(tag).or_insert(path);
    };
    let root = FaultPath::ROOT.key("totals");
    for total in policy.totals() {
        for (at, adds) in total.adds.iter().enumerate() {
            if let Adds::Bill(_, Some(tag)) = adds {
                note(*tag, root.key(total.name).key("adds").index(at));
            }
        }
        for tag in read(&Needs::of_condition(&total.when)) {
            note(tag, root.key(total.name).key("when"));
        }
    }
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in policy.layers().iter().enumerate() {
        let path = root.index(at);
        for (at, take) in layer.take.iter().enumerate() {
            let path = path.key("take").index(at);
            for (key, tags) in [("tagged", &take.tagged), ("not_tagged", &take.not_tagged)] {
                for (at, tag) in tags.iter().enumerate() {
                    note(*tag, path.key(key).index(at));
                }
            }
        }
        for tag in read(&Needs::of_layer(layer)) {
            note(tag, path.clone());
        }
    }
    found
}

/// The tags whose amounts are read.
fn read(needs: &Needs) -> Vec<Name> {
    let tags = needs.numbers.iter().filter_map(|fact| match fact {
        NumberFact::Part(_, tag) => *tag,
        NumberFact::Bill
        | NumberFact::Base
        | NumberFact::Age
        | NumberFact::YearsPaid
        | NumberFact::CoveredDays
        | NumberFact::CoveredYears
        | NumberFact::ClaimFreeYears
        | NumberFact::Days
        | NumberFact::Sessions
        | NumberFact::Ordinal
        | NumberFact::Index(_)
        | NumberFact::Total(_)
        | NumberFact::Balance(_)
        | NumberFact::Given(_) => None,
    });
    tags.collect()
}

/// Every tag on an example's bill, and where the first of them stands.
fn of_examples(examples: &[Example], report: &Report<'_>) -> BTreeMap<Name, FaultPath> {
    let mut found = BTreeMap::new();
    let root = FaultPath::ROOT.key("example");
    for (at, example) in examples.iter().enumerate() {
        let path = root.index(at);
        for (at, line) in example.bill.bill.lines().iter().enumerate() {
            for tag in &line.tags {
                let place = || {
                    let amounts = path.key("amounts");
                    let alone = Part::ALL
                        .iter()
                        .map(|part| amounts.key(format!("{part}.{tag}")));
                    let by_line = path.key("line").index(at).key("tags");
                    let mut written = alone.chain([by_line]);
                    let is_there =
                        |path: &FaultPath| report.places().find(path).reach == Reach::Whole;
                    written.find(is_there).unwrap_or(amounts)
                };
                found.entry(*tag).or_insert_with(place);
            }
        }
    }
    found
}
