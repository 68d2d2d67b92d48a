//! Final refusals and tombstones, made up.

use super::samples::{at, chengdu, claim, id, ningbo, refusal, settled};
use super::*;

/// The record of a refusal of this request for this reason.
pub(super) fn refused_of(
    reversal: Option<ReversalId>,
    refusal: Refusal,
    request: RefusedRequest,
) -> HomeRefused {
    let salt = [5; 16];
    let body = RefusalBody {
        settlement: id(),
        reversal,
        home: ningbo(),
        treatment: chengdu(),
        refusal,
        request: request.commitment(&salt),
        refused_at: at(),
    };
    HomeRefused::new(body, request, salt).unwrap()
}

pub(super) fn home_refused() -> HomeRefused {
    let request = RefusedRequest::Claim(claim().binding());
    refused_of(None, refusal(), request)
}

pub(super) fn tombstone() -> HomeRefused {
    let refusal = Refusal::new(RefusalCode::Abandoned, at());
    refused_of(None, refusal, RefusedRequest::Unseen)
}

/// The same, signed as the only one of its group.
pub(super) fn final_refusal(record: &HomeRefused) -> FinalRefusal {
    FinalRefusal {
        body: record.body().clone(),
        request: record.request().clone(),
        salt: record.salt(),
        group: GroupSignature {
            root: record.leaf(),
            size: 1,
            ..settled().receipt.group
        },
        index: 0,
        path: Vec::new(),
    }
}
