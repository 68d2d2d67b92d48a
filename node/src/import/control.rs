//! Control sums: what the sender counted of a file, so that a file cut short on the way is noticed.
//!
//! The sender counts without understanding the rows, and so in another way than the reader does.

use csv::{ByteRecord, ReaderBuilder};
use huitong_core::money::Fen;
use huitong_core::record::import::ImportKind;

use super::{FileKind, balances, totals};

/// The column of the amounts of settlements.
pub(super) const EXTERNAL_TOTAL: &str = "total";

/// What is counted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlSums {
    /// Rows without the heading.
    pub rows: u64,
    /// The sum of the amounts of opening totals, balances and settlements; zero for other files.
    pub sum: Fen,
}

impl ControlSums {
    /// Counts a file as its sender does. What is no amount adds nothing: the reader reports it.
    #[must_use]
    pub fn of(kind: FileKind, bytes: &[u8]) -> Self {
        let amounts: &[&str] = match kind {
            FileKind(ImportKind::OpeningTotals) => &[totals::AMOUNT],
            FileKind(ImportKind::Balances) => &balances::AMOUNTS,
            FileKind(ImportKind::Externals) => &[EXTERNAL_TOTAL],
            FileKind(
                ImportKind::Members
                | ImportKind::Filings
                | ImportKind::Institutions
                | ImportKind::Catalogue,
            ) => &[],
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut sums = Self {
            rows: 0,
            sum: Fen::ZERO,
        };
        if !matches!(reader.read_byte_record(&mut record), Ok(true)) {
            return sums;
        }
        let is_amount = |name: &[u8]| {
            let name = name
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(name)
                .trim_ascii();
            amounts.iter().any(|amount| amount.as_bytes() == name)
        };
        let places: Vec<usize> = record
            .iter()
            .enumerate()
            .filter(|(_, name)| is_amount(name))
            .map(|(at, _)| at)
            .collect();
        while matches!(reader.read_byte_record(&mut record), Ok(true)) {
            sums.rows = sums.rows.saturating_add(1);
            for place in &places {
                sums.sum = sums
                    .sum
                    .checked_add(amount(record.get(*place)))
                    .unwrap_or(Fen::MAX);
            }
        }
        sums
    }
}

fn amount(cell: Option<&[u8]>) -> Fen {
    cell.and_then(|cell| std::str::from_utf8(cell).ok())
        .and_then(|cell| Fen::parse_yuan(cell.trim()).ok())
        .unwrap_or(Fen::ZERO)
}
