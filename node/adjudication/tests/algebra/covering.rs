//! Floors and ceilings (rules 11 to 15).

use huitong_core::decision::{CeilingResult, Step};
use huitong_core::fund::Fund;
use huitong_core::policy::fact::{NumberFact, WordFact};
use huitong_core::policy::layer::{Bounds, Ceiling, Left, Payer};
use huitong_core::policy::quantity::Linear;
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;

use crate::build::*;

const IN_SCOPE: NumberFact = NumberFact::Part(Part::InScope, None);

/// Rule 11: pay = min(max(segments, floor), ceilings, balance, base), one bound at a time.
#[test]
fn the_least_of_floor_ceiling_balance_and_base() {
    let cases = [
        // ratio, floor, ceiling, balance → paid
        ("0.3", "0.4", "1000", "1000", "40.00"),
        ("0.5", "0.4", "1000", "1000", "50.00"),
        ("0.3", "0.4", "35", "1000", "35.00"),
        ("0.3", "0.4", "1000", "20", "20.00"),
        ("0.3", "1", "1000", "1000", "100.00"),
        ("0", "0", "1000", "1000", "0.00"),
    ];
    for (pays, floor, ceiling, balance, expected) in cases {
        let account = layer("account")
            .pays(pays)
            .floor(NumberFact::Base, floor)
            .ceiling(Bounds::Payment, ceiling, None)
            .by(Payer::Fund(Fund::OwnAccount));
        let decision = trial(vec![account])
            .in_scope("100")
            .holding(balance, "0")
            .run();
        assert_eq!(
            decision.own_account.to_string(),
            expected,
            "{pays} {floor} {ceiling} {balance}"
        );
    }
}

/// Rule 12: a floor on a part of the bill counts what earlier layers paid of that part.
#[test]
fn a_floor_on_a_part_counts_what_was_paid_of_it() {
    let decision = trial(vec![
        layer("self_funded")
            .takes(vec![take(Part::OutOfScope)])
            .pays("0.5")
            .by(Payer::Fund(Fund::Commercial)),
        layer("basic").pays("0.3"),
        layer("supplement").pays("0.1").floor(IN_SCOPE, "0.45"),
    ])
    .in_scope("1000")
    .with(Part::OutOfScope, "400", &[])
    .run();
    // 45 % of 1,000, of which basic paid 300; what was paid out of scope does not count.
    assert_eq!(paid(&decision, "supplement"), "150.00");
    assert_eq!(of(&decision, "supplement").floor_extra, fen("80"));
}

/// Rule 12: a floor's extra is taken from share, then start, then above; the start charged stays.
#[test]
fn a_floors_extra_is_taken_from_share_then_start_then_above() {
    let cases = [
        ("0.6", ["20.00", "10.00", "10.00"]),
        ("0.75", ["15.00", "0.00", "10.00"]),
        ("0.95", ["0.00", "0.00", "5.00"]),
    ];
    for (floor, expected) in cases {
        let basic = layer("basic")
            .starts("20")
            .pays("0.5")
            .ceiling(Bounds::Scope, "90", None)
            .floor(NumberFact::Base, floor);
        let decision = trial(vec![basic]).in_scope("100").run();
        assert_eq!(left_of(&decision, "basic"), expected, "{floor}");
        assert_eq!(of(&decision, "basic").start, fen("20"));
    }
}

/// Rule 13, with its figures: 20,000 fen at 0.9 under a room of 10,000 leaves 8,889 above, and a
/// supplement pays on that.
#[test]
fn a_payment_ceiling_cuts_at_the_first_position_that_pays_the_room() {
    let decision = trial(vec![
        layer("basic")
            .pays("0.9")
            .ceiling(Bounds::Payment, "100", None),
        layer("supplement")
            .takes(vec![left(&[label("basic", Left::Above)])])
            .pays("0.9"),
    ])
    .in_scope("200")
    .run();
    assert_eq!(left_of(&decision, "basic"), ["0.00", "11.11", "88.89"]);
    assert_eq!(of(&decision, "supplement").base, fen("88.89"));
    let ceiling = CeilingResult {
        bounds: Bounds::Payment,
        limit: fen("100"),
        room: fen("100"),
    };
    assert_eq!(of(&decision, "basic").ceiling, Some(ceiling));
}

/// Rule 13: start stays start, also when the room is zero.
#[test]
fn start_stays_start_when_no_room_is_left() {
    for bounds in [Bounds::Payment, Bounds::Scope] {
        let used = total("used", vec![Adds::Paid(name("basic"))]);
        let basic = layer("basic")
            .starts("30")
            .pays("0.8")
            .ceiling(bounds, "1000", Some("used"));
        let decision = trial(vec![basic])
            .in_scope("100")
            .total(used, 100_000)
            .run();
        assert_eq!(
            left_of(&decision, "basic"),
            ["30.00", "0.00", "70.00"],
            "{bounds:?}"
        );
    }
}

/// Rule 13: a room that is met exactly cuts as well, so one fen more of the bill is no jump.
#[test]
fn a_room_that_is_just_met_cuts_at_the_same_position() {
    let above = |bill: &str| {
        let basic = layer("basic")
            .pays("0.1")
            .ceiling(Bounds::Payment, "1", None);
        left_of(&trial(vec![basic]).in_scope(bill).run(), "basic")[2].clone()
    };
    assert_eq!([above("9.94"), above("9.95")], ["0.00", "0.00"]);
    assert_eq!(
        [above("9.96"), above("10.04"), above("10.05")],
        ["0.01", "0.09", "0.10"]
    );
}

/// Rule 14: a scope ceiling is measured as its layer's segments are.
#[test]
fn a_scope_ceiling_is_measured_as_the_segments_are() {
    let basic = || {
        layer("basic")
            .starts("20")
            .ceiling(Bounds::Scope, "50", None)
    };
    let absolute = trial(vec![basic()]).in_scope("100").run();
    assert_eq!(left_of(&absolute, "basic"), ["20.00", "0.00", "50.00"]);
    let above_start = trial(vec![basic().above_start()]).in_scope("100").run();
    assert_eq!(left_of(&above_start, "basic"), ["20.00", "0.00", "30.00"]);
}

/// Rule 15: without a total a ceiling bounds this settlement alone, wherever its axis stands.
#[test]
fn a_ceiling_without_a_total_bounds_this_settlement_alone() {
    let basic = layer("basic")
        .along("burden")
        .ceiling(Bounds::Scope, "60", None);
    let burden = total("burden", vec![Adds::Base(name("basic"))]);
    let decision = trial(vec![basic])
        .in_scope("100")
        .total(burden, 70_000)
        .run();
    assert_eq!(paid(&decision, "basic"), "60.00");
}

/// Rule 15: one whose total is the axis is a position on it.
#[test]
fn a_scope_ceiling_on_the_axis_is_a_position() {
    let basic = layer("basic")
        .along("burden")
        .ceiling(Bounds::Scope, "750", Some("burden"));
    let burden = total("burden", vec![Adds::Base(name("basic"))]);
    for (before, expected) in [(0, "100.00"), (70_000, "50.00"), (80_000, "0.00")] {
        let trial = trial(vec![basic.clone()])
            .in_scope("100")
            .total(burden.clone(), before);
        assert_eq!(paid(&trial.run(), "basic"), expected, "{before}");
    }
}

/// Rule 15: any other leaves room = ceiling − total, which several layers may share.
#[test]
fn layers_share_a_ceiling_through_one_total() {
    let pool = total(
        "pool",
        vec![Adds::Paid(name("drugs")), Adds::Paid(name("rest"))],
    );
    let decision = trial(vec![
        layer("drugs")
            .takes(vec![take(Part::InScope).tagged("drug")])
            .ceiling(Bounds::Payment, "100", Some("pool")),
        layer("rest").ceiling(Bounds::Payment, "100", Some("pool")),
    ])
    .with(Part::InScope, "60", &["drug"])
    .in_scope("60")
    .total(pool, 10_00)
    .run();
    assert_eq!(
        [paid(&decision, "drugs"), paid(&decision, "rest")],
        ["60.00", "30.00"]
    );
    assert_eq!(decision.totals[0].adds, 90_00);
    assert_eq!(
        of(&decision, "rest").ceiling.clone().unwrap().room,
        fen("30")
    );
}

/// Rule 15: a row of a ceiling may be none.
#[test]
fn a_ceiling_may_be_none_for_some() {
    let needy = when(vec![is(WordFact::Identity, "subsistence")]);
    let mut critical = layer("critical");
    critical.ceilings.push(Ceiling {
        bounds: Bounds::Payment,
        amount: rows(vec![
            (needy, None),
            (
                huitong_core::policy::condition::Condition::ALWAYS,
                Some(Linear::fixed(money("10"))),
            ),
        ]),
        total: None,
    });
    let mut trial = trial(vec![critical]).in_scope("50");
    assert_eq!(paid(&trial.run(), "critical"), "10.00");
    trial
        .facts
        .identities
        .insert(huitong_core::vocabulary::AssistanceIdentity::Subsistence);
    let decision = trial.run();
    assert_eq!(paid(&decision, "critical"), "50.00");
    assert_eq!(of(&decision, "critical").ceiling, None);
}

/// Of several ceilings the lowest cuts, and the trace shows each with its room and what it kept off.
#[test]
fn of_several_ceilings_the_lowest_cuts() {
    let basic = layer("basic")
        .pays("0.5")
        .ceiling(Bounds::Scope, "80", None)
        .ceiling(Bounds::Payment, "30", None)
        .ceiling(Bounds::Payment, "35", None);
    let decision = trial(vec![basic]).in_scope("100").run();
    assert_eq!(
        of(&decision, "basic").ceiling.clone().unwrap().limit,
        fen("30")
    );
    let cuts: Vec<_> = decision
        .trace
        .iter()
        .filter_map(|step| match step {
            Step::Ceiling { limit, cut, .. } => Some((limit.to_string(), cut.to_string())),
            _ => None,
        })
        .collect();
    let expected = [("80.00", "20.00"), ("30.00", "10.00"), ("35.00", "0.00")];
    assert_eq!(
        cuts,
        expected.map(|(limit, cut)| (limit.to_owned(), cut.to_owned()))
    );
}
