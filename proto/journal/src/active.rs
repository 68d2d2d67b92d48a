//! The segment that is being written, and the one prepared to follow it.
//!
//! Room is reserved when a segment is made, and zeros are written a little ahead
//! of the frames: overwriting written blocks costs a sync that touches no file
//! system metadata. How far ahead is cost alone; unwritten room reads as zeros
//! too. Large frames are written without zeros before them, since there the
//! metadata is cheaper than writing every byte twice: measured, zeros gain a fifth
//! or more for frames of 20 KiB and cost a quarter for frames of 190.

use std::sync::Arc;

use crate::disk::{Disk, DiskFile};
use crate::draft::Draft;
use crate::error::{DiskFault, Operation};
use crate::fields::{index, length};
use crate::position::Position;
use crate::segment::{self, SegmentHeader};

static ZEROS: [u8; 256 << 10] = [0; 256 << 10];
const ZERO_AHEAD: u32 = 1 << 20;
const LARGE_FRAME: u32 = 64 << 10;

/// The last segment, open for appending.
#[derive(Debug)]
pub(crate) struct ActiveSegment {
    number: u64,
    size: u32,
    end: u32,
    zeroed_to: u32,
    file: Arc<dyn DiskFile>,
}

impl ActiveSegment {
    /// Takes over a segment found on disk, whose frames end at `end`.
    pub(crate) fn resume(header: &SegmentHeader, end: u32, file: Arc<dyn DiskFile>) -> Self {
        Self {
            number: header.number,
            size: header.size,
            end,
            zeroed_to: end,
            file,
        }
    }

    /// Gives a prepared file its header, then its name: once it has the name, the
    /// header is durable.
    pub(crate) fn begin(
        disk: &dyn Disk,
        header: &SegmentHeader,
        file: Arc<dyn DiskFile>,
    ) -> Result<Self, DiskFault> {
        let (spare, name) = (
            segment::spare_name(header.number),
            segment::name(header.number),
        );
        write(&*file, &spare, 0, &header.encode())?;
        sync(&*file, &spare)?;
        disk.rename(&spare, &name)
            .map_err(|error| DiskFault::new(Operation::Rename, &name, &error))?;
        sync_names(disk)?;
        Ok(Self::resume(header, segment::HEADER_LEN, file))
    }

    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    pub(crate) const fn has_room(&self, frame_len: u32) -> bool {
        frame_len <= self.size.saturating_sub(self.end)
    }

    pub(crate) const fn past_half(&self) -> bool {
        self.end > self.size / 2
    }

    /// Writes one frame; it is part of the segment once it is synced. The caller
    /// has asked for room.
    pub(crate) fn write(&mut self, frame: &Draft) -> Result<Written, DiskFault> {
        let name = segment::name(self.number);
        let (begin, len) = (self.end, frame.len());
        let end = begin.saturating_add(len);
        self.file
            .write_parts_at(u64::from(begin), &mut frame.slices())
            .map_err(|error| DiskFault::new(Operation::Write, &name, &error))?;
        if end > self.zeroed_to {
            self.zeroed_to = if len < LARGE_FRAME {
                let to = end.saturating_add(ZERO_AHEAD).min(self.size);
                zero(&*self.file, &name, end, to)?;
                to
            } else {
                end
            };
        }
        Ok(Written { begin, end })
    }

    /// Makes the frame that was written last durable.
    pub(crate) fn sync(&mut self, written: &Written) -> Result<Position, DiskFault> {
        sync(&*self.file, &segment::name(self.number))?;
        self.end = written.end;
        Ok(Position::new(self.number, written.begin))
    }
}

/// A frame that is written and not yet durable.
#[must_use]
pub(crate) struct Written {
    begin: u32,
    end: u32,
}

/// Makes the file of a segment to come.
pub(crate) fn prepare(
    disk: &dyn Disk,
    number: u64,
    size: u32,
) -> Result<Arc<dyn DiskFile>, DiskFault> {
    let name = segment::spare_name(number);
    let file = create(disk, &name, size)?;
    sync(&*file, &name)?;
    Ok(file)
}

/// Makes a file, with the fault named.
pub(crate) fn create(
    disk: &dyn Disk,
    name: &str,
    size: u32,
) -> Result<Arc<dyn DiskFile>, DiskFault> {
    disk.create(name, u64::from(size))
        .map_err(|error| DiskFault::new(Operation::Create, name, &error))
}

/// Writes bytes, with the fault named.
pub(crate) fn write(
    file: &dyn DiskFile,
    name: &str,
    offset: u32,
    bytes: &[u8],
) -> Result<(), DiskFault> {
    file.write_at(u64::from(offset), bytes)
        .map_err(|error| DiskFault::new(Operation::Write, name, &error))
}

/// Writes zeros over `from..to`, not synced.
pub(crate) fn zero(file: &dyn DiskFile, name: &str, from: u32, to: u32) -> Result<(), DiskFault> {
    let mut offset = from;
    while offset < to {
        let len = to.saturating_sub(offset).min(length(ZEROS.len()));
        write(
            file,
            name,
            offset,
            ZEROS.get(..index(len)).unwrap_or_default(),
        )?;
        offset = offset.saturating_add(len);
    }
    Ok(())
}

/// Makes a file's bytes durable, with the fault named.
pub(crate) fn sync(file: &dyn DiskFile, name: &str) -> Result<(), DiskFault> {
    file.sync()
        .map_err(|error| DiskFault::new(Operation::Sync, name, &error))
}

/// Makes names durable, with the fault named.
pub(crate) fn sync_names(disk: &dyn Disk) -> Result<(), DiskFault> {
    disk.sync_names()
        .map_err(|error| DiskFault::new(Operation::SyncNames, ".", &error))
}
