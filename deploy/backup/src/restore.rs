//! Putting a backup in the place of a journal that is lost, and having a journal whose end is lost begin anew.
//!
//! Nothing is touched before the whole backup has been read and found good, up to the frame that its note
//! vouches for. The journal is put together beside its place, with one record more than the backup has: that
//! it was restored. Only then does it get its name, so that a server never serves a backup as if it were the
//! journal. What the index knew is set aside; it follows from the journal.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_core::canonical::CanonicalError;
use huitong_journal::{
    AppendError, CopyError, Copying, DirDisk, Disk, LockRefusal, Log, OpenError, Options, Position,
    ReadError, Reader, look_through,
};

use crate::note::{Note, NoteError, Owner};
use crate::{ARCHIVE, IMAGES, JOURNAL};

/// Where the journal is put together.
const DRAFT: &str = "journal.restoring";
const INDEX: &str = "index";
/// Where what was derived from the lost journal goes: beside it, with this behind its name.
const BEFORE: &str = ".before-restore";

/// What is put back, and into what.
pub struct Order<'a> {
    /// The backup.
    pub from: &'a Path,
    /// The server's data folder.
    pub data: &'a Path,
    /// Whose journal it must be.
    pub owner: Owner,
    /// The journal's limits.
    pub journal: Options,
}

/// What a server makes of its own records while its journal is put back.
pub trait Restart {
    /// Is shown every record that there is, in order.
    ///
    /// # Errors
    /// [`CanonicalError`] for one that this program does not know; then nothing is put back.
    fn see(&mut self, record: &[u8]) -> Result<(), CanonicalError>;

    /// The record with which the journal begins anew.
    fn begins(&self) -> Vec<u8>;
}

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The last frame of the backup.
    pub frame: u64,
    /// How many records it has.
    pub records: u64,
}

/// Why nothing was put back; the data folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The backup is of another journal.
    #[error("the backup is of {found}, this is {own} / 备份属于其他机构")]
    OtherOwner {
        /// Whose it is.
        found: Owner,
        /// Whose data folder it is.
        own: Owner,
    },
    /// The backup is not what was written.
    #[error("the backup does not verify: {0}; use another one / 备份校验失败，请使用其他备份")]
    Backup(#[source] OpenError),
    /// The backup cannot be read.
    #[error("the backup does not verify: {0}; use another one / 备份校验失败，请使用其他备份")]
    Read(#[from] ReadError),
    /// The backup ends before its note says, or is of another journal.
    #[error(
        "the backup does not verify: its note vouches for frame {wanted}, and that frame is not there; use \
         another one / 备份校验失败：缺少说明文件所示的记录"
    )]
    NotThere {
        /// The frame.
        wanted: u64,
    },
    /// A record that this program does not know.
    #[error(
        "the backup holds a record that this program cannot read: {0}; use the program that wrote it / 备份中有本程序无法识别的记录"
    )]
    Record(#[from] CanonicalError),
    /// A server runs on the data folder.
    #[error("a server runs on {data} (process {}): stop it first / 服务正在运行，请先停止", process(*.holder))]
    Running {
        /// The folder.
        data: String,
        /// The process, where it could be read.
        holder: Option<u32>,
    },
    /// There is a journal already.
    #[error(
        "{journal} holds a journal: move it away first, it may have what the backup lacks / 该处已有日志，请先移走"
    )]
    InTheWay {
        /// Where.
        journal: String,
    },
    /// The new journal cannot be written.
    #[error("the journal cannot be put together: {0}")]
    Copy(#[from] CopyError),
    /// The new journal cannot be opened.
    #[error("the journal cannot be put together: {0}")]
    Open(#[source] OpenError),
    /// The record of the restore cannot be appended.
    #[error("the journal cannot be put together: {0}")]
    Append(#[from] AppendError),
    /// The data folder.
    #[error("{path}: {error}")]
    Folder {
        /// Which.
        path: String,
        /// What the system said.
        error: io::Error,
    },
}

impl RestoreError {
    /// Whether the backup is at fault, so that another one may do.
    #[must_use]
    pub const fn is_of_backup(&self) -> bool {
        match self {
            Self::Note(_)
            | Self::OtherOwner { .. }
            | Self::Backup(_)
            | Self::Read(_)
            | Self::NotThere { .. }
            | Self::Record(_) => true,
            Self::Running { .. }
            | Self::InTheWay { .. }
            | Self::Copy(_)
            | Self::Open(_)
            | Self::Append(_)
            | Self::Folder { .. } => false,
        }
    }
}

fn process(holder: Option<u32>) -> String {
    holder.map_or_else(|| "?".to_owned(), |id| id.to_string())
}

/// Puts a backup back.
///
/// # Errors
/// [`RestoreError`]; then the data folder is as it was.
pub fn restore(order: &Order<'_>, restart: &mut dyn Restart) -> Result<Restored, RestoreError> {
    let note = Note::read(order.from)?;
    if note.owner != order.owner {
        let (found, own) = (note.owner, order.owner);
        return Err(RestoreError::OtherOwner { found, own });
    }
    let place = order.data.join(JOURNAL);
    is_free(order.data, &place)?;
    let journal = order.from.join(JOURNAL);
    let disk = DirDisk::at(&journal).map_err(|error| folder(&journal, error))?;
    let (reader, tip) = look_through(disk).map_err(RestoreError::Backup)?;
    if tip.frame < note.frame {
        let wanted = note.frame;
        return Err(RestoreError::NotThere { wanted });
    }
    let (records, chain) = read(&reader, note.frame, restart)?;
    if chain != *note.chain.as_bytes() {
        let wanted = note.frame;
        return Err(RestoreError::NotThere { wanted });
    }
    let draft = order.data.join(DRAFT);
    remove(&draft)?;
    let disk = DirDisk::at(&draft).map_err(|error| folder(&draft, error))?;
    copy(&reader, &note, Arc::clone(&disk))?;
    let (mut log, _) = Log::open(disk, order.journal, None).map_err(RestoreError::Open)?;
    log.commit(&[vec![restart.begins()]])?;
    drop(log);
    put_in_place(order.data, &draft, &place)?;
    Ok(Restored {
        frame: note.frame,
        records,
    })
}

/// Has a server collect what its own journal lacks, as after a restore: for a journal whose end is lost, when no
/// backup reaches further.
///
/// # Errors
/// [`RestoreError::Open`] while a server runs there, or when the journal is damaged; then nothing was changed.
pub fn recover(
    data: &Path,
    journal: Options,
    restart: &mut dyn Restart,
) -> Result<Restored, RestoreError> {
    let place = data.join(JOURNAL);
    let disk = DirDisk::with_archive(&place, data.join(ARCHIVE));
    let disk = disk.map_err(|error| folder(&place, error))?;
    // First: the record takes the place of a frame that the index may know, and would pass for it.
    begin_anew(disk, journal, restart, || set_index_aside(data))
}

/// Writes into a journal as it stands that it begins anew; before that, `first` is done.
///
/// # Errors
/// As [`recover`], or what `first` said.
pub fn begin_anew(
    disk: Arc<dyn Disk>,
    journal: Options,
    restart: &mut dyn Restart,
    first: impl FnOnce() -> Result<(), RestoreError>,
) -> Result<Restored, RestoreError> {
    let (mut log, recovery) = Log::open(disk, journal, None).map_err(RestoreError::Open)?;
    let (records, _) = read(&log.reader(), recovery.tip.frame, restart)?;
    first()?;
    log.commit(&[vec![restart.begins()]])?;
    Ok(Restored {
        frame: recovery.tip.frame,
        records,
    })
}

/// Makes sure that no server runs there and that no journal is lost by it.
fn is_free(data: &Path, place: &Path) -> Result<(), RestoreError> {
    crate::private_folder(data).map_err(|error| folder(data, error))?;
    if !place.exists() {
        return Ok(());
    }
    let disk = DirDisk::at(place).map_err(|error| folder(place, error))?;
    let held = disk.lock().map_err(|refusal| match refusal {
        LockRefusal::Held { process } => RestoreError::Running {
            data: data.display().to_string(),
            holder: process,
        },
        LockRefusal::Disk(error) => folder(place, error),
    })?;
    let names = disk.list().map_err(|error| folder(place, error))?;
    drop(held);
    if names.iter().any(|name| name.contains(".seg")) {
        let journal = place.display().to_string();
        return Err(RestoreError::InTheWay { journal });
    }
    Ok(())
}

/// Shows a journal up to a frame; how many records it has, and the chain hash there.
fn read(
    reader: &Reader,
    up_to: u64,
    restart: &mut dyn Restart,
) -> Result<(u64, [u8; 32]), RestoreError> {
    let (mut records, mut chain) = (0_u64, [0; 32]);
    for frame in reader.frames_from(Position::START) {
        let frame = frame?;
        if frame.number() > up_to {
            break;
        }
        for bytes in frame.records() {
            records = records.saturating_add(1);
            restart.see(bytes)?;
        }
        chain = *frame.chain().as_bytes();
    }
    Ok((records, chain))
}

fn copy(reader: &Reader, note: &Note, disk: Arc<dyn Disk>) -> Result<(), RestoreError> {
    let mut copy = Copying::begin(disk).map_err(RestoreError::Open)?;
    let mut segment = None;
    for frame in reader.frames_from(Position::START) {
        let frame = frame?;
        if frame.number() > note.frame {
            break;
        }
        let number = frame.position().segment();
        if segment != Some(number) {
            copy.segment(&reader.segment_header(number)?)?;
            segment = Some(number);
        }
        copy.frame(frame.as_bytes())?;
    }
    copy.finish()?;
    Ok(())
}

fn put_in_place(data: &Path, draft: &Path, place: &Path) -> Result<(), RestoreError> {
    set_index_aside(data)?;
    remove(place)?;
    fs::rename(draft, place).map_err(|error| folder(place, error))?;
    let synced = File::open(data).and_then(|folder| folder.sync_all());
    synced.map_err(|error| folder(data, error))
}

fn set_index_aside(data: &Path) -> Result<(), RestoreError> {
    for derived in [INDEX, IMAGES] {
        let (place, old) = (data.join(derived), data.join(format!("{derived}{BEFORE}")));
        if place.exists() {
            remove(&old)?;
            fs::rename(&place, &old).map_err(|error| folder(&place, error))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), RestoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(folder(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn folder(path: &Path, error: io::Error) -> RestoreError {
    let path: PathBuf = path.to_owned();
    RestoreError::Folder {
        path: path.display().to_string(),
        error,
    }
}
