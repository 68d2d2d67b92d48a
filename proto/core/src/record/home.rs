//! The home role: an id is committed, refused or buried, once.

use crate::canonical_struct;
use crate::claim::Claim;
use crate::coverage::{Balances, PersonVersion, Snapshot};
use crate::decision::Decision;
use crate::digest::Digest;
use crate::final_refusal::{RefusalBody, RefusedRequest};
use crate::receipt::ReceiptBody;
use crate::totals::TotalSlot;

/// A settlement that stands, with everything that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    leaf: Digest,
    body: ReceiptBody,
    /// The salt of the receipt's commitment to the personal part.
    pub salt: [u8; 16],
    /// What was asked for.
    pub claim: Claim,
    /// What both regions computed.
    pub decision: Decision,
    /// How the person stood: on it the decision was computed, and can be again.
    pub snapshot: Snapshot,
    /// The version it makes.
    pub after: PersonVersion,
    /// The totals that it changed, as they stand after it.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts as they stand after it.
    pub balances: Balances,
    /// The number of its first payable leg; it has one for each amount of the receipt, or none when the
    /// person is treated in the own region.
    pub legs_from: u64,
}

/// A record whose first bytes are not the leaf of its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the leaf is not that of the receipt's body")]
pub struct LeafError;

canonical_struct!(Committed {
    leaf, body, salt, claim, decision, snapshot, after, totals, balances, legs_from
} via Committed::read);

/// The parts of a [`Committed`] beside the receipt's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// See [`Committed::salt`].
    pub salt: [u8; 16],
    /// See [`Committed::claim`].
    pub claim: Claim,
    /// See [`Committed::decision`].
    pub decision: Decision,
    /// See [`Committed::snapshot`].
    pub snapshot: Snapshot,
    /// See [`Committed::after`].
    pub after: PersonVersion,
    /// See [`Committed::totals`].
    pub totals: Vec<(TotalSlot, i64)>,
    /// See [`Committed::balances`].
    pub balances: Balances,
    /// See [`Committed::legs_from`].
    pub legs_from: u64,
}

impl Committed {
    /// A settlement that stands under this receipt.
    #[must_use]
    pub fn new(body: ReceiptBody, of: Commitment) -> Self {
        let Commitment {
            salt,
            claim,
            decision,
            snapshot,
            after,
            totals,
            balances,
            legs_from,
        } = of;
        Self {
            leaf: body.leaf(),
            body,
            salt,
            claim,
            decision,
            snapshot,
            after,
            totals,
            balances,
            legs_from,
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one for each field, in the order of the canonical form"
    )]
    fn read(
        leaf: Digest,
        body: ReceiptBody,
        salt: [u8; 16],
        claim: Claim,
        decision: Decision,
        snapshot: Snapshot,
        after: PersonVersion,
        totals: Vec<(TotalSlot, i64)>,
        balances: Balances,
        legs_from: u64,
    ) -> Result<Self, LeafError> {
        let of = Commitment {
            salt,
            claim,
            decision,
            snapshot,
            after,
            totals,
            balances,
            legs_from,
        };
        let read = Self::new(body, of);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(LeafError)
        }
    }

    /// What is signed of the receipt.
    #[must_use]
    pub const fn body(&self) -> &ReceiptBody {
        &self.body
    }

    /// The receipt's leaf in the tree of its commit group.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }
}

/// An id is finally refused, or buried: nothing can ever stand under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRefused {
    leaf: Digest,
    body: RefusalBody,
    request: RefusedRequest,
    salt: [u8; 16],
}

canonical_struct!(HomeRefused { leaf, body, request, salt } via HomeRefused::read);

/// A record of a refusal that is not of the request beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedError {
    /// Its first bytes are not the leaf of what is signed.
    #[error("the leaf is not that of the refusal's body")]
    Leaf,
    /// Another request was refused.
    #[error("the refusal is not of the request beside it")]
    Request,
}

impl HomeRefused {
    /// A refusal of this request, by a body that commits to it with this salt.
    ///
    /// # Errors
    /// [`RefusedError::Request`] when the body is of another one.
    pub fn new(
        body: RefusalBody,
        request: RefusedRequest,
        salt: [u8; 16],
    ) -> Result<Self, RefusedError> {
        if !body.is_of(&request, &salt) {
            return Err(RefusedError::Request);
        }
        Ok(Self {
            leaf: body.leaf(),
            body,
            request,
            salt,
        })
    }

    fn read(
        leaf: Digest,
        body: RefusalBody,
        request: RefusedRequest,
        salt: [u8; 16],
    ) -> Result<Self, RefusedError> {
        let read = Self::new(body, request, salt)?;
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(RefusedError::Leaf)
        }
    }

    /// What is signed.
    #[must_use]
    pub const fn body(&self) -> &RefusalBody {
        &self.body
    }

    /// What was asked for.
    #[must_use]
    pub const fn request(&self) -> &RefusedRequest {
        &self.request
    }

    /// The salt of the commitment.
    #[must_use]
    pub const fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// The leaf in the tree of its commit group.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }
}
