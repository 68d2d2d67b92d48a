//! Which kind of file was given: said when it is another than was asked for, or cannot be read.
//!
//! Deliberately absent: where a file lies, which is its reader's to say.

use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::WitnessFile;
use huitong_core::clearing_month::MonthFile;
use huitong_core::dispute::history::DisputeHistory;
use huitong_netting::statement::MemberStatement;

/// Files that officers hand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Statement,
    Checkpoint,
    Book,
    Countersignatures,
    Month,
    Dispute,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Statement,
        Self::Checkpoint,
        Self::Book,
        Self::Countersignatures,
        Self::Month,
        Self::Dispute,
    ];

    /// What its files begin with.
    const fn mark(self) -> [u8; 4] {
        match self {
            Self::Statement => MemberStatement::KIND,
            Self::Checkpoint => CertifiedCheckpoint::KIND,
            Self::Book => LegBook::KIND,
            Self::Countersignatures => WitnessFile::KIND,
            Self::Month => MonthFile::KIND,
            Self::Dispute => DisputeHistory::KIND,
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |kind: &Self| bytes.starts_with(&kind.mark());
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
    fn new(expected: Kind, found: Option<Kind>, error: &CanonicalError) -> Self {
        let (en, zh, command) = expected.named();
        match found {
            Some(found) if found != expected => {
                let (found_en, found_zh, _) = found.named();
                Self {
                    en: format!("it is {found_en}, and {en} was expected (`{command}`)"),
                    zh: format!("该文件是{found_zh}，此处应为{zh}（{command}）"),
                }
            }
            Some(_) => Self {
                en: format!("it begins as {en} and cannot be read, get it again: {error}"),
                zh: format!("以{zh}开头但无法读取，内容被更改或截断，请重新取得"),
            },
            None => Self {
                en: format!("it is none of clearing's files, and {en} was expected (`{command}`)"),
                zh: format!("不是清算文件，此处应为{zh}（{command}）"),
            },
        }
    }
}

/// Reads a file's bytes as what was expected.
pub(super) fn read<T: Artifact>(expected: Kind, bytes: &[u8]) -> Result<T, Unread> {
    T::from_bytes(bytes).map_err(|error| Unread::new(expected, Kind::of(bytes), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_of_file_is_named_with_what_was_expected() {
        let bytes = WitnessFile { words: Vec::new() }.to_bytes();
        let read = |expected, bytes: &[u8]| super::read::<LegBook>(expected, bytes).unwrap_err();
        let other = read(Kind::Book, &bytes);
        assert_eq!(
            other.en,
            "it is countersignatures, and a region's own legs was expected (`huitong node legs --out`)"
        );
        assert!(other.zh.contains("副署文件") && other.zh.contains("自有账簿"));
        let none = read(Kind::Book, b"amount,day\n");
        assert!(none.en.starts_with("it is none of"), "{}", none.en);
        assert!(none.en.contains("huitong node legs --out"));
        let book = LegBook::new("330200".parse().unwrap(), 1, Vec::new());
        let whole = book.unwrap().to_bytes();
        let cut = read(Kind::Book, whole.split_last().unwrap().1);
        assert!(cut.en.starts_with("it begins as a region's own legs"));
    }

    #[test]
    fn each_kind_is_told_by_what_its_files_begin_with() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(&kind.mark()), Some(kind));
        }
        assert_eq!(Kind::of(b"MST"), None);
    }
}
