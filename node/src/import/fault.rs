//! What is wrong with a file: line, column, and what would be right, in two languages.
//!
//! Faults go to the officer who sent the file and to nobody else. Even so no number that identifies a
//! person is repeated in one: the line says where to look.

use std::fmt;

/// The most faults that are listed; the rest are only counted.
pub const FAULTS_AT_MOST: usize = 1_000;

/// One thing wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFault {
    /// The line, the heading being line 1; 0 when it is about the whole file.
    pub line: u64,
    /// The column's name; empty when it is about the whole row.
    pub column: String,
    /// What is wrong and what would be right, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

/// Everything wrong with one file: at least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFaults {
    listed: Vec<RowFault>,
    count: u64,
}

impl RowFaults {
    /// The faults by line, at most [`FAULTS_AT_MOST`].
    #[must_use]
    pub fn listed(&self) -> &[RowFault] {
        &self.listed
    }

    /// How many there are in all.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
}

/// `line 3, psn_no: message / 中文`.
impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}", self.line)?;
            if !self.column.is_empty() {
                write!(f, ", {}", self.column)?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{} / {}", self.en, self.zh)
    }
}

/// One fault on each line, and how many are not listed.
impl fmt::Display for RowFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.listed.iter().enumerate() {
            let begin = if at == 0 { "" } else { "\n" };
            write!(f, "{begin}{fault}")?;
        }
        let listed = u64::try_from(self.listed.len()).unwrap_or(u64::MAX);
        match self.count.saturating_sub(listed) {
            0 => Ok(()),
            more => write!(f, "\n{more} more / 另有 {more} 处"),
        }
    }
}

impl std::error::Error for RowFaults {}

/// The faults found so far.
#[derive(Debug)]
pub(super) struct Findings {
    listed: Vec<RowFault>,
    count: u64,
}

impl Findings {
    pub(super) const fn none() -> Self {
        Self {
            listed: Vec::new(),
            count: 0,
        }
    }

    pub(super) fn add(
        &mut self,
        line: u64,
        column: &str,
        en: impl Into<String>,
        zh: impl Into<String>,
    ) {
        self.count = self.count.saturating_add(1);
        if self.listed.len() < FAULTS_AT_MOST {
            let column = column.to_owned();
            self.listed.push(RowFault {
                line,
                column,
                en: en.into(),
                zh: zh.into(),
            });
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// One fault of the file as a whole.
    pub(super) fn of_whole(en: impl Into<String>, zh: impl Into<String>) -> RowFaults {
        let fault = RowFault {
            line: 0,
            column: String::new(),
            en: en.into(),
            zh: zh.into(),
        };
        RowFaults {
            listed: vec![fault],
            count: 1,
        }
    }

    /// The value, when nothing was found.
    pub(super) fn or<T>(self, value: T) -> Result<T, RowFaults> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self.into_faults())
        }
    }

    /// What was found, by line.
    pub(super) fn into_faults(mut self) -> RowFaults {
        self.listed.sort();
        RowFaults {
            listed: self.listed,
            count: self.count,
        }
    }
}
