//! Whether a fetched policy is the one asked for, signed by its region, and readable within the limits.
//!
//! The bytes are compared with their digest first and read last: nothing that is not signed is parsed. What
//! the statement says is compared with what the document says, so that the two cannot be told apart later.

use huitong_core::digest::Digest;
use huitong_transport::{Deadline, aside};

use crate::peers::{FetchedPolicy, Home};
use crate::policies::{DOCUMENT_BYTES_AT_MOST, HeldPolicy, PolicyBook, PolicyError};
use crate::signature::is_statement_signed;

/// Why a fetched policy is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum ProofFault {
    /// It is larger than a policy may be.
    #[error("its document has {0} bytes, at most {DOCUMENT_BYTES_AT_MOST} are read")]
    TooLarge(usize),
    /// Its bytes have another digest.
    #[error("its document is another one")]
    OtherDocument,
    /// The statement is not signed by the region's key.
    #[error("its statement is not signed by the region's key")]
    Signature,
    /// The statement cannot be read.
    #[error("its statement cannot be read")]
    Statement,
    /// The statement is about something else.
    #[error("its statement has another {0}")]
    Other(&'static str),
    /// The document cannot be used.
    #[error("its document cannot be used: {0}")]
    Document(#[from] PolicyError),
    /// Reading took too long.
    #[error("reading its document took too long")]
    Slow,
}

/// The policy, when it is what its region published.
pub(super) async fn proven(
    fetched: FetchedPolicy,
    digest: Digest,
    home: &Home,
    due: Deadline,
) -> Result<HeldPolicy, ProofFault> {
    let FetchedPolicy {
        document,
        statement,
    } = fetched;
    let size = document.len();
    if size > DOCUMENT_BYTES_AT_MOST {
        return Err(ProofFault::TooLarge(size));
    }
    if !PolicyBook::is_document_of(&document, &digest) {
        return Err(ProofFault::OtherDocument);
    }
    // The own policies are at hand and never fetched, so there is a key.
    let key = home.signing_key(statement.key_id);
    let key = key.ok_or(ProofFault::Signature)?;
    if !is_statement_signed(&statement, &key) {
        return Err(ProofFault::Signature);
    }
    let statement = statement.statement().map_err(|_| ProofFault::Statement)?;
    let region = home.region();
    let reading = aside(move || HeldPolicy::read(document, region));
    let read = tokio::time::timeout(due.remaining(), reading).await;
    let policy = match read {
        Ok(Ok(policy)) => policy?,
        Ok(Err(_)) | Err(_) => return Err(ProofFault::Slow),
    };
    match statement.first_difference(digest, policy.policy()) {
        None => Ok(policy),
        Some(what) => Err(ProofFault::Other(what)),
    }
}
