//! Refusals as gRPC status, and back: the one place where the two meet.
//!
//! The status carries the code, what to do in both languages, and the refusal itself in its details.

use huitong_core::refusal::{RefusalCode, Retry};
use huitong_proto::common::v1;
use huitong_proto::conversion::WireFault;
use huitong_transport::refusal_status;
use prost::Message;
use tonic::{Code as GrpcCode, Status};

use crate::refusal::{ClearingCode, Code, Refusal};

/// A refusal as status.
pub(super) fn status(refusal: &Refusal) -> Status {
    let code = refusal.code;
    let retry = match code.retry() {
        Retry::No => v1::Retry::No,
        Retry::SameId => v1::Retry::SameId,
    };
    let wire = v1::Refusal {
        code: code.code().to_owned(),
        detail: refusal.detail.clone(),
        retry: retry.into(),
        advice_en: code.advice_en().to_owned(),
        advice_zh: code.advice_zh().to_owned(),
    };
    let english = if refusal.detail.is_empty() {
        code.advice_en().to_owned()
    } else {
        format!("{} [{}]", code.advice_en(), refusal.detail)
    };
    refusal_status(
        grpc(code),
        code.code(),
        &english,
        code.advice_zh(),
        &wire.encode_to_vec(),
    )
}

/// A message that is not as it should be.
pub(super) fn malformed(fault: &WireFault) -> Status {
    status(&Refusal::general(RefusalCode::Malformed, fault))
}

/// The refusal that a status carries, as it came over the wire.
pub(crate) fn refusal_of(status: &Status) -> Option<v1::Refusal> {
    if status.details().is_empty() {
        return None;
    }
    v1::Refusal::decode(status.details()).ok()
}

/// Of core's codes only those that the clearinghouse gives have a status of their own.
fn grpc(code: Code) -> GrpcCode {
    match code {
        Code::General(RefusalCode::Overloaded | RefusalCode::TooLarge) => {
            GrpcCode::ResourceExhausted
        }
        Code::General(RefusalCode::StoreBroken) => GrpcCode::Unavailable,
        Code::General(RefusalCode::Malformed) => GrpcCode::InvalidArgument,
        Code::General(RefusalCode::NotAllowed) => GrpcCode::PermissionDenied,
        Code::General(_) => GrpcCode::FailedPrecondition,
        Code::Clearing(code) => of_clearing(code),
    }
}

#[allow(clippy::too_many_lines, reason = "a line for each code")]
fn of_clearing(code: ClearingCode) -> GrpcCode {
    match code {
        ClearingCode::LegOtherRegion
        | ClearingCode::OfficerRole
        | ClearingCode::DisputeOtherRegion
        | ClearingCode::DisputeSignature => GrpcCode::PermissionDenied,
        ClearingCode::LegSameRegion
        | ClearingCode::CycleBadMarks
        | ClearingCode::WitnessInvalid => GrpcCode::InvalidArgument,
        ClearingCode::StreamUnknownRegion
        | ClearingCode::LegUnknownRegion
        | ClearingCode::MemberUnknown
        | ClearingCode::CycleUnknownMember
        | ClearingCode::PaymentUnknown
        | ClearingCode::PaymentUnknownMember
        | ClearingCode::PaymentBankReferenceUnknown
        | ClearingCode::PrefundUnknown
        | ClearingCode::PrefundUnknownMember
        | ClearingCode::PrefundBankReferenceUnknown
        | ClearingCode::DisputeUnknown
        | ClearingCode::DisputeSubjectUnknown => GrpcCode::NotFound,
        ClearingCode::StreamGap => GrpcCode::OutOfRange,
        ClearingCode::StreamConflict
        | ClearingCode::MemberStands
        | ClearingCode::TagsConflict
        | ClearingCode::AttestationOtherWord
        | ClearingCode::PaymentBankReferenceTaken
        | ClearingCode::PrefundBankReferenceTaken
        | ClearingCode::DisputeReferenceTaken => GrpcCode::AlreadyExists,
        ClearingCode::StreamHalted
        | ClearingCode::StreamSuspended
        | ClearingCode::MemberLeft
        | ClearingCode::MemberOtherProvince
        | ClearingCode::MemberSigner
        | ClearingCode::MemberCycleOpen
        | ClearingCode::MemberNotSuspended
        | ClearingCode::MemberOpen
        | ClearingCode::EvidenceNotWanted
        | ClearingCode::CycleRestored
        | ClearingCode::CycleMarksNotHeld
        | ClearingCode::CycleNotLast
        | ClearingCode::CycleDigestNeeded
        | ClearingCode::CycleOtherPlan
        | ClearingCode::TagsOldStream
        | ClearingCode::CycleNotBegun
        | ClearingCode::CycleNoBusinessDay
        | ClearingCode::CyclePassed
        | ClearingCode::CycleCutOff
        | ClearingCode::CycleCloseLowered
        | ClearingCode::CycleEarlierOpen
        | ClearingCode::CycleRegionsOpen
        | ClearingCode::CycleNotCutOff
        | ClearingCode::CycleEarlierNotNetted
        | ClearingCode::CycleNotAttested
        | ClearingCode::AttestationOver
        | ClearingCode::AttestationNotOtherwise
        | ClearingCode::AttestationNotAccounted
        | ClearingCode::CycleCannotNet
        | ClearingCode::CycleNotNetted
        | ClearingCode::CycleNotProven
        | ClearingCode::WitnessOtherCheckpoint
        | ClearingCode::ApprovalOtherPlan
        | ClearingCode::CycleNotApproved
        | ClearingCode::CycleEarlierNotInstructed
        | ClearingCode::PaymentMade
        | ClearingCode::PaymentNotParked
        | ClearingCode::PaymentOtherPurpose
        | ClearingCode::PaymentExceeds
        | ClearingCode::PaymentEarlierOpen
        | ClearingCode::PaymentNotCovered
        | ClearingCode::PaymentSentBack
        | ClearingCode::PaymentPaidOut
        | ClearingCode::PrefundOtherYear
        | ClearingCode::PrefundNotRed
        | ClearingCode::PrefundAskedAlready
        | ClearingCode::PrefundExceeds
        | ClearingCode::DisputeOutOfTerm
        | ClearingCode::DisputeExceeds
        | ClearingCode::DisputeAmount
        | ClearingCode::DisputeWentOn
        | ClearingCode::DisputeStage
        | ClearingCode::DisputeOver
        | ClearingCode::DisputeNotDue
        | ClearingCode::DisputeOtherProposal
        | ClearingCode::DisputeSameOfficer => GrpcCode::FailedPrecondition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_travels_and_comes_back() {
        for code in ClearingCode::ALL {
            let sent = status(&Refusal::new(*code, "at number 3"));
            let back = refusal_of(&sent).unwrap();
            assert_eq!(
                (back.code.as_str(), back.detail.as_str()),
                (code.code(), "at number 3")
            );
            assert!(
                !back.advice_zh.is_empty() && back.retry != 0,
                "{}",
                code.code()
            );
            assert_eq!(huitong_transport::refusal_code(&sent), Some(code.code()));
        }
        assert_eq!(refusal_of(&Status::unavailable("no refusal")), None);
    }
}
