//! The bytes of one file of the fake disk, and what a power cut leaves of them.

use std::io;
use std::ops::Range;

const SECTOR: usize = 512;

/// As the process sees it, as the platter has it, and what is only in the cache.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) cached: Vec<u8>,
    pub(super) durable: Vec<u8>,
    dirty: Vec<Range<usize>>,
}

impl Content {
    pub(super) fn zeros(size: usize) -> Self {
        Self {
            cached: vec![0; size],
            durable: Vec::new(),
            dirty: Vec::new(),
        }
    }

    /// What is durable of it.
    pub(super) fn copy(&self) -> Self {
        Self {
            cached: self.durable.clone(),
            durable: self.durable.clone(),
            dirty: Vec::new(),
        }
    }

    /// Takes what is in the cache for durable.
    pub(super) fn forget(&mut self) {
        self.dirty.clear();
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let end = offset.saturating_add(bytes.len());
        let Some(target) = self.cached.get_mut(offset..end) else {
            return Err(io::Error::other("a write past the reserved room"));
        };
        target.copy_from_slice(bytes);
        self.dirty.push(offset..end);
        Ok(())
    }

    fn save(&mut self, range: Range<usize>) {
        self.durable.resize(self.cached.len(), 0);
        let saved = self.cached.get(range.clone());
        if let (Some(to), Some(from)) = (self.durable.get_mut(range), saved) {
            to.copy_from_slice(from);
        }
    }

    pub(super) fn sync(&mut self) {
        self.durable.resize(self.cached.len(), 0);
        for range in std::mem::take(&mut self.dirty) {
            self.save(range);
        }
    }

    pub(super) fn lose_unsynced(&mut self, chance: &mut Chance) {
        for range in std::mem::take(&mut self.dirty) {
            let mut begin = range.start;
            while begin < range.end {
                // To the end of the sector, or of the write; sometimes less.
                let sector = begin.saturating_sub(begin % SECTOR);
                let end = sector.saturating_add(SECTOR).min(range.end);
                match chance.below(5) {
                    0 | 1 => self.save(begin..end),
                    2 => {
                        let length = chance.below(end.saturating_sub(begin));
                        self.save(begin..begin.saturating_add(length));
                    }
                    _ => {}
                }
                begin = end;
            }
        }
        self.cached.clone_from(&self.durable);
    }
}

/// SplitMix64: enough to choose what is lost.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let drawn = usize::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0);
        drawn.checked_rem(bound).unwrap_or(0)
    }
}
