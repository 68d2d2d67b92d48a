//! The own legs that a cycle could take, from the journal, as far as they are written: a clearinghouse that names numbers
//! beyond them has nothing read for it.

use huitong_core::checkpoint::book::LegBook;
use huitong_core::region::RegionCode;
use huitong_netting::Runs;

use crate::ledger::Ledger;
use crate::legs::book::page;
use crate::store::{Rows, StoreError, Stream};

/// The legs under these numbers, a book for each page of them.
pub(super) fn of(
    ledger: &Ledger,
    region: RegionCode,
    runs: &Runs,
) -> Result<Vec<LegBook>, StoreError> {
    let written = ledger.stream(Stream::Legs)?.map_or(0, |head| head.written);
    let mut books = Vec::new();
    for run in runs.as_slice() {
        let (mut next, last) = (run.first, run.last.min(written));
        while next <= last {
            let legs = page(ledger, next..=last)?;
            let Some(end) = legs.last().map(|leg| leg.number) else {
                break;
            };
            let book = LegBook::new(region, next, legs);
            books.push(book.map_err(|_| StoreError::Inconsistent("a leg that is not the own"))?);
            next = end.saturating_add(1);
        }
    }
    Ok(books)
}
