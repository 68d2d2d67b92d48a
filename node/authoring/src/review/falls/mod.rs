//! Falls: bills of which the funds pay less when more of the bill is in scope.
//!
//! Searched with the real engine. For every combination of facts under which the rules differ, and for some
//! standings of totals and accounts, one in-scope amount grows from nothing to more than any threshold; the
//! rest of the bill stands still. Bills at the thresholds are settled first. Where the engine did other things
//! for two neighbours, the bill halfway is settled too, until they agree or are one fen apart: between two
//! bills for which it did the same, payments are straight, and a fall would show at their ends. A fall of a
//! fen for each layer is rounding. The same bills tell which layers never find anything to take, and for
//! which facts there is no result.

mod along;
pub(super) mod cases;
pub(super) mod probe;
mod risk;
pub(super) mod stages;

use std::collections::BTreeSet;

use huitong_adjudication::fault::RuleFault;
use huitong_adjudication::{Compiled, Fault};
use huitong_core::name::Name;
use huitong_core::policy::{FaultPath, Policy};

use super::finding::{Kind, Said};
use super::report::Report;
use super::situation::{Named, yuan};
use super::work::{LimitMet, Work};
use super::world::World;
use along::{Along, Fall, Stopped};
use cases::cases;
use risk::Splits;
use stages::stages;

/// Searches a policy for falls.
pub(super) fn check(
    world: &World<'_>,
    compiled: &Compiled,
    report: &mut Report<'_>,
    work: &mut Work,
) {
    let root = FaultPath::ROOT.key("layer");
    let cases = match cases(world, &[], work) {
        Ok(cases) => cases,
        Err(limit) => return report.limit(&root, limit),
    };
    let policy = compiled.policy();
    let (mut layers, mut told) = (Layers::default(), BTreeSet::new());
    let mut complete = cases.limit.is_none();
    if let Some(limit) = cases.limit {
        report.limit(&root, limit);
    }
    // The thresholds of all cases come first: what is between them may not be finished.
    let passes: &[Splits] = match risk::splits(policy) {
        Splits::No => &[Splits::No],
        Splits::Yes => &[Splits::No, Splits::Yes],
    };
    let searched = passes
        .iter()
        .flat_map(|splits| cases.situations.iter().map(|case| (*splits, case)));
    'all: for (splits, situation) in searched {
        for stage in stages(policy, situation) {
            let mut along = Along::new(compiled, &stage, splits, &mut layers);
            match along.search(work) {
                Ok(falls) => {
                    for fall in falls {
                        note_fall(&fall, &cases.named, world, report, &mut told);
                    }
                }
                Err(Stopped::Fault { fault, bill }) => {
                    let facts = stage.shown(&cases.named, world);
                    note_fault(&fault, bill, facts, policy, report, &mut told);
                }
                Err(Stopped::NoBillsLeft) => {
                    let most = work.limits().bills;
                    report.limit(&root, LimitMet::Bills(most));
                    complete = false;
                    break 'all;
                }
            }
        }
    }
    if complete {
        note_idle(policy, report, &layers);
    }
}

/// Layers that applied, and those that took something.
#[derive(Default)]
pub(super) struct Layers {
    applied: BTreeSet<Name>,
    took: BTreeSet<Name>,
}

fn layer_path(policy: &Policy, name: Name) -> Option<FaultPath> {
    let mut layers = policy.layers().iter();
    let at = layers.position(|layer| layer.name == name)?;
    Some(FaultPath::ROOT.key("layer").index(at))
}

/// One fall for each layer is enough to mend it.
fn note_fall(
    fall: &Fall<'_>,
    named: &Named,
    world: &World<'_>,
    report: &mut Report<'_>,
    told: &mut BTreeSet<Name>,
) {
    let policy = world.policy();
    if !told.insert(fall.layer) {
        return;
    }
    let Some(path) = layer_path(policy, fall.layer) else {
        return;
    };
    report.note(
        &path,
        Kind::FundsFall {
            layer: fall.layer.to_string(),
            less: fall.less.clone(),
            pays: yuan(fall.pays),
            more: fall.more.clone(),
            then: yuan(fall.then),
            facts: fall.stage.shown(named, world),
        },
    );
}

fn note_fault(
    fault: &Fault,
    bill: String,
    facts: String,
    policy: &Policy,
    report: &mut Report<'_>,
    told: &mut BTreeSet<Name>,
) {
    let (path, name) = match fault {
        Fault::Layer { layer, .. } | Fault::TooManyBuckets { layer, .. } => {
            (layer_path(policy, *layer), Some(*layer))
        }
        Fault::Total { total, .. } | Fault::StoredTotal { total, .. } => {
            (Some(FaultPath::ROOT.key("totals").key(total)), Some(*total))
        }
        Fault::NoTier { .. }
        | Fault::NotInScope(_)
        | Fault::SpansYears { .. }
        | Fault::GivenTooLarge { .. }
        | Fault::GivenUnknown { .. }
        | Fault::Money(_)
        | Fault::OtherDecision
        | Fault::Unbalanced => (Some(FaultPath::ROOT), None),
    };
    let Some(path) = path else { return };
    // A missing figure, a table without a row, or bounds that cross are told at their own place.
    let missing = matches!(
        fault,
        Fault::Layer {
            fault: RuleFault::IndexMissing { .. },
            ..
        }
    );
    if missing || report.has_refusal_below(&path) || name.is_some_and(|name| !told.insert(name)) {
        return;
    }
    let fault = Said(fault.clone());
    report.note(&path, Kind::NoResult { fault, bill, facts });
}

/// Layers that applied to some bill and never found anything.
fn note_idle(policy: &Policy, report: &mut Report<'_>, layers: &Layers) {
    let Layers { applied, took } = layers;
    for name in applied.difference(took) {
        if let Some(path) = layer_path(policy, *name)
            && !report.has_refusal_below(&path)
        {
            report.note(&path.key("take"), Kind::NeverTakes {});
        }
    }
}
