//! The words of prefunds.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// How much of a prefund is used (预付金预警等级).
    PrefundLevel, "level of a prefund" {
        /// Less than is warned of (正常).
        1 Normal "normal",
        /// So much that it is warned of (黄色预警).
        2 Yellow "yellow",
        /// So much that more may be asked for at once (红色预警).
        3 Red "red",
    }
}

vocabulary! {
    /// Why a movement of money that was entered is taken out again (更正原因): a closed list.
    CorrectionReason, "reason for a correction" {
        /// The amount is another (金额有误).
        1 WrongAmount "wrong_amount",
        /// It is of another member, fund or direction (成员、基金或方向有误).
        2 WrongPurpose "wrong_purpose",
        /// The same money was entered under two references (重复登记).
        3 EnteredTwice "entered_twice",
        /// The bank took it back (银行退汇).
        4 Bounced "bounced",
    }
}
