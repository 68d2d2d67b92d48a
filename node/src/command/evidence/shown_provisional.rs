//! The mark of what was provisional on the evidence of it, with the true-up to the fen.

use std::io::Write;

use huitong_core::evidence::{Became, Given};
use serde_json::{Value, json};

use crate::command::true_up_shown::{print_true_up, true_up_json};

/// What is said of one that the home region settled.
pub(super) const SETTLED: &str = "was provisional, trued up / 曾先行结算，已补结算";
/// What is said of one that the home region refused.
pub(super) const REFUSED: &str = "was provisional: it stands for patient and institution, and the treatment region bears it / 曾先行结算：对患者和医疗机构仍有效，由就医地承担";

/// Prints the mark, the amounts, and what proves them.
pub(super) fn print(became: &Became, said: &str, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "  {said}")?;
    print_true_up(&became.true_up, out)?;
    match &became.given {
        Some(Given { provisional, .. }) => writeln!(
            out,
            "  told on the snapshot that the home region signed 按参保地预先签名的快照告知: {}, given 给付 {}",
            provisional.signed.body.signed_at, provisional.at
        ),
        None => writeln!(
            out,
            "  what was told is the node's word alone; evidence from where the person was treated may prove it / 告知金额仅为节点所述，就医地出具的凭证或可证明"
        ),
    }
}

/// The same for a machine.
pub(super) fn as_json(became: &Became) -> Value {
    let given = became.given.as_ref().map(|given| {
        json!({
            "signed_at_ms": given.provisional.signed.body.signed_at.as_millis(),
            "given_at_ms": given.provisional.at.as_millis(),
            "advanced_fen": given.provisional.advanced.get(),
        })
    });
    json!({ "true_up": true_up_json(&became.true_up), "given": given })
}
