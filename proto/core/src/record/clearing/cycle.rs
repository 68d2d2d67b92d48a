//! A cycle that gives no plan: what was wrong with it, and what two officers leave out of it so that it gives one.

use std::collections::BTreeSet;

use crate::checkpoint::row::Pair;
use crate::date::{BusinessDay, Timestamp};
use crate::leg::Debt;
use crate::officer::OfficerName;
use crate::{canonical_enum, canonical_struct};

/// One step in the life of a cycle that could not be netted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CycleRecord {
    /// It gave no plan, or one that does not pass its proof.
    Failed(NettingFailed),
    /// An officer wants to leave something out of it.
    Proposed(ReopeningProposed),
    /// Another one wants the same: it is netted without that.
    Reopened(CycleReopened),
}

canonical_enum!(CycleRecord { 1 => Failed(record), 2 => Proposed(record), 3 => Reopened(record) });

impl CycleRecord {
    /// The cycle.
    #[must_use]
    pub const fn day(&self) -> BusinessDay {
        match self {
            Self::Failed(record) => record.day,
            Self::Proposed(record) => record.day,
            Self::Reopened(record) => record.day,
        }
    }
}

/// What a cycle does not take, although both regions report it alike: it waits for the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegsLeftOut {
    /// Single debts, each with who owes and who is owed.
    pub debts: BTreeSet<(Debt, Pair)>,
    /// Whole rows.
    pub rows: BTreeSet<Pair>,
}

canonical_struct!(LegsLeftOut { debts, rows });

impl LegsLeftOut {
    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.debts.is_empty() && self.rows.is_empty()
    }

    /// Whether a debt is left out.
    #[must_use]
    pub fn has(&self, debt: Debt, pair: Pair) -> bool {
        self.rows.contains(&pair) || self.debts.contains(&(debt, pair))
    }

    /// Whether all that another one leaves out is.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.debts.is_superset(&other.debts) && self.rows.is_superset(&other.rows)
    }

    /// What either leaves out.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            debts: self.debts.union(&other.debts).copied().collect(),
            rows: self.rows.union(&other.rows).copied().collect(),
        }
    }
}

/// A cycle could not be netted. Nothing of it is booked, and everything else goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NettingFailed {
    /// The cycle.
    pub day: BusinessDay,
    /// What is wrong, in a sentence for people.
    pub fault: String,
    /// What of the cycle that names; nothing where it names none.
    pub named: LegsLeftOut,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(NettingFailed {
    day,
    fault,
    named,
    at
});

/// An officer wants to leave something out of a failed cycle; what was wanted before waits no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReopeningProposed {
    /// The cycle.
    pub day: BusinessDay,
    /// All that is left out of it then.
    pub left_out: LegsLeftOut,
    /// Who wants it.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ReopeningProposed {
    day,
    left_out,
    by,
    at
});

/// Two different officers leave something out of a failed cycle, which keeps its marks and is netted without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleReopened {
    /// The cycle.
    pub day: BusinessDay,
    /// All that is left out of it.
    pub left_out: LegsLeftOut,
    /// Who wanted it first.
    pub proposed_by: OfficerName,
    /// Who wanted the same.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CycleReopened {
    day,
    left_out,
    proposed_by,
    by,
    at
});
