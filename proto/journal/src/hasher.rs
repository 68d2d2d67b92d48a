//! Hashes frames, large ones while they are being synced.
//!
//! The sync waits for the disk and the hash for the processor, so side by side the
//! longer of the two counts. Where it is computed changes no byte.

use std::io;
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::chain::ChainHash;

/// Below this, waking a thread takes longer than hashing.
const WORTH_A_THREAD: usize = 64 << 10;

/// Computes the chain hash of one frame at a time.
pub(crate) enum Hasher {
    /// On the caller's thread: deterministic, for simulation.
    Inline,
    /// On a thread of its own.
    Beside(Beside),
}

pub(crate) struct Beside {
    frames: Option<SyncSender<Vec<u8>>>,
    hashed: Receiver<(Vec<u8>, ChainHash)>,
    thread: Option<JoinHandle<()>>,
}

/// A hash under way, with the frame it is of.
pub(crate) enum Hashing {
    Done(Vec<u8>, ChainHash),
    Beside,
}

impl Hasher {
    pub(crate) fn beside() -> io::Result<Self> {
        let (frames, to_hash) = sync_channel::<Vec<u8>>(1);
        let (answer, hashed) = sync_channel(1);
        let thread = thread::Builder::new().name("journal-hasher".to_owned());
        let thread = thread.spawn(move || {
            while let Ok(frame) = to_hash.recv() {
                let chain = ChainHash::after(&frame);
                if answer.send((frame, chain)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self::Beside(Beside {
            frames: Some(frames),
            hashed,
            thread: Some(thread),
        }))
    }

    /// Begins to hash a frame.
    pub(crate) fn begin(&self, frame: Vec<u8>) -> Hashing {
        match self {
            Self::Beside(beside) if frame.len() >= WORTH_A_THREAD => beside.begin(frame),
            Self::Beside(_) | Self::Inline => Hashing::of(frame),
        }
    }

    /// Gives the frame back with its hash; nothing if the thread was lost.
    pub(crate) fn finish(&self, hashing: Hashing) -> Option<(Vec<u8>, ChainHash)> {
        match (hashing, self) {
            (Hashing::Done(frame, chain), _) => Some((frame, chain)),
            (Hashing::Beside, Self::Beside(beside)) => beside.hashed.recv().ok(),
            (Hashing::Beside, Self::Inline) => None,
        }
    }
}

impl Beside {
    fn begin(&self, frame: Vec<u8>) -> Hashing {
        match &self.frames {
            Some(frames) => match frames.send(frame) {
                Ok(()) => Hashing::Beside,
                Err(SendError(frame)) => Hashing::of(frame),
            },
            None => Hashing::of(frame),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.frames = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Hashing {
    fn of(frame: Vec<u8>) -> Self {
        let chain = ChainHash::after(&frame);
        Self::Done(frame, chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_same_wherever_it_is_computed() {
        for len in [0, 1, WORTH_A_THREAD - 1, WORTH_A_THREAD, 3 * WORTH_A_THREAD] {
            let frame = vec![7; len];
            let expected = ChainHash::after(&frame);
            for hasher in [Hasher::Inline, Hasher::beside().unwrap()] {
                let hashing = hasher.begin(frame.clone());
                assert_eq!(hasher.finish(hashing), Some((frame.clone(), expected)));
            }
        }
    }
}
