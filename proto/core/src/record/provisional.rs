//! Settling while the home region cannot be reached, in both roles.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::id::{ReversalId, SettlementId};
use crate::person::PersonRef;
use crate::provisional::{SignedBody, SignedSnapshot, TrueUp};
use crate::region::RegionCode;

/// Home role: a snapshot is signed for a treatment region. It leaves only once this is synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotSigned {
    leaf: Digest,
    body: SignedBody,
}

canonical_struct!(SnapshotSigned { leaf, body } via SnapshotSigned::read);

/// A record whose first bytes are not the leaf of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the leaf is not that of the signed snapshot's body")]
pub struct SignedLeafError;

impl SnapshotSigned {
    /// A snapshot to be signed with its group.
    #[must_use]
    pub fn new(body: SignedBody) -> Self {
        Self {
            leaf: body.leaf(),
            body,
        }
    }

    fn read(leaf: Digest, body: SignedBody) -> Result<Self, SignedLeafError> {
        let read = Self::new(body);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(SignedLeafError)
        }
    }

    /// What is signed.
    #[must_use]
    pub const fn body(&self) -> &SignedBody {
        &self.body
    }
}

/// Treatment role: a signed snapshot is kept, to be used while the home region cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotKept {
    /// The snapshot.
    pub signed: SignedSnapshot,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(SnapshotKept { signed, at });

/// A provisional settlement was trued up: beside the record by which it stands, in both roles, or beside the
/// one by which the home region's refusal is booked, in the treatment role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruedUp {
    /// The treatment region, whose id it is.
    pub treatment: RegionCode,
    /// Which settlement.
    pub settlement: SettlementId,
    /// Whose it is.
    pub person: PersonRef,
    /// To the fen.
    pub true_up: TrueUp,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TruedUp {
    treatment,
    settlement,
    person,
    true_up,
    at
});

/// Treatment role: nothing stands of a provisional settlement any more, and nobody bears anything of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionalTakenBack {
    /// Which settlement.
    pub settlement: SettlementId,
    /// The institution's wish to reverse it; none when it cancelled the id.
    pub reversal: Option<ReversalId>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ProvisionalTakenBack {
    settlement,
    reversal,
    at
});
