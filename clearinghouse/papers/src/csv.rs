//! Tables as CSV.

use csv::Writer;

use crate::PaperError;
use crate::table::{Cell, Table};

impl Table {
    /// As a CSV file with a head line; amounts in yuan, days as 2026-03-31.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn to_csv(&self) -> Result<Vec<u8>, PaperError> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(self.columns().iter().map(|(name, _)| name))?;
        for row in self.rows() {
            writer.write_record(row.iter().map(shown))?;
        }
        writer.flush()?;
        Ok(writer
            .into_inner()
            .map_err(|error| std::io::Error::other(error.to_string()))?)
    }
}

/// A text that a spreadsheet would take for a formula is preceded by an apostrophe.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            format!("'{text}")
        }
        Cell::Text(text) => text.clone(),
        Cell::Amount(amount) => amount.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Day(day) => day.to_string(),
    }
}
