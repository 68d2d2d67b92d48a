//! The treatment role: `prepared → settled | refused | abandoned`.

use crate::bill::Bill;
use crate::claim::{Binding, Claim};
use crate::coverage::Snapshot;
use crate::date::Timestamp;
use crate::decision::Decision;
use crate::final_refusal::FinalRefusal;
use crate::id::{RequestId, SettlementId};
use crate::institution::InstitutionCode;
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::region::RegionCode;

use crate::canonical_struct;

/// A settlement about to be put to the home region. No Commit leaves before this is synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Its id, which follows from the institution and the request id.
    pub settlement: SettlementId,
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// The institution's own id.
    pub request: RequestId,
    /// What that id binds: the request as it was sent.
    pub binding: Binding,
    /// The bill as charged; none in a record that was regained after a restore, when only the institution has it.
    pub bill: Option<Bill>,
    /// What the home region is asked to pay for.
    pub claim: Claim,
    /// What was computed.
    pub decision: Decision,
    /// What the home region said of the person: on it the decision was computed, and can be again.
    pub snapshot: Snapshot,
    /// After this the institution wants no settlement.
    pub not_after: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Prepared {
    settlement,
    institution,
    request,
    binding,
    bill,
    claim,
    decision,
    snapshot,
    not_after,
    at
});

impl Prepared {
    /// The home region.
    #[must_use]
    pub const fn home(&self) -> RegionCode {
        self.claim.person.home
    }
}

/// The same claim adjudicated again, because the person's record had changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprepared {
    /// Which settlement.
    pub settlement: SettlementId,
    /// What is computed now.
    pub decision: Decision,
    /// On what the home region says now.
    pub snapshot: Snapshot,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Reprepared {
    settlement,
    decision,
    snapshot,
    at
});

/// The receipt is booked, with its amounts and no others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which settlement.
    pub settlement: SettlementId,
    /// The home region's word.
    pub receipt: Receipt,
    /// The number of its first receivable leg; it has one for each amount of the receipt, or none when the
    /// person is of the own region.
    pub legs_from: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Settled {
    settlement,
    receipt,
    legs_from,
    at
});

/// A final refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which settlement.
    pub settlement: SettlementId,
    /// Why: what the home region said, or why it was given up there.
    pub refusal: Refusal,
    /// The home region's word that nothing can stand under the id.
    pub word: FinalRefusal,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Refused {
    settlement,
    refusal,
    word,
    at
});

/// Given up: the home region holds a tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// Which settlement.
    pub settlement: SettlementId,
    /// That tombstone.
    pub word: FinalRefusal,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Abandoned {
    settlement,
    word,
    at
});

/// An id of which nothing is prepared here can never be: it was cancelled, or the home region's word that follows came
/// back after a restore that lost what was prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    /// The id it would have had.
    pub settlement: SettlementId,
    /// The institution that cancelled, or whose id it was.
    pub institution: InstitutionCode,
    /// The institution's own id.
    pub request: RequestId,
    /// The home region that is asked for its tombstone too.
    pub home: RegionCode,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Cancelled {
    settlement,
    institution,
    request,
    home,
    at
});
