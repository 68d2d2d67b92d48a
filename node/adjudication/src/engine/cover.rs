//! Cover: where on its axis a layer's start ends, its segments pay and its ceilings cut.
//!
//! F is piecewise linear with slopes from 0 to 1, exact in ten-billionths of a fen; a layer pays
//! R(F(t + b)) − R(F(t)) (rule 6). Whole positions only: the first position at which a ceiling is reached
//! is found in closed form, piece by piece.

use huitong_core::decision::Step;
use huitong_core::policy::layer::Measure;
use huitong_core::ratio::Ratio;

use super::ceiling::Bound;
use super::ratio::segment_ratio;
use super::standing::Standing;
use crate::compiled::{LayerForm, MetForm, Number};
use crate::exact::{UNIT, add, fen, overlap, product, rest, round};
use crate::fault::{Asked, RuleFault};

/// A stretch of the axis with one slope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) ratio: Ratio,
}

/// The axis under one settlement: from ≤ start ≤ end ≤ to.
#[derive(Debug)]
pub(crate) struct Cover {
    /// Where the settlement begins, t.
    pub(crate) from: i64,
    /// Where it ends, t + b.
    pub(crate) to: i64,
    /// Where its start ends.
    pub(crate) start: i64,
    /// Beyond here it is above a ceiling.
    pub(crate) end: i64,
    pub(crate) pieces: Vec<Piece>,
}

/// The start as a position on the axis.
pub(crate) fn start(
    layer: &LayerForm,
    standing: &Standing<'_>,
    from: i64,
    base: i64,
    trace: &mut Vec<Step>,
) -> Result<i64, RuleFault> {
    let Some(start) = &layer.start else {
        return Ok(0);
    };
    let read = |number: Number| standing.read(number, base);
    let amount = start
        .amount
        .first(standing.facts, &read)?
        .ok_or(RuleFault::NoRow(Asked::Start))?;
    let standard = amount.threshold(read)?;
    // On a named axis the start is a position: what lies before t is met (rule 8).
    let (position, met) = match start.met {
        MetForm::Nothing => (standard, standard.min(from)),
        MetForm::Total(place) => {
            let met = standing.total(place).min(standard);
            (rest(standard, met), met)
        }
    };
    trace.push(Step::Start {
        layer: layer.name,
        standard: fen(standard)?,
        met: fen(met)?,
        charged: fen(overlap((from, add(from, base)?), (0, position)))?,
    });
    Ok(position)
}

impl Cover {
    /// Lays the segments out above `start`, as far as `from + base` or the lowest scope ceiling.
    pub(crate) fn new(
        layer: &LayerForm,
        standing: &Standing<'_>,
        from: i64,
        base: i64,
        start: i64,
        scope: &[Bound],
        trace: &mut Vec<Step>,
    ) -> Result<Self, RuleFault> {
        let to = add(from, base)?;
        let top = scope.iter().map(|bound| bound.room).fold(to, i64::min);
        let pieces = pieces(layer, standing, base, start, top, trace)?;
        let start = start.clamp(from, to);
        Ok(Self {
            from,
            to,
            start,
            end: top.max(start),
            pieces,
        })
    }

    /// F at a position, in ten-billionths of a fen.
    fn exact(&self, position: i64) -> Result<i128, RuleFault> {
        let mut sum = 0_i128;
        for piece in &self.pieces {
            let length = overlap((piece.from, piece.to), (0, position));
            sum = sum
                .checked_add(product(length, piece.ratio)?)
                .ok_or(RuleFault::Overflow)?;
        }
        Ok(sum)
    }

    /// R(F) at a position.
    pub(crate) fn rounded(&self, position: i64) -> Result<i64, RuleFault> {
        round(self.exact(position)?, UNIT)
    }

    /// What the segments pay between two positions: never more than lies between them.
    pub(crate) fn pays(&self, from: i64, to: i64) -> Result<i64, RuleFault> {
        Ok(rest(self.rounded(to)?, self.rounded(from)?))
    }

    /// Cuts the cover at the first position at which it has paid `room` (rule 13). Start stays start.
    pub(crate) fn cut_at_payment(&mut self, room: i64) -> Result<(), RuleFault> {
        let reached = add(self.rounded(self.from)?, room)?;
        // R(F) reaches a whole number when F reaches half a fen below it.
        let wanted = i128::from(reached)
            .checked_mul(UNIT)
            .and_then(|exact| exact.checked_sub(UNIT / 2))
            .ok_or(RuleFault::Overflow)?;
        let mut before = 0_i128;
        let mut first = if room == 0 { Some(self.from) } else { None };
        for piece in &self.pieces {
            if first.is_some() {
                break;
            }
            let whole = product(rest(piece.to, piece.from), piece.ratio)?;
            let after = before.checked_add(whole).ok_or(RuleFault::Overflow)?;
            if after >= wanted && whole > 0 {
                first = Some(add(piece.from, steps(wanted, before, piece.ratio)?)?);
            }
            before = after;
        }
        self.end = first.map_or(self.end, |first| first.clamp(self.start, self.end));
        Ok(())
    }
}

/// The fewest whole steps of slope `ratio` that lead from `before` to `wanted` or beyond.
fn steps(wanted: i128, before: i128, ratio: Ratio) -> Result<i64, RuleFault> {
    let slope = i128::from(ratio.ten_billionths());
    let way = wanted
        .checked_sub(before)
        .ok_or(RuleFault::Overflow)?
        .max(0);
    let rounded_up = slope.checked_sub(1).and_then(|more| way.checked_add(more));
    rounded_up
        .and_then(|way| way.checked_div(slope))
        .and_then(|steps| i64::try_from(steps).ok())
        .ok_or(RuleFault::Overflow)
}

fn pieces(
    layer: &LayerForm,
    standing: &Standing<'_>,
    base: i64,
    start: i64,
    top: i64,
    trace: &mut Vec<Step>,
) -> Result<Vec<Piece>, RuleFault> {
    let read = |number: Number| standing.read(number, base);
    let origin = match layer.measure {
        Measure::Absolute => 0,
        Measure::AboveStart => start,
    };
    let mut pieces = Vec::with_capacity(layer.segments.len());
    let mut low = origin;
    for (place, segment) in layer.segments.iter().enumerate() {
        let high = match &segment.to {
            None => i64::MAX,
            Some(to) => {
                let to = to.first(standing.facts, &read)?;
                let to = to.ok_or(RuleFault::NoRow(Asked::SegmentEnd(place)))?;
                origin.saturating_add(to.threshold(read)?)
            }
        };
        if high < low {
            return Err(RuleFault::SegmentsCross(place));
        }
        let (from, to) = (low.max(start), high.min(top));
        if from < to {
            let ratio = segment_ratio(layer, place, segment, standing, base, trace)?;
            pieces.push(Piece { from, to, ratio });
        }
        // Segments that the settlement does not reach are not asked.
        if high >= top {
            break;
        }
        low = high;
    }
    Ok(pieces)
}
