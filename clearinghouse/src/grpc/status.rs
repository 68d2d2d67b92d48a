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
    let (code, wire) = (refusal.code, refusal_to_wire(refusal));
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

/// A refusal as a message.
pub(super) fn refusal_to_wire(refusal: &Refusal) -> v1::Refusal {
    let code = refusal.code;
    let retry = match code.retry() {
        Retry::No => v1::Retry::No,
        Retry::SameId => v1::Retry::SameId,
    };
    v1::Refusal {
        code: code.code().to_owned(),
        detail: refusal.detail.clone(),
        retry: retry.into(),
        advice_en: code.advice_en().to_owned(),
        advice_zh: code.advice_zh().to_owned(),
    }
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

/// The codes of clearing that are no matter of what stands at the moment.
const OTHERWISE: [(ClearingCode, GrpcCode); 27] = {
    use ClearingCode as Code;
    [
        (Code::LegOtherRegion, GrpcCode::PermissionDenied),
        (Code::OfficerRole, GrpcCode::PermissionDenied),
        (Code::DisputeOtherRegion, GrpcCode::PermissionDenied),
        (Code::DisputeSignature, GrpcCode::PermissionDenied),
        (Code::LegSameRegion, GrpcCode::InvalidArgument),
        (Code::CycleBadMarks, GrpcCode::InvalidArgument),
        (Code::WitnessInvalid, GrpcCode::InvalidArgument),
        (Code::StreamUnknownRegion, GrpcCode::NotFound),
        (Code::MemberUnknown, GrpcCode::NotFound),
        (Code::CycleUnknownMember, GrpcCode::NotFound),
        (Code::PaymentUnknown, GrpcCode::NotFound),
        (Code::PaymentUnknownMember, GrpcCode::NotFound),
        (Code::PaymentBankReferenceUnknown, GrpcCode::NotFound),
        (Code::PrefundUnknown, GrpcCode::NotFound),
        (Code::PrefundUnknownMember, GrpcCode::NotFound),
        (Code::PrefundBankReferenceUnknown, GrpcCode::NotFound),
        (Code::DisputeUnknown, GrpcCode::NotFound),
        (Code::DisputeSubjectUnknown, GrpcCode::NotFound),
        (Code::StreamGap, GrpcCode::OutOfRange),
        (Code::StreamConflict, GrpcCode::AlreadyExists),
        (Code::MemberStands, GrpcCode::AlreadyExists),
        (Code::TagsConflict, GrpcCode::AlreadyExists),
        (Code::AttestationOtherWord, GrpcCode::AlreadyExists),
        (Code::PaymentBankReferenceTaken, GrpcCode::AlreadyExists),
        (Code::PrefundTopUpTaken, GrpcCode::AlreadyExists),
        (Code::PrefundBankReferenceTaken, GrpcCode::AlreadyExists),
        (Code::DisputeReferenceTaken, GrpcCode::AlreadyExists),
    ]
};

/// All others wait for something else to happen first.
fn of_clearing(code: ClearingCode) -> GrpcCode {
    let row = OTHERWISE.iter().find(|(of, _)| *of == code);
    row.map_or(GrpcCode::FailedPrecondition, |(_, status)| *status)
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
