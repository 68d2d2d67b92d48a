//! A table: named columns of one kind each, and rows.

use huitong_core::date::BusinessDay;
use huitong_core::money::SignedFen;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// An amount of money.
    Amount,
    /// A number of things.
    Count,
    /// A day.
    Day,
}

/// What stands in a row under a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// An amount of money.
    Amount(SignedFen),
    /// A number of things.
    Count(u64),
    /// A day.
    Day(BusinessDay),
}

impl Cell {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Amount(_) => Kind::Amount,
            Self::Count(_) => Kind::Count,
            Self::Day(_) => Kind::Day,
        }
    }
}

/// A table of a paper.
///
/// ```
/// use huitong_papers::{Cell, Kind, Table};
/// let mut table = Table::new(&[("member", Kind::Text), ("legs", Kind::Count)]);
/// table.push(vec![Cell::Text("330000".to_owned()), Cell::Count(2)])?;
/// assert_eq!(table.to_csv()?, b"member,legs\n330000,2\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: Vec<(&'static str, Kind)>,
    rows: Vec<Vec<Cell>>,
}

/// A row that does not fit its table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Another number of cells than columns.
    #[error("a row has {found} cells, the table {expected} columns")]
    Width {
        /// How many columns there are.
        expected: usize,
        /// How many cells came.
        found: usize,
    },
    /// A cell of another kind than its column.
    #[error("column {column} holds {expected:?}, the row {found:?}")]
    Kind {
        /// The column.
        column: &'static str,
        /// What it holds.
        expected: Kind,
        /// What came.
        found: Kind,
    },
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[(&'static str, Kind)]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Takes a row.
    ///
    /// # Errors
    /// [`TableError`] when the row is not what the columns say.
    pub fn push(&mut self, row: Vec<Cell>) -> Result<(), TableError> {
        if row.len() != self.columns.len() {
            return Err(TableError::Width {
                expected: self.columns.len(),
                found: row.len(),
            });
        }
        for ((column, expected), cell) in self.columns.iter().zip(&row) {
            if *expected != cell.kind() {
                return Err(TableError::Kind {
                    column,
                    expected: *expected,
                    found: cell.kind(),
                });
            }
        }
        self.rows.push(row);
        Ok(())
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[(&'static str, Kind)] {
        &self.columns
    }

    /// The rows, in the order in which they came.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }
}
