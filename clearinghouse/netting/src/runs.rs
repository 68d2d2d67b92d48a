//! Sets of stream numbers, written as the runs they consist of.
//!
//! What waits of a stream is a few numbers on a good day, and nearly all of them when another region
//! is silent: runs are short for both.

use huitong_core::{canonical_as, canonical_struct};

/// Consecutive numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The first number.
    pub first: u64,
    /// The last number.
    pub last: u64,
}

canonical_struct!(Run { first, last });

impl Run {
    /// How many numbers.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}

/// A set of numbers from 1 to [`Runs::HIGHEST`]: runs that ascend and neither touch nor overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs(Vec<Run>);

canonical_as!(Runs as Vec<Run>, |runs| runs.0.clone(), Runs::new);

/// Runs that are no set in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("runs of numbers begin at 1, ascend, and neither touch nor overlap")]
pub struct RunsError;

impl Runs {
    /// No number.
    pub const EMPTY: Self = Self(Vec::new());
    /// The highest number of a stream; no stream gets there.
    pub const HIGHEST: u64 = i64::MAX.cast_unsigned();

    /// The runs as given.
    ///
    /// # Errors
    /// [`RunsError`] when they are not the one form of a set.
    pub fn new(runs: Vec<Run>) -> Result<Self, RunsError> {
        let mut before = None;
        for run in &runs {
            // One free number must stand between two runs, and none is zero.
            let free = before.map_or(1, |last: u64| last.saturating_add(2));
            if run.first < free || run.last < run.first || run.last > Self::HIGHEST {
                return Err(RunsError);
            }
            before = Some(run.last);
        }
        Ok(Self(runs))
    }

    /// The runs, ascending.
    #[must_use]
    pub fn as_slice(&self) -> &[Run] {
        &self.0
    }

    /// How many numbers.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |count, run| count.saturating_add(run.count()))
    }

    /// Whether the number is in the set.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        let after = self.0.partition_point(|run| run.first <= number);
        after
            .checked_sub(1)
            .and_then(|before| self.0.get(before))
            .is_some_and(|run| number <= run.last)
    }

    /// The set with the numbers after `from` up to `to`; all of it lies at or below `from`.
    pub(crate) fn followed_by(&self, from: u64, to: u64) -> Self {
        let mut runs = self.0.clone();
        if to > from {
            match runs.last_mut() {
                Some(last) if last.last == from => last.last = to,
                Some(_) | None => runs.push(Run {
                    first: from.saturating_add(1),
                    last: to,
                }),
            }
        }
        Self(runs)
    }

    /// The set without these numbers, which ascend. Fails with the first of them that is not in the
    /// set, or is there twice.
    pub(crate) fn without(&self, taken: impl IntoIterator<Item = u64>) -> Result<Self, u64> {
        let mut left = Vec::new();
        let mut taken = taken.into_iter().peekable();
        for run in &self.0 {
            let mut next = run.first;
            while let Some(number) = taken.next_if(|number| *number <= run.last) {
                if number < next {
                    return Err(number);
                }
                if number > next {
                    left.push(Run {
                        first: next,
                        last: number.saturating_sub(1),
                    });
                }
                next = number.saturating_add(1);
            }
            if next <= run.last {
                left.push(Run {
                    first: next,
                    last: run.last,
                });
            }
        }
        taken.next().map_or(Ok(Self(left)), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn set(runs: &Runs) -> BTreeSet<u64> {
        runs.as_slice()
            .iter()
            .flat_map(|run| run.first..=run.last)
            .collect()
    }

    #[test]
    fn a_set_has_one_form() {
        let run = |first, last| Run { first, last };
        for wrong in [
            vec![run(0, 1)],
            vec![run(2, 1)],
            vec![run(1, 2), run(3, 4)],
            vec![run(1, 3), run(3, 4)],
            vec![run(5, 6), run(1, 2)],
            vec![run(1, u64::MAX)],
        ] {
            assert_eq!(Runs::new(wrong.clone()), Err(RunsError), "{wrong:?}");
        }
        assert_eq!(Runs::new(vec![run(1, 2), run(4, 4)]).unwrap().count(), 3);
    }

    #[test]
    fn what_is_not_there_cannot_be_taken() {
        let runs = Runs::EMPTY.followed_by(2, 5);
        assert_eq!(runs.without([2]), Err(2));
        assert_eq!(runs.without([3, 3]), Err(3));
        assert_eq!(runs.without([6]), Err(6));
        assert_eq!(runs.without([3, 4, 5]), Ok(Runs::EMPTY));
    }

    proptest! {
        /// Runs behave as the sets they stand for.
        #[test]
        fn runs_are_sets(
            taken in prop::collection::btree_set(1_u64..30, 0..20), from in 20_u64..30, more in 0_u64..10,
        ) {
            let to = from + more;
            let taken: Vec<u64> = taken.into_iter().filter(|number| *number <= from).collect();
            let carried = Runs::EMPTY.followed_by(0, from).without(taken.iter().copied()).unwrap();
            let mut expected: BTreeSet<u64> = (1..=from).collect();
            expected.retain(|number| !taken.contains(number));
            prop_assert_eq!(set(&carried), expected.clone());
            prop_assert_eq!(Runs::new(carried.as_slice().to_vec()), Ok(carried.clone()));
            expected.extend(from + 1..=to);
            let all = carried.followed_by(from, to);
            prop_assert_eq!(set(&all), expected.clone());
            prop_assert_eq!(Runs::new(all.as_slice().to_vec()), Ok(all.clone()));
            for number in 0..50 {
                prop_assert_eq!(all.contains(number), expected.contains(&number));
            }
        }
    }
}
