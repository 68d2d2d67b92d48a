//! What a node journals of months: its region's word before it leaves. It names no person.

use crate::canonical_struct;
use crate::clearing_month::word::CertifiedMonthWord;

/// What the region says of a month, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthWordSigned {
    /// The word.
    pub word: CertifiedMonthWord,
}

canonical_struct!(MonthWordSigned { word });
