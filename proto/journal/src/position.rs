//! Where a frame begins.

use std::fmt;

use crate::fields::Fields;

/// The number of a journal's first segment.
pub(crate) const FIRST_SEGMENT: u64 = 1;
/// Where the first frame of a segment begins: behind its header.
pub(crate) const FIRST_OFFSET: u32 = 68;

/// The place of a frame: a segment and an offset in it. Positions order as the
/// frames do, and their encoding orders as they do.
///
/// ```
/// use huitong_journal::Position;
///
/// let start = Position::START;
/// assert_eq!(Position::from_bytes(&start.to_bytes()), Some(start));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    segment: u64,
    offset: u32,
}

impl Position {
    /// Length of the encoded form.
    pub const ENCODED_LEN: usize = 12;

    /// Where the first frame of a journal begins.
    pub const START: Self = Self {
        segment: FIRST_SEGMENT,
        offset: FIRST_OFFSET,
    };

    pub(crate) const fn new(segment: u64, offset: u32) -> Self {
        Self { segment, offset }
    }

    /// The segment's number, from 1.
    #[must_use]
    pub const fn segment(self) -> u64 {
        self.segment
    }

    /// The offset in the segment, in bytes.
    #[must_use]
    pub const fn offset(self) -> u32 {
        self.offset
    }

    /// Segment then offset, big-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::ENCODED_LEN] {
        let mut bytes = [0; Self::ENCODED_LEN];
        let (segment, offset) = bytes.split_at_mut(8);
        segment.copy_from_slice(&self.segment.to_be_bytes());
        offset.copy_from_slice(&self.offset.to_be_bytes());
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` for another length, or for a
    /// place where no frame can begin.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(bytes);
        let (segment, offset) = (fields.u64()?, fields.u32()?);
        let possible = segment >= FIRST_SEGMENT && offset >= FIRST_OFFSET;
        (possible && fields.is_empty()).then_some(Self { segment, offset })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.segment, self.offset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encoded_form_is_golden() {
        let position = Position::new(0x0102, 0x0304_0506);
        assert_eq!(position.to_bytes(), [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn impossible_places_are_refused() {
        assert_eq!(Position::from_bytes(&[0; 12]), None);
        assert_eq!(Position::from_bytes(&Position::new(1, 67).to_bytes()), None);
        assert_eq!(Position::from_bytes(&[1; 11]), None);
        assert_eq!(Position::from_bytes(&[1; 13]), None);
    }

    proptest! {
        /// The encoded form orders as the positions do.
        #[test]
        fn order_survives_encoding(a in any::<(u64, u32)>(), b in any::<(u64, u32)>()) {
            let (a, b) = (Position::new(a.0, a.1), Position::new(b.0, b.1));
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
        }
    }
}
