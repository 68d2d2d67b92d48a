//! Files that a command writes for whoever asked: once, never over another, and whole or not at all. Deliberately absent:
//! reading them.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Writes a file that must not be there yet.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{}: cannot be written / 无法写入", path.display());
    let mut file = std::fs::File::create_new(path).with_context(cannot)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // Half a file, as on a full disk, would stand in the way of the next try.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(path)));
    written.with_context(cannot)
}
