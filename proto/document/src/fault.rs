//! Faults of a document: where, which field, what is wrong and what would be right, in two languages.
//!
//! A reader collects them all and hands them over at once, ordered by place. Nothing here is personal:
//! a fault quotes the document, so a document with personal data in it (a bill) must not be logged.

use std::fmt;

use crate::origin::Origins;

/// The most faults that are kept; a document with more is not read line by line any more.
pub const FAULTS_AT_MOST: usize = 200;

/// One thing wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The field, such as `layer[0].start`.
    pub path: String,
    /// What is wrong and what would be right, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
    /// The file: the document, or a part of it.
    pub file: String,
}

/// Everything wrong with one document, in the order of its lines; at least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    file: String,
    faults: Vec<Fault>,
}

impl Faults {
    /// Orders faults and drops repetitions.
    pub(crate) fn new(file: &str, mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        faults.truncate(FAULTS_AT_MOST);
        Self {
            file: file.to_owned(),
            faults,
        }
    }

    /// One fault of the document as a whole.
    pub(crate) fn of_whole(file: &str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::at(file, (1, 1), en, zh)
    }

    /// One fault at a line and column.
    pub(crate) fn at(
        file: &str,
        (line, column): (usize, usize),
        en: impl Into<String>,
        zh: impl Into<String>,
    ) -> Self {
        let fault = Fault {
            line,
            column,
            path: String::new(),
            en: en.into(),
            zh: zh.into(),
            file: file.to_owned(),
        };
        Self {
            file: file.to_owned(),
            faults: vec![fault],
        }
    }

    /// Puts each fault where its line was written.
    pub(crate) fn written_in(mut self, origins: &Origins) -> Self {
        for fault in &mut self.faults {
            let (file, line) = origins.of(fault.line);
            (fault.file, fault.line) = (file.to_owned(), line);
        }
        self
    }

    /// These faults and others behind them.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.faults.extend(others.faults);
        self.faults.truncate(FAULTS_AT_MOST);
        self
    }

    /// The document's name, as it was given to the reader.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The faults, by line and column.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.faults
    }
}

/// `file:line:column path: message / 中文`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{} ", self.file, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{} / {}", self.en, self.zh)
    }
}

/// One fault on each line.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
