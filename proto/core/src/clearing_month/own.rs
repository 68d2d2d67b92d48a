//! A region's rows of a month, each beside what the region's own days come to.
//!
//! The days' sums come from the parts of proven cycles, which the region's node held against its own book day by day. A
//! row that does not tie, or that stands on a day whose part did not hold, is not the region's to confirm: it is objected
//! to, or first found out.

use crate::checkpoint::row::Pair;
use crate::checkpoint::witness::FindingKind;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::money::{Fen, MoneyError};
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::vocabulary::MonthObjection;

use super::row::MonthRow;

/// So many settlements, and what the row's fund or account pays of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthLines {
    /// How many.
    pub lines: u64,
    /// What they sum to.
    pub amount: Fen,
}

impl MonthLines {
    /// None.
    pub const NONE: Self = Self {
        lines: 0,
        amount: Fen::ZERO,
    };

    /// With one more.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn with(self, amount: Fen) -> Result<Self, MoneyError> {
        Ok(Self {
            lines: self.lines.saturating_add(1),
            amount: self.amount.checked_add(amount)?,
        })
    }
}

/// What the region's institutions said of the settlements in a row. The four together are the row's settlements, of the
/// month's own days and of earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstitutionsSaid {
    /// Confirmed, by a confirmation that stands.
    pub confirmed: MonthLines,
    /// Neither confirmed nor objected to.
    pub waiting: MonthLines,
    /// Objected to.
    pub objected: MonthLines,
    /// In no institution's month of this node: its person was erased, or it was lost and is not booked again.
    pub unlisted: MonthLines,
}

impl InstitutionsSaid {
    /// Of no settlement.
    pub const NOTHING: Self = Self {
        confirmed: MonthLines::NONE,
        waiting: MonthLines::NONE,
        objected: MonthLines::NONE,
        unlisted: MonthLines::NONE,
    };
}

/// A row in which the region stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMonthRow {
    /// Whose.
    pub pair: Pair,
    /// As it is signed; none when the signed month has no such row.
    pub signed: Option<MonthRow>,
    /// What the own days come to; none when they come to nothing.
    pub days: Option<MonthRow>,
    /// What the region's institutions said of its settlements, as the days have them; none of a row without any in which
    /// the region is the creditor.
    pub institutions: Option<InstitutionsSaid>,
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
