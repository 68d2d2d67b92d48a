//! A few bytes in place, to be written one after the other. It never grows: what does not fit is told, and what is written then
//! is for whoever asked to say.

use std::fmt;

/// At most `N` bytes, and those of them that are written.
pub(super) struct Room<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Room<N> {
    pub(super) const fn empty() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    /// Lets go of what is written.
    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn written(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// All of it, and how much of it is written. What follows is zeros where [`Self::put`] alone wrote and nothing was let go
    /// of.
    pub(super) const fn into_parts(self) -> ([u8; N], usize) {
        (self.bytes, self.len)
    }

    /// Writes these; none where there is not enough room, and then nothing is.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len.checked_add(bytes.len())?;
        self.bytes.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }

    /// Writes so many of these from the front, for which there must be room for all: as many as are known beforehand are copied
    /// faster.
    pub(super) fn put_front<const M: usize>(
        &mut self,
        bytes: &[u8; M],
        count: usize,
    ) -> Option<()> {
        let end = self.len.checked_add(count.min(M))?;
        *self.bytes.get_mut(self.len..)?.first_chunk_mut()? = *bytes;
        self.len = end;
        Some(())
    }

    /// Writes a number as messages have it: seven bits in each byte, the lowest first.
    pub(super) fn put_varint(&mut self, mut value: u64) -> Option<()> {
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= 7;
            if value == 0 {
                return self.put(&[low]);
            }
            self.put(&[low | 0x80])?;
        }
    }
}

impl<const N: usize> fmt::Write for Room<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes()).ok_or(fmt::Error)
    }
}
