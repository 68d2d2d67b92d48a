//! What a call into the node ends with when it does not end with an answer.
//!
//! A refusal is a value for the caller; the rest are the node's own troubles, which the caller sees as a
//! retryable refusal and an operator sees in the log, where they are handled (`grpc::status`).

use std::time::Duration;

use huitong_core::refusal::{Refusal, RefusalCode};

use crate::ledger::{RecordsGone, WriteError};
use crate::store::StoreError;

/// How long a caller is asked to wait when the writer has more waiting than it takes.
const BUSY: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NodeError {
    /// Refused, with no trace left: the same id may be tried again.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Refused for now, with no trace left; after so long it may be tried again.
    #[error("{0}")]
    Pushed(Refusal, Duration),
    /// Nothing could be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Rows or records cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RecordsGone> for NodeError {
    fn from(gone: RecordsGone) -> Self {
        Self::Write(WriteError::RecordsGone(gone))
    }
}

impl NodeError {
    /// A refusal about something.
    #[must_use]
    pub fn refused(code: RefusalCode, detail: impl std::fmt::Display) -> Self {
        Self::Refused(Refusal::new(code, detail))
    }

    /// After how long the caller is asked to try again; none when it should not, or may at once.
    #[must_use]
    pub const fn pushback(&self) -> Option<Duration> {
        match self {
            Self::Pushed(_, after) => Some(*after),
            Self::Write(
                WriteError::Overloaded
                | WriteError::Closed
                | WriteError::Store(StoreError::NotWritten),
            )
            | Self::Store(StoreError::NotWritten) => Some(BUSY),
            Self::Refused(_)
            | Self::Write(
                WriteError::TooLarge(_)
                | WriteError::Broken(_)
                | WriteError::RecordsGone(_)
                | WriteError::Store(_),
            )
            | Self::Store(_) => None,
        }
    }

    /// What the caller is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) | Self::Pushed(refusal, _) => refusal.clone(),
            // Whatever names what is not on disk yet will find it there shortly.
            Self::Write(
                WriteError::Overloaded
                | WriteError::Closed
                | WriteError::Store(StoreError::NotWritten),
            )
            | Self::Store(StoreError::NotWritten) => Refusal::new(RefusalCode::Overloaded, ""),
            Self::Write(WriteError::TooLarge(size)) => Refusal::new(RefusalCode::TooLarge, size),
            Self::Write(WriteError::RecordsGone(gone)) => {
                Refusal::new(RefusalCode::RecordsGone, gone)
            }
            Self::Write(WriteError::Broken(_) | WriteError::Store(_)) | Self::Store(_) => {
                Refusal::new(RefusalCode::StoreBroken, "")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_written_is_a_reason_to_come_again_and_not_a_broken_store() {
        for error in [
            NodeError::from(StoreError::NotWritten),
            NodeError::from(WriteError::from(StoreError::NotWritten)),
        ] {
            assert_eq!(error.refusal().code, RefusalCode::Overloaded);
            assert_eq!(error.pushback(), Some(BUSY));
        }
        let broken = NodeError::from(StoreError::Inconsistent("two rows"));
        assert_eq!(broken.refusal().code, RefusalCode::StoreBroken);
        assert_eq!(broken.pushback(), None);
    }
}
