//! A cycle that is cut off, and what is known of the clearinghouse's own restores, which hold cycles up.

use std::collections::BTreeMap;

use huitong_core::date::Timestamp;
use huitong_core::record::clearing::Actor;
use huitong_core::region::RegionCode;

use super::stream::FIRST_INCARNATION;

/// A cycle that is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cycle {
    /// For each region the last number that belongs to it.
    pub(crate) marks: BTreeMap<RegionCode, u64>,
    /// On whose word it was cut off.
    pub(crate) by: Actor,
    /// When.
    pub(crate) at: Timestamp,
    /// The number of its plan, once it is netted.
    pub(crate) plan: Option<u64>,
}

/// What the clearinghouse knows of having been restored itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Restore {
    /// Which time it begins: 1 when it never was.
    pub(crate) incarnation: u32,
    /// When that began, if it was.
    pub(crate) since: Option<Timestamp>,
    /// Since when no cycle goes on, until an officer has said which was cut off last.
    pub(crate) waits_since: Option<Timestamp>,
}

impl Restore {
    /// It never was.
    pub(crate) const NEVER: Self = Self {
        incarnation: FIRST_INCARNATION,
        since: None,
        waits_since: None,
    };
}
