//! What people read, for the published case of Ningbo and for layers that are cut.

use std::collections::BTreeMap;

use huitong_adjudication::{Case, Compiled, Facts, StoredTotal, adjudicate};
use huitong_core::bill::SplitBill;
use huitong_core::coverage::Balances;
use huitong_core::digest::sha256;
use huitong_core::name::Name;
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::{FilingClass, FilingTime, Part, Place, Scheme, Setting};
use huitong_document::policy::PolicyDocument;

use super::*;

const NINGBO: &str = include_str!("tests/ningbo.toml");
const THREE_LAYERS: &str = include_str!("tests/three_layers.toml");

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn fen(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

fn facts() -> Facts {
    Facts {
        setting: Setting::Inpatient,
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 0,
        covered_days: 3_000,
        covered_years: 8,
        claim_free_years: 2,
        days: 10,
        sessions: 1,
        ordinal: 1,
        tier: Some(name("three")),
        place: Place::OtherProvince,
        networked: true,
        filing: FilingClass::LongTerm,
        filing_time: FilingTime::Before,
        referred: false,
        identities: std::collections::BTreeSet::new(),
        diseases: Vec::new(),
        package: None,
        benefit_date: "2023-05-10".parse().unwrap(),
    }
}

/// Decides amounts under a policy, with totals before and an account, and explains the decision.
fn explained(policy: &str, amounts: &[(Part, &str)], before: &[(&str, &str)], own: &str) -> String {
    let document = PolicyDocument::parse(policy.as_bytes()).unwrap();
    let policy = document.policy().clone();
    let compiled = Compiled::new(policy.clone(), sha256(b"policy")).unwrap();
    let amounts = amounts
        .iter()
        .map(|(part, amount)| ((*part, Vec::new()), fen(amount)));
    let bill = SplitBill::from_amounts(amounts.collect()).unwrap();
    let totals: BTreeMap<Name, StoredTotal> = policy
        .totals()
        .iter()
        .map(|rule| {
            let value = before.iter().find(|(of, _)| *of == rule.name.as_str());
            let slot = TotalSlot {
                name: rule.name,
                stretch: Stretch::Year(2023),
                key: None,
            };
            (
                rule.name,
                StoredTotal {
                    slot,
                    value: value.map_or(0, |(_, value)| fen(value).get()),
                },
            )
        })
        .collect();
    let facts = facts();
    let case = Case {
        bill: &bill,
        facts: &facts,
        totals: &totals,
        balances: Balances {
            own: fen(own),
            family: Fen::ZERO,
        },
        given: &BTreeMap::new(),
        catalogue: sha256(b"catalogue"),
    };
    let decision = adjudicate(&compiled, &case).unwrap();
    let sentences = explain(&policy, &decision);
    let lines = sentences
        .iter()
        .zip(1..)
        .map(|(said, at)| format!("{at}. {}\n   {}\n", said.zh, said.en));
    lines.collect()
}

const GC48: [(Part, &str); 3] = [
    (Part::InScope, "20000"),
    (Part::FirstPay, "500"),
    (Part::OutOfScope, "1500"),
];

#[test]
fn the_published_case_of_ningbo() {
    insta::assert_snapshot!(explained(NINGBO, &GC48, &[], "0"));
}

#[test]
fn a_ceiling_that_is_nearly_used_up() {
    insta::assert_snapshot!(explained(NINGBO, &GC48, &[("basic_paid", "299000")], "0"));
}

#[test]
fn a_bill_below_the_deductible() {
    insta::assert_snapshot!(explained(NINGBO, &[(Part::InScope, "800")], &[], "0"));
}

#[test]
fn three_layers_and_an_account() {
    let amounts = [(Part::InScope, "60000"), (Part::OverLimit, "300.50")];
    insta::assert_snapshot!(explained(
        THREE_LAYERS,
        &amounts,
        &[("serious", "9000")],
        "100"
    ));
}

#[test]
fn layers_that_do_not_apply_are_named_once() {
    insta::assert_snapshot!(explained(
        THREE_LAYERS,
        &[(Part::InScope, "1200")],
        &[],
        "0"
    ));
}
