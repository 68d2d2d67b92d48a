//! Hashes frames, large ones while they are being written and synced.
//!
//! Writing and syncing wait for the disk and the hash for the processor, so side
//! by side the longer of the two counts. Where it is computed changes no byte.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::chain::ChainHash;
use crate::draft::Draft;

/// Below this, waking a thread takes longer than hashing.
const WORTH_A_THREAD: u32 = 16 << 10;

/// Computes the chain hash of one frame at a time.
pub(crate) enum Hasher {
    /// On the caller's thread: deterministic, for simulation.
    Inline,
    /// On a thread of its own.
    Beside(Beside),
}

pub(crate) struct Beside {
    frames: Option<SyncSender<Arc<Draft>>>,
    hashed: Receiver<ChainHash>,
    thread: Option<JoinHandle<()>>,
}

/// A hash, or that it is under way.
#[must_use]
pub(crate) enum Hashing {
    Done(ChainHash),
    Beside,
}

impl Hasher {
    pub(crate) fn beside() -> io::Result<Self> {
        let (frames, to_hash) = sync_channel::<Arc<Draft>>(1);
        let (answer, hashed) = sync_channel(1);
        let thread = thread::Builder::new().name("journal-hasher".to_owned());
        let thread = thread.spawn(move || {
            // Held until the next is hashed, so that it is freed here, while that one
            // is being written, and not by the writer while its waiters wait.
            let mut last = None;
            while let Ok(frame) = to_hash.recv() {
                if answer.send(frame.chain()).is_err() {
                    return;
                }
                drop(last.replace(frame));
            }
        })?;
        Ok(Self::Beside(Beside {
            frames: Some(frames),
            hashed,
            thread: Some(thread),
        }))
    }

    /// Begins to hash a frame.
    pub(crate) fn begin(&self, frame: &Arc<Draft>) -> Hashing {
        match self {
            Self::Beside(beside) if frame.len() >= WORTH_A_THREAD => beside.begin(frame),
            Self::Beside(_) | Self::Inline => Hashing::Done(frame.chain()),
        }
    }

    /// The hash of the frame begun last; nothing if the thread was lost.
    pub(crate) fn finish(&self, hashing: Hashing) -> Option<ChainHash> {
        match (hashing, self) {
            (Hashing::Done(chain), _) => Some(chain),
            (Hashing::Beside, Self::Beside(beside)) => beside.hashed.recv().ok(),
            (Hashing::Beside, Self::Inline) => None,
        }
    }
}

impl Beside {
    fn begin(&self, frame: &Arc<Draft>) -> Hashing {
        let sent = self
            .frames
            .as_ref()
            .map(|frames| frames.send(Arc::clone(frame)));
        match sent {
            Some(Ok(())) => Hashing::Beside,
            Some(Err(SendError(_))) | None => Hashing::Done(frame.chain()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::Submission;

    #[test]
    fn the_hash_is_the_same_wherever_it_is_computed() {
        let limit = usize::try_from(WORTH_A_THREAD).unwrap();
        for len in [0, 1, limit - 200, limit, 3 * limit] {
            let group = vec![Submission::of(&vec![7; len]), Submission::of(b"last")];
            let frame = Arc::new(Draft::new((0, 1), ChainHash::GENESIS, group, b"seal"));
            let bytes: Vec<u8> = frame
                .slices()
                .iter()
                .flat_map(|part| part.to_vec())
                .collect();
            let expected = ChainHash::after(&bytes);
            for hasher in [Hasher::Inline, Hasher::beside().unwrap()] {
                let hashing = hasher.begin(&frame);
                assert_eq!(hasher.finish(hashing), Some(expected));
            }
        }
    }
}
