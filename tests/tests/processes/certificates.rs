//! Who is not heard: certificates of another region, of another operator, of a region's authority outside
//! its prefix, expired, or none. Each is told why, and leaves nothing behind.

use std::sync::Arc;

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Issued, Validity};
use huitong_tests::bills::inpatient;
use huitong_tests::certificates::{TRUST_DOMAIN, hours, party};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::peer::Peer;
use huitong_tests::refused::Again;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, SHANGHAI};
use huitong_tests::start;
use rustls::RootCertStore;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Who issues, in this world and in another operator's.
struct Issuers<'a> {
    root: &'a Authority,
    chengdu: &'a Authority,
    ningbo: &'a Authority,
    strangers: Authority,
}

/// Issues what a path names, whether it may or not.
fn issue(authority: &Authority, path: &str, validity: Validity) -> Issued {
    authority
        .issue_without_right(&party(path), &Hosts::none(), validity)
        .unwrap()
}

/// A wrong certificate: what it is, who made it, and what its holder is told.
type Row = (
    &'static str,
    fn(&Issuers<'_>) -> Issued,
    &'static str,
    &'static str,
);

/// A hospital of Chengdu, and one of Ningbo.
const OWN: &str = "/region/510100/institution/H51010000001";
const OTHER: &str = "/region/330200/institution/H33020000001";

const NOT_ALLOWED: &str = "transport.not_allowed";
const REFUSED: &str = "transport.certificate_refused";

fn valid() -> Validity {
    hours(-1, 8)
}

const ROWS: &[Row] = &[
    (
        "another region's hospital",
        |by| issue(by.ningbo, OTHER, valid()),
        NOT_ALLOWED,
        "may not call",
    ),
    (
        "another region's node",
        |by| issue(by.root, "/region/330200/node", valid()),
        NOT_ALLOWED,
        "may not call",
    ),
    (
        "an officer",
        |by| issue(by.chengdu, "/region/510100/officer/li.wei", valid()),
        NOT_ALLOWED,
        "may not call",
    ),
    (
        "another operator's",
        |by| issue(&by.strangers, OWN, valid()),
        REFUSED,
        "not issued under the root",
    ),
    (
        "by another region's authority",
        |by| issue(by.ningbo, OWN, valid()),
        REFUSED,
        "identity or its authority",
    ),
    (
        "by the root itself",
        |by| issue(by.root, OWN, valid()),
        REFUSED,
        "identity or its authority",
    ),
    (
        "a node by a region's authority",
        |by| issue(by.chengdu, "/region/510100/node", valid()),
        REFUSED,
        "identity or its authority",
    ),
    (
        "expired",
        |by| issue(by.chengdu, OWN, hours(-8, -1)),
        REFUSED,
        "expired",
    ),
    (
        "not yet valid",
        |by| issue(by.chengdu, OWN, hours(1, 8)),
        REFUSED,
        "not valid yet",
    ),
];

#[tokio::test]
async fn a_certificate_that_is_not_right_is_refused_with_its_reason() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let authorities = world.authorities();
    let strangers_root =
        Authority::new_root(&TRUST_DOMAIN.parse().unwrap(), hours(-9, 99)).unwrap();
    let issuers = Issuers {
        root: authorities.root(),
        chengdu: authorities.region(CHENGDU.region()),
        ningbo: authorities.region(NINGBO.region()),
        strangers: strangers_root
            .issue_region_authority(CHENGDU.region(), hours(-9, 9))
            .unwrap(),
    };
    let officer = RegionOfficer::of(&world, &CHENGDU);
    let before = officer.status().await.unwrap();
    let bill = || inpatient(&NINGBO, 0, "v", &[(Item::Drug, 2_000_000)]);
    let mut faults = Vec::new();
    for (what, issue, code, says) in ROWS {
        let credentials = authorities.speaking_with(&issue(&issuers));
        let caller = Hospital::speaking_with(&credentials, &world, &CHENGDU);
        match caller.settle("r", bill()).await {
            Ok(_) => faults.push(format!("{what}: is heard")),
            Err(told) => {
                if told.code != *code || told.again != Again::No || !told.detail.contains(says) {
                    faults.push(format!("{what}: {told:?}, expected {code} {says:?}"));
                }
            }
        }
        if officer.status().await.unwrap() != before {
            faults.push(format!("{what}: left traces"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    hospital.settle("r", bill()).await.unwrap();
    world.stop_all().await;
}

#[tokio::test]
async fn no_certificate_is_no_connection() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let mut roots = RootCertStore::empty();
    roots
        .add(world.authorities().root().certificate().clone())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let tcp = TcpStream::connect(world.address(&CHENGDU)).await.unwrap();
    let mut tls = connector
        .connect("localhost".try_into().unwrap(), tcp)
        .await
        .unwrap();
    let error = tls.read_u8().await.unwrap_err();
    assert!(error.to_string().contains("CertificateRequired"), "{error}");
    world.stop_all().await;
}

#[tokio::test]
async fn a_region_speaks_for_itself_only() {
    let world = start::start(&[&NINGBO, &CHENGDU, &SHANGHAI]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let settled = hospital
        .settle("r", inpatient(&NINGBO, 0, "v", &[(Item::Drug, 2_000_000)]))
        .await
        .unwrap();
    let receipt = settled.receipt.unwrap();

    // A receipt of Ningbo, delivered by Shanghai's node.
    let shanghai = Peer::of(&world, &SHANGHAI, &CHENGDU);
    let refused = shanghai.deliver(vec![receipt.clone()]).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.again),
        ("identity.mismatch", Again::No)
    );
    // A settlement of Chengdu, given up by Shanghai's node: it is another id to Ningbo, and stands.
    let person = huitong_proto::common::v1::Person {
        home_region: NINGBO.code.to_owned(),
        psn_no: NINGBO.psn_no(0),
    };
    let given_up = Peer::of(&world, &SHANGHAI, &NINGBO)
        .abandon(&settled.settlement, person.clone())
        .await;
    assert_eq!(given_up, None);
    let held = Peer::of(&world, &CHENGDU, &NINGBO)
        .abandon(&settled.settlement, person)
        .await;
    assert_eq!(held, Some(receipt));
    // Another region's officer.
    let stranger = party("/region/330200/officer/li.wei");
    let refused = RegionOfficer::calling_as(&world, &CHENGDU, &stranger)
        .status()
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.again),
        ("transport.not_allowed", Again::No)
    );
    world.stop_all().await;
}
