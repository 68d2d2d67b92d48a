//! The records of one submission in the form they have in a frame.
//!
//! They take that form where they are handed in, not on the writer's thread, which
//! then only copies.

use crate::error::AppendError;
use crate::fields::length;
use crate::frame::Records;
use crate::options::Options;

/// Each record a u32 length and its bytes; what is never split between frames.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    bytes: Vec<u8>,
    count: u32,
}

impl Section {
    /// Lays records out, once it is sure that they fit a frame.
    pub(crate) fn of(records: &[Vec<u8>], options: &Options) -> Result<Self, AppendError> {
        let room = options.admit(records)?;
        let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
        for record in records {
            bytes.extend_from_slice(&length(record.len()).to_be_bytes());
            bytes.extend_from_slice(record);
        }
        Ok(Self {
            bytes,
            count: length(records.len()),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it takes in a frame.
    pub(crate) fn len(&self) -> u32 {
        length(self.bytes.len())
    }

    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn records(&self) -> Records<'_> {
        Records::over(&self.bytes)
    }
}
