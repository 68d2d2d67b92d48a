//! Legs that are held under the numbers of a stream: side by side where numbers follow on each other, which nearly all do
//! until a cycle takes them, and apart where a few are left over.
//!
//! Whatever is apart has lower numbers than what is side by side, so both together ascend. The legs of a large report stay in
//! the memory that they came in: new memory for each of them, and the copy, took two fifths of the writer's time. What becomes
//! of each is therefore noted beside it ([`Marks`]), and when it came once for all that came together ([`Came`]). Deliberately
//! absent: what becomes of a leg, which is decided beside this.

use std::collections::{BTreeMap, VecDeque};
use std::slice;

use huitong_core::date::Timestamp;
use huitong_core::leg::NumberedLeg;

use super::held::{Came, Held, Marks};

/// How many legs of small reports lie in one piece: a piece is given back when a cycle has taken it.
const PIECE: usize = 1_024;
/// From so many legs on those of a report are a piece of their own.
const PIECE_AT_LEAST: usize = 512;

/// Legs by number.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    apart: BTreeMap<u64, Apart>,
    /// Each begins where the one before it ends.
    pieces: VecDeque<Piece>,
}

#[derive(Debug, Clone)]
struct Apart {
    numbered: NumberedLeg,
    marks: Marks,
    came: Came,
}

/// Legs whose numbers follow on each other.
#[derive(Debug, Clone)]
struct Piece {
    /// The number of its first leg: looked up here, since the legs lie far away.
    first: u64,
    legs: Vec<NumberedLeg>,
    /// Of each leg.
    marks: Vec<Marks>,
    /// Ascending.
    came: Vec<Came>,
}

/// Where a leg lies, until some are put or go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lies {
    /// In a piece, by its place in that.
    Beside(usize, usize),
    /// Apart, by its number.
    Apart(u64),
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self {
            apart: BTreeMap::new(),
            pieces: VecDeque::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.apart.is_empty() && self.pieces.is_empty()
    }

    pub(super) fn get(&self, number: u64) -> Option<Held<'_>> {
        self.find(number).map(|(_, held)| held)
    }

    /// The leg of a number, and where it lies.
    pub(super) fn find(&self, number: u64) -> Option<(Lies, Held<'_>)> {
        match self.place(number) {
            Some((piece, at)) => {
                let held = self.pieces.get(piece)?.held(at)?;
                Some((Lies::Beside(piece, at), held))
            }
            None => Some((Lies::Apart(number), self.apart.get(&number)?.held())),
        }
    }

    pub(super) fn marks_mut(&mut self, number: u64) -> Option<&mut Marks> {
        let lies = match self.place(number) {
            Some((piece, at)) => Lies::Beside(piece, at),
            None => Lies::Apart(number),
        };
        self.marks_at(lies)
    }

    pub(super) fn marks_at(&mut self, lies: Lies) -> Option<&mut Marks> {
        match lies {
            Lies::Beside(piece, at) => self.pieces.get_mut(piece)?.marks.get_mut(at),
            Lies::Apart(number) => self.apart.get_mut(&number).map(|apart| &mut apart.marks),
        }
    }

    /// The legs from a number on, as many of them as lie side by side there; none when there is none of this number.
    pub(super) fn run(&self, number: u64) -> &[NumberedLeg] {
        let run = match self.place(number) {
            Some((piece, at)) => self.pieces.get(piece).and_then(|of| of.legs.get(at..)),
            None => self
                .apart
                .get(&number)
                .map(|apart| slice::from_ref(&apart.numbered)),
        };
        run.unwrap_or_default()
    }

    /// Puts legs that came then under their numbers, which follow on each other, in the place of what was there.
    pub(super) fn put(&mut self, legs: Vec<NumberedLeg>, since: Timestamp) {
        let Some(first) = legs.first().map(|numbered| numbered.number) else {
            return;
        };
        if first < self.end() {
            for numbered in legs {
                self.put_among(numbered, since);
            }
            return;
        }
        if self.pieces.back().is_some_and(|last| last.end() != first) {
            // What stands side by side has no gap: whatever lies before one goes apart.
            self.part(self.pieces.len(), |_| true);
        }
        if legs.len() >= PIECE_AT_LEAST {
            if let Some(last) = self.pieces.back_mut() {
                last.legs.shrink_to_fit();
                last.marks.shrink_to_fit();
            }
            self.pieces.push_back(Piece::of(first, legs, since));
        } else {
            self.append(&legs, since);
        }
    }

    /// Puts a leg where others have a higher number.
    fn put_among(&mut self, numbered: NumberedLeg, since: Timestamp) {
        let came = Came::new(numbered.number, since);
        let apart = Apart {
            numbered,
            marks: Marks::NONE,
            came,
        };
        if self.place(apart.numbered.number).is_some() {
            self.part(self.pieces.len(), |_| true);
        }
        self.apart.insert(apart.numbered.number, apart);
    }

    /// Copies legs to the end of what stands side by side.
    fn append(&mut self, legs: &[NumberedLeg], since: Timestamp) {
        let mut rest = legs;
        while let Some(first) = rest.first() {
            if self.pieces.back().is_none_or(|last| last.room() == 0) {
                self.pieces.push_back(Piece::new(first.number));
            }
            let Some(piece) = self.pieces.back_mut() else {
                return;
            };
            let (now, later) = rest.split_at(piece.room().min(rest.len()));
            piece.append(now, since);
            rest = later;
        }
    }

    /// All, ascending by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = Held<'_>> {
        let apart = self.apart.values().map(Apart::held);
        apart.chain(self.pieces.iter().flat_map(|piece| piece.held_from(0)))
    }

    /// Those from a number on, ascending: what lies before it is not gone through.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = Held<'_>> {
        let apart = self.apart.range(number..).map(|(_, apart)| apart.held());
        let before = self.pieces.partition_point(|piece| piece.end() <= number);
        let pieces = self.pieces.iter().skip(before);
        apart.chain(pieces.flat_map(move |piece| {
            let before = number.saturating_sub(piece.first);
            piece.held_from(usize::try_from(before).unwrap_or(usize::MAX))
        }))
    }

    /// All, ascending by number, each with its marks to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&NumberedLeg, &mut Marks)> {
        let apart = self.apart.values_mut();
        let apart = apart.map(|apart| (&apart.numbered, &mut apart.marks));
        let pieces = self.pieces.iter_mut();
        apart.chain(pieces.flat_map(|piece| piece.legs.iter().zip(&mut piece.marks)))
    }

    /// Keeps what is to be kept. It may be asked of one leg twice.
    pub(super) fn retain(&mut self, keep: impl Fn(Held<'_>) -> bool) {
        self.apart.retain(|_, apart| keep(apart.held()));
        let mut touched = 0;
        for (piece, of) in (1_usize..).zip(&self.pieces) {
            if !of.held_from(0).all(&keep) {
                touched = piece;
            }
        }
        self.part(touched, keep);
    }

    /// Dissolves so many of the first pieces: what is to be kept of them goes apart.
    fn part(&mut self, pieces: usize, keep: impl Fn(Held<'_>) -> bool) {
        for piece in self.pieces.drain(..pieces) {
            for held in piece.held_from(0).filter(|held| keep(*held)) {
                let apart = Apart {
                    numbered: held.numbered(),
                    marks: held.marks,
                    came: Came::new(held.number(), held.since()),
                };
                self.apart.insert(apart.numbered.number, apart);
            }
        }
    }

    /// The number after the last of all; 0 when there is none.
    pub(super) fn end(&self) -> u64 {
        let highest = || {
            let highest = self.apart.last_key_value();
            highest.map_or(0, |(highest, _)| highest.saturating_add(1))
        };
        self.pieces.back().map_or_else(highest, Piece::end)
    }

    /// Where a number that stands side by side is.
    fn place(&self, number: u64) -> Option<(usize, usize)> {
        let in_piece = |piece: usize| Some((piece, self.pieces.get(piece)?.place(number)?));
        let search = || {
            let after = self.pieces.partition_point(|piece| piece.first <= number);
            in_piece(after.checked_sub(1)?)
        };
        self.guess(number).and_then(in_piece).or_else(search)
    }

    /// In which piece a number would be if all were of one length, as they mostly are: to search through the pieces of
    /// hundreds of streams is to wait for each of them.
    fn guess(&self, number: u64) -> Option<usize> {
        let (first, last) = (self.pieces.front()?, self.pieces.back()?);
        let before = number.checked_sub(first.first)?;
        let all = last.end().saturating_sub(first.first);
        let pieces = u64::try_from(self.pieces.len()).ok()?;
        let guess = before.saturating_mul(pieces).checked_div(all)?;
        usize::try_from(guess).ok()
    }
}

impl Apart {
    fn held(&self) -> Held<'_> {
        Held::new(&self.numbered, self.marks, slice::from_ref(&self.came))
    }
}

impl Piece {
    /// With room for the legs of small reports.
    fn new(first: u64) -> Self {
        Self {
            first,
            legs: Vec::with_capacity(PIECE),
            marks: Vec::with_capacity(PIECE),
            came: Vec::new(),
        }
    }

    /// Of legs that lie side by side already.
    fn of(first: u64, mut legs: Vec<NumberedLeg>, since: Timestamp) -> Self {
        if legs.capacity() / 8 > legs.len() / 7 {
            legs.shrink_to_fit();
        }
        Self {
            first,
            marks: vec![Marks::NONE; legs.len()],
            came: vec![Came::new(first, since)],
            legs,
        }
    }

    fn append(&mut self, legs: &[NumberedLeg], since: Timestamp) {
        let last = self.came.last();
        if last.is_none_or(|last| last.since() != since) {
            self.came.push(Came::new(self.end(), since));
        }
        self.legs.extend_from_slice(legs);
        self.marks.resize(self.legs.len(), Marks::NONE);
    }

    /// For how many more there is room.
    fn room(&self) -> usize {
        let at_most = self.legs.capacity().min(PIECE);
        at_most.saturating_sub(self.legs.len())
    }

    /// The number after its last.
    fn end(&self) -> u64 {
        let count = u64::try_from(self.legs.len()).unwrap_or(u64::MAX);
        self.first.saturating_add(count)
    }

    /// Where in it a number is.
    fn place(&self, number: u64) -> Option<usize> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        (at < self.legs.len()).then_some(at)
    }

    fn held(&self, at: usize) -> Option<Held<'_>> {
        let (numbered, marks) = (self.legs.get(at)?, self.marks.get(at)?);
        Some(Held::new(numbered, *marks, &self.came))
    }

    /// Those from a place on.
    fn held_from(&self, at: usize) -> impl Iterator<Item = Held<'_>> {
        let legs = self.legs.get(at..).unwrap_or_default();
        let marks = self.marks.get(at..).unwrap_or_default();
        let each = legs.iter().zip(marks);
        each.map(|(numbered, marks)| Held::new(numbered, *marks, &self.came))
    }
}

#[cfg(test)]
mod tests;
