//! What happens to a month of clearing: it is drawn up, signed, confirmed by regions, and approved.

use std::collections::BTreeSet;

use crate::clearing_month::row::MonthTable;
use crate::clearing_month::word::CertifiedMonthWord;
use crate::clearing_month::{CertifiedMonth, ClearingMonth};
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// One step in the life of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonthRecord {
    /// A piece of its rows, before it is drawn up.
    Rows(MonthRows),
    /// It was drawn up, of these pieces.
    DrawnUp(MonthDrawnUp),
    /// It was signed.
    Signed(CertifiedMonth),
    /// A region's word on it was taken.
    Said(MonthSaid),
    /// An officer approved it.
    Approved(MonthApproved),
}

canonical_enum!(MonthRecord {
    1 => DrawnUp(record),
    2 => Signed(certified),
    3 => Said(record),
    4 => Approved(record),
    5 => Rows(record),
});

/// A piece of a month's rows: all of them are too many for one record. Written again, it takes the place of what stood
/// under its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRows {
    /// Of which month.
    pub month: Month,
    /// The how manieth piece, from 1.
    pub piece: u32,
    /// The rows.
    pub rows: MonthTable,
}

canonical_struct!(MonthRows { month, piece, rows });

/// A month whose rows are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthDrawnUp {
    /// The month.
    pub month: ClearingMonth,
    /// How many pieces its rows are.
    pub pieces: u32,
    /// The regions that stand in them.
    pub regions: BTreeSet<RegionCode>,
    /// Who had it drawn up.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthDrawnUp {
    month,
    pieces,
    regions,
    by,
    at
});

/// A region's word; what it said of the month before counts no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSaid {
    /// The word, as it was signed.
    pub word: CertifiedMonthWord,
    /// When it was taken.
    pub at: Timestamp,
}

canonical_struct!(MonthSaid { word, at });

/// An officer's approval of just this month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthApproved {
    /// The month.
    pub month: Month,
    /// Its digest.
    pub digest: Digest,
    /// Who.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthApproved {
    month,
    digest,
    by,
    at
});
