//! Kinds of files by their names.

use std::fmt;
use std::str::FromStr;

use huitong_core::record::import::ImportKind;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind(pub ImportKind);

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self(ImportKind::Members),
        Self(ImportKind::Filings),
        Self(ImportKind::OpeningTotals),
        Self(ImportKind::Balances),
        Self(ImportKind::Institutions),
        Self(ImportKind::Catalogue),
        Self(ImportKind::Externals),
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self(ImportKind::Members) => "members",
            Self(ImportKind::Filings) => "filings",
            Self(ImportKind::OpeningTotals) => "opening-totals",
            Self(ImportKind::Balances) => "balances",
            Self(ImportKind::Institutions) => "institutions",
            Self(ImportKind::Catalogue) => "catalogue",
            Self(ImportKind::Externals) => "externals",
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
    "the kinds are members, filings, opening-totals, balances, institutions, catalogue and externals; \
     a policy is put forward with `huitong policy publish` / \
     文件种类为 members、filings、opening-totals、balances、institutions、catalogue、externals；政策请用 huitong policy publish 提出"
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
