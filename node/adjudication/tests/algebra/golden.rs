//! Decisions whose bytes are pinned: a change here is a new engine version, never an edit.

use huitong_adjudication::ENGINE;
use huitong_core::canonical::Artifact;
use huitong_core::decision::{Decision, EngineVersion};
use huitong_core::fund::Fund;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Bounds, Left, Payer};
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;

use crate::build::*;

fn ningbo() -> Decision {
    trial(vec![layer("basic").starts("1200").pays("0.7")])
        .with(Part::OutOfScope, "1500", &[])
        .with(Part::FirstPay, "500", &[])
        .in_scope("20000")
        .run()
}

/// Every mechanism at once: weights, a year, adjustments, a floor, ceilings, given, accounts, hospital.
fn everything() -> Decision {
    let unpaid = |layer: &str| left(&[label(layer, Left::Share), label(layer, Left::Above)]);
    let own = Payer::Fund(Fund::OwnAccount);
    let mut trial = trial(vec![
        layer("union").by(Payer::Given(name("union"))),
        layer("absent").when(vec![retired()]),
        layer("basic")
            .takes(vec![
                take(Part::InScope).tagged("drug").weight("0.9"),
                take(Part::InScope),
            ])
            .starts("800")
            .segments(&[("3000", "0.65"), ("", "0.8")])
            .adjusts(vec![], "0.9", "0.03", vec![])
            .ceiling(Bounds::Payment, "2500", Some("pool"))
            .floor(NumberFact::Base, "0.4"),
        layer("critical")
            .takes(vec![unpaid("basic")])
            .along("burden")
            .starts("1000")
            .above_start()
            .segments(&[("500", "0.6"), ("", "0.7")])
            .ceiling(Bounds::Scope, "1500", Some("burden")),
        layer("charity")
            .takes(vec![take(Part::OutOfScope)])
            .pays("0.1")
            .by(Payer::Hospital),
        layer("own")
            .takes(vec![unpaid("critical"), take(Part::FirstPay)])
            .by(own),
    ])
    .line(
        &[
            (Part::InScope, fen("1234.56")),
            (Part::FirstPay, fen("137.17")),
        ],
        &["drug"],
    )
    .line(
        &[
            (Part::InScope, fen("4321.09")),
            (Part::OverLimit, fen("10.01")),
        ],
        &[],
    )
    .line(&[(Part::OutOfScope, fen("77.77"))], &["other"])
    .total(total("pool", vec![Adds::Paid(name("basic"))]), 12_345)
    .total(total("burden", vec![Adds::Base(name("critical"))]), 30_000)
    .total(total("visits", vec![Adds::One]), 3)
    .holding("300", "50")
    .given("union", "55.55");
    trial.draft.tiers = vec![tier_row("top")];
    trial.facts.tier = Some(name("top"));
    trial.run()
}

#[test]
fn the_engine_is_version_one() {
    assert_eq!(ENGINE, EngineVersion(1));
}

#[test]
fn pinned_decisions() {
    let pins = [
        (
            ningbo(),
            "a17161feef081df960e53c121e418487699d7b56adfa8b6eb9991490351b15ee",
        ),
        (
            everything(),
            "9a192b0cd7b9fc5d478d8e9b6cbcb5f015a8280c3fdb9713bf328f67e42d9c34",
        ),
    ];
    for (decision, pinned) in pins {
        assert_eq!(decision.digest().to_string(), pinned, "{decision:#?}");
    }
}
