//! Reading canonical bytes: forward only, and never past the end.

use super::CanonicalError;

/// The bytes of a value that are still unread.
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// Reads `bytes` from the front.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are unread.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Takes the next `count` bytes, borrowed from the input.
    ///
    /// # Errors
    /// [`CanonicalError::UnexpectedEnd`] when fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], CanonicalError> {
        let (taken, rest) =
            self.rest
                .split_at_checked(count)
                .ok_or(CanonicalError::UnexpectedEnd {
                    needed: count,
                    left: self.rest.len(),
                })?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes the next `N` bytes by value.
    ///
    /// # Errors
    /// [`CanonicalError::UnexpectedEnd`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CanonicalError> {
        let (taken, rest) =
            self.rest
                .split_first_chunk::<N>()
                .ok_or(CanonicalError::UnexpectedEnd {
                    needed: N,
                    left: self.rest.len(),
                })?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Takes the count before a list, bytes or text.
    ///
    /// # Errors
    /// [`CanonicalError::CountBeyondInput`] when the rest could not hold that many, at one byte each.
    pub fn count(&mut self) -> Result<usize, CanonicalError> {
        let count = u32::from_be_bytes(self.array()?);
        let left = self.rest.len();
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= left)
            .ok_or(CanonicalError::CountBeyondInput { count, left })
    }

    /// Takes text with its length before it, borrowed from the input.
    ///
    /// # Errors
    /// A length beyond the input, or bytes that are not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, CanonicalError> {
        let count = self.count()?;
        let bytes = self.take(count)?;
        std::str::from_utf8(bytes).map_err(|_| CanonicalError::NotUtf8)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`CanonicalError::TrailingBytes`] otherwise.
    pub fn finish(self) -> Result<(), CanonicalError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(CanonicalError::TrailingBytes { left }),
        }
    }
}
