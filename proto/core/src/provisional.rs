//! Settling while the home region cannot be reached: the snapshot it signed before, what is settled on it,
//! and what becomes of the difference once it answers.
//!
//! The home region trusts no sum here either: it is told which signed snapshot was used, and computes the
//! provisional decision itself from its own words and the claim. The patient's share becomes the lower of
//! the two; what is short is borne, never asked for. Deliberately absent: a leg, which follows only from the
//! receipt.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::claim::VisitKey;
use crate::coverage::Snapshot;
use crate::date::{ServiceDate, Timestamp};
use crate::decision::Decision;
use crate::digest::Digest;
use crate::id::SettlementId;
use crate::merkle;
use crate::money::Fen;
use crate::receipt::GroupSignature;
use crate::region::RegionCode;

/// What is signed of a snapshot: for one region, one visit and a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBody {
    /// The only region that may use it.
    pub treatment: RegionCode,
    /// The visit it is for.
    pub visit: VisitKey,
    /// That visit's first day.
    pub admitted: ServiceDate,
    /// What the treatment region was told.
    pub snapshot: Snapshot,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Until when it may be used.
    pub usable_until: Timestamp,
}

canonical_struct!(SignedBody {
    treatment,
    visit,
    admitted,
    snapshot,
    signed_at,
    usable_until
});

impl Artifact for SignedBody {
    const KIND: [u8; 4] = *b"SGNB";
    const VERSION: u16 = 1;
}

impl SignedBody {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }

    /// Whether it may be used for this visit at a moment.
    #[must_use]
    pub fn is_usable(&self, visit: &VisitKey, admitted: ServiceDate, at: Timestamp) -> bool {
        self.visit == *visit
            && self.admitted == admitted
            && self.signed_at <= at
            && at <= self.usable_until
    }
}

/// A snapshot that stands alone as the home region's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedSnapshot {
    /// What is signed.
    pub body: SignedBody,
    /// The signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(SignedSnapshot {
    body,
    group,
    index,
    path
});

impl Artifact for SignedSnapshot {
    const KIND: [u8; 4] = *b"SGND";
    const VERSION: u16 = 1;
}

impl SignedSnapshot {
    /// Whether the path leads from this body to the signed root. The signature itself is checked by who
    /// holds the home region's key.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }
}

/// A settlement given while the home region could not be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    /// Which settlement.
    pub settlement: SettlementId,
    /// On what it was decided.
    pub signed: SignedSnapshot,
    /// What was decided on it.
    pub decision: Decision,
    /// What funds and accounts were to pay by it.
    pub advanced: Fen,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Provisional {
    settlement,
    signed,
    decision,
    advanced,
    at
});

/// What the home region is told of a provisional settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The snapshot that it had signed.
    pub signed: SignedSnapshot,
    /// When it was used.
    pub at: Timestamp,
}

canonical_struct!(Used { signed, at });

impl Artifact for Used {
    const KIND: [u8; 4] = *b"PROV";
    const VERSION: u16 = 1;
}

/// A provisional settlement against the home region's decision, to the fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrueUp {
    /// What the patient was asked for at the counter.
    pub told: Fen,
    /// The patient's cash by the home region's decision.
    pub decided: Fen,
    /// What the patient pays: the lower of the two.
    pub patient: Fen,
    /// What the institution gives back to the patient.
    pub refund: Fen,
    /// How much of the shortfall the home region bears.
    pub home_bears: Fen,
    /// How much of it the treatment region bears.
    pub treatment_bears: Fen,
}

canonical_struct!(TrueUp {
    told,
    decided,
    patient,
    refund,
    home_bears,
    treatment_bears
});

impl TrueUp {
    /// Of what the patient was told and what was decided, when the home region bears a shortfall up to so
    /// much.
    #[must_use]
    pub fn of(told: Fen, decided: Fen, home_bears_at_most: Fen) -> Self {
        let above = |one: Fen, other: Fen| one.checked_sub(other).unwrap_or(Fen::ZERO);
        let shortfall = above(decided, told);
        let home_bears = shortfall.min(home_bears_at_most);
        Self {
            told,
            decided,
            patient: told.min(decided),
            refund: above(told, decided),
            home_bears,
            treatment_bears: above(shortfall, home_bears),
        }
    }

    /// Of what the home region finally refused: whoever treated bears all that funds were to pay.
    #[must_use]
    pub const fn refused(told: Fen, advanced: Fen) -> Self {
        Self {
            told,
            decided: Fen::ZERO,
            patient: told,
            refund: Fen::ZERO,
            home_bears: Fen::ZERO,
            treatment_bears: advanced,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    #[test]
    fn what_is_refused_is_borne_where_the_patient_was_treated() {
        let up = TrueUp::refused(fen(300), fen(700));
        assert_eq!((up.patient, up.refund), (fen(300), Fen::ZERO));
        assert_eq!((up.home_bears, up.treatment_bears), (Fen::ZERO, fen(700)));
    }

    proptest! {
        /// The patient pays the lower of the two, and the difference is either given back or borne.
        #[test]
        fn a_difference_equals_its_loss_account(told in 0_i64..1_000_000, decided in 0_i64..1_000_000, most in 0_i64..500_000) {
            let up = TrueUp::of(fen(told), fen(decided), fen(most));
            prop_assert_eq!(up.patient.get(), told.min(decided));
            prop_assert_eq!(up.refund.get(), told - up.patient.get());
            prop_assert_eq!(up.home_bears.get() + up.treatment_bears.get(), decided - up.patient.get());
            prop_assert!(up.home_bears.get() <= most);
            prop_assert!(up.treatment_bears.is_zero() || up.home_bears.get() == most);
        }
    }
}
