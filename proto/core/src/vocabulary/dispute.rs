//! The words of disputes between regions.

use crate::canonical::{Canonical, CanonicalError, Decoder, Encoder};

use super::WordError;

vocabulary! {
    /// Why a region disputes a debt or a row of a cycle (争议原因): a closed list.
    DisputeReason, "reason of a dispute" {
        /// The person was not insured in the region on those days (非本区参保).
        1 NotInsuredHere "not_insured_here",
        /// The person was not treated there (未在该地就医).
        2 NotTreated "not_treated",
        /// The amount is another (金额有误).
        3 AmountWrong "amount_wrong",
        /// The settlement was reversed already (已冲正).
        4 AlreadyReversed "already_reversed",
        /// The same care was paid by another way (已另行支付).
        5 PaidElsewhere "paid_elsewhere",
        /// It is another fund's (基金有误).
        6 WrongFund "wrong_fund",
        /// The home region's rules were not applied as they are (政策执行有误).
        7 RulesMisapplied "rules_misapplied",
        /// A deduction of an audit is not counted (审核扣款未计).
        8 DeductionMissing "deduction_missing",
        /// The other region has not reported what it owes (对方未上报).
        9 NotReported "not_reported",
    }
}

vocabulary! {
    /// Why a region rejects what another claims (驳回原因): a closed list.
    RejectionReason, "reason to reject a dispute" {
        /// What was settled is right as it is (原结算无误).
        1 Stands "stands",
        /// The papers that would prove it have not come (证明材料不足).
        2 EvidenceMissing "evidence_missing",
        /// It is about what is too long ago (超过争议期限).
        3 OutOfTerm "out_of_term",
        /// It is not for this region to answer (非本区责任).
        4 NotOurDuty "not_our_duty",
    }
}

vocabulary! {
    /// On what ground the officers of the operator decide an escalated dispute (裁定理由): a closed list.
    DecisionReason, "reason of a decision" {
        /// All that is claimed is right (诉求成立).
        1 ClaimProven "claim_proven",
        /// Part of it is (诉求部分成立).
        2 PartlyProven "partly_proven",
        /// None of it is (诉求不成立).
        3 NotProven "not_proven",
        /// The other region did not answer in time (逾期未答复).
        4 NotAnswered "not_answered",
    }
}

vocabulary! {
    /// How far a dispute is (争议状态).
    DisputeStage, "stage of a dispute" {
        /// The other region is to answer (待答复).
        1 Raised "raised",
        /// The region that raised it is to say whether that will do (待确认).
        2 Answered "answered",
        /// The operator's officers are to decide (待裁定).
        3 Escalated "escalated",
        /// It is settled (已了结).
        4 Settled "settled",
        /// It was withdrawn (已撤回).
        5 Withdrawn "withdrawn",
    }
}
