//! How many bills a core adjudicates in a second, beside the arithmetic of such a bill alone.
//!
//! `cargo bench -p huitong-adjudication [-- --quick]`. One 20-line bill under a policy of three layers,
//! with trace; the baseline, in the same run, is the arithmetic of a 20-line bill with `rust_decimal`. The
//! goal is 100,000 decisions a second.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unused_imports,
    dead_code,
    unreachable_pub,
    reason = "a bench measures time and prints a table"
)]

#[path = "../tests/algebra/build.rs"]
mod build;

use std::hint::black_box;
use std::time::{Duration, Instant};

use huitong_adjudication::adjudicate;
use huitong_core::canonical::Artifact;
use huitong_core::fund::Fund;
use huitong_core::policy::fact::WordFact;
use huitong_core::policy::layer::{Bounds, Left, Payer};
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;
use rust_decimal::{Decimal, RoundingStrategy};

use build::*;

/// Basic with a start and a ceiling, critical illness along the year, assistance by identity.
fn three_layers() -> Trial {
    let unpaid = |layer: &str| left(&[label(layer, Left::Share), label(layer, Left::Above)]);
    let mut trial = trial(vec![
        layer("basic")
            .starts("1200")
            .segments(&[("10000", "0.7"), ("", "0.75")])
            .ceiling(Bounds::Payment, "300000", Some("pool_paid"))
            .adjusts(vec![is(WordFact::Filing, "referral")], "1", "-0.05", vec![]),
        layer("critical")
            .takes(vec![unpaid("basic")])
            .along("burden")
            .starts("3000")
            .segments(&[("30000", "0.6"), ("100000", "0.65"), ("", "0.75")])
            .by(Payer::Fund(Fund::ResidentCriticalIllness)),
        layer("assistance")
            .takes(vec![
                unpaid("critical"),
                take(Part::FirstPay).tagged("implant"),
            ])
            .pays("0.5")
            .ceiling(Bounds::Payment, "50000", Some("assisted"))
            .by(Payer::Fund(Fund::MedicalAssistance)),
    ])
    .total(total("pool_paid", vec![Adds::Paid(name("basic"))]), 120_000)
    .total(total("burden", vec![Adds::Base(name("critical"))]), 250_000)
    .total(total("assisted", vec![Adds::Paid(name("assistance"))]), 0);
    trial.draft.tiers = vec![tier_row("tertiary")];
    trial.facts.tier = Some(name("tertiary"));
    for place in 0..20_i64 {
        let amount = |fen: i64| huitong_core::money::Fen::new(fen).unwrap();
        let (scope, first) = (90_000 + 1_733 * place, 10_000 + 97 * place);
        let tags: &[&str] = if place % 7 == 3 { &["implant"] } else { &[] };
        let out = if place % 5 == 4 { 2_500 } else { 0 };
        trial = trial.line(
            &[
                (Part::InScope, amount(scope)),
                (Part::FirstPay, amount(first)),
                (Part::OutOfScope, amount(out)),
            ],
            tags,
        );
    }
    trial
}

/// First-pay of every line, then start, ratio and sums: what no engine can leave out.
fn arithmetic(lines: &[(Decimal, Decimal)]) -> Decimal {
    let round =
        |value: Decimal| value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    let mut scope = Decimal::ZERO;
    for (amount, ratio) in lines {
        scope += *amount - round(*amount * *ratio);
    }
    round((scope - Decimal::new(120_000, 2)) * Decimal::new(70, 2))
}

/// Calls a second, the best of several runs.
fn rate(run: Duration, mut call: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let (begun, mut calls) = (Instant::now(), 0_u32);
        while begun.elapsed() < run {
            for _ in 0..256 {
                call();
            }
            calls += 256;
        }
        best = best.max(f64::from(calls) / begun.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let run = Duration::from_millis(if quick { 40 } else { 600 });
    let trial = three_layers();
    let (compiled, bill) = (trial.compiled(), trial.bill());
    let case = trial.case(&bill);
    let decision = adjudicate(&compiled, &case).unwrap();
    assert_eq!(decision.layers.len(), 3);
    let lines: Vec<_> = (0..20)
        .map(|n| (Decimal::new(100_000 + 1_837 * n, 2), Decimal::new(10, 2)))
        .collect();

    let baseline = rate(run, || {
        black_box(arithmetic(black_box(&lines)));
    });
    let decisions = rate(run, || {
        black_box(adjudicate(black_box(&compiled), black_box(&case)).unwrap());
    });
    let bytes = rate(run, || {
        black_box(black_box(&decision).to_bytes());
    });
    println!(
        "a 20-line bill, three layers, {} steps of trace, one core",
        decision.trace.len()
    );
    println!("| what                          | a second | µs    | × baseline |");
    println!("|-------------------------------|---------:|------:|-----------:|");
    for (what, rate) in [
        ("arithmetic alone, rust_decimal", baseline),
        ("adjudicate, with trace", decisions),
        ("canonical bytes of a decision", bytes),
    ] {
        println!(
            "| {what:<30}| {rate:>8.0} | {:>5.2} | {:>10.2} |",
            1e6 / rate,
            baseline / rate
        );
    }
    let goal = 100_000.0;
    println!(
        "goal {goal:.0} a second: {}",
        if decisions >= goal { "held" } else { "missed" }
    );
}
