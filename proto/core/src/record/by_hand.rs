//! Settled by hand (手工报销): what stands beside the commit of a bill that a patient paid and brought home, and
//! beside its reversal.
//!
//! The commit itself is a [`super::home::Committed`] whose receipt is of the home region alone: it has the
//! number 0, since it goes to no other region, and no legs, since nobody is owed.

use crate::bill::Bill;
use crate::canonical_struct;
use crate::claim::VisitKey;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::id::{ActId, RequestId, SettlementId};
use crate::officer::OfficerName;
use crate::region::RegionCode;

/// An officer settled a bill by hand. It follows the commit in the same frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledByHand {
    /// The act's id.
    pub act: ActId,
    /// Who.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// What the id binds: the digest of what was asked for.
    pub asked: Digest,
    /// The settlement.
    pub settlement: SettlementId,
    /// The bill as the institution charged it.
    pub bill: Bill,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(SettledByHand {
    act,
    by,
    request,
    asked,
    settlement,
    bill,
    at
});

/// A visit that was settled by hand may be settled anew. It follows the reversal in the same frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFreed {
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The visit.
    pub visit: VisitKey,
    /// The settlement that stands no more.
    pub settlement: SettlementId,
}

canonical_struct!(VisitFreed {
    treatment,
    visit,
    settlement
});
