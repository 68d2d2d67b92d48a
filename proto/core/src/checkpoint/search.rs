//! Finding the legs in which two differ on one row, without sending the row.
//!
//! The legs of a row stand in the order of their settlements, so every span of that order is a row in small, with a
//! count and a root of its own. Whoever holds the row answers, for a span, with the spans that it falls into, or with its
//! legs where few are left. Whoever searches goes on only where its own legs come to something else. Spans are of
//! settlements and not of places: a leg that one of the two lacks moves none of the others.
//!
//! For d differences in a row of n legs at most d spans are asked on each level, and there are log₁₆ n levels. Who
//! answers cannot keep a search going: it has a bound of its own. Deliberately absent: how an answer travels, and any
//! belief in it. A wrong answer finds wrong differences, which do not account for the row.

use std::collections::BTreeMap;

use super::difference::Difference;
use super::row::{Pair, Row, RowError, leg_leaf};
use crate::canonical_struct;
use crate::digest::Digest;
use crate::leg::{Debt, Leg, LegKey};
use crate::merkle;
use crate::money::Fen;

/// How many spans are looked into at once.
pub const SPANS_AT_ONCE: usize = 64;
/// How many differences of one row are told; more, and the row is not one that is looked through leg by leg.
pub const DIFFERENCES_AT_MOST: usize = 1_000;
/// How many spans one falls into.
const PARTS: usize = 16;
/// How many legs travel in the place of parts.
const FEW: usize = 16;
/// How many spans one search looks into: a thousand differences among 16 million legs.
const SPANS_AT_MOST: usize = 8_192;

/// A stretch of a row's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins, this one included; none for the beginning of the row.
    pub from: Option<LegKey>,
    /// Before which it ends; none for the end of the row.
    pub to: Option<LegKey>,
}

canonical_struct!(Span { from, to });

impl Span {
    /// The whole row.
    pub const WHOLE: Self = Self {
        from: None,
        to: None,
    };

    fn contains(&self, key: LegKey) -> bool {
        self.from.is_none_or(|from| key >= from) && self.to.is_none_or(|to| key < to)
    }
}

/// What the legs of a span come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which span.
    pub span: Span,
    /// How many legs.
    pub legs: u64,
    /// The root over their leaves.
    pub root: Digest,
}

/// What is found in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// The spans that it falls into, from its beginning to its end.
    Parts(Vec<Part>),
    /// Its legs, ascending: there are few.
    Legs(Vec<Leg>),
}

/// The legs of one row, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLegs {
    row: Row,
    legs: Vec<Leg>,
    leaves: Vec<Digest>,
}

const fn key(leg: &Leg) -> LegKey {
    (leg.settlement, leg.kind)
}

impl RowLegs {
    /// The row of a pair with these of its legs, in any order. Legs of another pair are left out.
    ///
    /// # Errors
    /// [`RowError`].
    pub fn new(pair: Pair, legs: impl IntoIterator<Item = Leg>) -> Result<Self, RowError> {
        let own = legs.into_iter().filter(|leg| Pair::of(leg) == pair);
        let mut legs: Vec<Leg> = own.collect();
        legs.sort_unstable_by_key(key);
        let mut twos = legs.iter().zip(legs.iter().skip(1));
        if let Some((twice, _)) = twos.find(|(one, next)| key(one) == key(next)) {
            return Err(RowError::Twice(twice.debt(), pair));
        }
        let leaves: Vec<Digest> = legs.iter().map(leg_leaf).collect();
        let row = Row {
            pair,
            legs: count(&leaves),
            amount: Fen::sum(legs.iter().map(|leg| leg.amount))?,
            pair_root: merkle::root(&leaves),
        };
        Ok(Self { row, legs, leaves })
    }

    /// Every row of these legs.
    ///
    /// # Errors
    /// [`RowError`].
    pub fn all(legs: impl IntoIterator<Item = Leg>) -> Result<BTreeMap<Pair, Self>, RowError> {
        let mut of: BTreeMap<Pair, Vec<Leg>> = BTreeMap::new();
        for leg in legs {
            of.entry(Pair::of(&leg)).or_default().push(leg);
        }
        of.into_iter()
            .map(|(pair, legs)| Ok((pair, Self::new(pair, legs)?)))
            .collect()
    }

    /// What it comes to.
    #[must_use]
    pub const fn row(&self) -> &Row {
        &self.row
    }

    /// The legs, ascending.
    #[must_use]
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// The leg of a key.
    #[must_use]
    pub fn leg(&self, of: LegKey) -> Option<&Leg> {
        let at = self.legs.binary_search_by_key(&of, key).ok()?;
        self.legs.get(at)
    }

    /// The row with the book's word put in the place of each difference.
    ///
    /// # Errors
    /// [`RowError`].
    pub fn with(&self, differences: &[Difference]) -> Result<Row, RowError> {
        let named: BTreeMap<_, _> = differences
            .iter()
            .filter_map(|difference| Some((difference.key()?, difference)))
            .collect();
        let kept = self
            .legs
            .iter()
            .filter(|leg| !named.contains_key(&key(leg)));
        let told = named.values().filter_map(|difference| difference.book());
        let legs = kept.chain(told).cloned();
        Ok(Self::new(self.row.pair, legs)?.row)
    }

    /// What the legs of a span come to.
    #[must_use]
    pub fn part(&self, span: Span) -> Part {
        let leaves = within(&self.legs, &self.leaves, &span);
        Part {
            span,
            legs: count(leaves),
            root: merkle::root(leaves),
        }
    }

    /// What is found in a span.
    #[must_use]
    pub fn look(&self, span: Span) -> Looked {
        let legs = within(&self.legs, &self.legs, &span);
        if legs.len() <= FEW {
            return Looked::Legs(legs.to_vec());
        }
        let size = legs.len().div_ceil(PARTS);
        let begins = legs.chunks(size).skip(1).filter_map(<[Leg]>::first);
        let mut parts = Vec::with_capacity(PARTS);
        let mut from = span.from;
        for next in begins.map(key).map(Some).chain([span.to]) {
            parts.push(self.part(Span { from, to: next }));
            from = next;
        }
        Looked::Parts(parts)
    }

    fn inside(&self, span: &Span) -> &[Leg] {
        within(&self.legs, &self.legs, span)
    }
}

/// What stands beside the legs of a span.
fn within<'a, T>(legs: &[Leg], beside: &'a [T], span: &Span) -> &'a [T] {
    let before = |end: Option<LegKey>, otherwise| {
        end.map_or(otherwise, |end| legs.partition_point(|leg| key(leg) < end))
    };
    let (first, after) = (before(span.from, 0), before(span.to, legs.len()));
    beside.get(first..after).unwrap_or_default()
}

fn count<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap_or(u64::MAX)
}

/// What is found to differ: the other's word on a leg, and the own one.
pub type Found = BTreeMap<LegKey, (Option<Leg>, Option<Leg>)>;

/// A search for the legs in which a row differs from the own one.
#[derive(Debug)]
pub struct Search<'a> {
    own: &'a RowLegs,
    open: Vec<Span>,
    looked_into: usize,
    found: Found,
}

/// Why a search ends without having found all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// An answer is none to what was asked.
    #[error("the answer does not fit what was asked")]
    Answer,
    /// There are more differences than are told.
    #[error("more than {DIFFERENCES_AT_MOST} legs differ")]
    TooMany,
    /// It goes on for longer than any row takes.
    #[error("the search takes too long")]
    TooLong,
}

impl<'a> Search<'a> {
    /// A search in a row that is known to differ.
    #[must_use]
    pub fn new(own: &'a RowLegs) -> Self {
        Self {
            own,
            open: vec![Span::WHOLE],
            looked_into: 0,
            found: BTreeMap::new(),
        }
    }

    /// The spans to be looked into next; none when all is found.
    #[must_use]
    pub fn asks(&self) -> Vec<Span> {
        self.open.iter().take(SPANS_AT_ONCE).copied().collect()
    }

    /// Goes on with what was found in the spans that were asked, one for each, in their order.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn answered(&mut self, answers: Vec<Looked>) -> Result<(), SearchError> {
        let asked = self.open.len().min(SPANS_AT_ONCE);
        if answers.len() != asked {
            return Err(SearchError::Answer);
        }
        self.looked_into = self.looked_into.saturating_add(asked);
        if self.looked_into > SPANS_AT_MOST {
            return Err(SearchError::TooLong);
        }
        let spans: Vec<Span> = self.open.drain(..asked).collect();
        for (span, looked) in spans.into_iter().zip(answers) {
            match looked {
                Looked::Parts(parts) => self.descend(span, &parts)?,
                Looked::Legs(legs) => self.compare(span, legs)?,
            }
        }
        Ok(())
    }

    /// The keys that differ: each with what was found of it, and what the own row has.
    #[must_use]
    pub fn found(self) -> Found {
        self.found
    }

    fn descend(&mut self, span: Span, parts: &[Part]) -> Result<(), SearchError> {
        let begins = parts.first().map(|part| part.span.from);
        let ends = parts.last().map(|part| part.span.to);
        let mut twos = parts.iter().zip(parts.iter().skip(1));
        let joined = twos.all(|(one, next)| one.span.to == next.span.from && one.span.to.is_some());
        let smaller = (2..=PARTS).contains(&parts.len());
        if begins != Some(span.from) || ends != Some(span.to) || !joined || !smaller {
            return Err(SearchError::Answer);
        }
        let differ = parts
            .iter()
            .filter(|part| self.own.part(part.span) != **part);
        self.open.extend(differ.map(|part| part.span));
        Ok(())
    }

    fn compare(&mut self, span: Span, theirs: Vec<Leg>) -> Result<(), SearchError> {
        let pair = self.own.row.pair;
        if theirs.len() > FEW {
            return Err(SearchError::Answer);
        }
        let mut both = Found::new();
        for leg in theirs {
            let at = key(&leg);
            if Pair::of(&leg) != pair || !span.contains(at) {
                return Err(SearchError::Answer);
            }
            both.entry(at).or_default().0 = Some(leg);
        }
        for leg in self.own.inside(&span) {
            both.entry(key(leg)).or_default().1 = Some(leg.clone());
        }
        self.found
            .extend(both.into_iter().filter(|(_, (one, other))| one != other));
        if self.found.len() > DIFFERENCES_AT_MOST {
            return Err(SearchError::TooMany);
        }
        Ok(())
    }
}

/// The differences of every row that was searched. A leg that is in another row of the one than of the other is in both
/// as one that was changed. What stands in two rows under one id is two debts: each is told by itself.
#[must_use]
pub fn differences(found: BTreeMap<Pair, Found>) -> BTreeMap<Pair, Vec<Difference>> {
    // What only one of the two has in a row, by the debt: held, and in the own book.
    let (mut only_held, mut only_own) = (BTreeMap::new(), BTreeMap::new());
    for (theirs, own) in found.values().flat_map(BTreeMap::values) {
        match (theirs, own) {
            (Some(leg), None) => drop(only_held.insert(leg.debt(), leg.clone())),
            (None, Some(leg)) => drop(only_own.insert(leg.debt(), leg.clone())),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let elsewhere = |legs: &BTreeMap<Debt, Leg>, of: &Leg| legs.get(&of.debt()).cloned();
    let of_row = |(pair, keys): (Pair, Found)| {
        let differ = keys.into_values().filter_map(|(theirs, own)| {
            let both = match (theirs, own) {
                (Some(leg), None) => {
                    let own = elsewhere(&only_own, &leg);
                    (Some(leg), own)
                }
                (None, Some(leg)) => (elsewhere(&only_held, &leg), Some(leg)),
                both @ ((Some(_), Some(_)) | (None, None)) => both,
            };
            Difference::new(both.0, both.1).ok()
        });
        (pair, differ.collect())
    };
    found.into_iter().map(of_row).collect()
}

#[cfg(test)]
mod tests;
