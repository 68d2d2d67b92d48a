//! `huitong policy …`: one file for each command.
//!
//! Files in, text or JSON out. Exit codes: 0, and 64 when a file cannot be read, has faults, or does not
//! come out as its examples say.

mod adjudicate;
mod build;
mod check;
mod digest;
mod json;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use huitong_document::policy::PolicyDocument;

use crate::source;

/// The exit code of input that cannot be used.
const BAD_INPUT: u8 = 64;

/// Commands on policy documents.
#[derive(Debug, clap::Subcommand)]
pub enum PolicyCommand {
    /// Read policies and run their worked examples; list all that is wrong.
    Check {
        /// The policy documents.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print a policy with all its parts in place, as it is published.
    Build {
        /// The policy document.
        file: PathBuf,
        /// Write it to this file, and print its digest instead.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print the SHA-256 that names a policy in every decision.
    Digest {
        /// The policy document.
        file: PathBuf,
    },
    /// Settle a bill under a policy, changing nothing anywhere.
    Adjudicate {
        /// The policy document.
        #[arg(long)]
        policy: PathBuf,
        /// The bill document.
        #[arg(long)]
        bill: PathBuf,
        /// Print one JSON document instead of text.
        #[arg(long)]
        json: bool,
    },
}

/// Whether all that was given could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Sound,
    Faulty,
}

/// How a decision is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

impl PolicyCommand {
    /// Runs the command; results go to standard output, faults to standard error.
    ///
    /// # Errors
    /// Only when output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let verdict = self.run_to(&mut io::stdout().lock(), &mut io::stderr().lock())?;
        Ok(match verdict {
            Verdict::Sound => ExitCode::SUCCESS,
            Verdict::Faulty => ExitCode::from(BAD_INPUT),
        })
    }

    fn run_to(self, out: &mut impl Write, faults: &mut impl Write) -> io::Result<Verdict> {
        match self {
            Self::Check { files } => {
                let mut verdict = Verdict::Sound;
                for file in files {
                    if check::command(&file, out, faults)? == Verdict::Faulty {
                        verdict = Verdict::Faulty;
                    }
                }
                Ok(verdict)
            }
            Self::Build { file, out: to } => build::command(&file, to.as_deref(), out, faults),
            Self::Digest { file } => digest::command(&file, out, faults),
            Self::Adjudicate { policy, bill, json } => {
                let form = if json { Form::Json } else { Form::Text };
                adjudicate::command(&policy, &bill, form, out, faults)
            }
        }
    }
}

/// Reads a file, or says why it cannot be read.
fn read(file: &Path, faults: &mut impl Write) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) => {
            let file = file.display();
            writeln!(faults, "{file}: cannot be read: {error} / 无法读取文件")?;
            Ok(None)
        }
    }
}

/// Reads a policy with its parts, or lists its faults.
fn read_policy(file: &Path, faults: &mut impl Write) -> io::Result<Option<PolicyDocument>> {
    match source::read_policy(file) {
        Ok(document) => Ok(Some(document)),
        Err(found) => {
            writeln!(faults, "{found}")?;
            Ok(None)
        }
    }
}
