//! Final refusals: the home region's signed word that an id can never stand.
//!
//! Three things end an id without anything standing under it: the claim of a settlement is refused, the wish to
//! reverse one is refused, or the id is given up and buried (code `id.abandoned`). Each is journaled
//! once, is one leaf of its commit group like a receipt, and is repeated for the id for ever. What is no outcome
//! (a stale version, an overloaded node) is never signed and leaves the id free. Like a receipt it commits,
//! salted, to what was asked for, so that its leaf says nothing to those who see another leaf's path.

use crate::canonical::{Artifact, encode_to_vec};
use crate::claim::Binding;
use crate::date::Timestamp;
use crate::digest::{Digest, sha256_parts};
use crate::id::{ReversalId, SettlementId};
use crate::merkle;
use crate::receipt::GroupSignature;
use crate::refusal::{Refusal, RefusalCode};
use crate::region::RegionCode;
use crate::reversal::{BegunBy, ReversalOrder};
use crate::{canonical_enum, canonical_struct};

/// What a refused id stood for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusedRequest {
    /// The id of a settlement that was given up before its claim was seen.
    Unseen,
    /// The claim that the id of a settlement binds.
    Claim(Binding),
    /// The wish that the id of a reversal binds.
    Reversal(RefusedReversal),
}

canonical_enum!(RefusedRequest {
    1 => Unseen,
    2 => Claim(binding),
    3 => Reversal(wish),
});

/// A wish to reverse a settlement, under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedReversal {
    /// The id of the reversal.
    pub reversal: ReversalId,
    /// What it binds.
    pub order: ReversalOrder,
}

canonical_struct!(RefusedReversal { reversal, order });

impl RefusedRequest {
    /// The salted commitment.
    #[must_use]
    pub fn commitment(&self, salt: &[u8; 16]) -> Digest {
        sha256_parts(&[b"HTRQ\x00\x01", salt, &encode_to_vec(self)])
    }
}

/// What is signed of a final refusal: one leaf of a commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalBody {
    /// The settlement: the one refused, or the one that is not reversed.
    pub settlement: SettlementId,
    /// The reversal that is refused; none when the settlement itself is.
    pub reversal: Option<ReversalId>,
    /// The home region, which refuses.
    pub home: RegionCode,
    /// The treatment region, whose id the settlement's is.
    pub treatment: RegionCode,
    /// Why.
    pub refusal: Refusal,
    /// The commitment to what was asked for.
    pub request: Digest,
    /// When the home node refused.
    pub refused_at: Timestamp,
}

canonical_struct!(RefusalBody {
    settlement,
    reversal,
    home,
    treatment,
    refusal,
    request,
    refused_at
});

impl Artifact for RefusalBody {
    const KIND: [u8; 4] = *b"RFSL";
    const VERSION: u16 = 1;
}

impl RefusalBody {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }

    /// Whether it is a word on this request, apart from the commitment.
    fn names(&self, request: &RefusedRequest) -> bool {
        match request {
            RefusedRequest::Unseen => self.is_tombstone() && self.reversal.is_none(),
            RefusedRequest::Claim(_) => self.reversal.is_none(),
            RefusedRequest::Reversal(RefusedReversal { reversal, order }) => {
                self.reversal == Some(*reversal)
                    && order.settlement == self.settlement
                    && order.treatment == self.treatment
            }
        }
    }

    /// Whether it refuses just this request, committed to with this salt.
    #[must_use]
    pub fn is_of(&self, request: &RefusedRequest, salt: &[u8; 16]) -> bool {
        self.names(request) && request.commitment(salt) == self.request
    }

    /// The region whose node asked: it scopes the id.
    #[must_use]
    pub const fn asked_by(&self, request: &RefusedRequest) -> RegionCode {
        match request {
            RefusedRequest::Unseen | RefusedRequest::Claim(_) => self.treatment,
            RefusedRequest::Reversal(RefusedReversal { order, .. }) => match order.begun_by {
                BegunBy::Institution(_) => self.treatment,
                BegunBy::Officer(_) => self.home,
            },
        }
    }

    /// Whether the id was given up rather than refused.
    #[must_use]
    pub fn is_tombstone(&self) -> bool {
        self.refusal.code == RefusalCode::Abandoned
    }
}

/// A final refusal that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalRefusal {
    /// What is signed.
    pub body: RefusalBody,
    /// What the commitment is of; given to whoever asked.
    pub request: RefusedRequest,
    /// The salt of the commitment.
    pub salt: [u8; 16],
    /// The signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(FinalRefusal {
    body,
    request,
    salt,
    group,
    index,
    path
});

impl Artifact for FinalRefusal {
    const KIND: [u8; 4] = *b"RFSS";
    const VERSION: u16 = 1;
}

impl FinalRefusal {
    /// Whether the path leads from this body to the signed root. The signature itself is checked by who
    /// holds the home region's key.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }

    /// Whether the request shown is the one that was refused.
    #[must_use]
    pub fn is_of_its_request(&self) -> bool {
        self.body.is_of(&self.request, &self.salt)
    }
}
