//! Kinds of files by their names.

use std::fmt;
use std::str::FromStr;

use huitong_core::record::import::ImportKind;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Rows of a register.
    Rows(ImportKind),
    /// One policy document.
    Policy,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Rows(ImportKind::Members),
        Self::Rows(ImportKind::Filings),
        Self::Rows(ImportKind::OpeningTotals),
        Self::Rows(ImportKind::Balances),
        Self::Rows(ImportKind::Institutions),
        Self::Rows(ImportKind::Catalogue),
        Self::Policy,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rows(ImportKind::Members) => "members",
            Self::Rows(ImportKind::Filings) => "filings",
            Self::Rows(ImportKind::OpeningTotals) => "opening-totals",
            Self::Rows(ImportKind::Balances) => "balances",
            Self::Rows(ImportKind::Institutions) => "institutions",
            Self::Rows(ImportKind::Catalogue) => "catalogue",
            Self::Policy => "policy",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A name of no kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the kinds are members, filings, opening-totals, balances, institutions, catalogue and policy / \
     文件种类为 members、filings、opening-totals、balances、institutions、catalogue、policy"
)]
pub struct FileKindError;

impl FromStr for FileKind {
    type Err = FileKindError;

    fn from_str(text: &str) -> Result<Self, FileKindError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == text)
            .ok_or(FileKindError)
    }
}
