//! The own legs that a cycle could take, from the journal, as far as they are written: a clearinghouse that names numbers
//! beyond them has nothing read for it. What only came back from the clearinghouse after a restore is not among them: a
//! checkpoint is not held against its own signer's word. A book with nothing in it is a book: it lacks what was taken.

use huitong_core::checkpoint::book::LegBook;
use huitong_core::region::RegionCode;
use huitong_netting::Runs;

use crate::ledger::Ledger;
use crate::legs::book::own;
use crate::store::StoreError;

/// The legs under these numbers: an empty book, and one for each piece of them that follow upon each other.
pub(super) fn of(
    ledger: &Ledger,
    region: RegionCode,
    runs: &Runs,
) -> Result<Vec<LegBook>, StoreError> {
    let book = |from, legs| {
        let book = LegBook::new(region, from, legs);
        book.map_err(|_| StoreError::Inconsistent("a leg that is not the own"))
    };
    let mut books = vec![book(1, Vec::new())?];
    for run in runs.as_slice() {
        let legs = own(ledger, run.first..=run.last)?;
        for piece in legs.chunk_by(|one, next| one.number.checked_add(1) == Some(next.number)) {
            let from = piece.first().map_or(0, |leg| leg.number);
            books.push(book(from, piece.to_vec())?);
        }
    }
    Ok(books)
}
