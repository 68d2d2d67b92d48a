//! Papers: tables as CSV and Parquet, and a bank's statement as ISO 20022 camt.053.001.08.
//!
//! | room | its question |
//! |---|---|
//! | [`table`] | What are the rows and what is in their columns? |
//! | `csv` | How does a person's spreadsheet read them? |
//! | `parquet` | How does another tool read them, with the types of the columns? |
//! | [`camt`] | How does a bank write what moved on an account, and what did it write? |
//!
//! Amounts are exact everywhere: yuan with two places in CSV and camt.053, a decimal of two places in Parquet. The same
//! table always gives the same bytes. Deliberately absent: where a paper's rows come from, and files.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        reason = "a test that overflows fails, as it should"
    )
)]

pub mod camt;
mod csv;
mod parquet;
pub mod table;

#[cfg(test)]
mod tests;

pub use camt::read::{BankEntry, BankFile};
pub use camt::{AccountStatement, BankFileFault, Movement, Wrong, balance};
pub use table::{Cell, Kind, Table, TableError};

/// Why no paper is made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A table whose rows are not what its columns say.
    #[error(transparent)]
    Table(#[from] TableError),
    /// What the writer of CSV said.
    #[error("the CSV file: {0}")]
    Csv(#[from] ::csv::Error),
    /// What the writer of Parquet said.
    #[error("the Parquet file: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// What the writer of XML said.
    #[error("the XML file: {0}")]
    Xml(#[from] std::io::Error),
    /// A sum out of range.
    #[error(transparent)]
    Amount(#[from] huitong_core::money::MoneyError),
}
