//! Who may call what, over the wire, and who is let in at all.

use huitong_certs::Authority;
use huitong_certs::authority::Hosts;
use huitong_certs::directory::{Overwrite, write_party};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_transport::{CredentialFiles, TransportError, refusal_code};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::commands::{clearing, clearing_as};
use crate::world::{CHENGDU, OFFICER, SECOND_OFFICER, World, validity};

#[tokio::test]
async fn regions_do_not_clear_and_officers_do_not_report() {
    let world = World::begin().await;
    let node = format!("/region/{CHENGDU}/node");
    let mut as_node = OfficerServiceClient::new(world.connect(&node).await);
    let mut as_officer = ClearingServiceClient::new(world.connect(OFFICER).await);
    let day = || "2026-03-01".to_owned();
    let refused = [
        as_node
            .status(v1::StatusRequest {
                business_day: day(),
            })
            .await
            .unwrap_err(),
        as_node
            .cut_off(v1::CutOffRequest {
                business_day: day(),
                at_deadline: true,
                marks: Vec::new(),
            })
            .await
            .unwrap_err(),
        as_node
            .net(v1::NetRequest {
                business_day: day(),
                digest: Vec::new(),
                never_netted: false,
            })
            .await
            .unwrap_err(),
        as_node
            .statement(v1::StatementRequest {
                business_day: day(),
                member: CHENGDU.to_owned(),
                as_of_ms: 0,
            })
            .await
            .unwrap_err(),
        as_node
            .release_stream(v1::ReleaseStreamRequest {
                region: CHENGDU.to_owned(),
            })
            .await
            .unwrap_err(),
        as_officer
            .report_legs(v1::ReportLegsRequest {
                incarnation: 1,
                ..v1::ReportLegsRequest::default()
            })
            .await
            .unwrap_err(),
        as_officer
            .stream_position(v1::StreamPositionRequest { incarnation: 1 })
            .await
            .unwrap_err(),
        as_officer
            .close_day(v1::CloseDayRequest {
                incarnation: 1,
                business_day: day(),
                up_to: 0,
            })
            .await
            .unwrap_err(),
    ];
    for status in refused {
        assert_eq!(
            refusal_code(&status),
            Some("transport.not_allowed"),
            "{status}"
        );
    }
}

#[tokio::test]
async fn whoever_is_certified_may_ask_for_its_health() {
    let world = World::begin().await;
    let node = format!("/region/{CHENGDU}/node");
    for service in [
        "huitong.clearing.v1.ClearingService",
        "huitong.clearing.v1.OfficerService",
    ] {
        let mut health = HealthClient::new(world.connect(&node).await);
        let request = HealthCheckRequest {
            service: service.to_owned(),
        };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status, 1, "{service} is serving");
    }
}

#[tokio::test]
async fn a_certificate_of_another_root_is_not_let_in() {
    let world = World::begin().await;
    let stranger =
        Authority::new_root(&"tests.huitong.example".parse().unwrap(), validity(9)).unwrap();
    let identity = OFFICER.parse().unwrap();
    let issued = stranger
        .issue(&identity, &Hosts::loopback(), validity(2))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let anchor = stranger.certificate_pem();
    write_party(folder.path(), &issued, None, anchor, Overwrite::Replace).unwrap();
    // It trusts the rightful root, so that the refusal is the server's.
    let roots = world.files(OFFICER).roots;
    let foreign = CredentialFiles::in_folder(folder.path());
    assert!(matches!(
        world.connect_with(foreign.clone()).await,
        Err(TransportError::PeerNotTrusted { .. })
    ));
    let credentials = huitong_transport::Credentials::new(
        issued.chain().to_vec(),
        issued.key().into(),
        std::sync::Arc::new(
            huitong_certs::Trust::from_pem(&std::fs::read(roots).unwrap()).unwrap(),
        ),
    );
    let store = huitong_transport::CredentialStore::fixed(credentials.unwrap()).unwrap();
    let refused = huitong_transport::connect(
        &world.endpoint(),
        huitong_certs::Identity::Clearinghouse,
        &store,
        huitong_transport::ClientLimits::standard(),
    )
    .await
    .unwrap_err();
    assert!(
        matches!(refused, TransportError::CertificateRefused { .. }),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_without_the_role_looks_and_does_nothing() {
    let mut world = World::begin().await;
    world.stop().await;
    world.officers = "[[officer]]\nname = \"wang.fang\"\nroles = [\"approve\", \"look\"]\n";
    world.start().await.unwrap();
    let day = "2026-03-01";
    clearing(&world, &["status", "--day", day]).await.unwrap();
    let refused = clearing(&world, &["cut-off", "--day", day]).await;
    let refused = refused.unwrap_err();
    assert!(
        refused.starts_with("officer.role [wang.fang: clear]") && refused.contains("[[officer]]"),
        "{refused}"
    );
    let approve = ["approve", "--day", day, "--digest", &"0".repeat(64)];
    let refused = clearing(&world, &approve).await.unwrap_err();
    assert!(refused.starts_with("cycle.not_cut_off"), "{refused}");
    // Whoever is not named may not even look.
    let refused = clearing_as(&world, SECOND_OFFICER, &["status", "--day", day]).await;
    let refused = refused.unwrap_err();
    assert!(refused.starts_with("officer.role"), "{refused}");
}
