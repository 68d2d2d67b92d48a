//! Take: order, weights, labels (rules 3 to 5).

use huitong_core::decision::Step;
use huitong_core::policy::condition::Table;
use huitong_core::policy::fact::WordFact;
use huitong_core::policy::layer::{Bounds, Layer, Left};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::{FilingClass, Part};
use proptest::prelude::*;

use crate::build::*;

fn first_bears(shares: &[(&str, &str)]) -> Table<Ratio> {
    rows(
        shares
            .iter()
            .map(|(filing, weight)| (when(vec![is(WordFact::Filing, filing)]), ratio(weight)))
            .collect(),
    )
}

/// Rule 3: "first bears 10 % when referred, 40 % when not filed" is one layer whose weight is a table.
#[test]
fn a_weight_is_a_table_value() {
    let weighted = huitong_core::policy::layer::Take {
        weight: first_bears(&[("referral", "0.9"), ("unfiled", "0.6")]),
        ..take(Part::InScope)
    };
    let mut trial = trial(vec![layer("basic").takes(vec![weighted]).pays("0.7")]).in_scope("10000");
    assert_eq!(paid(&trial.run(), "basic"), "6300.00");
    trial.facts.filing = FilingClass::Unfiled;
    assert_eq!(paid(&trial.run(), "basic"), "4200.00");
}

/// Rule 3: what a weight keeps off is `none` of the layer, and so is what it did not take.
#[test]
fn what_is_kept_off_or_not_taken_is_none() {
    let decision = trial(vec![
        layer("basic")
            .takes(vec![take(Part::InScope).weight("0.9")])
            .pays("1"),
        layer("kept").takes(vec![left(&[label("basic", Left::None)])]),
        layer("untaken").takes(vec![huitong_core::policy::layer::Take {
            left: vec![label("basic", Left::None)],
            ..take(Part::OutOfScope)
        }]),
    ])
    .in_scope("100")
    .with(Part::OutOfScope, "7", &[])
    .run();
    assert_eq!(
        [paid(&decision, "kept"), paid(&decision, "untaken")],
        ["10.00", "7.00"]
    );
    assert_eq!(decision.cash, fen("0"));
}

/// Rule 3: an entry with a weight is rounded once, over all it takes, not bucket by bucket.
#[test]
fn a_weighted_entry_is_rounded_once() {
    let decision = trial(vec![
        layer("basic").takes(vec![take(Part::InScope).weight("0.5")]),
        layer("tagged").takes(vec![take(Part::InScope).tagged("drug")]),
    ])
    .with(Part::InScope, "0.01", &["drug"])
    .with(Part::InScope, "0.01", &["other"])
    .with(Part::InScope, "0.01", &[])
    .run();
    // R(0.5 × 3) is 2; bucket by bucket it would be 3.
    assert_eq!(of(&decision, "basic").base, fen("0.02"));
    assert_eq!(paid(&decision, "tagged"), "0.00");
    let weight = Step::Took {
        layer: name("basic"),
        matched: fen("0.03"),
        weight: ratio("0.5"),
        taken: fen("0.02"),
    };
    assert!(decision.trace.contains(&weight), "{:?}", decision.trace);
}

/// Rule 4: of equal remainders the first bucket is taken, so the fen that a weight keeps off falls to the
/// last.
#[test]
fn a_tie_under_a_weight_takes_the_first_bucket() {
    let half = huitong_core::policy::layer::Take {
        parts: vec![Part::InScope, Part::FirstPay],
        ..take(Part::InScope).weight("0.5")
    };
    let decision = trial(vec![
        layer("basic").takes(vec![half]),
        layer("rest").takes(vec![take(Part::FirstPay)]),
    ])
    .with(Part::InScope, "0.01", &[])
    .with(Part::FirstPay, "0.01", &[])
    .run();
    assert_eq!(paid(&decision, "basic"), "0.01");
    assert_eq!(paid(&decision, "rest"), "0.01");
}

/// Rule 4: entries lie end to end in the order written, so the start falls on the first.
#[test]
fn entries_lie_end_to_end() {
    let order = |first: Part, second: Part| {
        let basic = layer("basic")
            .takes(vec![take(first), take(second)])
            .starts("60")
            .pays("1");
        let rest = layer("rest").takes(vec![take(Part::FirstPay)]);
        let decision = trial(vec![basic, rest])
            .in_scope("100")
            .with(Part::FirstPay, "50", &[])
            .run();
        paid(&decision, "rest")
    };
    assert_eq!(order(Part::InScope, Part::FirstPay), "0.00");
    assert_eq!(order(Part::FirstPay, Part::InScope), "50.00");
}

/// Rule 4: buckets of one entry share each stretch in proportion.
#[test]
fn buckets_of_one_entry_share_in_proportion() {
    let decision = trial(vec![
        layer("basic")
            .starts("30")
            .pays("0.5")
            .ceiling(Bounds::Scope, "90", None),
        layer("start").takes(vec![left(&[label("basic", Left::Start)]).tagged("drug")]),
        layer("share").takes(vec![left(&[label("basic", Left::Share)]).tagged("drug")]),
        layer("above").takes(vec![left(&[label("basic", Left::Above)]).tagged("drug")]),
    ])
    .with(Part::InScope, "100", &["drug"])
    .with(Part::InScope, "50", &[])
    .run();
    assert_eq!(left_of(&decision, "basic"), ["30.00", "30.00", "60.00"]);
    assert_eq!(paid(&decision, "start"), "20.00");
    assert_eq!(paid(&decision, "share"), "20.00");
    assert_eq!(paid(&decision, "above"), "40.00");
}

/// Rule 4: a bucket belongs to the first entry that matches it.
#[test]
fn a_bucket_belongs_to_the_first_entry_that_matches() {
    let takes = vec![
        take(Part::InScope).tagged("drug").weight("0.5"),
        take(Part::InScope),
    ];
    let trial = trial(vec![layer("basic").takes(takes)]);
    let decision = trial
        .with(Part::InScope, "10", &["drug"])
        .in_scope("1")
        .run();
    assert_eq!(of(&decision, "basic").base, fen("6"));
}

/// Rule 4: ties go by part, then tags, then labels, so the first of equals pays the odd fen.
#[test]
fn ties_go_by_part_and_tags() {
    let both = |tag: &str| {
        let takes = vec![huitong_core::policy::layer::Take {
            parts: vec![Part::FirstPay, Part::InScope],
            ..take(Part::InScope)
        }];
        let decision = trial(vec![
            layer("basic").takes(takes).pays("0.5"),
            layer("rest").takes(vec![take(Part::InScope).tagged(tag)]),
        ])
        .with(Part::InScope, "0.01", &["b"])
        .with(Part::InScope, "0.01", &["a"])
        .with(Part::FirstPay, "0.01", &[])
        .run();
        paid(&decision, "rest")
    };
    // R(1.5) = 2: the untagged first-pay comes after both tagged buckets in scope.
    assert_eq!([both("a"), both("b")], ["0.00", "0.00"]);
}

/// Rule 5: labels of all layers are kept, and a take may ask for one and exclude another.
#[test]
fn labels_of_all_layers_are_kept() {
    let decision = trial(vec![
        layer("tier_a").starts("10").pays("0.5"),
        layer("tier_b").starts("20").pays("0.5"),
        layer("tier_c").takes(vec![huitong_core::policy::layer::Take {
            not_left: vec![label("tier_b", Left::Start)],
            ..left(&[label("tier_a", Left::Start)])
        }]),
    ])
    .in_scope("110")
    .run();
    // 10.00 lie under the start of tier_a; tier_b takes 60.00 of which they are a sixth: it pays 3.33 of
    // them, leaves 3.34 under its own start (a tie, to the lower label) and 3.33 as share.
    assert_eq!(of(&decision, "tier_b").base, fen("60"));
    assert_eq!(paid(&decision, "tier_c"), "3.33");
}

/// Rule 5: layers that exclude each other share one label name.
#[test]
fn layers_that_exclude_each_other_share_a_label() {
    let alike = |called: &str, filing: &str, share: &str| Layer {
        label: name("pool"),
        ..layer(called)
            .when(vec![is(WordFact::Filing, filing)])
            .pays(share)
    };
    let mut trial = trial(vec![
        alike("filed", "referral", "0.7"),
        alike("unfiled", "unfiled", "0.5"),
        layer("next").takes(vec![left(&[label("pool", Left::Share)])]),
    ])
    .in_scope("100");
    assert_eq!(paid(&trial.run(), "next"), "30.00");
    trial.facts.filing = FilingClass::Unfiled;
    assert_eq!(paid(&trial.run(), "next"), "50.00");
}

/// A layer whose `when` fails labels nothing: `not_left` sees no label, `left` finds none.
#[test]
fn a_skipped_layer_labels_nothing() {
    let decision = trial(vec![
        layer("basic").when(vec![is(WordFact::Filing, "unfiled")]),
        layer("with").takes(vec![left(&[label("basic", Left::None)])]),
        layer("without").takes(vec![huitong_core::policy::layer::Take {
            not_left: vec![label("basic", Left::None)],
            ..take(Part::InScope)
        }]),
    ])
    .in_scope("5")
    .run();
    assert_eq!(decision.layers.len(), 1);
    assert_eq!(paid(&decision, "without"), "5.00");
}

proptest! {
    /// What weights keep off and what they take make the bill, whatever the weight.
    #[test]
    fn kept_off_and_taken_make_the_whole(units in 0_u64..=1_000, amounts in prop::collection::vec(1_i64..10_000, 1..9)) {
        let weight = Ratio::from_ten_billionths(units * 10_000_000).unwrap();
        let mut trial = trial(vec![
            layer("basic").takes(vec![take(Part::InScope).weight(&weight.to_string())]),
            layer("none").takes(vec![left(&[label("basic", Left::None)])]),
        ]);
        for amount in &amounts {
            trial = trial.line(&[(Part::InScope, huitong_core::money::Fen::new(*amount).unwrap())], &[]);
        }
        let decision = trial.run();
        prop_assert_eq!(decision.cash.get(), 0);
        prop_assert_eq!(decision.fund_total, decision.total);
    }
}
