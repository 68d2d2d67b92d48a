//! What was signed under a root or certificate that is trusted no more, signed anew when a region's node is handed it: a
//! checkpoint, a month, what a dispute came to, a version of the directory.
//!
//! A node that was down while the root was rolled, or while the signing certificate was revoked, trusts what is in force now alone.
//! Shown the old signature it could look at no checkpoint any more, the later ones neither, and countersign none; it could say nothing
//! of a month, book no correction, and follow the directory no further. What is signed anew says the same: each is known by its digest,
//! in which no signature is. A version of the directory keeps its moment too, by which it is judged which keys count; where the
//! certificate in force did not hold then, its moment is the first at which that did, unless a later version stays with an earlier
//! one, which would go back: then it is handed out as it was signed. So is whatever does not hold for another reason, such as
//! a byte that changed on the disk: a good signature would only hide it. Deliberately absent: what officers take along, which stays
//! as it was signed and is checked with the root of its time; and regions' words, which nobody else can sign.

use std::sync::Arc;

use huitong_certs::signing::of_clearinghouse::Certified;
use huitong_certs::signing::{CarriedFault, CertifiedKeyError};
use huitong_certs::{IdentityError, Trust};
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::date::Timestamp;
use huitong_core::dispute::outcome::CertifiedOutcome;
use huitong_core::membership::SignedDirectory;
use huitong_transport::CredentialStore;
use tracing::error;

use crate::clock::Clock;
use crate::signer::{NotNow, Signer};

/// What is in force.
#[derive(Clone)]
pub(super) struct InForce {
    /// Whose signatures are trusted.
    pub(super) credentials: CredentialStore,
    /// With what the clearinghouse signs now.
    pub(super) signer: Signer,
    pub(super) clock: Arc<dyn Clock>,
}

/// What the clearinghouse signed once, and can sign again without saying anything else.
pub(super) trait Signed: Certified + Sized {
    /// What it is, for the log.
    fn named(&self) -> String;

    /// The same, signed with what is in force.
    fn anew(&self, signer: &Signer, now: Timestamp) -> Result<Self, NotNow>;
}

impl Signed for CertifiedCheckpoint {
    fn named(&self) -> String {
        format!("checkpoint of plan {}", self.signed.checkpoint.plan)
    }

    fn anew(&self, signer: &Signer, now: Timestamp) -> Result<Self, NotNow> {
        signer.sign(self.signed.checkpoint.clone(), now)
    }
}

impl Signed for CertifiedMonth {
    fn named(&self) -> String {
        format!("month {}", self.month.month)
    }

    fn anew(&self, signer: &Signer, now: Timestamp) -> Result<Self, NotNow> {
        signer.sign_month(self.month.clone(), now)
    }
}

impl Signed for CertifiedOutcome {
    fn named(&self) -> String {
        format!("outcome {}", self.outcome.dispute)
    }

    fn anew(&self, signer: &Signer, now: Timestamp) -> Result<Self, NotNow> {
        signer.sign_outcome(self.outcome.clone(), now)
    }
}

/// Its moment means something: which of the certificates that it lists count, and until when the keys did that it leaves out.
impl Signed for SignedDirectory {
    fn named(&self) -> String {
        format!("version {} of the directory", self.directory.number)
    }

    fn anew(&self, signer: &Signer, now: Timestamp) -> Result<Self, NotNow> {
        let at = signer.at_or_after(self.at).min(now.max(self.at));
        signer.sign_directory(self.directory.clone(), at)
    }
}

impl InForce {
    /// With a signature that holds now: its own as long as that does, and as long as no other can be made.
    pub(super) fn sign<T: Signed>(&self, signed: T) -> T {
        let credentials = self.credentials.credentials();
        let trust: &Trust = credentials.trust();
        signed_now(signed, (trust, &self.signer), self.clock.now())
    }

    /// The same of a version of the directory, which is dated no later than those after it, by their numbers.
    ///
    /// # Errors
    /// As that is read with.
    pub(super) fn sign_version<E>(
        &self,
        signed: SignedDirectory,
        version: impl Fn(u64) -> Result<Option<SignedDirectory>, E>,
    ) -> Result<SignedDirectory, E> {
        let credentials = self.credentials.credentials();
        let trust: &Trust = credentials.trust();
        version_now(signed, version, (trust, &self.signer), self.clock.now())
    }
}

fn version_now<E>(
    signed: SignedDirectory,
    version: impl Fn(u64) -> Result<Option<SignedDirectory>, E>,
    by: (&Trust, &Signer),
    now: Timestamp,
) -> Result<SignedDirectory, E> {
    let anew = signed_now(signed.clone(), by, now);
    if anew.at == signed.at {
        return Ok(anew);
    }
    let mut number = signed.directory.number;
    loop {
        number = number.saturating_add(1);
        let Some(after) = version(number)? else {
            return Ok(anew);
        };
        // The first that keeps its moment decides: those until then are dated as this one is, those after it no earlier.
        let then = after.at;
        if signed_now(after, by, now).at == then {
            return Ok(if then < anew.at { signed } else { anew });
        }
    }
}

fn signed_now<T: Signed>(signed: T, (trust, signer): (&Trust, &Signer), now: Timestamp) -> T {
    let Err(fault) = signed.word().check(trust) else {
        return signed;
    };
    if !(is_trusted_no_more(&fault) && signed.word().is_whole()) {
        let named = signed.named();
        error!(
            %fault, named,
            "what the clearinghouse signed is handed out as it is journaled, and does not hold: look at its disk, and restore a backup"
        );
        return signed;
    }
    signed.anew(signer, now).unwrap_or(signed)
}

/// Whether nothing is wrong but that its root went or its certificate was revoked.
fn is_trusted_no_more(fault: &CarriedFault) -> bool {
    matches!(
        fault,
        CarriedFault::Certificate(CertifiedKeyError::Identity(
            IdentityError::UnknownAuthority | IdentityError::Revoked
        ))
    )
}

#[cfg(test)]
mod tests {
    use huitong_certs::authority::{Hosts, Revoked};
    use huitong_certs::signing::{CertifiedKey, of_clearinghouse, sign_carried};
    use huitong_certs::{Authority, Certificate, Identity, Issued, SigningKey, Validity};
    use std::collections::BTreeMap;

    use huitong_core::canonical::Artifact;
    use huitong_core::checkpoint::SignedCheckpoint;
    use huitong_core::membership::Directory;

    use super::*;
    use crate::decide::Condition;
    use crate::testing::{House, day, debt, payable, receivable};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn moment(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    /// A root, and what signs under it from a moment until the end of 2027.
    fn another(from: &str) -> (Trust, Signer) {
        let (_, trust, signer, _) = rooted(from);
        (trust, signer)
    }

    /// The same with the root's own key, and with what it issued for signing.
    fn rooted(from: &str) -> (Authority, Trust, Signer, Issued) {
        let from = moment(from);
        let domain = "tests.huitong.example".parse().unwrap();
        let holds = Validity::new(from, moment("2029-01-01T00:00:00Z")).unwrap();
        let root = Authority::new_root(&domain, holds).unwrap();
        let holds = Validity::new(from, moment("2028-01-01T00:00:00Z")).unwrap();
        let issued = root.issue(&Identity::ClearinghouseSigning, &Hosts::none(), holds);
        let issued = issued.unwrap();
        let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
        let certified = CertifiedKey::from_chain(issued.chain(), &trust, from).unwrap();
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        (root, trust, Signer::new(key, &certified).unwrap(), issued)
    }

    /// A checkpoint that a clearinghouse signed under a root of its own.
    fn signed(seed: u64) -> CertifiedCheckpoint {
        let house = House::new(seed);
        let leg = debt(1, 2, 3, 1_316_000);
        house.report(3, &[receivable(1, &leg)]).unwrap();
        house.report(2, &[payable(1, &leg)]).unwrap();
        house.cut_off(1, Condition::Deadline(0)).unwrap();
        house.net(1).unwrap();
        house.proofs().checkpoint_of(day(1)).unwrap().unwrap()
    }

    #[test]
    fn what_no_root_in_force_proves_is_signed_anew_and_says_the_same() {
        let old = signed(340);
        let (trust, signer) = another("2026-01-01T00:00:00Z");
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

    #[test]
    fn what_a_revoked_certificate_signed_is_signed_anew() {
        let (root, trust, gone, issued) = rooted("2026-01-01T00:00:00Z");
        let serial = Certificate::read(&issued.chain()[0]).unwrap().serial;
        let now = at("2026-06-01T00:00:00.000Z");
        let old = gone.sign(signed(342).signed.checkpoint, now).unwrap();
        of_clearinghouse::checkpoint(&old, &trust).unwrap();
        let from = moment("2026-06-01T00:00:00Z");
        let holds = Validity::new(from, moment("2026-07-01T00:00:00Z")).unwrap();
        let list = root.revocation_list(&[Revoked { serial, at: from }], 2, holds);
        let revoked = trust.with_revocation_lists(list.unwrap().as_bytes());
        let (_, signer) = another("2026-01-01T00:00:00Z");
        let anew = signed_now(old.clone(), (&revoked.unwrap(), &signer), now);
        assert_eq!(anew.signed.checkpoint, old.signed.checkpoint);
        assert_ne!(anew.signer, old.signer);
    }

    #[test]
    fn what_is_damaged_or_not_the_clearinghouses_is_handed_out_as_it_is() {
        let (trust, signer) = another("2026-01-01T00:00:00Z");
        let now = at("2026-06-01T00:00:00.000Z");
        let gone = signed(341);
        let held = signer.sign(gone.signed.checkpoint.clone(), now).unwrap();
        of_clearinghouse::checkpoint(&held, &trust).unwrap();
        // Under a root that is trusted, and under one that went.
        for whole in [held, gone] {
            let (mut signature, mut says, mut nobodys) =
                (whole.clone(), whole.clone(), whole.clone());
            signature.signed.signature[0] ^= 1;
            says.signed.checkpoint.rows += 1;
            nobodys.signer.clear();
            for damaged in [signature, says, nobodys] {
                assert!(damaged.word().check(&trust).is_err());
                let handed_on = signed_now(damaged.clone(), (&trust, &signer), now);
                assert_eq!(handed_on, damaged);
            }
        }
    }

    #[test]
    fn what_somebody_else_signed_under_a_root_that_is_not_trusted_is_handed_out_as_it_is() {
        let from = moment("2026-01-01T00:00:00Z");
        let holds = Validity::new(from, moment("2028-01-01T00:00:00Z")).unwrap();
        let (root, ..) = rooted("2026-01-01T00:00:00Z");
        let node = Identity::RegionNodeSigning("330200".parse().unwrap());
        let issued = root.issue(&node, &Hosts::none(), holds).unwrap();
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        let mut other = signed(344);
        let bytes = other.signed.checkpoint.signed_bytes(other.signed.at);
        let (algorithm, key_id, signature) = sign_carried(&key, &bytes);
        other.signed = SignedCheckpoint {
            algorithm,
            key_id,
            signature,
            ..other.signed
        };
        other.signer = issued.chain().iter().map(|der| der.to_vec()).collect();
        let (trust, signer) = another("2026-01-01T00:00:00Z");
        let fault = other.word().check(&trust).unwrap_err();
        assert!(is_trusted_no_more(&fault), "{fault}");
        let now = at("2026-06-01T00:00:00.000Z");
        assert_eq!(signed_now(other.clone(), (&trust, &signer), now), other);
    }

    #[test]
    fn what_was_signed_when_its_certificate_did_not_hold_is_handed_out_as_it_is() {
        let (_, trust, signer, issued) = rooted("2026-01-01T00:00:00Z");
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        let mut early = signed(343);
        let SignedCheckpoint {
            checkpoint,
            at: then,
            ..
        } = &mut early.signed;
        *then = at("2025-06-01T00:00:00.000Z");
        let (algorithm, key_id, signature) = sign_carried(&key, &checkpoint.signed_bytes(*then));
        early.signed = SignedCheckpoint {
            algorithm,
            key_id,
            signature,
            ..early.signed
        };
        early.signer = issued.chain().iter().map(|der| der.to_vec()).collect();
        assert!(early.word().is_whole() && early.word().check(&trust).is_err());
        let now = at("2026-06-01T00:00:00.000Z");
        assert_eq!(signed_now(early.clone(), (&trust, &signer), now), early);
    }

    #[test]
    fn a_version_of_the_directory_keeps_its_moment_or_stays_as_it_was_signed() {
        let (_, gone) = another("2026-01-01T00:00:00Z");
        let directory = Directory {
            number: 1,
            before: None,
            regions: BTreeMap::new(),
        };
        let (then, now) = (
            at("2026-03-01T00:00:00.000Z"),
            at("2026-06-01T00:00:00.000Z"),
        );
        let old = gone.sign_directory(directory, then).unwrap();
        let (trust, signer) = another("2026-01-01T00:00:00Z");
        let anew = signed_now(old.clone(), (&trust, &signer), now);
        anew.word().check(&trust).unwrap();
        assert_eq!((&anew.directory, anew.at), (&old.directory, then));
        // What holds since then only says it as of its own beginning, as soon as that has come.
        let begins = "2026-05-01T00:00:00.000Z";
        let (trust, signer) = another("2026-05-01T00:00:00Z");
        let anew = signed_now(old.clone(), (&trust, &signer), now);
        anew.word().check(&trust).unwrap();
        assert_eq!((&anew.directory, anew.at), (&old.directory, at(begins)));
        let early = at("2026-04-30T00:00:00.000Z");
        assert_eq!(signed_now(old.clone(), (&trust, &signer), early), old);
    }

    #[test]
    fn a_version_that_is_dated_later_is_dated_no_later_than_those_after_it() {
        let of = |number, before: Option<&Directory>| Directory {
            number,
            before: before.map(Directory::digest),
            regions: BTreeMap::new(),
        };
        let first = of(1, None);
        let second = of(2, Some(&first));
        let third = of(3, Some(&second));
        let (_, gone) = another("2026-01-01T00:00:00Z");
        let then = |number| at(&format!("2026-03-0{number}T00:00:00.000Z"));
        let old = gone.sign_directory(first, then(1)).unwrap();
        let also_old = gone.sign_directory(second.clone(), then(2)).unwrap();
        let (root, trust, signer, _) = rooted("2026-05-01T00:00:00Z");
        let now = at("2026-06-01T00:00:00.000Z");
        let handed_out = |after: &[&SignedDirectory], trust: &Trust| {
            let version = |number| {
                let mut after = after.iter().copied();
                let found = after.find(|of| of.directory.number == number);
                Ok::<_, ()>(found.cloned())
            };
            version_now(old.clone(), version, (trust, &signer), now).unwrap()
        };
        let begins = at("2026-05-01T00:00:00.000Z");
        for after in [&[][..], &[&also_old]] {
            assert_eq!(handed_out(after, &trust).at, begins);
        }
        // Another certificate signed a later one, which still holds: the next, or one after it.
        let (other, _, between, _) = rooted("2026-02-01T00:00:00Z");
        let holds = between.sign_directory(second, then(2)).unwrap();
        let still_holds = between.sign_directory(third, then(3)).unwrap();
        let both = [root, other].map(|root| root.certificate().clone());
        let both = Trust::from_roots(&both).unwrap();
        for after in [&[&holds][..], &[&also_old, &still_holds]] {
            assert_eq!(handed_out(after, &both), old);
        }
    }
}
