//! What regions say of a cycle that is cut off: what each of their rows comes to in their own book, and which legs differ.

use crate::canonical_struct;
use crate::checkpoint::difference::Difference;
use crate::checkpoint::row::{Pair, Row};
use crate::date::{BusinessDay, Timestamp};
use crate::region::RegionCode;

/// A region's word on its rows of a cycle, each computed from its own book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionAttested {
    /// Who.
    pub region: RegionCode,
    /// In which incarnation of its node: one has one word on a cycle.
    pub incarnation: u32,
    /// The cycle.
    pub day: BusinessDay,
    /// The rows, ascending; those without legs are left out.
    pub rows: Vec<Row>,
    /// The rows that the clearinghouse holds otherwise, ascending: these are not in `rows`, or not held, or come to
    /// something else there.
    pub otherwise: Vec<Pair>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(RegionAttested {
    region,
    incarnation,
    day,
    rows,
    otherwise,
    at
});

/// All legs in which a row differs: with the region's word in the place of each, what is held comes to the row that it
/// attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferencesTold {
    /// Who.
    pub region: RegionCode,
    /// The cycle.
    pub day: BusinessDay,
    /// The row.
    pub pair: Pair,
    /// What differs, ascending by settlement and kind.
    pub differences: Vec<Difference>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DifferencesTold {
    region,
    day,
    pair,
    differences,
    at
});
