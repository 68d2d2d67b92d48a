//! Axis, start, segments (rules 6 to 8), and totals (rules 9 and 10).

use huitong_core::policy::condition::Table;
use huitong_core::policy::fact::{NumberFact, WordFact};
use huitong_core::policy::layer::{Bounds, Layer, Left, MetBy};
use huitong_core::policy::quantity::Linear;
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::vocabulary::{Part, Setting};

use crate::build::*;

fn yearly() -> (Layer, TotalRule) {
    let basic = layer("basic")
        .along("burden")
        .starts("1000")
        .segments(&[("3000", "0.5"), ("", "0.8")]);
    (basic, total("burden", vec![Adds::Base(name("basic"))]))
}

/// Rule 6: the payments of a year telescope: pieces of 1,500 and 2,500 pay what 4,000 pays at once.
#[test]
fn pieces_of_a_year_pay_what_the_year_pays() {
    let (basic, burden) = yearly();
    let mut year = trial(vec![basic]).total(burden, 0);
    let whole = year.clone().in_scope("4000").run();
    assert_eq!(paid(&whole, "basic"), "1800.00");

    let first = year.clone().in_scope("1500").run();
    year.after(&first);
    let second = year.in_scope("2500").run();
    assert_eq!(
        [paid(&first, "basic"), paid(&second, "basic")],
        ["250.00", "1550.00"]
    );
    let result = of(&second, "basic");
    assert_eq!((result.before, result.start), (fen("1500"), fen("0")));
    assert_eq!(
        (result.segments[0].from, result.segments[0].to),
        (fen("1500"), fen("3000"))
    );
}

/// Rule 6: R is applied to F, not to the piece, so half fen do not pile up.
#[test]
fn half_fen_do_not_pile_up_over_a_year() {
    let basic = layer("basic").along("burden").pays("0.5");
    let mut year = trial(vec![basic]).total(total("burden", vec![Adds::Base(name("basic"))]), 0);
    let mut paid_so_far = 0;
    for _ in 0..4 {
        let decision = year.clone().in_scope("0.01").run();
        paid_so_far += decision.fund_total.get();
        year.after(&decision);
    }
    assert_eq!(paid_so_far, 2);
}

/// Rule 7: a threshold is rounded once, half up, and then what is met is taken off.
#[test]
fn a_start_is_rounded_before_what_is_met_is_subtracted() {
    let start = |coefficient: &str| {
        Table::always(times(coefficient, NumberFact::Part(Part::InScope, None)))
    };
    let basic = |met| layer("basic").starts_at(start("0.125"), met);
    // 0.125 × 1.00 = 12.5 fen, rounded to 13; 12 fen are met.
    let decision = trial(vec![basic(MetBy::Charged(name("charged")))])
        .in_scope("1.00")
        .total(
            total("charged", vec![Adds::StartCharged(name("basic"))]),
            12,
        )
        .run();
    assert_eq!(of(&decision, "basic").start, fen("0.01"));
    assert_eq!(paid(&decision, "basic"), "0.99");
}

/// Rule 7: never below zero, neither by the quantity nor by what is met.
#[test]
fn a_threshold_is_held_at_zero_or_above() {
    let below = Linear {
        constant: money("-5".trim_start_matches('-')) * dec("-1"),
        ..Linear::fixed(dec("0"))
    };
    let decision = trial(vec![
        layer("basic").starts_at(Table::always(below), MetBy::Nothing),
    ])
    .in_scope("10")
    .run();
    assert_eq!(paid(&decision, "basic"), "10.00");
    let basic = layer("basic").starts_at(fixed("5"), MetBy::Scope(name("scope")));
    let scope = total("scope", vec![Adds::Bill(Some(Part::InScope), None)]);
    let decision = trial(vec![basic]).in_scope("10").total(scope, 9_000).run();
    assert_eq!(of(&decision, "basic").start, fen("0"));
}

/// A start of 20 % of the bill, at least 2,000 and at most 10,000.
#[test]
fn a_start_in_proportion_to_the_bill_between_two_bounds() {
    let quantity = Linear {
        at_least: Some(money("2000")),
        at_most: Some(money("10000")),
        ..times("0.2", NumberFact::Bill)
    };
    let basic = layer("basic")
        .starts_at(Table::always(quantity), MetBy::Nothing)
        .pays("0.6");
    for (bill, start) in [("5000", "2000"), ("30000", "6000"), ("80000", "10000")] {
        let decision = trial(vec![basic.clone()]).in_scope(bill).run();
        assert_eq!(of(&decision, "basic").start, fen(start), "{bill}");
    }
}

/// A start reduced by 100 for each later admission, never below 160: a count in a quantity.
#[test]
fn a_start_falls_with_the_ordinal() {
    let quantity = Linear {
        constant: money("900"),
        at_least: Some(money("160")),
        ..times("-10000", NumberFact::Ordinal)
    };
    let basic = layer("basic").starts_at(Table::always(quantity), MetBy::Nothing);
    for (ordinal, start) in [(1, "800"), (2, "700"), (8, "160"), (20, "160")] {
        let mut trial = trial(vec![basic.clone()])
            .in_scope("5000")
            .total(total("admissions", vec![Adds::Admission]), 0);
        trial.facts.ordinal = ordinal;
        assert_eq!(of(&trial.run(), "basic").start, fen(start), "{ordinal}");
    }
}

/// Rule 8: on a named axis the start is a position: what the axis holds already lies behind it.
#[test]
fn on_a_named_axis_the_start_is_a_position() {
    let (basic, burden) = yearly();
    for (before, charged) in [(0, "1000"), (40_000, "600"), (100_000, "0"), (500_000, "0")] {
        let decision = trial(vec![basic.clone()])
            .in_scope("2000")
            .total(burden.clone(), before)
            .run();
        assert_eq!(of(&decision, "basic").start, fen(charged), "{before}");
    }
}

/// Rule 8: a start per admission before yearly segments is a layer of its own with ratio 0.
#[test]
fn a_start_per_admission_is_a_layer_that_pays_nothing() {
    let decision = trial(vec![
        layer("admission").starts("800").pays("0"),
        layer("basic")
            .takes(vec![left(&[label("admission", Left::Share)])])
            .along("burden")
            .segments(&[("10000", "0.8"), ("", "0.9")]),
    ])
    .in_scope("3000")
    .total(total("burden", vec![Adds::Base(name("basic"))]), 900_000)
    .run();
    assert_eq!(paid(&decision, "admission"), "0.00");
    // 2,200 from 9,000: 1,000 at 80 % and 1,200 at 90 %.
    assert_eq!(paid(&decision, "basic"), "1880.00");
}

/// Rule 9: a total adds a base, what is left by label, a start charged, a payment, a raw part, or one.
#[test]
fn totals_add_what_they_say() {
    let basic = name("basic");
    let rules = [
        ("base", Adds::Base(basic), 100_00),
        ("start", Adds::Left(basic, Left::Start), 20_00),
        ("share", Adds::Left(basic, Left::Share), 24_00),
        ("above", Adds::Left(basic, Left::Above), 32_00),
        ("none", Adds::Left(basic, Left::None), 7_00),
        ("charged", Adds::StartCharged(basic), 20_00),
        ("paid", Adds::Paid(basic), 24_00),
        ("raw", Adds::Bill(Some(Part::OutOfScope), None), 7_00),
        ("tagged", Adds::Bill(None, Some(name("drug"))), 40_00),
        ("bill", Adds::Bill(None, None), 107_00),
        ("visits", Adds::One, 1),
    ];
    let basic = layer("basic")
        .starts("20")
        .pays("0.5")
        .ceiling(Bounds::Scope, "68", None);
    let mut trial = trial(vec![basic])
        .with(Part::InScope, "60", &[])
        .with(Part::InScope, "40", &["drug"])
        .with(Part::OutOfScope, "7", &[]);
    for (called, adds, _) in rules {
        trial = trial.total(total(called, vec![adds]), 5);
    }
    let changes: Vec<_> = trial
        .run()
        .totals
        .into_iter()
        .map(|change| (change.slot.name, change.adds))
        .collect();
    let expected: Vec<_> = rules
        .iter()
        .map(|(called, _, adds)| (name(called), *adds))
        .collect();
    assert_eq!(changes, expected);
}

/// Rule 9: what is left is read right after its layer, before later layers pay of it.
#[test]
fn what_is_left_is_added_right_after_its_layer() {
    let share = total("share", vec![Adds::Left(name("basic"), Left::Share)]);
    let decision = trial(vec![layer("basic").pays("0.5"), layer("rest").pays("1")])
        .in_scope("10")
        .total(share, 0)
        .run();
    assert_eq!(decision.totals[0].adds, 500);
}

/// Rule 10: a later layer of the same settlement reads what earlier ones added; raw parts come last.
#[test]
fn a_total_read_by_a_layer_holds_what_earlier_layers_added() {
    let paid_total = total("paid", vec![Adds::Paid(name("tier_a"))]);
    let raw = total("raw", vec![Adds::Bill(None, None)]);
    let start = |read: &str| Table::always(times("1", NumberFact::Total(name(read))));
    let decision = trial(vec![
        layer("tier_a").pays("0.5"),
        layer("tier_b")
            .starts_at(start("paid"), MetBy::Nothing)
            .pays("0.1"),
        layer("tier_c")
            .starts_at(start("raw"), MetBy::Nothing)
            .pays("0.1"),
    ])
    .in_scope("100")
    .total(paid_total, 100)
    .total(raw, 200)
    .run();
    assert_eq!(of(&decision, "tier_b").start, fen("50"));
    assert_eq!(of(&decision, "tier_c").start, fen("2"));
}

/// A count of admissions grows by the first bill of a stay, not by one that goes on with it, nor by care
/// without a bed; a count of bills grows by each.
#[test]
fn an_admission_is_counted_by_its_first_bill() {
    let mut trial = trial(vec![layer("basic")])
        .in_scope("1")
        .total(total("admissions", vec![Adds::Admission]), 3)
        .total(total("bills", vec![Adds::One]), 5);
    let grown = |trial: &Trial| {
        let totals = trial.run().totals;
        let of = |called: &str| {
            let change = totals
                .iter()
                .find(|change| change.slot.name == name(called));
            change.map_or(0, |change| change.adds)
        };
        (of("admissions"), of("bills"))
    };
    assert_eq!(grown(&trial), (1, 1));
    trial.facts.continued = true;
    assert_eq!(grown(&trial), (0, 1));
    (trial.facts.continued, trial.facts.setting) = (false, Setting::Chronic);
    assert_eq!(grown(&trial), (0, 1));
    trial.facts.setting = Setting::Maternity;
    assert_eq!(grown(&trial), (1, 1));
}

/// A total grows only when its `when` holds, and not at all without a slot.
#[test]
fn a_total_grows_only_when_it_may() {
    let mut visits = total("visits", vec![Adds::One]);
    visits.when = when(vec![is(WordFact::Setting, "inpatient")]);
    let mut trial = trial(vec![layer("basic")]).in_scope("1").total(visits, 0);
    assert_eq!(trial.run().totals.len(), 1);
    trial.facts.setting = Setting::Outpatient;
    assert_eq!(trial.run().totals, []);
    trial.facts.setting = Setting::Inpatient;
    trial.totals.clear();
    assert_eq!(trial.run().totals, []);
}
