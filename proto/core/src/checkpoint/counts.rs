//! How many rows of a cycle each region stands in, by the side on which it stands. It names no pair and no sum, so every
//! member may see all of it and add it up: over all regions each side comes to the number of rows.
//!
//! A row that is left out of a statement whole is one too few here, wherever it lay in the tree, and whatever else was made
//! to match. Deliberately absent: which rows they are, which is nobody's business but the two regions'.

use std::collections::BTreeMap;

use super::row::Row;
use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::leg::Side;
use crate::region::RegionCode;

/// In how many rows a region stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// In which it owes.
    pub owes: u64,
    /// In which it is owed.
    pub owed: u64,
}

canonical_struct!(Standing { owes, owed });

impl Standing {
    /// On one side.
    #[must_use]
    pub const fn on(self, side: Side) -> u64 {
        match side {
            Side::Payable => self.owes,
            Side::Receivable => self.owed,
        }
    }

    fn on_mut(&mut self, side: Side) -> &mut u64 {
        match side {
            Side::Payable => &mut self.owes,
            Side::Receivable => &mut self.owed,
        }
    }
}

/// The public table of a cycle's rows by region. A region that is not in it stands in none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowCounts {
    /// By region.
    pub regions: BTreeMap<RegionCode, Standing>,
}

canonical_struct!(RowCounts { regions });

impl Artifact for RowCounts {
    const KIND: [u8; 4] = *b"RCNT";
    const VERSION: u16 = 1;
}

impl RowCounts {
    /// Of these rows, ascending or not.
    #[must_use]
    pub fn of(rows: &[Row]) -> Self {
        let mut counts = Self::default();
        // Rows of a pair lie beside each other, one for each fund: a region is looked up once for them.
        for pair in rows.chunk_by(|one, next| {
            (one.pair.debtor, one.pair.creditor) == (next.pair.debtor, next.pair.creditor)
        }) {
            let Some(first) = pair.first() else { continue };
            let more = u64::try_from(pair.len()).unwrap_or(u64::MAX);
            for (region, side) in [
                (first.pair.debtor, Side::Payable),
                (first.pair.creditor, Side::Receivable),
            ] {
                let count = counts.regions.entry(region).or_default().on_mut(side);
                *count = count.saturating_add(more);
            }
        }
        counts
    }

    /// In how many rows a region stands on a side.
    #[must_use]
    pub fn standing(&self, region: RegionCode, side: Side) -> u64 {
        self.regions.get(&region).map_or(0, |it| it.on(side))
    }

    /// In how many rows all regions stand on a side: as many as there are, or the table is wrong.
    #[must_use]
    pub fn sum(&self, side: Side) -> u64 {
        let of_side = self.regions.values().map(|it| it.on(side));
        of_side.fold(0, u64::saturating_add)
    }
}
