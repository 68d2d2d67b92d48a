//! The words of an institution's own accounts.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why an institution objects to a line of its month (异议原因): a closed list.
    ObjectionReason, "reason to object to a line" {
        /// It never settled this (非本机构结算).
        1 NotOurs "not_ours",
        /// An amount is not the one of its books (金额不符).
        2 WrongAmount "wrong_amount",
        /// It took it back (本机构已退费).
        3 TakenBack "taken_back",
        /// It belongs to another month (所属月份不符).
        4 WrongMonth "wrong_month",
        /// What was deducted of it is appealed against (对扣款有异议).
        5 DeductionAppealed "deduction_appealed",
    }
}
