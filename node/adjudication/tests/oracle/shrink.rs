//! A failing policy and claim made small: whatever can be left out while the failure stays is left out.

use huitong_core::bill::SplitBill;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Condition, Table};
use huitong_core::policy::layer::{Layer, Measure};
use huitong_core::policy::total::Adds;
use huitong_core::policy::{Draft, Policy};

use super::random::claim::Trial;

/// A policy with a claim under it.
#[derive(Clone)]
pub struct Failing {
    pub draft: Draft,
    pub trial: Trial,
}

/// Leaves out layers, totals, rules and lines as long as `fails` still holds.
pub fn shrink(mut failing: Failing, fails: impl Fn(&Policy, &Trial) -> bool) -> Failing {
    loop {
        let smaller = candidates(&failing).into_iter().find(|candidate| {
            let policy = Policy::new(candidate.draft.clone());
            policy.is_ok_and(|policy| fails(&policy, &candidate.trial))
        });
        match smaller {
            Some(smaller) => failing = smaller,
            None => return failing,
        }
    }
}

/// Every way of leaving one thing out.
fn candidates(failing: &Failing) -> Vec<Failing> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Failing)| {
        let mut candidate = failing.clone();
        change(&mut candidate);
        if candidate.draft != failing.draft || candidate.trial != failing.trial {
            all.push(candidate);
        }
    };
    for at in (0..failing.draft.layers.len()).rev() {
        add(&|failing| drop_layer(&mut failing.draft, at));
    }
    for at in (0..failing.draft.totals.len()).rev() {
        add(&|failing| drop_total(failing, at));
    }
    for at in (0..failing.trial.claim.bill.lines().len()).rev() {
        add(&|failing| change_lines(failing, |lines| drop(lines.remove(at))));
        add(&|failing| change_lines(failing, |lines| lines[at].tags.clear()));
    }
    add(&|failing| failing.draft.tiers.clear());
    for at in 0..failing.draft.layers.len() {
        for simpler in SIMPLER {
            add(&|failing| simpler(&mut failing.draft.layers[at]));
        }
        for take in 0..failing.draft.layers[at].take.len() {
            add(&|failing| drop(failing.draft.layers[at].take.remove(take)));
            add(&|failing| shorten(&mut failing.draft.layers[at].take[take].left));
            add(&|failing| shorten(&mut failing.draft.layers[at].take[take].not_left));
            add(&|failing| shorten(&mut failing.draft.layers[at].take[take].tagged));
            add(&|failing| shorten(&mut failing.draft.layers[at].take[take].not_tagged));
            add(&|failing| first_row(&mut failing.draft.layers[at].take[take].weight));
        }
        for segment in 0..failing.draft.layers[at].segments.len() {
            add(&|failing| drop(failing.draft.layers[at].segments.remove(segment)));
            add(&|failing| first_row(&mut failing.draft.layers[at].segments[segment].ratio));
        }
        for ceiling in 0..failing.draft.layers[at].ceilings.len() {
            add(&|failing| drop(failing.draft.layers[at].ceilings.remove(ceiling)));
            add(&|failing| first_row(&mut failing.draft.layers[at].ceilings[ceiling].amount));
        }
    }
    for total in 0..failing.draft.totals.len() {
        add(&|failing| failing.draft.totals[total].when = Condition::ALWAYS);
        add(&|failing| shorten(&mut failing.draft.totals[total].adds));
    }
    add(&|failing| failing.trial.totals.clear());
    add(&|failing| failing.trial.claim.given.clear());
    all
}

/// Ways to make one layer simpler.
const SIMPLER: [fn(&mut Layer); 9] = [
    |layer| layer.when = Condition::ALWAYS,
    |layer| layer.start = None,
    |layer| layer.floor = None,
    |layer| layer.adjustments.clear(),
    |layer| layer.measure = Measure::Absolute,
    |layer| layer.axis = huitong_core::policy::layer::Axis::Visit,
    |layer| layer.ratio_at_most = huitong_core::ratio::Ratio::ONE,
    |layer| layer.ratio_at_least = huitong_core::ratio::Ratio::ZERO,
    |layer| layer.label = layer.name,
];

fn shorten<T>(list: &mut Vec<T>) {
    let shorter = list.len().saturating_sub(1);
    list.truncate(shorter);
}

fn first_row<T>(table: &mut Table<T>) {
    table.rows.truncate(1);
    for row in &mut table.rows {
        row.when = Condition::ALWAYS;
    }
}

/// Leaves a layer out, with what names it.
fn drop_layer(draft: &mut Draft, at: usize) {
    let gone = draft.layers.remove(at);
    let label_stays = draft.layers.iter().any(|layer| layer.label == gone.label);
    for take in draft.layers.iter_mut().flat_map(|layer| &mut layer.take) {
        take.left
            .retain(|label| label_stays || label.layer != gone.label);
        take.not_left
            .retain(|label| label_stays || label.layer != gone.label);
    }
    let names = |adds: &Adds, name: Name| match adds {
        Adds::Base(layer)
        | Adds::Left(layer, _)
        | Adds::StartCharged(layer)
        | Adds::Paid(layer) => *layer == name,
        Adds::Bill(..) | Adds::One | Adds::Admission => false,
    };
    for total in &mut draft.totals {
        total.adds.retain(|adds| !names(adds, gone.name));
        if total.adds.is_empty() {
            total.adds.push(Adds::Bill(None, None));
        }
    }
}

fn drop_total(failing: &mut Failing, at: usize) {
    let gone = failing.draft.totals.remove(at);
    failing
        .trial
        .totals
        .retain(|slot, _| slot.name != gone.name);
}

fn change_lines(
    failing: &mut Failing,
    change: impl FnOnce(&mut Vec<huitong_core::bill::SplitLine>),
) {
    let mut lines = failing.trial.claim.bill.lines().to_vec();
    change(&mut lines);
    failing.trial.claim.bill = SplitBill::new(lines).unwrap();
}
