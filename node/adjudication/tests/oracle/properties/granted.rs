//! What the algebra takes for granted in its promises: for each such clause of `limits` a policy that the
//! stated limits let through and that breaks the promise all the same.

use huitong_core::policy::Policy;
use huitong_document::policy::PolicyDocument;

use super::limits::{Excluded, Ratios, of_rising};
use super::{billed, decided, in_scope};
use crate::random::{Claims, Dice};
use crate::trial::compiled;

const HEAD: &str = r#"
title = "t"
source = "s"
region = "330200"
scheme = "resident"
settings = ["inpatient", "outpatient", "chronic", "pharmacy", "maternity"]
effective = { from = 2023-01-01 }
"#;

fn policy(rules: &str) -> Policy {
    let document = PolicyDocument::parse(format!("{HEAD}{rules}").as_bytes());
    document
        .unwrap_or_else(|faults| panic!("{faults}"))
        .policy()
        .clone()
}

/// What the patient and the funds pay of so many yuan in scope, the first of the year.
fn of(policy: &Policy, yuan: i64) -> (i64, i64) {
    let mut trial = Claims::under(policy, 1).draw(&mut Dice::new(1));
    trial.totals.clear();
    let decision = decided(&compiled(policy), &billed(&trial, in_scope(yuan * 100))).unwrap();
    (
        decision.patient_total.get() / 100,
        decision.fund_total.get() / 100,
    )
}

/// Two layers along one axis: what the first takes carries the second into a better segment.
#[test]
fn an_axis_that_another_layer_moves() {
    let policy = policy(
        r#"
        [totals.both]
        adds = ["one_.base", "two.base"]
        period = "year"
        [[layer]]
        name = "one_"
        take = ["in"]
        axis = "total.both"
        segments = [{ to = "100", ratio = "0" }, { ratio = "1" }]
        payer = "resident_pool"
        [[layer]]
        name = "two"
        take = ["in"]
        axis = "total.both"
        segments = [{ to = "100", ratio = "0" }, { ratio = "1" }]
        payer = "medical_assistance"
        "#,
    );
    assert_eq!(
        of_rising(&policy, Ratios::Kept),
        Some(Excluded::AxisMovedByOthers)
    );
    assert_eq!([of(&policy, 50).0, of(&policy, 100).0], [50, 0]);
}

/// A start that an earlier layer of the same bill meets: each yuan lowers it by one and lies above it too.
#[test]
fn a_start_that_this_bill_meets() {
    let policy = policy(
        r#"
        [totals.charged]
        adds = "first_.charged"
        period = "year"
        [[layer]]
        name = "first_"
        take = ["in"]
        start = "100"
        ratio = "0"
        payer = "resident_pool"
        [[layer]]
        name = "second"
        take = ["in"]
        start = { amount = "100", met_by = "charged.charged" }
        ratio = "1"
        payer = "medical_assistance"
        "#,
    );
    assert_eq!(
        of_rising(&policy, Ratios::Kept),
        Some(Excluded::StartMetByThisBill)
    );
    assert_eq!([of(&policy, 50).0, of(&policy, 100).0], [50, 0]);
}

/// A ceiling that is used up by twice what an earlier layer pays: a higher ratio there costs more here.
#[test]
fn a_ceiling_that_is_used_up_faster_than_paid() {
    let with = |ratio: &str| {
        policy(&format!(
            r#"
            [totals.twice]
            adds = ["first_.paid", "first_.paid"]
            period = "year"
            [[layer]]
            name = "first_"
            take = ["in"]
            ratio = "{ratio}"
            payer = "resident_pool"
            [[layer]]
            name = "second"
            take = ["in"]
            ratio = "1"
            ceilings = [{{ payment = "100", total = "twice" }}]
            payer = "medical_assistance"
            "#
        ))
    };
    assert_eq!(of_rising(&with("0.1"), Ratios::Kept), None);
    assert_eq!(
        of_rising(&with("0.1"), Ratios::Raised),
        Some(Excluded::CeilingUsedUpFaster)
    );
    assert_eq!([of(&with("0.1"), 200).1, of(&with("0.3"), 200).1], [80, 60]);
}
