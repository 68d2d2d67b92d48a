//! The numbers that a cycle takes of one stream, a bit for each: they come in any order, and are wanted ascending.
//!
//! Only planning notes them so: what proves a plan puts them in order instead.

use std::collections::BTreeMap;

/// The numbers of a page. Pages are there for numbers that were taken, however far these lie from each other.
const PAGE: u64 = 1_024;
const WORDS: usize = 16;
/// The bits of a word.
const BITS: u64 = 64;

#[derive(Default)]
pub(crate) struct Taken {
    pages: BTreeMap<u64, [u64; WORDS]>,
    /// The lowest number that was taken twice.
    pub(crate) twice: Option<u64>,
}

impl Taken {
    pub(crate) fn note(&mut self, number: u64) {
        let page = self.pages.entry(number / PAGE).or_insert([0; WORDS]);
        let word = usize::try_from(number % PAGE / BITS).ok();
        let Some(word) = word.and_then(|at| page.get_mut(at)) else {
            return;
        };
        let bit = bit(number % BITS);
        if *word & bit != 0 {
            self.twice = Some(self.twice.map_or(number, |lowest| lowest.min(number)));
        }
        *word |= bit;
    }

    /// Each once.
    pub(crate) fn ascending(&self) -> impl Iterator<Item = u64> {
        self.pages.iter().flat_map(|(page, words)| {
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
                prop_oneof![0_u64..200, 900_u64..1_200, Just(u64::MAX), any::<u64>()], 0..300,
            ),
        ) {
            let (mut taken, mut counted) = (Taken::default(), BTreeMap::<u64, u32>::new());
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
