//! Which pile bears which fen of a cover.
//!
//! The base is the take entries laid end to end. An entry pays as a bill of a year does: R(F) at its end
//! less R(F) at its beginning. What it pays, and what lies on it as start, share and above, is shared by
//! its piles in this order, in proportion to what each has left.

use super::covering::Cover;
use super::exact::in_proportion;

/// What became of some money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    pub paid: i64,
    pub start: i64,
    pub share: i64,
    pub above: i64,
}

pub const NOTHING: Fate = Fate {
    paid: 0,
    start: 0,
    share: 0,
    above: 0,
};

/// Spreads a cover over entries of piles, given by what was taken of each.
pub fn spread(cover: &Cover, entries: &[Vec<i64>]) -> Vec<Vec<Fate>> {
    let mut fates = Vec::new();
    let mut from = 0;
    for piles in entries {
        let to = from + piles.iter().sum::<i64>();
        fates.push(of_entry(cover, from, to));
        from = to;
    }
    let mut extra = cover.extra;
    for kind in [of_share, of_start, of_above] {
        extra -= raise(&mut fates, extra, kind);
    }
    assert_eq!(extra, 0, "a floor pays out of the base");
    fates
        .iter()
        .zip(entries)
        .map(|(fate, piles)| over_piles(*fate, piles))
        .collect()
}

/// What becomes of a stretch of the base by segments alone.
fn of_entry(cover: &Cover, from: i64, to: i64) -> Fate {
    let between = |low: i64, high: i64| (low.max(from), high.min(to).max(low.max(from)));
    let length = |(low, high): (i64, i64)| high - low;
    let covered = between(cover.start, cover.reach);
    let paid = cover.pays(covered.0, covered.1);
    Fate {
        paid,
        start: length(between(0, cover.start)),
        share: length(covered) - paid,
        above: length(between(cover.reach, cover.base)),
    }
}

/// Shares an entry's fate among its piles.
fn over_piles(fate: Fate, piles: &[i64]) -> Vec<Fate> {
    let mut left = piles.to_vec();
    let mut fates = vec![NOTHING; piles.len()];
    let kinds: [(i64, Kind); 4] = [
        (fate.paid, of_paid),
        (fate.start, of_start),
        (fate.share, of_share),
        (fate.above, of_above),
    ];
    for (fen, kind) in kinds {
        for (at, part) in in_proportion(fen, &left).into_iter().enumerate() {
            *kind(&mut fates[at]) = part;
            left[at] -= part;
        }
    }
    fates
}

type Kind = fn(&mut Fate) -> &mut i64;

fn of_paid(fate: &mut Fate) -> &mut i64 {
    &mut fate.paid
}

fn of_share(fate: &mut Fate) -> &mut i64 {
    &mut fate.share
}

fn of_start(fate: &mut Fate) -> &mut i64 {
    &mut fate.start
}

fn of_above(fate: &mut Fate) -> &mut i64 {
    &mut fate.above
}

/// Pays up to `extra` out of one kind of what is left, each entry in proportion; what was paid.
fn raise(fates: &mut [Fate], extra: i64, kind: Kind) -> i64 {
    let there: Vec<i64> = fates.iter_mut().map(|fate| *kind(fate)).collect();
    let raised = extra.min(there.iter().sum());
    for (fate, fen) in fates.iter_mut().zip(in_proportion(raised, &there)) {
        *kind(fate) -= fen;
        fate.paid += fen;
    }
    raised
}
