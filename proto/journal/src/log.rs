//! The journal without its thread: one owner, one frame at a time.
//!
//! [`crate::Journal`] runs this on a thread or in turns; a tool runs it
//! inline. It gathers nothing and waits for nothing; it does keep the rule that
//! after a failed write or sync nothing more is written.

use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::active::{ActiveSegment, prepare};
use crate::chain::ChainHash;
use crate::disk::{Disk, DiskFile, Held};
use crate::draft::Draft;
use crate::error::{AppendError, DiskFault, Fault, OpenError};
use crate::fields::length;
use crate::frame;
use crate::hasher::Hasher;
use crate::options::Options;
use crate::position::Position;
use crate::reader::Reader;
use crate::recovery::{Recovery, survey};
use crate::repair::repair;
use crate::segment::{self, SegmentHeader};
use crate::submission::Submission;
use crate::tip::{Published, Tip};

/// Computed once per frame, over its records, and stored in it: a signature over
/// their Merkle root, for instance. It runs on the writer's thread.
pub type Seal = Box<dyn FnMut(&FrameContents<'_>) -> Vec<u8> + Send>;

/// What a seal is computed over.
#[derive(Clone, Copy, Debug)]
pub struct FrameContents<'a> {
    number: u64,
    previous: ChainHash,
    group: &'a [Submission],
}

impl<'a> FrameContents<'a> {
    /// The number of the frame to be written.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// The chain hash before it.
    #[must_use]
    pub const fn previous(&self) -> ChainHash {
        self.previous
    }

    /// All records, in the order they have in the frame.
    pub fn records(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.group.iter().flat_map(Submission::records)
    }
}

/// Records that are durable, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Where their frame begins.
    pub position: Position,
    /// Their frame's number.
    pub frame: u64,
    /// Index of the submission's first record in the frame.
    pub first: u32,
    /// How many records the submission had.
    pub count: u32,
    /// The frame's seal, shared by all in it; empty without one.
    pub seal: Arc<[u8]>,
}

/// A journal that is driven by its owner.
///
/// ```
/// use huitong_journal::{DirDisk, Log, Options};
///
/// let folder = tempfile::tempdir()?;
/// let (mut log, _recovery) =
///     Log::open(DirDisk::at(folder.path())?, Options::standard(), None)?;
/// let committed = log.commit(&[vec![b"one".to_vec()], vec![b"two".to_vec()]])?;
/// assert_eq!(committed.len(), 2);
/// assert_eq!(log.tip().frame, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Log {
    disk: Arc<dyn Disk>,
    held: Arc<dyn Held>,
    options: Options,
    seal: Option<Seal>,
    active: ActiveSegment,
    spare: Spare,
    tip: Tip,
    published: Published,
    hasher: Hasher,
    broken: Option<Arc<Fault>>,
}

enum Spare {
    Untried,
    Ready(Arc<dyn DiskFile>),
    Refused(DiskFault),
}

impl Log {
    /// Takes the directory, reads all of it (or what [`Options::read_from`] says), sets a torn tail aside, and is ready
    /// to append after the last good frame.
    ///
    /// # Errors
    /// [`OpenError`]; on [`OpenError::Damage`] nothing on disk was changed.
    pub fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
    ) -> Result<(Self, Recovery), OpenError> {
        options.check()?;
        let held = disk.lock()?;
        let (active, recovery) =
            if let Some(mut survey) = survey(&*disk, options.read_from, options.keyring)? {
                let torn = repair(&*disk, &mut survey)?;
                let file = Arc::clone(survey.window.file());
                let end = survey.tip.next.offset();
                let recovery = Recovery {
                    frames: survey.tip.frame,
                    read: survey.read,
                    records: survey.records,
                    torn,
                    tip: survey.tip,
                };
                (ActiveSegment::resume(&survey.last, end, file), recovery)
            } else {
                let file = prepare(&*disk, segment::FIRST, options.segment_bytes)?;
                let header = following(&Tip::EMPTY, segment::FIRST, &options);
                let recovery = Recovery {
                    frames: 0,
                    read: 0,
                    records: 0,
                    torn: None,
                    tip: Tip::EMPTY,
                };
                (ActiveSegment::begin(&*disk, &header, file)?, recovery)
            };
        let log = Self {
            disk,
            held: Arc::from(held),
            options,
            seal,
            active,
            spare: Spare::Untried,
            tip: recovery.tip,
            published: Published::new(recovery.tip),
            hasher: Hasher::Inline,
            broken: None,
        };
        Ok((log, recovery))
    }

    /// Makes a group of submissions durable as one frame. The answer has one
    /// entry for each, in order.
    ///
    /// # Errors
    /// [`AppendError::NoRecords`], `TooLarge` and `TooManyRecords` write nothing.
    /// [`AppendError::Broken`] is final.
    pub fn commit(&mut self, group: &[Vec<Vec<u8>>]) -> Result<Vec<Committed>, AppendError> {
        let submission = |records: &Vec<_>| Submission::from(records.as_slice());
        self.commit_group(group.iter().map(submission).collect())
    }

    pub(crate) fn commit_group(
        &mut self,
        group: Vec<Submission>,
    ) -> Result<Vec<Committed>, AppendError> {
        if let Some(fault) = &self.broken {
            return Err(AppendError::Broken(Arc::clone(fault)));
        }
        self.admit(&group)?;
        self.write(group).map_err(|fault| {
            let fault = Arc::new(fault);
            self.broken = Some(Arc::clone(&fault));
            AppendError::Broken(fault)
        })
    }

    /// Prepares the next segment once the present one is half full, so that no
    /// commit waits for it. Called between commits, when nobody waits; leaving it
    /// out costs time alone.
    pub fn prepare_ahead(&mut self) {
        let due = self.broken.is_none() && self.active.past_half();
        if due && matches!(self.spare, Spare::Untried) {
            let next = self.active.number().saturating_add(1);
            self.spare = match prepare(&*self.disk, next, self.options.segment_bytes) {
                Ok(file) => Spare::Ready(file),
                Err(fault) => Spare::Refused(fault),
            };
        }
    }

    /// Why the next segment could not be prepared, if so: the disk is probably
    /// full. Nothing is lost by it and appending goes on; it breaks the journal
    /// only if there is still no room when the present segment is full.
    #[must_use]
    pub const fn no_room_ahead(&self) -> Option<&DiskFault> {
        match &self.spare {
            Spare::Refused(fault) => Some(fault),
            Spare::Untried | Spare::Ready(_) => None,
        }
    }

    /// The end of what is durable.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// Reads what is durable, now and later.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.disk), self.published.clone())
    }

    pub(crate) fn hash_with(&mut self, hasher: Hasher) {
        self.hasher = hasher;
    }

    pub(crate) fn lock(&self) -> Arc<dyn Held> {
        Arc::clone(&self.held)
    }

    fn admit(&self, group: &[Submission]) -> Result<(), AppendError> {
        if group.is_empty() {
            return Err(AppendError::NoRecords);
        }
        group
            .iter()
            .try_for_each(|submission| submission.admit(&self.options))?;
        let (bytes, limit) = (
            sum(group, Submission::room),
            self.options.submissions_bytes(),
        );
        if bytes > limit {
            return Err(AppendError::TooLarge { bytes, limit });
        }
        let (records, limit) = (sum(group, Submission::count), self.options.group_records);
        let records = usize::try_from(records).unwrap_or(usize::MAX);
        if records > limit {
            return Err(AppendError::TooManyRecords { records, limit });
        }
        Ok(())
    }

    fn write(&mut self, group: Vec<Submission>) -> Result<Vec<Committed>, Fault> {
        let contents = FrameContents {
            number: self.tip.next_frame(),
            previous: self.tip.chain,
            group: &group,
        };
        let seal = self.sealed(&contents)?;
        let (number, previous) = (contents.number, contents.previous);
        let key = self.options.keyring.unwrap_or(frame::PLAIN);
        let frame = Arc::new(Draft::new((key, number), previous, group, &seal));
        if !self.active.has_room(frame.len()) {
            self.begin_next_segment()?;
        }
        let hashing = self.hasher.begin(&frame);
        let written = self.active.write(&frame)?;
        let position = self.active.sync(&written)?;
        let chain = self.hasher.finish(hashing).ok_or(Fault::WriterLost)?;
        self.tip = self.tip.after(position, frame.len(), chain);
        self.published.set(self.tip, frame.checksum());
        Ok(answers(frame.group(), position, number, &seal.into()))
    }

    fn sealed(&mut self, contents: &FrameContents<'_>) -> Result<Vec<u8>, Fault> {
        let Some(seal) = &mut self.seal else {
            return Ok(Vec::new());
        };
        let bytes = catch_unwind(AssertUnwindSafe(|| seal(contents)))
            .map_err(|_panic| Fault::CallbackPanicked)?;
        let limit = self.options.seal_bytes;
        if length(bytes.len()) > limit {
            let bytes = bytes.len();
            return Err(Fault::SealTooLong { bytes, limit });
        }
        Ok(bytes)
    }

    fn begin_next_segment(&mut self) -> Result<(), DiskFault> {
        let number = self.active.number().saturating_add(1);
        let file = match mem::replace(&mut self.spare, Spare::Untried) {
            Spare::Ready(file) => file,
            Spare::Untried | Spare::Refused(_) => {
                prepare(&*self.disk, number, self.options.segment_bytes)?
            }
        };
        let header = following(&self.tip, number, &self.options);
        self.active = ActiveSegment::begin(&*self.disk, &header, file)?;
        Ok(())
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Log")
            .field("disk", &self.disk)
            .field("tip", &self.tip)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// The header of the segment that goes on from `tip`.
const fn following(tip: &Tip, number: u64, options: &Options) -> SegmentHeader {
    SegmentHeader {
        number,
        size: options.segment_bytes,
        first_frame: tip.next_frame(),
        chain: tip.chain,
    }
}

pub(crate) fn sum(group: &[Submission], part: fn(&Submission) -> u32) -> u64 {
    group.iter().fold(0, |sum: u64, submission| {
        sum.saturating_add(u64::from(part(submission)))
    })
}

fn answers(
    group: &[Submission],
    position: Position,
    frame: u64,
    seal: &Arc<[u8]>,
) -> Vec<Committed> {
    let first = group.iter().scan(0_u32, |next, submission| {
        let first = *next;
        *next = next.saturating_add(submission.count());
        Some(first)
    });
    first
        .zip(group)
        .map(|(first, submission)| Committed {
            position,
            frame,
            first,
            count: submission.count(),
            seal: Arc::clone(seal),
        })
        .collect()
}
