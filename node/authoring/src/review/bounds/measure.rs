//! What the bound funds do for one combination of facts, measured on bills.

use huitong_adjudication::Compiled;
use huitong_core::decision::{Decision, Step};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::{Bounds, Payer};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;
use rust_decimal::Decimal;

use crate::review::falls::probe::{Amounts, decide};
use crate::review::falls::stages::stages;
use crate::review::finding::Passed;
use crate::review::situation::{Situation, yuan};
use crate::review::work::{Counted, Work};

/// Fen by which a bill is made larger: one part in ten thousand is a hundredth of a point.
const MORE: i64 = 10_000;

/// Amounts between thresholds at which one combination of facts is measured.
const AMOUNTS_AT_MOST: usize = 16;

/// A limit that is passed, and the layer that passes it.
pub(super) struct Found {
    pub(super) layer: Name,
    pub(super) passed: Passed,
}

/// Where funds fall short, before it is said what of.
pub(super) struct Short(Name);

impl Short {
    pub(super) const fn with(self, passed: Passed) -> Found {
        Found {
            layer: self.0,
            passed,
        }
    }
}

/// Bills settled for what some funds pay of them.
pub(super) struct Measure<'a> {
    compiled: &'a Compiled,
    funds: &'a [Fund],
    work: &'a mut Work,
}

/// What the bound layers did with a bill, in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sums {
    paid: i64,
    /// What was taken or kept off by a weight, under no start and above no ceiling.
    covered: i64,
}

impl<'a> Measure<'a> {
    pub(super) const fn new(compiled: &'a Compiled, funds: &'a [Fund], work: &'a mut Work) -> Self {
        Self {
            compiled,
            funds,
            work,
        }
    }

    fn decide(&mut self, situation: &Situation, amount: i64) -> Option<Decision> {
        if self.work.bill() == Counted::Over {
            return None;
        }
        let stages = stages(self.compiled.policy(), situation);
        let bill = Amounts::from([((Part::InScope, Vec::new()), amount)]);
        decide(self.compiled, &stages.first()?.standing, &bill).ok()
    }

    /// Amounts between the thresholds.
    fn amounts(&self, situation: &Situation) -> Vec<i64> {
        let stages = stages(self.compiled.policy(), situation);
        let seeds = stages.first().map(|stage| stage.seeds.clone());
        let seeds = seeds.unwrap_or_default();
        let next = seeds.iter().skip(1);
        let gaps = seeds.iter().zip(next).map(|(low, high)| (*low, *high));
        let wide = gaps.filter(|(low, high)| high.saturating_sub(*low) > MORE.saturating_mul(4));
        let amounts: Vec<i64> = wide
            .map(|(low, high)| low.saturating_add(high.saturating_sub(low) / 2))
            .collect();
        // The largest is always among them: there every layer has begun and every ceiling is met.
        let every = amounts.len().div_ceil(AMOUNTS_AT_MOST).max(1);
        let mut some: Vec<i64> = amounts.iter().rev().step_by(every).copied().collect();
        some.reverse();
        some
    }

    fn pays(&self, payer: Payer) -> bool {
        match payer {
            Payer::Fund(fund) => self.funds.contains(&fund),
            Payer::Hospital | Payer::Given(_) => false,
        }
    }

    fn sums(&self, decision: &Decision) -> Sums {
        let bound: Vec<Name> = decision
            .layers
            .iter()
            .filter(|layer| self.pays(layer.payer))
            .map(|layer| layer.id)
            .collect();
        let mut sums = Sums {
            paid: 0,
            covered: 0,
        };
        for step in &decision.trace {
            match step {
                Step::Took { layer, matched, .. } if bound.contains(layer) => {
                    sums.covered = sums.covered.saturating_add(matched.get());
                }
                Step::Paid {
                    layer,
                    amount,
                    start,
                    above,
                    ..
                } if bound.contains(layer) => {
                    sums.paid = sums.paid.saturating_add(amount.get());
                    let outside = start.get().saturating_add(above.get());
                    sums.covered = sums.covered.saturating_sub(outside);
                }
                Step::Took { .. }
                | Step::Paid { .. }
                | Step::Split { .. }
                | Step::Tier { .. }
                | Step::Skipped { .. }
                | Step::Start { .. }
                | Step::Adjusted { .. }
                | Step::Segment { .. }
                | Step::Floor { .. }
                | Step::Ceiling { .. }
                | Step::Balance { .. }
                | Step::Total { .. }
                | Step::Closed { .. } => {}
            }
        }
        sums
    }

    /// What is paid of and covered of a little more; `None` where a rule changes just there.
    fn marginal(&mut self, situation: &Situation, amount: i64) -> Option<Sums> {
        let mut at = |amount: i64| {
            let decision = self.decide(situation, amount)?;
            Some(self.sums(&decision))
        };
        let first = at(amount)?;
        let second = at(amount.saturating_add(MORE))?;
        let third = at(amount.saturating_add(MORE.saturating_mul(2)))?;
        let less = |one: Sums, other: Sums| Sums {
            paid: other.paid.saturating_sub(one.paid),
            covered: other.covered.saturating_sub(one.covered),
        };
        let (low, high) = (less(first, second), less(second, third));
        let even = low.paid.abs_diff(high.paid) <= 2 && low.covered.abs_diff(high.covered) <= 2;
        even.then_some(low)
    }

    /// The first bound layer of a bill, or of the policy.
    fn layer(&mut self, situation: &Situation, amount: i64) -> Option<Name> {
        let decision = self.decide(situation, amount)?;
        let mut applied = decision
            .layers
            .iter()
            .filter(|layer| self.pays(layer.payer));
        let mut all = self.compiled.policy().layers().iter();
        let applied = applied.next().map(|layer| layer.id);
        applied.or_else(|| {
            all.find(|layer| self.pays(layer.payer))
                .map(|layer| layer.name)
        })
    }

    /// Whether of one more yuan so many points less are paid than otherwise.
    pub(super) fn points_below(
        &mut self,
        situation: &Situation,
        other: &Situation,
        most: Decimal,
    ) -> Option<(Short, String, Situation)> {
        let mut worst: Option<(i64, i64)> = None;
        for amount in self.amounts(situation) {
            let (Some(here), Some(there)) = (
                self.marginal(situation, amount),
                self.marginal(other, amount),
            ) else {
                continue;
            };
            // Under one of the starts or above a ceiling nothing of the ratio is to be seen.
            if here.covered < MORE || there.covered < MORE {
                continue;
            }
            let less = there.paid.saturating_sub(here.paid);
            if worst.is_none_or(|(known, _)| less > known) {
                worst = Some((less, amount));
            }
        }
        let (less, amount) = worst?;
        // Of MORE fen a hundredth is a point; two fen are rounding.
        let points = Decimal::new(less, 2);
        if points <= most.checked_add(Decimal::new(2, 2))? {
            return None;
        }
        let layer = self.layer(situation, amount)?;
        let points = points.round_dp(1).normalize().to_string();
        Some((Short(layer), points, other.clone()))
    }

    /// Whether less than a share is paid of what is covered.
    pub(super) fn ratio_below(&mut self, situation: &Situation, least: Ratio) -> Option<Found> {
        let mut lowest: Option<(Decimal, i64)> = None;
        let amounts = self.amounts(situation);
        for amount in &amounts {
            let Some(more) = self.marginal(situation, *amount) else {
                continue;
            };
            if more.covered <= 0 {
                continue;
            }
            let ratio = Decimal::from(more.paid).checked_div(Decimal::from(more.covered))?;
            if lowest.is_none_or(|(known, _)| ratio < known) {
                lowest = Some((ratio, *amount));
            }
        }
        // Nothing covered at any amount: nothing is paid.
        let (ratio, amount) = lowest.or_else(|| Some((Decimal::ZERO, *amounts.last()?)))?;
        if ratio.checked_add(Decimal::new(1, 3))? >= least.get() {
            return None;
        }
        let layer = self.layer(situation, amount)?;
        let (ratio, least) = (shown(ratio), shown(least.get()));
        Some(Found {
            layer,
            passed: Passed::Ratio { ratio, least },
        })
    }

    /// Whether less than a share is paid of a bill.
    pub(super) fn share_below(
        &mut self,
        situation: &Situation,
        least: Ratio,
        bill: Fen,
    ) -> Option<Found> {
        let decision = self.decide(situation, bill.get())?;
        let paid = Decimal::from(self.sums(&decision).paid);
        let ratio = paid.checked_div(Decimal::from(bill.get()))?;
        if ratio >= least.get() {
            return None;
        }
        let layer = self.layer(situation, bill.get())?;
        let (ratio, least) = (shown(ratio), shown(least.get()));
        let bill = bill.to_string();
        Some(Found {
            layer,
            passed: Passed::Share { ratio, least, bill },
        })
    }

    /// Steps of bound layers of the largest bill that is tried.
    fn steps(&mut self, situation: &Situation) -> Option<(Decision, Vec<Name>)> {
        let largest = *self.amounts(situation).last()?;
        let decision = self.decide(situation, largest)?;
        let layers = decision.layers.iter();
        let bound = layers.filter(|layer| self.pays(layer.payer));
        let bound = bound.map(|layer| layer.id).collect();
        Some((decision, bound))
    }

    /// Whether a start is above an amount.
    pub(super) fn start_above(&mut self, situation: &Situation, most: i64) -> Option<Found> {
        let (decision, bound) = self.steps(situation)?;
        let mut starts = decision.trace.iter().filter_map(|step| match step {
            Step::Start {
                layer, standard, ..
            } if bound.contains(layer) && standard.get() > most => Some((*layer, *standard)),
            Step::Split { .. }
            | Step::Tier { .. }
            | Step::Skipped { .. }
            | Step::Took { .. }
            | Step::Start { .. }
            | Step::Adjusted { .. }
            | Step::Segment { .. }
            | Step::Floor { .. }
            | Step::Ceiling { .. }
            | Step::Balance { .. }
            | Step::Paid { .. }
            | Step::Total { .. }
            | Step::Closed { .. } => None,
        });
        let (layer, start) = starts.next()?;
        let (start, most) = (start.to_string(), yuan(most));
        Some(Found {
            layer,
            passed: Passed::Start { start, most },
        })
    }

    /// The ceilings on payment of bound layers.
    fn ceilings(decision: &Decision, bound: &[Name]) -> Vec<(Name, i64)> {
        let ceilings = decision.trace.iter().filter_map(|step| match step {
            Step::Ceiling {
                layer,
                bounds: Bounds::Payment,
                limit,
                ..
            } if bound.contains(layer) => Some((*layer, limit.get())),
            Step::Split { .. }
            | Step::Tier { .. }
            | Step::Skipped { .. }
            | Step::Took { .. }
            | Step::Start { .. }
            | Step::Adjusted { .. }
            | Step::Segment { .. }
            | Step::Floor { .. }
            | Step::Ceiling { .. }
            | Step::Balance { .. }
            | Step::Paid { .. }
            | Step::Total { .. }
            | Step::Closed { .. } => None,
        });
        ceilings.collect()
    }

    /// Whether a ceiling is below an amount.
    pub(super) fn ceiling_below(&mut self, situation: &Situation, least: i64) -> Option<Found> {
        let (decision, bound) = self.steps(situation)?;
        let ceilings = Self::ceilings(&decision, &bound).into_iter();
        let (layer, ceiling) = ceilings.into_iter().find(|(_, limit)| *limit < least)?;
        let (ceiling, least) = (yuan(ceiling), yuan(least));
        Some(Found {
            layer,
            passed: Passed::CeilingLow { ceiling, least },
        })
    }

    /// Whether a ceiling is above an amount, or there is none.
    pub(super) fn ceiling_above(&mut self, situation: &Situation, most: i64) -> Option<Found> {
        let (decision, bound) = self.steps(situation)?;
        let ceilings = Self::ceilings(&decision, &bound);
        let most = (most, yuan(most));
        let without = bound
            .iter()
            .find(|layer| !ceilings.iter().any(|(own, _)| own == *layer));
        let high = ceilings.iter().find(|(_, limit)| *limit > most.0);
        match (without, high) {
            (Some(layer), _) => Some(Found {
                layer: *layer,
                passed: Passed::NoCeiling { most: most.1 },
            }),
            (None, Some((layer, ceiling))) => Some(Found {
                layer: *layer,
                passed: Passed::CeilingHigh {
                    ceiling: yuan(*ceiling),
                    most: most.1,
                },
            }),
            (None, None) => None,
        }
    }
}

/// A ratio as people write it.
fn shown(ratio: Decimal) -> String {
    format!("{:.2}", ratio.round_dp(4))
}
