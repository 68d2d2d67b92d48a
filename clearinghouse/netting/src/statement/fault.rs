//! What can be wrong with a statement: each says which it is and where it stands, in English and Chinese.

mod found;
mod words;

pub(super) use self::words::shown;

use std::fmt;

use huitong_core::checkpoint::row::Pair;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{LegField, LegKind, Side};
use huitong_core::region::RegionCode;

use crate::member::Member;
use crate::runs::Run;

/// Something that is wrong with a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementFault {
    /// With its checkpoint, held against one that was got elsewhere.
    Checkpoint(CheckpointFault),
    /// The table is not the one that is committed to.
    Table,
    /// The nets of a fund do not sum to zero: to so many fen.
    TableSum(Fund, i128),
    /// The table of counts is not the one that is committed to.
    Counts,
    /// The counts of a side come to so many rows, and the cycle has so many.
    CountsSum(Side, u64, u64),
    /// The nets of the regions do not come to the member's net in the table.
    MemberNet(Member, Fund),
    /// With a region.
    Region(RegionCode, RegionFault),
    /// With a row.
    Row(Pair, RowFault),
    /// With a leg of a row.
    Leg(LegPlace, LegFault),
    /// With a region's own book.
    Book(RegionCode, BookFault),
}

/// What is wrong between two checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointFault {
    /// Another one bears the same number.
    Other(u64),
    /// The one of this number does not name the one before it.
    Chain(u64),
    /// The one of this number is neither of the cycle nor next to it.
    Far(u64),
    /// The one of this number says nothing of how many rows each region has, and the one before it did.
    Uncounted(u64),
}

/// What is wrong with a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionFault {
    /// It stands in the wrong place, twice, or in another province than the member.
    Place,
    /// What was taken of its stream does not hold together.
    Window,
    /// The cycle does not begin in its stream where the one before ended.
    Begin,
    /// The cycle took so many legs, and so many are in its rows.
    Taken(u64, u64),
    /// Its rows do not come to its net of a fund.
    Net(Fund),
    /// It stands in rows of the cycle, is the member's, and is not here.
    LeftOut,
    /// It stands on a side in another number of rows than is committed to.
    Rows(Side, RowNumbers),
}

/// In how many rows a region stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowNumbers {
    /// As the checkpoint commits to it.
    pub signed: u64,
    /// As the statement has it.
    pub found: u64,
}

impl RowNumbers {
    /// Whether rows are missing, and not too many.
    #[must_use]
    pub const fn lacks(self) -> bool {
        self.found < self.signed
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// It stands in the wrong place, or twice.
    Place,
    /// No region of the member stands in it.
    Foreign,
    /// Rows of the same debtor are left out before it: so many.
    Gap(u64),
    /// It is not in the tree at its place.
    Path,
    /// It has another number of legs than it says.
    Count,
    /// Its legs do not sum to its amount.
    Sum,
    /// Its legs are not those that its root is over.
    Root,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegPlace {
    /// The row.
    pub pair: Pair,
    /// The settlement.
    pub settlement: SettlementId,
    /// What it arose from.
    pub kind: LegKind,
}

/// What is wrong with a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegFault {
    /// It stands in the wrong place of its row, or twice.
    Place,
    /// It is in the region's book under this number, the cycle took it, and it is in no row.
    Dropped(RegionCode, u64),
    /// It is in the row, and not in the region's book among what the cycle took.
    Added(RegionCode),
    /// It is in the region's book under this number with something else in a field.
    Changed(RegionCode, u64, LegField),
}

/// What is wrong with a region's own book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookFault {
    /// The statement does not have the region.
    Foreign,
    /// Two books have other legs under one number.
    Twice(u64),
    /// It lacks numbers that the cycle took.
    Lacks(Run),
}

impl StatementFault {
    /// The stable code of the fault.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(CheckpointFault::Other(_)) => "checkpoint.other",
            Self::Checkpoint(CheckpointFault::Chain(_)) => "checkpoint.chain",
            Self::Checkpoint(CheckpointFault::Far(_)) => "checkpoint.far",
            Self::Checkpoint(CheckpointFault::Uncounted(_)) => "checkpoint.uncounted",
            Self::Table => "table.other",
            Self::TableSum(..) => "table.sum",
            Self::Counts => "counts.other",
            Self::CountsSum(..) => "counts.sum",
            Self::MemberNet(..) => "member.net",
            Self::Region(_, RegionFault::Place) => "region.place",
            Self::Region(_, RegionFault::Window) => "region.window",
            Self::Region(_, RegionFault::Begin) => "region.begin",
            Self::Region(_, RegionFault::Taken(..)) => "region.taken",
            Self::Region(_, RegionFault::Net(_)) => "region.net",
            Self::Region(_, RegionFault::LeftOut) => "region.missing",
            Self::Region(_, RegionFault::Rows(_, numbers)) if numbers.lacks() => "row.missing",
            Self::Region(_, RegionFault::Rows(..)) => "row.surplus",
            Self::Row(_, RowFault::Place) => "row.place",
            Self::Row(_, RowFault::Foreign) => "row.foreign",
            Self::Row(_, RowFault::Gap(_)) => "row.gap",
            Self::Row(_, RowFault::Path) => "row.path",
            Self::Row(_, RowFault::Count) => "row.count",
            Self::Row(_, RowFault::Sum) => "row.sum",
            Self::Row(_, RowFault::Root) => "row.root",
            Self::Leg(_, LegFault::Place) => "leg.place",
            Self::Leg(_, LegFault::Dropped(..)) => "leg.dropped",
            Self::Leg(_, LegFault::Added(_)) => "leg.added",
            Self::Leg(_, LegFault::Changed(..)) => "leg.changed",
            Self::Book(_, BookFault::Foreign) => "book.foreign",
            Self::Book(_, BookFault::Twice(_)) => "book.twice",
            Self::Book(_, BookFault::Lacks(_)) => "book.lacks",
        }
    }

    /// The row in which it stands, if in one.
    #[must_use]
    pub const fn pair(&self) -> Option<&Pair> {
        match self {
            Self::Row(pair, _) | Self::Leg(LegPlace { pair, .. }, _) => Some(pair),
            Self::Checkpoint(_)
            | Self::Table
            | Self::TableSum(..)
            | Self::Counts
            | Self::CountsSum(..)
            | Self::MemberNet(..)
            | Self::Region(..)
            | Self::Book(..) => None,
        }
    }

    /// The settlement that it is about, if about one.
    #[must_use]
    pub const fn settlement(&self) -> Option<SettlementId> {
        match self {
            Self::Leg(place, _) => Some(place.settlement),
            Self::Checkpoint(_)
            | Self::Table
            | Self::TableSum(..)
            | Self::Counts
            | Self::CountsSum(..)
            | Self::MemberNet(..)
            | Self::Region(..)
            | Self::Row(..)
            | Self::Book(..) => None,
        }
    }

    /// What it is, in English and in Chinese.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        match self {
            Self::Checkpoint(fault) => fault.words(),
            Self::Table => (
                "the table of nets is not the one that the checkpoint commits to".to_owned(),
                "轧差总表与检查点不符".to_owned(),
            ),
            Self::TableSum(fund, fen) => {
                let fund = fund.as_str();
                (
                    format!(
                        "the nets of {fund} sum to {fen} fen over all members, and not to zero"
                    ),
                    format!("各成员{fund}轧差之和为{fen}分，应为零"),
                )
            }
            Self::Counts => (
                "the table of how many rows each region has is not the one that the checkpoint commits to".to_owned(),
                "各统筹区行数表与检查点不符".to_owned(),
            ),
            Self::CountsSum(side, sum, rows) => words::counts(*side, *sum, *rows),
            Self::MemberNet(member, fund) => {
                let fund = fund.as_str();
                (
                    format!(
                        "the nets of its regions do not come to the net of {fund} that the table has for member {member}"
                    ),
                    format!("所属统筹区之和与总表中成员{member}的{fund}轧差额不符"),
                )
            }
            Self::Region(region, fault) => fault.words(*region),
            Self::Row(pair, fault) => {
                let (en, zh) = fault.words();
                let row = words::shown(pair);
                (format!("row {row}: {en}"), format!("行 {row}：{zh}"))
            }
            Self::Leg(place, fault) => place.words(*fault),
            Self::Book(region, fault) => fault.words(*region),
        }
    }
}

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (en, zh) = self.words();
        write!(f, "{en} / {zh}")
    }
}

impl std::error::Error for StatementFault {}
