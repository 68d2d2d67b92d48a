//! Rows of audit deductions, in both roles and in each state.

use huitong_core::deduction::DeductionAmounts;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::DeductionId;
use huitong_core::vocabulary::DeductionReason;

use super::*;
use crate::samples::{claim, fen, id, now};
use crate::store::{
    DeductionRow, DeductionState, Deductions, HomeDeductionRow, HomeDeductionState,
};

pub(super) fn deductions() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (treatment, institution) = (claim.treatment, claim.institution.code);
    let at = Location::at(Position::START, 3);
    let on = now().business_day_shanghai();
    let amounts = DeductionAmounts::new(vec![(Fund::ResidentPool, fen(120_000))]).unwrap();
    let of = |nth| DeductionId::from_bytes([nth; 16]);
    let states = [
        DeductionState::Asked,
        DeductionState::Stands,
        DeductionState::Refused,
        DeductionState::Withdrawing,
        DeductionState::Withdrawn,
        DeductionState::Lifted,
    ];
    let ordered = (1_u8..).zip(states).map(|(nth, state)| {
        let row = DeductionRow {
            settlement: id(1),
            institution,
            home: claim.person.home,
            receipt: sha256(b"receipt"),
            amounts: amounts.clone(),
            reason: DeductionReason::Overcharged,
            on,
            ordered: Some(at),
            answered: None,
            withdrawal: Some(at),
            ended: None,
            state,
        };
        (Key::Deduction(of(nth)), Row::Deduction(row.into()))
    });
    let mut rows: Vec<(Key, Row)> = ordered.collect();
    let states = [
        HomeDeductionState::Refused,
        HomeDeductionState::Stands,
        HomeDeductionState::Withdrawn,
        HomeDeductionState::Lifted,
    ];
    rows.extend((1_u8..).zip(states).map(|(nth, state)| {
        let row = HomeDeductionRow {
            settlement: id(1),
            amounts: amounts.clone(),
            decided: at,
            withdrawn: Some(at),
            state,
        };
        (
            Key::HomeDeduction(treatment, of(nth)),
            Row::HomeDeduction(row),
        )
    }));
    let counted = Deductions(vec![(of(1), amounts.clone()), (of(2), amounts)]);
    rows.extend([
        (Key::Deductions(id(1)), Row::Deductions(counted.clone())),
        (
            Key::OpenDeduction(of(1)),
            Row::OpenDeduction(OpenRow { since: now() }),
        ),
        (Key::DeductionOn(on, of(1)), Row::DeductionOn(institution)),
        (
            Key::HomeDeductions(treatment, id(1)),
            Row::HomeDeductions(counted),
        ),
    ]);
    rows
}
