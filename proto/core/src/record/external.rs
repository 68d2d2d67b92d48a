//! Settlements of the region's own core system, recorded and withdrawn. Each is a version of its person.

use crate::bill::VisitNumber;
use crate::canonical_struct;
use crate::claim::VisitKey;
use crate::coverage::{Balances, PersonVersion};
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::external::{CoreId, ExternalSettlement};
use crate::institution::InstitutionCode;
use crate::officer::OfficerName;
use crate::person::PsnNo;
use crate::record::person::AskedBy;
use crate::totals::{TotalChange, TotalSlot};
use crate::vocabulary::ExternalEndReason;

/// One admission of a person: where it began, and its number there.
pub type Admission = (InstitutionCode, VisitNumber);

/// A settlement of the core system counts from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalNoted {
    /// The settlement.
    pub settlement: ExternalSettlement,
    /// Who recorded it: an officer, or a file.
    pub by: AskedBy,
    /// The policy whose dictionary says where each total is kept.
    pub policy: Digest,
    /// What it adds to each total, a counted admission included; a withdrawal subtracts it again.
    pub changes: Vec<TotalChange>,
    /// The admission's number in the year; none for care without a stay.
    pub ordinal: Option<u16>,
    /// The admission that it counts, when it is the first bill of it that stands.
    pub begun: Option<Admission>,
    /// The version it makes.
    pub after: PersonVersion,
    /// The totals that it changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts as they stand afterwards.
    pub balances: Balances,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ExternalNoted {
    settlement,
    by,
    policy,
    changes,
    ordinal,
    begun,
    after,
    totals,
    balances,
    at
});

/// It counts no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalWithdrawn {
    /// Which.
    pub core_id: CoreId,
    /// Whose.
    pub psn_no: PsnNo,
    /// The visit that is free again.
    pub visit: VisitKey,
    /// Why.
    pub reason: ExternalEndReason,
    /// The officer.
    pub by: OfficerName,
    /// The admission that it had counted.
    pub begun: Option<Admission>,
    /// The version it makes.
    pub after: PersonVersion,
    /// The totals that it changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts as they stand afterwards.
    pub balances: Balances,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ExternalWithdrawn {
    core_id,
    psn_no,
    visit,
    reason,
    by,
    begun,
    after,
    totals,
    balances,
    at
});
