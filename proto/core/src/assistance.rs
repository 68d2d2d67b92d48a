//! Medical assistance on a year's totals (依申请救助): for a person whose need was found after the care.
//!
//! The settlements of the year that stand are put to the region's policy as one bill of their cost in scope, with
//! what was paid of it as given. Deliberately absent: parts of the bill out of scope, which the policy's insurance
//! layers may have paid in part, and what the region's own core system settled, whose part in scope nobody told.

use crate::canonical::encode_to_vec;
use crate::canonical_struct;
use crate::claim::Claim;
use crate::coverage::Snapshot;
use crate::date::ServiceDate;
use crate::decision::Decision;
use crate::digest::{Digest, sha256_parts};
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::money::Fen;
use crate::person::PsnNo;
use crate::region::RegionCode;
use crate::totals::TotalChange;
use crate::vocabulary::NotCounted;

/// The name under which a policy takes what was paid of the year so far.
pub const PAID_THIS_YEAR: &str = "paid_this_year";

/// A settlement of the year that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Whose id it is: the treatment region, or the home region of one settled by hand.
    pub treatment: RegionCode,
    /// Its id.
    pub settlement: SettlementId,
    /// Its cost in scope.
    pub in_scope: Fen,
    /// What of that funds, the hospital and others paid; accounts and cash are the person's own.
    pub paid: Fen,
}

canonical_struct!(Counted {
    treatment,
    settlement,
    in_scope,
    paid
});

/// A settlement of the year that is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncounted {
    /// Whose id it is.
    pub treatment: RegionCode,
    /// Its id.
    pub settlement: SettlementId,
    /// Why not.
    pub why: NotCounted,
}

canonical_struct!(Uncounted {
    treatment,
    settlement,
    why
});

/// Settlements outside Huitong in the year, none of which is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outside {
    /// How many stand.
    pub settlements: u64,
    /// Their bills.
    pub total: Fen,
}

canonical_struct!(Outside { settlements, total });

/// A year, what of it is counted, and what the policy pays on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessedYear {
    /// What is counted, in the order of commit; at least one.
    pub counted: Vec<Counted>,
    /// What is not.
    pub uncounted: Vec<Uncounted>,
    /// The counted one with the most in scope, as whose care the year is decided.
    pub decided_as: SettlementId,
    /// What the core system settled.
    pub outside: Outside,
    /// The year as one bill, dated on the day on which need was found.
    pub claim: Claim,
    /// How the person stood. The accounts are empty: nothing is taken from them afterwards.
    pub snapshot: Snapshot,
    /// What the policy pays.
    pub decision: Decision,
    /// What it adds to the totals of the layers that help. Every other total was moved by the settlements.
    pub changes: Vec<TotalChange>,
}

canonical_struct!(AssessedYear {
    counted,
    uncounted,
    decided_as,
    outside,
    claim,
    snapshot,
    decision,
    changes
});

impl AssessedYear {
    /// Whose year.
    #[must_use]
    pub const fn psn_no(&self) -> PsnNo {
        self.claim.person.psn_no
    }

    /// The day on which need was found.
    #[must_use]
    pub const fn on(&self) -> ServiceDate {
        self.claim.visit.admitted
    }

    /// What names it: whatever would be granted. The version is no part of it, so that a change of the record
    /// that changes nothing here leaves it as it is.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let counted = (self.counted.clone(), self.uncounted.clone(), self.outside);
        let decided = (
            self.claim.clone(),
            self.decision.clone(),
            self.changes.clone(),
        );
        sha256_parts(&[b"HTAY\x00\x01", &encode_to_vec(&(counted, decided))])
    }
}

/// Whether a fund helps people in need after insurance has paid.
#[must_use]
pub const fn assists(fund: Fund) -> bool {
    matches!(fund, Fund::MedicalAssistance | Fund::ReAssistance)
}

/// Whether a fund may pay on a year's totals: assistance, or a supplement bought for those whom it helps.
#[must_use]
pub const fn may_pay(fund: Fund) -> bool {
    assists(fund) || matches!(fund, Fund::Commercial)
}
