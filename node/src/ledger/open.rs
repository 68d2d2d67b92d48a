//! Opening: the journal first, then the index brought up to it.
//!
//! Segments before the place that the index reaches are not read through again; without an index, those before the
//! newest image are not. An
//! index behind the journal is brought up; one that does not belong to the journal is derived again; one
//! *ahead* of it means that acknowledged records are gone, and the node refuses to serve.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use huitong_certs::SigningKey;
use huitong_core::region::RegionCode;
use huitong_journal::{Disk, Options, ReadError, Reader, Runner};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Ledger;
use super::imaging::Imaging;
use super::indexer;
use super::keys::{KeyOptions, KeysError};
use super::overlay::Overlay;
use super::progress::Progress;
use super::replay::Replay;
use crate::group::{LastGroup, seal};
use crate::keyring::Keyring;
use crate::sealing::Sealing;
use crate::store::image::{ImageError, Images, Of};
use crate::store::{Index, Key, Reached, Row, StoreError};

/// What a ledger is opened on.
pub struct LedgerOptions {
    /// The node's region.
    pub region: RegionCode,
    /// Where the journal lies.
    pub disk: Arc<dyn Disk>,
    /// Its limits.
    pub journal: Options,
    /// Where the rows lie.
    pub index: Arc<dyn Index>,
    /// Where copies of the rows lie, if any are to be kept.
    pub images: Option<Images>,
    /// Under whose keys records that name people are sealed.
    pub keys: KeyOptions,
    /// What the node signs commit groups with.
    pub key: Arc<SigningKey>,
    /// Who writes and indexes.
    pub runner: Arc<dyn Runner>,
}

/// What opening cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Frames of the journal.
    pub frames: u64,
    /// Frames that were read through.
    pub read: u64,
    /// Frames from which rows were derived.
    pub replayed: u64,
    /// Bytes behind the last good frame that were set aside: a write that nobody was told of, or the last acknowledged
    /// frame, damaged. Who holds what this node gave says which.
    pub set_aside: u32,
}

/// Why a ledger was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] huitong_journal::OpenError),
    /// The index, or the journal while it was read again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index knows records that the journal does not have.
    #[error(
        "the index has frame {index}, the journal ends with frame {journal}: acknowledged records are gone. Do \
         not serve: put a backup back (huitong node restore), or, if none is better than what is here, collect \
         what is missing from the other parties (huitong node recover) \
         (日志缺少已确认的记录，请勿提供服务，请用 restore 恢复备份，或用 recover 向各方收集)"
    )]
    Ahead {
        /// The index's last frame.
        index: u64,
        /// The journal's last frame.
        journal: u64,
    },
    /// The keyring.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A thread could not be started.
    #[error("the indexer could not be started: {0}")]
    Thread(std::io::Error),
}

impl OpenError {
    /// Whether the keyring is what is wrong, and a copy of it mends that.
    #[must_use]
    pub const fn is_of_keyring(&self) -> bool {
        match self {
            Self::Journal(error) => matches!(error, huitong_journal::OpenError::Keyring { .. }),
            Self::Keys(error) => error.is_of_keyring(),
            Self::Store(_) | Self::Ahead { .. } | Self::Thread(_) => false,
        }
    }
}

impl Ledger {
    /// Opens the journal and brings the index up to it.
    ///
    /// # Errors
    /// [`OpenError`]; on [`OpenError::Ahead`] nothing was changed.
    pub fn open(options: LedgerOptions) -> Result<Self, OpenError> {
        let LedgerOptions {
            region,
            disk,
            journal,
            index,
            images,
            keys,
            key,
            runner,
        } = options;
        let sealing = Arc::new(keys.sealing(region, &disk)?);
        let journal = journal.keyring(sealing.keyring().map_or(0, Keyring::id));
        let last_group = LastGroup::default();
        let seal = seal(key, last_group.clone());
        // What the index reaches was read through when it was indexed: start-up is bounded by what came after.
        let segment_bytes = journal.bytes_per_segment();
        let filled = fill(&*index, images.as_ref())?;
        let journal = match index.reached()? {
            Some(reached) => journal.read_from(reached.position),
            None => journal,
        };
        let (journal, recovery) = runner.open_journal(disk, journal, Some(seal))?;
        if let Some(torn) = &recovery.torn {
            tracing::warn!(file = %torn.file, bytes = torn.bytes, "an unfinished write was set aside");
        }
        let reader = journal.reader();
        let from = belongs(&*index, &reader, filled)?;
        if filled.is_some() && from.is_none() {
            forget(images.as_ref());
        }
        let replay = Replay {
            region,
            reader: &reader,
            index: &*index,
            sealing: &sealing,
        };
        let opened = Opened {
            frames: recovery.frames,
            read: recovery.read,
            replayed: replay.whole(from, images.as_ref())?,
            set_aside: recovery.torn.map_or(0, |torn| torn.bytes),
        };
        begin_anew(&*index, &sealing)?;
        tracing::info!(?opened, "journal open");
        let (overlay, progress) = (Arc::<RwLock<Overlay>>::default(), Arc::new(Progress::new()));
        // One question is enough: what is answered is all that is synced by then.
        let (to_index, asked) = mpsc::channel(1);
        let indexing = {
            let (overlay, progress) = (Arc::clone(&overlay), Arc::clone(&progress));
            let imaging = images.map(|to| Imaging::of_journal(to, reader.clone(), segment_bytes));
            let rows = (Arc::clone(&index), overlay);
            indexer::run(asked, rows, progress, imaging)
        };
        let indexer = runner
            .start("indexer", Box::pin(indexing))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            region,
            journal,
            reader,
            index,
            sealing,
            overlay,
            last_group,
            progress,
            appended: AtomicU64::new(0),
            to_index: Mutex::new(Some(to_index)),
            indexer: Mutex::new(Some(indexer)),
            opened,
            records_gone: OnceLock::new(),
            gone: CancellationToken::new().drop_guard(),
        })
    }
}

/// Has keys given from a new file on if the journal was put back: the lost one had given others.
fn begin_anew(index: &dyn Index, sealing: &Sealing) -> Result<(), OpenError> {
    if let Some(Row::Restored(restored)) = index.get(&Key::Restored())?
        && let Some(keyring) = sealing.keyring()
    {
        let begun = keyring.begin_anew(restored.incarnation);
        begun.map_err(KeysError::from)?;
    }
    Ok(())
}

/// Takes images of another journal away: their frames may be higher than those of this one ever are.
fn forget(images: Option<&Images>) {
    if let Some(Err(error)) = images.map(Images::clear) {
        tracing::warn!(%error, "images of another journal could not be taken away");
    }
}

/// Fills an index that has no place from the newest image; of which place that is.
fn fill(index: &dyn Index, images: Option<&Images>) -> Result<Option<Of>, StoreError> {
    if index.reached()?.is_some() {
        return Ok(None);
    }
    // What a start that was cut off has put there.
    index.clear()?;
    let Some(images) = images else {
        return Ok(None);
    };
    match images.fill(index) {
        Ok(filled) => {
            if let Some(of) = filled {
                tracing::info!(frame = of.reached.frame, "the index begins with an image");
            }
            Ok(filled)
        }
        Err(ImageError::Index(error)) => Err(error),
        Err(error @ (ImageError::Io { .. } | ImageError::Form { .. } | ImageError::GivenUp)) => {
            tracing::warn!(%error, "no image can be used");
            index.clear()?;
            Ok(None)
        }
    }
}

/// Where replay begins; an index that belongs to another journal is emptied. One that was filled from an image has
/// the chain to show for it.
fn belongs(
    index: &dyn Index,
    reader: &Reader,
    filled: Option<Of>,
) -> Result<Option<Reached>, OpenError> {
    let Some(reached) = index.reached()? else {
        return Ok(None);
    };
    let journal = reader.tip().frame;
    if reached.frame > journal {
        return Err(OpenError::Ahead {
            index: reached.frame,
            journal,
        });
    }
    match reader.frame_at(reached.position) {
        Ok(frame)
            if frame.number() == reached.frame
                && filled.is_none_or(|of| of.chain == *frame.chain().as_bytes()) =>
        {
            Ok(Some(reached))
        }
        Ok(_) | Err(ReadError::NotYet(_) | ReadError::Damage(_)) => {
            tracing::warn!("the index does not belong to the journal and is derived again");
            index.clear()?;
            Ok(None)
        }
        Err(error @ ReadError::Disk(_)) => Err(StoreError::Journal(error).into()),
    }
}
