//! Certificates that change while the clearinghouse runs.

use huitong_certs::authority::Hosts;
use huitong_certs::directory::{SIGNING_CERTIFICATE, SIGNING_KEY};
use huitong_certs::{Identity, Validity};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_office_service_client::ProofOfficeServiceClient;
use huitong_proto::common::v1 as common;
use huitong_proto::common::v1::certificate_service_client::CertificateServiceClient;
use huitong_transport::{CertificateRefusal, TransportError};
use tonic::transport::Channel;

use crate::world::{
    CHENGDU, Clearing, NINGBO, OFFICER, World, close, cut_off, debt, net, payable, receivable,
    report, validity,
};

async fn reload(officer: &mut CertificateServiceClient<Channel>) -> common::CertificatesHeld {
    let request = common::ReloadCertificatesRequest {};
    let answer = officer.reload_certificates(request).await.unwrap();
    answer.into_inner().held.unwrap()
}

async fn position(region: &mut Clearing) -> Result<(), TransportError> {
    let request = v1::StreamPositionRequest { incarnation: 1 };
    let answer = region.stream_position(request).await;
    answer
        .map(|_| ())
        .map_err(|status| TransportError::of(&status).unwrap())
}

#[tokio::test]
async fn a_revoked_node_is_cut_off_while_the_clearinghouse_runs_and_the_others_are_not() {
    let world = World::begin().await;
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let mut officer = CertificateServiceClient::new(world.connect(OFFICER).await);
    position(&mut ningbo).await.unwrap();
    world.revoke(&[&format!("/region/{NINGBO}/node")], 2);
    let held = reload(&mut officer).await;
    assert_eq!(
        (held.refused.as_str(), held.revocation_lists[0].revoked),
        ("", 1)
    );
    let refused = loop {
        let refused = position(&mut ningbo).await.unwrap_err();
        let is_broken = matches!(
            refused,
            TransportError::ConnectionLost { .. } | TransportError::Unreachable { .. }
        );
        if !is_broken {
            break refused;
        }
    };
    let reason = CertificateRefusal::Revoked;
    assert_eq!(refused, TransportError::CertificateRefused { reason });
    position(&mut chengdu).await.unwrap();

    // An earlier list lets nobody back, and says so; what there was stays in force.
    world.revoke(&[], 1);
    let held = reload(&mut officer).await;
    assert!(held.refused.contains("older"), "{}", held.refused);
    assert_eq!(held.revocation_lists[0].revoked, 1);
    position(&mut ningbo).await.unwrap_err();
    position(&mut chengdu).await.unwrap();
}

#[tokio::test]
async fn what_lies_in_the_files_is_shown_with_how_long_it_holds() {
    let world = World::begin().await;
    let mut officer = CertificateServiceClient::new(world.connect(OFFICER).await);
    let request = common::ShowCertificatesRequest {};
    let answer = officer.show_certificates(request).await.unwrap();
    let held = answer.into_inner().held.unwrap();
    let purposes: Vec<_> = held
        .certificates
        .iter()
        .map(|it| it.purpose.as_str())
        .collect();
    assert_eq!(purposes, ["tls", "signing"]);
    let now = jiff::Timestamp::now().as_millisecond();
    let hours = |until: i64| (until - now) / 3_600_000;
    assert!(
        held.certificates
            .iter()
            .all(|it| (46..49).contains(&hours(it.not_after_ms)))
    );
    assert_eq!(held.root_keys.len(), 1);
    assert_eq!(held.revocation_lists[0].authority, "root");
    // The node's officers are others; nobody but clearing officers asks here.
    let mut node = CertificateServiceClient::new(world.connect("/region/330200/node").await);
    let refused = node
        .reload_certificates(common::ReloadCertificatesRequest {})
        .await;
    let refused = TransportError::of(&refused.unwrap_err());
    assert_eq!(refused, Some(TransportError::NotAllowed));
}

/// Nets a day on which nothing was owed but this, and gives its checkpoint's file.
async fn netted(world: &World, day: &str, number: u8) -> Vec<u8> {
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let mut officer = world.officer().await;
    let mut leg = debt(number, 100);
    leg.business_day = huitong_core::date::BusinessDay::parse(day).unwrap();
    let at = u64::from(number);
    report(&mut ningbo, vec![payable(at, &leg)]).await.unwrap();
    report(&mut chengdu, vec![receivable(at, &leg)])
        .await
        .unwrap();
    close(&mut ningbo, day, at).await.unwrap();
    close(&mut chengdu, day, at).await.unwrap();
    cut_off(&mut officer, day).await.unwrap();
    net(&mut officer, day).await.unwrap();
    let mut proofs = ProofOfficeServiceClient::new(world.connect(OFFICER).await);
    let business_day = day.to_owned();
    let request = v1::GetCheckpointRequest { business_day };
    proofs
        .get_checkpoint(request)
        .await
        .unwrap()
        .into_inner()
        .file
}

#[tokio::test]
async fn a_new_signing_key_signs_from_the_next_cycle_on_and_the_one_before_stays_as_it_is() {
    let world = World::begin().await;
    let mut officer = CertificateServiceClient::new(world.connect(OFFICER).await);
    world.clock.put("2026-03-04T04:00:00.000Z");
    let before = netted(&world, "2026-03-02", 1).await;
    let identity = Identity::ClearinghouseSigning;
    let begin = "2026-01-01T00:00:00Z".parse().unwrap();
    let holds = Validity::new(begin, validity(1).not_after()).unwrap();
    let issued = world.root.issue(&identity, &Hosts::none(), holds).unwrap();
    let place = world.place("/clearinghouse");
    let leaf = issued.chain()[0].as_ref();
    let brings = |file: &[u8]| file.windows(leaf.len()).any(|part| part == leaf);
    // The certificate without its key is refused, and the old pair signs on.
    std::fs::write(place.join(SIGNING_CERTIFICATE), issued.chain_pem()).unwrap();
    let held = reload(&mut officer).await;
    assert!(held.refused.contains("signing key"), "{}", held.refused);
    assert!(!brings(&netted(&world, "2026-03-03", 2).await));
    std::fs::write(place.join(SIGNING_KEY), issued.key_pem()).unwrap();
    assert_eq!(reload(&mut officer).await.refused, "");
    assert!(brings(&netted(&world, "2026-03-04", 3).await));
    let mut proofs = ProofOfficeServiceClient::new(world.connect(OFFICER).await);
    let business_day = "2026-03-02".to_owned();
    let again = proofs
        .get_checkpoint(v1::GetCheckpointRequest { business_day })
        .await;
    assert_eq!(again.unwrap().into_inner().file, before);
}

#[tokio::test]
async fn files_that_changed_are_read_again_when_told_so() {
    let world = World::begin().await;
    let mut ningbo = world.region(NINGBO).await;
    position(&mut ningbo).await.unwrap();
    world.revoke(&[&format!("/region/{NINGBO}/node")], 2);
    // As SIGHUP does it.
    world.reload();
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while position(&mut ningbo).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap();
}
