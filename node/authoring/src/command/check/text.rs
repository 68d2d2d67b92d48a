//! A check for people: one line for each fault or finding, and one that sums each document up.

use std::io::{self, Write};

use super::{Checked, Outcome, count};
use crate::review::{Finding, Kind, Severity};

pub(super) fn write(
    checked: &[Checked],
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<()> {
    for Checked { file, outcome } in checked {
        match outcome {
            Outcome::Unread(why) => writeln!(faults, "{why}")?,
            Outcome::Faulty(found) => writeln!(faults, "{found}")?,
            Outcome::Reviewed { document, findings } => {
                for finding in findings {
                    // A part's lines are told where they were written.
                    let (file, line) = document.origins().of(finding.line);
                    let line = Finding {
                        line,
                        ..finding.clone()
                    };
                    writeln!(faults, "{file}:{line}")?;
                }
                let failing = document.examples().iter().filter(|example| {
                    findings.iter().any(|finding| {
                        let place = (finding.line, finding.column);
                        place == example.place && is_of_example(&finding.kind)
                    })
                });
                let all = document.examples().len();
                let came_out = all.saturating_sub(failing.count());
                let refused = count(findings, Severity::Refused);
                let warned = count(findings, Severity::Warned);
                writeln!(
                    out,
                    "{file}: {came_out} of {all} examples come out; refused: {refused}, warnings: {warned} / \
                     {all} 个示例中 {came_out} 个相符；拒绝 {refused} 项，提醒 {warned} 项"
                )?;
            }
        }
    }
    Ok(())
}

const fn is_of_example(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::ExampleDeviates { .. } | Kind::ExampleRefused { .. }
    )
}
