//! A checkpoint that was signed under a root or certificate which is trusted no more, signed anew when a region's node is handed it.
//!
//! A node that was down while the root was rolled, or while the signing certificate was revoked, trusts what is in force now alone.
//! Shown the old signature it could look at no checkpoint any more, the later ones neither, and countersign none. What is signed anew
//! says the same: a checkpoint is known by its digest, in which no signature is. Deliberately absent: what officers take along, which
//! stays as it was signed and is checked with the root of its time; and the directory's versions, whose moment means something.

use std::sync::Arc;

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::date::Timestamp;
use huitong_transport::CredentialStore;

use crate::clock::Clock;
use crate::signer::Signer;

/// What is in force.
#[derive(Clone)]
pub(super) struct InForce {
    /// Whose signatures are trusted.
    pub(super) credentials: CredentialStore,
    /// With what the clearinghouse signs now.
    pub(super) signer: Signer,
    pub(super) clock: Arc<dyn Clock>,
}

impl InForce {
    /// A checkpoint with a signature that holds now: its own as long as that does, and as long as no other can be made.
    pub(super) fn checkpoint(&self, certified: CertifiedCheckpoint) -> CertifiedCheckpoint {
        let credentials = self.credentials.credentials();
        let trust: &Trust = credentials.trust();
        signed_now(certified, (trust, &self.signer), self.clock.now())
    }
}

fn signed_now(
    certified: CertifiedCheckpoint,
    (trust, signer): (&Trust, &Signer),
    now: Timestamp,
) -> CertifiedCheckpoint {
    if of_clearinghouse::checkpoint(&certified, trust).is_ok() {
        return certified;
    }
    let anew = signer.sign(certified.signed.checkpoint.clone(), now);
    anew.unwrap_or(certified)
}

#[cfg(test)]
mod tests {
    use huitong_certs::authority::Hosts;
    use huitong_certs::signing::CertifiedKey;
    use huitong_certs::{Authority, Identity, SigningKey, Validity};
    use huitong_core::canonical::Artifact;

    use super::*;
    use crate::decide::Condition;
    use crate::testing::{House, day, debt, payable, receivable};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    /// A root, and what signs under it until the end of 2027.
    fn another() -> (Trust, Signer) {
        let moment = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        let from = moment("2026-01-01T00:00:00Z");
        let domain = "tests.huitong.example".parse().unwrap();
        let holds = Validity::new(from, moment("2029-01-01T00:00:00Z")).unwrap();
        let root = Authority::new_root(&domain, holds).unwrap();
        let holds = Validity::new(from, moment("2028-01-01T00:00:00Z")).unwrap();
        let issued = root.issue(&Identity::ClearinghouseSigning, &Hosts::none(), holds);
        let issued = issued.unwrap();
        let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
        let certified = CertifiedKey::from_chain(issued.chain(), &trust, from).unwrap();
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        (trust, Signer::new(key, &certified).unwrap())
    }

    #[test]
    fn what_no_root_in_force_proves_is_signed_anew_and_says_the_same() {
        let house = House::new(340);
        let leg = debt(1, 2, 3, 1_316_000);
        house.report(3, &[receivable(1, &leg)]).unwrap();
        house.report(2, &[payable(1, &leg)]).unwrap();
        house.cut_off(1, Condition::Deadline).unwrap();
        house.net(1).unwrap();
        let old = house.proofs().checkpoint_of(day(1)).unwrap().unwrap();
        let (trust, signer) = another();
        let (now, later) = (
            at("2026-06-01T00:00:00.000Z"),
            at("2026-06-02T00:00:00.000Z"),
        );
        assert!(of_clearinghouse::checkpoint(&old, &trust).is_err());
        let anew = signed_now(old.clone(), (&trust, &signer), now);
        of_clearinghouse::checkpoint(&anew, &trust).unwrap();
        let digest = |of: &CertifiedCheckpoint| of.signed.checkpoint.digest();
        assert_eq!((digest(&anew), anew.signed.at), (digest(&old), now));
        // What holds is handed on as it was signed.
        assert_eq!(signed_now(anew.clone(), (&trust, &signer), later), anew);
        // So is what cannot be signed now.
        let ended = at("2028-06-01T00:00:00.000Z");
        assert_eq!(signed_now(old.clone(), (&trust, &signer), ended), old);
    }
}
