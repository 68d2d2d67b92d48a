//! Whether the clearinghouse signed what it is said to have signed: a checkpoint, a month, what is settled in a dispute, a
//! version of the directory. The operator's root alone is trusted, at the moment of signing.
//!
//! Nodes and whoever checks a file offline ask the same. Deliberately absent: whether what is signed is right.

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::outcome::CertifiedOutcome;
use huitong_core::evidence::Chain;
use huitong_core::membership::SignedDirectory;

use super::{Carried, CarriedFault};
use crate::identity::Identity;
use crate::trust::Trust;

/// Something that the clearinghouse signs, with the certificates beside it.
pub trait Certified {
    /// What was signed, and the signature.
    fn word(&self) -> Word<'_>;
}

/// Bytes, by whom they are said to be signed and when.
#[derive(Debug, Clone)]
pub struct Word<'a> {
    bytes: Vec<u8>,
    at: Timestamp,
    carried: Carried<'a>,
    signer: &'a Chain,
}

impl Word<'_> {
    /// Checks that the clearinghouse signed it.
    ///
    /// # Errors
    /// [`CarriedFault`].
    pub fn check(&self, trust: &Trust) -> Result<(), CarriedFault> {
        let signed = (&*self.bytes, self.at);
        let expected = Identity::ClearinghouseSigning;
        self.carried.check(&expected, signed, self.signer, trust)
    }

    /// Whether it is what the key beside it signed, whose certificate names the clearinghouse, whoever trusts that.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let expected = Identity::ClearinghouseSigning;
        self.carried.is_of_leaf(&expected, &self.bytes, self.signer)
    }
}

fn word<'a>(
    (bytes, at): (Vec<u8>, Timestamp),
    (algorithm, key_id, signature): (u8, Digest, &'a [u8]),
    signer: &'a Chain,
) -> Word<'a> {
    let carried = Carried {
        algorithm,
        key_id,
        signature,
    };
    Word {
        bytes,
        at,
        carried,
        signer,
    }
}

impl Certified for CertifiedCheckpoint {
    fn word(&self) -> Word<'_> {
        let Self { signed, signer } = self;
        let bytes = signed.checkpoint.signed_bytes(signed.at);
        let parts = (signed.algorithm, signed.key_id, &*signed.signature);
        word((bytes, signed.at), parts, signer)
    }
}

impl Certified for CertifiedMonth {
    fn word(&self) -> Word<'_> {
        let bytes = self.month.signed_bytes(self.at);
        let parts = (self.algorithm, self.key_id, &*self.signature);
        word((bytes, self.at), parts, &self.signer)
    }
}

impl Certified for CertifiedOutcome {
    fn word(&self) -> Word<'_> {
        let bytes = self.outcome.signed_bytes(self.at);
        let parts = (self.algorithm, self.key_id, &*self.signature);
        word((bytes, self.at), parts, &self.signer)
    }
}

impl Certified for SignedDirectory {
    fn word(&self) -> Word<'_> {
        let bytes = self.directory.signed_bytes(self.at);
        let parts = (self.algorithm, self.key_id, &*self.signature);
        word((bytes, self.at), parts, &self.signer)
    }
}

/// Checks that the clearinghouse signed a checkpoint.
///
/// # Errors
/// [`CarriedFault`].
pub fn checkpoint(certified: &CertifiedCheckpoint, trust: &Trust) -> Result<(), CarriedFault> {
    certified.word().check(trust)
}

/// Checks that the clearinghouse signed a month.
///
/// # Errors
/// [`CarriedFault`].
pub fn month(certified: &CertifiedMonth, trust: &Trust) -> Result<(), CarriedFault> {
    certified.word().check(trust)
}

/// Checks that the clearinghouse signed what is settled in a dispute.
///
/// # Errors
/// [`CarriedFault`].
pub fn outcome(certified: &CertifiedOutcome, trust: &Trust) -> Result<(), CarriedFault> {
    certified.word().check(trust)
}

/// Checks that the clearinghouse signed a version of the directory.
///
/// # Errors
/// [`CarriedFault`].
pub fn directory(signed: &SignedDirectory, trust: &Trust) -> Result<(), CarriedFault> {
    signed.word().check(trust)
}
