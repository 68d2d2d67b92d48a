//! Which policies can fall between thresholds at all.
//!
//! A layer whose rules depend on facts alone pays more of a larger base and leaves more of it, so layers
//! that only follow one another cannot fall; there the bills at the thresholds are settled to prove it. What
//! can fall is a rule that asks for the bill or for what earlier layers added, a floor on a part of the
//! bill, a ceiling or axis that several layers use up, and a take of some of what was pooled.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{Axis, Layer, MetBy};
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::policy::{FaultPath, Policy};

use super::cases::{asks_open, is_open, linears};
use crate::review::tables::sites;

/// Whether bills between the thresholds are settled too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Splits {
    Yes,
    No,
}

/// What a policy needs.
pub(super) fn splits(policy: &Policy) -> Splits {
    let risky = policy.layers().iter().any(|layer| {
        is_moved_by_bill(layer)
            || floors_part(layer)
            || takes_by_label(layer)
            || shares_total(layer, policy.totals())
            || layer.take.len() > 1
            || layer.take.iter().any(|take| take.parts.len() > 1)
    });
    if risky { Splits::Yes } else { Splits::No }
}

fn floors_part(layer: &Layer) -> bool {
    let floor = layer.floor.as_ref();
    floor.is_some_and(|floor| floor.of != NumberFact::Base)
}

fn takes_by_label(layer: &Layer) -> bool {
    let labels = |take: &huitong_core::policy::layer::Take| {
        !take.left.is_empty() || !take.not_left.is_empty()
    };
    layer.take.iter().any(labels)
}

/// Whether a total that a layer reads is moved by other layers too.
fn shares_total(layer: &Layer, totals: &[TotalRule]) -> bool {
    let axis = match layer.axis {
        Axis::Total(name) => Some(name),
        Axis::Visit => None,
    };
    let met = layer.start.iter().filter_map(|start| match start.met_by {
        MetBy::Scope(name) | MetBy::Charged(name) => Some(name),
        MetBy::Nothing => None,
    });
    let ceilings = layer.ceilings.iter().filter_map(|ceiling| ceiling.total);
    let read: BTreeSet<Name> = axis.into_iter().chain(met).chain(ceilings).collect();
    totals
        .iter()
        .filter(|total| read.contains(&total.name))
        .flat_map(|total| &total.adds)
        .any(|adds| match adds {
            Adds::Base(name)
            | Adds::Left(name, _)
            | Adds::StartCharged(name)
            | Adds::Paid(name) => *name != layer.name,
            Adds::Bill(..) | Adds::One | Adds::Admission => false,
        })
}

/// Whether a layer's rules change with the bill.
fn is_moved_by_bill(layer: &Layer) -> bool {
    let root = FaultPath::ROOT;
    let rows = sites(&root, layer).into_iter().flat_map(|site| site.rows);
    let adjustments = layer.adjustments.iter().map(|adjustment| &adjustment.when);
    let mut conditions = rows.chain(adjustments).chain([&layer.when]);
    let terms = linears(layer).into_iter().flat_map(|linear| &linear.terms);
    let per = layer
        .adjustments
        .iter()
        .flat_map(|adjustment| &adjustment.per);
    conditions.any(asks_open) || terms.chain(per).any(|term| is_open(term.fact))
}
