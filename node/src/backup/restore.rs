//! Putting a backup in the place of a journal that is lost.
//!
//! Nothing is touched before the whole backup has been read and found good, up to the frame that its note
//! vouches for. The journal is put together beside its place, with one record more than the backup has: that
//! it was restored, in a higher incarnation. Only then does it get its name, so that a node never serves a
//! backup as if it were the journal. What the index knew is set aside; it follows from the journal.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{RestoreBegan, RestoreMark};
use huitong_core::region::RegionCode;
use huitong_journal::{
    AppendError, CopyError, Copying, DirDisk, Disk, LockRefusal, Log, OpenError, Options, Position,
    ReadError, Reader, look_through,
};

use super::note::{Note, NoteError};
use super::{ARCHIVE, JOURNAL};
use crate::store::FIRST_INCARNATION;

/// Where the journal is put together.
const DRAFT: &str = "journal.restoring";
const INDEX: &str = "index";
/// Where the index of the lost journal goes.
const OLD_INDEX: &str = "index.before-restore";

/// What is put back, and into what.
pub struct Order<'a> {
    /// The backup.
    pub from: &'a Path,
    /// The node's data folder.
    pub data: &'a Path,
    /// The node's region.
    pub region: RegionCode,
    /// The journal's limits.
    pub journal: Options,
    /// Drawn at random.
    pub mark: RestoreMark,
    /// When.
    pub at: Timestamp,
}

/// What was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The last frame of the backup.
    pub frame: u64,
    /// How many records it has.
    pub records: u64,
    /// The incarnation that the node begins with.
    pub incarnation: u32,
}

/// Why nothing was put back; the data folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The backup is another region's.
    #[error("the backup is of region {found}, the node's region is {own} / 备份属于其他统筹区")]
    OtherRegion {
        /// Whose it is.
        found: RegionCode,
        /// Whose node it is.
        own: RegionCode,
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
    #[error("a node runs on {data} (process {}): stop it first / 节点正在运行，请先停止", process(*.holder))]
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

fn process(holder: Option<u32>) -> String {
    holder.map_or_else(|| "?".to_owned(), |id| id.to_string())
}

/// Puts a backup back.
///
/// # Errors
/// [`RestoreError`]; then the data folder is as it was.
pub fn restore(order: &Order<'_>) -> Result<Restored, RestoreError> {
    let note = Note::read(order.from)?;
    if note.region != order.region {
        let (found, own) = (note.region, order.region);
        return Err(RestoreError::OtherRegion { found, own });
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
    let (read, chain) = read(&reader, note.frame)?;
    if chain != *note.chain.as_bytes() {
        let wanted = note.frame;
        return Err(RestoreError::NotThere { wanted });
    }
    let incarnation = read.incarnation.saturating_add(1);

    let draft = order.data.join(DRAFT);
    remove(&draft)?;
    let disk = DirDisk::at(&draft).map_err(|error| folder(&draft, error))?;
    copy(&reader, &note, Arc::clone(&disk))?;
    let (mut log, _) = Log::open(disk, order.journal, None).map_err(RestoreError::Open)?;
    log.commit(&[vec![began(incarnation, order.mark, order.at)]])?;
    drop(log);
    put_in_place(order.data, &draft, &place)?;
    Ok(Restored {
        frame: note.frame,
        records: read.records,
        incarnation,
    })
}

/// Has a node collect what its own journal lacks, as after a restore: for a journal whose end is lost, when no
/// backup reaches further.
///
/// # Errors
/// [`RestoreError::Open`] while a node runs there, or when the journal is damaged; then nothing was changed.
pub fn recover(
    data: &Path,
    journal: Options,
    mark: RestoreMark,
    at: Timestamp,
) -> Result<Restored, RestoreError> {
    let place = data.join(JOURNAL);
    let disk = DirDisk::with_archive(&place, data.join(ARCHIVE));
    let disk = disk.map_err(|error| folder(&place, error))?;
    // First: the record takes the place of a frame that the index may know, and would pass for it.
    begin_anew(disk, journal, (mark, at), || set_index_aside(data))
}

/// Writes into a journal as it stands that it begins anew, in a higher incarnation; before that, `first` is done.
///
/// # Errors
/// As [`recover`], or what `first` said.
pub fn begin_anew(
    disk: Arc<dyn Disk>,
    journal: Options,
    (mark, at): (RestoreMark, Timestamp),
    first: impl FnOnce() -> Result<(), RestoreError>,
) -> Result<Restored, RestoreError> {
    let (mut log, recovery) = Log::open(disk, journal, None).map_err(RestoreError::Open)?;
    let (read, _) = read(&log.reader(), recovery.tip.frame)?;
    let incarnation = read.incarnation.saturating_add(1);
    first()?;
    log.commit(&[vec![began(incarnation, mark, at)]])?;
    Ok(Restored {
        frame: recovery.tip.frame,
        records: read.records,
        incarnation,
    })
}

/// The record with which a restored journal begins anew.
fn began(incarnation: u32, mark: RestoreMark, at: Timestamp) -> Vec<u8> {
    NodeRecord::RestoreBegan(RestoreBegan {
        incarnation,
        mark,
        at,
    })
    .to_bytes()
}

/// Makes sure that no node runs there and that no journal is lost by it.
fn is_free(data: &Path, place: &Path) -> Result<(), RestoreError> {
    fs::create_dir_all(data).map_err(|error| folder(data, error))?;
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

/// What a journal says up to a frame.
struct Read {
    records: u64,
    incarnation: u32,
}

/// Reads a journal up to a frame; the chain hash there too.
fn read(reader: &Reader, up_to: u64) -> Result<(Read, [u8; 32]), RestoreError> {
    let mut read = Read {
        records: 0,
        incarnation: FIRST_INCARNATION,
    };
    let mut chain = [0; 32];
    for frame in reader.frames_from(Position::START) {
        let frame = frame?;
        if frame.number() > up_to {
            break;
        }
        for bytes in frame.records() {
            read.records = read.records.saturating_add(1);
            if let NodeRecord::RestoreBegan(began) = NodeRecord::from_bytes(bytes)? {
                read.incarnation = began.incarnation;
            }
        }
        chain = *frame.chain().as_bytes();
    }
    Ok((read, chain))
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
    let (index, old) = (data.join(INDEX), data.join(OLD_INDEX));
    if index.exists() {
        remove(&old)?;
        fs::rename(&index, &old).map_err(|error| folder(&index, error))?;
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
