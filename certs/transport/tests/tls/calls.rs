//! What may be called, how large, how long.

use std::time::Duration;

use huitong_transport::{ClientLimits, ServerLimits, TransportError, connect, refusal_code};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::echo::{LIMIT, call, call_for};
use crate::world::{World, id};

#[tokio::test]
async fn the_table_decides_who_may_call_what() {
    let world = World::new();
    let server = world.serve().await;
    let rows = [
        ("/region/330200/node", true),
        ("/region/310000/institution/H31010400001", true),
        ("/region/310000/officer/li.wei", false),
        ("/clearinghouse", false),
        ("/clearinghouse/officer/li.wei", false),
    ];
    for (path, allowed) in rows {
        let channel = server.connect(&world.party(path)).await.unwrap();
        let answer = call(&channel, "Echo", "x").await;
        assert_eq!(answer.is_ok(), allowed, "{path}");
        if let Err(status) = answer {
            assert_eq!(status.code(), Code::PermissionDenied);
            assert_eq!(
                TransportError::of(&status),
                Some(TransportError::NotAllowed)
            );
            assert!(status.message().contains("NAMES.md") && status.message().contains("无权"));
        }
        let unlisted = call(&channel, "Unlisted", "").await.unwrap_err();
        assert_eq!(refusal_code(&unlisted), Some("transport.not_allowed"));
        let mut health = HealthClient::new(channel);
        health
            .check(HealthCheckRequest {
                service: String::new(),
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_refusal_of_the_service_keeps_its_code_and_details() {
    let world = World::new();
    let server = world.serve().await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let status = call(&channel, "Refuse", "").await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(
        status.message(),
        "member.unknown: no such person / 查无此人"
    );
    assert_eq!(refusal_code(&status), Some("member.unknown"));
    assert_eq!(status.details(), b"\x0a\x00");
    assert_eq!(TransportError::of(&status), None);
}

#[tokio::test]
async fn a_message_too_large_is_refused_both_ways() {
    let world = World::new();
    let server = world.serve().await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let fits = "x".repeat(LIMIT - 16);
    assert_eq!(call(&channel, "Echo", &fits).await.unwrap(), fits);
    let rows = [
        // Past what the server takes, past what the server sends, past what the client sends.
        ("Echo", LIMIT + 1),
        ("Grow", 0),
        ("Echo", 5 * LIMIT),
    ];
    for (method, size) in rows {
        let status = call(&channel, method, &"x".repeat(size)).await.unwrap_err();
        assert_eq!(
            TransportError::of(&status),
            Some(TransportError::TooLarge),
            "{method}: {status:?}"
        );
    }
    let status = call(&channel, "Echo", &"x".repeat(LIMIT + 1))
        .await
        .unwrap_err();
    assert_eq!(refusal_code(&status), Some("transport.too_large"));
    assert_eq!(
        call(&channel, "Echo", "still here").await.unwrap(),
        "still here"
    );
}

#[tokio::test]
async fn the_server_answers_a_call_that_takes_too_long() {
    let world = World::new();
    let limits = ServerLimits {
        call_deadline: Duration::from_millis(50),
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let status = call(&channel, "Hang", "").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(refusal_code(&status), Some("transport.deadline"));
    let reason = TransportError::of(&status).unwrap();
    assert_eq!(reason, TransportError::Deadline);
    assert!(reason.retryable());
}

#[tokio::test]
async fn the_callers_deadline_reaches_the_handler_and_holds_at_both_ends() {
    let world = World::new();
    let server = world.serve().await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let within = |seconds| Duration::from_secs(seconds);
    let remaining: u64 = call_for(&channel, "Remaining", "", within(20))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!(remaining < 20, "{remaining}");
    let remaining: u64 = call_for(&channel, "Remaining", "", within(3000))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!(remaining < 30, "{remaining}");
    // A row of the table may allow more than usual, as an import needs.
    let client = ClientLimits {
        call_deadline: Duration::from_secs(900),
        ..ClientLimits::standard()
    };
    let patient = world.party("/region/110000/node");
    let node = id("/region/310000/node");
    let patient = connect(&server.endpoint(), node, &patient, client)
        .await
        .unwrap();
    let remaining: u64 = call_for(&patient, "Long", "", within(3000))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!((500..600).contains(&remaining), "{remaining}");
    let status = call_for(&channel, "Hang", "", Duration::from_millis(50))
        .await
        .unwrap_err();
    assert_eq!(
        TransportError::of(&status),
        Some(TransportError::Deadline),
        "{status:?}"
    );
    assert_eq!(
        call(&channel, "Echo", "still here").await.unwrap(),
        "still here"
    );
}

#[tokio::test]
async fn one_call_more_than_allowed_is_refused_as_overload() {
    let world = World::new();
    let server = world
        .serve_within(ServerLimits {
            calls: 1,
            ..ServerLimits::standard()
        })
        .await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let held = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "Hold", "").await }
    });
    server.signals.wait_until_begun().await;
    let status = call(&channel, "Echo", "").await.unwrap_err();
    let reason = TransportError::of(&status).unwrap();
    assert_eq!(reason, TransportError::Overloaded);
    assert!(reason.retryable());
    server.signals.finish.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap(), "held");
    assert_eq!(call(&channel, "Echo", "room").await.unwrap(), "room");
}
