//! The row of what a treatment region holds of a home region's stream.
//!
//! Every number of it is the home region's word, and is counted with: so a number that it cannot have come to yet is
//! told apart from one that others are missing before.

use std::collections::BTreeSet;

use huitong_core::canonical_struct;

/// The receipts and reversals of a home region that are booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReceipts {
    /// Held without a gap up to this number.
    pub up_to: u64,
    /// Held beyond a gap.
    pub beyond: BTreeSet<u64>,
}

canonical_struct!(HeldReceipts { up_to, beyond });

/// A number that a home region cannot have come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "number {number} of its stream is beyond reason where {reached} is the highest that is held: nothing is taken \
     under it, its operator must look (回执编号 {number} 超出合理范围，已收最大编号为 {reached}，未予接收，请对方统筹区核查)"
)]
pub struct BeyondReason {
    /// The number.
    pub number: u64,
    /// The highest that is held and was within reason.
    pub reached: u64,
}

impl HeldReceipts {
    /// None held.
    pub const NONE: Self = Self {
        up_to: 0,
        beyond: BTreeSet::new(),
    };
    /// How many numbers may lie between two that are held next to each other: many days of the largest region.
    pub const LEAP: u64 = 1 << 20;

    /// The highest number that is held, beyond whatever gap.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.beyond
            .last()
            .copied()
            .unwrap_or_default()
            .max(self.up_to)
    }

    /// The highest number that is held, beyond whatever gap within reason.
    #[must_use]
    pub fn reached(&self) -> u64 {
        let mut reached = self.up_to;
        for number in &self.beyond {
            if *number > reached.saturating_add(Self::LEAP) {
                break;
            }
            reached = *number;
        }
        reached
    }

    /// Makes sure that a number may be the home region's next: a row is never filled up to one that is not.
    ///
    /// # Errors
    /// [`BeyondReason`].
    pub fn may_come(&self, number: u64) -> Result<(), BeyondReason> {
        let reached = self.reached();
        if number > reached.saturating_add(Self::LEAP) {
            return Err(BeyondReason { number, reached });
        }
        Ok(())
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, number: u64) -> Self {
        if number > self.up_to {
            self.beyond.insert(number);
        }
        while let Some(next) = self.beyond.first().copied() {
            if next > self.up_to.saturating_add(1) {
                break;
            }
            self.beyond.remove(&next);
            self.up_to = self.up_to.max(next);
        }
        self
    }

    /// The same, with every number after `written` and up to the highest that is reached counted as held.
    #[must_use]
    pub fn with_no_gap_after(mut self, written: u64) -> Self {
        let reached = self.reached();
        if written <= self.up_to {
            self.beyond = self.beyond.split_off(&reached.saturating_add(1));
            self.up_to = reached;
            return self;
        }
        (written.saturating_add(1)..=reached).fold(self, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(numbers: impl IntoIterator<Item = u64>) -> HeldReceipts {
        let none = HeldReceipts::NONE;
        numbers.into_iter().fold(none, HeldReceipts::with)
    }

    #[test]
    fn a_number_beyond_reason_is_told_and_never_counted_up_to() {
        let far = u64::MAX - 1;
        let known = held([1, 2, 5, 9]);
        assert_eq!(known.may_come(9 + HeldReceipts::LEAP), Ok(()));
        let number = 10 + HeldReceipts::LEAP;
        let told = known.may_come(number).unwrap_err();
        assert_eq!(told, BeyondReason { number, reached: 9 });
        // A journal that was written before may have one.
        let known = known.with(far);
        assert_eq!((known.highest(), known.reached()), (far, 9));
        assert!(known.may_come(far - 1).is_err());
        for written in [0, 2] {
            let after = known.clone().with_no_gap_after(written);
            assert_eq!((after.up_to, after.highest()), (9, far));
        }
        let after = known.with_no_gap_after(4);
        assert_eq!((after.up_to, after.reached(), after.highest()), (2, 9, far));
        assert_eq!(after.beyond.len(), 6);
        assert_eq!(after.with_no_gap_after(far).up_to, 2);
    }

    #[test]
    fn what_is_held_after_the_peers_backup_leaves_no_gap() {
        let known = held([1, 2, 5, 9]);
        assert_eq!(known.clone().with_no_gap_after(2), held(1..=9));
        assert_eq!(
            known.clone().with_no_gap_after(3),
            held([1, 2, 4, 5, 6, 7, 8, 9])
        );
        assert_eq!(known.clone().with_no_gap_after(9), known);
        assert_eq!(HeldReceipts::NONE.with_no_gap_after(0), HeldReceipts::NONE);
    }

    #[test]
    fn receipts_held_advance_over_gaps_once_they_close() {
        let held = [1, 3, 5, 2]
            .into_iter()
            .fold(HeldReceipts::NONE, HeldReceipts::with);
        assert_eq!((held.up_to, held.beyond.len()), (3, 1));
        let held = held.with(4).with(4).with(1);
        assert_eq!((held.up_to, held.beyond.len()), (5, 0));
    }
}
