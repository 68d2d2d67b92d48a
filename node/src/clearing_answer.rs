//! What the clearinghouse said to a call that an officer waits for, when that is no answer.

use huitong_core::refusal::RefusalCode;
use huitong_transport::{TransportError, refusal_code};
use tonic::Status;

use crate::error::NodeError;

/// It answers what cannot be read.
pub(crate) fn unreadable(fault: &dyn std::fmt::Display) -> Status {
    let detail = format_args!("clearinghouse: it answers what cannot be read: {fault}");
    NodeError::refused(RefusalCode::Overloaded, detail).into()
}

/// Its refusal as it is, or that it was not reached.
pub(crate) fn told(status: &Status) -> Status {
    if refusal_code(status).is_some() && !status.details().is_empty() {
        let details = status.details().to_vec().into();
        return Status::with_details(status.code(), status.message(), details);
    }
    let said = TransportError::of(status)
        .map_or_else(|| status.message().to_owned(), |error| error.to_string());
    let detail = format_args!("clearinghouse: {said}");
    NodeError::refused(RefusalCode::Overloaded, detail).into()
}
