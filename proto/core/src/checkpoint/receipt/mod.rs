//! What proves one settlement to whoever holds its receipt: its legs of one cycle, each with the path to its row and the
//! path of the row to the root that the clearinghouse signed that day.
//!
//! It is made to be printed beside a receipt, so it is small: it names the checkpoint by its digest and carries neither
//! signature nor certificates, which stand in the checkpoint's file. It says what was netted in that cycle and nothing
//! else: a reversal is a leg of its own, of the same cycle or a later one, and a code may leave it out. Legs of
//! deductions and corrections have another id in a settlement's place and are none of a receipt. Deliberately absent:
//! whoever was treated, and the bill.
//!
//! | room | its question |
//! |---|---|
//! | [`text`] | How does it stand in a QR code? |

pub mod text;

use super::Checkpoint;
use super::row::{Pair, Row, leg_leaf};
use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::BusinessDay;
use crate::digest::Digest;
use crate::id::SettlementId;
use crate::leg::{Leg, LegKind};
use crate::merkle;
use crate::money::Fen;

/// Legs of one proof, at most: every fund of a settlement, and of its reversal when both are in one cycle.
pub const LEGS_AT_MOST: usize = 32;
/// Hashes of one path, at most: a tree of four thousand million leaves.
pub const STEPS_AT_MOST: usize = 32;

/// A place in a tree, and the path from there to its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which leaf it is, from 0.
    pub index: u64,
    /// From its sibling up.
    pub path: Vec<Digest>,
}

canonical_struct!(Place { index, path });

/// A leg of the settlement, and all that leads from it to the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenLeg {
    /// Whether it arose from the settlement or from its reversal.
    pub kind: LegKind,
    /// How much.
    pub amount: Fen,
    /// The business day of the receipt or of the reversal.
    pub business_day: BusinessDay,
    /// Digest of the signed body of the receipt or of the reversal.
    pub receipt: Digest,
    /// Its place among the legs of its row.
    pub in_row: Place,
    /// The row as it is committed to.
    pub row: Row,
    /// The row's place among those of the cycle.
    pub in_cycle: Place,
}

canonical_struct!(ProvenLeg {
    kind,
    amount,
    business_day,
    receipt,
    in_row,
    row,
    in_cycle
});

impl ProvenLeg {
    /// The leg, as both regions reported it.
    #[must_use]
    pub const fn leg(&self, settlement: SettlementId) -> Leg {
        let Pair {
            debtor,
            creditor,
            fund,
        } = self.row.pair;
        Leg {
            settlement,
            kind: self.kind,
            debtor,
            creditor,
            fund,
            amount: self.amount,
            business_day: self.business_day,
            receipt: self.receipt,
        }
    }
}

/// What proves a settlement's legs of one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptProof {
    settlement: SettlementId,
    plan: u64,
    day: BusinessDay,
    checkpoint: Digest,
    legs: Vec<ProvenLeg>,
}

canonical_struct!(ReceiptProof {
    settlement,
    plan,
    day,
    checkpoint,
    legs
} via ReceiptProof::new);

impl Artifact for ReceiptProof {
    const KIND: [u8; 4] = *b"RCPF";
    const VERSION: u16 = 1;
}

/// What is no proof of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReceiptProof {
    /// None, or more than a settlement can have.
    #[error("from 1 to {LEGS_AT_MOST} legs, and not {0}")]
    Legs(usize),
    /// Not after the one before, by kind and pair.
    #[error("legs do not ascend by kind, debtor, creditor and fund")]
    Order,
    /// Neither of a settlement nor of its reversal.
    #[error("a leg of a {0} is not of a receipt")]
    Kind(LegKind),
    /// Longer than any path.
    #[error("a path has at most {STEPS_AT_MOST} hashes, and not {0}")]
    Path(usize),
}

/// Something that does not hold in a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptFault {
    /// It is of the cycle of another plan or day.
    OtherCycle,
    /// It names another checkpoint of the same cycle.
    OtherCheckpoint,
    /// The row is not one of those that the checkpoint commits to.
    Row(LegKind, Pair),
    /// The leg is not one of those of its row.
    Leg(LegKind, Pair),
}

impl ReceiptFault {
    /// Its stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherCycle => "receipt.other_cycle",
            Self::OtherCheckpoint => "receipt.other_checkpoint",
            Self::Row(..) => "receipt.row",
            Self::Leg(..) => "receipt.leg",
        }
    }
}

impl ReceiptProof {
    /// The proof of a settlement's legs in the cycle of a checkpoint.
    ///
    /// # Errors
    /// [`NoReceiptProof`].
    pub fn new(
        settlement: SettlementId,
        plan: u64,
        day: BusinessDay,
        checkpoint: Digest,
        legs: Vec<ProvenLeg>,
    ) -> Result<Self, NoReceiptProof> {
        if legs.is_empty() || legs.len() > LEGS_AT_MOST {
            return Err(NoReceiptProof::Legs(legs.len()));
        }
        let key = |leg: &ProvenLeg| (leg.kind, leg.row.pair);
        if !legs.is_sorted_by(|one, next| key(one) < key(next)) {
            return Err(NoReceiptProof::Order);
        }
        for leg in &legs {
            match leg.kind {
                LegKind::Settlement | LegKind::Reversal => {}
                LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => {
                    return Err(NoReceiptProof::Kind(leg.kind));
                }
            }
            for place in [&leg.in_row, &leg.in_cycle] {
                if place.path.len() > STEPS_AT_MOST {
                    return Err(NoReceiptProof::Path(place.path.len()));
                }
            }
        }
        Ok(Self {
            settlement,
            plan,
            day,
            checkpoint,
            legs,
        })
    }

    /// The settlement.
    #[must_use]
    pub const fn settlement(&self) -> SettlementId {
        self.settlement
    }

    /// The number of the cycle's plan.
    #[must_use]
    pub const fn plan(&self) -> u64 {
        self.plan
    }

    /// The cycle.
    #[must_use]
    pub const fn day(&self) -> BusinessDay {
        self.day
    }

    /// Digest of the cycle's checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> Digest {
        self.checkpoint
    }

    /// The legs, ascending by kind and pair.
    #[must_use]
    pub fn legs(&self) -> &[ProvenLeg] {
        &self.legs
    }

    /// A proof for each of its legs alone.
    pub fn each(&self) -> impl Iterator<Item = Self> + '_ {
        self.legs.iter().map(|leg| Self {
            legs: vec![leg.clone()],
            ..*self
        })
    }

    /// All that does not hold against a checkpoint, whose signature is checked by who asks. Against a checkpoint of
    /// another cycle nothing can be said of legs and rows.
    #[must_use]
    pub fn check(&self, checkpoint: &Checkpoint) -> Vec<ReceiptFault> {
        if (self.plan, self.day) != (checkpoint.plan, checkpoint.day) {
            return vec![ReceiptFault::OtherCycle];
        }
        let mut faults = Vec::new();
        if self.checkpoint != checkpoint.digest() {
            faults.push(ReceiptFault::OtherCheckpoint);
        }
        for leg in &self.legs {
            let (kind, row) = (leg.kind, &leg.row);
            let Place { index, path } = &leg.in_cycle;
            let (rows, root) = (checkpoint.rows, checkpoint.root);
            if !merkle::verify_inclusion(row.leaf(), *index, rows, path, root) {
                faults.push(ReceiptFault::Row(kind, row.pair));
            }
            let Place { index, path } = &leg.in_row;
            let leaf = leg_leaf(&leg.leg(self.settlement));
            if !merkle::verify_inclusion(leaf, *index, row.legs, path, row.pair_root) {
                faults.push(ReceiptFault::Leg(kind, row.pair));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests;
