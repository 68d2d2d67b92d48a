//! The numbers that a cycle takes of one stream, a bit for each: they come in any order, and are wanted ascending.
//!
//! Only planning notes them so: what proves a plan puts them in order instead.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The numbers of a page.
const PAGE: u64 = 1_024;
const WORDS: usize = 16;
/// The bits of a word.
const BITS: u64 = 64;
/// The pages that lie side by side, for nearly all numbers are taken of those that follow upon the mark before.
const NEAR: u64 = 4_096;

/// The bits of a page.
type Page = [u64; WORDS];

#[derive(Default)]
pub(crate) struct Taken {
    /// The first of those that lie side by side.
    first: u64,
    near: Vec<Page>,
    /// The others are there for numbers that were taken, however far these lie from each other.
    far: BTreeMap<u64, Page>,
    /// The lowest number that was taken twice.
    pub(crate) twice: Option<u64>,
}

impl Taken {
    /// Nothing yet, of a stream of which mostly numbers after this one are taken.
    pub(crate) fn after(number: u64) -> Self {
        Self {
            first: number / PAGE,
            ..Self::default()
        }
    }

    pub(crate) fn note(&mut self, number: u64) {
        let word = usize::try_from(number % PAGE / BITS).ok();
        let page = self.page(number / PAGE);
        let Some(word) = word.and_then(|at| page?.get_mut(at)) else {
            return;
        };
        let bit = bit(number % BITS);
        let is_there = *word & bit != 0;
        *word |= bit;
        if is_there {
            self.twice = Some(self.twice.map_or(number, |lowest| lowest.min(number)));
        }
    }

    fn page(&mut self, page: u64) -> Option<&mut Page> {
        let near = page.checked_sub(self.first).filter(|near| *near < NEAR);
        let Some(near) = near.and_then(|near| usize::try_from(near).ok()) else {
            return Some(self.far.entry(page).or_insert([0; WORDS]));
        };
        if near >= self.near.len() {
            self.near.resize(near.saturating_add(1), [0; WORDS]);
        }
        self.near.get_mut(near)
    }

    /// Each once.
    pub(crate) fn ascending(&self) -> impl Iterator<Item = u64> {
        let far = |pages| {
            let pages = self.far.range::<u64, (Bound<u64>, Bound<u64>)>(pages);
            pages.map(|(page, words)| (*page, words))
        };
        let before = far((Bound::Unbounded, Bound::Excluded(self.first)));
        let after = far((Bound::Included(self.first), Bound::Unbounded));
        let near = (self.first..).zip(&self.near);
        before.chain(near).chain(after).flat_map(|(page, words)| {
            let first = page.saturating_mul(PAGE);
            let begins = (0..).map(move |at: u64| first.saturating_add(at.saturating_mul(BITS)));
            begins
                .zip(words)
                .flat_map(|(begins, word)| of_word(begins, *word))
        })
    }
}

/// The numbers of a word that begins with this one.
fn of_word(begins: u64, mut word: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        let at = u64::from(word.trailing_zeros());
        // None is left when all of the bits are zeros.
        let found = (at < BITS).then(|| begins.saturating_add(at))?;
        word ^= bit(at);
        Some(found)
    })
}

fn bit(at: u64) -> u64 {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    1_u64.checked_shl(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_noted_as_a_map_would_count_them(
            numbers in prop::collection::vec(
                prop_oneof![0_u64..200, 900_u64..1_200, 4_190_000_u64..4_200_000, Just(u64::MAX), any::<u64>()], 0..300,
            ),
            after in prop_oneof![0_u64..2_000, Just(u64::MAX), any::<u64>()],
        ) {
            let (mut taken, mut counted) = (Taken::after(after), BTreeMap::<u64, u32>::new());
            for number in numbers {
                taken.note(number);
                *counted.entry(number).or_insert(0) += 1;
            }
            prop_assert_eq!(taken.ascending().collect::<Vec<_>>(), counted.keys().copied().collect::<Vec<_>>());
            let twice = counted.iter().find(|(_, count)| **count > 1);
            prop_assert_eq!(taken.twice, twice.map(|(number, _)| *number));
        }
    }
}
