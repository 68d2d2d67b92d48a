//! Progress, on standard error, so that standard output is the report alone.

use std::io::{IsTerminal as _, Write as _};

/// For whom the report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// People.
    Text,
    /// Programs.
    Json,
}

/// Progress on standard error, so that standard output is the report alone.
#[derive(Debug)]
pub struct Progress {
    counts: bool,
}

impl Progress {
    /// Counts are shown only to a person at a terminal.
    #[must_use]
    pub fn new(output: Output) -> Self {
        Self {
            counts: output == Output::Text && std::io::stderr().is_terminal(),
        }
    }

    /// Says what begins now.
    pub fn step(&self, what: &str) {
        eprintln!("· {what}");
    }

    /// Says how far it is.
    pub fn count(&self, done: u64, of: u64) {
        if self.counts && (done.is_multiple_of(50) || done >= of) {
            eprint!("\r  {done} / {of}");
            if done >= of {
                eprintln!();
            }
            let _ = std::io::stderr().flush();
        }
    }
}
