//! A check for programs: one JSON document with every file, its examples and all that was found.
//!
//! `severity` is `refused` or `warned`; what keeps a document from being read at all is `refused` with the
//! code `fault`; a file that cannot be opened is refused with the code `unread`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Checked, Outcome};
use crate::review::Severity;

#[derive(Serialize)]
struct Whole {
    files: Vec<File>,
}

#[derive(Serialize)]
struct File {
    file: String,
    refused: usize,
    warned: usize,
    /// The document's name, when it reads.
    digest: Option<String>,
    /// How many worked examples it has.
    examples: Option<usize>,
    findings: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    severity: &'static str,
    code: &'static str,
    /// The document, or the part of it in which the line stands.
    file: String,
    line: usize,
    column: usize,
    path: String,
    en: String,
    zh: String,
}

pub(super) fn write(checked: &[Checked], out: &mut impl Write) -> io::Result<()> {
    let files = checked.iter().map(file).collect();
    serde_json::to_writer_pretty(&mut *out, &Whole { files })?;
    writeln!(out)
}

fn unread(file: &str) -> Told {
    Told {
        severity: "refused",
        code: "unread",
        file: file.to_owned(),
        line: 0,
        column: 0,
        path: String::new(),
        en: "the file cannot be read".to_owned(),
        zh: "无法读取文件".to_owned(),
    }
}

fn file(checked: &Checked) -> File {
    let (digest, examples, findings) = match &checked.outcome {
        Outcome::Unread(_) => (None, None, vec![unread(&checked.file)]),
        Outcome::Faulty(found) => {
            let told = found.list().iter().map(|fault| Told {
                severity: "refused",
                code: "fault",
                file: fault.file.clone(),
                line: fault.line,
                column: fault.column,
                path: fault.path.clone(),
                en: fault.en.clone(),
                zh: fault.zh.clone(),
            });
            (None, None, told.collect())
        }
        Outcome::Reviewed { document, findings } => {
            let told = findings.iter().map(|finding| {
                let (file, line) = document.origins().of(finding.line);
                Told {
                    severity: match finding.severity() {
                        Severity::Refused => "refused",
                        Severity::Warned => "warned",
                    },
                    code: finding.kind.code(),
                    file: file.to_owned(),
                    line,
                    column: finding.column,
                    path: finding.path.clone(),
                    en: finding.kind.en(),
                    zh: finding.kind.zh(),
                }
            });
            let digest = document.digest().to_string();
            (
                Some(digest),
                Some(document.examples().len()),
                told.collect(),
            )
        }
    };
    let of = |severity: &str| {
        findings
            .iter()
            .filter(|told| told.severity == severity)
            .count()
    };
    File {
        file: checked.file.clone(),
        refused: of("refused"),
        warned: of("warned"),
        digest,
        examples,
        findings,
    }
}
