//! Places of records in the journal, as rows name them.

use huitong_core::canonical_struct;
use huitong_journal::Position;

/// Where a record lies in the journal. Before its frame is written only its place in the submission is
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
    pub const fn pending(nth: u32) -> Self {
        Self {
            frame: [0; 12],
            record: nth,
        }
    }

    /// The nth record of a frame.
    #[must_use]
    pub fn at(frame: Position, record: u32) -> Self {
        Self {
            frame: frame.to_bytes(),
            record,
        }
    }

    /// The place once the submission's first record is known to be the `first` of a frame.
    #[must_use]
    pub fn written(self, frame: Position, first: u32) -> Self {
        if self.frame == [0; 12] {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_completed_once() {
        let written = Location::pending(2).written(Position::START, 5);
        assert_eq!(
            (written.frame(), written.record()),
            (Some(Position::START), 7)
        );
        assert_eq!(written.written(Position::START, 9), written);
        assert_eq!(Location::pending(2).frame(), None);
    }
}
