//! What a node journals of disputes: its region's words before they leave, and what settled ones come to. Neither names
//! a person.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::dispute::history::DisputeHistory;
use crate::dispute::word::SignedWord;
use crate::leg::Side;

/// What the region says in a dispute, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeWordSigned {
    /// The word.
    pub signed: SignedWord,
}

canonical_struct!(DisputeWordSigned { signed });

/// A settled dispute is corrected: the region owes, or is owed, what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionBooked {
    /// All that proves it, with the outcome.
    pub history: DisputeHistory,
    /// Which side of the debt the region is.
    pub side: Side,
    /// The number of its leg.
    pub legs_from: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CorrectionBooked {
    history,
    side,
    legs_from,
    at
});
