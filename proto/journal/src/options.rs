//! The limits of a journal, checked before a file is touched.

use crate::error::OpenError;
use crate::frame;
use crate::position::Position;
use crate::segment;

/// Sizes and bounds. They may differ from one opening to the next: a segment
/// keeps the size it was made with, and frames are read whatever their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub(crate) segment_bytes: u32,
    pub(crate) frame_bytes: u32,
    pub(crate) group_bytes: u32,
    pub(crate) group_records: usize,
    pub(crate) seal_bytes: u32,
    pub(crate) queue_submissions: usize,
    pub(crate) queue_bytes: u64,
    pub(crate) read_from: u64,
    pub(crate) keyring: Option<u32>,
}

impl Options {
    /// What a server uses: segments of 64 MiB, frames of at most 16 MiB gathered
    /// up to 4 MiB or 65,536 records, seals of at most 4 KiB, a queue of 8,192
    /// submissions or 64 MiB.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            segment_bytes: 64 << 20,
            frame_bytes: 16 << 20,
            group_bytes: 4 << 20,
            group_records: 65_536,
            seal_bytes: 4 << 10,
            queue_submissions: 8_192,
            queue_bytes: 64 << 20,
            read_from: 0,
            keyring: None,
        }
    }

    /// The size of new segments in bytes, at most 1 GiB.
    #[must_use]
    pub const fn segment_bytes(mut self, bytes: u32) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// The size of a segment file.
    #[must_use]
    pub const fn bytes_per_segment(&self) -> u32 {
        self.segment_bytes
    }

    /// The largest frame in bytes, all its parts counted. One submission is never
    /// split, so this bounds a submission too.
    #[must_use]
    pub const fn frame_bytes(mut self, bytes: u32) -> Self {
        self.frame_bytes = bytes;
        self
    }

    /// How much a group gathers: submissions that wait join until they take more
    /// than `bytes`, or would have more than `records`.
    #[must_use]
    pub const fn group(mut self, bytes: u32, records: usize) -> Self {
        self.group_bytes = bytes;
        self.group_records = records;
        self
    }

    /// The longest seal in bytes.
    #[must_use]
    pub const fn seal_bytes(mut self, bytes: u32) -> Self {
        self.seal_bytes = bytes;
        self
    }

    /// How many submissions and bytes may wait. A submission that begins below
    /// the bound in bytes may pass it by its own size.
    #[must_use]
    pub const fn queue(mut self, submissions: usize, bytes: u64) -> Self {
        self.queue_submissions = submissions;
        self.queue_bytes = bytes;
        self
    }

    /// Opening reads through the segment of this place and those after it, and only looks at the headers of
    /// those before. For who knows that the frame there is one of this journal and was read or synced before;
    /// whatever is read of earlier segments later is checked then.
    #[must_use]
    pub const fn read_from(mut self, place: Position) -> Self {
        self.read_from = place.segment();
        self
    }

    /// The keyring under which records are sealed, named in every frame from now on; 0 for none. Frames that name
    /// none are read beside those that name this one, and a journal with frames of another is refused. Left out, by
    /// a tool that looks into no record, nothing is compared and no keyring is named.
    #[must_use]
    pub const fn keyring(mut self, id: u32) -> Self {
        self.keyring = Some(id);
        self
    }

    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let smallest_frame = frame::OVERHEAD
            .saturating_add(frame::SUBMISSION_OVERHEAD)
            .saturating_add(frame::RECORD_OVERHEAD)
            .saturating_add(self.seal_bytes);
        let frame_in_segment = self.segment_bytes.saturating_sub(segment::HEADER_LEN);
        let fault = if self.segment_bytes > segment::LARGEST {
            "a segment may have at most 1 GiB"
        } else if self.frame_bytes > frame_in_segment {
            "a frame must fit into a segment with its header"
        } else if self.frame_bytes <= smallest_frame {
            "a frame must have room for its seal and a record"
        } else if self.group_records == 0 || self.queue_submissions == 0 || self.queue_bytes == 0 {
            "a bound of zero lets nothing pass"
        } else {
            return Ok(());
        };
        Err(OpenError::Options(fault))
    }

    /// What the submissions of one frame may take.
    pub(crate) fn submissions_bytes(&self) -> u64 {
        let others = frame::OVERHEAD.saturating_add(self.seal_bytes);
        u64::from(self.frame_bytes.saturating_sub(others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_contradict_are_refused() {
        let standard = Options::standard();
        assert_eq!(standard.check(), Ok(()));
        for wrong in [
            standard.segment_bytes((1 << 30) + 1),
            standard.segment_bytes(16 << 20),
            standard.frame_bytes(4 << 10),
            standard.seal_bytes(16 << 20),
            standard.group(1, 0),
            standard.queue(0, 1),
            standard.queue(1, 0),
        ] {
            assert!(
                matches!(wrong.check(), Err(OpenError::Options(_))),
                "{wrong:?}"
            );
        }
    }
}
