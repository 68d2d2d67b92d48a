//! The words of payments between clearing members.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Which way money moves, seen from the clearing account (收付方向).
    Direction, "direction of a payment" {
        /// The member pays in what it owes (缴入).
        1 PayIn "pay_in",
        /// The member is paid what it is owed (拨付).
        2 PayOut "pay_out",
    }
}

vocabulary! {
    /// Why money that moved is not counted against what was ordered (挂账原因).
    ParkReason, "reason why money is parked" {
        /// Nothing was ordered under the reference that it bears (付款参考号不存在).
        1 UnknownReference "unknown_reference",
        /// It moved the other way than was ordered (收付方向不符).
        2 OtherDirection "other_direction",
        /// It came from, or went to, another member than the one named in the reference (成员不符).
        3 OtherMember "other_member",
        /// It is of another fund than was ordered (基金不符).
        4 OtherFund "other_fund",
        /// It is more than is open under the reference (金额超过未清余额).
        5 Exceeds "exceeds",
        /// The member still owes for an earlier cycle, which comes first (存在更早的未清清算期).
        6 EarlierOpen "earlier_open",
        /// More would have been paid out for the cycle than was paid in (拨付超过已缴入金额).
        7 NotCovered "not_covered",
    }
}

vocabulary! {
    /// Why a member has not paid yet (未按期缴入原因): a closed list, shown to those who are owed.
    DelayReason, "reason for a late payment" {
        /// The finance bureau has not transferred it yet (财政尚未拨款).
        1 FinanceTransfer "finance_transfer",
        /// The fund does not hold enough (基金余额不足).
        2 FundShort "fund_short",
        /// The year's budget has to be changed first (预算待调整).
        3 Budget "budget",
        /// A bank sent it back or could not carry it out (银行退汇或处理失败).
        4 Bank "bank",
        /// The member disputes what it owes (成员对应付金额有争议).
        5 Disputed "disputed",
    }
}
