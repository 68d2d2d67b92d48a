//! A fault as a region tells it in its word on a checkpoint: what and where, without the words.

use huitong_core::checkpoint::witness::{Finding, FindingKind};

use super::{BookFault, CheckpointFault, LegFault, RegionFault, RowFault, StatementFault};

impl StatementFault {
    /// The fault as a finding.
    #[must_use]
    pub fn finding(&self) -> Finding {
        Finding {
            kind: self.kind(),
            pair: self.pair().copied(),
            settlement: self.settlement(),
            number: self.number(),
        }
    }

    const fn kind(&self) -> FindingKind {
        match self {
            Self::Checkpoint(CheckpointFault::Chain(_) | CheckpointFault::Far(_)) => {
                FindingKind::Chain
            }
            Self::Checkpoint(CheckpointFault::Other(_)) => FindingKind::Other,
            Self::Checkpoint(CheckpointFault::Uncounted(_)) => FindingKind::Uncounted,
            Self::Table => FindingKind::Table,
            Self::TableSum(..) => FindingKind::TableSum,
            Self::Counts => FindingKind::Counts,
            Self::CountsSum(..) => FindingKind::CountsSum,
            Self::MemberNet(..) => FindingKind::MemberNet,
            Self::Region(_, RegionFault::Place) => FindingKind::RegionPlace,
            Self::Region(_, RegionFault::Window) => FindingKind::RegionWindow,
            Self::Region(_, RegionFault::Begin) => FindingKind::RegionBegin,
            Self::Region(_, RegionFault::Taken(..)) => FindingKind::RegionTaken,
            Self::Region(_, RegionFault::Net(_)) => FindingKind::RegionNet,
            Self::Region(_, RegionFault::LeftOut) => FindingKind::RegionLeftOut,
            Self::Region(_, RegionFault::Rows(_, numbers)) if numbers.lacks() => {
                FindingKind::RowMissing
            }
            Self::Region(_, RegionFault::Rows(..)) => FindingKind::RowSurplus,
            Self::Row(_, RowFault::Place) => FindingKind::RowPlace,
            Self::Row(_, RowFault::Foreign) => FindingKind::RowForeign,
            Self::Row(_, RowFault::Gap(_)) => FindingKind::RowGap,
            Self::Row(_, RowFault::Path) => FindingKind::RowPath,
            Self::Row(_, RowFault::Count) => FindingKind::RowCount,
            Self::Row(_, RowFault::Sum) => FindingKind::RowSum,
            Self::Row(_, RowFault::Root) => FindingKind::RowRoot,
            Self::Leg(_, LegFault::Place) => FindingKind::LegPlace,
            Self::Leg(_, LegFault::Dropped(..)) => FindingKind::LegDropped,
            Self::Leg(_, LegFault::Added(_)) => FindingKind::LegAdded,
            Self::Leg(_, LegFault::Changed(..)) => FindingKind::LegChanged,
            Self::Book(_, BookFault::Foreign) => FindingKind::PartForeign,
            Self::Book(_, BookFault::Twice(_)) => FindingKind::BookTwice,
            Self::Book(_, BookFault::Lacks(_)) => FindingKind::BookLacks,
        }
    }

    /// The number of the region's stream that it is about, the first of several.
    const fn number(&self) -> Option<u64> {
        match self {
            Self::Leg(_, LegFault::Dropped(_, number) | LegFault::Changed(_, number, _))
            | Self::Book(_, BookFault::Twice(number)) => Some(*number),
            Self::Book(_, BookFault::Lacks(run)) => Some(run.first),
            Self::Checkpoint(_)
            | Self::Table
            | Self::TableSum(..)
            | Self::Counts
            | Self::CountsSum(..)
            | Self::MemberNet(..)
            | Self::Region(..)
            | Self::Row(..)
            | Self::Leg(_, LegFault::Place | LegFault::Added(_))
            | Self::Book(_, BookFault::Foreign) => None,
        }
    }
}
