//! The rows that a plan's legs come to, each with its root; and which row it is that they do not come to.

use std::fmt;

use huitong_core::checkpoint::row::{Pair, Row, RowError, rows};
use huitong_core::digest::Digest;
use huitong_core::leg::Leg;
use huitong_core::money::Fen;

use super::fault::shown;
use crate::netting_plan::NettingPlan;

/// Legs that do not come to the plan that is said to have taken them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// They are no rows at all.
    #[error(transparent)]
    Rows(#[from] RowError),
    /// They come to another row than the plan has: the first.
    #[error(
        "row {}: the plan has {plan} in it, and the legs come to {legs}",
        shown(.pair)
    )]
    OtherRow {
        /// Which.
        pair: Pair,
        /// As the plan has it.
        plan: Gross,
        /// As the legs come to it.
        legs: Gross,
    },
}

/// How many legs of a row there are, and what they sum to; or that there is no such row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gross(pub Option<(u64, Fen)>);

impl fmt::Display for Gross {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((legs, amount)) => write!(f, "{amount} in {legs} legs"),
            None => f.write_str("nothing"),
        }
    }
}

/// The pair root of each gross row of a plan, from the legs that it took, in any order.
///
/// # Errors
/// [`ProofError`] when they do not come to it.
pub fn pair_roots<'a>(
    plan: &NettingPlan,
    legs: impl IntoIterator<Item = &'a Leg>,
) -> Result<Vec<Digest>, ProofError> {
    pair_roots_of(plan, &rows(legs)?)
}

/// The pair root of each gross row of a plan, from the rows that its legs came to.
///
/// # Errors
/// [`ProofError::OtherRow`] when they are not the plan's.
pub fn pair_roots_of(plan: &NettingPlan, found: &[Row]) -> Result<Vec<Digest>, ProofError> {
    let of_plan = plan.gross.iter().map(|gross| {
        let (debtor, creditor, fund) = (gross.debtor, gross.creditor, gross.fund);
        let pair = Pair {
            debtor,
            creditor,
            fund,
        };
        (pair, (gross.legs, gross.amount))
    });
    let of_legs = found.iter().map(|row| (row.pair, (row.legs, row.amount)));
    match other_row(of_plan, of_legs) {
        None => Ok(found.iter().map(|row| row.pair_root).collect()),
        Some(other) => Err(other),
    }
}

/// The first row of two lists, both ascending, that they do not have alike.
fn other_row(
    of_plan: impl Iterator<Item = (Pair, (u64, Fen))>,
    of_legs: impl Iterator<Item = (Pair, (u64, Fen))>,
) -> Option<ProofError> {
    let (mut of_plan, mut of_legs) = (of_plan.fuse(), of_legs.fuse());
    loop {
        let (plan, legs) = (of_plan.next(), of_legs.next());
        // The lower of the two is lacking among the others.
        let pairs = [plan, legs].into_iter().flatten().map(|(pair, _)| pair);
        let pair = pairs.min()?;
        if plan != legs {
            let of = |row: Option<(Pair, (u64, Fen))>| {
                Gross(row.filter(|row| row.0 == pair).map(|(_, gross)| gross))
            };
            return Some(ProofError::OtherRow {
                pair,
                plan: of(plan),
                legs: of(legs),
            });
        }
    }
}
