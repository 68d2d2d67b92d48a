//! How far the journal is synced, published by the writer to all readers; and the chain after each of the frames that
//! were synced last, so that whoever reads them close behind the writer need not hash them once more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

/// Of how many frames the chain is remembered.
const REMEMBERED: usize = 256;

/// The tip as readers see it.
#[derive(Clone, Debug)]
pub(crate) struct Published(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    tip: Tip,
    /// The last checksum of each of the last frames, and the chain after it, up to the tip's.
    chains: VecDeque<(u32, ChainHash)>,
}

impl Published {
    pub(crate) fn new(tip: Tip) -> Self {
        let chains = VecDeque::new();
        Self(Arc::new(Mutex::new(State { tip, chains })))
    }

    pub(crate) fn get(&self) -> Tip {
        self.state().tip
    }

    /// The next frame, with this last checksum, is synced.
    pub(crate) fn set(&self, tip: Tip, checksum: u32) {
        let mut state = self.state();
        state.tip = tip;
        if state.chains.len() >= REMEMBERED {
            state.chains.pop_front();
        }
        state.chains.push_back((checksum, tip.chain));
    }

    /// The chain after a frame that this process wrote with this last checksum, while it is remembered. A frame that was
    /// put in its place has another checksum, and is to be hashed.
    pub(crate) fn chain_after(&self, frame: u64, checksum: u32) -> Option<ChainHash> {
        let state = self.state();
        let back = usize::try_from(state.tip.frame.checked_sub(frame)?).ok()?;
        let last = state.chains.len().checked_sub(1)?;
        let (written, chain) = state.chains.get(last.checked_sub(back)?)?;
        (*written == checksum).then_some(*chain)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chains_of_the_last_frames_are_remembered_and_no_others() {
        let sum = |frame: u64| crc32c::crc32c(&frame.to_be_bytes());
        let chain = |frame: u64| ChainHash::after(&frame.to_be_bytes());
        let opened = Tip {
            frame: 7,
            chain: chain(7),
            ..Tip::EMPTY
        };
        let (published, mut tip) = (Published::new(opened), opened);
        assert_eq!(
            published.chain_after(7, sum(7)),
            None,
            "another process wrote it"
        );
        for frame in 8..=1_000 {
            tip = tip.after(Position::START, 1, chain(frame));
            published.set(tip, sum(frame));
            assert_eq!(published.chain_after(frame, sum(frame)), Some(chain(frame)));
            assert_eq!(published.chain_after(frame, sum(frame - 1)), None);
            assert_eq!(published.chain_after(frame + 1, sum(frame + 1)), None);
            assert_eq!(published.chain_after(7, sum(7)), None);
        }
        assert_eq!(published.chain_after(745, sum(745)), Some(chain(745)));
        assert_eq!(published.chain_after(744, sum(744)), None);
    }
}
