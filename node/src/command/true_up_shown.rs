//! What became of a provisional settlement, as officers read it.

use std::io::Write;

use huitong_core::provisional::TrueUp;
use serde_json::{Value, json};

/// As [`print_true_up`], below a settlement that is not told as provisional otherwise.
pub(super) fn print_was_provisional(of: &TrueUp, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "  was provisional, trued up / 曾先行结算，已补结算")?;
    print_true_up(of, out)
}

/// The figures of a true-up, on a line of its own each.
pub(super) fn print_true_up(of: &TrueUp, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "  cash 现金: told 告知 {}, decided 核定 {}, patient pays 患者负担 {}, given back 退还 {}",
        of.told, of.decided, of.patient, of.refund
    )?;
    writeln!(
        out,
        "  loss 损失: home region bears 参保地承担 {}, treatment region bears 就医地承担 {}",
        of.home_bears, of.treatment_bears
    )
}

/// The figures of a true-up in JSON.
pub(super) fn true_up_json(of: &TrueUp) -> Value {
    json!({
        "told_fen": of.told.get(),
        "decided_fen": of.decided.get(),
        "patient_fen": of.patient.get(),
        "refund_fen": of.refund.get(),
        "home_bears_fen": of.home_bears.get(),
        "treatment_bears_fen": of.treatment_bears.get(),
    })
}
