//! The decision by hand while it is being written: what a layer did, and the trace of it.

use huitong_core::decision::{CeilingResult, LayerResult, LeftAmounts, SegmentResult, Step};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::{Bounds, Payer};
use huitong_core::ratio::Ratio;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

pub(crate) fn fen(amount: Decimal) -> Fen {
    Fen::new(amount.to_i64().unwrap()).unwrap()
}

pub(crate) fn round(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

/// What a layer did, before it is written down.
pub(crate) struct Done {
    pub(crate) layer: Name,
    pub(crate) fund: Fund,
    pub(crate) base: Decimal,
    pub(crate) before: Decimal,
    pub(crate) start: Decimal,
    pub(crate) segments: Vec<SegmentResult>,
    pub(crate) paid: Decimal,
    pub(crate) above: Decimal,
    pub(crate) ceiling: Option<CeilingResult>,
}

/// A decision on its way.
pub(crate) struct Sheet {
    pub(crate) layers: Vec<LayerResult>,
    pub(crate) trace: Vec<Step>,
}

impl Sheet {
    pub(crate) fn took(&mut self, layer: Name, amount: Decimal) {
        let amount = fen(amount);
        self.trace.push(Step::Took {
            layer,
            matched: amount,
            weight: Ratio::ONE,
            taken: amount,
        });
    }

    pub(crate) fn started(
        &mut self,
        layer: Name,
        standard: Decimal,
        met: Decimal,
        charged: Decimal,
    ) {
        self.trace.push(Step::Start {
            layer,
            standard: fen(standard),
            met: fen(met),
            charged: fen(charged),
        });
    }

    /// Pays the stretch from `from` to `to`; the last segment takes what rounding left.
    pub(crate) fn pay(
        &mut self,
        layer: Name,
        from: Decimal,
        to: Decimal,
        segments: &[(Decimal, Ratio)],
    ) -> (Decimal, Vec<SegmentResult>) {
        let (mut exact, mut low, mut results) = (Decimal::ZERO, from, Vec::with_capacity(2));
        for (bound, ratio) in segments {
            let high = (*bound).min(to);
            if high > low {
                let part = (high - low) * ratio.get();
                exact += part;
                results.push(SegmentResult {
                    from: fen(low),
                    to: fen(high),
                    ratio: *ratio,
                    amount: fen(part.floor()),
                });
                low = high;
            }
        }
        let paid = round(exact);
        if let Some((last, others)) = results.split_last_mut() {
            let before = Fen::sum(others.iter().map(|segment| segment.amount)).unwrap();
            last.amount = fen(paid).checked_sub(before).unwrap();
        }
        for segment in &results {
            self.trace.push(Step::Segment {
                layer,
                from: segment.from,
                to: segment.to,
                ratio: segment.ratio,
                amount: segment.amount,
            });
        }
        (paid, results)
    }

    /// A payment ceiling that the year's payments use up.
    pub(crate) fn cap(
        &mut self,
        layer: Name,
        paid: Decimal,
        limit: Decimal,
        used: Decimal,
    ) -> Decimal {
        let room = (limit - used).max(Decimal::ZERO);
        let within = paid.min(room);
        self.trace.push(Step::Ceiling {
            layer,
            bounds: Bounds::Payment,
            limit: fen(limit),
            room: fen(room),
            cut: fen(paid - within),
        });
        within
    }

    /// Writes a layer down; what it left as the patient's share.
    pub(crate) fn close(&mut self, done: Done) -> Decimal {
        let share = done.base - done.start - done.paid - done.above;
        let (amount, payer) = (fen(done.paid), Payer::Fund(done.fund));
        let left = LeftAmounts {
            start: fen(done.start),
            share: fen(share),
            above: fen(done.above),
        };
        self.trace.push(Step::Paid {
            layer: done.layer,
            payer,
            amount,
            start: left.start,
            share: left.share,
            above: left.above,
        });
        self.layers.push(LayerResult {
            id: done.layer,
            payer,
            base: fen(done.base),
            before: fen(done.before),
            start: left.start,
            segments: done.segments,
            ceiling: done.ceiling,
            floor_extra: Fen::ZERO,
            left,
            paid: amount,
        });
        share
    }
}
