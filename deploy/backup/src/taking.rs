//! Writing a backup: the copy grows by what comes, and the note follows once all of it is on disk.

use std::path::{Path, PathBuf};

use huitong_core::digest::Digest;
use huitong_journal::{CopyError, Copying, DirDisk, OpenError, Tip};

use crate::JOURNAL;
use crate::note::{Note, NoteError, Owner};

/// A backup that is being taken.
pub struct Taking {
    folder: PathBuf,
    copy: Copying,
    covers: Option<Note>,
}

/// Why a backup was not taken. What was there before stands.
#[derive(Debug, thiserror::Error)]
pub enum TakingError {
    /// The folder cannot be made or opened.
    #[error("{path}: {error} / 备份目录无法使用")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// What is there cannot be gone on with.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What came cannot be taken.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The backup there is of another journal.
    #[error(
        "the backup there is of {found}, this is {own}: choose another folder / 该目录备份属于其他机构"
    )]
    OtherOwner {
        /// Whose it is.
        found: Owner,
        /// Whose journal was asked for.
        own: Owner,
    },
    /// The server stopped before it had sent what it said.
    #[error(
        "the server sent up to frame {got} of {wanted}: take the backup again / 备份未完成，请重试"
    )]
    CutOff {
        /// The last frame that came.
        got: u64,
        /// The last frame that was to come.
        wanted: u64,
    },
}

impl Taking {
    /// Begins a backup in a folder, or goes on with the one that is there.
    ///
    /// # Errors
    /// [`TakingError`].
    pub fn begin(folder: &Path) -> Result<Self, TakingError> {
        let failed = |error| TakingError::Folder {
            path: folder.display().to_string(),
            error,
        };
        crate::private_folder(folder).map_err(failed)?;
        let disk = DirDisk::at(folder.join(JOURNAL)).map_err(failed)?;
        Ok(Self {
            folder: folder.to_owned(),
            copy: Copying::begin(disk)?,
            covers: None,
        })
    }

    /// Where the copy ends.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.copy.tip()
    }

    /// How far the server says that the copy will reach.
    ///
    /// # Errors
    /// [`TakingError::OtherOwner`] when the backup there is of another journal.
    pub fn covers(&mut self, note: Note) -> Result<(), TakingError> {
        if let Ok(before) = Note::read(&self.folder)
            && before.owner != note.owner
        {
            let (found, own) = (before.owner, note.owner);
            return Err(TakingError::OtherOwner { found, own });
        }
        self.covers = Some(note);
        Ok(())
    }

    /// Takes the header of the next segment.
    ///
    /// # Errors
    /// [`TakingError::Copy`].
    pub fn segment(&mut self, header: &[u8]) -> Result<(), TakingError> {
        Ok(self.copy.segment(header)?)
    }

    /// Takes the next frame.
    ///
    /// # Errors
    /// [`TakingError::Copy`].
    pub fn frame(&mut self, bytes: &[u8]) -> Result<(), TakingError> {
        Ok(self.copy.frame(bytes)?)
    }

    /// Makes it durable and writes the note.
    ///
    /// # Errors
    /// [`TakingError`]; the backup reaches as far as before then.
    pub fn finish(self) -> Result<Note, TakingError> {
        let got = self.copy.tip().frame;
        let cut_off = |wanted| TakingError::CutOff { got, wanted };
        let covers = self.covers.ok_or_else(|| cut_off(0))?;
        let tip = self.copy.finish()?;
        let chain = Digest::from_bytes(*tip.chain.as_bytes());
        if (tip.frame, chain) != (covers.frame, covers.chain) {
            return Err(cut_off(covers.frame));
        }
        covers.write(&self.folder)?;
        Ok(covers)
    }
}
