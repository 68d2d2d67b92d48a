//! A year's care, cut into visits in any way.

use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::policy::condition::Condition;
use huitong_core::policy::layer::{Axis, Bounds, Measure, Payer};
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{Draft, Policy};

use super::limits::{Excluded, of_pieces, weighs_one};
use super::{billed, book, by_layer, decided, in_scope};
use crate::random::claim::Trial;
use crate::random::dice::name;
use crate::random::policy::draft_asking;
use crate::random::rules::Asks;
use crate::random::{Claims, Dice, document};
use crate::trial::compiled;

/// Lays every layer along a total of its own, with ceilings that it alone uses up.
fn by_the_year(dice: &mut Dice, draft: &mut Draft) {
    draft
        .totals
        .retain(|total| total.name == name("admissions"));
    for at in 0..draft.layers.len() {
        let before = at.checked_sub(1).map(|before| draft.layers[before].label);
        let layer = &mut draft.layers[at];
        let (axis, used) = (name(&format!("axis_{at}")), name(&format!("used_{at}")));
        let total = |called, adds| TotalRule {
            name: called,
            adds: vec![adds],
            when: Condition::ALWAYS,
            period: Period::Year,
            key: TotalKey::Person,
        };
        draft.totals.push(total(axis, Adds::Base(layer.name)));
        draft.totals.push(total(used, Adds::Paid(layer.name)));
        layer.payer = Payer::Fund(dice.of(&[Fund::ResidentPool, Fund::MedicalAssistance]));
        layer.axis = Axis::Total(axis);
        layer.floor = None;
        if let Some(start) = &mut layer.start {
            start.met_by = huitong_core::policy::layer::MetBy::Nothing;
        }
        layer.measure = dice.of(&[Measure::Absolute, Measure::AboveStart]);
        for ceiling in &mut layer.ceilings {
            ceiling.total = Some(match ceiling.bounds {
                Bounds::Scope => axis,
                Bounds::Payment => used,
            });
        }
        if dice.percent(85) {
            for take in &mut layer.take {
                take.left.retain(|label| Some(label.layer) == before);
                take.not_left.retain(|label| Some(label.layer) == before);
            }
        }
    }
    draft.totals.sort_by_key(|total| total.name);
}

/// A random policy by the year; half of them without weights, or with one in the last layer alone.
fn yearly(seed: u64) -> (Dice, Draft, Policy, i64) {
    let mut dice = Dice::new(seed);
    let (mut draft, scale) = draft_asking(&mut dice, Asks::WhatStays);
    by_the_year(&mut dice, &mut draft);
    let last = draft.layers.len() - 1;
    if dice.percent(60) {
        for (at, layer) in draft.layers.iter_mut().enumerate() {
            if at < last || dice.percent(50) {
                let one =
                    huitong_core::policy::condition::Table::always(huitong_core::ratio::Ratio::ONE);
                layer
                    .take
                    .iter_mut()
                    .for_each(|take| take.weight = one.clone());
            }
        }
    }
    let policy =
        Policy::new(draft.clone()).unwrap_or_else(|faults| panic!("seed {seed}: {faults:?}"));
    (dice, draft, policy, scale)
}

/// Bills the pieces one after another; the decisions, or none when one is refused.
fn in_pieces(
    policy: &Policy,
    trial: &Trial,
    pieces: &[i64],
) -> Option<Vec<huitong_core::decision::Decision>> {
    let compiled = compiled(policy);
    let mut trial = trial.clone();
    let mut decisions = Vec::new();
    for piece in pieces {
        trial.claim.bill = in_scope(*piece);
        let decision = decided(&compiled, &trial).ok()?;
        book(&mut trial, &decision);
        decisions.push(decision);
    }
    Some(decisions)
}

/// A year billed in pieces pays, layer by layer, exactly what it would in one, for takes of weight 1; with a
/// weight below 1 in one layer, within one fen a piece.
#[test]
fn a_year_in_pieces_is_a_year_in_one() {
    let (mut exact, mut weighted, mut excluded) = (0, 0, Vec::new());
    for seed in 5_000..5_600 {
        let (mut dice, draft, policy, scale) = yearly(seed);
        let last = draft.layers.len() - 1;
        let only_last = draft.layers[..last]
            .iter()
            .flat_map(|layer| &layer.take)
            .all(|take| weighs_one(&take.weight));
        let slack = match of_pieces(&policy) {
            None => 0,
            Some(Excluded::Weighted) if only_last => 1,
            Some(clause) => {
                excluded.push(clause);
                continue;
            }
        };
        let claims = Claims::under(&policy, scale);
        for _ in 0..4 {
            let trial = claims.draw(&mut dice);
            let pieces = dice.list(1, 7, |dice| claims.amount(dice));
            let whole = billed(&trial, in_scope(pieces.iter().sum()));
            let (Ok(whole), Some(decisions)) = (
                decided(&compiled(&policy), &whole),
                in_pieces(&policy, &trial, &pieces),
            ) else {
                continue;
            };
            let slack = slack * i64::try_from(pieces.len()).unwrap();
            if slack == 0 {
                exact += 1
            } else {
                weighted += 1
            }
            let mut paid = std::collections::BTreeMap::new();
            for (layer, fen) in decisions.iter().flat_map(by_layer) {
                *paid.entry(layer).or_insert(0) += fen;
            }
            for (layer, paid) in paid {
                let at_once = by_layer(&whole).get(&layer).copied().unwrap_or(0);
                let text = document::text(&draft);
                assert!(
                    (paid - at_once).abs() <= slack,
                    "seed {seed}, {layer} of {pieces:?}: {paid}, at once {at_once}\n{text}"
                );
            }
        }
    }
    assert!(
        exact > 300 && weighted > 50,
        "{exact} years exact, {weighted} weighted; {excluded:?}"
    );
}

/// Cutting a year's care into any visits never makes a layer pay more in the year than its yearly ceiling,
/// whatever else its rules are.
#[test]
fn no_cutting_of_care_exceeds_a_yearly_ceiling() {
    let mut met = 0;
    for seed in 6_000..6_300 {
        let mut dice = Dice::new(seed);
        let (mut draft, scale) = crate::random::draft(&mut dice);
        let capped = cap(&mut dice, &mut draft, scale);
        let policy = Policy::new(draft.clone()).unwrap();
        let (compiled, claims) = (compiled(&policy), Claims::under(&policy, scale));
        let mut trial = claims.draw(&mut dice);
        trial.totals.clear();
        let mut paid = vec![0; draft.layers.len()];
        for _ in 0..8 {
            trial.claim.bill = claims.bill(&mut dice);
            trial.claim.visit.number =
                huitong_core::bill::VisitNumber::parse(&format!("V{}", dice.between(1, 4)))
                    .unwrap();
            let Ok(decision) = decided(&compiled, &trial) else {
                continue;
            };
            book(&mut trial, &decision);
            for (at, layer) in draft.layers.iter().enumerate() {
                paid[at] += by_layer(&decision)
                    .get(layer.name.as_str())
                    .copied()
                    .unwrap_or(0);
            }
        }
        for (at, ceiling) in capped {
            assert!(
                paid[at] <= ceiling,
                "seed {seed}, layer {at}: {} of {ceiling}\n{}",
                paid[at],
                document::text(&draft)
            );
            met += i32::from(paid[at] == ceiling && ceiling > 0);
        }
    }
    assert!(met > 50, "only {met} ceilings were used up");
}

/// Gives layers a fixed ceiling on what they pay in a year; where, and how much.
fn cap(dice: &mut Dice, draft: &mut Draft, scale: i64) -> Vec<(usize, i64)> {
    let mut capped = Vec::new();
    for at in 0..draft.layers.len() {
        let layer = &mut draft.layers[at];
        if matches!(layer.payer, Payer::Given(_)) {
            continue;
        }
        let used = name(&format!("used_{at}"));
        let fen = Fen::new(dice.between(0, scale)).unwrap().get();
        layer.ceilings.push(huitong_core::policy::layer::Ceiling {
            bounds: Bounds::Payment,
            amount: huitong_core::policy::condition::Table::always(Some(
                huitong_core::policy::quantity::Linear::fixed(fen.into()),
            )),
            total: Some(used),
        });
        draft.totals.push(TotalRule {
            name: used,
            adds: vec![Adds::Paid(layer.name)],
            when: Condition::ALWAYS,
            period: Period::Year,
            key: TotalKey::Person,
        });
        capped.push((at, fen));
    }
    capped
}
