//! A month as it stands: what officers see of it.

use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::region::RegionCode;
use crate::vocabulary::MonthStage;

/// What a region said last of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidSeen {
    /// To how many rows it objects; it confirms the others.
    pub objected: u64,
    /// Who of its officers said so.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

/// A month as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSeen {
    /// Which.
    pub month: Month,
    /// Its digest.
    pub digest: Digest,
    /// The plans of its first and last cycle.
    pub plans: (u64, u64),
    /// How many rows it has.
    pub rows: u64,
    /// How far it is.
    pub stage: MonthStage,
    /// Who had it drawn up.
    pub drawn_by: OfficerName,
    /// When.
    pub drawn_at: Timestamp,
    /// Until when regions are to confirm it.
    pub confirm_by: BusinessDay,
    /// How many days that is over; none once every region has said something.
    pub days_late: u32,
    /// The regions that stand in it, ascending, each with what it said.
    pub regions: Vec<(RegionCode, Option<SaidSeen>)>,
    /// Who approved it, and when.
    pub approvals: Vec<(OfficerName, Timestamp)>,
}
