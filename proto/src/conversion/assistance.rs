//! Assistance on a year's totals.

use huitong_core::assistance::{AssessedYear, Counted, Uncounted};
use huitong_core::digest::Digest;
use huitong_core::totals::TotalChange;
use huitong_core::vocabulary::{AssistanceEndReason, NotCounted};

use super::decision::decision_to_wire;
use super::field::{Path, WireFault, wire_enum};
use super::total::stretch_text;
use crate::settlement::v1;

wire_enum!(
    assistance_end_to_wire,
    assistance_end_from_wire,
    AssistanceEndReason,
    v1::AssistanceEndReason {
        YearChanged,
        NotEntitled,
        Mistaken,
        NotPaidOut,
    }
);

wire_enum!(
    not_counted_to_wire,
    not_counted_from_wire,
    NotCounted,
    v1::NotCounted {
        Assisted,
        Later,
        OtherScheme,
        OtherSetting,
    }
);

/// The wire form of an assessed year, without the explanation, which is worked out by whoever has the policy.
#[must_use]
pub fn assessed_to_wire(year: &AssessedYear) -> v1::AssessedYear {
    v1::AssessedYear {
        psn_no: year.psn_no().expose().to_owned(),
        on: year.on().to_string(),
        counted: year.counted.iter().map(counted).collect(),
        uncounted: year.uncounted.iter().map(uncounted).collect(),
        decided_as: year.decided_as.to_string(),
        outside: year.outside.settlements,
        outside_fen: year.outside.total.get(),
        decision: Some(decision_to_wire(&year.decision)),
        changes: year.changes.iter().map(change_to_wire).collect(),
        digest: year.digest().as_bytes().to_vec(),
        explanation: Vec::new(),
    }
}

fn counted(of: &Counted) -> v1::CountedSettlement {
    v1::CountedSettlement {
        treatment: of.treatment.to_string(),
        settlement: of.settlement.to_string(),
        in_scope_fen: of.in_scope.get(),
        paid_fen: of.paid.get(),
    }
}

fn uncounted(of: &Uncounted) -> v1::UncountedSettlement {
    v1::UncountedSettlement {
        treatment: of.treatment.to_string(),
        settlement: of.settlement.to_string(),
        why: not_counted_to_wire(of.why),
    }
}

/// The wire form of what is added to a total.
#[must_use]
pub fn change_to_wire(change: &TotalChange) -> v1::StandingChange {
    v1::StandingChange {
        total: change.slot.name.to_string(),
        stretch: stretch_text(&change.slot.stretch),
        key: change.slot.key.clone().unwrap_or_default(),
        adds: change.adds,
    }
}

/// Reads a digest that may be left out.
///
/// # Errors
/// [`WireFault`] for another length.
pub fn quoted_digest(bytes: &[u8], path: Path<'_>) -> Result<Option<Digest>, WireFault> {
    if bytes.is_empty() {
        Ok(None)
    } else {
        path.digest(bytes).map(Some)
    }
}
