//! The words of audit deductions.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why an audit takes money off a settlement (审核扣款原因): a closed list, told to the institution and the home region.
    DeductionReason, "reason for a deduction" {
        /// Charged above the price or standard that holds (超标准收费).
        1 Overcharged "overcharged",
        /// One item charged as several (分解项目收费).
        2 SplitCharge "split_charge",
        /// The same item charged twice (重复收费).
        3 DuplicatedCharge "duplicated_charge",
        /// An item that the catalogue does not pay for (将目录外项目纳入支付).
        4 NotInCatalogue "not_in_catalogue",
        /// Charged under another item's code (串换药品、耗材或诊疗项目).
        5 Substituted "substituted",
        /// Without indication, or beyond what the item is paid for (无指征或超限定支付范围).
        6 NoIndication "no_indication",
        /// More examined, treated or prescribed than was needed (过度诊疗、超量开药).
        7 Excessive "excessive",
        /// One stay settled as several (分解住院).
        8 SplitAdmission "split_admission",
        /// Admitted without need (不符合入院指征).
        9 NeedlessAdmission "needless_admission",
        /// The medical record does not show it (病历资料不完整，费用无据可查).
        10 InsufficientRecord "insufficient_record",
        /// Charged and never rendered (虚记费用).
        11 NotRendered "not_rendered",
        /// Any other breach of the service agreement (其他违反服务协议情形).
        12 OtherBreach "other_breach",
    }
}

vocabulary! {
    /// Why a deduction is withdrawn (审核扣款撤销原因): a closed list.
    DeductionEndReason, "reason to withdraw a deduction" {
        /// The institution appealed and was right (申诉成立).
        1 AppealUpheld "appeal_upheld",
        /// It was entered wrongly (录入有误).
        2 Mistaken "mistaken",
        /// A review, a court or a supervising bureau ordered it (复核、司法或行政决定撤销).
        3 Ordered "ordered",
    }
}
