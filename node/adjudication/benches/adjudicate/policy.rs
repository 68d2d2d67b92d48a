//! One policy of four layers and one bill of twenty lines, as both sides of the comparison get them.

use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::policy::fact::WordFact;
use huitong_core::policy::layer::{Bounds, Left, Payer};
use huitong_core::policy::total::Adds;
use huitong_core::vocabulary::Part;

use crate::build::*;

/// Basic with a start and a ceiling, critical illness along the year, assistance with implants, and what
/// the own account still holds.
pub(crate) fn four_layers() -> Trial {
    let unpaid = |layer: &str| left(&[label(layer, Left::Share), label(layer, Left::Above)]);
    let basic = layer("basic")
        .starts("1200")
        .segments(&[("10000", "0.7"), ("", "0.75")])
        .ceiling(Bounds::Payment, "300000", Some("pool_paid"))
        .adjusts(vec![is(WordFact::Filing, "referral")], "1", "-0.05", vec![]);
    let critical = layer("critical")
        .takes(vec![unpaid("basic")])
        .along("burden")
        .starts("3000")
        .segments(&[("30000", "0.6"), ("100000", "0.65"), ("", "0.75")])
        .by(Payer::Fund(Fund::ResidentCriticalIllness));
    let assistance = layer("assistance")
        .takes(vec![
            unpaid("critical"),
            take(Part::FirstPay).tagged("implant"),
        ])
        .pays("0.5")
        .ceiling(Bounds::Payment, "50000", Some("assisted"))
        .by(Payer::Fund(Fund::MedicalAssistance));
    let account = layer("account")
        .takes(vec![take(Part::InScope), take(Part::FirstPay)])
        .pays("1")
        .by(Payer::Fund(Fund::OwnAccount));
    let mut trial = trial(vec![basic, critical, assistance, account])
        .total(total("pool_paid", vec![Adds::Paid(name("basic"))]), 120_000)
        .total(total("burden", vec![Adds::Base(name("critical"))]), 250_000)
        .total(total("assisted", vec![Adds::Paid(name("assistance"))]), 0)
        .holding("500", "0");
    trial.draft.tiers = vec![tier_row("tertiary")];
    trial.facts.tier = Some(name("tertiary"));
    (0..20).fold(trial, line)
}

/// About 1,200 yuan each; every seventh is an implant, every fifth has a part out of scope.
fn line(trial: Trial, place: i64) -> Trial {
    let amount = |fen: i64| Fen::new(fen).unwrap();
    let tags: &[&str] = if place % 7 == 3 { &["implant"] } else { &[] };
    let out = if place % 5 == 4 { 2_500 } else { 0 };
    trial.line(
        &[
            (Part::InScope, amount(90_000 + 1_733 * place)),
            (Part::FirstPay, amount(10_000 + 97 * place)),
            (Part::OutOfScope, amount(out)),
        ],
        tags,
    )
}
