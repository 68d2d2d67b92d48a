//! A byte for byte copy of a journal, taken a frame at a time.
//!
//! Segments keep their headers and frames their places, so a copy is a journal like the one it was taken of,
//! and can be gone on with later from where it ends. Every frame is checked as it comes: its checksums, that
//! it continues the one before, and that it fits where it stands. A copy has no spare segment and syncs when
//! it changes segments and when it is finished; what a crash leaves of it is a shorter copy.

use std::sync::Arc;

use crate::active::{create, sync, sync_names, write, zero};
use crate::chain::ChainHash;
use crate::disk::{Disk, DiskFile, Held};
use crate::error::{CopyError, DiskFault, Flaw, OpenError, Operation};
use crate::fields::length;
use crate::frame::{self, FrameHeader};
use crate::options::Options;
use crate::position::Position;
use crate::reader::Reader;
use crate::recovery::{continues, survey};
use crate::segment::{self, SegmentHeader};
use crate::tip::{Published, Tip};

/// A copy that is being taken.
#[derive(Debug)]
pub struct Copying {
    disk: Arc<dyn Disk>,
    last: Option<(SegmentHeader, Arc<dyn DiskFile>)>,
    tip: Tip,
    _held: Box<dyn Held>,
}

impl Copying {
    /// Begins a copy, or goes on with the one that is there.
    ///
    /// # Errors
    /// [`OpenError`]; a copy with damage is not gone on with.
    pub fn begin(disk: Arc<dyn Disk>) -> Result<Self, OpenError> {
        let held = disk.lock()?;
        let (last, tip) = match survey(&*disk, 0, None)? {
            None => (None, Tip::EMPTY),
            Some(survey) => {
                let file = Arc::clone(survey.window.file());
                let name = segment::name(survey.last.number);
                if let Some(end) = survey.torn_to {
                    zero(&*file, &name, survey.tip.next.offset(), end)?;
                    sync(&*file, &name)?;
                }
                (Some((survey.last, file)), survey.tip)
            }
        };
        Ok(Self {
            disk,
            last,
            tip,
            _held: held,
        })
    }

    /// The end of the copy.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// Takes the header of the next segment. The header of the last one, again, changes nothing.
    ///
    /// # Errors
    /// [`CopyError`]; a header that does not continue the copy is refused.
    pub fn segment(&mut self, header: &[u8]) -> Result<(), CopyError> {
        let decoded = SegmentHeader::decode(header).map_err(|what| self.wrong(what))?;
        let last = self.last.as_ref().map(|(last, _)| *last);
        if last == Some(decoded) {
            return Ok(());
        }
        let next = last.map_or(segment::FIRST, |last| last.number.saturating_add(1));
        let continued = (decoded.number, decoded.first_frame, decoded.chain)
            == (next, self.tip.next_frame(), self.tip.chain);
        if !continued {
            return Err(self.wrong(Flaw::SegmentOrder));
        }
        self.sync()?;
        let (spare, name) = (segment::spare_name(next), segment::name(next));
        let file = create(&*self.disk, &spare, decoded.size)?;
        write(&*file, &spare, 0, header)?;
        sync(&*file, &spare)?;
        self.disk
            .rename(&spare, &name)
            .map_err(|error| DiskFault::new(Operation::Rename, &name, &error))?;
        sync_names(&*self.disk)?;
        self.tip.next = Position::new(next, segment::HEADER_LEN);
        self.last = Some((decoded, file));
        Ok(())
    }

    /// Takes the next frame, as it lies in the journal that is copied.
    ///
    /// # Errors
    /// [`CopyError`]; a frame that is not good, or does not continue the copy, is refused.
    pub fn frame(&mut self, bytes: &[u8]) -> Result<(), CopyError> {
        let header = FrameHeader::decode(bytes).map_err(|what| self.wrong(what))?;
        let bad = |frame| Flaw::Frame { frame };
        if header.frame_len() != length(bytes.len()) {
            return Err(self.wrong(bad(crate::error::BadFrame::Length)));
        }
        frame::check(&header, bytes).map_err(|frame| self.wrong(bad(frame)))?;
        continues(&header, &self.tip).map_err(|frame| self.wrong(bad(frame)))?;
        let offset = self.tip.next.offset();
        let Some((segment, file)) = &self.last else {
            return Err(self.wrong(Flaw::MissingSegment));
        };
        let fits = offset
            .checked_add(header.frame_len())
            .is_some_and(|end| end <= segment.size);
        if !fits {
            return Err(self.wrong(bad(crate::error::BadFrame::Length)));
        }
        write(&**file, &segment::name(segment.number), offset, bytes)?;
        let chain = ChainHash::after(bytes);
        self.tip = self.tip.after(self.tip.next, header.frame_len(), chain);
        Ok(())
    }

    /// Makes all that was taken durable; where it ends.
    ///
    /// # Errors
    /// [`CopyError::Disk`].
    pub fn finish(self) -> Result<Tip, CopyError> {
        self.sync()?;
        Ok(self.tip)
    }

    fn sync(&self) -> Result<(), CopyError> {
        match &self.last {
            Some((header, file)) => Ok(sync(&**file, &segment::name(header.number))?),
            None => Ok(()),
        }
    }

    const fn wrong(&self, what: Flaw) -> CopyError {
        CopyError::Flaw {
            segment: self.tip.next.segment(),
            offset: self.tip.next.offset(),
            what,
        }
    }
}

/// Reads a journal through without taking or changing it: a reader over its good frames, and their end. A torn
/// tail is left as it is.
///
/// # Errors
/// [`OpenError`], for a journal with damage; one without a segment has an empty tip.
pub fn look_through(disk: Arc<dyn Disk>) -> Result<(Reader, Tip), OpenError> {
    Options::standard().check()?;
    let tip = survey(&*disk, 0, None)?.map_or(Tip::EMPTY, |survey| survey.tip);
    Ok((Reader::new(disk, Published::new(tip)), tip))
}
