//! Checks for tests.

use huitong_core::canonical::Artifact as _;
use huitong_core::date::Timestamp;
use huitong_core::deduction::DeductionAmounts;
use huitong_core::expense_check::course::Course;
use huitong_core::expense_check::{CheckAsk, CheckSays, CheckTerms, CheckWord};
use huitong_core::fund::Fund;
use huitong_core::id::CheckId;
use huitong_core::receipt::ReceiptBody;
use huitong_core::record::NodeRecord;
use huitong_core::record::expense_check::CheckWordSaid;
use huitong_core::vocabulary::CheckReason;

use crate::samples::{fen, now};

/// The first word of a check of what a receipt is of.
pub(crate) fn check_of(receipt: &ReceiptBody, nth: u8) -> CheckWord {
    let part = &receipt.clearing;
    CheckWord {
        check: CheckId::from_bytes([nth; 16]),
        home: part.home,
        treatment: part.treatment,
        follows: None,
        says: CheckSays::Ask(CheckAsk {
            settlement: part.settlement,
            receipt: receipt.digest(),
            paid: DeductionAmounts::new(vec![(Fund::ResidentPool, fen(100))]).unwrap(),
            bill: fen(3_000_000),
            settled_on: part.business_day,
            reason: CheckReason::Other,
            terms: CheckTerms::STANDARD,
        }),
        officer: Some("li.wei".parse().unwrap()),
        at: now(),
    }
}

/// It is asked at a moment.
pub(crate) fn asked(word: CheckWord, at: Timestamp) -> NodeRecord {
    said(CheckWord { at, ..word })
}

/// A word is said.
pub(crate) fn said(word: CheckWord) -> NodeRecord {
    NodeRecord::CheckWordSaid(CheckWordSaid::new(word))
}

/// What is said next in a course.
pub(crate) fn next(course: &Course, says: CheckSays) -> CheckWord {
    CheckWord {
        check: course.check,
        home: course.home,
        treatment: course.treatment,
        follows: course.last(),
        says,
        officer: Some("li.wei".parse().unwrap()),
        at: now(),
    }
}
