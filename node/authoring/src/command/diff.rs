//! `policy diff`: what changes from one policy to the next, in words and over a grid of typical bills.

mod json;
mod text;

use std::io::{self, Write};
use std::path::Path;

use huitong_document::policy::PolicyDocument;

use super::explain::Language;
use super::{Form, Verdict, read_policy};
use crate::compare::grid::{Cell, grid};
use crate::compare::rules::{Changed, changed};

/// How much is printed, and in which language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub(super) language: Language,
    pub(super) form: Form,
    /// The most rows of the table.
    pub(super) top: usize,
}

/// Two policies and what lies between them.
struct Difference {
    old: PolicyDocument,
    new: PolicyDocument,
    rules: Vec<Changed>,
    /// Cells that change, biggest change of what the patient pays first; cells without a result on one
    /// side come before all.
    cells: Vec<Cell>,
    /// All cells that were settled.
    settled: usize,
}

pub(super) fn command(
    old: &Path,
    new: &Path,
    manner: Manner,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    // Both are read before either is refused: all faults at once.
    let documents = (read_policy(old, faults)?, read_policy(new, faults)?);
    let (Some(old), Some(new)) = documents else {
        return Ok(Verdict::Faulty);
    };
    let cells = match grid(&old, &new) {
        Ok(cells) => cells,
        Err(fault) => {
            writeln!(faults, "{fault}")?;
            return Ok(Verdict::Faulty);
        }
    };
    let settled = cells.len();
    let mut cells: Vec<Cell> = cells.into_iter().filter(|it| !it.is_unchanged()).collect();
    let size = |cell: &Cell| cell.patient_more().map_or(u64::MAX, i64::unsigned_abs);
    cells.sort_by_key(|cell| std::cmp::Reverse(size(cell)));
    let difference = Difference {
        rules: changed(old.policy(), new.policy()),
        old,
        new,
        cells,
        settled,
    };
    match manner.form {
        Form::Text => text::write(&difference, manner, out)?,
        Form::Json => json::write(&difference, out)?,
    }
    Ok(Verdict::Sound)
}
