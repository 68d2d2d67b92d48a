//! The note in a backup: whose journal it is of, and the last frame that it vouches for.
//!
//! Four lines of text, so that a person can read it: the form, the owner, the frame, the chain hash after it.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;

/// Its name.
const NAME: &str = "BACKUP";
/// What it is called while it is written.
const DRAFT: &str = "BACKUP.new";
/// Its first line.
const FORM: &str = "huitong backup 1";
/// How the clearinghouse is called as an owner.
const CLEARINGHOUSE: &str = "clearinghouse";

/// Whose journal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The clearinghouse's.
    Clearinghouse,
    /// A region's node's.
    Region(RegionCode),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clearinghouse => f.write_str(CLEARINGHOUSE),
            Self::Region(region) => region.fmt(f),
        }
    }
}

/// What names neither a region nor the clearinghouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a region nor `clearinghouse`")]
pub struct OwnerError;

impl FromStr for Owner {
    type Err = OwnerError;

    fn from_str(text: &str) -> Result<Self, OwnerError> {
        if text == CLEARINGHOUSE {
            return Ok(Self::Clearinghouse);
        }
        text.parse().map(Self::Region).map_err(|_| OwnerError)
    }
}

/// How far a backup reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Whose journal it is of.
    pub owner: Owner,
    /// The last frame.
    pub frame: u64,
    /// The chain hash after it.
    pub chain: Digest,
}

/// Why a note cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// It is not there, or cannot be read or written.
    #[error("{path}: {error}: no backup was finished there (该目录没有已完成的备份)")]
    Io {
        /// The note.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// It is no note.
    #[error(
        "{path}: line {line} is not what stands there in a backup's note (备份说明文件无法识别)"
    )]
    Form {
        /// The note.
        path: String,
        /// Which line.
        line: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            owner,
            frame,
            chain,
        } = self;
        write!(f, "{FORM}\nof {owner}\nframe {frame}\nchain {chain}\n")
    }
}

impl Note {
    /// Reads the note of a backup.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn read(folder: &Path) -> Result<Self, NoteError> {
        let path = folder.join(NAME);
        let text = fs::read_to_string(&path).map_err(|error| io_error(&path, error))?;
        let mut lines = text.lines().zip(1_usize..);
        let mut next = |prefix: &str| {
            let (line, number) = lines.next().unwrap_or(("", 1_usize));
            let value = line.strip_prefix(prefix).map(str::to_owned);
            value.ok_or(number).map(|value| (value, number))
        };
        let mut read = || -> Result<Self, usize> {
            next(FORM)?;
            let (owner, at_owner) = next("of ")?;
            let (frame, at_frame) = next("frame ")?;
            let (chain, at_chain) = next("chain ")?;
            Ok(Self {
                owner: owner.parse().map_err(|_| at_owner)?,
                frame: frame.parse().map_err(|_| at_frame)?,
                chain: chain.parse().map_err(|_| at_chain)?,
            })
        };
        read().map_err(|line| NoteError::Form {
            path: path.display().to_string(),
            line,
        })
    }

    /// Writes the note in the place of the one before, durably.
    ///
    /// # Errors
    /// [`NoteError::Io`]; the note before stands then.
    pub fn write(&self, folder: &Path) -> Result<(), NoteError> {
        let (draft, path) = (folder.join(DRAFT), folder.join(NAME));
        let write = || -> io::Result<()> {
            let mut file = File::create(&draft)?;
            file.write_all(self.to_string().as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| io_error(&path, error))
    }
}

fn io_error(path: &Path, error: io::Error) -> NoteError {
    NoteError::Io {
        path: path.display().to_string(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::digest::sha256;

    use super::*;

    #[test]
    fn a_note_is_read_back_and_a_wrong_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Note::read(folder.path()),
            Err(NoteError::Io { .. })
        ));
        let mut note = Note {
            owner: Owner::Clearinghouse,
            frame: 17,
            chain: sha256(b"x"),
        };
        for owner in ["clearinghouse", "330200"] {
            note.owner = owner.parse().unwrap();
            note.write(folder.path()).unwrap();
            assert_eq!(Note::read(folder.path()).unwrap(), note);
        }
        let text = note.to_string();
        for (line, wrong) in [
            (1, text.replace("backup 1", "backup 9")),
            (2, text.replace("330200", "33020")),
            (3, text.replace("frame 17", "frame x")),
            (4, text.replace("chain ", "chain z")),
        ] {
            fs::write(folder.path().join(NAME), wrong).unwrap();
            let refused = Note::read(folder.path());
            assert!(
                matches!(&refused, Err(NoteError::Form { line: found, .. }) if *found == line),
                "{line}: {refused:?}"
            );
        }
    }
}
