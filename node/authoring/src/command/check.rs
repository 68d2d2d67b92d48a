//! `policy check`: everything that is wrong with policy documents, all at once and in order of place.
//!
//! A document that does not read is told its faults. One that reads is reviewed beside the others named
//! with it, so documents of one region are best checked together. Warnings alone leave the exit code at 0.

mod json;
mod text;

use std::io::{self, Write};
use std::path::PathBuf;

use huitong_document::bounds::BoundsDocument;
use huitong_document::fault::Faults;
use huitong_document::policy::PolicyDocument;

use super::{Form, Verdict};
use crate::review::{Beside, Finding, Limits, Severity, against, review};
use crate::source::{SourceError, read_policy};

/// What is known of one file.
struct Checked {
    file: String,
    outcome: Outcome,
}

enum Outcome {
    /// It is not there, or nobody may read it.
    Unread(String),
    /// It is no policy document.
    Faulty(Faults),
    /// It reads.
    Reviewed {
        document: Box<PolicyDocument>,
        findings: Vec<Finding>,
    },
}

pub(super) fn command(
    files: &[PathBuf],
    bounds: &[PathBuf],
    form: Form,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let mut checked = Vec::with_capacity(files.len().saturating_add(bounds.len()));
    let (limits, unusable) = read_bounds(bounds);
    checked.extend(unusable);
    for path in files {
        let file = path.display().to_string();
        let outcome = match read_policy(path) {
            Ok(document) => Outcome::Reviewed {
                document: Box::new(document),
                findings: Vec::new(),
            },
            Err(SourceError::Faults(found)) => Outcome::Faulty(found),
            Err(error @ SourceError::File { .. }) => Outcome::Unread(error.to_string()),
        };
        checked.push(Checked { file, outcome });
    }
    review_together(&mut checked, &limits);
    match form {
        Form::Text => text::write(&checked, out, faults)?,
        Form::Json => json::write(&checked, out)?,
    }
    Ok(if checked.iter().any(Checked::is_refused) {
        Verdict::Faulty
    } else {
        Verdict::Sound
    })
}

/// The bounds documents that read, and those that do not.
fn read_bounds(files: &[PathBuf]) -> (Vec<BoundsDocument>, Vec<Checked>) {
    let (mut read, mut unusable) = (Vec::new(), Vec::new());
    for path in files {
        let file = path.display().to_string();
        let outcome = match std::fs::read(path) {
            Err(error) => {
                Outcome::Unread(format!("{file}: cannot be read: {error} / 无法读取文件"))
            }
            Ok(bytes) => match BoundsDocument::parse(&file, &bytes) {
                Ok(document) => {
                    read.push(document);
                    continue;
                }
                Err(found) => Outcome::Faulty(found),
            },
        };
        unusable.push(Checked { file, outcome });
    }
    (read, unusable)
}

/// Reviews each document beside all others that read, and against the limits set from above.
fn review_together(checked: &mut [Checked], limits: &[BoundsDocument]) {
    let reviewed: Vec<Option<Vec<Finding>>> = {
        let documents = || checked.iter().filter_map(Checked::document);
        let beside: Vec<Beside<'_>> = documents().map(Beside::of).collect();
        checked
            .iter()
            .map(|one| {
                let document = one.document()?;
                let mut findings = review(document, &beside);
                for limit in limits {
                    findings.extend(against(document, limit.bounds(), Limits::PUBLISHING));
                }
                findings.sort_by_key(|finding| (finding.line, finding.column));
                Some(findings)
            })
            .collect()
    };
    for (one, found) in checked.iter_mut().zip(reviewed) {
        if let (Outcome::Reviewed { findings, .. }, Some(found)) = (&mut one.outcome, found) {
            *findings = found;
        }
    }
}

impl Checked {
    fn document(&self) -> Option<&PolicyDocument> {
        match &self.outcome {
            Outcome::Reviewed { document, .. } => Some(document),
            Outcome::Unread(_) | Outcome::Faulty(_) => None,
        }
    }

    fn is_refused(&self) -> bool {
        match &self.outcome {
            Outcome::Unread(_) | Outcome::Faulty(_) => true,
            Outcome::Reviewed { findings, .. } => count(findings, Severity::Refused) > 0,
        }
    }
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    let of = |finding: &&Finding| finding.severity() == severity;
    findings.iter().filter(of).count()
}
