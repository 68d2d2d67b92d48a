//! What is wrong with a bank's file, and where: a code, a line, and what to do, in English and Chinese.

use std::fmt;

/// A file that is no statement as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} [line {line}, {place}]: {wrong}", code = wrong.code())]
pub struct BankFileFault {
    /// The line, from 1 on.
    pub line: u64,
    /// The element.
    pub place: String,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a bank's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is no UTF-8.
    NotUtf8,
    /// It is no XML, in the reader's own words.
    NotXml(String),
    /// It has a document type, or an entity that XML does not have by itself.
    DocumentType,
    /// It is of another namespace.
    Namespace(String),
    /// It is larger, deeper or longer than a statement may be.
    TooLarge,
    /// An element is missing.
    Missing,
    /// An element is there more than once.
    Repeated,
    /// It is not in yuan.
    Currency(String),
    /// It is no amount in whole fen.
    Amount(String),
    /// It is no day.
    Day(String),
    /// A day outside those of the statement.
    OtherDay(String),
    /// A word that is none of those that stand here.
    Word(String),
    /// An entry without the bank's reference.
    NoReference,
    /// Two entries under one reference of the bank.
    ReferenceTwice(String),
    /// An entry for several transactions.
    Batch,
    /// The balances and the entries do not go together.
    Sum(String),
}

impl Wrong {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "bank_file.not_utf8",
            Self::NotXml(_) => "bank_file.not_xml",
            Self::DocumentType => "bank_file.document_type",
            Self::Namespace(_) => "bank_file.namespace",
            Self::TooLarge => "bank_file.too_large",
            Self::Missing => "bank_file.missing",
            Self::Repeated => "bank_file.repeated",
            Self::Currency(_) => "bank_file.currency",
            Self::Amount(_) => "bank_file.amount",
            Self::Day(_) => "bank_file.day",
            Self::OtherDay(_) => "bank_file.other_day",
            Self::Word(_) => "bank_file.word",
            Self::NoReference => "bank_file.no_reference",
            Self::ReferenceTwice(_) => "bank_file.reference_twice",
            Self::Batch => "bank_file.batch",
            Self::Sum(_) => "bank_file.sum",
        }
    }

    /// What it says, and what to do: in English and Chinese.
    const fn advice(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotUtf8 => (
                "it is not written in UTF-8: ask the bank for UTF-8",
                "文件不是 UTF-8 编码，请向银行索取 UTF-8 文件",
            ),
            Self::NotXml(_) => (
                "it is no whole XML: get the file again",
                "XML 不完整或有误，请重新获取",
            ),
            Self::DocumentType => (
                "it declares a document type or an entity, which a statement does not: get it from the bank itself",
                "文件含文档类型或实体声明，请直接向银行获取",
            ),
            Self::Namespace(_) => (
                "it is not camt.053.001.08: ask the bank for that version",
                "不是 camt.053.001.08，请向银行索取该版本",
            ),
            Self::TooLarge => (
                "it is more than one statement has: ask the bank for shorter periods",
                "文件过大，请缩短对账期间",
            ),
            Self::Missing => ("it is missing: get the file again", "缺少该项，请重新获取"),
            Self::Repeated => (
                "it is there more than once: ask the bank for one statement of one account",
                "该项重复，请索取单一账户的单份对账单",
            ),
            Self::Currency(_) => ("the clearing account is in CNY", "清算账户币种应为 CNY"),
            Self::Amount(_) => ("it is no amount in whole fen", "金额有误（应精确到分）"),
            Self::Day(_) => ("it is no day", "日期有误"),
            Self::OtherDay(_) => (
                "it is outside the statement's days: get the file again",
                "不在对账期间内，请重新获取",
            ),
            Self::Word(_) => ("it is none of the words that stand here", "取值有误"),
            Self::NoReference => (
                "the bank's own reference (AcctSvcrRef) is missing: ask the bank for it",
                "缺少银行流水号（AcctSvcrRef），请向银行索取",
            ),
            Self::ReferenceTwice(_) => (
                "two entries bear this reference of the bank: ask the bank",
                "同一银行流水号出现两次，请向银行查询",
            ),
            Self::Batch => (
                "it is one entry for several transactions: ask the bank for single entries",
                "批量入账，请向银行索取逐笔明细",
            ),
            Self::Sum(_) => (
                "opening balance and entries do not come to the closing balance: the file is not whole, get it again",
                "期初余额加发生额不等于期末余额，文件不完整，请重新获取",
            ),
        }
    }

    /// What was found, if it tells anything.
    fn found(&self) -> &str {
        match self {
            Self::NotUtf8
            | Self::DocumentType
            | Self::TooLarge
            | Self::Missing
            | Self::Repeated
            | Self::NoReference
            | Self::Batch => "",
            Self::NotXml(found)
            | Self::Namespace(found)
            | Self::Currency(found)
            | Self::Amount(found)
            | Self::Day(found)
            | Self::OtherDay(found)
            | Self::Word(found)
            | Self::ReferenceTwice(found)
            | Self::Sum(found) => found,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (english, chinese) = self.advice();
        match self.found() {
            "" => write!(f, "{english} / {chinese}"),
            found => write!(f, "{found:?}: {english} / {chinese}"),
        }
    }
}
