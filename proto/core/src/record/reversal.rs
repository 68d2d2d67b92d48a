//! Reversals in both roles: ordered or refused at home; intended, booked, refused and noted where the person
//! was treated.

use crate::bill::VisitNumber;
use crate::canonical_struct;
use crate::claim::VisitKey;
use crate::coverage::Balances;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::final_refusal::FinalRefusal;
use crate::id::{RequestId, ReversalId, SettlementId};
use crate::institution::InstitutionCode;
use crate::refusal::Refusal;
use crate::reversal::{Reversal, ReversalBody, ReversedPerson};
use crate::totals::TotalSlot;
use crate::vocabulary::ReversalReason;

use super::home::LeafError;

/// Home role: a settlement stands no more, with everything that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalOrdered {
    leaf: Digest,
    body: ReversalBody,
    /// The salt of the commitment to the person.
    pub salt: [u8; 16],
    /// Whose settlement it was, and the version that its reversal makes.
    pub person: ReversedPerson,
    /// The visit that may be settled anew.
    pub visit: VisitKey,
    /// The admission that its bill had begun, by where it began: the next bill of it counts it again.
    pub begun: Option<(InstitutionCode, VisitNumber)>,
    /// The totals that the settlement had changed, as they stand without it.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts as they stand after it.
    pub balances: Balances,
    /// The number of its first leg; it has one for each amount, or none within one region.
    pub legs_from: u64,
}

canonical_struct!(ReversalOrdered {
    leaf, body, salt, person, visit, begun, totals, balances, legs_from
} via ReversalOrdered::read);

/// The parts of a [`ReversalOrdered`] beside the signed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalEffects {
    /// See [`ReversalOrdered::salt`].
    pub salt: [u8; 16],
    /// See [`ReversalOrdered::person`].
    pub person: ReversedPerson,
    /// See [`ReversalOrdered::visit`].
    pub visit: VisitKey,
    /// See [`ReversalOrdered::begun`].
    pub begun: Option<(InstitutionCode, VisitNumber)>,
    /// See [`ReversalOrdered::totals`].
    pub totals: Vec<(TotalSlot, i64)>,
    /// See [`ReversalOrdered::balances`].
    pub balances: Balances,
    /// See [`ReversalOrdered::legs_from`].
    pub legs_from: u64,
}

impl ReversalOrdered {
    /// A reversal with what follows from it.
    #[must_use]
    pub fn new(body: ReversalBody, of: ReversalEffects) -> Self {
        let ReversalEffects {
            salt,
            person,
            visit,
            begun,
            totals,
            balances,
            legs_from,
        } = of;
        Self {
            leaf: body.leaf(),
            body,
            salt,
            person,
            visit,
            begun,
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
        body: ReversalBody,
        salt: [u8; 16],
        person: ReversedPerson,
        visit: VisitKey,
        begun: Option<(InstitutionCode, VisitNumber)>,
        totals: Vec<(TotalSlot, i64)>,
        balances: Balances,
        legs_from: u64,
    ) -> Result<Self, LeafError> {
        let of = ReversalEffects {
            salt,
            person,
            visit,
            begun,
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

    /// What is signed.
    #[must_use]
    pub const fn body(&self) -> &ReversalBody {
        &self.body
    }

    /// The leaf in the tree of its commit group.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }
}

/// Treatment role: an institution wants a settlement reversed. The home region is not asked before this is
/// synced, so that a lost answer is asked for again under the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalIntended {
    /// The reversal's id, which follows from the institution and its request.
    pub reversal: ReversalId,
    /// Which settlement.
    pub settlement: SettlementId,
    /// The institution that asked.
    pub institution: InstitutionCode,
    /// The institution's own id of the request.
    pub request: RequestId,
    /// Why.
    pub reason: ReversalReason,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReversalIntended {
    reversal,
    settlement,
    institution,
    request,
    reason,
    at
});

/// Treatment role: the home region's reversal is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalBooked {
    /// The home region's word.
    pub reversal: Reversal,
    /// The number of its first leg; it has one for each amount, or none within one region.
    pub legs_from: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReversalBooked {
    reversal,
    legs_from,
    at
});

/// Treatment role: an institution's wish was finally refused; the settlement stands as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalRefused {
    /// Which reversal.
    pub reversal: ReversalId,
    /// Why.
    pub refusal: Refusal,
    /// The home region's word on it; none when it said that it knows nothing that could be refused.
    pub word: Option<FinalRefusal>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReversalRefused {
    reversal,
    refusal,
    word,
    at
});

/// Treatment role: the institution has seen a reversal that it had not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalNoted {
    /// The institution.
    pub institution: InstitutionCode,
    /// Its settlement that was reversed.
    pub settlement: SettlementId,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReversalNoted {
    institution,
    settlement,
    at
});
