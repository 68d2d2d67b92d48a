//! Ratios after their adjustments: do they stay between 0 and 1 before the clamp?

use huitong_core::policy::FaultPath;
use huitong_core::policy::layer::{Adjustment, Layer, Segment};
use huitong_core::ratio::Ratio;
use huitong_document::reader::Reach;
use rust_decimal::Decimal;

use super::finding::Kind;
use super::question::Question;
use super::report::Report;
use super::situation::Situation;
use super::work::{LimitMet, Work};
use super::world::World;

/// Half a percentage point: changes below it are rather a ratio that was meant as points.
const HALF_A_POINT: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// Looks at the ratios of every layer.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>, work: &mut Work) {
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in world.policy().layers().iter().enumerate() {
        if layer.adjustments.is_empty() {
            continue;
        }
        let path = root.index(at);
        let mut slips = false;
        for (at, adjustment) in layer.adjustments.iter().enumerate() {
            slips |= slip(&path.key("adjust").index(at), adjustment, report);
        }
        if slips {
            continue;
        }
        for (at, segment) in layer.segments.iter().enumerate() {
            let path = path.key("segments").index(at).key("ratio");
            if let Err(limit) = segment_ratio(&path, layer, segment, world, report, work) {
                report.limit(&path, limit);
            }
        }
    }
}

/// Points that were written as a ratio.
fn slip(path: &FaultPath, adjustment: &Adjustment, report: &mut Report<'_>) -> bool {
    let plus = adjustment.plus;
    let by_points = adjustment.times == Decimal::ONE && adjustment.per.is_empty();
    if !by_points || plus.is_zero() || plus.abs() >= HALF_A_POINT {
        return false;
    }
    let times = |factor: Decimal| {
        plus.checked_mul(factor)
            .map_or_else(|| plus.to_string(), |points| points.normalize().to_string())
    };
    let points = times(Decimal::ONE_HUNDRED);
    let meant = times(Decimal::from(10_000));
    report.note(path, Kind::PointsAsRatio { points, meant });
    true
}

/// A ratio that leaves its range, for facts.
struct Strays {
    ratio: Decimal,
    facts: String,
}

fn segment_ratio(
    path: &FaultPath,
    layer: &Layer,
    segment: &Segment,
    world: &World<'_>,
    report: &mut Report<'_>,
    work: &mut Work,
) -> Result<(), LimitMet> {
    let mut question = Question::default();
    question.must(&layer.when);
    for row in &segment.ratio.rows {
        question.may(&row.when, None);
    }
    for adjustment in &layer.adjustments {
        let under = question.may(&adjustment.when, None);
        for term in &adjustment.per {
            question.number(term.fact, &[], Some(under));
        }
    }
    let (mut below, mut above, mut long) = (None, None, None);
    for answer in question.answers(world, work)? {
        let situation = &answer.situation;
        let Some(ratio) = adjusted(layer, segment, situation) else {
            continue;
        };
        let facts = || situation.shown(question.named(), &|fact| world.dimension(fact));
        let note = |found: &mut Option<Strays>| {
            if found.is_none() {
                let facts = facts();
                *found = Some(Strays { ratio, facts });
            }
        };
        if ratio < Decimal::ZERO {
            note(&mut below);
        } else if ratio > Decimal::ONE {
            note(&mut above);
        } else if needs_more_places(ratio, layer) {
            note(&mut long);
        }
    }
    let layer_path = parent(path);
    for (found, bound) in [(below, "ratio_at_least"), (above, "ratio_at_most")] {
        let Some(Strays { ratio, facts }) = found else {
            continue;
        };
        let ratio = ratio.normalize().to_string();
        let written = report.places().find(&layer_path.key(bound)).reach == Reach::Whole;
        if written {
            report.note(path, Kind::RatioHeldByBound { ratio, facts });
        } else {
            report.note(path, Kind::RatioOutOfRange { ratio, facts });
        }
    }
    if let Some(Strays { ratio, facts }) = long {
        let ratio = ratio.normalize().to_string();
        report.note(path, Kind::RatioPlaces { ratio, facts });
    }
    Ok(())
}

/// The path of the layer that a path lies in.
fn parent(path: &FaultPath) -> FaultPath {
    let mut layer = FaultPath::ROOT;
    for step in path.steps().iter().take(2) {
        layer = match step {
            huitong_core::policy::PathStep::Key(key) => layer.key(key),
            huitong_core::policy::PathStep::Index(at) => layer.index(*at),
        };
    }
    layer
}

/// The ratio after its adjustments, before any bound; `None` without a row, or beyond what decimals hold.
pub(super) fn adjusted(layer: &Layer, segment: &Segment, situation: &Situation) -> Option<Decimal> {
    let mut ratio = situation.first(&segment.ratio)?.get();
    for adjustment in &layer.adjustments {
        if !situation.holds(&adjustment.when) {
            continue;
        }
        ratio = ratio
            .checked_mul(adjustment.times)?
            .checked_add(adjustment.plus)?;
        for term in &adjustment.per {
            let value = Decimal::from(situation.number(term.fact));
            ratio = ratio.checked_add(term.coefficient.checked_mul(value)?)?;
        }
    }
    Some(ratio)
}

/// Whether a ratio within its bounds is not exact in ten places.
fn needs_more_places(ratio: Decimal, layer: &Layer) -> bool {
    let bounds = layer.ratio_at_least.get()..=layer.ratio_at_most.get();
    bounds.contains(&ratio) && Ratio::new(ratio).is_err()
}
