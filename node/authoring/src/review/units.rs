//! Slips of the unit: fen where yuan are meant, thresholds that no notice has.

use std::collections::BTreeSet;

use huitong_core::policy::FaultPath;
use huitong_core::policy::layer::{Axis, Bounds, Layer};
use huitong_core::policy::quantity::Linear;
use rust_decimal::Decimal;

use super::finding::Kind;
use super::report::Report;
use super::world::World;

/// Fen: 10 yuan.
const LEAST: i64 = 1_000;
/// Fen: 100 million yuan.
const MOST: i64 = 10_000_000_000;
/// Fen: a start of 100,000 yuan at one visit is no start that a notice has.
const START_IN_FEN: i64 = 10_000_000;
/// Fen: a bound or ceiling of five million yuan is none either.
const BOUND_IN_FEN: i64 = 500_000_000;
/// Between two rows of one start amounts differ, but hardly ever by so much.
const TIMES_IN_START: i64 = 50;
/// Between two segments they may differ by more; ceilings by disease differ by anything.
const TIMES_IN_SEGMENTS: i64 = 90;

/// A quantity with the path of its value.
type Written<'p> = (FaultPath, &'p Linear);

/// Looks at every threshold that is written as an amount.
pub(super) fn check(world: &World<'_>, report: &mut Report<'_>) {
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in world.policy().layers().iter().enumerate() {
        of_layer(&root.index(at), layer, report);
    }
}

fn of_layer(path: &FaultPath, layer: &Layer, report: &mut Report<'_>) {
    if let Some(start) = &layer.start {
        let path = path.key("start").key("amount");
        let rows = start.amount.rows.iter().enumerate();
        let rows: Vec<Written<'_>> = rows
            .map(|(at, row)| (path.index(at).key("value"), &row.value))
            .collect();
        let suspect = match layer.axis {
            Axis::Visit => START_IN_FEN,
            Axis::Total(_) => BOUND_IN_FEN,
        };
        table(&rows, suspect, report);
        leaps(&rows, suspect, TIMES_IN_START, report);
    }
    let mut bounds: Vec<Written<'_>> = Vec::new();
    for (at, segment) in layer.segments.iter().enumerate() {
        let Some(to) = &segment.to else { continue };
        let path = path.key("segments").index(at).key("to");
        let rows = to.rows.iter().enumerate();
        let rows: Vec<Written<'_>> = rows
            .map(|(at, row)| (path.index(at).key("value"), &row.value))
            .collect();
        table(&rows, BOUND_IN_FEN, report);
        bounds.extend(rows);
    }
    leaps(&bounds, BOUND_IN_FEN, TIMES_IN_SEGMENTS, report);
    for (at, ceiling) in layer.ceilings.iter().enumerate() {
        let key = match ceiling.bounds {
            Bounds::Scope => "scope",
            Bounds::Payment => "payment",
        };
        let path = path.key("ceilings").index(at).key(key);
        let rows = ceiling.amount.rows.iter().enumerate();
        let rows: Vec<Written<'_>> = rows
            .filter_map(|(at, row)| Some((path.index(at).key("value"), row.value.as_ref()?)))
            .collect();
        table(&rows, BOUND_IN_FEN, report);
    }
}

fn table(rows: &[Written<'_>], suspect: i64, report: &mut Report<'_>) {
    for (path, linear) in rows {
        extremes(path, linear, report);
    }
    for (path, amount) in rows.iter().filter_map(fixed) {
        if (suspect..=MOST).contains(&amount) {
            in_fen(&path, amount, report);
        }
    }
}

/// Amounts that are many times what stands beside them.
fn leaps(rows: &[Written<'_>], suspect: i64, times: i64, report: &mut Report<'_>) {
    let amounts: BTreeSet<i64> = rows
        .iter()
        .filter_map(fixed)
        .map(|(_, amount)| amount)
        .filter(|amount| *amount >= LEAST)
        .collect();
    let after = amounts.iter().skip(1);
    let leap = amounts
        .iter()
        .zip(after)
        .find(|(low, high)| low.saturating_mul(times) <= **high);
    let Some((_, from)) = leap else { return };
    for (path, amount) in rows.iter().filter_map(fixed) {
        // Those above the suspicion are told already.
        if amount >= *from && amount < suspect {
            in_fen(&path, amount, report);
        }
    }
}

fn in_fen(path: &FaultPath, fen: i64, report: &mut Report<'_>) {
    let amount = plain(Decimal::new(fen, 2));
    let meant = plain(Decimal::new(fen, 4));
    report.note(path, Kind::AmountInFen { amount, meant });
}

fn extremes(path: &FaultPath, linear: &Linear, report: &mut Report<'_>) {
    let written = if linear.terms.is_empty() {
        vec![(path.clone(), linear.constant)]
    } else {
        let bounds = [("at_least", linear.at_least), ("at_most", linear.at_most)];
        let bound = |(key, bound): (&str, Option<Decimal>)| Some((path.key(key), bound?));
        bounds.into_iter().filter_map(bound).collect()
    };
    for (path, fen) in written {
        let amount = || {
            let yuan = fen.checked_div(Decimal::ONE_HUNDRED);
            plain(yuan.unwrap_or(fen))
        };
        if fen < Decimal::ZERO {
            report.note(&path, Kind::AmountBelowZero { amount: amount() });
        } else if !fen.is_zero() && fen < Decimal::from(LEAST) {
            report.note(&path, Kind::AmountTooSmall { amount: amount() });
        } else if fen > Decimal::from(MOST) {
            report.note(&path, Kind::AmountTooLarge { amount: amount() });
        }
    }
}

/// The amount of a quantity that depends on no fact.
fn fixed((path, linear): &Written<'_>) -> Option<(FaultPath, i64)> {
    use rust_decimal::prelude::ToPrimitive;
    let amount = linear.constant.to_i64()?;
    linear.terms.is_empty().then(|| (path.clone(), amount))
}

fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}
