//! Going through a table of the index, some rows at a time.

use crate::store::{Index, StoreError};

/// How many rows of a table are read at once.
const ROWS_AT_ONCE: usize = 4_096;

/// Visits every row of a table in order.
pub(super) fn each(
    index: &dyn Index,
    table: &[u8],
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut from = table.to_vec();
    loop {
        let rows = index.scan(table, &from, ROWS_AT_ONCE)?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        from = [last.as_slice(), &[0]].concat();
        rows.iter().try_for_each(|(key, value)| visit(key, value))?;
    }
}
