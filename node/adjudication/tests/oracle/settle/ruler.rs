//! F of the algebra: what a layer has paid along its axis.
//!
//! It is summed anew from zero, in whole parts of a fen, whenever it is asked for, and the place where a
//! payment ceiling cuts is searched for, fen by fen, not computed.

use super::exact::{PARTS, by_remainder, parts_half_up};

/// A stretch of the axis with one ratio, above the start.
pub struct Stretch {
    pub from: i64,
    /// No end: open.
    pub to: Option<i64>,
    /// In parts of a fen for each fen.
    pub ratio: i128,
}

/// What was covered of one stretch.
pub struct Covered {
    pub from: i64,
    pub to: i64,
    pub ratio: i128,
    pub amount: i64,
}

/// The axis of a layer with everything that is marked on it.
pub struct Ruler {
    pub start: i64,
    pub stretches: Vec<Stretch>,
}

impl Ruler {
    /// F: what is paid from zero to a position, exactly, in parts of a fen.
    fn paid_up_to(&self, position: i64) -> i128 {
        let mut sum = 0;
        for stretch in &self.stretches {
            let from = stretch.from.max(self.start);
            let to = stretch.to.map_or(position, |to| to.min(position));
            if to > from {
                sum += stretch.ratio * i128::from(to - from);
            }
        }
        sum
    }

    /// R(F(to)) − R(F(from)).
    pub fn pays(&self, from: i64, to: i64) -> i64 {
        parts_half_up(self.paid_up_to(to)) - parts_half_up(self.paid_up_to(from))
    }

    /// The first position at which the room is paid, if it is paid by `to`.
    pub fn first_paid_out(&self, from: i64, to: i64, room: i64) -> Option<i64> {
        if self.pays(from, to) < room {
            return None;
        }
        let (mut short, mut enough) = (from - 1, to);
        while enough - short > 1 {
            let middle = short + (enough - short) / 2;
            if self.pays(from, middle) >= room {
                enough = middle
            } else {
                short = middle
            }
        }
        Some(enough)
    }
}

/// The stretches that the base reaches, lowest first; their amounts sum to R(F(reach)) − R(F(before)).
pub fn covered(ruler: &Ruler, before: i64, reach: i64) -> Vec<Covered> {
    let mut covered = Vec::new();
    for stretch in &ruler.stretches {
        let from = stretch.from.max(ruler.start).max(before);
        let to = stretch.to.map_or(reach, |to| to.min(reach));
        if from < to {
            covered.push(Covered {
                from,
                to,
                ratio: stretch.ratio,
                amount: 0,
            });
        }
    }
    let sizes: Vec<i128> = covered
        .iter()
        .map(|part| part.ratio * i128::from(part.to - part.from))
        .collect();
    let amounts = by_remainder(ruler.pays(before, reach), &sizes, PARTS);
    for (part, amount) in covered.iter_mut().zip(amounts) {
        part.amount = amount;
    }
    covered
}
