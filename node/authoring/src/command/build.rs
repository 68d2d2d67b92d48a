//! `policy build`: a policy with all its parts in place, as it is published.
//!
//! What has faults is not built: no node would take it.

use std::io::{self, Write};
use std::path::Path;

use super::Verdict;
use crate::source;

pub(super) fn command(
    file: &Path,
    to: Option<&Path>,
    out: &mut impl Write,
    faults: &mut impl Write,
) -> io::Result<Verdict> {
    let Some(document) = super::read_policy(file, faults)? else {
        return Ok(Verdict::Faulty);
    };
    let Some(to) = to else {
        out.write_all(document.bytes())?;
        return Ok(Verdict::Sound);
    };
    if source::is_same_file(file, to) {
        let to = to.display();
        writeln!(
            faults,
            "{to}: is the file that is built from; write to another one / 不能覆盖源文件，请写到另一个文件"
        )?;
        return Ok(Verdict::Faulty);
    }
    if let Err(error) = std::fs::write(to, document.bytes()) {
        let to = to.display();
        writeln!(faults, "{to}: cannot be written: {error} / 无法写入文件")?;
        return Ok(Verdict::Faulty);
    }
    writeln!(out, "{}  {}", document.digest(), to.display())?;
    Ok(Verdict::Sound)
}
