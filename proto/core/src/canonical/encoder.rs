//! Writing canonical bytes: append only, and never failing.

/// Collects the canonical bytes of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// An empty encoder.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "an encoder is begun on purpose, never defaulted"
    )]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// An empty encoder with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
        }
    }

    /// Goes on after these bytes.
    #[must_use]
    pub const fn after(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// Lets go of what was collected, and keeps its room for what comes.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Appends bytes as they are, without a count: for fixed widths only.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends the count that goes before a list, bytes or text.
    ///
    /// Every list of this project is bounded far below 2³² entries where it is built. A longer one
    /// gets a count that no decoder accepts.
    pub fn count(&mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.raw(&count.to_be_bytes());
    }

    /// Appends text with its length in bytes before it.
    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }

    /// The bytes so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes collected.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
