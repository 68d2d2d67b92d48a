//! What a restored node is given back by its peers.
//!
//! Either side of a settlement holds all that the other needs to write it again: the home region's word with
//! its proof, and what it was decided on. The word is signed by the home region and commits to claim and
//! decision, so neither can be another one; the snapshot is the peer's word alone, and so is what a patient had been told
//! of a provisional settlement.

use crate::canonical::Artifact;
use crate::claim::Claim;
use crate::coverage::Snapshot;
use crate::decision::Decision;
use crate::deduction::DeductionWord;
use crate::final_refusal::FinalRefusal;
use crate::provisional::TrueUp;
use crate::record::hand::ProvenHand;
use crate::reversal::HomeWord;
use crate::{canonical_enum, canonical_struct};

/// One thing that a peer gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum Returned {
    /// A receipt, with its reversal when it was reversed.
    Word(ReturnedWord),
    /// A final refusal or a tombstone.
    Refusal(FinalRefusal),
    /// A word to a new home: a hand-over or a supplement.
    Hand(ProvenHand),
    /// Nothing any more: what had this number among receipts and reversals is of somebody who was erased.
    Erased(u64),
    /// An audit deduction or its withdrawal, with the home region's word on it.
    Deduction(DeductionWord),
}

canonical_enum!(Returned {
    1 => Word(word),
    2 => Refusal(refusal),
    3 => Hand(hand),
    4 => Erased(number),
    5 => Deduction(word),
});

impl Artifact for Returned {
    const KIND: [u8; 4] = *b"RTRN";
    const VERSION: u16 = 1;
}

/// The home region's word on a settlement, with what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedWord {
    /// The word.
    pub word: HomeWord,
    /// What was asked for.
    pub claim: Claim,
    /// What both regions computed.
    pub decision: Decision,
    /// On what, as far as the peer knows it.
    pub snapshot: Snapshot,
    /// What became of the difference when it had been settled provisionally, as the treatment region booked it. The home
    /// region tells nothing of it.
    pub trued_up: Option<TrueUp>,
}

canonical_struct!(ReturnedWord {
    word,
    claim,
    decision,
    snapshot,
    trued_up
});
