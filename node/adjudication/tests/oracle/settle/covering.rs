//! How a layer covers its base along its axis: where the start ends, what each segment pays, where a
//! ceiling cuts, what a floor adds.

use huitong_adjudication::fault::{Asked, RuleFault};
use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{
    Adjustment, Axis, Bounds, Ceiling, Layer, Measure, MetBy, Payer,
};

use super::exact::{Exact, PARTS, decimal, in_parts, threshold, whole};
use super::reading::Moment;
use super::ruler::{Covered, Ruler, Stretch, covered};

/// A ceiling that cut.
pub struct Cut {
    pub bounds: Bounds,
    pub limit: i64,
    pub room: i64,
}

/// What became of a base that lies from `before` to `before + base` on its axis.
pub struct Cover {
    pub before: i64,
    pub base: i64,
    /// The start charged: what of the base lies under it.
    pub start: i64,
    /// How far into the base the cover reaches; never short of the start.
    pub reach: i64,
    pub covered: Vec<Covered>,
    pub cut: Option<Cut>,
    pub extra: i64,
    ruler: Ruler,
}

impl Cover {
    /// A payment made elsewhere covers the base from the bottom, without rules; the rest lies above.
    pub fn given(base: i64, given: i64) -> Self {
        let whole = Stretch {
            from: 0,
            to: None,
            ratio: PARTS,
        };
        let ruler = Ruler {
            start: 0,
            stretches: vec![whole],
        };
        Self {
            before: 0,
            base,
            start: 0,
            reach: given,
            covered: vec![],
            cut: None,
            extra: 0,
            ruler,
        }
    }

    /// What the segments pay between two places of the base.
    pub fn pays(&self, from: i64, to: i64) -> i64 {
        self.ruler.pays(self.before + from, self.before + to)
    }
}

/// Works a layer's rules out over its base. `paid_of` says what earlier layers paid of a part of the bill.
pub fn cover(
    layer: &Layer,
    moment: &Moment<'_>,
    paid_of: impl Fn(NumberFact) -> i64,
) -> Result<Cover, RuleFault> {
    let before = match layer.axis {
        Axis::Visit => 0,
        Axis::Total(name) => moment.totals[&name],
    };
    let (base, end) = (moment.base, before + moment.base);
    let start = start(layer, moment)?;
    let under_start = start.clamp(before, end);
    let mut limits = Vec::new();
    for (at, ceiling) in layer.ceilings.iter().enumerate() {
        if let Some(limit) = limit(at, ceiling, moment)? {
            limits.push((ceiling, limit));
        }
    }
    let mut top = end;
    let mut reach = end;
    let mut cut = None;
    for (ceiling, limit) in of_kind(&limits, Bounds::Scope) {
        let (position, room) = scope(layer, ceiling, *limit, before, start, moment);
        top = top.min(position);
        // Start stays start: what lies under it is not cut.
        if position.max(under_start) < reach {
            reach = position.max(under_start);
            cut = Some(Cut {
                bounds: Bounds::Scope,
                limit: *limit,
                room,
            });
        }
    }
    let ruler = Ruler {
        start,
        stretches: stretches(layer, moment, start, top)?,
    };
    let wanted = ruler
        .pays(before, reach)
        .max(guaranteed(layer, moment, paid_of)?);
    let mut paid = wanted.min(base);
    if let Some(narrowest) = narrowest(layer, moment, &limits) {
        let first = ruler.first_paid_out(before, reach, narrowest.room);
        let first = first.map_or(reach, |first| first.max(under_start));
        if first < reach || narrowest.room < paid {
            paid = paid.min(narrowest.room);
            reach = first;
            cut = Some(narrowest);
        }
    }
    let covered = covered(&ruler, before, reach);
    let by_segments: i64 = covered.iter().map(|covered| covered.amount).sum();
    Ok(Cover {
        before,
        base,
        start: under_start - before,
        reach: reach - before,
        covered,
        cut,
        extra: paid - by_segments,
        ruler,
    })
}

type Limits<'a> = [(&'a Ceiling, i64)];

fn of_kind<'a>(
    limits: &'a Limits<'a>,
    bounds: Bounds,
) -> impl Iterator<Item = &'a (&'a Ceiling, i64)> {
    limits
        .iter()
        .filter(move |(ceiling, _)| ceiling.bounds == bounds)
}

/// The narrowest of what bounds the payment, the first of equals; a balance comes last.
fn narrowest(layer: &Layer, moment: &Moment<'_>, limits: &Limits<'_>) -> Option<Cut> {
    let bounds = Bounds::Payment;
    let mut rooms: Vec<Cut> = of_kind(limits, bounds)
        .map(|(ceiling, limit)| Cut {
            bounds,
            limit: *limit,
            room: room(*limit, ceiling.total, moment),
        })
        .collect();
    if let Payer::Fund(fund @ (Fund::OwnAccount | Fund::FamilyAccount)) = layer.payer {
        let at = usize::from(fund == Fund::FamilyAccount);
        rooms.push(Cut {
            bounds,
            limit: moment.held[at],
            room: moment.balances[at],
        });
    }
    rooms.into_iter().min_by_key(|cut| cut.room)
}

/// The start as a position on the axis; what is met is taken off after rounding.
fn start(layer: &Layer, moment: &Moment<'_>) -> Result<i64, RuleFault> {
    let Some(start) = &layer.start else {
        return Ok(0);
    };
    let standard = moment.threshold(&start.amount, Asked::Start)?;
    let met = match start.met_by {
        MetBy::Nothing => 0,
        MetBy::Scope(total) | MetBy::Charged(total) => moment.totals[&total],
    };
    Ok((standard - met).max(0))
}

/// Segment by segment as far as `top`; what the settlement does not reach is not asked.
fn stretches(
    layer: &Layer,
    moment: &Moment<'_>,
    start: i64,
    top: i64,
) -> Result<Vec<Stretch>, RuleFault> {
    let zero = match layer.measure {
        Measure::Absolute => 0,
        Measure::AboveStart => start,
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, segment) in layer.segments.iter().enumerate() {
        let from = stretches.last().map_or(zero, |below| below.to.unwrap());
        let to = match &segment.to {
            Some(to) => Some(zero + moment.threshold(to, Asked::SegmentEnd(at))?),
            None => None,
        };
        if to.is_some_and(|to| to < from) {
            return Err(RuleFault::SegmentsCross(at));
        }
        let reached = from.max(start) < to.map_or(top, |to| to.min(top));
        let ratio = if reached {
            let ratio = decimal(moment.first(&segment.ratio, Asked::Ratio(at))?.get());
            adjusted(layer, moment, ratio)?
        } else {
            0
        };
        stretches.push(Stretch { from, to, ratio });
        if to.is_none_or(|to| to >= top) {
            break;
        }
    }
    Ok(stretches)
}

/// r ↦ times·r + plus + Σ cᵢ·countᵢ for each adjustment that applies, then the bounds.
fn adjusted(layer: &Layer, moment: &Moment<'_>, mut ratio: Exact) -> Result<i128, RuleFault> {
    for Adjustment {
        when,
        times,
        plus,
        per,
        ..
    } in &layer.adjustments
    {
        if moment.holds(when)? {
            ratio = decimal(*times) * ratio + decimal(*plus);
            for term in per {
                ratio += decimal(term.coefficient) * whole(moment.number(term.fact)?);
            }
        }
    }
    let ratio = ratio
        .max(decimal(layer.ratio_at_least.get()))
        .min(decimal(layer.ratio_at_most.get()));
    in_parts(&ratio).ok_or(RuleFault::RatioPlaces)
}

fn limit(at: usize, ceiling: &Ceiling, moment: &Moment<'_>) -> Result<Option<i64>, RuleFault> {
    let linear = moment.first(&ceiling.amount, Asked::Ceiling(at))?;
    linear
        .as_ref()
        .map(|linear| Ok(threshold(&moment.linear(linear)?)))
        .transpose()
}

/// What of a ceiling is left for this settlement.
fn room(limit: i64, total: Option<Name>, moment: &Moment<'_>) -> i64 {
    (limit - total.map_or(0, |total| moment.totals[&total])).max(0)
}

/// The position that a ceiling of scope sets, and its room.
fn scope(
    layer: &Layer,
    ceiling: &Ceiling,
    limit: i64,
    before: i64,
    start: i64,
    moment: &Moment<'_>,
) -> (i64, i64) {
    let on_axis = ceiling
        .total
        .is_some_and(|total| layer.axis == Axis::Total(total));
    let mut room = room(limit, ceiling.total, moment);
    if on_axis && layer.measure == Measure::AboveStart {
        room = (start + limit - start.max(before)).max(0);
    }
    let position = match (on_axis, layer.measure) {
        (true, Measure::Absolute) => limit,
        (true, Measure::AboveStart) => start + limit,
        (false, Measure::Absolute) => before + room,
        (false, Measure::AboveStart) => start.max(before) + room,
    };
    (position, room)
}

/// What a floor guarantees this layer; of a part of the bill, what earlier layers paid of it counts.
fn guaranteed(
    layer: &Layer,
    moment: &Moment<'_>,
    paid_of: impl Fn(NumberFact) -> i64,
) -> Result<i64, RuleFault> {
    let Some(floor) = &layer.floor else {
        return Ok(0);
    };
    let ratio = moment.first(&floor.ratio, Asked::Floor)?;
    let amount = threshold(&(decimal(ratio.get()) * whole(moment.number(floor.of)?)));
    let counted = if floor.of == NumberFact::Base {
        0
    } else {
        paid_of(floor.of)
    };
    Ok((amount - counted).max(0))
}
