//! A region's signed word on a policy.

use huitong_core::publication::SignedStatement;

use super::{Path, WireFault};
use crate::policy::v1;

/// The largest statement, in bytes: far more than the most documents that one may supersede take.
const STATEMENT_BYTES_AT_MOST: usize = 64 * 1024;
/// The largest signature, in bytes.
const SIGNATURE_BYTES_AT_MOST: usize = 512;

/// A signed statement as a message.
#[must_use]
pub fn statement_to_wire(signed: &SignedStatement) -> v1::SignedStatement {
    v1::SignedStatement {
        bytes: signed.bytes.clone(),
        algorithm: u32::from(signed.algorithm),
        key_id: signed.key_id.as_bytes().to_vec(),
        signature: signed.signature.clone(),
    }
}

/// A signed statement out of a message; its signature is not checked here.
///
/// # Errors
/// [`WireFault`] at the field.
pub fn statement_from_wire(
    message: v1::SignedStatement,
    path: Path<'_>,
) -> Result<SignedStatement, WireFault> {
    let bounded = |bytes: Vec<u8>, name: &'static str, most: usize| {
        if bytes.len() > most {
            Err(path.field(name).wrong(format!("more than {most} bytes")))
        } else {
            Ok(bytes)
        }
    };
    Ok(SignedStatement {
        bytes: bounded(message.bytes, "bytes", STATEMENT_BYTES_AT_MOST)?,
        algorithm: path.field("algorithm").narrow(message.algorithm)?,
        key_id: path.field("key_id").digest(&message.key_id)?,
        signature: bounded(message.signature, "signature", SIGNATURE_BYTES_AT_MOST)?,
    })
}
