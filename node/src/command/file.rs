//! Files that a command writes for whoever asked: whole or not at all, and what names people for their owner alone.
//! Deliberately absent: reading them.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::Context as _;

/// Whoever wrote it reads and writes it, and nobody else.
const PRIVATE: u32 = 0o600;

/// Writes a file that must not be there yet and names nobody.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fill(path, File::create_new(path), bytes)
}

/// Writes a file that must not be there yet and holds what is somebody's own: for its owner alone (0600).
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut how = OpenOptions::new();
    how.write(true).create_new(true).mode(PRIVATE);
    fill(path, how.open(path), bytes)
}

/// The same in the place of what may be there, which stays as it is until all of this is on disk, and whose wider permissions
/// it does not take over.
pub(super) fn replace_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let mut how = OpenOptions::new();
    how.write(true).create(true).truncate(true).mode(PRIVATE);
    let opened = how.open(beside);
    // What a try that was killed left may have others.
    let narrowed = opened.and_then(|file| {
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
        Ok(file)
    });
    fill(beside, narrowed, bytes)?;
    std::fs::rename(beside, path).with_context(|| cannot(path))
}

fn fill(path: &Path, file: std::io::Result<File>, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = file.with_context(|| cannot(path))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    // Half a file, as on a full disk, would stand in the way of the next try.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(path)));
    written.with_context(|| cannot(path))
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written / 无法写入", path.display())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{replace_private, write, write_private};

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_somebodys_own_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evidence.hte");
        write_private(&path, b"1").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(write_private(&path, b"2").is_err(), "never over another");

        let open = folder.path().join("lines.csv");
        write(&open, b"1").unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
        replace_private(&open, b"2").unwrap();
        assert_eq!(
            (mode(&open), std::fs::read(&open).unwrap()),
            (0o600, b"2".to_vec())
        );
        std::fs::create_dir(folder.path().join("lines.csv.part")).unwrap();
        assert!(replace_private(&open, b"3").is_err(), "nowhere to write");
        assert_eq!(std::fs::read(&open).unwrap(), b"2", "and nothing is lost");
    }
}
