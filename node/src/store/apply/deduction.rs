//! Rows of audit deductions, in both roles.

use huitong_core::deduction::{DeductionAct, DeductionBody, DeductionVerdict, Lifted};
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::leg::{Leg, LegKind, Side};
use huitong_core::record::deduction::{
    DeductionAnswered, DeductionDecided, DeductionLifted, DeductionOrdered,
};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DeductionReason;

use super::super::deduction_row::{
    DeductionRow, DeductionState, Deductions, HomeDeductionRow, HomeDeductionState,
};
use super::super::{Key, Location, OpenRow, Row, StoreError};
use super::payable;
use super::{Changes, Ground};

/// Treatment role: about to ask the home region.
pub(super) fn ordered(
    record: &DeductionOrdered,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let body = record.body();
    let id = body.deduction;
    let known = ground.rows.deduction(id)?;
    let row = match body.act {
        DeductionAct::Deduct(reason) => {
            let fresh = known.is_none();
            let row = known.unwrap_or_else(|| row_of(body, reason));
            if fresh {
                counts(body, ground, out)?;
                listed(body, out);
            }
            DeductionRow {
                ordered: Some(at),
                ..row
            }
        }
        DeductionAct::Withdraw(_) => DeductionRow {
            withdrawal: Some(at),
            state: DeductionState::Withdrawing,
            ..known.ok_or(UNKNOWN)?
        },
    };
    out.put(Key::Deduction(id), Row::Deduction(row.into()));
    let open = OpenRow {
        since: body.ordered_at,
    };
    out.put(Key::OpenDeduction(id), Row::OpenDeduction(open));
    Ok(())
}

/// Treatment role: the home region's word, on a deduction or on its withdrawal.
pub(super) fn answered(
    record: &DeductionAnswered,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (order, said) = (&record.word.order.body, &record.word.answer.body);
    let id = order.deduction;
    let known = ground.rows.deduction(id)?;
    let row = match (order.act, &said.verdict) {
        (DeductionAct::Deduct(reason), verdict) => {
            if known.is_none() {
                listed(order, out);
            }
            let row = known.unwrap_or_else(|| row_of(order, reason));
            let state = match verdict {
                DeductionVerdict::Accepted(_) => {
                    counts(order, ground, out)?;
                    DeductionState::Stands
                }
                DeductionVerdict::Refused(_) => {
                    counts_no_more((order.settlement, id), ground, out)?;
                    DeductionState::Refused
                }
            };
            DeductionRow {
                answered: Some(at),
                state,
                ..row
            }
        }
        (DeductionAct::Withdraw(_), verdict) => {
            let state = match verdict {
                DeductionVerdict::Accepted(_) => {
                    counts_no_more((order.settlement, id), ground, out)?;
                    DeductionState::Withdrawn
                }
                DeductionVerdict::Refused(_) => DeductionState::Stands,
            };
            DeductionRow {
                ended: Some(at),
                state,
                ..known.ok_or(UNKNOWN)?
            }
        }
    };
    out.put(Key::Deduction(id), Row::Deduction(row.into()));
    out.remove(Key::OpenDeduction(id));
    if let DeductionVerdict::Accepted(day) = &said.verdict {
        let of = (kind_of(order.act), id.as_debt());
        let whose = (order.home, order.settlement, None);
        let amounts = order.amounts.as_slice();
        payable::due((order.institution, *day), of, whose, amounts, out);
    }
    moved(order, &said.verdict, record.legs_from, at, ground, out)
}

/// Home role: accepted or refused, now or before a backup.
pub(super) fn decided(
    record: &DeductionDecided,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (order, said) = (&record.order.body, record.body());
    let (treatment, id) = (order.treatment, order.deduction);
    let known = ground.rows.home_deduction(treatment, id)?;
    let row = match (order.act, &said.verdict) {
        (DeductionAct::Deduct(_), verdict) => {
            let state = match verdict {
                DeductionVerdict::Accepted(_) => HomeDeductionState::Stands,
                DeductionVerdict::Refused(_) => HomeDeductionState::Refused,
            };
            if state == HomeDeductionState::Stands {
                let standing = at_home(treatment, order.settlement, ground)?;
                home_counts(order, standing.with(id, &order.amounts), out);
            }
            Some(HomeDeductionRow {
                settlement: order.settlement,
                amounts: order.amounts.clone(),
                decided: at,
                withdrawn: None,
                state,
            })
        }
        (DeductionAct::Withdraw(_), DeductionVerdict::Accepted(_)) => {
            let standing = at_home(treatment, order.settlement, ground)?;
            home_counts(order, standing.without(id), out);
            Some(HomeDeductionRow {
                withdrawn: Some(at),
                state: HomeDeductionState::Withdrawn,
                ..known.ok_or(UNKNOWN)?
            })
        }
        // It stands as it stood.
        (DeductionAct::Withdraw(_), DeductionVerdict::Refused(_)) => None,
    };
    if let Some(row) = row {
        out.put(Key::HomeDeduction(treatment, id), Row::HomeDeduction(row));
    }
    moved(order, &said.verdict, record.legs_from, at, ground, out)
}

/// Either role: it ends with its settlement.
pub(super) fn lifted(
    record: &DeductionLifted,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Lifted {
        deduction,
        settlement,
        treatment,
        ..
    } = record.lifted;
    match record.side {
        Side::Receivable => {
            let row = ground.rows.deduction(deduction)?.ok_or(UNKNOWN)?;
            let row = DeductionRow {
                ended: Some(at),
                state: DeductionState::Lifted,
                ..row
            };
            let of = (LegKind::DeductionEnd, deduction.as_debt());
            let (on, amounts) = (record.lifted.business_day, record.lifted.amounts.as_slice());
            let whose = (record.lifted.home, settlement, None);
            payable::due((row.institution, on), of, whose, amounts, out);
            out.put(Key::Deduction(deduction), Row::Deduction(row.into()));
            counts_no_more((settlement, deduction), ground, out)?;
        }
        Side::Payable => {
            let row = ground.rows.home_deduction(treatment, deduction)?;
            let row = HomeDeductionRow {
                state: HomeDeductionState::Lifted,
                ..row.ok_or(UNKNOWN)?
            };
            let key = Key::HomeDeduction(treatment, deduction);
            out.put(key, Row::HomeDeduction(row));
            let standing = at_home(treatment, settlement, ground)?.without(deduction);
            let key = Key::HomeDeductions(treatment, settlement);
            out.put(key, Row::HomeDeductions(standing));
        }
    }
    let legs = Leg::of_lifted(&record.lifted).len();
    let debt = (deduction.as_debt(), LegKind::DeductionEnd);
    out.legs(record.legs_from, legs, debt, at, ground.rows)
}

const UNKNOWN: StoreError =
    StoreError::Inconsistent("a record names a deduction that was never ordered");

const fn kind_of(act: DeductionAct) -> LegKind {
    match act {
        DeductionAct::Deduct(_) => LegKind::Deduction,
        DeductionAct::Withdraw(_) => LegKind::DeductionEnd,
    }
}

fn row_of(body: &DeductionBody, reason: DeductionReason) -> DeductionRow {
    DeductionRow {
        settlement: body.settlement,
        institution: body.institution,
        home: body.home,
        receipt: body.receipt,
        amounts: body.amounts.clone(),
        reason,
        on: body.ordered_at.business_day_shanghai(),
        ordered: None,
        answered: None,
        withdrawal: None,
        ended: None,
        state: DeductionState::Asked,
    }
}

fn listed(body: &DeductionBody, out: &mut Changes) {
    let on = body.ordered_at.business_day_shanghai();
    out.put(
        Key::DeductionOn(on, body.deduction),
        Row::DeductionOn(body.institution),
    );
}

fn counts(body: &DeductionBody, ground: &Ground<'_>, out: &mut Changes) -> Result<(), StoreError> {
    let standing = ground.rows.deductions(body.settlement)?;
    let standing = standing.unwrap_or(Deductions::NONE);
    let with = standing.with(body.deduction, &body.amounts);
    out.put(Key::Deductions(body.settlement), Row::Deductions(with));
    Ok(())
}

fn counts_no_more(
    (settlement, deduction): (SettlementId, DeductionId),
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let standing = ground.rows.deductions(settlement)?;
    let standing = standing.unwrap_or(Deductions::NONE);
    let without = standing.without(deduction);
    out.put(Key::Deductions(settlement), Row::Deductions(without));
    Ok(())
}

fn at_home(
    treatment: RegionCode,
    settlement: SettlementId,
    ground: &Ground<'_>,
) -> Result<Deductions, StoreError> {
    let standing = ground.rows.home_deductions(treatment, settlement)?;
    Ok(standing.unwrap_or(Deductions::NONE))
}

fn home_counts(order: &DeductionBody, standing: Deductions, out: &mut Changes) {
    let key = Key::HomeDeductions(order.treatment, order.settlement);
    out.put(key, Row::HomeDeductions(standing));
}

/// The legs of what was accepted.
fn moved(
    order: &DeductionBody,
    verdict: &DeductionVerdict,
    legs_from: u64,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let DeductionVerdict::Accepted(day) = verdict else {
        return Ok(());
    };
    let kind = kind_of(order.act);
    let legs = Leg::of_deduction(order, *day).len();
    let debt = (order.deduction.as_debt(), kind);
    out.legs(legs_from, legs, debt, at, ground.rows)
}
