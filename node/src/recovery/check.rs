//! Whether what a peer gives back is the home region's own word, and about what came with it.
//!
//! The receipt's leaf commits to person, claim, decision and version; so nothing of them can be another one
//! than was signed. What is not signed is the snapshot beyond its version: a peer could give another one and
//! nothing that is paid would change.

use std::sync::Arc;

use huitong_certs::signing::CertifiedKey;
use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::provisional::TrueUp;
use huitong_core::receipt::{ClearingPart, GroupSignature, PersonalPart};
use huitong_core::recovery::ReturnedWord;
use huitong_core::region::RegionCode;

use crate::group::is_signed;
use crate::home::figures::{are_of, loss_in};
use crate::home::regained::after;
use crate::treatment::verify::{ReceiptFault, about_reversal};

/// Between whom a word must have been given.
#[derive(Debug, Clone, Copy)]
pub struct Between {
    /// The home region, which gave it.
    pub home: RegionCode,
    /// The treatment region.
    pub treatment: RegionCode,
}

/// With what the home region signed: the key that is named, for what says that it was signed at a moment.
pub type Signers<'a> = &'a dyn Fn(Digest, Timestamp) -> Arc<CertifiedKey>;

/// Checks a word that came back. What is in it may be signed with keys that followed upon each other.
///
/// # Errors
/// [`ReceiptFault`].
pub fn check(
    returned: &ReturnedWord,
    between: Between,
    signers: Signers<'_>,
) -> Result<(), ReceiptFault> {
    let ReturnedWord {
        word,
        claim,
        decision,
        snapshot,
        trued_up,
    } = returned;
    let (receipt, part) = (&word.receipt, &word.receipt.body.clearing);
    let personal = PersonalPart {
        person: claim.person,
        claim: claim.digest(),
        decision: decision.digest(),
        version: after(receipt, snapshot.version),
    };
    let same = [
        ("home region", part.home == between.home),
        ("home region", claim.person.home == between.home),
        ("treatment region", part.treatment == between.treatment),
        ("treatment region", claim.treatment == between.treatment),
        (
            "decision",
            personal.commitment(&receipt.salt) == receipt.body.personal,
        ),
        ("amount", are_of(decision, &part.amounts)),
        (
            "true-up",
            trued_up.is_none_or(|told| told == as_borne(told, decision, part)),
        ),
        ("policy", part.policy == decision.policy),
        ("catalogue", part.catalogue == decision.catalogue),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        return Err(ReceiptFault::Other(what));
    }
    if !receipt.is_in_group() {
        return Err(ReceiptFault::NotInGroup);
    }
    signed(&receipt.group, receipt.body.committed_at, signers)?;
    if let Some(reversal) = &word.reversal {
        about_reversal(reversal, receipt, claim.person)?;
        if !reversal.is_in_group() {
            return Err(ReceiptFault::NotInGroup);
        }
        signed(&reversal.group, reversal.body.reversed_at, signers)?;
    }
    Ok(())
}

/// A true-up as it must be by what the patient was told, what was decided and what the home region bears by its receipt.
fn as_borne(told: TrueUp, decision: &Decision, part: &ClearingPart) -> TrueUp {
    TrueUp::of(told.told, decision.cash, loss_in(&part.amounts))
}

/// Checks a final refusal that came back.
///
/// # Errors
/// [`ReceiptFault`].
pub fn check_refusal(
    refusal: &FinalRefusal,
    between: Between,
    signers: Signers<'_>,
) -> Result<(), ReceiptFault> {
    let body = &refusal.body;
    let same = [
        ("home region", body.home == between.home),
        ("treatment region", body.treatment == between.treatment),
        ("request", refusal.is_of_its_request()),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        return Err(ReceiptFault::Other(what));
    }
    if !refusal.is_in_group() {
        return Err(ReceiptFault::NotInGroup);
    }
    signed(&refusal.group, body.refused_at, signers)
}

fn signed(group: &GroupSignature, at: Timestamp, signers: Signers<'_>) -> Result<(), ReceiptFault> {
    if is_signed(group, &signers(group.key_id, at)) {
        Ok(())
    } else {
        Err(ReceiptFault::Signature)
    }
}

#[cfg(test)]
mod tests {
    use huitong_certs::authority::Hosts;
    use huitong_certs::{Authority, Identity, SigningKey, Trust, Validity};
    use huitong_core::coverage::PersonVersion;
    use huitong_core::receipt::Receipt;
    use huitong_core::reversal::HomeWord;

    use super::*;
    use crate::samples::{claim, decision, fen, receipt, snapshot};
    use crate::signature;

    fn signer(region: RegionCode) -> (SigningKey, CertifiedKey) {
        let now = jiff::Timestamp::now();
        let days = |days| Validity::days(now, days).unwrap();
        let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(9)).unwrap();
        let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
        let identity = Identity::RegionNodeSigning(region);
        let issued = root.issue(&identity, &Hosts::none(), days(1)).unwrap();
        let key = SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap();
        let certified = CertifiedKey::from_chain(issued.chain(), &trust, now).unwrap();
        (key, certified)
    }

    /// A receipt of the claim and decision, in a group of one that the key signed.
    fn given(key: &SigningKey) -> Receipt {
        let mut receipt = receipt(1);
        let (claim, decision) = (claim("V1"), decision());
        let before = snapshot(3).version;
        receipt.body.clearing.policy = decision.policy;
        receipt.body.personal = PersonalPart {
            person: claim.person,
            claim: claim.digest(),
            decision: decision.digest(),
            version: PersonVersion {
                change: before.change.saturating_add(1),
                ..before
            },
        }
        .commitment(&receipt.salt);
        sign(&mut receipt, key);
        receipt
    }

    fn sign(receipt: &mut Receipt, key: &SigningKey) {
        let (root, size) = (receipt.body.leaf(), 1);
        let parts = signature::sign(key, &GroupSignature::signed_bytes(&root, size));
        receipt.group = GroupSignature {
            root,
            size,
            algorithm: parts.algorithm,
            key_id: parts.key_id,
            signature: parts.signature,
        };
    }

    #[test]
    fn only_the_word_that_was_given_about_this_claim_between_these_two_is_taken() {
        let claim_of = claim("V1");
        let between = Between {
            home: claim_of.person.home,
            treatment: claim_of.treatment,
        };
        let ((key, certified), (_, other)) = (signer(between.home), signer(between.home));
        let (certified, other) = (Arc::new(certified), Arc::new(other));
        let certified = |_: Digest, _: Timestamp| Arc::clone(&certified);
        let other = |_: Digest, _: Timestamp| Arc::clone(&other);
        let returned = ReturnedWord {
            word: HomeWord {
                receipt: given(&key),
                reversal: None,
            },
            claim: claim_of,
            decision: decision(),
            snapshot: snapshot(3),
            trued_up: None,
        };
        assert_eq!(check(&returned, between, &certified), Ok(()));
        let wrong = |change: fn(&mut ReturnedWord), what| {
            let mut changed = returned.clone();
            change(&mut changed);
            let expected = Err(ReceiptFault::Other(what));
            assert_eq!(check(&changed, between, &certified), expected, "{what}");
        };
        wrong(|it| it.claim = claim("V2"), "decision");
        wrong(|it| it.decision.cash = fen(1), "decision");
        wrong(|it| it.snapshot.version.change = 8, "decision");
        // What a home region did not say that it bears it does not bear.
        wrong(
            |it| it.trued_up = Some(TrueUp::of(fen(0), it.decision.cash, it.decision.cash)),
            "true-up",
        );
        let told = |told| TrueUp::of(told, decision().cash, fen(0));
        for trued_up in [told(fen(0)), told(decision().cash), told(fen(1_000_000))] {
            let mut fitting = returned.clone();
            fitting.trued_up = Some(trued_up);
            assert_eq!(check(&fitting, between, &certified), Ok(()));
        }
        wrong(|it| it.word.receipt.salt = [9; 16], "decision");
        wrong(
            |it| it.word.receipt.body.clearing.amounts[0].1 = fen(1),
            "amount",
        );
        let swapped = Between {
            home: between.treatment,
            treatment: between.home,
        };
        let refused = check(&returned, swapped, &certified);
        assert_eq!(refused, Err(ReceiptFault::Other("home region")));
        // Another's signature, and a body that is not the one signed.
        let refused = check(&returned, between, &other);
        assert_eq!(refused, Err(ReceiptFault::Signature));
        let mut changed = returned.clone();
        changed.word.receipt.body.number = 7;
        let refused = check(&changed, between, &certified);
        assert_eq!(refused, Err(ReceiptFault::NotInGroup));
    }
}
