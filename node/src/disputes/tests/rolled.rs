//! Words that were signed under a root which is gone: they are checked by later certificates of the same keys.

use super::*;

/// The key's later certificate, under another root.
fn renewed(of: &Signer, identity: &str, under: &Signers) -> Arc<CertifiedKey> {
    let begin = "2020-01-01T00:00:00Z".parse().unwrap();
    let validity = Validity::new(begin, "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let (identity, key) = (identity.parse().unwrap(), &of.key_pem);
    let issued = under.root.renew_signing(&identity, key, validity).unwrap();
    Arc::new(CertifiedKey::from_chain(issued.chain(), &under.trust, begin).unwrap())
}

#[test]
fn words_under_a_root_that_is_gone_are_checked_by_later_certificates_of_their_keys() {
    let (gone, current) = (Signers::new(), Signers::new());
    let mut history = conceded(&gone, &gone.chengdu, 900);
    let outcome = history.outcome.as_ref().unwrap().outcome.clone();
    history.outcome = Some(current.clearing.outcome(outcome, now()));
    let own = renewed(&gone.ningbo, "/region/330200/node/signing", &current);
    let theirs = renewed(&gone.chengdu, "/region/510100/node/signing", &current);
    let known = |theirs: Option<Arc<CertifiedKey>>| -> Known {
        let own = Arc::clone(&own);
        Arc::new(move |region: RegionCode, _, _| {
            if region.to_string() == "330200" {
                return Some(Arc::clone(&own));
            }
            theirs.clone()
        })
    };
    let checked = |theirs| {
        let (trust, known) = (&*current.trust, &known(theirs));
        proof::checked(&history, By { trust, known }).map(|course| course.settled().is_some())
    };
    assert!(checked(Some(Arc::clone(&theirs))).unwrap());
    // Of which no later certificate is known, of which another key is, or one that is revoked: nothing holds.
    let revoked = Arc::new(CertifiedKey::clone(&theirs).revoked());
    for theirs in [None, Some(Arc::clone(&own)), Some(revoked)] {
        assert!(checked(theirs).is_err());
    }
}
