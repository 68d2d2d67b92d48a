//! One layer over the buckets: take, cover, pay, label.

use huitong_core::decision::{
    CeilingResult, LayerResult, LeftAmounts, SegmentResult, SkipReason, Step,
};
use huitong_core::money::Fen;

use super::buckets::{BUCKETS_AT_MOST, Bucket, Division, after};
use super::ceiling::BoundsOfLayer;
use super::cover::{Cover, start};
use super::floor::{Floored, floor};
use super::payment::{Payment, entry_shares, given_shares, segment_results};
use super::spread::{EntryShares, Spreader, divide};
use super::standing::{Outcome, Standing};
use super::take::take;
use super::watch::Watch;
use crate::compiled::{AxisForm, LayerForm, PayerForm};
use crate::exact::{add, fen, rest, sub};
use crate::fault::{Fault, RuleFault};

/// The rooms of one adjudication, used again by every layer.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) buckets: Vec<Bucket>,
    divisions: Vec<Division>,
    spare: Vec<Bucket>,
    taken: Vec<i64>,
    shares: Vec<EntryShares>,
    spreader: Spreader,
    /// Bits of the label names given so far.
    labelled: u64,
    pub(crate) trace: Vec<Step>,
}

impl Desk {
    pub(crate) fn new(buckets: Vec<Bucket>) -> Self {
        Self {
            buckets,
            divisions: Vec::with_capacity(16),
            spare: Vec::with_capacity(16),
            taken: Vec::with_capacity(4),
            shares: Vec::with_capacity(4),
            spreader: Spreader::new(),
            labelled: 0,
            trace: Vec::with_capacity(32),
        }
    }
}

/// What a layer covers and pays, before it is divided among buckets.
struct Paying {
    before: i64,
    charged: i64,
    segments: Vec<SegmentResult>,
    ceiling: Option<CeilingResult>,
    floor_extra: i64,
}

impl Paying {
    const NOTHING: Self = Self {
        before: 0,
        charged: 0,
        segments: Vec::new(),
        ceiling: None,
        floor_extra: 0,
    };
}

/// Runs one layer; `None` when it does not apply or finds nothing to take.
pub(crate) fn run(
    layer: &LayerForm,
    bit: u64,
    standing: &mut Standing<'_>,
    desk: &mut Desk,
    watch: &mut impl Watch,
) -> Result<Option<LayerResult>, Fault> {
    let in_layer = |fault| Fault::Layer {
        layer: layer.name,
        fault,
    };
    let read = |number| standing.read(number, 0);
    if !layer.when.holds(standing.facts, &read).map_err(in_layer)? {
        desk.trace.push(Step::Skipped {
            layer: layer.name,
            reason: SkipReason::When,
        });
        return Ok(None);
    }
    if desk.labelled & layer.label_bit != 0 {
        return Err(in_layer(RuleFault::LabelTwice(layer.label)));
    }
    desk.labelled |= layer.label_bit;
    let Desk {
        buckets,
        divisions,
        taken,
        spreader,
        trace,
        ..
    } = desk;
    let base =
        take(layer, standing, buckets, divisions, taken, spreader, trace).map_err(in_layer)?;
    let paying = if let PayerForm::Given(place) = layer.payer {
        give(layer, place, base, standing, desk)?
    } else if base == 0 {
        Paying::NOTHING
    } else {
        pay(layer, base, standing, desk).map_err(in_layer)?
    };
    let outcome =
        settle(layer, bit, base, paying.charged, standing, desk, watch).map_err(in_layer)?;
    if desk.buckets.len() > BUCKETS_AT_MOST {
        return Err(Fault::TooManyBuckets {
            layer: layer.name,
            limit: BUCKETS_AT_MOST,
        });
    }
    if base == 0 {
        desk.trace.push(Step::Skipped {
            layer: layer.name,
            reason: SkipReason::NothingToTake,
        });
        return Ok(None);
    }
    let result = result(layer, base, paying, &outcome).map_err(in_layer)?;
    desk.trace.push(Step::Paid {
        layer: layer.name,
        payer: layer.named_payer,
        amount: result.paid,
        start: result.left.start,
        share: result.left.share,
        above: result.left.above,
    });
    Ok(Some(result))
}

/// A payment made elsewhere: from the bottom of the take, whole or refused (rule 16).
fn give(
    layer: &LayerForm,
    place: usize,
    base: i64,
    standing: &mut Standing<'_>,
    desk: &mut Desk,
) -> Result<Paying, Fault> {
    let given = standing.given_left(place);
    if given > base {
        let name = standing
            .compiled
            .names()
            .given()
            .get(place)
            .copied()
            .unwrap_or(layer.name);
        return Err(Fault::GivenTooLarge {
            name,
            given,
            left: base,
        });
    }
    standing.take_given(place);
    given_shares(given, &desk.taken, &mut desk.shares).map_err(|fault| Fault::Layer {
        layer: layer.name,
        fault,
    })?;
    Ok(Paying::NOTHING)
}

/// pay = min(max(segments, floor), ceilings, balance, base) (rule 11).
fn pay(
    layer: &LayerForm,
    base: i64,
    standing: &mut Standing<'_>,
    desk: &mut Desk,
) -> Result<Paying, RuleFault> {
    let trace = &mut desk.trace;
    let from = match layer.axis {
        AxisForm::Visit => 0,
        AxisForm::Total(place) => standing.total(place),
    };
    let start = start(layer, standing, from, base, trace)?;
    let bounds = BoundsOfLayer::new(layer, standing, from, base, start)?;
    let mut cover = Cover::new(layer, standing, from, base, start, &bounds.scope, trace)?;
    let mut cutting = bounds.note_scope(layer, (cover.start, cover.to), trace)?;
    let uncut = cover.pays(cover.from, cover.end)?;
    let floor = floor(layer, standing, base)?;
    let wanted = uncut
        .max(floor.map_or(0, |floor| floor.guaranteed))
        .min(base);
    let room = bounds.payment.iter().map(|bound| bound.room).min();
    let end_before = cover.end;
    if let Some(room) = room.filter(|room| uncut >= *room) {
        cover.cut_at_payment(room)?;
    }
    let by_segments = uncut.min(room.unwrap_or(uncut));
    let extra = rest(wanted.min(room.unwrap_or(wanted)), by_segments);
    let segments = segment_results(&cover, by_segments)?;
    note(layer, &segments, floor, extra, trace)?;
    let cut_by_payment = bounds.note_payment(layer, wanted, trace)?;
    if cover.end < end_before || room.is_some_and(|room| wanted > room) {
        cutting = cut_by_payment;
    }
    let payment = Payment { by_segments, extra };
    entry_shares(
        &cover,
        payment,
        &desk.taken,
        &mut desk.spreader,
        &mut desk.shares,
    )?;
    if let PayerForm::Account(account) = layer.payer {
        standing.draw(account, add(by_segments, extra)?)?;
    }
    let charged = sub(cover.start, cover.from)?;
    Ok(Paying {
        before: from,
        charged,
        segments,
        ceiling: cutting,
        floor_extra: extra,
    })
}

/// Notes what each segment and the floor contributed.
fn note(
    layer: &LayerForm,
    segments: &[SegmentResult],
    floor: Option<Floored>,
    extra: i64,
    trace: &mut Vec<Step>,
) -> Result<(), RuleFault> {
    for segment in segments {
        let SegmentResult {
            from,
            to,
            ratio,
            amount,
        } = *segment;
        trace.push(Step::Segment {
            layer: layer.name,
            from,
            to,
            ratio,
            amount,
        });
    }
    if let Some(Floored {
        of,
        ratio,
        guaranteed,
    }) = floor
    {
        let (of, guaranteed) = (fen(of)?, fen(guaranteed)?);
        trace.push(Step::Floor {
            layer: layer.name,
            of,
            ratio,
            guaranteed,
            extra: fen(extra)?,
        });
    }
    Ok(())
}

/// Divides what was paid and left among the buckets, labels them, and feeds totals.
fn settle(
    layer: &LayerForm,
    bit: u64,
    base: i64,
    charged: i64,
    standing: &mut Standing<'_>,
    desk: &mut Desk,
    watch: &mut impl Watch,
) -> Result<Outcome, RuleFault> {
    if base > 0 {
        for (entry, shares) in desk.shares.iter().enumerate() {
            divide(&mut desk.divisions, entry, *shares, &mut desk.spreader)?;
        }
    }
    let mut outcome = Outcome {
        base,
        charged,
        paid: 0,
        start: 0,
        share: 0,
        above: 0,
        none: 0,
    };
    for (bucket, division) in desk.buckets.iter().zip(&desk.divisions) {
        outcome.paid = add(outcome.paid, division.paid)?;
        outcome.start = add(outcome.start, division.start)?;
        outcome.share = add(outcome.share, division.share)?;
        outcome.above = add(outcome.above, division.above)?;
        outcome.none = add(outcome.none, sub(bucket.amount, division.taken)?)?;
        if let Some(origin) = standing.origins.get_mut(bucket.origin) {
            origin.paid = add(origin.paid, division.paid)?;
        }
    }
    watch.divided(layer, &desk.buckets, &desk.divisions)?;
    after(
        &mut desk.buckets,
        &desk.divisions,
        layer.label_shift,
        &mut desk.spare,
    )?;
    standing.feed(bit, &outcome)?;
    Ok(outcome)
}

fn result(
    layer: &LayerForm,
    base: i64,
    paying: Paying,
    outcome: &Outcome,
) -> Result<LayerResult, RuleFault> {
    Ok(LayerResult {
        id: layer.name,
        payer: layer.named_payer,
        base: fen(base)?,
        before: fen(paying.before)?,
        start: fen(paying.charged)?,
        segments: paying.segments,
        ceiling: paying.ceiling,
        floor_extra: fen(paying.floor_extra)?,
        left: LeftAmounts {
            start: fen(outcome.start)?,
            share: fen(outcome.share)?,
            above: fen(outcome.above)?,
        },
        paid: Fen::new(outcome.paid).map_err(|_| RuleFault::Overflow)?,
    })
}
