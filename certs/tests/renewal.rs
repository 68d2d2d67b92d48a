//! `huitong certs renew`, `revoke` and `roll`, as typed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use clap::Parser;
use huitong_certs::command::CertsCommand;
use huitong_certs::{Identity, Purpose, SigningKey, Trust, verify_chain_identity};
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    certs: CertsCommand,
}

fn huitong_certs(line: &str) -> Result<String, String> {
    let words = std::iter::once("huitong-certs").chain(line.split_whitespace());
    let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    line.certs
        .run_to(&mut out)
        .map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

fn first(folder: &Path, file: &str) -> Vec<CertificateDer<'static>> {
    let pem = fs::read(folder.join(file)).unwrap();
    let read = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    read.unwrap()
}

fn trust(files: &[&Path]) -> Trust {
    let (roots, lists) = files.split_first().unwrap();
    let mut trust = Trust::from_pem(&fs::read(roots).unwrap()).unwrap();
    for list in lists {
        trust = trust
            .with_revocation_lists(&fs::read(list).unwrap())
            .unwrap();
    }
    trust
}

fn verdict(folder: &Path, trust: &Trust) -> Result<Identity, &'static str> {
    let chain = first(folder, "tls.crt");
    let now = Timestamp::now();
    verify_chain_identity(&chain, trust, Purpose::Call, now).map_err(|error| error.code())
}

/// A founded network with a region's authority, a node and an officer.
fn founded(at: &Path) {
    let shown = at.display();
    huitong_certs(&format!(
        "init --dir {shown} --trust-domain huitong.example"
    ))
    .unwrap();
    for party in [
        "region-ca 310000",
        "node 310000 --dns n.example",
        "officer 310000 li.wei",
    ] {
        huitong_certs(&format!("issue --dir {shown} {party}")).unwrap();
    }
}

#[test]
fn what_is_taken_back_stays_out_and_each_authority_lists_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    founded(at);
    let shown = at.display();
    let (node, officer) = (
        at.join("region/310000/node"),
        at.join("region/310000/officer/li.wei"),
    );
    let region = at.join("region/310000/ca/revoked.crl");
    let root = at.join("root.crt");
    huitong_certs(&format!("revoke --dir {shown} {}/tls.crt", node.display())).unwrap();
    huitong_certs(&format!(
        "revoke --dir {shown} {}/tls.crt",
        officer.display()
    ))
    .unwrap();
    let both = trust(&[&root, &at.join("revoked.crl"), &region]);
    assert_eq!(verdict(&node, &both), Err("certificate.revoked"));
    assert_eq!(verdict(&officer, &both), Err("certificate.revoked"));
    // Signing the list anew, and taking another back, lets nobody in again; a renewed certificate is another one.
    huitong_certs(&format!("renew --dir {shown} {}", node.display())).unwrap();
    huitong_certs(&format!(
        "revoke --dir {shown} {}/signing.crt",
        node.display()
    ))
    .unwrap();
    let old = fs::read(at.join("revoked.crl")).unwrap();
    huitong_certs(&format!("revoke --dir {shown} --days 2")).unwrap();
    let newer = trust(&[&root, &at.join("revoked.crl"), &region]);
    assert_eq!(newer.freshness()[0].revoked, 2);
    assert_eq!(
        verdict(&node, &newer),
        Ok(Identity::RegionNode("310000".parse().unwrap()))
    );
    newer.may_follow(&both).unwrap();
    fs::write(at.join("earlier.crl"), old).unwrap();
    let earlier = trust(&[&root, &at.join("earlier.crl"), &region]);
    assert!(
        earlier
            .may_follow(&newer)
            .unwrap_err()
            .to_string()
            .contains("older")
    );
    // Two authorities at once, and a stranger's certificate, are refused.
    let mixed = format!(
        "revoke --dir {shown} {0}/tls.crt {1}/tls.crt",
        node.display(),
        officer.display()
    );
    assert!(
        huitong_certs(&mixed)
            .unwrap_err()
            .contains("different authorities")
    );
    let other = tempfile::tempdir().unwrap();
    founded(other.path());
    let foreign = other.path().join("region/310000/node/tls.crt");
    let refused = huitong_certs(&format!("revoke --dir {shown} {}", foreign.display()));
    assert!(refused.unwrap_err().contains("issued this"));
}

#[test]
fn a_list_counts_only_when_its_authority_is_proven() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for place in [&dir, &other] {
        founded(place.path());
        huitong_certs(&format!(
            "revoke --dir {} --region 310000",
            place.path().display()
        ))
        .unwrap();
        huitong_certs(&format!("revoke --dir {}", place.path().display())).unwrap();
    }
    let reading = |list: &Path| {
        let roots = Trust::from_pem(&fs::read(dir.path().join("root.crt")).unwrap()).unwrap();
        roots
            .with_revocation_lists(&fs::read(list).unwrap())
            .map(|trust| trust.freshness().len())
    };
    let list = "region/310000/ca/revoked.crl";
    assert_eq!(reading(&dir.path().join("revoked.crl")).unwrap(), 1);
    assert_eq!(reading(&dir.path().join(list)).unwrap(), 1);
    // The same names, another network's keys.
    for list in ["revoked.crl", list] {
        let refused = reading(&other.path().join(list)).unwrap_err().to_string();
        assert!(refused.contains("no authority"), "{refused}");
    }
    // Without its authority's certificate a region's list proves nothing.
    let whole = fs::read_to_string(dir.path().join(list)).unwrap();
    let bare = whole.split_once("-----BEGIN X509 CRL-----").unwrap().1;
    let bare = format!("-----BEGIN X509 CRL-----{bare}");
    fs::write(dir.path().join("bare.crl"), &bare).unwrap();
    assert!(reading(&dir.path().join("bare.crl")).is_err());
    // A changed byte of the list is noticed.
    let damaged = bare.replacen('A', "B", 1);
    fs::write(
        dir.path().join("damaged.crl"),
        format!(
            "{}{damaged}",
            whole.split_once("-----BEGIN X509").unwrap().0
        ),
    )
    .unwrap();
    assert!(reading(&dir.path().join("damaged.crl")).is_err());
}

#[test]
fn renewing_keeps_names_hosts_and_the_keys_that_others_check_with() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    founded(at);
    let (node, ca) = (at.join("region/310000/node"), at.join("region/310000/ca"));
    let read = |folder: &Path, file: &str| {
        huitong_certs::Certificate::read(&first(folder, file)[0]).unwrap()
    };
    let before = (
        read(&node, "tls.crt"),
        read(&node, "signing.crt"),
        read(&ca, "ca.crt"),
    );
    let line = format!(
        "renew --dir {} --days 50 {} {}",
        at.display(),
        node.display(),
        ca.display()
    );
    huitong_certs(&line).unwrap();
    let after = (
        read(&node, "tls.crt"),
        read(&node, "signing.crt"),
        read(&ca, "ca.crt"),
    );
    assert_ne!(before.0.key_id, after.0.key_id);
    assert_eq!(after.0.dns_names, ["n.example"]);
    assert_eq!(before.1.key_id, after.1.key_id);
    assert_eq!(before.1.not_before, after.1.not_before);
    assert_ne!(before.1.serial, after.1.serial);
    assert_eq!(before.2.key_id, after.2.key_id);
    let officer = at.join("region/310000/officer/li.wei");
    verdict(&officer, &trust(&[&at.join("root.crt")])).unwrap();
    assert!(SigningKey::load(&node.join("signing.key")).is_ok());
    let nobody = format!("renew --dir {0} {0}/nobody", at.display());
    huitong_certs(&nobody).unwrap_err();
}

#[test]
fn one_root_takes_the_place_of_another_in_three_steps() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    founded(at);
    let shown = at.display();
    let parts = ["ca", "node", "officer/li.wei"].map(|part| at.join("region/310000").join(part));
    let [ca, node, officer] = &parts;
    let roots = at.join("root.crt");
    let only_old = trust(&[&roots]);
    let roll = |step: &str| huitong_certs(&format!("roll {step} --dir {shown}"));
    roll("switch").unwrap_err();
    roll("finish").unwrap_err();
    roll("begin").unwrap();
    roll("begin").unwrap_err();
    let both = trust(&[&roots]);
    assert_eq!(both.root_keys().len(), 2);
    // Until the switch the old one issues: those who do not trust the new one yet are served.
    huitong_certs(&format!("renew --dir {shown} {}", node.display())).unwrap();
    verdict(node, &only_old).unwrap();
    roll("switch").unwrap();
    assert_eq!(trust(&[&roots]), both);
    let old_officer = first(officer, "tls.crt");
    for folder in [ca, node, officer] {
        huitong_certs(&format!("renew --dir {shown} {}", folder.display())).unwrap();
    }
    assert_eq!(
        verdict(node, &only_old),
        Err("certificate.unknown_authority")
    );
    for folder in [node, officer] {
        verdict(folder, &both).unwrap();
        assert_eq!(
            Trust::from_pem(&fs::read(folder.join("root.crt")).unwrap()).unwrap(),
            both
        );
    }
    // Both roots list what they issued, in one file.
    huitong_certs(&format!("revoke --dir {shown} {}/tls.crt", node.display())).unwrap();
    let listed = trust(&[&roots, &at.join("revoked.crl")]);
    assert_eq!(
        listed
            .freshness()
            .iter()
            .map(|list| list.revoked)
            .sum::<usize>(),
        1
    );
    assert_eq!(verdict(node, &listed), Err("certificate.revoked"));
    roll("finish").unwrap();
    let only_new = trust(&[&roots]);
    assert_eq!(only_new.root_keys().len(), 1);
    verdict(officer, &only_new).unwrap();
    let chain = verify_chain_identity(&old_officer, &only_new, Purpose::Call, Timestamp::now());
    chain.unwrap_err();
    // The old root's list goes with it, the new one's stays.
    huitong_certs(&format!("revoke --dir {shown}")).unwrap();
    let last = trust(&[&roots, &at.join("revoked.crl")]);
    assert_eq!(last.freshness().len(), 1);
    last.may_follow(&listed).unwrap();
    roll("begin").unwrap();
}
