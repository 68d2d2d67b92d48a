//! Ceilings: how much room each leaves, as a position for scope and as an amount for payment.

use huitong_core::decision::{CeilingResult, Step};
use huitong_core::policy::layer::{Bounds, Measure};

use super::standing::Standing;
use crate::compiled::{LayerForm, Number, PayerForm, UsedUpIn};
use crate::exact::{fen, rest, sub};
use crate::fault::{Asked, RuleFault};

/// One ceiling as it bounds this settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The ceiling itself.
    pub(crate) limit: i64,
    /// For scope, the position on the axis where cover ends; for payment, the most that is paid.
    pub(crate) room: i64,
    /// The room as an amount, for results.
    pub(crate) shown: i64,
    pub(crate) source: Source,
}

/// Where a bound comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Ceiling,
    /// The balance of the account that pays (rule 17).
    Balance,
}

/// The bounds of a layer, of scope and of payment, each in the order written; a balance comes last.
#[derive(Debug)]
pub(crate) struct BoundsOfLayer {
    pub(crate) scope: Vec<Bound>,
    pub(crate) payment: Vec<Bound>,
}

impl BoundsOfLayer {
    pub(crate) fn new(
        layer: &LayerForm,
        standing: &Standing<'_>,
        from: i64,
        base: i64,
        start: i64,
    ) -> Result<Self, RuleFault> {
        let read = |number: Number| standing.read(number, base);
        let mut bounds = Self {
            scope: Vec::new(),
            payment: Vec::new(),
        };
        for (place, ceiling) in layer.ceilings.iter().enumerate() {
            let amount = ceiling.amount.first(standing.facts, &read)?;
            let Some(amount) = amount.ok_or(RuleFault::NoRow(Asked::Ceiling(place)))? else {
                continue;
            };
            let limit = amount.threshold(read)?;
            let used = match ceiling.used_up_in {
                UsedUpIn::Settlement => 0,
                UsedUpIn::Axis => match layer.measure {
                    Measure::Absolute => from,
                    Measure::AboveStart => rest(from, start),
                },
                UsedUpIn::Total(total) => standing.total(total),
            };
            let shown = rest(limit, used);
            match ceiling.bounds {
                Bounds::Payment => {
                    bounds.payment.push(Bound {
                        limit,
                        room: shown,
                        shown,
                        source: Source::Ceiling,
                    });
                }
                Bounds::Scope => {
                    let room =
                        position(layer.measure, ceiling.used_up_in, limit, shown, from, start);
                    bounds.scope.push(Bound {
                        limit,
                        room,
                        shown,
                        source: Source::Ceiling,
                    });
                }
            }
        }
        if let PayerForm::Account(account) = layer.payer {
            let held = standing.held(account);
            bounds.payment.push(Bound {
                limit: held.before,
                room: held.now,
                shown: held.now,
                source: Source::Balance,
            });
        }
        Ok(bounds)
    }

    /// Notes every scope ceiling on the way from the start's end to the end of the base; the lowest that
    /// cuts is the result.
    pub(crate) fn note_scope(
        &self,
        layer: &LayerForm,
        (start, to): (i64, i64),
        trace: &mut Vec<Step>,
    ) -> Result<Option<CeilingResult>, RuleFault> {
        let (mut end, mut cutting) = (to, None);
        for bound in &self.scope {
            let cut = rest(end, bound.room.max(start));
            let (limit, room) = (fen(bound.limit)?, fen(bound.shown)?);
            let (layer, bounds, cut_fen) = (layer.name, Bounds::Scope, fen(cut)?);
            trace.push(Step::Ceiling {
                layer,
                bounds,
                limit,
                room,
                cut: cut_fen,
            });
            if cut > 0 {
                end = sub(end, cut)?;
                cutting = Some(CeilingResult {
                    bounds,
                    limit,
                    room,
                });
            }
        }
        Ok(cutting)
    }

    /// Notes every payment ceiling and the balance; the narrowest, first of equals, is the result.
    pub(crate) fn note_payment(
        &self,
        layer: &LayerForm,
        wanted: i64,
        trace: &mut Vec<Step>,
    ) -> Result<Option<CeilingResult>, RuleFault> {
        let mut left = wanted;
        for bound in &self.payment {
            let cut = rest(left, bound.room);
            left = sub(left, cut)?;
            trace.push(match bound.source {
                Source::Ceiling => Step::Ceiling {
                    layer: layer.name,
                    bounds: Bounds::Payment,
                    limit: fen(bound.limit)?,
                    room: fen(bound.shown)?,
                    cut: fen(cut)?,
                },
                Source::Balance => Step::Balance {
                    layer: layer.name,
                    held: fen(bound.shown)?,
                },
            });
        }
        let narrowest = self.payment.iter().min_by_key(|bound| bound.room);
        narrowest
            .map(|bound| {
                let (limit, room) = (fen(bound.limit)?, fen(bound.shown)?);
                Ok(CeilingResult {
                    bounds: Bounds::Payment,
                    limit,
                    room,
                })
            })
            .transpose()
    }
}

/// Where a scope ceiling ends cover, measured as the segments are (rules 14 and 15): a position of its
/// own when it is used up on the axis, else so far on from where this settlement begins.
fn position(
    measure: Measure,
    used_up_in: UsedUpIn,
    limit: i64,
    room: i64,
    from: i64,
    start: i64,
) -> i64 {
    let origin = match (used_up_in, measure) {
        (UsedUpIn::Axis, Measure::Absolute) => return limit,
        (UsedUpIn::Axis, Measure::AboveStart) => return start.saturating_add(limit),
        (UsedUpIn::Settlement | UsedUpIn::Total(_), Measure::Absolute) => from,
        (UsedUpIn::Settlement | UsedUpIn::Total(_), Measure::AboveStart) => from.max(start),
    };
    origin.saturating_add(room)
}
