//! The words of the clearing month.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why a region does not confirm a row of a month (月度确认异议原因): a closed list.
    MonthObjection, "reason not to confirm a row" {
        /// The own book comes to something else (与本区账簿不一致).
        1 BookDiffers "book_differs",
        /// An institution has not confirmed its settlements (医疗机构尚未确认).
        2 NotConfirmed "not_confirmed",
        /// An expense is being checked with the treatment region (费用协查未完成).
        3 UnderCheck "under_check",
        /// A dispute on it is not settled (争议尚未了结).
        4 InDispute "in_dispute",
    }
}

vocabulary! {
    /// How far a month is (月度清算状态).
    MonthStage, "stage of a month" {
        /// Its rows are drawn up (已编制).
        1 DrawnUp "drawn_up",
        /// It is signed, and regions are to confirm it (待确认).
        2 Signed "signed",
        /// Every region that stands in it has said something (已确认).
        3 Answered "answered",
        /// Two officers approved it (已审批).
        4 Approved "approved",
    }
}
