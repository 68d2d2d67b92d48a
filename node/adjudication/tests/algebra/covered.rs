//! Rules that ask how long a person has been covered, and for how long without a claim.

use huitong_core::policy::condition::{Clause, Table};
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::Bounds;
use huitong_core::policy::quantity::Linear;

use crate::build::*;

fn at_least(fact: NumberFact, count: &str) -> Clause {
    Clause::Between {
        fact,
        at_least: Some(dec(count)),
        at_most: None,
    }
}

/// A waiting period after a lapse: the layer pays from the 91st day of unbroken cover on.
#[test]
fn a_layer_may_wait_after_a_lapse() {
    let waits = layer("basic")
        .when(vec![at_least(NumberFact::CoveredDays, "91")])
        .pays("0.7");
    let mut trial = trial(vec![waits]).in_scope("1000");
    for (days, expected) in [(1, "0.00"), (90, "0.00"), (91, "700.00"), (3_000, "700.00")] {
        trial.facts.covered_days = days;
        assert_eq!(paid(&trial.run(), "basic"), expected, "{days} days");
    }
}

/// A ceiling that rises by 1,000 for each year in a row, between 300,000 and 360,000.
#[test]
fn a_ceiling_may_rise_with_years_of_cover() {
    let mut basic = layer("severe").ceiling(Bounds::Payment, "0", None);
    basic.ceilings[0].amount = Table::always(Some(Linear {
        constant: money("296000"),
        at_least: Some(money("300000")),
        at_most: Some(money("360000")),
        ..times("100000", NumberFact::CoveredYears)
    }));
    let mut trial = trial(vec![basic]).in_scope("500000");
    for (years, expected) in [
        (0, "300000.00"),
        (4, "300000.00"),
        (5, "301000.00"),
        (64, "360000.00"),
        (80, "360000.00"),
    ] {
        trial.facts.covered_years = years;
        assert_eq!(paid(&trial.run(), "severe"), expected, "{years} years");
    }
}

/// A bonus for two years without a claim is a condition like any other.
#[test]
fn years_without_a_claim_may_be_rewarded() {
    let rewarded = layer("severe").pays("0.6").adjusts(
        vec![at_least(NumberFact::ClaimFreeYears, "2")],
        "1",
        "0.05",
        vec![],
    );
    let mut trial = trial(vec![rewarded]).in_scope("1000");
    for (years, expected) in [(0, "600.00"), (1, "600.00"), (2, "650.00"), (9, "650.00")] {
        trial.facts.claim_free_years = years;
        assert_eq!(paid(&trial.run(), "severe"), expected, "{years} years");
    }
}
