//! Which of a peer's keys count, by what the directory says and what is revoked.

use huitong_certs::authority::Hosts;
use huitong_certs::signing::{Carried, sign_carried};
use huitong_certs::{Authority, SigningKey, Trust, Validity};

use super::*;

/// A key of the region, and its certificate.
struct Key {
    signs: SigningKey,
    certified: CertifiedKey,
}

impl Key {
    fn new(root: &Authority) -> Self {
        let now = jiff::Timestamp::now();
        let days = Validity::days(now, 1).unwrap();
        let identity = "/region/330200/node/signing".parse().unwrap();
        let issued = root.issue(&identity, &Hosts::none(), days).unwrap();
        let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
        Self {
            signs: SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap(),
            certified: CertifiedKey::from_chain(issued.chain(), &trust, now).unwrap(),
        }
    }

    fn name(&self) -> Digest {
        Digest::from_bytes(*self.certified.key().key_id().as_bytes())
    }

    /// Whether what it signs holds at a peer.
    fn counts(&self, at: &Signers) -> bool {
        let (algorithm, key_id, signature) = sign_carried(&self.signs, b"a word");
        let carried = Carried {
            algorithm,
            key_id,
            signature: &signature,
        };
        carried.is_of(b"a word", &at.named(key_id))
    }
}

fn root() -> Authority {
    let days = Validity::days(jiff::Timestamp::now(), 2).unwrap();
    Authority::new_root(&"huitong.example".parse().unwrap(), days).unwrap()
}

fn entry(key: &Key) -> DirectoryEntry {
    DirectoryEntry {
        region: "330200".parse().unwrap(),
        endpoint: "https://localhost:1".to_owned(),
        signing: key.certified.clone().into(),
        pinned: false,
    }
}

#[test]
fn what_is_revoked_counts_under_no_certificate_listed_or_configured() {
    let root = root();
    let (one, other) = (Key::new(&root), Key::new(&root));
    let none = BTreeSet::new();
    let revoked = BTreeSet::from([one.name()]);
    for pinned in [false, true] {
        let signers = Signers::configured_as(DirectoryEntry {
            pinned,
            ..entry(&one)
        });
        assert!(one.counts(&signers));
        signers.go_by(Vec::new(), &revoked);
        assert!(!one.counts(&signers), "by the configured certificate");
        signers.go_by(Vec::new(), &none);
        assert!(one.counts(&signers), "the list says so no more");
    }
    let signers = Signers::configured_as(entry(&one));
    let both = vec![one.certified.clone(), other.certified.clone()];
    signers.go_by(both.clone(), &none);
    assert!(one.counts(&signers) && other.counts(&signers));
    signers.go_by(both, &revoked);
    assert!(!one.counts(&signers) && other.counts(&signers));
}

#[test]
fn what_joined_and_has_no_key_left_keeps_one_that_counts_for_nothing() {
    let root = root();
    let key = Key::new(&root);
    let signers = Signers::listed(vec![key.certified.clone()]).unwrap();
    signers.go_by(Vec::new(), &BTreeSet::new());
    assert!(key.counts(&signers), "it stays as it was");
    signers.go_by(Vec::new(), &BTreeSet::from([key.name()]));
    assert!(!key.counts(&signers));
}
