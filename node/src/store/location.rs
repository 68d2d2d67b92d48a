//! Places of records in the journal, as rows name them.

use huitong_core::canonical_struct;
use huitong_journal::Position;

/// Where a record lies in the journal. Before its frame is written only its submission and its place in that are
/// known; [`Location::written`] completes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    frame: [u8; 12],
    record: u32,
}

canonical_struct!(Location { frame, record });

const _: () = assert!(Position::ENCODED_LEN == 12);

impl Location {
    /// The nth record of a submission whose frame is not written.
    #[must_use]
    pub const fn pending(submission: u64, nth: u32) -> Self {
        Self {
            frame: in_no_segment(submission),
            record: nth,
        }
    }

    /// Of a record that is tried and never written.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self::pending(0, 0)
    }

    /// The nth record of a frame.
    #[must_use]
    pub fn at(frame: Position, record: u32) -> Self {
        Self {
            frame: frame.to_bytes(),
            record,
        }
    }

    /// The place once the first record of a submission is known to be the `first` of a frame; of another
    /// submission's record the same place.
    #[must_use]
    pub fn written(self, submission: u64, frame: Position, first: u32) -> Self {
        if self.frame == in_no_segment(submission) {
            Self {
                frame: frame.to_bytes(),
                record: self.record.saturating_add(first),
            }
        } else {
            self
        }
    }

    /// The frame's place, or `None` while it is not written.
    #[must_use]
    pub fn frame(self) -> Option<Position> {
        Position::from_bytes(&self.frame)
    }

    /// The record's index in its frame.
    #[must_use]
    pub const fn record(self) -> u32 {
        self.record
    }
}

/// Bytes that are no place in a journal, whose segments are counted from one, and differ for submissions that wait
/// at the same time: those are never four thousand million.
const fn in_no_segment(submission: u64) -> [u8; 12] {
    let [_, _, _, _, a, b, c, d] = submission.to_be_bytes();
    [0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_completed_once_and_by_its_own_submission() {
        let pending = Location::pending(3, 2);
        assert_eq!(pending.frame(), None);
        assert_eq!(Location::pending(u64::MAX, 2).frame(), None);
        assert_eq!(pending.written(4, Position::START, 5), pending);
        let written = pending.written(3, Position::START, 5);
        assert_eq!(
            (written.frame(), written.record()),
            (Some(Position::START), 7)
        );
        assert_eq!(written.written(3, Position::START, 9), written);
    }
}
