//! Final refusals: the canonical bytes travel, and what is shown beside them must agree.

use huitong_core::canonical::Artifact;
use huitong_core::final_refusal::FinalRefusal;

use super::field::{Path, WireFault};
use super::refusal::refusal_to_wire;
use crate::settlement::v1;

/// The wire form of a final refusal.
#[must_use]
pub fn final_refusal_to_wire(refusal: &FinalRefusal) -> v1::FinalRefusal {
    v1::FinalRefusal {
        canonical: refusal.to_bytes(),
        refusal: Some(refusal_to_wire(&refusal.body.refusal)),
        refused_at_ms: refusal.body.refused_at.as_millis(),
    }
}

/// Reads a final refusal; only the canonical bytes count. The code, detail and moment shown beside them must
/// agree; the advice is the sender's version of it and may be another.
///
/// # Errors
/// [`WireFault`] when the bytes are no final refusal, or something else is shown beside them.
pub fn final_refusal_from_wire(
    refusal: v1::FinalRefusal,
    path: Path<'_>,
) -> Result<FinalRefusal, WireFault> {
    let read = FinalRefusal::from_bytes(&refusal.canonical)
        .map_err(|fault| path.field("canonical").wrong(fault))?;
    let said = &read.body.refusal;
    let shown = path.required(refusal.refusal)?;
    let agrees = shown.code == said.code.code()
        && shown.detail == said.detail
        && refusal.refused_at_ms == read.body.refused_at.as_millis();
    if !agrees {
        return Err(path.wrong("shows something else than its canonical bytes"));
    }
    Ok(read)
}
