//! Which tables may hold a row: whoever asks an empty one need not ask the disk.
//!
//! Most regions never restore a disk, and few people move; each settlement asks all the same. A table counts as filled
//! from before its first row is put until all is cleared, so it is never called empty while it is not.

use std::sync::atomic::{AtomicU64, Ordering};

/// One bit for each tag of a table.
#[derive(Debug, Default)]
pub(super) struct Filled([AtomicU64; 4]);

impl Filled {
    /// A table has a row, or is about to.
    pub(super) fn fill(&self, tag: u8) {
        let (word, bit) = place(tag);
        if let Some(word) = self.0.get(word) {
            word.fetch_or(bit, Ordering::AcqRel);
        }
    }

    /// Whether a table may have rows.
    pub(super) fn may_hold(&self, tag: u8) -> bool {
        let (word, bit) = place(tag);
        self.0
            .get(word)
            .is_none_or(|word| word.load(Ordering::Acquire) & bit != 0)
    }

    /// No table has any.
    pub(super) fn empty(&self) {
        for word in &self.0 {
            word.store(0, Ordering::Release);
        }
    }
}

fn place(tag: u8) -> (usize, u64) {
    (usize::from(tag >> 6), 1 << (tag & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_filled_alone_until_all_is_cleared() {
        let filled = Filled::default();
        for tag in [0, 1, 63, 64, 255] {
            assert!(!filled.may_hold(tag));
            filled.fill(tag);
            assert!(filled.may_hold(tag));
        }
        let held = (0..=255).filter(|tag| filled.may_hold(*tag));
        assert_eq!(held.collect::<Vec<_>>(), [0, 1, 63, 64, 255]);
        filled.empty();
        assert!((0..=255).all(|tag| !filled.may_hold(tag)));
    }
}
