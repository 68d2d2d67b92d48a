//! Returns: the only negative lines. Each names an earlier line of the same code and takes from it.

use std::collections::BTreeMap;

use super::{BillError, BillLine, NetLine};
use crate::money::{Fen, MoneyError, SignedFen};

/// Checks numbers, signs and returns, and sums the lines.
pub(super) fn checked_sum(lines: &[BillLine]) -> Result<SignedFen, BillError> {
    net(lines)?;
    let mut sum = SignedFen::from(Fen::ZERO);
    for line in lines {
        sum = sum.checked_add(line.amount)?;
    }
    Ok(sum)
}

/// The lines with their returns taken off, in the order charged; lines returned wholly are left out.
pub(super) fn net(lines: &[BillLine]) -> Result<Vec<NetLine>, BillError> {
    let mut kept: Vec<NetLine> = Vec::with_capacity(lines.len());
    let mut place_of: BTreeMap<u32, Option<usize>> = BTreeMap::new();
    for line in lines {
        let place = match line.returns {
            None => {
                kept.push(charged(line)?);
                Some(kept.len().saturating_sub(1))
            }
            Some(returned) => {
                let target = place_of
                    .get(&returned)
                    .copied()
                    .flatten()
                    .and_then(|place| kept.get_mut(place))
                    .filter(|target| target.code == line.code)
                    .ok_or(BillError::ReturnsNothing {
                        line: line.number,
                        returned,
                    })?;
                take_back(target, line)?;
                None
            }
        };
        if place_of.insert(line.number, place).is_some() {
            return Err(BillError::RepeatedLine(line.number));
        }
    }
    kept.retain(|line| !line.amount.is_zero());
    Ok(kept)
}

fn charged(line: &BillLine) -> Result<NetLine, BillError> {
    let wrong = BillError::Sign(line.number);
    let amount = Fen::new(line.amount.get()).map_err(|fault| match fault {
        MoneyError::Negative => wrong.clone(),
        fault @ (MoneyError::OutOfRange
        | MoneyError::Malformed
        | MoneyError::NothingToSplitBy
        | MoneyError::PartsDiffer { .. }
        | MoneyError::TargetsDiffer) => BillError::Money(fault),
    })?;
    if line.quantity.is_sign_negative() || line.quantity.is_zero() {
        return Err(wrong);
    }
    Ok(NetLine {
        number: line.number,
        code: line.code,
        date: line.date,
        quantity: line.quantity,
        amount,
        approved: line.approved,
    })
}

fn take_back(target: &mut NetLine, line: &BillLine) -> Result<(), BillError> {
    if line.amount.get() > 0 || !line.quantity.is_sign_negative() {
        return Err(BillError::Sign(line.number));
    }
    let too_much = BillError::ReturnsTooMuch(line.number);
    target.amount = target
        .amount
        .checked_sub(line.amount.abs())
        .map_err(|_| too_much.clone())?;
    target.quantity = target
        .quantity
        .checked_add(line.quantity)
        .ok_or_else(|| too_much.clone())?;
    let nothing_kept = target.amount.is_zero();
    if target.quantity.is_sign_negative() || (target.quantity.is_zero() && !nothing_kept) {
        return Err(too_much);
    }
    Ok(())
}
