//! The hash that ties each frame to all before it.
//!
//! A frame holds the chain hash before it, and the chain hash after it is the
//! SHA-256 of the whole frame: equal chain hashes mean equal journals up to there.

use std::fmt;

use ring::digest::{Context, SHA256};

/// The state of the chain after a frame; [`ChainHash::GENESIS`] before the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// The chain before the first frame: all zeros.
    pub const GENESIS: Self = Self([0; 32]);

    /// A chain hash remembered elsewhere, an index or a backup, to be compared.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The chain after a frame, given the frame's bytes as they lie on disk.
    pub(crate) fn after(frame: &[u8]) -> Self {
        Self::after_parts([frame])
    }

    /// As [`Self::after`], of a frame whose bytes are the parts end to end.
    pub(crate) fn after_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Context::new(&SHA256);
        parts.into_iter().for_each(|part| hash.update(part));
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hash.finish().as_ref());
        Self(bytes)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ChainHash({self})")
    }
}
