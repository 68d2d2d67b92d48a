//! Reads one segment through a buffer that moves along with the reading.
//!
//! Memory is bounded by the read-ahead or one frame, whichever is more. Bytes at
//! or past the limit a caller names are never read, so that nothing is kept that
//! the writer has yet to write.

use std::sync::Arc;

use crate::disk::{Disk, DiskFile};
use crate::error::{BadFrame, DiskFault, Flaw, Operation};
use crate::fields::{index, length};
use crate::frame::{self, FrameHeader};
use crate::segment;

/// Bytes read at once when a segment is read through.
pub(crate) const THROUGH: u32 = 256 << 10;
/// Bytes read at once when single frames are looked up.
pub(crate) const LOOK_UP: u32 = 4 << 10;

/// An open segment and some bytes of it.
#[derive(Debug)]
pub(crate) struct Window {
    segment: u64,
    file: Arc<dyn DiskFile>,
    ahead: u32,
    begin: u32,
    /// How many are held, at the front of `bytes`, which never gets shorter: what it is given anew is zeroed first.
    held: u32,
    bytes: Vec<u8>,
}

/// What stands where a frame should begin.
pub(crate) enum Found<'a> {
    /// A frame whose checksums hold, and how many records it has; whether it
    /// belongs there is not checked.
    Good(FrameHeader, u64, &'a [u8]),
    /// Anything else, with the header where that at least is good.
    Bad(Flaw, Option<FrameHeader>),
}

impl Window {
    pub(crate) fn open(disk: &dyn Disk, segment: u64, ahead: u32) -> Result<Self, DiskFault> {
        let name = segment::name(segment);
        let file = disk
            .open(&name)
            .map_err(|error| DiskFault::new(Operation::Open, &name, &error))?;
        Ok(Self {
            segment,
            file,
            ahead,
            begin: 0,
            held: 0,
            bytes: Vec::new(),
        })
    }

    pub(crate) const fn segment(&self) -> u64 {
        self.segment
    }

    pub(crate) const fn file(&self) -> &Arc<dyn DiskFile> {
        &self.file
    }

    pub(crate) fn size(&self) -> Result<u64, DiskFault> {
        let size = self.file.size();
        size.map_err(|error| self.fault(&error))
    }

    /// The frame at `offset`, if it ends at or before `limit`.
    pub(crate) fn frame(&mut self, offset: u32, limit: u32) -> Result<Found<'_>, DiskFault> {
        let bad = |frame, header| Ok(Found::Bad(Flaw::Frame { frame }, header));
        let Some(head) = self.at(offset, frame::HEADER_LEN, limit)? else {
            return bad(BadFrame::Magic, None);
        };
        let header = match FrameHeader::decode(head) {
            Ok(header) => header,
            Err(flaw) => return Ok(Found::Bad(flaw, None)),
        };
        let Some(bytes) = self.at(offset, header.frame_len(), limit)? else {
            return bad(BadFrame::Length, Some(header));
        };
        match frame::check(&header, bytes) {
            Ok(records) => Ok(Found::Good(header, records, bytes)),
            Err(frame) => bad(frame, Some(header)),
        }
    }

    /// Exactly `len` bytes; nothing when they would reach past `limit`.
    pub(crate) fn at(
        &mut self,
        offset: u32,
        len: u32,
        limit: u32,
    ) -> Result<Option<&[u8]>, DiskFault> {
        let fits = offset.checked_add(len).is_some_and(|end| end <= limit);
        if !fits {
            return Ok(None);
        }
        if !self.holds(offset, len) {
            let wanted = len.max(self.ahead).min(limit.saturating_sub(offset));
            if self.bytes.len() < index(wanted) {
                self.bytes.resize(index(wanted), 0);
            }
            (self.begin, self.held) = (offset, 0);
            let room = self.bytes.get_mut(..index(wanted)).unwrap_or_default();
            if let Err(error) = self.file.read_at(u64::from(offset), room) {
                return Err(self.fault(&error));
            }
            self.held = wanted;
        }
        let skip = index(offset.saturating_sub(self.begin));
        let end = skip.saturating_add(index(len));
        Ok(self.bytes.get(skip..end))
    }

    /// Just after the last byte that is not zero in `from..to`; nothing when all
    /// are zero.
    pub(crate) fn end_of_content(&mut self, from: u32, to: u32) -> Result<Option<u32>, DiskFault> {
        let (mut offset, mut end) = (from, None);
        while offset < to {
            let len = THROUGH.min(to.saturating_sub(offset));
            let bytes = self.at(offset, len, to)?.unwrap_or_default();
            if let Some(last) = last_content(bytes) {
                end = Some(offset.saturating_add(length(last)).saturating_add(1));
            }
            offset = offset.saturating_add(len);
        }
        Ok(end)
    }

    /// Where the next frame's magic stands in `from..to`.
    pub(crate) fn find_magic(&mut self, from: u32, to: u32) -> Result<Option<u32>, DiskFault> {
        let magic_len = length(frame::MAGIC.len());
        let mut offset = from;
        while to.saturating_sub(offset) >= magic_len {
            let len = THROUGH.min(to.saturating_sub(offset));
            let bytes = self.at(offset, len, to)?.unwrap_or_default();
            let mut places = bytes.windows(frame::MAGIC.len());
            if let Some(place) = places.position(|window| window == frame::MAGIC) {
                return Ok(Some(offset.saturating_add(length(place))));
            }
            // A magic that begins in the last bytes of this chunk is whole in the next.
            offset = offset.saturating_add(len.saturating_sub(magic_len.saturating_sub(1)));
        }
        Ok(None)
    }

    fn holds(&self, offset: u32, len: u32) -> bool {
        let held_to = self.begin.saturating_add(self.held);
        self.begin <= offset && offset.saturating_add(len) <= held_to
    }

    fn fault(&self, error: &std::io::Error) -> DiskFault {
        DiskFault::new(Operation::Read, &segment::name(self.segment), error)
    }
}

/// Where the last byte stands that is not zero. Nearly all of what is asked about is zeros: many are looked at at once.
fn last_content(bytes: &[u8]) -> Option<usize> {
    const AT_ONCE: usize = 64;
    let (before, pieces) = bytes.as_rchunks::<AT_ONCE>();
    let place = pieces.iter().rposition(|piece| *piece != [0; AT_ONCE]);
    let Some((place, piece)) = place.and_then(|place| Some((place, pieces.get(place)?))) else {
        return before.iter().rposition(|byte| *byte != 0);
    };
    let begin = before.len().saturating_add(place.saturating_mul(AT_ONCE));
    let last = piece.iter().rposition(|byte| *byte != 0)?;
    Some(begin.saturating_add(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeDisk;

    const SIZE: u32 = 3 * THROUGH;

    fn window(content: &[u8], offset: u32) -> Window {
        let disk = FakeDisk::new(0);
        let file = disk.port();
        let file = file.create(&segment::name(1), u64::from(SIZE)).unwrap();
        file.write_at(u64::from(offset), content).unwrap();
        Window::open(&disk, 1, THROUGH).unwrap()
    }

    #[test]
    fn a_magic_is_found_wherever_it_stands_between_two_reads() {
        for back in 0..=9 {
            let place = THROUGH - back;
            let mut window = window(&frame::MAGIC, place);
            assert_eq!(window.find_magic(0, SIZE), Ok(Some(place)), "{back}");
            assert_eq!(window.find_magic(place, SIZE), Ok(Some(place)));
            assert_eq!(window.find_magic(place + 1, SIZE), Ok(None));
            assert_eq!(window.find_magic(0, place + 7), Ok(None));
        }
    }

    #[test]
    fn content_ends_after_its_last_byte_that_is_not_zero() {
        for place in [0, 1, THROUGH - 1, THROUGH, SIZE - 1] {
            let mut window = window(&[1], place);
            assert_eq!(window.end_of_content(0, SIZE), Ok(Some(place + 1)));
            assert_eq!(window.end_of_content(place + 1, SIZE), Ok(None));
        }
    }

    #[test]
    fn the_last_content_is_found_wherever_it_stands() {
        for len in [0, 1, 63, 64, 65, 200] {
            let mut bytes = vec![0; len];
            assert_eq!(last_content(&bytes), None, "{len}");
            for place in 0..len {
                bytes[place] = 1;
                assert_eq!(last_content(&bytes), Some(place), "{len}");
            }
        }
    }

    #[test]
    fn nothing_at_or_past_the_limit_is_read_or_kept() {
        let mut window = window(&[1; 100], 0);
        assert_eq!(window.at(0, 51, 50), Ok(None));
        assert_eq!(window.at(u32::MAX, 1, SIZE), Ok(None));
        assert_eq!(window.at(10, 40, 50).unwrap().unwrap(), [1; 40]);
        assert_eq!(window.held, 40);
        assert_eq!(window.at(10, 41, 51).unwrap().unwrap(), [1; 41]);
    }
}
