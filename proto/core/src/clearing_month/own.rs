//! A region's rows of a month, each beside what the region's own days come to.
//!
//! The days' sums come from the parts of proven cycles, which the region's node held against its own book day by day. A
//! row that does not tie, or that stands on a day whose part did not hold, is not the region's to confirm: it is objected
//! to, or first found out.

use crate::checkpoint::row::Pair;
use crate::checkpoint::witness::FindingKind;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::vocabulary::MonthObjection;

use super::row::MonthRow;

/// A row in which the region stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMonthRow {
    /// Whose.
    pub pair: Pair,
    /// As it is signed; none when the signed month has no such row.
    pub signed: Option<MonthRow>,
    /// What the own days come to; none when they come to nothing.
    pub days: Option<MonthRow>,
    /// What the region's last word objects to in it.
    pub objected: Option<MonthObjection>,
}

impl OwnMonthRow {
    /// Whether the signed row is what the days come to.
    #[must_use]
    pub fn ties(&self) -> bool {
        self.signed == self.days
    }
}

/// A day of the month of which the region's part does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDayFault {
    /// The cycle.
    pub day: BusinessDay,
    /// Its plan.
    pub plan: u64,
    /// The first thing that is wrong.
    pub finding: FindingKind,
    /// In which row; none when it is about all of it.
    pub pair: Option<Pair>,
}

/// A month as the region sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMonth {
    /// Which.
    pub month: Month,
    /// What a word names.
    pub digest: Digest,
    /// Ascending.
    pub rows: Vec<OwnMonthRow>,
    /// Days that do not hold.
    pub faults: Vec<MonthDayFault>,
    /// When the region's last word was said, and by whom.
    pub said: Option<(Timestamp, OfficerName)>,
}

impl OwnMonth {
    /// Whether a row may be confirmed: it ties, and no day on which it stands is in doubt.
    #[must_use]
    pub fn holds(&self, row: &OwnMonthRow) -> bool {
        let in_doubt = |fault: &MonthDayFault| fault.pair.is_none_or(|pair| pair == row.pair);
        row.ties() && !self.faults.iter().any(in_doubt)
    }
}
