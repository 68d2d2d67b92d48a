//! Handing out an amount over several holders by largest remainder, in rooms that are used again.
//!
//! The arithmetic is `huitong_core::apportion`; this keeps its rooms from one call to the next, and
//! divides what an entry of a take pays and leaves among the entry's buckets (rule 4).

use huitong_core::apportion::apportion_into;
use huitong_core::money::Fen;

use super::buckets::Division;
use crate::exact::{fen, sub};
use crate::fault::RuleFault;

/// Two rooms: weights and parts.
#[derive(Debug)]
pub(crate) struct Spreader {
    weights: Vec<Fen>,
    parts: Vec<Fen>,
}

impl Spreader {
    pub(crate) fn new() -> Self {
        Self {
            weights: Vec::with_capacity(16),
            parts: Vec::with_capacity(16),
        }
    }

    /// Sets what the next amounts are spread in proportion to.
    pub(crate) fn weigh(&mut self, weights: impl Iterator<Item = i64>) -> Result<(), RuleFault> {
        self.weights.clear();
        for weight in weights {
            self.weights.push(fen(weight)?);
        }
        Ok(())
    }

    /// Spreads an amount; ties go to who comes first.
    pub(crate) fn spread(&mut self, amount: i64) -> Result<&[Fen], RuleFault> {
        self.parts.clear();
        self.parts.resize(self.weights.len(), Fen::ZERO);
        apportion_into(fen(amount)?, &self.weights, &mut self.parts)
            .map_err(|_| RuleFault::Overflow)?;
        Ok(&self.parts)
    }
}

/// What one entry of a take pays and leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryShares {
    pub(crate) paid: i64,
    pub(crate) start: i64,
    pub(crate) share: i64,
    pub(crate) above: i64,
}

/// Divides an entry's paid, start, share and above, in this order, among its buckets, each in proportion
/// to what a bucket has left.
pub(crate) fn divide(
    divisions: &mut [Division],
    entry: usize,
    shares: EntryShares,
    spreader: &mut Spreader,
) -> Result<(), RuleFault> {
    let of_entry = |division: &&mut Division| division.entry == Some(entry) && division.taken > 0;
    let mut alone = divisions.iter_mut().filter(of_entry);
    if let (Some(division), None) = (alone.next(), alone.next()) {
        (division.paid, division.start) = (shares.paid, shares.start);
        (division.share, division.above) = (shares.share, shares.above);
        return Ok(());
    }
    hand(
        divisions,
        entry,
        shares.paid,
        |division| &mut division.paid,
        spreader,
    )?;
    hand(
        divisions,
        entry,
        shares.start,
        |division| &mut division.start,
        spreader,
    )?;
    hand(
        divisions,
        entry,
        shares.share,
        |division| &mut division.share,
        spreader,
    )?;
    hand(
        divisions,
        entry,
        shares.above,
        |division| &mut division.above,
        spreader,
    )
}

fn hand(
    divisions: &mut [Division],
    entry: usize,
    amount: i64,
    field: impl Fn(&mut Division) -> &mut i64,
    spreader: &mut Spreader,
) -> Result<(), RuleFault> {
    if amount == 0 {
        return Ok(());
    }
    let of_entry = |division: &&mut Division| division.entry == Some(entry) && division.taken > 0;
    let mut short = false;
    spreader.weigh(divisions.iter_mut().filter(of_entry).map(|division| {
        let used = [
            division.paid,
            division.start,
            division.share,
            division.above,
        ];
        used.into_iter()
            .try_fold(division.taken, sub)
            .unwrap_or_else(|_| {
                short = true;
                0
            })
    }))?;
    if short {
        return Err(RuleFault::Overflow);
    }
    let parts = spreader.spread(amount)?;
    for (division, part) in divisions.iter_mut().filter(of_entry).zip(parts) {
        *field(division) = part.get();
    }
    Ok(())
}
