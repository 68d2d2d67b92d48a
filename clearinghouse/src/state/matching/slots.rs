//! What is held under the numbers of a stream: side by side where numbers follow on each other, which nearly all do
//! until a cycle takes them, and apart where a few are left over.
//!
//! Whatever is apart has lower numbers than what is side by side, so both together ascend.

use std::collections::{BTreeMap, VecDeque};
use std::slice;

/// How many stand in one piece: a piece is given back when a cycle has taken it.
const PIECE: usize = 1_024;

/// Values by number.
#[derive(Debug, Clone)]
pub(super) struct Slots<T> {
    apart: BTreeMap<u64, T>,
    /// The number of the first that stands side by side.
    first: u64,
    /// All full but the last.
    pieces: VecDeque<Vec<T>>,
}

impl<T> Slots<T> {
    pub(super) const fn new() -> Self {
        Self {
            apart: BTreeMap::new(),
            first: 0,
            pieces: VecDeque::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.apart.is_empty() && self.pieces.is_empty()
    }

    pub(super) fn get(&self, number: u64) -> Option<&T> {
        match self.place(number) {
            Some((piece, at)) => self.pieces.get(piece)?.get(at),
            None => self.apart.get(&number),
        }
    }

    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        match self.place(number) {
            Some((piece, at)) => self.pieces.get_mut(piece)?.get_mut(at),
            None => self.apart.get_mut(&number),
        }
    }

    /// Puts under the numbers from this one on what is made of each of these, in the place of what was there. It is made
    /// where it is to lie: what is put together elsewhere and moved is waited for.
    pub(super) fn put<S>(&mut self, number: u64, of: &[S], make: &impl Fn(&S) -> T) {
        if self.is_after_all(number) {
            if number != self.next() {
                // What stands side by side has no gap: whatever lies before one goes apart.
                self.part(self.pieces.len(), |_, _| true);
                self.first = number;
            }
            self.append(of, make);
        } else if let [one] = of {
            match self.get_mut(number) {
                Some(there) => *there = make(one),
                None => {
                    self.apart.insert(number, make(one));
                }
            }
        } else {
            for (number, one) in (number..).zip(of) {
                self.put(number, slice::from_ref(one), make);
            }
        }
    }

    /// Puts side by side what is made of these.
    fn append<S>(&mut self, of: &[S], make: impl Fn(&S) -> T) {
        let mut rest = of;
        while !rest.is_empty() {
            let full = |piece: &Vec<T>| piece.len() == PIECE;
            if self.pieces.back().is_none_or(full) {
                self.pieces.push_back(Vec::with_capacity(PIECE));
            }
            let Some(piece) = self.pieces.back_mut() else {
                return;
            };
            let room = PIECE.saturating_sub(piece.len()).min(rest.len());
            let (now, later) = rest.split_at(room);
            piece.extend(now.iter().map(&make));
            rest = later;
        }
    }

    /// All, ascending by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        let apart = self.apart.iter().map(|(number, value)| (*number, value));
        apart.chain((self.first..).zip(self.pieces.iter().flatten()))
    }

    /// Those from a number on, ascending: what lies before it is not gone through.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        let apart = self.apart.range(number..);
        let apart = apart.map(|(number, value)| (*number, value));
        let skipped = number.saturating_sub(self.first);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let (full, rest) = (skipped / PIECE, skipped % PIECE);
        let pieces = self.pieces.iter().skip(full);
        let first = self
            .first
            .saturating_add(u64::try_from(full.saturating_mul(PIECE)).unwrap_or(u64::MAX));
        apart.chain((first..).zip(pieces.flatten()).skip(rest))
    }

    /// All, ascending by number, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (u64, &mut T)> {
        let apart = self.apart.iter_mut();
        let apart = apart.map(|(number, value)| (*number, value));
        apart.chain((self.first..).zip(self.pieces.iter_mut().flatten()))
    }

    /// Keeps what is to be kept. It may be asked of one value twice.
    pub(super) fn retain(&mut self, keep: impl Fn(u64, &T) -> bool) {
        self.apart.retain(|number, value| keep(*number, value));
        let mut number = self.first;
        let mut touched = 0;
        for (piece, values) in (1_usize..).zip(&self.pieces) {
            for value in values {
                if !keep(number, value) {
                    touched = piece;
                }
                number = number.saturating_add(1);
            }
        }
        self.part(touched, keep);
    }

    /// Dissolves so many of the first pieces: what is to be kept of them goes apart.
    fn part(&mut self, pieces: usize, keep: impl Fn(u64, &T) -> bool) {
        for values in self.pieces.drain(..pieces) {
            for value in values {
                if keep(self.first, &value) {
                    self.apart.insert(self.first, value);
                }
                self.first = self.first.saturating_add(1);
            }
        }
    }

    /// Whether nothing is held under a number or a higher one.
    fn is_after_all(&self, number: u64) -> bool {
        if self.pieces.is_empty() {
            let highest = self.apart.last_key_value();
            highest.is_none_or(|(highest, _)| *highest < number)
        } else {
            number >= self.next()
        }
    }

    /// The number after the last of all; 0 when there is none.
    pub(super) fn end(&self) -> u64 {
        if self.pieces.is_empty() {
            let highest = self.apart.last_key_value();
            highest.map_or(0, |(highest, _)| highest.saturating_add(1))
        } else {
            self.next()
        }
    }

    /// The number after the last that stands side by side.
    fn next(&self) -> u64 {
        let full = self.pieces.len().saturating_sub(1).saturating_mul(PIECE);
        let last = self.pieces.back().map_or(0, Vec::len);
        let count = u64::try_from(full.saturating_add(last)).unwrap_or(u64::MAX);
        self.first.saturating_add(count)
    }

    /// Where a number that stands side by side is.
    fn place(&self, number: u64) -> Option<(usize, usize)> {
        if self.pieces.is_empty() || number < self.first || number >= self.next() {
            return None;
        }
        let offset = usize::try_from(number.saturating_sub(self.first)).ok()?;
        Some((offset.checked_div(PIECE)?, offset.checked_rem(PIECE)?))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// What can be done with slots.
    #[derive(Debug, Clone)]
    enum Step {
        Follow(u16),
        Put(u64, u16),
        /// Keeps what is no multiple of this.
        Sieve(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..3_000_u16).prop_map(Step::Follow),
            (1..12_000_u64, prop_oneof![Just(1), 1..300_u16])
                .prop_map(|(from, count)| Step::Put(from, count)),
            (1..6_u64).prop_map(Step::Sieve),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn they_hold_what_a_map_would(steps in proptest::collection::vec(step(), 1..12)) {
            let (mut slots, mut map) = (Slots::new(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Follow(count) => {
                        let last = map.last_key_value().map_or(0, |(number, _)| *number);
                        let run: Vec<_> = (last + 1..=last + u64::from(count)).collect();
                        slots.put(last + 1, &run, &|number| number * 3);
                        map.extend(run.iter().map(|number| (*number, number * 3)));
                    }
                    Step::Put(from, count) => {
                        let run: Vec<_> = (from..from + u64::from(count)).collect();
                        slots.put(from, &run, &|number| number * 7);
                        map.extend(run.iter().map(|number| (*number, number * 7)));
                    }
                    Step::Sieve(by) => {
                        slots.retain(|number, _| number % by != 0);
                        map.retain(|number, _| number % by != 0);
                    }
                }
                prop_assert_eq!(slots.is_empty(), map.is_empty());
                prop_assert_eq!(slots.end(), map.last_key_value().map_or(0, |(number, _)| number + 1));
                let all: Vec<_> = slots.iter().map(|(number, value)| (number, *value)).collect();
                let expected: Vec<_> = map.iter().map(|(number, value)| (*number, *value)).collect();
                prop_assert_eq!(all, expected);
            }
            for number in [0, 1, 700, 1_024, 1_025, 5_000, 40_000] {
                let all: Vec<_> = slots.after(number).map(|(number, value)| (number, *value)).collect();
                let expected = map.range(number..).map(|(number, value)| (*number, *value));
                prop_assert_eq!(all, expected.collect::<Vec<_>>());
            }
            for number in 0..20_000 {
                prop_assert_eq!(slots.get(number), map.get(&number));
                prop_assert_eq!(slots.get_mut(number), map.get_mut(&number));
            }
        }
    }
}
