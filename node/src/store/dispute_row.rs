//! The rows of disputes: what the region said, and what is corrected.

use huitong_core::canonical_struct;
use huitong_core::digest::Digest;
use huitong_core::dispute::word::SignedWord;

/// What the region said last of a kind in a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeWordRow {
    /// The word, as it was signed.
    pub signed: SignedWord,
}

canonical_struct!(DisputeWordRow { signed });

/// A settled dispute that is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Digest of the outcome.
    pub outcome: Digest,
    /// The number of the leg.
    pub leg: u64,
}

canonical_struct!(CorrectionRow { outcome, leg });
