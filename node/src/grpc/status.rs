//! Refusals as gRPC status, and back: the one place where the two meet.
//!
//! The status carries the code, what to do in both languages, and the refusal itself in its details. An
//! error of the node's own is logged here, once, and told as a retryable refusal without its reason.

use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_proto::conversion::WireFault;
use huitong_proto::conversion::refusal::{refusal_from_details, refusal_to_details};
use huitong_transport::{refusal_status, with_pushback};
use tonic::{Code, Status};

use crate::error::NodeError;
use crate::ledger::WriteError;
use crate::store::StoreError;

/// A refusal as status.
#[must_use]
pub fn status(refusal: &Refusal) -> Status {
    let code = refusal.code;
    let with_detail = |advice: &str| {
        if refusal.detail.is_empty() {
            advice.to_owned()
        } else {
            format!("{advice} [{}]", refusal.detail)
        }
    };
    let details = refusal_to_details(refusal);
    let (english, chinese) = (with_detail(code.advice_en()), code.advice_zh());
    refusal_status(grpc_code(code), code.code(), &english, chinese, &details)
}

/// A refusal about something, as status.
#[must_use]
pub fn refused(code: RefusalCode, detail: impl std::fmt::Display) -> Status {
    status(&Refusal::new(code, detail))
}

/// The refusal that a status carries, if it carries one.
#[must_use]
pub fn refusal_of(status: &Status) -> Option<Refusal> {
    refusal_from_details(status.details())
}

/// A message that is not as it should be. Whatever is wrong with the lines of a bill as a whole is a bill's
/// fault and not the message's.
#[must_use]
pub fn malformed(fault: &WireFault) -> Status {
    let code = if fault.path.ends_with("bill.lines") {
        RefusalCode::BadBill
    } else {
        RefusalCode::Malformed
    };
    refused(code, fault)
}

impl From<NodeError> for Status {
    fn from(error: NodeError) -> Self {
        match &error {
            NodeError::Refused(_)
            | NodeError::Pushed(..)
            | NodeError::Write(
                WriteError::Overloaded
                | WriteError::Closed
                | WriteError::RecordsGone(_)
                | WriteError::TooLarge(_),
            ) => {}
            NodeError::Write(WriteError::Broken(_) | WriteError::Store(_))
            | NodeError::Store(_) => {
                tracing::error!(%error, "a request could not be served");
            }
        }
        let told = status(&error.refusal());
        match error.pushback() {
            Some(after) => with_pushback(told, after),
            None => told,
        }
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        NodeError::from(error).into()
    }
}

#[allow(clippy::too_many_lines, reason = "a line for each refusal")]
const fn grpc_code(code: RefusalCode) -> Code {
    match code {
        RefusalCode::DeadlinePassed => Code::DeadlineExceeded,
        RefusalCode::Overloaded
        | RefusalCode::TooManyAsked
        | RefusalCode::TooLarge
        | RefusalCode::TooManyProposals
        | RefusalCode::TooManyDeductions
        | RefusalCode::TooManyConfirmations
        | RefusalCode::RecordFull
        | RefusalCode::ReplayTooLarge => Code::ResourceExhausted,
        RefusalCode::StoreBroken
        | RefusalCode::HomeUnreachable
        | RefusalCode::ProvisionalStands
        | RefusalCode::OverProvisionalCeiling
        | RefusalCode::TreatmentUnreachable
        | RefusalCode::Recovering
        | RefusalCode::RecordsGone
        | RefusalCode::NotShown
        | RefusalCode::LeftOut
        | RefusalCode::PersonHeld
        | RefusalCode::CheckCollecting
        | RefusalCode::LegStands
        | RefusalCode::RegionSuspended
        | RefusalCode::ReceiptProvisional
        | RefusalCode::ReceiptNotProven
        | RefusalCode::MemberMoving
        | RefusalCode::OutcomeUnknown => Code::Unavailable,
        RefusalCode::Malformed | RefusalCode::BadBill => Code::InvalidArgument,
        RefusalCode::IdentityMismatch
        | RefusalCode::NotAllowed
        | RefusalCode::SameOfficer
        | RefusalCode::FilingNotAllowed
        | RefusalCode::ReasonNotAllowed => Code::PermissionDenied,
        RefusalCode::UnknownRegion
        | RefusalCode::UnknownInstitution
        | RefusalCode::UnknownPerson
        | RefusalCode::NotFound
        | RefusalCode::FilingEnded
        | RefusalCode::NothingToReview
        | RefusalCode::TransferUnknown
        | RefusalCode::AssistanceUnknown
        | RefusalCode::DeductionUnknown
        | RefusalCode::CheckUnknown
        | RefusalCode::PayoutUnknown
        | RefusalCode::MonthLineUnknown
        | RefusalCode::ConfirmationUnknown
        | RefusalCode::PolicyUnknown => Code::NotFound,
        RefusalCode::IdConflict
        | RefusalCode::VisitAlreadySettled
        | RefusalCode::AlreadyEnrolled
        | RefusalCode::FilingStands
        | RefusalCode::TransferStands
        | RefusalCode::AssistanceStands
        | RefusalCode::CheckStands
        | RefusalCode::MonthLineConfirmed
        | RefusalCode::AlreadyReversed => Code::AlreadyExists,
        RefusalCode::VisitInProgress
        | RefusalCode::VisitProvisional
        | RefusalCode::StaleVersion => Code::Aborted,
        RefusalCode::Abandoned
        | RefusalCode::Erased
        | RefusalCode::MemberMoved
        | RefusalCode::HandedOver
        | RefusalCode::SettledSince
        | RefusalCode::LateByHand
        | RefusalCode::OldIncarnation
        | RefusalCode::NotWaitedFor
        | RefusalCode::NothingToGiveUp
        | RefusalCode::EvidenceNotOwn
        | RefusalCode::EvidenceContradicts
        | RefusalCode::OtherJournal
        | RefusalCode::NothingStands
        | RefusalCode::TermPassed
        | RefusalCode::LaterStands
        | RefusalCode::DeductionTooLarge
        | RefusalCode::DeductionLegTooLarge
        | RefusalCode::DeductionDiffers
        | RefusalCode::DeductionEnded
        | RefusalCode::CheckTooSmall
        | RefusalCode::CheckDiffers
        | RefusalCode::CheckTooLarge
        | RefusalCode::CheckNotNow
        | RefusalCode::MonthClosed
        | RefusalCode::MonthTooLate
        | RefusalCode::MonthSums
        | RefusalCode::MonthLineChanged
        | RefusalCode::NotAfterPassed
        | RefusalCode::InstitutionNotNetworked
        | RefusalCode::CredentialMismatch
        | RefusalCode::NotEnrolled
        | RefusalCode::PersonDead
        | RefusalCode::CoverDoesNotFit
        | RefusalCode::FilingAtHome
        | RefusalCode::UnknownCatalogueCode
        | RefusalCode::NoPolicy
        | RefusalCode::VisitSpansYears
        | RefusalCode::PolicyFault
        | RefusalCode::EngineNotAccepted
        | RefusalCode::GivenTooLarge
        | RefusalCode::LegTooLarge
        | RefusalCode::DecisionDiffers
        | RefusalCode::PolicyUnproven
        | RefusalCode::PolicyState
        | RefusalCode::ExternalTotals
        | RefusalCode::ExternalCorrects
        | RefusalCode::AssistanceNothing
        | RefusalCode::AssistanceNotEntitled
        | RefusalCode::AssistanceNotByPolicy
        | RefusalCode::AssistanceMoved
        | RefusalCode::AssistanceEnded
        | RefusalCode::DuplicatesOff
        | RefusalCode::DuplicateUnknown
        | RefusalCode::StillCovered
        | RefusalCode::DisputesOff
        | RefusalCode::DisputesOtherAmount
        | RefusalCode::PrefundsOff
        | RefusalCode::ClearingOff
        | RefusalCode::MonthsOff
        | RefusalCode::MonthDaysNotSeen
        | RefusalCode::MonthChanged
        | RefusalCode::MonthOtherBefore
        | RefusalCode::MonthRowsDiffer
        | RefusalCode::MonthNoSuchRow
        | RefusalCode::RegionLeft
        | RefusalCode::NoSuchBranch
        | RefusalCode::ReceiptsOff
        | RefusalCode::ReceiptNoLegs
        | RefusalCode::ReceiptDiffers
        | RefusalCode::AccountShort
        | RefusalCode::ProposalExpired
        | RefusalCode::PolicyOverlaps
        | RefusalCode::SupersededUnknown
        | RefusalCode::NotSettled
        | RefusalCode::SignerUnknown
        | RefusalCode::PayoutExceeds
        | RefusalCode::DayNotBegun
        | RefusalCode::DayNotOpen
        | RefusalCode::DayNotClosed
        | RefusalCode::LegsPastEnd
        | RefusalCode::NotReplaced => Code::FailedPrecondition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_travels_and_comes_back() {
        for code in RefusalCode::ALL {
            let refusal = Refusal::new(*code, "lines[3]");
            let sent = status(&refusal);
            assert_eq!(refusal_of(&sent), Some(refusal), "{code}");
            assert!(
                sent.message().starts_with(code.code()),
                "{}",
                sent.message()
            );
        }
        assert_eq!(refusal_of(&Status::unavailable("no refusal")), None);
    }
}
