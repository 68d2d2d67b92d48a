//! A cycle that is cut off, and what is known of the clearinghouse's own restores, which hold cycles up.

use std::collections::BTreeMap;

use huitong_core::date::Timestamp;
use huitong_core::record::clearing::{
    Actor, CycleRecord, LegsLeftOut, NettingFailed, ReopeningProposed,
};
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
    /// Why it could not be netted, while that is so.
    pub(crate) failed: Option<NettingFailed>,
    /// What an officer wants to leave out of it then.
    pub(crate) proposed: Option<ReopeningProposed>,
    /// What two officers left out of it.
    pub(crate) left_out: LegsLeftOut,
}

impl Cycle {
    /// As it is cut off.
    pub(crate) fn new(marks: BTreeMap<RegionCode, u64>, by: Actor, at: Timestamp) -> Self {
        Self {
            marks,
            by,
            at,
            plan: None,
            failed: None,
            proposed: None,
            left_out: LegsLeftOut::default(),
        }
    }

    /// It has a plan.
    pub(crate) fn netted(&mut self, plan: u64) {
        self.plan = Some(plan);
        (self.failed, self.proposed) = (None, None);
    }

    /// It could not be netted, or something is left out of it.
    pub(crate) fn follow(&mut self, record: &CycleRecord) {
        match record {
            CycleRecord::Failed(failed) => {
                (self.failed, self.proposed) = (Some(failed.clone()), None);
            }
            CycleRecord::Proposed(proposed) => self.proposed = Some(proposed.clone()),
            CycleRecord::Reopened(reopened) => {
                (self.failed, self.proposed) = (None, None);
                self.left_out = reopened.left_out.clone();
            }
        }
    }
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
