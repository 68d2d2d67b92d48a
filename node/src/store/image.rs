//! A copy of all rows beside the index, written from time to time: a node without its index starts from there and reads
//! only the journal after it.
//!
//! The indexer writes it between two batches, so its rows are those of one place in the journal; that place and the chain
//! hash there bind it to the journal. It gets its name once all of it is on disk, and is read through and compared with its
//! own hash before any of it is taken. It is no truth: one that is not whole, of another form or of another journal is
//! passed over, and the one before it, or the whole journal, is read instead.

mod form;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use huitong_core::canonical::{decode_exact, encode_to_vec};

use self::form::{END, Hashing, head, put, read_head, take};
use super::{Change, Index, Key, Reached, Row, StoreError, Table};

/// Rows that are read or written at once.
const ROWS_AT_ONCE: usize = 4_096;
/// Images that are kept: the newest, and the one before.
const KEPT: usize = 2;
/// What it is called while it is written.
const DRAFT: &str = "image.new";
const SUFFIX: &str = ".image";

/// A folder of images.
#[derive(Debug, Clone)]
pub struct Images {
    folder: PathBuf,
    /// Folders with other copies of rows, which were set aside.
    aside: Vec<PathBuf>,
}

/// Of which place an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// How far its rows reach.
    pub reached: Reached,
    /// The chain hash after the last frame.
    pub chain: [u8; 32],
}

/// Why an image is not written, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file or its folder.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// It is not what was written.
    #[error("{path} is no whole image of this form")]
    Form {
        /// The file.
        path: String,
    },
    /// Other work came first.
    #[error("too much waits to be indexed")]
    GivenUp,
    /// The index.
    #[error(transparent)]
    Index(#[from] StoreError),
}

impl Images {
    /// The images in a folder, which is made when the first is written.
    #[must_use]
    pub const fn within(folder: PathBuf) -> Self {
        Self {
            folder,
            aside: Vec::new(),
        }
    }

    /// With the folders in which other copies of rows may have been set aside.
    #[must_use]
    pub fn beside(self, aside: Vec<PathBuf>) -> Self {
        Self { aside, ..self }
    }

    /// Writes all rows of an index that nobody changes meanwhile, durably; how many bytes it has. `give_up` is asked between
    /// pages.
    ///
    /// # Errors
    /// [`ImageError`]; then those before stand, and nothing is left of it.
    pub fn write(
        &self,
        index: &dyn Index,
        of: Of,
        give_up: &dyn Fn() -> bool,
    ) -> Result<u64, ImageError> {
        let written = self.written(index, of, give_up);
        if written.is_err() {
            // Its room is the journal's. What cannot be removed is written over by the next.
            drop(fs::remove_file(self.folder.join(DRAFT)));
        }
        written
    }

    /// The newest image by its head alone: of which place it is, and how many bytes it has. What a write that was cut off
    /// left behind is taken away.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub fn newest(&self) -> Result<Option<(Of, u64)>, ImageError> {
        let failed = |error| io_error(&self.folder, error);
        let absent = |error: io::Error| {
            if error.kind() == io::ErrorKind::NotFound {
                Ok(())
            } else {
                Err(failed(error))
            }
        };
        fs::remove_file(self.folder.join(DRAFT)).or_else(absent)?;
        let files = match self.newest_first() {
            Ok(files) => files,
            Err(error) => return absent(error).map(|()| None),
        };
        let Some(newest) = files.first() else {
            return Ok(None);
        };
        let mut file = File::open(newest).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        // One that is not whole is found out when it is needed.
        let of = read_head(&mut file).unwrap_or_default();
        Ok(of.map(|of| (of, bytes)))
    }

    /// Takes all images away: they are of another journal.
    ///
    /// # Errors
    /// [`ImageError::Io`].
    pub fn clear(&self) -> Result<(), ImageError> {
        let failed = |error| io_error(&self.folder, error);
        for image in self.newest_first().map_err(failed)? {
            fs::remove_file(image).map_err(failed)?;
        }
        Ok(())
    }

    /// Takes every copy of the rows away, also one that was not finished and what was set aside.
    ///
    /// # Errors
    /// [`ImageError::Io`]; some may be gone then, and it is done again.
    pub fn take_all_away(&self) -> Result<(), ImageError> {
        let folders = self.aside.iter().chain(std::iter::once(&self.folder));
        for folder in folders {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(folder, error));
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn written(
        &self,
        index: &dyn Index,
        of: Of,
        give_up: &dyn Fn() -> bool,
    ) -> Result<u64, ImageError> {
        let (draft, place) = (self.folder.join(DRAFT), self.folder.join(name(of)));
        let failed = |error| io_error(&self.folder, error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let file = File::create(&draft).map_err(failed)?;
        let mut out = Hashing::over(BufWriter::new(file));
        out.write_all(&head(of)).map_err(failed)?;
        for table in Table::ALL {
            let mut after: Option<Key> = None;
            loop {
                if give_up() {
                    return Err(ImageError::GivenUp);
                }
                let rows = index.scan(*table, after.as_ref(), ROWS_AT_ONCE)?;
                for (key, row) in &rows {
                    put(&mut out, &encode_to_vec(key)).map_err(failed)?;
                    put(&mut out, &encode_to_vec(row)).map_err(failed)?;
                }
                match rows.last() {
                    Some((last, _)) if rows.len() == ROWS_AT_ONCE => after = Some(last.clone()),
                    Some(_) | None => break,
                }
            }
        }
        out.write_all(&END.to_be_bytes()).map_err(failed)?;
        let (bytes, finished) = out.finish();
        let finish = || -> io::Result<()> {
            finished?.into_inner()?.sync_all()?;
            fs::rename(&draft, &place)?;
            File::open(&self.folder)?.sync_all()
        };
        finish().map_err(failed)?;
        for old in self.newest_first().map_err(failed)?.iter().skip(KEPT) {
            fs::remove_file(old).map_err(failed)?;
        }
        Ok(bytes)
    }

    /// Fills an empty index from the newest image that is whole; of which place it is. Whether it is of the journal at
    /// hand is for the caller to see.
    ///
    /// # Errors
    /// [`ImageError`]; what is in the index then has no place yet, and is to be taken away.
    pub fn fill(&self, index: &dyn Index) -> Result<Option<Of>, ImageError> {
        let files = match self.newest_first() {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error(&self.folder, error)),
        };
        for file in files {
            let loaded = look_through(&file).and_then(|of| load(&file, index).map(|()| of));
            match loaded {
                Ok(of) => {
                    index.apply(&[], of.reached)?;
                    return Ok(Some(of));
                }
                Err(error @ ImageError::Index(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "an image is passed over");
                    index.clear()?;
                }
            }
        }
        Ok(None)
    }

    fn newest_first(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(SUFFIX) {
                files.push(path);
            }
        }
        files.sort_unstable_by(|one, other| other.cmp(one));
        Ok(files)
    }
}

/// Names sort as the places do.
fn name(of: Of) -> String {
    format!("{:020}{SUFFIX}", of.reached.frame)
}

/// Reads an image to its end and compares it with its hash; of which place it is.
fn look_through(path: &Path) -> Result<Of, ImageError> {
    let form = || ImageError::Form {
        path: path.display().to_string(),
    };
    let failed = |error: io::Error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            form()
        } else {
            io_error(path, error)
        }
    };
    let file = File::open(path).map_err(failed)?;
    let mut from = Hashing::over(BufReader::new(file));
    let of = read_head(&mut from).map_err(failed)?.ok_or_else(form)?;
    while take(&mut from).map_err(failed)?.is_some() {}
    let (hash, mut rest) = from.into_hash();
    let mut written = Vec::new();
    rest.read_to_end(&mut written).map_err(failed)?;
    if written == hash { Ok(of) } else { Err(form()) }
}

/// Puts the rows of an image that is whole into an index.
fn load(path: &Path, index: &dyn Index) -> Result<(), ImageError> {
    let failed = |error| io_error(path, error);
    let file = File::open(path).map_err(failed)?;
    let mut from = BufReader::new(file);
    read_head(&mut from).map_err(failed)?;
    let mut rows = Vec::with_capacity(ROWS_AT_ONCE);
    while let Some(key) = take(&mut from).map_err(failed)? {
        let row = take(&mut from).map_err(failed)?.unwrap_or_default();
        // Written by a program that knew other rows.
        let form = |_| ImageError::Form {
            path: path.display().to_string(),
        };
        let key = decode_exact::<Key>(&key).map_err(form)?;
        let row = decode_exact::<Row>(&row).map_err(form)?;
        rows.push(Change {
            key,
            row: Some(row),
        });
        if rows.len() >= ROWS_AT_ONCE {
            index.load(&rows)?;
            rows.clear();
        }
    }
    Ok(index.load(&rows)?)
}

fn io_error(path: &Path, error: io::Error) -> ImageError {
    ImageError::Io {
        path: path.display().to_string(),
        error,
    }
}
