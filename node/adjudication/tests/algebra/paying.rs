//! Payers, lines, and what a decision says (rules 16 to 18), and the faults.

use huitong_adjudication::fault::{Asked, RuleFault};
use huitong_adjudication::{Blame, Fault, line_shares};
use huitong_core::decision::{SkipReason, Step};
use huitong_core::fund::Fund;
use huitong_core::policy::condition::Table;
use huitong_core::policy::fact::{Account, NumberFact, WordFact};
use huitong_core::policy::layer::{Bounds, Layer, Left, MetBy, Payer};
use huitong_core::vocabulary::Part;

use crate::build::*;

/// Rule 16: a given payment is paid from the bottom of its take and counts among the funds.
#[test]
fn a_given_payment_is_paid_from_the_bottom() {
    let takes = vec![take(Part::InScope), take(Part::OutOfScope)];
    let trial = trial(vec![
        layer("union").takes(takes).by(Payer::Given(name("union"))),
        layer("out").takes(vec![take(Part::OutOfScope)]).pays("0.5"),
    ])
    .in_scope("100")
    .with(Part::OutOfScope, "40", &[])
    .given("union", "120");
    let decision = trial.run();
    assert_eq!(
        [paid(&decision, "union"), paid(&decision, "out")],
        ["120.00", "10.00"]
    );
    assert_eq!(
        (decision.fund_total, decision.cash),
        (fen("130"), fen("10"))
    );
    assert_eq!(left_of(&decision, "union"), ["0.00", "0.00", "20.00"]);
}

/// Rule 16: more than is left is refused, and so is a payment that no layer books.
#[test]
fn a_given_payment_that_does_not_fit_is_refused() {
    let union = layer("union").by(Payer::Given(name("union")));
    let skipped = union.clone().when(vec![is(WordFact::Place, "home")]);
    let too_much = trial(vec![union])
        .in_scope("100")
        .given("union", "100.01")
        .try_run()
        .unwrap_err();
    let large = Fault::GivenTooLarge {
        name: name("union"),
        given: 10_001,
        left: 10_000,
    };
    assert_eq!((too_much.blame(), too_much), (Blame::Claim, large));
    let unknown = Fault::GivenUnknown {
        name: name("union"),
    };
    let unbooked = trial(vec![skipped])
        .in_scope("100")
        .given("union", "1")
        .try_run();
    assert_eq!(unbooked, Err(unknown.clone()));
    let undeclared = trial(vec![layer("basic")])
        .in_scope("100")
        .given("union", "1")
        .try_run();
    assert_eq!(undeclared, Err(unknown));
}

/// Rule 17: a balance falls as layers draw on it, and what it cannot pay is above.
#[test]
fn a_balance_falls_as_layers_draw_on_it() {
    let account = |called: &str, part: Part, fund: Fund| {
        layer(called).takes(vec![take(part)]).by(Payer::Fund(fund))
    };
    let decision = trial(vec![
        account("own_scope", Part::InScope, Fund::OwnAccount),
        account("own_first", Part::FirstPay, Fund::OwnAccount),
        account("family", Part::FirstPay, Fund::FamilyAccount),
    ])
    .in_scope("70")
    .with(Part::FirstPay, "60", &[])
    .holding("100", "20")
    .run();
    assert_eq!(
        (decision.own_account, decision.family_account),
        (fen("100"), fen("20"))
    );
    assert_eq!(left_of(&decision, "own_first"), ["0.00", "0.00", "30.00"]);
    assert_eq!(
        of(&decision, "own_first").ceiling.clone().unwrap().room,
        fen("30")
    );
    assert_eq!(decision.fund_total, fen("0"));
    assert_eq!(
        (decision.cash, decision.patient_total),
        (fen("10"), fen("130"))
    );
}

/// The hospital's part is nobody's fund and not the patient's.
#[test]
fn the_hospital_bears_its_part() {
    let decision = trial(vec![layer("beyond").pays("0.25").by(Payer::Hospital)])
        .in_scope("100")
        .run();
    assert_eq!(
        (decision.hospital, decision.fund_total, decision.cash),
        (fen("25"), fen("0"), fen("75"))
    );
}

/// Facts of accounts and of given payments feed quantities; a balance as it falls.
#[test]
fn balances_and_given_payments_are_facts() {
    let start = |fact| Table::always(times("1", fact));
    let own = layer("account")
        .pays("0.1")
        .by(Payer::Fund(Fund::OwnAccount));
    let decision = trial(vec![
        layer("union").by(Payer::Given(name("union"))),
        own,
        layer("by_balance")
            .starts_at(start(NumberFact::Balance(Account::Own)), MetBy::Nothing)
            .pays("0"),
        layer("by_given")
            .starts_at(start(NumberFact::Given(name("union"))), MetBy::Nothing)
            .pays("0"),
    ])
    .in_scope("1000")
    .given("union", "100")
    .holding("200", "0")
    .run();
    assert_eq!(of(&decision, "by_balance").start, fen("110"));
    assert_eq!(of(&decision, "by_given").start, fen("100"));
}

/// Rule 18: lines get their shares bucket by bucket; each line and each layer sums exactly.
#[test]
fn lines_get_their_shares() {
    let trial = trial(vec![
        layer("basic").starts("10").pays("0.7"),
        layer("drugs").takes(vec![left(&[label("basic", Left::Start)]).tagged("drug")]),
    ])
    .with(Part::InScope, "100", &["drug"])
    .with(Part::InScope, "100", &[])
    .line(
        &[(Part::InScope, fen("50")), (Part::OutOfScope, fen("9"))],
        &["drug"],
    );
    let (compiled, bill) = (trial.compiled(), trial.bill());
    let decision = trial.run();
    let shares = line_shares(&compiled, &trial.case(&bill), &decision).unwrap();
    let shown: Vec<_> = shares
        .iter()
        .map(|line| {
            format!(
                "{}: {:?} {}",
                line.number,
                line.paid
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
                line.cash
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1: [\"67.20\", \"4.00\"] 28.80",
            "2: [\"67.20\", \"0.00\"] 32.80",
            "3: [\"33.60\", \"2.00\"] 23.40",
        ]
    );
    let mut other = decision;
    other.cash = fen("1");
    assert_eq!(
        line_shares(&compiled, &trial.case(&bill), &other),
        Err(Fault::OtherDecision)
    );
}

/// Rule 18: in the order paid, start, share, above, none; of equal lines the first sent comes first.
#[test]
fn lines_are_served_in_the_order_of_what_is_left() {
    let trial = trial(vec![
        layer("basic")
            .starts("0.01")
            .pays("0")
            .ceiling(Bounds::Scope, "0.02", None),
        layer("start").takes(vec![left(&[label("basic", Left::Start)])]),
        layer("share").takes(vec![left(&[label("basic", Left::Share)])]),
        layer("above").takes(vec![left(&[label("basic", Left::Above)])]),
    ])
    .in_scope("0.01")
    .in_scope("0.01")
    .in_scope("0.01");
    let (compiled, bill, decision) = (trial.compiled(), trial.bill(), trial.run());
    let shares = line_shares(&compiled, &trial.case(&bill), &decision).unwrap();
    let paid: Vec<_> = shares
        .iter()
        .map(|line| line.paid.iter().map(|paid| paid.get()).collect::<Vec<_>>())
        .collect();
    assert_eq!(paid, [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
}

/// The trace names every layer, also those that did nothing, and why.
#[test]
fn the_trace_says_why_a_layer_did_nothing() {
    let decision = trial(vec![
        layer("away").when(vec![is(WordFact::Place, "home")]),
        layer("nothing").takes(vec![take(Part::OverLimit)]),
        layer("basic"),
    ])
    .in_scope("1")
    .run();
    let skipped: Vec<_> = decision
        .trace
        .iter()
        .filter_map(|step| match step {
            Step::Skipped { layer, reason } => Some((*layer, *reason)),
            _ => None,
        })
        .collect();
    let expected = [
        (name("away"), SkipReason::When),
        (name("nothing"), SkipReason::NothingToTake),
    ];
    assert_eq!(skipped, expected);
    assert!(matches!(decision.trace.last(), Some(Step::Closed { .. })));
}

/// Segment figures are the payment's parts by largest remainder, lowest first of equals.
#[test]
fn segment_figures_sum_to_what_they_paid() {
    let basic = layer("basic").segments(&[("0.01", "0.5"), ("0.02", "0.5"), ("", "0.5")]);
    let decision = trial(vec![basic]).in_scope("0.03").run();
    let result = of(&decision, "basic");
    let parts: Vec<_> = result
        .segments
        .iter()
        .map(|part| part.amount.get())
        .collect();
    assert_eq!((parts, result.paid.get()), (vec![1, 1, 0], 2));
}

/// A table without a row for a visit is the policy's fault and names layer and table.
#[test]
fn a_table_without_a_row_names_layer_and_table() {
    let only_filed = || {
        rows(vec![(
            when(vec![is(WordFact::Filing, "long_term")]),
            ratio("0.7"),
        )])
    };
    let quantity = || {
        rows(vec![(
            when(vec![is(WordFact::Filing, "long_term")]),
            fixed("1").rows.remove(0).value,
        )])
    };
    let edit = |edit: fn(&mut Layer, Table<_>)| {
        let mut basic = layer("basic");
        edit(&mut basic, only_filed());
        basic
    };
    let cases = [
        (
            edit(|basic, table| basic.take[0].weight = table),
            Asked::Weight(0),
        ),
        (
            edit(|basic, table| basic.segments[0].ratio = table),
            Asked::Ratio(0),
        ),
        (
            edit(|basic, table| {
                basic.floor = Some(huitong_core::policy::layer::Floor {
                    of: NumberFact::Base,
                    ratio: table,
                });
            }),
            Asked::Floor,
        ),
        (
            layer("basic").starts_at(quantity(), MetBy::Nothing),
            Asked::Start,
        ),
    ];
    for (basic, asked) in cases {
        let fault = trial(vec![basic]).in_scope("1").try_run().unwrap_err();
        let expected = Fault::Layer {
            layer: name("basic"),
            fault: RuleFault::NoRow(asked),
        };
        assert_eq!((fault.blame(), fault), (Blame::Policy, expected));
    }
}

/// Faults that only a bill can show: a figure of the year, crossing segments, a ratio of eleven places,
/// one label twice, a total out of range.
#[test]
fn other_faults_are_named() {
    let in_layer = |called: &str, fault| Fault::Layer {
        layer: name(called),
        fault,
    };
    let wage = Table::always(times("0.1", NumberFact::Index(name("wage"))));
    let mut missing = trial(vec![layer("basic").starts_at(wage, MetBy::Nothing)]).in_scope("1");
    missing.draft.indexes = [(name("wage"), [(2022, fen("1"))].into_iter().collect())]
        .into_iter()
        .collect();
    let fault = RuleFault::IndexMissing {
        name: name("wage"),
        year: 2023,
    };
    assert_eq!(missing.try_run(), Err(in_layer("basic", fault)));

    let mut crossing = layer("basic").segments(&[("10", "0.5"), ("20", "0.6"), ("", "0.7")]);
    crossing.segments[1].to = Some(Table::always(times("1", NumberFact::Days)));
    let crossed = trial(vec![crossing]).in_scope("100").try_run();
    assert_eq!(crossed, Err(in_layer("basic", RuleFault::SegmentsCross(1))));

    let fine = layer("basic")
        .pays("0.3333333333")
        .adjusts(vec![], "0.5", "0", vec![]);
    let places = trial(vec![fine]).in_scope("1").try_run();
    assert_eq!(places, Err(in_layer("basic", RuleFault::RatioPlaces)));

    let alike = |called: &str, filing: &str| Layer {
        label: name("pool"),
        ..layer(called).when(vec![is_none_of(WordFact::Filing, &[filing])])
    };
    let twice = trial(vec![
        alike("first_pool", "unfiled"),
        alike("second_pool", "long_term"),
    ]);
    let expected = in_layer("second_pool", RuleFault::LabelTwice(name("pool")));
    assert_eq!(twice.in_scope("1").try_run(), Err(expected));

    let visits = total("visits", vec![huitong_core::policy::total::Adds::One]);
    let below = trial(vec![layer("basic")])
        .in_scope("1")
        .total(visits, -1)
        .try_run();
    assert_eq!(
        below,
        Err(Fault::StoredTotal {
            total: name("visits"),
            value: -1
        })
    );
}

/// Buckets that many layers keep apart are bounded by a typed fault.
#[test]
fn a_bill_that_falls_into_too_many_groups_is_a_fault() {
    let names: Vec<String> = (0..20).map(|place| format!("layer_{place}")).collect();
    let layers = names.iter().map(|called| {
        let mut next = layer(called).starts("50000").pays("0.001");
        if let Some(last) = names.last().filter(|last| *last == called) {
            let labels: Vec<_> = names
                .iter()
                .filter(|name| *name != last)
                .map(|of| label(of, Left::Start))
                .collect();
            next.take = vec![left(&labels)];
        }
        next
    });
    let fault = trial(layers.collect())
        .in_scope("100000")
        .try_run()
        .unwrap_err();
    assert!(
        matches!(fault, Fault::TooManyBuckets { limit: 4_096, .. }),
        "{fault}"
    );
}
