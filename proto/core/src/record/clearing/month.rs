//! What happens to a month of clearing: it is drawn up, signed, confirmed by regions, and approved.

use crate::clearing_month::row::MonthTable;
use crate::clearing_month::word::CertifiedMonthWord;
use crate::clearing_month::{CertifiedMonth, ClearingMonth};
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::{canonical_enum, canonical_struct};

/// One step in the life of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonthRecord {
    /// Its rows were drawn up.
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
});

/// A month with its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthDrawnUp {
    /// The month.
    pub month: ClearingMonth,
    /// Its rows.
    pub table: MonthTable,
    /// Who had it drawn up.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthDrawnUp {
    month,
    table,
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
