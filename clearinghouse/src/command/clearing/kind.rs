//! Which kind of file was given: said when it is another than was asked for, or cannot be read.
//!
//! Every command that asks no server reads its files here, so that each tells the same of the same file.

use std::path::Path;

use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::WitnessFile;
use huitong_core::clearing_month::MonthFile;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::evidence::{Evidence, RefusalEvidence};
use huitong_netting::statement::MemberStatement;

use super::file;

/// Files that officers hand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Statement,
    Checkpoint,
    Book,
    Countersignatures,
    Month,
    Dispute,
    Evidence,
    Certificate,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Statement,
        Self::Checkpoint,
        Self::Book,
        Self::Countersignatures,
        Self::Month,
        Self::Dispute,
        Self::Evidence,
        Self::Certificate,
    ];

    /// What its files begin with.
    const fn marks(self) -> &'static [[u8; 4]] {
        match self {
            Self::Statement => const { &[MemberStatement::KIND] },
            Self::Checkpoint => const { &[CertifiedCheckpoint::KIND] },
            Self::Book => const { &[LegBook::KIND] },
            Self::Countersignatures => const { &[WitnessFile::KIND] },
            Self::Month => const { &[MonthFile::KIND] },
            Self::Dispute => const { &[DisputeHistory::KIND] },
            Self::Evidence => const { &[Evidence::KIND, RefusalEvidence::KIND] },
            Self::Certificate => const { &[*b"----"] },
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |kind: &Self| kind.marks().iter().any(|mark| bytes.starts_with(mark));
        Self::ALL.into_iter().find(begins)
    }

    /// What it is called, and which command writes it.
    const fn named(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Statement => ("a statement", "对账单", "huitong clearing statement --out"),
            Self::Checkpoint => (
                "a checkpoint",
                "检查点",
                "huitong clearing checkpoint --out",
            ),
            Self::Book => (
                "a region's own legs",
                "统筹区自有账簿",
                "huitong node legs --out",
            ),
            Self::Countersignatures => (
                "countersignatures",
                "副署文件",
                "huitong clearing checkpoint --countersignatures",
            ),
            Self::Month => (
                "a month",
                "月度清算文件",
                "huitong clearing month show --out",
            ),
            Self::Dispute => (
                "a dispute",
                "争议文件",
                "huitong clearing dispute show --out",
            ),
            Self::Evidence => (
                "evidence of a settlement",
                "结算凭证包",
                "huitong node evidence --out",
            ),
            Self::Certificate => ("a certificate", "证书", "root.crt"),
        }
    }
}

/// A file that cannot be read as what it was given for, in English and Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) en: String,
    pub(super) zh: String,
}

impl Unread {
    /// A file in which there is nothing, or something else than was expected; none where it begins as that.
    fn other(expected: Kind, bytes: &[u8]) -> Option<Self> {
        let (en, zh, command) = expected.named();
        let (found_en, found_zh) = match Kind::of(bytes) {
            Some(found) if found == expected => return None,
            Some(found) => {
                let (en, zh, _) = found.named();
                (format!("it is {en}"), format!("该文件是{zh}"))
            }
            None if bytes.is_empty() => ("it is empty".to_owned(), "文件为空".to_owned()),
            None => (
                "it is none of clearing's files".to_owned(),
                "不是清算文件".to_owned(),
            ),
        };
        Some(Self {
            en: format!("{found_en}, and {en} was expected (`{command}`)"),
            zh: format!("{found_zh}，此处应为{zh}（{command}）"),
        })
    }

    /// A file that begins as what was expected and is none.
    fn of(expected: Kind, error: &CanonicalError) -> Self {
        let (en, zh, command) = expected.named();
        let (said, said_zh) = match error {
            CanonicalError::UnexpectedEnd { .. } | CanonicalError::CountBeyondInput { .. } => (
                "is cut off in the middle, get it again",
                "文件不完整（中途截断），请重新取得",
            ),
            CanonicalError::WrongVersion { .. } => (
                "was written by another version of this program: read it with that one",
                "由其他版本的程序写出，请用对应版本读取",
            ),
            CanonicalError::TrailingBytes { .. }
            | CanonicalError::BadFlag { .. }
            | CanonicalError::UnknownTag { .. }
            | CanonicalError::NotUtf8
            | CanonicalError::NotAscending
            | CanonicalError::DecimalForm
            | CanonicalError::Invalid { .. }
            | CanonicalError::WrongKind { .. } => (
                "was changed or damaged, get it again",
                "内容被更改或损坏，请重新取得",
            ),
        };
        Self {
            en: format!("it begins as {en} and {said} (`{command}`): {error}"),
            zh: format!("以{zh}开头，但{said_zh}（{command}）"),
        }
    }

    /// The same with the file's name before it.
    pub(super) fn in_file(self, path: &Path) -> Self {
        let Self { en, zh } = self;
        let shown = path.display();
        Self {
            en: format!("{shown}: {en}"),
            zh: format!("{shown}：{zh}"),
        }
    }
}

/// Both languages in one line.
impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.en, self.zh)
    }
}

/// Reads a file as what was expected of it; which file it is is its caller's to say.
///
/// # Errors
/// When there is no such file, or none that may be read.
pub(super) fn read<T: Artifact>(expected: Kind, path: &Path) -> anyhow::Result<Result<T, Unread>> {
    Ok(of_bytes(expected, &file::read(path)?))
}

/// As [`read`], of a file without which there is nothing to do.
///
/// # Errors
/// Also when it is not what was expected.
pub(super) fn need<T: Artifact>(expected: Kind, path: &Path) -> anyhow::Result<T> {
    read(expected, path)?.map_err(|unread| anyhow::anyhow!("{}", unread.in_file(path)))
}

/// Reads a file of certificates; what is in them is said elsewhere.
///
/// # Errors
/// When there is no such file, none that may be read, or one of another kind.
pub(super) fn certificates(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = file::read(path)?;
    // Whatever may stand before the first certificate of a file is let through.
    let is_known = bytes.is_empty() || Kind::of(&bytes).is_some();
    match Unread::other(Kind::Certificate, &bytes).filter(|_| is_known) {
        Some(unread) => Err(anyhow::anyhow!("{}", unread.in_file(path))),
        None => Ok(bytes),
    }
}

fn of_bytes<T: Artifact>(expected: Kind, bytes: &[u8]) -> Result<T, Unread> {
    if let Some(other) = Unread::other(expected, bytes) {
        return Err(other);
    }
    T::from_bytes(bytes).map_err(|error| Unread::of(expected, &error))
}

#[cfg(test)]
mod tests;
