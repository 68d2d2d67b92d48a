//! `policy digest`: the name of a policy. A document with faults has none, since no node would serve it.

use std::io::{self, Write};
use std::path::Path;

use super::{Verdict, read_policy};

pub(super) fn command(
    file: &Path,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let Some(document) = read_policy(file, faults)? else {
        return Ok(Verdict::Faulty);
    };
    writeln!(out, "{}  {}", document.digest(), file.display())?;
    Ok(Verdict::Sound)
}
