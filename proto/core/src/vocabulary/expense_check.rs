//! The words of expense checks between regions.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why the home region finds a settlement suspicious (协查事由): a closed list.
    CheckReason, "reason for an expense check" {
        /// The bill is far above what such a case costs (费用明显异常).
        1 UnusualAmount "unusual_amount",
        /// The stay is far longer than such a case takes (住院时间异常).
        2 UnusualStay "unusual_stay",
        /// Items do not fit the diagnosis (诊疗项目与病情不符).
        3 ItemsDoNotFit "items_do_not_fit",
        /// It may have been somebody else (疑似冒名就医).
        4 OtherPerson "other_person",
        /// One stay may have been settled as several (疑似分解住院).
        5 SplitAdmission "split_admission",
        /// The same stay may have been reimbursed before (疑似重复报销).
        6 Duplicate "duplicate",
        /// Somebody reported it (举报投诉).
        7 Reported "reported",
        /// Anything else (其他).
        8 Other "other",
    }
}

vocabulary! {
    /// Why the home region sends an answer back (退回事由): a closed list.
    SendBackReason, "reason to send an answer back" {
        /// It does not answer what was asked (未答复所查事项).
        1 NotAnswered "not_answered",
        /// What it rests on is missing (材料不全).
        2 Incomplete "incomplete",
        /// The amounts are not clear (金额不明).
        3 AmountsUnclear "amounts_unclear",
        /// Anything else (其他).
        4 Other "other",
    }
}

vocabulary! {
    /// How a check stands on a day (协查状态).
    CheckStanding, "standing of an expense check" {
        /// It waits for the day on which the treatment region takes requests up.
        1 Waiting "waiting",
        /// The treatment region is to answer.
        2 TakenUp "taken_up",
        /// So it is, and the day until which it was to do so is over: it has rolled over.
        3 Overdue "overdue",
        /// The home region is to confirm the answer, or to send it back once.
        4 Answered "answered",
        /// The home region confirmed it.
        5 Confirmed "confirmed",
        /// It said nothing in time, which counts as confirmed.
        6 ConfirmedBySilence "confirmed_by_silence",
        /// The settlement was reversed before the check was over.
        7 Reversed "reversed",
        /// The treatment region refused to take it.
        8 Refused "refused",
    }
}

impl CheckStanding {
    /// Whether somebody is still to say something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Waiting | Self::TakenUp | Self::Overdue | Self::Answered => true,
            Self::Confirmed | Self::ConfirmedBySilence | Self::Reversed | Self::Refused => false,
        }
    }
}
