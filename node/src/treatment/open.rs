//! What keeps a claim open once Commit has left, and what whoever asks is told of it.

use huitong_core::id::SettlementId;
use huitong_core::refusal::{Refusal, RefusalCode};

use super::driving::Outcome;
use crate::error::NodeError;
use crate::ledger::WriteError;
use crate::peers::HomeFault;

/// What an operator of either node mends: nothing that a patient went home with is given up for it.
pub(super) const fn is_for_operators(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        RefusalCode::EngineNotAccepted | RefusalCode::PolicyUnproven
    )
}

/// Once Commit has left, what keeps it from being decided again is no outcome either: it stays prepared, and is put to the home
/// region until it has one (PROTOCOL 2).
pub(super) fn still_open(settlement: SettlementId, error: &NodeError) -> NodeError {
    tracing::warn!(%settlement, %error, "a stale settlement is not decided again yet");
    NodeError::refused(RefusalCode::OutcomeUnknown, settlement)
}

/// After Commit may have left, any trouble means that the outcome is not known.
pub(super) fn unknown(settlement: SettlementId, fault: &HomeFault) -> NodeError {
    tracing::warn!(%settlement, %fault, "the outcome of a settlement is not known yet");
    NodeError::refused(RefusalCode::OutcomeUnknown, settlement)
}

/// What whoever asks is told of a claim that may have left for its home region: an outcome, or that there is none yet. The own
/// node's trouble (a disk that fails, too much to do, a region that is configured no more) is neither: who took it for a
/// refusal would charge in full what stands at home.
pub(super) fn told<T>(
    settlement: SettlementId,
    outcome: Result<T, NodeError>,
) -> Result<T, NodeError> {
    outcome.map_err(|error| {
        let is_said = match &error {
            NodeError::Refused(refusal) => is_said_of_a_claim(refusal.code),
            NodeError::Pushed(..) | NodeError::Write(_) | NodeError::Store(_) => false,
        };
        if is_said {
            error
        } else {
            own_trouble(settlement, &error)
        }
    })
}

/// As [`told`], where a refusal may be an answer too: of a wish to reverse, or to give up what never left.
pub(super) fn told_of_wish(settlement: SettlementId, outcome: Outcome) -> Outcome {
    outcome.map_err(|error| match error {
        NodeError::Refused(_) | NodeError::Pushed(..) => error,
        NodeError::Write(_) | NodeError::Store(_) => own_trouble(settlement, &error),
    })
}

/// Nobody's claim is open under the id of somebody who was erased.
const fn is_said_of_a_claim(code: RefusalCode) -> bool {
    matches!(code, RefusalCode::OutcomeUnknown | RefusalCode::Erased)
}

/// The own node's trouble with a claim that may have left.
pub(super) fn own_trouble(settlement: SettlementId, error: &NodeError) -> NodeError {
    tracing::error!(%settlement, %error, "what is open cannot be brought to its outcome by this node now");
    NodeError::refused(RefusalCode::OutcomeUnknown, settlement)
}

/// What whoever asks is told when a claim that is prepared, or a wish, cannot be written. After a fault in the middle of
/// writing it may be on disk all the same, and counts as sent from the next start on (PROTOCOL 1).
pub(super) fn not_written(settlement: SettlementId, error: WriteError) -> NodeError {
    match error {
        WriteError::Broken(_) | WriteError::Closed => own_trouble(settlement, &error.into()),
        WriteError::Overloaded
        | WriteError::TooLarge(_)
        | WriteError::RecordsGone(_)
        | WriteError::Store(_) => error.into(),
    }
}
