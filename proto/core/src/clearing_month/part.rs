//! What a region is handed of a month: its own rows, each with the way to the root that the clearinghouse signed.
//!
//! That no own row is left out cannot be told from the part alone: it is told by what the region's own days come to.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::digest::Digest;
use crate::merkle::{Tree, verify_inclusion};
use crate::region::RegionCode;

use super::CertifiedMonth;
use super::row::{MonthRow, MonthTable};

/// A row with its place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// The how manieth row of the month, from 0.
    pub index: u64,
    /// The row.
    pub row: MonthRow,
    /// The way from its leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(PlacedRow { index, row, path });

/// A region's part of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthPart {
    /// Whose.
    pub region: RegionCode,
    /// The month as it was signed.
    pub certified: CertifiedMonth,
    /// The rows in which the region stands.
    pub rows: Vec<PlacedRow>,
}

canonical_struct!(MonthPart {
    region,
    certified,
    rows
});

impl Artifact for MonthPart {
    const KIND: [u8; 4] = *b"MPRT";
    const VERSION: u16 = 1;
}

/// Why a part does not hold by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MonthPartFault {
    /// It is of another region.
    #[error("it is of region {0} / 所给部分属于 {0}")]
    Foreign(RegionCode),
    /// A row in which the region does not stand, or out of order.
    #[error("row {0} is not the region's, or not in its place / 第 {0} 行与本区无关或次序有误")]
    Place(u64),
    /// A row that the signed month does not hold.
    #[error("row {0} does not lead to the signed root / 第 {0} 行不能归于已签名的根")]
    Path(u64),
}

impl MonthPart {
    /// A region's part of a month.
    #[must_use]
    pub fn of(
        region: RegionCode,
        certified: CertifiedMonth,
        (table, tree): (&MonthTable, &Tree),
    ) -> Self {
        let rows = (0_u64..)
            .zip(table.rows())
            .filter(|(_, row)| row.pair.names(region));
        let rows = rows.filter_map(|(index, row)| {
            Some(PlacedRow {
                index,
                row: row.clone(),
                path: tree.inclusion_path(index)?,
            })
        });
        Self {
            region,
            rows: rows.collect(),
            certified,
        }
    }

    /// Whether it is the region's and leads to what is signed, row by row.
    ///
    /// # Errors
    /// The first [`MonthPartFault`].
    pub fn check(&self, region: RegionCode) -> Result<(), MonthPartFault> {
        if self.region != region {
            return Err(MonthPartFault::Foreign(self.region));
        }
        let signed = &self.certified.month;
        let mut before: Option<&PlacedRow> = None;
        for placed in &self.rows {
            let PlacedRow { index, row, path } = placed;
            let follows =
                before.is_none_or(|before| before.index < *index && before.row.pair < row.pair);
            if !follows || !row.pair.names(region) {
                return Err(MonthPartFault::Place(*index));
            }
            if !verify_inclusion(row.leaf(), *index, signed.rows, path, signed.root) {
                return Err(MonthPartFault::Path(*index));
            }
            before = Some(placed);
        }
        Ok(())
    }
}
