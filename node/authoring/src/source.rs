//! Policies as a bureau keeps them: a file, and the parts that it names, relative to itself.
//!
//! `huitong-document` puts the texts together; here files are read, each up to the size that a document
//! may have. What is published is the text put together, so nothing here is known to a node.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use huitong_document::Faults;
use huitong_document::parts::{PartFile, Resolved, Unreadable, resolve};
use huitong_document::policy::PolicyDocument;
use huitong_document::reader::BYTES_AT_MOST;

/// Why there is no policy in a file. One fault on each line, in English and Chinese.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {error} / 无法读取文件")]
    File {
        /// The file.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// The document or one of its parts has faults.
    #[error(transparent)]
    Faults(#[from] Faults),
}

/// The policy in a file, with its parts in place.
///
/// # Errors
/// [`SourceError`]: each fault in the file and at the line where it was written.
pub fn read_policy(file: &Path) -> Result<PolicyDocument, SourceError> {
    Ok(PolicyDocument::parse_resolved(&read(file)?)?)
}

/// The text of a policy file with its parts in place, as it is published.
///
/// # Errors
/// [`SourceError`]: a file that cannot be read, and faults of its parts.
pub fn read(file: &Path) -> Result<Resolved, SourceError> {
    let shown = file.display().to_string();
    let bytes = bytes_of(file).map_err(|error| SourceError::File {
        file: shown.clone(),
        error,
    })?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut part = |name: &str| {
        let path = folder.join(name);
        let shown = path.display().to_string();
        match bytes_of(&path) {
            Ok(bytes) => Ok(PartFile { shown, bytes }),
            Err(error) => Err(Unreadable {
                en: format!("{shown} cannot be read: {error}"),
                zh: format!("无法读取部件文件 {shown}"),
            }),
        }
    };
    Ok(resolve(&shown, &bytes, &mut part)?)
}

/// A file's bytes, one more than a document may have at most: the reader of documents says what is wrong.
fn bytes_of(file: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(BYTES_AT_MOST).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(file)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether two paths lead to one file that is there.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => false,
    }
}
