//! Starts, segment bounds and ceilings against one another, for all facts that can occur.

use huitong_core::policy::FaultPath;
use huitong_core::policy::layer::{Bounds, Ceiling, Layer, Measure, MetBy};
use huitong_core::policy::quantity::{Linear, Quantity};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::finding::Kind;
use super::question::{Answer, Question};
use super::report::Report;
use super::situation::{Situation, yuan};
use super::work::{LimitMet, Work};
use super::world::World;

/// Looks at the thresholds of every layer.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>, work: &mut Work) {
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in world.policy().layers().iter().enumerate() {
        let path = root.index(at);
        if let Err(limit) = segments(&path, layer, world, report, work) {
            report.limit(&path.key("segments"), limit);
        }
        for (at, ceiling) in layer.ceilings.iter().enumerate() {
            let path = path.key("ceilings").index(at);
            if let Err(limit) = under_start(&path, layer, ceiling, world, report, work) {
                report.limit(&path, limit);
            }
        }
    }
}

/// Asks for a quantity: its rows, and the numbers that its sums are made of.
pub(super) fn ask<'p>(question: &mut Question<'p>, quantity: &'p Quantity) {
    for row in &quantity.rows {
        let under = question.may(&row.when, None);
        ask_linear(question, &row.value, Some(under));
    }
}

fn ask_linear(question: &mut Question<'_>, linear: &Linear, under: Option<usize>) {
    for term in &linear.terms {
        question.number(term.fact, &knees(linear, term.coefficient), under);
    }
}

/// Where a sum of one fact meets its bounds.
fn knees(linear: &Linear, coefficient: Decimal) -> Vec<i64> {
    let bounds = [linear.at_least, linear.at_most];
    let at = |bound: Decimal| {
        let way = bound.checked_sub(linear.constant)?;
        way.checked_div(coefficient)?.floor().to_i64()
    };
    let points = bounds.into_iter().flatten().filter_map(at);
    points
        .flat_map(|point| [point, point.saturating_add(1)])
        .collect()
}

fn facts(answer: &Answer, question: &Question<'_>, world: &World<'_>) -> String {
    let dimension = |fact| world.dimension(fact);
    answer.situation.shown(question.named(), &dimension)
}

fn start(layer: &Layer, situation: &Situation) -> Option<i64> {
    match &layer.start {
        None => Some(0),
        Some(start) => situation.threshold(situation.first(&start.amount)?),
    }
}

fn segments(
    path: &FaultPath,
    layer: &Layer,
    world: &World<'_>,
    report: &mut Report<'_>,
    work: &mut Work,
) -> Result<(), LimitMet> {
    if layer.segments.len() < 2 {
        return Ok(());
    }
    let mut question = Question::default();
    question.must(&layer.when);
    for to in layer
        .segments
        .iter()
        .filter_map(|segment| segment.to.as_ref())
    {
        ask(&mut question, to);
    }
    if let Some(start) = &layer.start {
        ask(&mut question, &start.amount);
    }
    let answers = question.answers(world, work)?;
    let mut below: Vec<Option<i64>> = vec![Some(0); answers.len()];
    for (at, segment) in layer.segments.iter().enumerate() {
        let Some(to) = &segment.to else { continue };
        let path = path.key("segments").index(at).key("to");
        let ends: Vec<Option<i64>> = answers
            .iter()
            .map(|answer| {
                let situation = &answer.situation;
                situation.threshold(situation.first(to)?)
            })
            .collect();
        let crossed =
            answers
                .iter()
                .zip(ends.iter().zip(&below))
                .find_map(|(answer, (ends, before))| {
                    let (ends, before) = ((*ends)?, (*before)?);
                    (ends < before)
                        .then(|| (yuan(ends), yuan(before), facts(answer, &question, world)))
                });
        if let Some((ends, before, facts)) = crossed {
            report.note(
                &path,
                Kind::SegmentsCross {
                    ends,
                    before,
                    facts,
                },
            );
        } else {
            eaten(&path, layer, &answers, &ends, report);
        }
        below = ends;
    }
    Ok(())
}

/// A segment that lies under the start whatever the facts.
fn eaten(
    path: &FaultPath,
    layer: &Layer,
    answers: &[Answer],
    ends: &[Option<i64>],
    report: &mut Report<'_>,
) {
    let met_in_part = layer
        .start
        .as_ref()
        .is_none_or(|start| start.met_by != MetBy::Nothing);
    if met_in_part || layer.measure == Measure::AboveStart {
        return;
    }
    let pairs: Option<Vec<(i64, i64)>> = answers
        .iter()
        .zip(ends)
        .map(|(answer, ends)| Some((start(layer, &answer.situation)?, (*ends)?)))
        .collect();
    let Some(pairs) = pairs else { return };
    let Some((lowest, ends)) = pairs.iter().min() else {
        return;
    };
    if pairs.iter().all(|(start, ends)| ends <= start) {
        let (ends, start) = (yuan(*ends), yuan(*lowest));
        report.note(path, Kind::UnreachableSegment { ends, start });
    }
}

fn under_start(
    path: &FaultPath,
    layer: &Layer,
    ceiling: &Ceiling,
    world: &World<'_>,
    report: &mut Report<'_>,
    work: &mut Work,
) -> Result<(), LimitMet> {
    let Some(charged) = &layer.start else {
        return Ok(());
    };
    let key = match (ceiling.bounds, layer.measure) {
        (Bounds::Scope, Measure::AboveStart) => return Ok(()),
        (Bounds::Scope, Measure::Absolute) => "scope",
        (Bounds::Payment, Measure::Absolute | Measure::AboveStart) => "payment",
    };
    let mut question = Question::default();
    question.must(&layer.when);
    ask(&mut question, &charged.amount);
    for row in &ceiling.amount.rows {
        let under = question.may(&row.when, None);
        if let Some(linear) = &row.value {
            ask_linear(&mut question, linear, Some(under));
        }
    }
    for answer in question.answers(world, work)? {
        let situation = &answer.situation;
        let linear = situation.first(&ceiling.amount).and_then(Option::as_ref);
        let limit = linear.and_then(|linear| situation.threshold(linear));
        let (Some(limit), Some(start)) = (limit, start(layer, situation)) else {
            continue;
        };
        // A ceiling of nothing says that nothing is covered, and means it.
        if limit == 0 {
            continue;
        }
        let varies = linear.is_some_and(|linear| !linear.terms.is_empty());
        let shown = || (yuan(limit), yuan(start), facts(&answer, &question, world));
        let kind = match ceiling.bounds {
            Bounds::Scope if limit <= start => {
                let (ceiling, start, facts) = shown();
                Kind::ScopeCeilingUnderStart {
                    ceiling,
                    start,
                    facts,
                }
            }
            // So much a day may well be less than the start.
            Bounds::Payment if limit < start && !varies => {
                let (ceiling, start, facts) = shown();
                Kind::PaymentCeilingUnderStart {
                    ceiling,
                    start,
                    facts,
                }
            }
            Bounds::Scope | Bounds::Payment => continue,
        };
        report.note(&path.key(key), kind);
        break;
    }
    Ok(())
}
