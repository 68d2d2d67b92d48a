//! When an image is written: after some segments of the journal, and never more bytes of images than of journal.
//!
//! Not here: what one is (`store::image`).

use huitong_journal::{Position, Reader};

use crate::store::image::{ImageError, Images, Of};
use crate::store::{Index, Reached};

/// Segments of the journal between two images, at least.
const SEGMENTS: u64 = 4;
/// Rows that may wait for the indexer while an image is written.
const WAITING_AT_MOST: usize = 100_000;

/// Who writes images.
pub(super) struct Imaging {
    to: Images,
    reader: Reader,
    segment_bytes: u32,
    /// Where the last one is, written or tried.
    last: Position,
    /// How many segments of journal come before the next.
    rest: u64,
}

impl Imaging {
    /// After the newest image that is of this journal, or from the journal's begin.
    pub(super) fn of_journal(to: Images, reader: Reader, segment_bytes: u32) -> Self {
        let newest = to.newest().unwrap_or_else(|error| {
            tracing::warn!(%error, "images cannot be looked at");
            None
        });
        let is_ours = |of: &Of| {
            let frame = reader.frame_at(of.reached.position);
            frame.is_ok_and(|frame| *frame.chain().as_bytes() == of.chain)
        };
        let newest = newest.filter(|(of, _)| is_ours(of));
        let last = newest.map_or(Position::START, |(of, _)| of.reached.position);
        let mut imaging = Self {
            to,
            reader,
            segment_bytes,
            last,
            rest: SEGMENTS,
        };
        imaging.rest_after(newest.map_or(0, |(_, bytes)| bytes));
        imaging
    }

    /// As much journal as the image has bytes comes before the next.
    fn rest_after(&mut self, bytes: u64) {
        let in_segments = bytes.div_ceil(u64::from(self.segment_bytes.max(1)));
        self.rest = in_segments.max(SEGMENTS);
    }

    /// Writes one when it is time. One that cannot be written costs a longer start later and nothing else, so it is told
    /// and tried again when the next would be due. Rows that wait for the indexer meanwhile are read in memory; when they become many it is given up.
    pub(super) fn when_due(
        &mut self,
        index: &dyn Index,
        reached: Reached,
        waiting: &dyn Fn() -> usize,
    ) {
        let segments = reached
            .position
            .segment()
            .saturating_sub(self.last.segment());
        if segments < self.rest {
            return;
        }
        self.last = reached.position;
        match self.write(index, reached, &|| waiting() > WAITING_AT_MOST) {
            Ok(bytes) => {
                self.rest_after(bytes);
                tracing::info!(frame = reached.frame, bytes, "image written");
            }
            Err(error) => tracing::warn!(%error, "no image was written"),
        }
    }

    fn write(
        &self,
        index: &dyn Index,
        reached: Reached,
        give_up: &dyn Fn() -> bool,
    ) -> Result<u64, ImageError> {
        let frame = self.reader.frame_at(reached.position);
        let frame = frame.map_err(crate::store::StoreError::Journal)?;
        let chain = *frame.chain().as_bytes();
        self.to.write(index, Of { reached, chain }, give_up)
    }
}
