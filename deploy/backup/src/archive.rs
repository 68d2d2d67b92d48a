//! Full segments, moved away from a journal to `archive` beside it, which may be another disk.
//!
//! A server looks there for what its journal's folder does not have, so it may run while they are moved: a
//! segment stands in both places until its copy is on disk. The newest ones stay. A segment that is in
//! neither place is named when the server starts or reads it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::{ARCHIVE, JOURNAL};

/// A journal's file that is not to be moved, or was not.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
pub struct ArchiveError {
    /// The file or folder.
    pub path: String,
    /// What the system said.
    pub error: io::Error,
}

/// Moves the full segments of a data folder's journal away, but the newest `keep` of all; their names.
///
/// # Errors
/// [`ArchiveError`]; what was moved before stays moved and is found.
pub fn archive(data: &Path, keep: usize) -> Result<Vec<String>, ArchiveError> {
    let (journal, archive) = (data.join(JOURNAL), data.join(ARCHIVE));
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error| ArchiveError { path, error }
    };
    fs::create_dir_all(&archive).map_err(failed(&archive))?;
    let mut segments = Vec::new();
    for entry in fs::read_dir(&journal).map_err(failed(&journal))? {
        let name = entry.map_err(failed(&journal))?.file_name();
        let name = name.to_string_lossy().into_owned();
        if name
            .strip_suffix(".seg")
            .is_some_and(|number| number.len() == 20)
        {
            segments.push(name);
        }
    }
    segments.sort_unstable();
    // The last one is written to.
    let full = segments.len().saturating_sub(keep.max(1));
    segments.truncate(full);
    for name in &segments {
        let (from, to) = (journal.join(name), archive.join(name));
        let draft = archive.join(format!("{name}.new"));
        let moved = || -> io::Result<()> {
            fs::copy(&from, &draft)?;
            File::open(&draft)?.sync_all()?;
            fs::rename(&draft, &to)?;
            File::open(&archive)?.sync_all()?;
            fs::remove_file(&from)?;
            File::open(&journal)?.sync_all()
        };
        moved().map_err(failed(&from))?;
    }
    Ok(segments)
}
