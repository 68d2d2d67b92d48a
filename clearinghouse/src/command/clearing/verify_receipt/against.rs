//! What the codes that were given come to together: each against the checkpoints of its cycle, and all of them against one
//! settlement and what its receipt says that funds paid.
//!
//! Each leg counts once, however often it is given, and only when it is of the settlement asked about. Deliberately absent:
//! whether all legs were given, which nothing in a code says.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::Checkpoint;
use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::checkpoint::row::Pair;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;

use super::shown::Said;

/// Checks a code against every checkpoint of its cycle, and where there is none, against the first, which it then is not of.
pub(super) fn check(proof: &ReceiptProof, checkpoints: &[&Checkpoint], faults: &mut Vec<Said>) {
    let is_of = |it: &Checkpoint| (it.plan, it.day) == (proof.plan(), proof.day());
    let has_any = checkpoints.iter().any(|it| is_of(it));
    let of_cycle = checkpoints.iter().filter(|it| is_of(it));
    let other = checkpoints.iter().take(usize::from(!has_any));
    for checkpoint in of_cycle.chain(other) {
        let found = proof.check(checkpoint);
        faults.extend(found.iter().map(|fault| Said::of(fault, proof, checkpoint)));
    }
}

/// What codes of one settlement come to.
pub(super) struct Together {
    /// What each fund paid, by legs of the settlement itself.
    paid: BTreeMap<Fund, i128>,
    /// Where legs of its reversal are among them.
    reversed: Option<SettlementId>,
}

impl Together {
    /// The codes of one settlement: that of the paper or else of the first code. What is of another, and what is given again,
    /// is a fault and does not count.
    pub(super) fn of(
        proofs: &[ReceiptProof],
        wanted: Option<SettlementId>,
        faults: &mut Vec<Said>,
    ) -> Self {
        let mut together = Self {
            paid: BTreeMap::new(),
            reversed: None,
        };
        let first = proofs.first().map(ReceiptProof::settlement);
        let Some(wanted) = wanted.or(first) else {
            return together;
        };
        let mut counted = BTreeSet::<(LegKind, Pair)>::new();
        for proof in proofs {
            if proof.settlement() != wanted {
                faults.push(Said::other_settlement(proof.settlement(), wanted));
                continue;
            }
            for leg in proof.legs() {
                if !counted.insert((leg.kind, leg.row.pair)) {
                    faults.push(Said::repeated(leg.kind, &leg.row.pair));
                    continue;
                }
                match leg.kind {
                    LegKind::Settlement => {
                        let sum = together.paid.entry(leg.row.pair.fund).or_insert(0);
                        *sum = sum.saturating_add(i128::from(leg.amount.get()));
                    }
                    LegKind::Reversal => together.reversed = Some(wanted),
                    // A code has none of these.
                    LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => {}
                }
            }
        }
        together
    }

    /// Whether funds paid what the receipt says, and still do by these codes.
    pub(super) fn against(&self, receipt: &[(Fund, Fen)], faults: &mut Vec<Said>) {
        if receipt.is_empty() {
            return;
        }
        if let Some(settlement) = self.reversed {
            faults.push(Said::reversed(settlement));
        }
        for (fund, stated) in receipt {
            let netted = self.paid.get(fund).copied();
            if netted != Some(i128::from(stated.get())) {
                faults.push(Said::amount(*fund, *stated, netted));
            }
        }
    }
}

#[cfg(test)]
mod tests;
