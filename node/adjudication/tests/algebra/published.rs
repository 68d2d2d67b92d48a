//! Published worked examples whose mechanism the algebra names, to the fen.

use huitong_core::fund::Fund;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Bounds, Left, MetBy, Payer};
use huitong_core::policy::quantity::Term;
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;

use crate::build::*;

/// GC48, Ningbo 2023: bill = out of scope + first-pay + start + share + pool.
#[test]
fn gc48_one_deductible_one_ratio() {
    let decision = trial(vec![layer("basic").starts("1200").pays("0.7")])
        .with(Part::OutOfScope, "1500", &[])
        .with(Part::FirstPay, "500", &[])
        .in_scope("20000")
        .run();
    assert_eq!(paid(&decision, "basic"), "13160.00");
    assert_eq!(left_of(&decision, "basic"), ["1200.00", "5640.00", "0.00"]);
    assert_eq!(decision.patient_total.to_string(), "8840.00");
}

/// GC15, Yubei 2023: basic, then assistance on what is left including the deductible, then tilt.
#[test]
fn gc15_basic_assistance_tilt() {
    let unpaid = |layer: &str| left(&[label(layer, Left::Start), label(layer, Left::Share)]);
    let decision = trial(vec![
        layer("basic").starts("300").pays("0.7"),
        layer("assistance")
            .takes(vec![unpaid("basic")])
            .pays("0.7")
            .by(Payer::Fund(Fund::MedicalAssistance)),
        layer("tilt")
            .takes(vec![unpaid("assistance")])
            .starts("3000")
            .pays("0.6")
            .by(Payer::Fund(Fund::ReAssistance)),
    ])
    .in_scope("50000")
    .with(Part::OutOfScope, "2000", &[])
    .run();
    assert_eq!(paid(&decision, "basic"), "34790.00");
    assert_eq!(paid(&decision, "assistance"), "10647.00");
    assert_eq!(paid(&decision, "tilt"), "937.80");
    assert_eq!(decision.fund_total.to_string(), "46374.80");
    assert_eq!(decision.patient_total.to_string(), "5625.20");
}

/// GC07: segments measured above the start; the axis of the year begins where earlier care left it.
#[test]
fn gc07_segments_above_the_start() {
    let segments = [
        ("20000", "0.3"),
        ("50000", "0.4"),
        ("100000", "0.5"),
        ("", "0.6"),
    ];
    let decision = trial(vec![
        layer("basic").by(Payer::Given(name("basic"))),
        layer("critical")
            .takes(vec![left(&[label("basic", Left::Above)])])
            .starts("20000")
            .above_start()
            .segments(&segments)
            .by(Payer::Fund(Fund::ResidentCriticalIllness)),
    ])
    .in_scope("90000")
    .with(Part::OutOfScope, "10000", &[])
    .given("basic", "40000")
    .run();
    let critical = of(&decision, "critical");
    assert_eq!(critical.base, fen("50000"));
    assert_eq!(critical.paid.to_string(), "10000.00");
    let parts: Vec<_> = critical
        .segments
        .iter()
        .map(|part| part.amount.to_string())
        .collect();
    assert_eq!(parts, ["6000.00", "4000.00"]);
    assert_eq!(critical.segments[1].from, fen("40000"));
}

/// GC09 and GC11: segments measured absolutely, so the start eats the lowest one.
#[test]
fn gc09_and_gc11_absolute_segments() {
    let cases: [(&str, &str, &[(&str, &str)], &str); 3] = [
        (
            "8000",
            "50000",
            &[("50000", "0.5"), ("100000", "0.6"), ("", "0.7")],
            "21000.00",
        ),
        (
            "8000",
            "80000",
            &[("50000", "0.5"), ("100000", "0.6"), ("", "0.7")],
            "39000.00",
        ),
        (
            "12000",
            "150000",
            &[("30000", "0.6"), ("100000", "0.65"), ("", "0.75")],
            "93800.00",
        ),
    ];
    for (start, burden, segments, expected) in cases {
        let critical = layer("critical").starts(start).segments(segments);
        let decision = trial(vec![critical]).in_scope(burden).run();
        assert_eq!(paid(&decision, "critical"), expected, "{burden}");
    }
}

/// GC14: a supplement pays on everything left unpaid, whatever its part.
#[test]
fn gc14_a_supplement_on_all_that_is_left() {
    let supplement = Payer::Fund(Fund::EnterpriseSupplement);
    let decision = trial(vec![
        layer("basic")
            .starts("2000")
            .pays("0.8")
            .ceiling(Bounds::Payment, "100000", None),
        layer("supplement")
            .takes(vec![take(Part::InScope), take(Part::OutOfScope)])
            .pays("0.8")
            .by(supplement),
    ])
    .in_scope("117000")
    .with(Part::OutOfScope, "30000", &[])
    .run();
    assert_eq!(paid(&decision, "basic"), "92000.00");
    assert_eq!(decision.cash.to_string(), "11000.00");
}

/// GC27, Weifang: three tiers on three parts of the bill, after what basic and critical illness gave.
#[test]
fn gc27_three_commercial_tiers() {
    let commercial = Payer::Fund(Fund::Commercial);
    let decision = trial(vec![
        layer("paid").by(Payer::Given(name("basic"))),
        layer("tier_a")
            .starts("18000")
            .segments(&[("100000", "0.65"), ("", "0.8")])
            .above_start()
            .by(commercial),
        layer("tier_b")
            .takes(vec![take(Part::OutOfScope).tagged("special")])
            .starts("20000")
            .pays("0.6"),
        layer("tier_c")
            .takes(vec![take(Part::OutOfScope).tagged("external")])
            .starts("10000")
            .pays("0.8"),
    ])
    .in_scope("444000")
    .with(Part::OutOfScope, "67000", &["special"])
    .with(Part::OutOfScope, "10000", &[])
    .with(Part::OutOfScope, "264000", &["external"])
    .given("basic", "244000")
    .run();
    // The page counts the first 100,000 above the start at 65 % and what lies above 118,000 at 80 %:
    // it prints (200,000 − 18,000 − 100,000) × 65 % + 100,000 × 80 %, an absolute bound of 100,000.
    assert_eq!(paid(&decision, "tier_b"), "28200.00");
    assert_eq!(paid(&decision, "tier_c"), "203200.00");
    assert_eq!(paid(&decision, "tier_a"), "130600.00");
    let absolute = layer("tier_a")
        .starts("18000")
        .segments(&[("100000", "0.65"), ("", "0.8")]);
    let decision = trial(vec![absolute]).in_scope("200000").run();
    assert_eq!(paid(&decision, "tier_a"), "133300.00");
}

/// GC61, GC63, GC65: the nth admission's start, absolute segments, and a ceiling on payment.
#[test]
fn gc61_gc63_gc65_segments_up_to_a_payment_ceiling() {
    let segments = [("10000", "0.8"), ("30000", "0.85"), ("", "0.9")];
    let cases = [
        ("400", ["7680.00", "17000.00", "35320.00"]),
        ("200", ["7840.00", "17000.00", "35160.00"]),
        ("140", ["7888.00", "17000.00", "35112.00"]),
    ];
    for (start, expected) in cases {
        let basic = layer("basic").starts(start).segments(&segments);
        let decision = trial(vec![basic.ceiling(Bounds::Payment, "60000", None)])
            .in_scope("100000")
            .run();
        let parts: Vec<_> = of(&decision, "basic")
            .segments
            .iter()
            .map(|part| part.amount.to_string())
            .collect();
        assert_eq!(parts, expected, "{start}");
        assert_eq!(paid(&decision, "basic"), "60000.00");
    }
}

/// GC01 and GC02: a retiree's co-payment is 80 % of 14 %; the published start is class A cost (rule 2).
#[test]
fn gc01_a_retiree_bears_eight_tenths_of_the_share() {
    let basic = |share: &str| {
        // share' = 0.8 × share, so ratio' = 0.8 × ratio + 0.2.
        layer("basic")
            .takes(vec![take(Part::InScope).not_tagged("implant")])
            .pays(share)
            .adjusts(vec![retired()], "0.8", "0.2", vec![])
    };
    let implant = layer("implant").takes(vec![take(Part::InScope).tagged("implant")]);
    let mut trial = trial(vec![basic("0.86"), implant])
        .with(Part::OutOfScope, "5800", &[])
        .in_scope("34000")
        .line(
            &[(Part::FirstPay, fen("1820")), (Part::InScope, fen("16380"))],
            &[],
        )
        .line(
            &[(Part::FirstPay, fen("600")), (Part::InScope, fen("1400"))],
            &[],
        )
        .line(
            &[
                (Part::FirstPay, fen("25000")),
                (Part::InScope, fen("25000")),
            ],
            &["implant"],
        );
    trial.facts.retired = true;
    let decision = trial.run();
    assert_eq!(decision.patient_total.to_string(), "39019.36");
    assert_eq!(decision.fund_total.to_string(), "70980.64");
}

/// GC57: a retiree's five points on the ratio. GC04's rule: 75 % + 0.2 points a year of age.
#[test]
fn points_and_age_change_a_ratio() {
    let points =
        layer("basic")
            .starts("800")
            .pays("0.8")
            .adjusts(vec![retired()], "1", "0.05", vec![]);
    let mut retiree = trial(vec![points]).in_scope("5000");
    assert_eq!(paid(&retiree.run(), "basic"), "3360.00");
    retiree.facts.retired = true;
    assert_eq!(paid(&retiree.run(), "basic"), "3570.00");

    let by_age = vec![Term {
        coefficient: dec("0.002"),
        fact: NumberFact::Age,
    }];
    let chengdu = layer("basic")
        .starts_at(
            huitong_core::policy::condition::Table::always(times(
                "0.12",
                NumberFact::Index(name("wage")),
            )),
            MetBy::Nothing,
        )
        .pays("0.75")
        .adjusts(vec![], "1", "0", by_age)
        .ceiling(Bounds::Payment, "46336", Some("pool_paid"));
    let mut trial = trial(vec![chengdu])
        .in_scope("60000")
        .total(total("pool_paid", vec![Adds::Paid(name("basic"))]), 0);
    trial.draft.indexes = [(name("wage"), [(2023, fen("8084"))].into_iter().collect())]
        .into_iter()
        .collect();
    trial.facts.age = 50;
    let decision = trial.run();
    assert_eq!(of(&decision, "basic").start.to_string(), "970.08");
    assert_eq!(of(&decision, "basic").segments[0].ratio, ratio("0.85"));
    assert_eq!(decision.fund_total.to_string(), "46336.00");
    assert_eq!(decision.patient_total.to_string(), "13664.00");
}
