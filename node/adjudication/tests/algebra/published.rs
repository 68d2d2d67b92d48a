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
