//! A floor: the share of the base, or of a part of the bill, that a layer guarantees.

use huitong_core::ratio::Ratio;
use huitong_core::rounding::share;

use super::standing::Standing;
use crate::compiled::{LayerForm, Number};
use crate::exact::{fen, rest};
use crate::fault::{Asked, RuleFault};

/// A floor worked out.
#[derive(Clone, Copy)]
pub(crate) struct Floored {
    pub(crate) of: i64,
    pub(crate) ratio: Ratio,
    /// For this layer, after what earlier ones paid.
    pub(crate) guaranteed: i64,
}

/// What is guaranteed to this layer: rounded once, less what earlier layers paid of the part of the bill
/// that it is a share of (rules 7 and 12).
pub(crate) fn floor(
    layer: &LayerForm,
    standing: &Standing<'_>,
    base: i64,
) -> Result<Option<Floored>, RuleFault> {
    let Some(floor) = &layer.floor else {
        return Ok(None);
    };
    let read = |number: Number| standing.read(number, base);
    let ratio = floor.ratio.first(standing.facts, &read)?;
    let ratio = *ratio.ok_or(RuleFault::NoRow(Asked::Floor))?;
    let of = read(floor.of)?;
    let whole = share(fen(of)?, ratio).map_err(|_| RuleFault::Overflow)?;
    Ok(Some(Floored {
        of,
        ratio,
        guaranteed: rest(whole.get(), standing.paid_of(floor.of)?),
    }))
}
