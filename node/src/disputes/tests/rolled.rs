//! Words that were signed under a root which is gone: they are checked by later certificates of the same keys.

use super::*;

/// When signing certificates begin.
const BEGIN: &str = "2020-01-01T00:00:00Z";

/// The key's later certificate, under another root.
fn renewed(of: &Signer, identity: &str, (under, begin): (&Signers, &str)) -> Arc<CertifiedKey> {
    let begin = begin.parse().unwrap();
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
    let own = renewed(
        &gone.ningbo,
        "/region/330200/node/signing",
        (&current, BEGIN),
    );
    let of_chengdu = |under, begin| {
        let identity = "/region/510100/node/signing";
        renewed(&gone.chengdu, identity, (under, begin))
    };
    let theirs = of_chengdu(&current, BEGIN);
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
    // Of which no later certificate is known, of which another key is, or one that is revoked: nothing holds. Nor by one
    // that was read under the root that is gone, or that began after the word.
    let revoked = CertifiedKey::clone(&theirs).revoked();
    let [under_gone, late] = [(&gone, BEGIN), (&current, "2029-01-01T00:00:00Z")]
        .map(|(under, begin)| of_chengdu(under, begin));
    let others = [Arc::clone(&own), Arc::new(revoked), under_gone, late];
    assert!(checked(None).is_err());
    for (nth, theirs) in others.into_iter().enumerate() {
        assert!(checked(Some(theirs)).is_err(), "{nth}");
    }
}
