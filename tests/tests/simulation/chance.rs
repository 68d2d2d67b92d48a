//! Chance from a seed: the same seed, the same world. Only the keys and bytes of TLS are drawn elsewhere.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use huitong_node::chance::Chance;

/// SplitMix64, shared by whoever draws from it in turn.
#[derive(Debug)]
pub struct Seeded(Mutex<u64>);

impl Seeded {
    /// What follows from a seed for one use of it, so that one more draw for one use moves no other.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let first = Self(Mutex::new(seed ^ purpose.rotate_left(32)));
        first.draw();
        first
    }

    /// The next 64 bits.
    pub fn draw(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of a range.
    pub fn within(&self, range: Range<u64>) -> u64 {
        range.start + self.draw() % (range.end - range.start)
    }

    /// Milliseconds of a range.
    pub fn millis(&self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }

    /// A place in something of this length.
    pub fn place(&self, length: usize) -> usize {
        usize::try_from(self.within(0..u64::try_from(length).unwrap())).unwrap()
    }

    /// Whether one of so many chances came.
    pub fn one_in(&self, chances: u64) -> bool {
        self.within(0..chances) == 0
    }
}

impl Chance for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.draw().to_be_bytes()[..part.len()]);
        }
    }
}
