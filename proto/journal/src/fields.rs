//! Reads big-endian fields off the front of a byte slice.
//!
//! Every read is checked; a slice that is too short gives `None`, never a panic.

/// What is left to read.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn take(&mut self, length: u32) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(index(length))?;
        self.0 = rest;
        Some(head)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A length inside a segment as an index into memory.
pub(crate) fn index(length: u32) -> usize {
    // Lossless wherever a segment can be held in memory at all; where it cannot,
    // the slice operation that follows fails as too short.
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// A length in memory as a length inside a segment; too long saturates, and is
/// then over every limit.
pub(crate) fn length(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
