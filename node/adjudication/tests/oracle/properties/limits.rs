//! The limits of the promises: which clause keeps a policy from one.
//!
//! The clauses that the algebra states, and those that it takes for granted (marked so): where a rule
//! follows an amount that the bill itself moves, one fen more can move more than a fen.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Axis, Bounds, Layer, Left, MetBy, Payer};
use huitong_core::policy::quantity::Linear;
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::ratio::Ratio;

/// Why a promise does not hold of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excluded {
    /// A rule asks for an amount of this bill, a balance, or a total that this settlement moves: where the
    /// figure passes a bound, funds may jump (`accepted_jump`).
    FollowsTheBill,
    /// Warned: a take tells apart by label what a layer in between has pooled.
    PartOfAPool,
    /// Warned: a take has `share` but not `above` of a layer with a payment ceiling or a balance.
    SkipsAbove,
    /// A floor on a part of the bill beyond the first layer.
    FloorOnAPart,
    /// Taken for granted: another layer of the same settlement moves a layer's axis.
    AxisMovedByOthers,
    /// Taken for granted: another layer of the same settlement meets a layer's start.
    StartMetByThisBill,
    /// Taken for granted, for ratios: a ceiling is used up by more than what earlier layers paid.
    CeilingUsedUpFaster,
    /// A year in pieces: the layer does not lie along a total of its own base.
    NoAxisOfItsOwn,
    /// A year in pieces: a ceiling that is not used up by this layer alone, over the year.
    CeilingOfOneBill,
    /// A year in pieces: a floor guarantees a share of one bill.
    FloorOfOneBill,
    /// A year in pieces: a payment made elsewhere belongs to one bill.
    GivenForOneBill,
    /// A year in pieces, exactly: a weight below 1.
    Weighted,
}

/// What excludes a policy from "one fen more costs no less", and, with `ratios`, from "a higher ratio pays
/// no less".
pub fn of_rising(policy: &Policy, ratios: Ratios) -> Option<Excluded> {
    for (at, layer) in policy.layers().iter().enumerate() {
        let moves = |total: Name| adds_of_layers(policy, total, &policy.layers()[..at]);
        let excluded = [
            (
                follows_the_bill(layer, &|total| !moves(total).is_empty()),
                Excluded::FollowsTheBill,
            ),
            (tells_a_pool_apart(policy, at), Excluded::PartOfAPool),
            (skips_above(policy, layer), Excluded::SkipsAbove),
            (at > 0 && has_floor_on_a_part(layer), Excluded::FloorOnAPart),
            (
                matches!(layer.axis, Axis::Total(total) if !moves(total).is_empty()),
                Excluded::AxisMovedByOthers,
            ),
            (
                met_by(layer).is_some_and(|total| !moves(total).is_empty()),
                Excluded::StartMetByThisBill,
            ),
            (
                ratios == Ratios::Raised
                    && layer
                        .ceilings
                        .iter()
                        .filter_map(|ceiling| ceiling.total)
                        .any(|total| uses_up_faster(&moves(total))),
                Excluded::CeilingUsedUpFaster,
            ),
        ];
        if let Some((_, excluded)) = excluded.into_iter().find(|(holds, _)| *holds) {
            return Some(excluded);
        }
    }
    None
}

/// Whether ratios are raised, or the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ratios {
    Raised,
    Kept,
}

/// What excludes a policy from "a year in pieces pays what it would in one".
pub fn of_pieces(policy: &Policy) -> Option<Excluded> {
    for (at, layer) in policy.layers().iter().enumerate() {
        let adds = |total: Name| -> Vec<Adds> {
            let rule = policy.totals().iter().find(|rule| rule.name == total);
            rule.filter(|rule| rule.when.any.is_empty())
                .map_or(vec![], |rule| rule.adds.clone())
        };
        let own_axis =
            matches!(layer.axis, Axis::Total(total) if adds(total) == [Adds::Base(layer.name)]);
        let lasting = |ceiling: &huitong_core::policy::layer::Ceiling| match (
            ceiling.bounds,
            ceiling.total,
        ) {
            (_, None) => false,
            (Bounds::Scope, Some(total)) => layer.axis == Axis::Total(total),
            (Bounds::Payment, Some(total)) => adds(total) == [Adds::Paid(layer.name)],
        };
        let excluded = [
            (
                matches!(layer.payer, Payer::Given(_)),
                Excluded::GivenForOneBill,
            ),
            (!own_axis, Excluded::NoAxisOfItsOwn),
            (follows_the_bill(layer, &|_| true), Excluded::FollowsTheBill),
            (layer.floor.is_some(), Excluded::FloorOfOneBill),
            (
                !layer.ceilings.iter().all(lasting),
                Excluded::CeilingOfOneBill,
            ),
            (tells_a_pool_apart(policy, at), Excluded::PartOfAPool),
            (
                !layer.take.iter().all(|take| weighs_one(&take.weight)),
                Excluded::Weighted,
            ),
        ];
        if let Some((_, excluded)) = excluded.into_iter().find(|(holds, _)| *holds) {
            return Some(excluded);
        }
    }
    None
}

pub fn weighs_one(weight: &Table<Ratio>) -> bool {
    weight.rows.iter().all(|row| row.value == Ratio::ONE)
}

/// What of these layers a total adds.
fn adds_of_layers(policy: &Policy, total: Name, layers: &[Layer]) -> Vec<Adds> {
    let is_of = |adds: &Adds| match adds {
        Adds::Base(layer)
        | Adds::Left(layer, _)
        | Adds::StartCharged(layer)
        | Adds::Paid(layer) => layers.iter().any(|earlier| earlier.name == *layer),
        Adds::Bill(..) | Adds::One | Adds::Admission => false,
    };
    let rule: Option<&TotalRule> = policy.totals().iter().find(|rule| rule.name == total);
    rule.map_or(vec![], |rule| {
        rule.adds
            .iter()
            .filter(|adds| is_of(adds))
            .copied()
            .collect()
    })
}

/// Anything but what layers paid, each once.
fn uses_up_faster(adds: &[Adds]) -> bool {
    let once: BTreeSet<String> = adds.iter().map(|adds| format!("{adds:?}")).collect();
    once.len() < adds.len() || adds.iter().any(|adds| !matches!(adds, Adds::Paid(_)))
}

fn met_by(layer: &Layer) -> Option<Name> {
    match layer.start.as_ref()?.met_by {
        MetBy::Nothing => None,
        MetBy::Scope(total) | MetBy::Charged(total) => Some(total),
    }
}

fn has_floor_on_a_part(layer: &Layer) -> bool {
    layer
        .floor
        .as_ref()
        .is_some_and(|floor| floor.of != NumberFact::Base)
}

/// Whether a label of a layer is asked for across another layer that may have pooled it.
fn tells_a_pool_apart(policy: &Policy, at: usize) -> bool {
    let before = at
        .checked_sub(1)
        .map(|before| policy.layers()[before].label);
    let mut labels = policy.layers()[at]
        .take
        .iter()
        .flat_map(|take| take.left.iter().chain(&take.not_left));
    labels.any(|label| Some(label.layer) != before)
}

fn skips_above(policy: &Policy, layer: &Layer) -> bool {
    let capped = |label: Name| {
        policy
            .layers()
            .iter()
            .filter(|layer| layer.label == label)
            .any(|layer| {
                let account = matches!(layer.payer, Payer::Fund(fund) if fund.is_account());
                account
                    || layer
                        .ceilings
                        .iter()
                        .any(|ceiling| ceiling.bounds == Bounds::Payment)
            })
    };
    let labels: Vec<_> = layer.take.iter().flat_map(|take| &take.left).collect();
    let not_left = layer.take.iter().flat_map(|take| &take.not_left);
    let has = |of: Name, left: Left| {
        labels
            .iter()
            .any(|label| label.layer == of && label.left == left)
    };
    let skips = |label: &&huitong_core::policy::layer::LabelRef| {
        capped(label.layer) && !(has(label.layer, Left::Share) && has(label.layer, Left::Above))
    };
    labels.iter().any(skips) || not_left.into_iter().any(|label| capped(label.layer))
}

/// Whether a rule of the layer asks for an amount that the bill moves; `moved` says which totals it moves. A
/// start may rise with the bill.
fn follows_the_bill(layer: &Layer, moved: &dyn Fn(Name) -> bool) -> bool {
    let moves = |fact: NumberFact| match fact {
        NumberFact::Total(total) => moved(total),
        NumberFact::Balance(_) => true,
        fact => fact.is_of_this_bill(),
    };
    let asks = |condition: &Condition| {
        condition
            .any
            .iter()
            .flatten()
            .any(|clause| matches!(clause, Clause::Between { fact, .. } if moves(*fact)))
    };
    let linear = |linear: &Linear| linear.terms.iter().any(|term| moves(term.fact));
    let ratio = |table: &Table<Ratio>| table.rows.iter().any(|row| asks(&row.when));
    asks(&layer.when)
        || layer.take.iter().any(|take| ratio(&take.weight))
        || layer
            .start
            .iter()
            .flat_map(|start| &start.amount.rows)
            .any(|row| asks(&row.when) || linear(&row.value))
        || layer.segments.iter().any(|segment| ratio(&segment.ratio))
        || layer
            .segments
            .iter()
            .filter_map(|segment| segment.to.as_ref())
            .flat_map(|to| &to.rows)
            .any(|row| asks(&row.when) || linear(&row.value))
        || layer
            .adjustments
            .iter()
            .any(|change| asks(&change.when) || change.per.iter().any(|term| moves(term.fact)))
        || layer.floor.iter().any(|floor| ratio(&floor.ratio))
        || layer
            .ceilings
            .iter()
            .flat_map(|ceiling| &ceiling.amount.rows)
            .any(|row| asks(&row.when) || row.value.as_ref().is_some_and(linear))
}
