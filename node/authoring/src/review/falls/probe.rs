//! One bill through the real engine, and what of the outcome matters for falls.

use std::collections::BTreeMap;

use huitong_adjudication::{Case, Compiled, Facts, Fault, StoredTotal, adjudicate};
use huitong_core::bill::SplitBill;
use huitong_core::coverage::Balances;
use huitong_core::decision::{Decision, SkipReason, Step};
use huitong_core::digest::Digest;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::total::{Period, TotalKey};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::Part;

use crate::review::situation::yuan;

/// Amounts of a bill by part and tags.
pub(in crate::review) type Amounts = BTreeMap<(Part, Vec<Name>), i64>;

/// All but the bill.
#[derive(Debug, Clone)]
pub(in crate::review) struct Standing {
    pub(in crate::review) facts: Facts,
    pub(in crate::review) totals: BTreeMap<Name, StoredTotal>,
    pub(in crate::review) balances: Balances,
}

/// What a bill came to.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// The sum of all funds.
    pub(super) funds: i64,
    /// What each layer paid that took something, and its base.
    pub(super) layers: Vec<(Name, i64)>,
    /// Layers whose `when` held.
    pub(super) applied: Vec<Name>,
    /// What the engine did, its amounts aside: where two bills agree in it, everything between them is
    /// straight.
    pub(super) shape: Vec<u64>,
}

/// Totals as they stand before, each in a slot of its own when the visit has one.
pub(super) fn totals(
    policy: &Policy,
    facts: &Facts,
    values: &BTreeMap<Name, i64>,
) -> BTreeMap<Name, StoredTotal> {
    let kept = policy.totals().iter().filter(|total| {
        let by_disease = total.period == Period::DiseaseYear || total.key == TotalKey::Disease;
        let by_package = total.key == TotalKey::Package;
        !(by_disease && facts.diseases.is_empty() || by_package && facts.package.is_none())
    });
    kept.map(|total| {
        let slot = TotalSlot {
            name: total.name,
            stretch: Stretch::Life,
            key: None,
        };
        let value = values.get(&total.name).copied().unwrap_or(0);
        (total.name, StoredTotal { slot, value })
    })
    .collect()
}

/// Settles a bill.
pub(super) fn settle(
    compiled: &Compiled,
    standing: &Standing,
    amounts: &Amounts,
    fixed: &dyn Fn(Name) -> Fixed,
) -> Result<Outcome, Fault> {
    Ok(outcome(&decide(compiled, standing, amounts)?, fixed))
}

/// The decision of a bill.
pub(in crate::review) fn decide(
    compiled: &Compiled,
    standing: &Standing,
    amounts: &Amounts,
) -> Result<Decision, Fault> {
    let bill = bill(amounts)?;
    let case = Case {
        bill: &bill,
        facts: &standing.facts,
        totals: &standing.totals,
        balances: standing.balances,
        given: &BTreeMap::new(),
        catalogue: Digest::from_bytes([0; 32]),
    };
    adjudicate(compiled, &case)
}

fn bill(amounts: &Amounts) -> Result<SplitBill, Fault> {
    let fen = |(key, amount): (&(Part, Vec<Name>), &i64)| Ok((key.clone(), Fen::new(*amount)?));
    let amounts = amounts.iter().map(fen).collect::<Result<_, Fault>>()?;
    SplitBill::from_amounts(amounts)
        .map_err(|_| Fault::Money(huitong_core::money::MoneyError::OutOfRange))
}

/// A bill in words: `in 5000.00 + out 100.00`.
pub(super) fn shown(amounts: &Amounts) -> String {
    let of = amounts.iter().filter(|(_, amount)| **amount > 0);
    let words = of.map(|((part, tags), amount)| {
        let tags: String = tags.iter().map(|tag| format!(".{tag}")).collect();
        format!("{part}{tags} {}", yuan(*amount))
    });
    words.collect::<Vec<_>>().join(" + ")
}

/// Which thresholds of a layer no bill moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fixed {
    pub(super) start: Moves,
    pub(super) ceilings: Moves,
}

/// Whether a threshold is an amount by facts alone, or moves with the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    ByRow,
    WithBill,
}

fn outcome(decision: &Decision, fixed: &dyn Fn(Name) -> Fixed) -> Outcome {
    let mut shape = Vec::with_capacity(decision.trace.len());
    let mut applied: Vec<Name> = decision.layers.iter().map(|layer| layer.id).collect();
    for (place, step) in (0_u64..).zip(&decision.trace) {
        let mut say = |word: u64, value: u64| {
            shape.push(place.wrapping_mul(64).wrapping_add(word));
            shape.push(value);
        };
        let fen = |fen: &Fen| u64::try_from(fen.get()).unwrap_or(0);
        match step {
            Step::Skipped { layer, reason } => {
                if *reason == SkipReason::NothingToTake {
                    applied.push(*layer);
                }
                say(1, u64::from(*reason == SkipReason::When));
            }
            Step::Took { weight, .. } => say(2, weight.ten_billionths()),
            Step::Start {
                layer,
                standard,
                met,
                charged,
            } => {
                let whole = charged.get().saturating_add(met.get()) >= standard.get();
                say(3, u64::from(whole));
                if fixed(*layer).start == Moves::ByRow {
                    say(3, fen(standard));
                }
            }
            Step::Segment { ratio, .. } => say(4, ratio.ten_billionths()),
            Step::Floor { ratio, extra, .. } => {
                say(5, ratio.ten_billionths());
                say(5, u64::from(extra.is_zero()));
            }
            Step::Ceiling {
                layer, limit, cut, ..
            } => {
                say(6, u64::from(cut.is_zero()));
                if fixed(*layer).ceilings == Moves::ByRow {
                    say(6, fen(limit));
                }
            }
            Step::Balance { .. } => say(7, 0),
            Step::Paid {
                amount,
                start,
                share,
                above,
                ..
            } => {
                for left in [amount, start, share, above] {
                    say(8, u64::from(left.is_zero()));
                }
            }
            Step::Split { .. }
            | Step::Tier { .. }
            | Step::Adjusted { .. }
            | Step::Total { .. }
            | Step::Closed { .. } => {}
        }
    }
    Outcome {
        funds: decision.fund_total.get(),
        layers: decision
            .layers
            .iter()
            .map(|layer| (layer.id, layer.paid.get()))
            .collect(),
        applied,
        shape,
    }
}
