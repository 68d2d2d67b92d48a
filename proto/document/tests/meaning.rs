//! What the short forms of the grammar stand for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that cannot read its fixture fails"
)]

use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::{Axis, Bounds, Layer, Measure, MetBy, Payer};
use huitong_core::policy::quantity::{Linear, Term};
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::{FilingTime, Part};
use huitong_document::bill::{BillDocument, Networked};
use huitong_document::policy::PolicyDocument;
use rust_decimal::Decimal;

const EVERY_CONSTRUCT: &[u8] = include_bytes!("fixtures/good/every_construct.toml");
const NINGBO: &[u8] = include_bytes!("fixtures/good/ningbo_resident_2023.toml");

fn policy() -> Policy {
    PolicyDocument::parse(EVERY_CONSTRUCT)
        .unwrap()
        .into_policy()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn layer<'p>(policy: &'p Policy, of: &str) -> &'p Layer {
    policy
        .layers()
        .iter()
        .find(|layer| layer.name == name(of))
        .unwrap()
}

fn only<T>(clause: T) -> Vec<Vec<T>> {
    vec![vec![clause]]
}

#[test]
fn a_policy_is_named_by_the_digest_of_its_bytes() {
    let document = PolicyDocument::parse(NINGBO).unwrap();
    assert_eq!(document.digest(), huitong_core::digest::sha256(NINGBO));
    assert_eq!(document.bytes(), NINGBO);
}

#[test]
fn adjustments_have_three_spellings_of_one_affine_change() {
    let policy = policy();
    let [copay, points, _waiting, plain] = layer(&policy, "inpatient").adjustments.as_slice()
    else {
        panic!()
    };
    assert_eq!((copay.times, copay.plus), (decimal("0.8"), decimal("0.2")));
    assert_eq!(copay.when.any, only(Clause::Holds(FlagFact::Retired)));
    assert_eq!((points.times, points.plus), (decimal("1"), decimal("-0.1")));
    assert_eq!((plain.times, plain.plus), (decimal("1"), decimal("0.05")));
    assert_eq!(
        plain.per,
        [Term {
            coefficient: decimal("0.001"),
            fact: NumberFact::Age
        }]
    );
    let seventy = Clause::Between {
        fact: NumberFact::Age,
        at_least: Some(decimal("70")),
        at_most: None,
    };
    assert_eq!(plain.when.any, only(seventy));
}

#[test]
fn quantities_are_in_fen_whatever_they_multiply() {
    let policy = policy();
    let start = layer(&policy, "inpatient").start.as_ref().unwrap();
    assert_eq!(start.met_by, MetBy::Charged(name("started")));
    let [free, share, falling, rest] = start.amount.rows.as_slice() else {
        panic!()
    };
    assert_eq!(free.when.any.len(), 2);
    assert_eq!(free.value, Linear::fixed(Decimal::ZERO));
    let share = &share.value;
    assert_eq!(
        share.terms,
        [Term {
            coefficient: decimal("0.2"),
            fact: NumberFact::Bill
        }]
    );
    assert_eq!(
        (share.at_least, share.at_most),
        (Some(decimal("200000")), Some(decimal("1000000")))
    );
    let hundred_yuan_less = Term {
        coefficient: decimal("-10000"),
        fact: NumberFact::Ordinal,
    };
    assert_eq!(
        (falling.value.terms.as_slice(), falling.value.constant),
        ([hundred_yuan_less].as_slice(), decimal("90000"))
    );
    assert_eq!(
        (rest.value.clone(), rest.when.clone()),
        (Linear::fixed(decimal("80000")), Condition::ALWAYS)
    );
}

#[test]
fn by_is_short_for_rows_that_ask_one_fact() {
    let policy = policy();
    let segments = &layer(&policy, "inpatient").segments;
    let rows: Vec<_> = segments[0]
        .ratio
        .rows
        .iter()
        .map(|row| (row.when.any.clone(), row.value.to_string()))
        .collect();
    let top = Clause::IsOneOf(WordFact::Tier, vec!["top".to_owned()]);
    assert_eq!(
        rows,
        [
            (only(top), "0.85".to_owned()),
            (Vec::new(), "0.87".to_owned())
        ]
    );
    let floor = layer(&policy, "inpatient").floor.as_ref().unwrap();
    assert_eq!(floor.of, NumberFact::Part(Part::InScope, None));
    assert_eq!(
        floor.ratio.rows[1].when.any,
        only(Clause::HoldsNot(FlagFact::Retired))
    );
    let ceiling = &layer(&policy, "chronic").ceilings[0];
    assert_eq!((ceiling.bounds, ceiling.total), (Bounds::Payment, None));
    assert_eq!(ceiling.amount.rows[0].value, None);
    assert_eq!(
        ceiling.amount.rows[1].value,
        Some(Linear::fixed(decimal("600000")))
    );
}

#[test]
fn a_table_in_a_table_is_rows_under_both_conditions() {
    let policy = policy();
    let rows = &layer(&policy, "chronic")
        .start
        .as_ref()
        .unwrap()
        .amount
        .rows;
    let top = Clause::IsOneOf(WordFact::Tier, vec!["top".to_owned()]);
    let one = Some(Decimal::ONE);
    let first = Clause::Between {
        fact: NumberFact::Ordinal,
        at_least: one,
        at_most: one,
    };
    let expected = [
        (vec![vec![top.clone(), first]], "50000"),
        (vec![vec![top]], "25000"),
        (Vec::new(), "20000"),
    ];
    let found: Vec<_> = rows
        .iter()
        .map(|row| (row.when.any.clone(), row.value.constant.to_string()))
        .collect();
    assert_eq!(found, expected.map(|(when, fen)| (when, fen.to_owned())));
}

#[test]
fn what_is_left_out_has_one_meaning() {
    let policy = policy();
    assert_eq!(policy.benefit_date(), BenefitDate::Split);
    let given = layer(&policy, "work_injury");
    assert_eq!(
        (given.payer, given.axis, given.measure),
        (
            Payer::Given(name("work_injury")),
            Axis::Visit,
            Measure::Absolute
        )
    );
    assert_eq!(
        (given.label, given.source.as_str()),
        (given.name, policy.source())
    );
    assert_eq!(
        (given.ratio_at_least, given.ratio_at_most),
        (Ratio::ZERO, Ratio::ONE)
    );
    assert_eq!(given.segments.len(), 1);
    assert_eq!(given.segments[0].ratio, Table::always(Ratio::ONE));
    assert_eq!(given.take[1].parts, [Part::FirstPay]);
    let severe = layer(&policy, "severe");
    assert_eq!(
        (severe.axis, severe.measure),
        (Axis::Total(name("severe")), Measure::AboveStart)
    );
    let document = PolicyDocument::parse(NINGBO).unwrap();
    assert_eq!(document.policy().benefit_date(), BenefitDate::Discharge);
}

#[test]
fn titles_are_for_people_and_the_name_stands_in() {
    let policy = policy();
    let titles = |of: &str| layer(&policy, of).title.clone();
    assert_eq!(
        [titles("inpatient"), titles("chronic")],
        ["住院统筹", "chronic"]
    );
    let tiers: Vec<_> = policy
        .tiers()
        .iter()
        .map(|row| row.title.as_str())
        .collect();
    assert_eq!(tiers, ["away", "本地三级医院", "local"]);
}

#[test]
fn a_jump_is_accepted_and_a_document_superseded_by_name() {
    let policy = policy();
    let jump = layer(&policy, "inpatient").accepted_jump.as_ref().unwrap();
    assert!(jump.reason.contains("起付线递减"), "{jump:?}");
    assert_eq!(jump.source, "https://example.gov.cn/notice/1#5");
    assert_eq!(layer(&policy, "chronic").accepted_jump, None);
    assert_eq!(policy.supersedes(), [huitong_core::digest::sha256(b"foo")]);
}

#[test]
fn a_bill_states_the_facts_and_its_split() {
    let text = include_str!("fixtures/bills/every_construct.toml");
    let read = BillDocument::parse("bill", text, &policy()).unwrap();
    let visit = &read.facts.visit;
    // The benefit date of this policy is the last day; twelve days begin eleven days earlier.
    assert_eq!(
        (visit.admitted.to_string(), visit.discharged.to_string()),
        ("2024-12-30".into(), "2025-01-10".into())
    );
    assert_eq!(visit.billed_from.to_string(), "2025-01-01");
    assert_eq!((visit.days(), visit.sessions), (12, 3));
    assert_eq!(read.facts.coverage.filing_time, FilingTime::DuringStay);
    let coverage = &read.facts.coverage;
    assert_eq!(
        (
            coverage.covered_days,
            coverage.covered_years,
            coverage.claim_free_years
        ),
        (425, 1, 0)
    );
    assert_eq!(read.facts.networked, Networked::Yes);
    assert_eq!(read.bill.total(), Fen::new(30_300).unwrap());
    assert_eq!(read.bill.parts().in_scope, Fen::new(30_000).unwrap());
    let tags: Vec<_> = read
        .bill
        .lines()
        .iter()
        .map(|line| line.tags.clone())
        .collect();
    assert!(
        tags.contains(&vec![name("implant"), name("special")]),
        "{tags:?}"
    );
    assert_eq!(read.totals[&name("severe")], 2_000_000);
    assert_eq!(read.totals[&name("admissions")], 1);
    assert_eq!(read.given[&name("work_injury")], Fen::new(5_000).unwrap());

    let text = include_str!("fixtures/bills/ningbo_lines.toml");
    let ningbo = PolicyDocument::parse(NINGBO).unwrap().into_policy();
    let read = BillDocument::parse("bill", text, &ningbo).unwrap();
    assert_eq!(
        read.bill
            .lines()
            .iter()
            .map(|line| line.number)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(read.bill.total(), Fen::parse_yuan("22000").unwrap());
    assert_eq!(read.facts.coverage.filing_time, FilingTime::Absent);
}

#[test]
fn a_policy_says_what_it_needs() {
    let needs = policy().needs();
    assert!(needs.words.contains(&WordFact::Tier) && !needs.words.contains(&WordFact::Category));
    assert!(
        needs.flags.contains(&FlagFact::Retired) && !needs.flags.contains(&FlagFact::Networked)
    );
    let numbers: Vec<_> = needs.numbers.iter().map(ToString::to_string).collect();
    assert_eq!(
        numbers,
        [
            "part.total",
            "part.in",
            "part.out",
            "age",
            "covered_days",
            "covered_years",
            "claim_free_years",
            "ordinal",
            "index.income",
            "total.admissions"
        ]
    );
}
