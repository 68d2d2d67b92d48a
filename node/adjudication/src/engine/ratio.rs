//! The ratio of a segment: a table value, its adjustments in order, and a clamp; never rounded.

use huitong_core::decision::Step;
use huitong_core::ratio::Ratio;

use super::standing::Standing;
use crate::compiled::{LayerForm, Number, SegmentForm};
use crate::exact::Exact;
use crate::fault::{Asked, RuleFault};

pub(crate) fn segment_ratio(
    layer: &LayerForm,
    place: usize,
    segment: &SegmentForm,
    standing: &Standing<'_>,
    base: i64,
    trace: &mut Vec<Step>,
) -> Result<Ratio, RuleFault> {
    let read = |number: Number| standing.read(number, base);
    let table = segment.ratio.first(standing.facts, &read)?;
    let table = *table.ok_or(RuleFault::NoRow(Asked::Ratio(place)))?;
    if layer.adjustments.is_empty() && (layer.ratio_at_least..=layer.ratio_at_most).contains(&table)
    {
        return Ok(table);
    }
    let mut exact = Exact::of(table);
    for adjustment in &layer.adjustments {
        if adjustment.when.holds(standing.facts, &read)? {
            exact = adjustment.apply(exact, &read)?;
        }
    }
    let adjusted = exact
        .between(layer.ratio_at_least, layer.ratio_at_most)
        .ok_or(RuleFault::RatioPlaces)?;
    if adjusted != table {
        trace.push(Step::Adjusted {
            layer: layer.name,
            table,
            adjusted,
        });
    }
    Ok(adjusted)
}
