//! Words that were signed under a root which is gone: they are checked by later certificates of the same keys.

use std::fs;
use std::path::Path;

use huitong_certs::directory::{Overwrite, write_party};
use huitong_transport::{CredentialFiles, CredentialStore, Reloading};

use super::*;
use crate::peers::{Configured, DirectoryEntry, Signers as PeerKeys};

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

/// Ningbo's node in a folder: who issued it, and the roots that it trusts.
fn write(folder: &Path, by: &Signers, roots: &[&Signers]) {
    let identity = "/region/330200/node".parse().unwrap();
    let validity = Validity::days(jiff::Timestamp::now(), 9).unwrap();
    let issued = by.root.issue(&identity, &Hosts::none(), validity).unwrap();
    let roots: String = roots.iter().map(|of| of.root.certificate_pem()).collect();
    write_party(folder, &issued, None, &roots, Overwrite::Replace).unwrap();
}

/// A region that only the configuration names says something, and the root is rolled while the node runs.
#[tokio::test]
async fn what_a_configured_region_said_before_a_roll_is_proven_once_its_renewed_certificate_is_in_its_file()
 {
    let (gone, current) = (Signers::new(), Signers::new());
    let mut history = conceded(&gone, &gone.chengdu, 900);
    let outcome = history.outcome.as_ref().unwrap().outcome.clone();
    history.outcome = Some(current.clearing.outcome(outcome, now()));
    let (ours, theirs) = ("/region/330200/node/signing", "/region/510100/node/signing");
    let own = renewed(&gone.ningbo, ours, (&current, BEGIN));
    let folder = tempfile::tempdir().unwrap();
    let (at, file) = (folder.path(), folder.path().join("510100.crt"));
    write(at, &gone, &[&gone]);
    let store = CredentialStore::load(CredentialFiles::in_folder(at)).unwrap();
    let entry = DirectoryEntry {
        region: "510100".parse().unwrap(),
        endpoint: "https://localhost:1".to_owned(),
        signing: Certified::in_file(gone.chengdu.certified.clone(), file.clone()),
        pinned: false,
    };
    let reloading =
        Reloading::new(store.clone()).with(Arc::new(Configured::of(std::slice::from_ref(&entry))));
    let keys = PeerKeys::configured_as(entry);
    let known: Known = Arc::new(move |region: RegionCode, key_id, _| {
        let is_own = region.to_string() == "330200";
        Some(if is_own {
            Arc::clone(&own)
        } else {
            keys.named(key_id)
        })
    });
    let proven = || {
        let credentials = store.credentials();
        let (trust, known) = (&**credentials.trust(), &known);
        proof::checked(&history, By { trust, known }).is_ok()
    };
    let pem = |signer: &Signer, under: &Signers| {
        let validity = desk::years(2029);
        let identity = theirs.parse().unwrap();
        let issued = under
            .root
            .renew_signing(&identity, &signer.key_pem, validity);
        issued.unwrap().chain_pem().to_owned()
    };
    // Step 2, with both roots; Chengdu's file comes late, and what it holds is told until it does.
    write(at, &current, &[&gone, &current]);
    fs::write(&file, pem(&gone.chengdu, &gone)).unwrap();
    reloading.now().await.unwrap();
    write(at, &current, &[&current]);
    let refused = reloading.now().await.unwrap_err();
    assert!(refused.contains(theirs), "{refused}");
    assert!(!proven());
    fs::write(&file, pem(&gone.chengdu, &current)).unwrap();
    reloading.now().await.unwrap();
    assert!(proven());
    // It is not shown as the node's own, and another key is not taken while it runs.
    assert_eq!(reloading.ends().len(), 1);
    fs::write(&file, pem(&current.chengdu, &current)).unwrap();
    reloading.now().await.unwrap_err();
    assert!(proven());
}
