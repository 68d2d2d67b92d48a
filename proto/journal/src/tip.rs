//! How far the journal is synced, published by the writer to all readers.

use std::sync::{Arc, Mutex, PoisonError};

use crate::chain::ChainHash;
use crate::position::Position;

/// The end of what is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Number of the last synced frame; 0 when there is none.
    pub frame: u64,
    /// Where the last synced frame begins; nothing when there is none.
    pub last: Option<Position>,
    /// Just after the last synced frame: what is appended from now on is read
    /// from here.
    pub next: Position,
    /// The chain hash after the last synced frame.
    pub chain: ChainHash,
}

impl Tip {
    /// Of a journal without frames.
    pub(crate) const EMPTY: Self = Self {
        frame: 0,
        last: None,
        next: Position::START,
        chain: ChainHash::GENESIS,
    };

    /// The number the next frame bears.
    pub(crate) const fn next_frame(&self) -> u64 {
        self.frame.saturating_add(1)
    }

    /// The tip once the frame at `position` is synced.
    pub(crate) const fn after(&self, position: Position, len: u32, chain: ChainHash) -> Self {
        Self {
            frame: self.next_frame(),
            last: Some(position),
            next: Position::new(position.segment(), position.offset().saturating_add(len)),
            chain,
        }
    }
}

/// The tip as readers see it.
#[derive(Clone, Debug)]
pub(crate) struct Published(Arc<Mutex<Tip>>);

impl Published {
    pub(crate) fn new(tip: Tip) -> Self {
        Self(Arc::new(Mutex::new(tip)))
    }

    pub(crate) fn get(&self) -> Tip {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, tip: Tip) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tip;
    }
}
