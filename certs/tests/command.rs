//! `huitong certs …`, as typed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::Parser;
use huitong_certs::command::CertsCommand;
use huitong_certs::signing::CertifiedKey;
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

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_network_is_founded_and_every_party_gets_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("certs");
    let shown = at.display();
    huitong_certs(&format!(
        "init --dir {shown} --trust-domain huitong.example"
    ))
    .unwrap();
    let parties = [
        ("region-ca 310000", None, "region/310000/ca"),
        (
            "node 310000 --dns localhost --ip 127.0.0.1",
            Some(Purpose::Serve),
            "region/310000/node",
        ),
        (
            "institution 310000 H31010400001",
            Some(Purpose::Call),
            "region/310000/institution/H31010400001",
        ),
        (
            "officer 310000 li.wei",
            Some(Purpose::Call),
            "region/310000/officer/li.wei",
        ),
        (
            "clearinghouse --days 30",
            Some(Purpose::Serve),
            "clearinghouse",
        ),
        (
            "clearinghouse-officer wang.fang",
            Some(Purpose::Call),
            "clearinghouse/officer/wang.fang",
        ),
    ];
    for (words, purpose, folder) in parties {
        huitong_certs(&format!("issue --dir {shown} {words}")).unwrap();
        let folder_path = at.join(folder);
        assert_eq!(mode(&folder_path), 0o700, "{folder}");
        let Some(purpose) = purpose else {
            assert_eq!(mode(&folder_path.join("ca.key")), 0o600);
            continue;
        };
        assert_eq!(mode(&folder_path.join("tls.key")), 0o600, "{folder}");
        let trust = Trust::from_pem(&fs::read(folder_path.join("root.crt")).unwrap()).unwrap();
        let chain: Vec<CertificateDer<'_>> =
            CertificateDer::pem_file_iter(folder_path.join("tls.crt"))
                .unwrap()
                .map(Result::unwrap)
                .collect();
        let identity = verify_chain_identity(&chain, &trust, purpose, Timestamp::now()).unwrap();
        assert_eq!(identity, format!("/{folder}").parse::<Identity>().unwrap());
        let signing = folder_path.join("signing.key");
        assert_eq!(signing.exists(), identity.signing().is_some(), "{folder}");
        if signing.exists() {
            assert_eq!(mode(&signing), 0o600);
            let key = SigningKey::load(&signing).unwrap();
            let certificate = fs::read(folder_path.join("signing.crt")).unwrap();
            let certified = CertifiedKey::from_pem(&certificate, &trust, Timestamp::now()).unwrap();
            assert_eq!(certified.key(), key.verifying_key());
        }
    }
    assert_eq!(mode(&at), 0o700);
    assert_eq!(mode(&at.join("root.key")), 0o600);
}

#[test]
fn nothing_is_overwritten_unless_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display();
    let init = format!("init --dir {at}/ca --trust-domain huitong.example");
    let issue = format!("issue --dir {at}/ca node 310000 --out {at}/node");
    let key = || fs::read_to_string(dir.path().join("node/tls.key")).unwrap();
    huitong_certs(&init).unwrap();
    huitong_certs(&issue).unwrap();
    let first = key();
    assert!(huitong_certs(&init).unwrap_err().contains("--force"));
    // One remaining file is enough to refuse, and then none of the others appears.
    fs::remove_file(dir.path().join("node/tls.crt")).unwrap();
    assert!(huitong_certs(&issue).unwrap_err().contains("--force"));
    assert!(!dir.path().join("node/tls.crt").exists());
    assert_eq!(key(), first);
    huitong_certs(&format!("{issue} --force")).unwrap();
    assert_ne!(key(), first);
    assert_eq!(mode(&dir.path().join("node/tls.key")), 0o600);
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display();
    let rows = [
        ("node 310000", "root.crt"),
        ("node 31", "31"),
        ("officer 310000 李伟", "li.wei"),
        ("institution 310000 31010400001", "31010400001"),
    ];
    for (words, expected) in rows {
        let refusal = huitong_certs(&format!("issue --dir {at}/none {words}")).unwrap_err();
        assert!(refusal.contains(expected), "{words}: {refusal}");
    }
    huitong_certs(&format!(
        "init --dir {at}/ca --trust-domain huitong.example"
    ))
    .unwrap();
    let refusal = huitong_certs(&format!("issue --dir {at}/ca officer 310000 li.wei")).unwrap_err();
    assert!(refusal.contains("region-ca 310000"), "{refusal}");
    let refusal = huitong_certs(&format!(
        "issue --dir {at}/ca institution 310000 H51010400001"
    ))
    .unwrap_err();
    assert!(refusal.contains("another province"), "{refusal}");
    let refusal =
        huitong_certs(&format!("issue --dir {at}/ca node 310000 --days 9999")).unwrap_err();
    assert!(refusal.contains("--days"), "{refusal}");
    assert!(huitong_certs(&format!("init --dir {at}/x --trust-domain HUITONG")).is_err());
}

#[test]
fn a_certificate_is_shown_and_garbage_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let shown = at.display();
    huitong_certs(&format!(
        "init --dir {shown} --trust-domain huitong.example"
    ))
    .unwrap();
    huitong_certs(&format!("issue --dir {shown} region-ca 310000")).unwrap();
    huitong_certs(&format!(
        "issue --dir {shown} officer 310000 li.wei --dns bureau.example"
    ))
    .unwrap();
    let text = huitong_certs(&format!(
        "show {shown}/region/310000/officer/li.wei/tls.crt"
    ))
    .unwrap();
    assert_eq!(text.matches("identity ").count(), 2, "{text}");
    for expected in [
        "spiffe://huitong.example/region/310000/officer/li.wei",
        "spiffe://huitong.example/region/310000/ca",
        "ECDSA P-256",
        "bureau.example",
        "fingerprint",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let root = huitong_certs(&format!("show {shown}/root.crt")).unwrap();
    assert!(
        root.contains("identity      spiffe://huitong.example\n"),
        "{root}"
    );

    fs::write(at.join("garbage"), "hello").unwrap();
    fs::write(
        at.join("torn.crt"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for (file, expected) in [
        ("garbage", "no PEM certificate"),
        ("torn.crt", "certificate.malformed"),
        ("root.key", "private key"),
        ("absent.crt", "absent.crt"),
    ] {
        let refusal = huitong_certs(&format!("show {shown}/{file}")).unwrap_err();
        assert!(refusal.contains(expected), "{file}: {refusal}");
    }
}

#[test]
fn a_region_issues_from_the_folder_it_was_handed() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display();
    huitong_certs(&format!(
        "init --dir {at}/operator --trust-domain huitong.example"
    ))
    .unwrap();
    let hand_over = format!("issue --dir {at}/operator region-ca 310000 --out {at}/region");
    huitong_certs(&hand_over).unwrap();
    huitong_certs(&format!("issue --dir {at}/region officer 310000 li.wei")).unwrap();
    assert!(
        dir.path()
            .join("region/region/310000/officer/li.wei/tls.crt")
            .exists()
    );
    let refusal =
        huitong_certs(&format!("issue --dir {at}/region officer 330200 li.wei")).unwrap_err();
    assert!(
        refusal.contains("not for the authority of region 310000"),
        "{refusal}"
    );
    let refusal = huitong_certs(&format!("issue --dir {at}/region node 310000")).unwrap_err();
    assert!(refusal.contains("no authority"), "{refusal}");
}
