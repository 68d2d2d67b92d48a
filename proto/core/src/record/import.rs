//! What officers bring in: registry files.
//!
//! A file becomes chunks and one commit. Only the commit applies, so a file is all or nothing, whatever
//! happens in between.

use super::registry::RegistryRows;
use crate::date::{ServiceDate, Timestamp};
use crate::digest::Digest;
use crate::{canonical_enum, canonical_struct};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImportKind {
    /// Members with coverage periods and identities.
    Members,
    /// Filings.
    Filings,
    /// Totals as of a day.
    OpeningTotals,
    /// Account balances as of a day.
    Balances,
    /// Institutions.
    Institutions,
    /// The treatment catalogue; it replaces the one before.
    Catalogue,
    /// Settlements of the region's own core system; each becomes a record of its own.
    Externals,
}

canonical_enum!(ImportKind {
    1 => Members,
    2 => Filings,
    3 => OpeningTotals,
    4 => Balances,
    5 => Institutions,
    6 => Catalogue,
    7 => Externals,
});

/// A part of a file: whole rows, at most 1 MiB of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChunk {
    /// SHA-256 of the file.
    pub import: Digest,
    /// Which part, from 0.
    pub seq: u32,
    /// The rows.
    pub rows: RegistryRows,
}

canonical_struct!(ImportChunk { import, seq, rows });

/// All parts of a file are journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCommitted {
    /// SHA-256 of the file.
    pub import: Digest,
    /// What it holds.
    pub kind: ImportKind,
    /// How many parts.
    pub chunks: u32,
    /// How many rows in all.
    pub rows: u64,
    /// How many members or institutions the region holds afterwards; the rows for other kinds.
    pub held: u64,
    /// The day that totals and balances stand for.
    pub as_of: Option<ServiceDate>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(ImportCommitted {
    import,
    kind,
    chunks,
    rows,
    held,
    as_of,
    at
});
