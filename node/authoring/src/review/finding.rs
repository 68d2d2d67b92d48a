//! Findings: what is wrong or doubtful in a document, where, and what would be right.
//!
//! A closed list. What is refused keeps a document from being published; what is warned of is for a person
//! to weigh. Texts are whole sentences in both languages. Facts of a counter-example are printed as
//! documents write them, `[tier = three, ordinal = 2]`; `[*]` stands for any facts at all.

mod reasons;

use std::fmt;

pub use kinds::Kind;
pub use reasons::{Meant, Passed, Said, Unleft};

/// What becomes of a document with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is not published.
    Refused,
    /// It may be published; somebody should look.
    Warned,
}

/// One thing found in a document that reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The field, such as `layer[0].start`.
    pub path: String,
    /// What is wrong.
    pub kind: Kind,
}

impl Finding {
    /// What becomes of the document.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.kind.severity()
    }
}

/// `line:column path: refused: English / 中文`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            path,
            kind,
        } = self;
        write!(f, "{line}:{column} ")?;
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        let (en, zh) = match kind.severity() {
            Severity::Refused => ("refused", "拒绝"),
            Severity::Warned => ("warning", "提醒"),
        };
        write!(f, "{en}: {} / {zh}：{}", kind.en(), kind.zh())
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $severity:ident $code:literal $variant:ident { $($(#[$of:meta])* $field:ident: $type:ty),* } $en:literal $zh:literal;)+) => {
        /// What is wrong, what would be right.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $variant { $($(#[$of])* $field: $type),* }),+ }

        impl Kind {
            /// Every code, in the order of the list.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The stable name, for programs.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code),+ }
            }

            /// What becomes of the document.
            #[must_use]
            pub const fn severity(&self) -> Severity {
                match self { $(Self::$variant { .. } => Severity::$severity),+ }
            }

            /// In English.
            #[must_use]
            pub fn en(&self) -> String {
                match self { $(Self::$variant { $($field),* } => format!($en)),+ }
            }

            /// In Chinese.
            #[must_use]
            pub fn zh(&self) -> String {
                match self { $(Self::$variant { $($field),* } => format!($zh)),+ }
            }
        }
    };
}

// Below the macro, which the list is written in.
mod kinds;
