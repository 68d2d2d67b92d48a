//! Medical assistance on a year's totals, granted and withdrawn. Each is a version of its person; neither makes legs.

use crate::assistance::AssessedYear;
use crate::canonical_struct;
use crate::coverage::PersonVersion;
use crate::date::Timestamp;
use crate::id::{ActId, RequestId};
use crate::officer::OfficerName;
use crate::person::PsnNo;
use crate::totals::TotalSlot;
use crate::vocabulary::AssistanceEndReason;

/// An officer granted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistanceGranted {
    /// The act's id, which names the grant.
    pub act: ActId,
    /// Who.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// What was granted, on what.
    pub year: AssessedYear,
    /// The version it makes.
    pub after: PersonVersion,
    /// The totals that it changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(AssistanceGranted {
    act,
    by,
    request,
    year,
    after,
    totals,
    at
});

/// It stands no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssistanceWithdrawn {
    /// Which.
    pub act: ActId,
    /// Whose.
    pub psn_no: PsnNo,
    /// The year that may be granted anew.
    pub year: u16,
    /// Why.
    pub reason: AssistanceEndReason,
    /// The officer.
    pub by: OfficerName,
    /// The version it makes.
    pub after: PersonVersion,
    /// The totals that it changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(AssistanceWithdrawn {
    act,
    psn_no,
    year,
    reason,
    by,
    after,
    totals,
    at
});
