//! What each layer paid of each line: worked out when somebody reads it (rule 18).
//!
//! A decision is about the bill; lines follow from it. The money of every bucket is followed to the lines
//! it came from: what a layer paid, and left as start, share, above and none, in this order, each in
//! proportion to what a line has left in the bucket, ties by the order of the lines as sent. Shares sum
//! exactly, by line and by layer.

use std::collections::BTreeMap;

use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_core::policy::layer::Left;
use huitong_core::vocabulary::Part;

use crate::case::Case;
use crate::compiled::{Compiled, LayerForm};
use crate::engine::{Bucket, Division, Spreader, Watch, adjudicate_watched, labelled, tag_bits};
use crate::exact::{add, sub};
use crate::fault::{Fault, RuleFault};

/// What is paid of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineShare {
    /// The number of the line as charged.
    pub number: u32,
    /// What each layer of the decision paid of it, in the order of [`Decision::layers`].
    pub paid: Vec<Fen>,
    /// What is left to be paid in cash.
    pub cash: Fen,
}

/// The shares of every line of a decided bill, in the order of the lines.
///
/// # Errors
/// [`Fault::OtherDecision`] when the decision is not the one of this policy and case, else as
/// [`adjudicate`](crate::adjudicate).
pub fn line_shares(
    compiled: &Compiled,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<Vec<LineShare>, Fault> {
    let mut follow = Follow::new(compiled, case);
    if adjudicate_watched(compiled, case, &mut follow)? != *decision {
        return Err(Fault::OtherDecision);
    }
    follow.shares(case, decision)
}

/// What lines hold of each bucket: places of lines with amounts, in the order of the lines.
type Holdings = BTreeMap<(usize, u128), Vec<(usize, i64)>>;

struct Follow {
    holdings: Holdings,
    /// What each layer that took something paid, by line.
    paid: Vec<Vec<i64>>,
    lines: usize,
    spreader: Spreader,
}

impl Follow {
    fn new(compiled: &Compiled, case: &Case<'_>) -> Self {
        let mut by_key: BTreeMap<(Part, u64), Vec<(usize, i64)>> = BTreeMap::new();
        for (place, line) in case.bill.lines().iter().enumerate() {
            let tags = tag_bits(compiled.names(), &line.tags);
            for part in Part::ALL {
                let amount = line.parts.get(*part).get();
                if amount > 0 {
                    by_key
                        .entry((*part, tags))
                        .or_default()
                        .push((place, amount));
                }
            }
        }
        // Origins ascend by the same key, so their places are the places here.
        let holdings = by_key
            .into_values()
            .enumerate()
            .map(|(origin, held)| ((origin, 0), held))
            .collect();
        Self {
            holdings,
            paid: Vec::new(),
            lines: case.bill.lines().len(),
            spreader: Spreader::new(),
        }
    }

    /// Moves `amount` of what lines hold to `into`, in proportion to what they hold.
    fn hand(
        &mut self,
        held: &mut [(usize, i64)],
        amount: i64,
        mut into: impl FnMut(usize, i64) -> Result<(), RuleFault>,
    ) -> Result<(), RuleFault> {
        if amount == 0 {
            return Ok(());
        }
        self.spreader
            .weigh(held.iter().map(|(_, amount)| *amount))?;
        let parts = self.spreader.spread(amount)?;
        for ((line, left), part) in held.iter_mut().zip(parts) {
            *left = sub(*left, part.get())?;
            into(*line, part.get())?;
        }
        Ok(())
    }

    fn shares(self, case: &Case<'_>, decision: &Decision) -> Result<Vec<LineShare>, Fault> {
        let mut cash = vec![0; self.lines];
        for (line, amount) in self.holdings.into_values().flatten() {
            if let Some(cash) = cash.get_mut(line) {
                *cash = add(*cash, amount).map_err(|_| Fault::Unbalanced)?;
            }
        }
        if self.paid.len() != decision.layers.len() {
            return Err(Fault::Unbalanced);
        }
        let money = |amount: i64| Fen::new(amount).map_err(Fault::from);
        let lines = case.bill.lines().iter().zip(cash).enumerate();
        lines
            .map(|(place, (line, cash))| {
                let of_line = self
                    .paid
                    .iter()
                    .map(|paid| paid.get(place).copied().unwrap_or(0));
                let share = LineShare {
                    number: line.number,
                    paid: of_line.map(money).collect::<Result<_, _>>()?,
                    cash: money(cash)?,
                };
                let sum = Fen::sum(share.paid.iter().copied().chain([share.cash]))?;
                if sum == line.parts.total()? {
                    Ok(share)
                } else {
                    Err(Fault::Unbalanced)
                }
            })
            .collect()
    }
}

impl Watch for Follow {
    fn divided(
        &mut self,
        layer: &LayerForm,
        buckets: &[Bucket],
        divisions: &[Division],
    ) -> Result<(), RuleFault> {
        let mut paid = vec![0; self.lines];
        let mut next = Holdings::new();
        let mut took = false;
        for (bucket, division) in buckets.iter().zip(divisions) {
            let key = (bucket.origin, bucket.labels);
            let mut held = self.holdings.remove(&key).unwrap_or_default();
            took |= division.taken > 0;
            self.hand(&mut held, division.paid, |line, amount| {
                let sum = paid.get_mut(line).ok_or(RuleFault::Overflow)?;
                *sum = add(*sum, amount)?;
                Ok(())
            })?;
            let Some(shift) = layer.label_shift else {
                held.retain(|(_, amount)| *amount > 0);
                next.insert(key, held);
                continue;
            };
            let left = [
                (division.start, Left::Start),
                (division.share, Left::Share),
                (division.above, Left::Above),
                (sub(bucket.amount, division.taken)?, Left::None),
            ];
            for (amount, left) in left {
                let mut part = Vec::new();
                self.hand(&mut held, amount, |line, amount| {
                    if amount > 0 {
                        part.push((line, amount));
                    }
                    Ok(())
                })?;
                if !part.is_empty() {
                    next.insert((bucket.origin, labelled(bucket.labels, shift, left)), part);
                }
            }
        }
        self.holdings = next;
        if took {
            self.paid.push(paid);
        }
        Ok(())
    }
}
