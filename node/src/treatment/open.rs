//! What keeps a claim open once Commit has left, and what whoever asks is told of it.

use huitong_core::id::SettlementId;
use huitong_core::refusal::{Refusal, RefusalCode};

use crate::error::NodeError;
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
