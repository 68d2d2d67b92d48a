//! Refusals on the wire: as a message, and as the details of a gRPC status.

use huitong_core::refusal::{Refusal, RefusalCode, Retry};

use prost::Message as _;

use super::field::{Path, WireFault};
use crate::common::v1;

/// The wire form of a refusal.
#[must_use]
pub fn refusal_to_wire(refusal: &Refusal) -> v1::Refusal {
    let retry = match refusal.code.retry() {
        Retry::No => v1::Retry::No,
        Retry::SameId => v1::Retry::SameId,
    };
    v1::Refusal {
        code: refusal.code.code().to_owned(),
        detail: refusal.detail.clone(),
        retry: retry.into(),
        advice_en: refusal.code.advice_en().to_owned(),
        advice_zh: refusal.code.advice_zh().to_owned(),
    }
}

/// Reads a refusal.
///
/// # Errors
/// [`WireFault`] when the code is not known to this version.
pub fn refusal_from_wire(
    refusal: Option<v1::Refusal>,
    path: Path<'_>,
) -> Result<Refusal, WireFault> {
    let refusal = path.required(refusal)?;
    let code = RefusalCode::parse(&refusal.code)
        .ok_or_else(|| path.field("code").wrong("is no code of this version"))?;
    Ok(Refusal::new(code, refusal.detail))
}

/// The details of a gRPC status that carries a refusal.
#[must_use]
pub fn refusal_to_details(refusal: &Refusal) -> Vec<u8> {
    refusal_to_wire(refusal).encode_to_vec()
}

/// The refusal in the details of a gRPC status; `None` when there is none.
#[must_use]
pub fn refusal_of_details(details: &[u8]) -> Option<v1::Refusal> {
    v1::Refusal::decode(details)
        .ok()
        .filter(|refusal| !refusal.code.is_empty())
}

/// As [`refusal_of_details`], with a code that this version knows.
#[must_use]
pub fn refusal_from_details(details: &[u8]) -> Option<Refusal> {
    refusal_from_wire(Some(refusal_of_details(details)?), Path::root("details")).ok()
}
