//! A key counts for what was signed while it was listed, and for nothing later, nor once it is revoked.

use std::collections::BTreeMap;

use huitong_certs::authority::{Hosts, Revoked};
use huitong_certs::{Authority, Issued, SigningKey, Validity, VerifyingKey};
use huitong_core::digest::sha256;
use huitong_core::membership::{Directory, ListedRegion, Standing};
use huitong_transport::Credentials;

use super::*;

fn region() -> RegionCode {
    "330200".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn years() -> Validity {
    let [from, to] = ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"];
    Validity::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

fn issue(root: &Authority, identity: &str) -> Issued {
    let identity = identity.parse().unwrap();
    root.issue(&identity, &Hosts::none(), years()).unwrap()
}

/// What knows no key yet, where these certificates are revoked.
fn earlier(root: &Authority, revoked: &[&Issued]) -> Earlier {
    let revoked = revoked.iter().map(|issued| Revoked {
        serial: Certificate::read(&issued.chain()[0]).unwrap().serial,
        at: "2026-01-01T00:00:00Z".parse().unwrap(),
    });
    let revoked: Vec<_> = revoked.collect();
    let list = root.revocation_list(&revoked, 1, years()).unwrap();
    let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
    let trust = trust.with_revocation_lists(list.as_bytes()).unwrap();
    let own = issue(root, "/region/510100/node");
    let own = Credentials::new(own.chain().to_vec(), own.key().into(), Arc::new(trust));
    Earlier::new(CredentialStore::fixed(own.unwrap()).unwrap())
}

fn root() -> Authority {
    Authority::new_root(&"huitong.example".parse().unwrap(), years()).unwrap()
}

fn chain(issued: &Issued) -> Chain {
    issued.chain().iter().map(|der| der.to_vec()).collect()
}

fn key_id(issued: &Issued) -> Digest {
    let certificate = Certificate::read(&issued.chain()[0]).unwrap();
    let key = VerifyingKey::from_bytes(certificate.public_key()).unwrap();
    Digest::from_bytes(*key.key_id().as_bytes())
}

/// A version that lists these certificates of the region.
fn version(number: u64, signed: &str, signers: &[&Issued]) -> SignedDirectory {
    let listed = ListedRegion {
        member: region(),
        endpoint: None,
        signers: signers.iter().map(|issued| chain(issued)).collect(),
        standing: Standing::Active,
        since: None,
    };
    SignedDirectory {
        directory: Directory {
            number,
            before: (number > 1).then(|| sha256(b"before")),
            regions: BTreeMap::from([(region(), listed)]),
        },
        at: at(signed),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![0; 64],
        signer: Vec::new(),
    }
}

const FIRST: &str = "2026-03-01T00:00:00.000Z";
const SECOND: &str = "2026-03-02T00:00:00.000Z";
const LATER: &str = "2026-03-02T00:00:00.001Z";

#[test]
fn a_key_counts_for_what_was_signed_until_it_was_left_out() {
    let root = root();
    let (old, new) = (
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
    );
    let earlier = earlier(&root, &[]);
    let counts =
        |issued: &Issued, when| earlier.named(region(), key_id(issued), at(when)).is_some();
    assert!(!counts(&old, FIRST), "never listed");
    earlier.go_by(&version(1, FIRST, &[&old]));
    assert!(counts(&old, LATER) && !counts(&new, FIRST));
    let second = version(2, SECOND, &[&new]);
    earlier.go_by(&second);
    earlier.go_by(&second);
    assert!(counts(&old, FIRST) && counts(&old, SECOND) && counts(&new, LATER));
    assert!(!counts(&old, LATER));
    // Of another region it says nothing.
    let other = "510100".parse().unwrap();
    assert!(earlier.named(other, key_id(&old), at(FIRST)).is_none());
    // Listed again it counts again; left out with its region it does not.
    earlier.go_by(&version(3, LATER, &[&old, &new]));
    assert!(counts(&old, "2026-04-01T00:00:00.000Z"));
    let mut gone = version(4, "2026-05-01T00:00:00.000Z", &[]);
    gone.directory.regions.clear();
    earlier.go_by(&gone);
    assert!(counts(&new, "2026-05-01T00:00:00.000Z"));
    assert!(!counts(&new, "2026-05-01T00:00:00.001Z"));
}

#[test]
fn a_key_that_is_revoked_or_another_partys_counts_for_nothing() {
    let root = root();
    let (old, new, foreign) = (
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/510100/node/signing"),
    );
    let earlier = earlier(&root, &[&old]);
    earlier.go_by(&version(1, FIRST, &[&old, &new, &foreign]));
    let counts = |issued: &Issued| earlier.named(region(), key_id(issued), at(FIRST)).is_some();
    assert!(counts(&new) && !counts(&old) && !counts(&foreign));
}

#[test]
fn of_too_many_keys_those_that_were_left_out_first_are_forgotten() {
    let root = root();
    let first = issue(&root, "/region/330200/node/signing");
    let earlier = earlier(&root, &[]);
    earlier.go_by(&version(1, FIRST, &[&first]));
    let mut last = None;
    for nth in 0..KEYS_AT_MOST {
        let next = issue(&root, "/region/330200/node/signing");
        let number = u64::try_from(nth).unwrap().checked_add(2).unwrap();
        earlier.go_by(&version(number, SECOND, &[&next]));
        last = Some(next);
    }
    let counts = |issued: &Issued| earlier.named(region(), key_id(issued), at(FIRST)).is_some();
    assert!(!counts(&first) && counts(&last.unwrap()));
}

#[test]
fn a_key_is_revoked_with_any_of_its_certificates() {
    let root = root();
    let identity: Identity = "/region/330200/node/signing".parse().unwrap();
    let first = issue(&root, "/region/330200/node/signing");
    let until = |end: &str| {
        let from = "2020-01-01T00:00:00Z".parse().unwrap();
        Validity::new(from, end.parse().unwrap()).unwrap()
    };
    let renewed = |end| root.renew_signing(&identity, &first.key_pem(), until(end));
    // One that lasts, and one that had ended when something was signed.
    for end in ["2089-01-01T00:00:00Z", "2026-02-01T00:00:00Z"] {
        let renewed = renewed(end).unwrap();
        assert_eq!(key_id(&first), key_id(&renewed));
        for (revoked, counts) in [(None, true), (Some(&renewed), false), (Some(&first), false)] {
            let revoked: Vec<_> = revoked.into_iter().collect();
            let earlier = earlier(&root, &revoked);
            earlier.go_by(&version(1, FIRST, &[&first]));
            earlier.go_by(&version(2, SECOND, &[&first, &renewed]));
            earlier.go_by(&version(3, LATER, &[]));
            let named = earlier.named(region(), key_id(&first), at(FIRST));
            assert_eq!(named.is_some(), counts, "{end}");
            // So it is told of a key that is listed now, or configured, under one of them.
            let told = |others: &[Chain]| earlier.revoked(region(), others, at(LATER));
            assert_eq!(told(&[]).contains(&key_id(&first)), !counts, "{end}");
        }
    }
}

#[test]
fn of_the_own_region_the_key_of_now_counts_and_else_the_one_of_then() {
    let root = root();
    let (old, new) = (
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
    );
    let earlier = earlier(&root, &[]);
    earlier.go_by(&version(1, FIRST, &[&old]));
    earlier.go_by(&version(2, SECOND, &[&new]));
    let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
    let moment = "2026-03-01T00:00:00Z".parse().unwrap();
    let now = CertifiedKey::from_chain(new.chain(), &trust, moment).unwrap();
    let is_of = |issued: &Issued, when| {
        let key = earlier.own(region(), &now, key_id(issued), at(when));
        is_named(&key, key_id(issued))
    };
    assert!(is_of(&old, SECOND) && is_of(&new, FIRST) && is_of(&new, LATER));
    assert!(!is_of(&old, LATER));
}

#[test]
fn of_the_own_region_the_key_of_now_counts_for_nothing_once_it_is_revoked() {
    let root = root();
    let (old, now, other) = (
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
    );
    let identity: Identity = "/region/330200/node/signing".parse().unwrap();
    let renewed = root.renew_signing(&identity, &now.key_pem(), years());
    let renewed = renewed.unwrap();
    let trust = Trust::from_roots(&[root.certificate().clone()]).unwrap();
    let moment = "2026-03-01T00:00:00Z".parse().unwrap();
    let word = b"a word that comes back";
    let signed = SigningKey::from_pem(now.key_pem().as_bytes())
        .unwrap()
        .sign(word);
    let holds = |earlier: &Earlier, when| {
        let current = CertifiedKey::from_chain(now.chain(), &trust, moment).unwrap();
        let key = earlier.own(region(), &current, key_id(&now), at(when));
        assert!(is_named(&key, key_id(&now)));
        key.verify(word, &signed).is_ok()
    };
    let listing = |revoked: &[&Issued], listed: &[&Issued]| {
        let earlier = earlier(&root, revoked);
        earlier.go_by(&version(1, FIRST, listed));
        earlier
    };
    assert!(holds(&listing(&[&other], &[&old, &now]), LATER));
    // Also what says that it was signed when its certificate held no more, as of a node that runs on.
    assert!(holds(&listing(&[], &[&now]), "2091-01-01T00:00:00.000Z"));
    // Whether or not the directory lists it, and with any of its certificates that it lists.
    for (revoked, listed) in [(&now, &now), (&now, &old), (&renewed, &renewed)] {
        assert!(!holds(&listing(&[revoked], &[listed]), LATER));
    }
}

#[test]
fn a_key_is_revoked_with_a_certificate_that_was_never_listed() {
    let root = root();
    let (configured, other) = (
        issue(&root, "/region/330200/node/signing"),
        issue(&root, "/region/330200/node/signing"),
    );
    let earlier = earlier(&root, &[&configured]);
    earlier.go_by(&version(1, FIRST, &[&other]));
    let told = |others: &[Chain]| earlier.revoked(region(), others, at(FIRST));
    assert!(told(&[]).is_empty());
    let both = [chain(&configured), chain(&other)];
    assert_eq!(told(&both), [key_id(&configured)].into());
}
