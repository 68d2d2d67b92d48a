//! One in-scope amount that grows while all else stands still.

use std::collections::BTreeMap;

use huitong_adjudication::{Compiled, Fault};
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::Layer;

use super::Layers;
use super::cases::is_open;
use super::probe::{Amounts, Fixed, Moves, Outcome, settle, shown};
use super::risk::Splits;
use super::stages::Stage;
use crate::review::work::{Counted, Work};

/// A fall, from one bill to the next.
pub(super) struct Fall<'s> {
    pub(super) layer: Name,
    pub(super) less: String,
    pub(super) pays: i64,
    pub(super) more: String,
    pub(super) then: i64,
    pub(super) stage: &'s Stage,
}

/// Why a search was not finished.
pub(super) enum Stopped {
    Fault { fault: Fault, bill: String },
    NoBillsLeft,
}

/// A search along one amount.
pub(super) struct Along<'a> {
    compiled: &'a Compiled,
    stage: &'a Stage,
    splits: Splits,
    layers: &'a mut Layers,
    fixed: BTreeMap<Name, Fixed>,
    /// A fen for each layer.
    tolerance: i64,
}

impl<'a> Along<'a> {
    pub(super) fn new(
        compiled: &'a Compiled,
        stage: &'a Stage,
        splits: Splits,
        layers: &'a mut Layers,
    ) -> Self {
        let policy = compiled.policy();
        let own = policy
            .layers()
            .iter()
            .map(|layer| (layer.name, moves(layer)));
        Self {
            compiled,
            stage,
            splits,
            layers,
            fixed: own.collect(),
            tolerance: i64::try_from(policy.layers().len()).unwrap_or(i64::MAX),
        }
    }

    /// Every fall between neighbouring bills.
    pub(super) fn search(&mut self, work: &mut Work) -> Result<Vec<Fall<'a>>, Stopped> {
        let mut falls = Vec::new();
        let mut before: Option<(i64, Outcome)> = None;
        for seed in self.stage.seeds.clone() {
            let outcome = self.settle(seed, work)?;
            if let Some(before) = before.take() {
                self.between(before, (seed, outcome.clone()), &mut falls, work)?;
            }
            before = Some((seed, outcome));
        }
        Ok(falls)
    }

    fn between(
        &mut self,
        low: (i64, Outcome),
        high: (i64, Outcome),
        falls: &mut Vec<Fall<'a>>,
        work: &mut Work,
    ) -> Result<(), Stopped> {
        let mut open = vec![(low, high)];
        while let Some((low, high)) = open.pop() {
            let gap = high.0.saturating_sub(low.0);
            let fell = self.falls(&low.1, &high.1);
            if gap <= 1 {
                if fell {
                    falls.extend(self.fall(&low, &high));
                }
                continue;
            }
            let straight = low.1.shape == high.1.shape;
            if !fell && (straight || self.splits == Splits::No) {
                continue;
            }
            let middle = low.0.saturating_add(gap / 2);
            let outcome = self.settle(middle, work)?;
            let goes_on = [(&low.1, &outcome), (&outcome, &high.1)]
                .into_iter()
                .any(|(one, other)| self.falls(one, other) || one.shape != other.shape);
            if fell && !goes_on {
                // It falls slowly, by less than can be told from rounding at each step.
                falls.extend(self.fall(&low, &high));
                continue;
            }
            let middle = (middle, outcome);
            open.push((middle.clone(), high));
            open.push((low, middle));
        }
        Ok(())
    }

    fn settle(&mut self, amount: i64, work: &mut Work) -> Result<Outcome, Stopped> {
        if work.bill() == Counted::Over {
            return Err(Stopped::NoBillsLeft);
        }
        let bill = self.bill(amount);
        let nothing = Fixed {
            start: Moves::WithBill,
            ceilings: Moves::WithBill,
        };
        let fixed = |name: Name| self.fixed.get(&name).copied().unwrap_or(nothing);
        match settle(self.compiled, &self.stage.standing, &bill, &fixed) {
            Ok(outcome) => {
                self.layers.applied.extend(&outcome.applied);
                let took = outcome.layers.iter().map(|(name, _)| *name);
                self.layers.took.extend(took);
                Ok(outcome)
            }
            Err(fault) => Err(Stopped::Fault {
                fault,
                bill: shown(&bill),
            }),
        }
    }

    fn bill(&self, amount: i64) -> Amounts {
        let mut bill = self.stage.others.clone();
        bill.insert(self.stage.grown.clone(), amount);
        bill
    }

    fn falls(&self, low: &Outcome, high: &Outcome) -> bool {
        let excused = excused(self.compiled.policy(), low, high);
        let then = high.funds.saturating_add(excused);
        then < low.funds.saturating_sub(self.tolerance)
    }

    fn fall(&self, low: &(i64, Outcome), high: &(i64, Outcome)) -> Option<Fall<'a>> {
        let layers = self.compiled.policy().layers().iter();
        let layer = layers.max_by_key(|layer| fell_by(layer.name, &low.1, &high.1))?;
        Some(Fall {
            layer: layer.name,
            less: shown(&self.bill(low.0)),
            pays: low.1.funds,
            more: shown(&self.bill(high.0)),
            then: high.1.funds,
            stage: self.stage,
        })
    }
}

/// What a layer pays less of the larger bill.
fn fell_by(layer: Name, low: &Outcome, high: &Outcome) -> i64 {
    let paid = |outcome: &Outcome| {
        let mut own = outcome.layers.iter().filter(|(name, _)| *name == layer);
        own.next().map_or(0, |(_, paid)| *paid)
    };
    paid(low).saturating_sub(paid(high))
}

/// What layers pay less whose fall is meant.
fn excused(policy: &Policy, low: &Outcome, high: &Outcome) -> i64 {
    let meant = policy.layers().iter();
    let meant = meant.filter(|layer| layer.accepted_jump.is_some());
    meant
        .map(|layer| fell_by(layer.name, low, high).max(0))
        .fold(0, i64::saturating_add)
}

/// Which thresholds of a layer are amounts by facts alone.
fn moves(layer: &Layer) -> Fixed {
    let by_row = |open: bool| if open { Moves::WithBill } else { Moves::ByRow };
    let start = layer.start.iter().flat_map(|start| &start.amount.rows);
    let start = start.flat_map(|row| &row.value.terms);
    let ceilings = layer
        .ceilings
        .iter()
        .flat_map(|ceiling| &ceiling.amount.rows);
    let ceilings = ceilings.filter_map(|row| row.value.as_ref());
    let ceilings = ceilings.flat_map(|linear| &linear.terms);
    Fixed {
        start: by_row(start.map(|term| term.fact).any(is_open)),
        ceilings: by_row(ceilings.map(|term| term.fact).any(is_open)),
    }
}
