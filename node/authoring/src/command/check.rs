//! `policy check`: everything that is wrong with a policy document, and whether its examples come out.

use std::io::{self, Write};
use std::path::Path;

use huitong_adjudication::Compiled;
use huitong_document::policy::PolicyDocument;

use super::{Verdict, read_policy};
use crate::examples::{Failure, run};

pub(super) fn command(
    file: &Path,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let Some(document) = read_policy(file, faults)? else {
        return Ok(Verdict::Faulty);
    };
    let file = file.display();
    let compiled = match Compiled::new(document.policy().clone(), document.digest()) {
        Ok(compiled) => compiled,
        Err(fault) => {
            writeln!(
                faults,
                "{file}:1:1 these rules cannot be run: {fault} / 规则无法执行"
            )?;
            return Ok(Verdict::Faulty);
        }
    };
    let came_out = run_examples(&document, &compiled, faults)?;
    let all = document.examples().len();
    writeln!(
        out,
        "{file}: {came_out} of {all} examples come out / {all} 个示例中 {came_out} 个相符"
    )?;
    Ok(if came_out == all {
        Verdict::Sound
    } else {
        Verdict::Faulty
    })
}

/// How many examples come out; what is wrong with the others is told.
fn run_examples(
    document: &PolicyDocument,
    compiled: &Compiled,
    faults: &mut impl Write,
) -> io::Result<usize> {
    let mut came_out = 0_usize;
    for (at, example) in document.examples().iter().enumerate() {
        let (line, column) = example.place;
        let (file, line) = document.origins().of(line);
        let here = format!("{file}:{line}:{column} example[{at}]");
        match run(compiled, example) {
            Ok(_) => came_out = came_out.saturating_add(1),
            Err(Failure::Refused(fault)) => {
                writeln!(
                    faults,
                    "{here}: the rules give no result: {fault} / 按规则无法核算"
                )?;
            }
            Err(Failure::Deviates(deviations)) => {
                for deviation in deviations {
                    writeln!(faults, "{here}.expect.{deviation}")?;
                }
            }
        }
    }
    Ok(came_out)
}
