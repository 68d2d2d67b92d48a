//! Rows of expense checks.

use huitong_core::deduction::DeductionAmounts;
use huitong_core::digest::sha256;
use huitong_core::expense_check::course::Course;
use huitong_core::expense_check::{CheckAsk, CheckSays, CheckTerms, CheckWord};
use huitong_core::fund::Fund;
use huitong_core::id::CheckId;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::CheckReason;

use super::*;
use crate::samples::{claim, fen, id, now};
use crate::store::CheckRow;

pub(super) fn expense_checks() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (treatment, on) = (claim.treatment, now().business_day_shanghai());
    let check = |nth| CheckId::from_bytes([nth; 16]);
    let word = |nth| CheckWord {
        check: check(nth),
        home: claim.person.home,
        treatment,
        follows: None,
        says: CheckSays::Ask(CheckAsk {
            settlement: id(1),
            receipt: sha256(b"receipt"),
            paid: DeductionAmounts::new(vec![(Fund::ResidentPool, fen(120_000))]).unwrap(),
            bill: fen(3_200_000),
            settled_on: on,
            reason: CheckReason::Reported,
            terms: CheckTerms::STANDARD,
        }),
        officer: Some("li.wei".parse().unwrap()),
        at: now(),
    };
    let row = |nth, refused| CheckRow {
        course: Course::begun(&word(nth)).unwrap(),
        places: vec![Location::at(Position::START, 3)],
        shared: 1,
        confirm_by: Some(on),
        refused,
    };
    let refusal = Refusal::new(RefusalCode::NotFound, id(1));
    vec![
        (Key::Check(check(1)), Row::Check(row(1, None).into())),
        (
            Key::Check(check(2)),
            Row::Check(row(2, Some(refusal)).into()),
        ),
        (
            Key::OpenCheck(check(1)),
            Row::OpenCheck(OpenRow { since: now() }),
        ),
        (Key::CheckOf(treatment, id(1)), Row::CheckOf(check(2))),
    ]
}
