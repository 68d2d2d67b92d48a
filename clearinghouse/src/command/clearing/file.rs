//! Files that officers hand on: written once and never over another, read only up to their limit.

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;

/// The largest statement, checkpoint or book that is read: several million legs.
const LARGEST_FILE_BYTES: u64 = 1 << 30;

/// Writes a file that must not be there yet.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{}: cannot be written / 无法写入", path.display());
    let mut file = std::fs::File::create_new(path).with_context(cannot)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // Half a file, as on a full disk, would stand in the way of the next try.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(path)));
    written.with_context(cannot)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let cannot = || format!("{shown}: cannot be read / 无法读取");
    let file = std::fs::File::open(path).with_context(cannot)?;
    let mut bytes = Vec::new();
    let mut limited = file.take(LARGEST_FILE_BYTES.saturating_add(1));
    limited.read_to_end(&mut bytes).with_context(cannot)?;
    anyhow::ensure!(
        u64::try_from(bytes.len()).is_ok_and(|size| size <= LARGEST_FILE_BYTES),
        "{shown}: more than {LARGEST_FILE_BYTES} bytes / 文件过大"
    );
    Ok(bytes)
}
