//! Where a search begins: what stands still while one in-scope amount grows, and the bills tried first.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::coverage::Balances;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::policy::layer::{Axis, Layer, MetBy};
use huitong_core::vocabulary::Part;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::cases::linears;
use super::probe::{Amounts, Standing, totals};
use crate::review::labels::classes;
use crate::review::situation::{Named, Situation};
use crate::review::tables::sites;
use crate::review::world::{MUCH, World};

/// In-scope amounts by tag that are let grow, each in a search of its own.
const GROWN_AT_MOST: usize = 6;
/// Fen: round sums at which nothing in particular happens.
const ROUND: [i64; 6] = [1, 1_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
/// Fen: what a total is below its threshold at the third stage.
const JUST_BELOW: i64 = 5_000;

/// One search.
#[derive(Debug, Clone)]
pub(in crate::review) struct Stage {
    pub(super) situation: Situation,
    pub(in crate::review) standing: Standing,
    /// The rest of the bill.
    pub(super) others: Amounts,
    /// What grows.
    pub(super) grown: (Part, Vec<Name>),
    /// How large it is at first, ascending.
    pub(in crate::review) seeds: Vec<i64>,
    /// Totals that do not stand at zero.
    totals: BTreeMap<Name, i64>,
}

impl Stage {
    /// The facts that matter, with the totals.
    pub(super) fn shown(&self, named: &Named, world: &World<'_>) -> String {
        let mut situation = self.situation.clone();
        let mut named = named.clone();
        for (name, value) in &self.totals {
            let fact = NumberFact::Total(*name);
            situation.amounts.insert(fact, *value);
            named.numbers.insert(fact);
        }
        situation.shown(&named, &|fact| world.dimension(fact))
    }
}

/// Every search for one combination of facts.
pub(in crate::review) fn stages(policy: &Policy, situation: &Situation) -> Vec<Stage> {
    let applying: Vec<&Layer> = policy
        .layers()
        .iter()
        .filter(|layer| may_apply(layer, situation))
        .collect();
    let marks = marks(policy, &applying, situation);
    let classes = classes(policy.layers());
    let (grown, rest): (Vec<_>, Vec<_>) = classes
        .into_iter()
        .map(|(part, tags)| (part, tags.into_iter().collect::<Vec<Name>>()))
        .partition(|(part, _)| *part == Part::InScope);
    let mut stages = Vec::new();
    for grown_class in grown.iter().take(GROWN_AT_MOST) {
        let others = others(grown_class, &grown, &rest);
        let plans = [
            (Level::Zero, Amounts::new(), Balances::NONE),
            (Level::Zero, others.clone(), some_balances()),
            (Level::Half, others, some_balances()),
            (Level::JustBelow, Amounts::new(), Balances::NONE),
        ];
        for (level, others, balances) in plans {
            let values = marks.totals_at(policy, level);
            if level != Level::Zero && values.is_empty() {
                continue;
            }
            stages.push(Stage {
                situation: situation.clone(),
                standing: Standing {
                    facts: situation.facts.clone(),
                    totals: totals(policy, &situation.facts, &values),
                    balances,
                },
                others,
                grown: grown_class.clone(),
                seeds: marks.seeds(&values),
                totals: values,
            });
        }
    }
    stages
}

/// Where totals stand before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Zero,
    /// At half of the largest threshold that reads them.
    Half,
    JustBelow,
}

fn some_balances() -> Balances {
    let thousand = Fen::new(100_000).unwrap_or(Fen::ZERO);
    Balances {
        own: thousand,
        family: thousand,
    }
}

/// Something of everything that does not grow.
fn others(
    grown: &(Part, Vec<Name>),
    in_scope: &[(Part, Vec<Name>)],
    rest: &[(Part, Vec<Name>)],
) -> Amounts {
    let mut others = Amounts::new();
    for (class, amount) in in_scope
        .iter()
        .map(|class| (class, 300_000))
        .chain(rest.iter().map(|class| (class, 100_000)))
    {
        if class != grown {
            others.insert(class.clone(), amount);
        }
    }
    others
}

/// Whether a layer applies when amounts that are open are what they need to be.
fn may_apply(layer: &Layer, situation: &Situation) -> bool {
    let may = |clauses: &Vec<Clause>| {
        clauses.iter().all(|clause| match clause {
            Clause::Between { fact, .. } if super::cases::is_open(*fact) => true,
            Clause::Between { .. }
            | Clause::IsOneOf(..)
            | Clause::IsNoneOf(..)
            | Clause::Holds(_)
            | Clause::HoldsNot(_) => situation.clause(clause),
        })
    };
    layer.when.any.is_empty() || layer.when.any.iter().any(may)
}

/// Amounts at which rules change.
struct Marks {
    /// Starts, which shift what is measured above them.
    starts: BTreeSet<i64>,
    all: BTreeSet<i64>,
    /// The largest threshold that reads a total.
    totals: BTreeMap<Name, i64>,
}

fn marks(policy: &Policy, applying: &[&Layer], situation: &Situation) -> Marks {
    let mut marks = Marks {
        starts: BTreeSet::new(),
        all: BTreeSet::new(),
        totals: BTreeMap::new(),
    };
    let root = huitong_core::policy::FaultPath::ROOT;
    for layer in applying {
        let own: Vec<i64> = linears(layer)
            .into_iter()
            .flat_map(|linear| {
                let fixed = situation.threshold(linear);
                let bounds = [linear.at_least, linear.at_most].into_iter().flatten();
                let knees = bounds.flat_map(|bound| knees(bound, linear));
                fixed.into_iter().chain(knees).collect::<Vec<_>>()
            })
            .filter(|mark| (1..=MUCH).contains(mark))
            .collect();
        marks.all.extend(&own);
        if let Some(start) = &layer.start {
            let amount = situation.first(&start.amount);
            let amount = amount.and_then(|linear| situation.threshold(linear));
            marks.starts.extend(amount);
        }
        let largest = own.iter().copied().max().unwrap_or(0);
        for total in totals_of(layer) {
            let mark = marks.totals.entry(total).or_insert(0);
            *mark = (*mark).max(largest);
        }
        let rows = sites(&root, layer).into_iter().flat_map(|site| site.rows);
        let adjustments = layer.adjustments.iter().map(|adjustment| &adjustment.when);
        for condition in rows.chain(adjustments).chain([&layer.when]) {
            marks.condition(condition);
        }
    }
    for total in policy.totals() {
        marks.condition(&total.when);
    }
    marks
}

/// Where a sum of the bill meets one of its bounds.
fn knees(bound: Decimal, linear: &huitong_core::policy::quantity::Linear) -> Vec<i64> {
    let of_term = linear.terms.iter().filter_map(|term| {
        let way = bound.checked_sub(linear.constant)?;
        way.checked_div(term.coefficient)?.floor().to_i64()
    });
    of_term.chain(bound.to_i64()).collect()
}

fn totals_of(layer: &Layer) -> impl Iterator<Item = Name> {
    let axis = match layer.axis {
        Axis::Total(name) => Some(name),
        Axis::Visit => None,
    };
    let met = layer.start.iter().filter_map(|start| match start.met_by {
        MetBy::Scope(name) | MetBy::Charged(name) => Some(name),
        MetBy::Nothing => None,
    });
    let ceilings = layer.ceilings.iter().filter_map(|ceiling| ceiling.total);
    axis.into_iter().chain(met).chain(ceilings)
}

impl Marks {
    fn condition(&mut self, condition: &Condition) {
        for clause in condition.any.iter().flatten() {
            let Clause::Between {
                fact,
                at_least,
                at_most,
            } = clause
            else {
                continue;
            };
            if !super::cases::is_open(*fact) {
                continue;
            }
            let bounds = [at_least, at_most].into_iter().flatten();
            let bounds: Vec<i64> = bounds
                .filter_map(|bound| bound.to_i64())
                .filter(|bound| (1..=MUCH).contains(bound))
                .collect();
            if let NumberFact::Total(name) = fact {
                let largest = bounds.iter().copied().max().unwrap_or(0);
                let mark = self.totals.entry(*name).or_insert(0);
                *mark = (*mark).max(largest);
            }
            self.all.extend(bounds);
        }
    }

    fn totals_at(&self, policy: &Policy, level: Level) -> BTreeMap<Name, i64> {
        let at = |name: &Name, mark: i64| {
            let mut totals = policy.totals().iter();
            let rule = totals.find(|total| total.name == *name)?;
            let value = match (level, rule.dimension()) {
                (Level::Zero, _) => 0,
                (Level::Half, _) => mark / 2,
                (Level::JustBelow, Dimension::Money) => mark.saturating_sub(JUST_BELOW),
                (Level::JustBelow, Dimension::Count) => mark,
            };
            (value > 0).then_some((*name, value))
        };
        self.totals
            .iter()
            .filter_map(|(name, mark)| at(name, *mark))
            .collect()
    }

    /// Ascending, each mark with its neighbours, and what is left to it after the totals.
    fn seeds(&self, totals: &BTreeMap<Name, i64>) -> Vec<i64> {
        let shifted = self.all.iter().flat_map(|mark| {
            self.starts
                .iter()
                .map(|start| mark.saturating_add(*start))
                .chain(totals.values().map(|value| mark.saturating_sub(*value)))
        });
        let marks: BTreeSet<i64> = self.all.iter().copied().chain(shifted).collect();
        let near = marks
            .iter()
            .flat_map(|mark| [mark.saturating_sub(1), *mark, mark.saturating_add(1)]);
        let largest = marks.last().copied().unwrap_or(0);
        let beyond = largest
            .saturating_mul(4)
            .clamp(100_000_000, MUCH.saturating_mul(2));
        let seeds: BTreeSet<i64> = near.chain(ROUND).chain([beyond]).collect();
        seeds.into_iter().filter(|seed| *seed > 0).collect()
    }
}
