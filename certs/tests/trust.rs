//! Whom the verifier lets in and whom it refuses, each with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "tests"
)]

use huitong_certs::authority::{Hosts, Revoked};
use huitong_certs::signing::{CertifiedKey, CertifiedKeyError};
use huitong_certs::{
    Authority, Certificate, Identity, IdentityError, Purpose, SigningKey, Trust, TrustError,
    Validity, verify_chain_identity,
};
use jiff::{Timestamp, ToSpan};
use rustls_pki_types::CertificateDer;

struct Network {
    root: Authority,
    trust: Trust,
}

fn now() -> Timestamp {
    "2026-03-01T04:00:00Z".parse().unwrap()
}

fn network(domain: &str) -> Network {
    let root = Authority::new_root(&domain.parse().unwrap(), years(10)).unwrap();
    let trust = Trust::from_roots(std::slice::from_ref(root.certificate())).unwrap();
    Network { root, trust }
}

fn years(years: i64) -> Validity {
    Validity::new(now() - 1.hour(), now() + (years * 365 * 24).hours()).unwrap()
}

fn id(path: &str) -> Identity {
    path.parse().unwrap()
}

/// What the network makes of a leaf that `authority` signed without being asked why.
fn verdict(
    network: &Network,
    authority: &Authority,
    path: &str,
    purpose: Purpose,
) -> Result<Identity, &'static str> {
    let issued = authority
        .issue_without_right(&id(path), &Hosts::none(), years(1))
        .unwrap();
    verify_chain_identity(issued.chain(), &network.trust, purpose, now())
        .map_err(|error| error.code())
}

#[test]
fn each_party_is_accepted_from_its_own_authority_only() {
    let network = network("huitong.example");
    let root = &network.root;
    let shanghai = root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    let outside = Err("certificate.outside_prefix");
    // The path check wants "document signing" of the authority too, which no region's has.
    let no_signer = Err("certificate.wrong_use");
    let by_region = Err("certificate.not_from_region");
    // path, purpose, issued by the root, issued by Shanghai's authority
    type Row = (
        &'static str,
        Purpose,
        Result<(), &'static str>,
        Result<(), &'static str>,
    );
    let rows: [Row; 10] = [
        ("/region/310000/node", Purpose::Serve, Ok(()), outside),
        ("/region/310000/node", Purpose::Call, Ok(()), outside),
        ("/region/330200/node", Purpose::Call, Ok(()), outside),
        ("/clearinghouse", Purpose::Serve, Ok(()), outside),
        (
            "/clearinghouse/officer/li.wei",
            Purpose::Call,
            Ok(()),
            outside,
        ),
        (
            "/region/310000/node/signing",
            Purpose::Sign,
            Ok(()),
            no_signer,
        ),
        ("/clearinghouse/signing", Purpose::Sign, Ok(()), no_signer),
        (
            "/region/310000/institution/H31010400001",
            Purpose::Call,
            by_region,
            Ok(()),
        ),
        (
            "/region/310000/officer/wang.fang",
            Purpose::Call,
            by_region,
            Ok(()),
        ),
        (
            "/region/330200/officer/wang.fang",
            Purpose::Call,
            by_region,
            outside,
        ),
    ];
    for (path, purpose, by_root, by_shanghai) in rows {
        let expected = |outcome: Result<(), &'static str>| outcome.map(|()| id(path));
        assert_eq!(
            verdict(&network, root, path, purpose),
            expected(by_root),
            "root: {path}"
        );
        assert_eq!(
            verdict(&network, &shanghai, path, purpose),
            expected(by_shanghai),
            "310000: {path}"
        );
    }
}

#[test]
fn an_institution_of_another_region_is_refused_whatever_its_own_code() {
    let network = network("huitong.example");
    let shanghai = network
        .root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    assert_eq!(
        verdict(
            &network,
            &shanghai,
            "/region/330200/institution/H33020300001",
            Purpose::Call
        ),
        Err("certificate.outside_prefix")
    );
    assert!(
        "/region/310000/institution/H33020300001"
            .parse::<Identity>()
            .is_err()
    );
}

#[test]
fn a_key_is_good_for_its_own_purpose_only() {
    let network = network("huitong.example");
    let rows = [
        (
            "/region/310000/node",
            Purpose::Sign,
            "certificate.wrong_use",
        ),
        (
            "/region/310000/node/signing",
            Purpose::Call,
            "certificate.wrong_use",
        ),
        (
            "/region/310000/node/signing",
            Purpose::Serve,
            "certificate.wrong_use",
        ),
        (
            "/clearinghouse/officer/li.wei",
            Purpose::Serve,
            "certificate.wrong_use",
        ),
        // A leaf that merely bears an authority's name, with no use of its own to betray it.
        ("/region/310000/ca", Purpose::Call, "certificate.wrong_role"),
    ];
    for (path, purpose, code) in rows {
        assert_eq!(
            verdict(&network, &network.root, path, purpose),
            Err(code),
            "{path}"
        );
    }
}

#[test]
fn an_authority_cannot_speak() {
    let network = network("huitong.example");
    let authority = network
        .root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    let chain = [authority.certificate().clone()];
    assert_eq!(
        verify_chain_identity(&chain, &network.trust, Purpose::Call, now()),
        Err(IdentityError::WrongUse {
            purpose: Purpose::Call
        })
    );
}

#[test]
fn a_chain_is_judged_by_who_signed_it_not_by_what_is_sent_along() {
    let network = network("huitong.example");
    let issue = |region: &str| {
        network
            .root
            .issue_region_authority(region.parse().unwrap(), years(5))
            .unwrap()
    };
    let (chengdu, shanghai) = (issue("510100"), issue("310000"));
    let stolen = chengdu
        .issue_without_right(
            &id("/region/310000/institution/H31010400001"),
            &Hosts::none(),
            years(1),
        )
        .unwrap();
    // The honest authority of Shanghai is placed first, where a careless reader looks.
    let chain: Vec<CertificateDer<'_>> = vec![
        stolen.chain()[0].clone(),
        shanghai.certificate().clone(),
        chengdu.certificate().clone(),
    ];
    assert_eq!(
        verify_chain_identity(&chain, &network.trust, Purpose::Call, now()),
        Err(IdentityError::OutsidePrefix {
            authority: "510100".parse().unwrap(),
            identity: id("/region/310000/institution/H31010400001"),
        })
    );
}

#[test]
fn a_leaf_issues_nothing() {
    let network = network("huitong.example");
    let node = network
        .root
        .issue(&id("/region/310000/node"), &Hosts::none(), years(1))
        .unwrap();
    assert!(Authority::from_pem(node.chain_pem(), &node.key_pem()).is_err());
}

#[test]
fn time_other_roots_and_other_operators_are_told_apart() {
    let ours = network("huitong.example");
    let node = ours
        .root
        .issue(&id("/region/310000/node"), &Hosts::none(), years(1))
        .unwrap();
    let at = |trust: &Trust, at: Timestamp| {
        verify_chain_identity(node.chain(), trust, Purpose::Call, at).map_err(|error| error.code())
    };
    assert!(at(&ours.trust, now()).is_ok());
    assert_eq!(
        at(&ours.trust, now() + 9_000.hours()),
        Err("certificate.expired")
    );
    assert_eq!(
        at(&ours.trust, now() - 2.hours()),
        Err("certificate.not_yet_valid")
    );
    let namesake = network("huitong.example");
    assert_eq!(
        at(&namesake.trust, now()),
        Err("certificate.unknown_authority")
    );
    let stranger = network("other.example");
    assert_eq!(
        at(&stranger.trust, now()),
        Err("certificate.unknown_authority")
    );
    assert_eq!(
        verify_chain_identity(&[], &ours.trust, Purpose::Call, now()),
        Err(IdentityError::NoCertificate)
    );
    let garbage = CertificateDer::from(b"not a certificate".to_vec());
    assert!(matches!(
        verify_chain_identity(&[garbage], &ours.trust, Purpose::Call, now()),
        Err(IdentityError::Malformed(_))
    ));
    let long = vec![node.chain()[0].clone(); 4];
    assert_eq!(
        verify_chain_identity(&long, &ours.trust, Purpose::Call, now()),
        Err(IdentityError::ChainTooLong { found: 4 })
    );
}

#[test]
fn the_revoked_and_those_under_a_revoked_authority_are_refused() {
    let Network { root, .. } = network("huitong.example");
    let authority = root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    let issue = |by: &Authority, path: &str| by.issue(&id(path), &Hosts::none(), years(1)).unwrap();
    let node = issue(&root, "/region/310000/node");
    let other = issue(&root, "/region/330200/node");
    let officer = issue(&authority, "/region/310000/officer/li.wei");
    let read = |chain: &[CertificateDer<'_>]| Revoked {
        serial: Certificate::read(&chain[0]).unwrap().serial,
        at: now(),
    };
    let list = root
        .revocation_list(
            &[
                read(node.chain()),
                read(std::slice::from_ref(authority.certificate())),
            ],
            1,
            years(1),
        )
        .unwrap();
    let trust = Trust::from_pem(root.certificate_pem().as_bytes())
        .unwrap()
        .with_revocation_lists(list.as_bytes())
        .unwrap();
    let verdict = |chain| verify_chain_identity(chain, &trust, Purpose::Call, now());
    assert_eq!(verdict(node.chain()), Err(IdentityError::Revoked));
    assert_eq!(verdict(officer.chain()), Err(IdentityError::Revoked));
    assert_eq!(verdict(other.chain()), Ok(id("/region/330200/node")));
}

#[test]
fn only_an_operators_root_is_taken_as_a_root() {
    let Network { root, .. } = network("huitong.example");
    let authority = root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    let told = Trust::from_pem(authority.certificate_pem().as_bytes()).unwrap_err();
    assert_eq!(told, TrustError::OfParty(id("/region/310000/ca")));
    assert!(told.to_string().contains("root.crt"), "{told}");
    assert!(Trust::from_pem(b"").is_err());
    let two = format!(
        "{}{}",
        root.certificate_pem(),
        network("b.example").root.certificate_pem()
    );
    assert!(Trust::from_pem(two.as_bytes()).is_err());
}

#[test]
fn an_authority_refuses_what_is_not_its_own_to_issue() {
    let Network { root, .. } = network("huitong.example");
    let shanghai = root
        .issue_region_authority("310000".parse().unwrap(), years(5))
        .unwrap();
    let hosts = Hosts::none();
    assert!(
        root.issue(&id("/region/310000/officer/li.wei"), &hosts, years(1))
            .is_err()
    );
    assert!(
        shanghai
            .issue(&id("/region/310000/node"), &hosts, years(1))
            .is_err()
    );
    assert!(
        shanghai
            .issue(&id("/region/330200/officer/li.wei"), &hosts, years(1))
            .is_err()
    );
    assert!(
        shanghai
            .issue(&id("/region/310000/officer/li.wei"), &hosts, years(6))
            .is_err()
    );
    assert!(
        shanghai
            .issue_region_authority("310000".parse().unwrap(), years(1))
            .is_err()
    );
}

#[test]
fn a_signing_key_is_known_by_its_certificate() {
    let network = network("huitong.example");
    let signing = network
        .root
        .issue(&id("/region/310000/node/signing"), &Hosts::none(), years(1))
        .unwrap();
    let key = SigningKey::from_pem(signing.key_pem().as_bytes()).unwrap();
    let certified =
        CertifiedKey::from_pem(signing.chain_pem().as_bytes(), &network.trust, now()).unwrap();
    assert_eq!(certified.identity(), &id("/region/310000/node/signing"));
    assert_eq!(certified.key(), key.verifying_key());
    assert_eq!(certified.verify(b"root", &key.sign(b"root")), Ok(()));
    assert!(certified.verify(b"tree", &key.sign(b"root")).is_err());

    let tls = network
        .root
        .issue(&id("/region/310000/node"), &Hosts::none(), years(1))
        .unwrap();
    assert!(matches!(
        CertifiedKey::from_pem(tls.chain_pem().as_bytes(), &network.trust, now()),
        Err(CertifiedKeyError::Identity(IdentityError::WrongUse { .. }))
    ));
    assert!(SigningKey::from_pem(tls.key_pem().as_bytes()).is_err());
}
