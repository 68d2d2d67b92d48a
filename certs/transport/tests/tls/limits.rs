//! Connections: how many, how slow, and how they end.

use std::time::Duration;

use huitong_transport::{ClientLimits, ServerLimits, TransportError, connect, pushback};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::echo::call;
use crate::world::{World, id};

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_dropped_and_frees_its_slot() {
    let world = World::new();
    let limits = ServerLimits {
        pending_handshakes: 1,
        handshake_timeout: Duration::from_millis(100),
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let mut loris = TcpStream::connect(server.address).await.unwrap();
    // The next caller waits in the queue until the silent one is dropped, and is then served.
    let us = world.party("/region/330200/node");
    let channel = server.connect(&us).await.unwrap();
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    assert_eq!(loris.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn one_connection_more_than_allowed_is_closed_until_there_is_room() {
    let world = World::new();
    let server = world
        .serve_within(ServerLimits {
            connections: 1,
            ..ServerLimits::standard()
        })
        .await;
    let us = world.party("/region/330200/node");
    let first = server.connect(&us).await.unwrap();
    assert_eq!(call(&first, "Echo", "x").await.unwrap(), "x");
    let refused = server.connect(&us).await.unwrap_err();
    assert_eq!(refused.code(), "transport.unreachable");
    assert!(refused.retryable());
    drop(first);
    // Closing is seen by the server in its own time; each attempt waits for an answer.
    let second = loop {
        match server.connect(&us).await {
            Ok(channel) => break channel,
            Err(error) => assert_eq!(error.code(), "transport.unreachable"),
        }
    };
    assert_eq!(call(&second, "Echo", "y").await.unwrap(), "y");
}

#[tokio::test]
async fn a_crowd_of_silent_callers_holds_nobody_up() {
    let world = World::new();
    let limits = ServerLimits {
        pending_handshakes: 8,
        handshake_timeout: Duration::from_secs(600),
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let us = world.party("/region/330200/node");
    let channel = server.connect(&us).await.unwrap();
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    // The oldest were let go for it.
    assert_eq!(silent[0].read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn one_peer_takes_its_share_of_connections_and_others_have_theirs() {
    let world = World::new();
    let limits = ServerLimits {
        connections_per_peer: 2,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let us = world.party("/region/330200/node");
    let mut ours = Vec::new();
    for _ in 0..2 {
        let channel = server.connect(&us).await.unwrap();
        assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
        ours.push(channel);
    }
    // The third is closed as soon as it is known whose it is.
    let third = match server.connect(&us).await {
        Ok(channel) => call(&channel, "Echo", "x").await.is_ok(),
        Err(_) => false,
    };
    assert!(!third);
    let other = server.connect(&world.party("/region/110000/node")).await;
    assert_eq!(call(&other.unwrap(), "Echo", "y").await.unwrap(), "y");
    for channel in &ours {
        assert_eq!(call(channel, "Echo", "z").await.unwrap(), "z");
    }
}

#[tokio::test]
async fn a_flood_of_calls_or_bytes_from_one_peer_leaves_room_for_others() {
    let world = World::new();
    let limits = ServerLimits {
        calls_per_peer: 2,
        bytes_per_peer: 1_000,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let one = server.connect(&world.party("/region/330200/node")).await;
    let one = one.unwrap();
    let held: Vec<_> = (0..2)
        .map(|_| {
            let channel = one.clone();
            tokio::spawn(async move { call(&channel, "Hold", "").await })
        })
        .collect();
    for _ in &held {
        server.signals.wait_until_begun().await;
    }
    let busy = call(&one, "Echo", "x").await.unwrap_err();
    let reason = TransportError::of(&busy);
    assert_eq!(reason, Some(TransportError::Overloaded));
    assert_eq!(pushback(&busy), Some(Duration::from_secs(1)));
    let other = server.connect(&world.party("/region/110000/node")).await;
    let other = other.unwrap();
    assert_eq!(call(&other, "Echo", "y").await.unwrap(), "y");

    server.signals.finish.add_permits(2);
    for call in held {
        assert_eq!(call.await.unwrap().unwrap(), "held");
    }
    // A message beyond the peer's share of bytes is refused; what was held goes back.
    for _ in 0..3 {
        let heavy = call(&one, "Echo", &"x".repeat(1_100)).await.unwrap_err();
        let reason = TransportError::of(&heavy);
        assert_eq!(reason, Some(TransportError::Overloaded), "{heavy:?}");
        assert_eq!(
            call(&one, "Echo", &"x".repeat(800)).await.unwrap().len(),
            800
        );
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let world = World::new();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = ClientLimits {
        connect_timeout: Duration::from_millis(50),
        ..ClientLimits::standard()
    };
    let us = world.party("/region/330200/node");
    let endpoint = format!("https://{}", silent.local_addr().unwrap());
    let refused = connect(&endpoint, id("/region/310000/node"), &us, limits)
        .await
        .unwrap_err();
    assert_eq!(refused, TransportError::ConnectTimeout { endpoint });
    assert!(refused.retryable());
}

#[tokio::test]
async fn shutdown_lets_calls_under_way_finish_and_takes_no_new_ones() {
    let world = World::new();
    let mut server = world.serve().await;
    let us = world.party("/region/330200/node");
    let channel = server.connect(&us).await.unwrap();
    let held = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "Hold", "").await }
    });
    server.signals.wait_until_begun().await;
    server.begin_shutdown();
    // The port closes first; each attempt waits for an answer.
    while server.connect(&us).await.is_ok() {}
    server.signals.finish.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap(), "held");
    server.ended().await.unwrap();
}

#[tokio::test]
async fn a_call_that_does_not_finish_is_cut_when_the_drain_time_is_over() {
    let world = World::new();
    let limits = ServerLimits {
        drain: Duration::from_millis(50),
        ..ServerLimits::standard()
    };
    let mut server = world.serve_within(limits).await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    let hung = tokio::spawn(async move { call(&channel, "Hang", "").await });
    server.signals.wait_until_begun().await;
    server.begin_shutdown();
    let status = hung.await.unwrap().unwrap_err();
    let reason = TransportError::of(&status).unwrap();
    assert_eq!(reason.code(), "transport.connection_lost", "{status:?}");
    assert!(reason.retryable());
    server.ended().await.unwrap();
}

#[tokio::test]
async fn a_channel_finds_the_server_again_after_it_was_away() {
    let world = World::new();
    let mut server = world.serve().await;
    let channel = server
        .connect(&world.party("/region/330200/node"))
        .await
        .unwrap();
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    let address = server.address;
    let credentials = server.credentials.clone();
    server.begin_shutdown();
    server.ended().await.unwrap();
    let status = call(&channel, "Echo", "x").await.unwrap_err();
    assert!(
        TransportError::of(&status).unwrap().retryable(),
        "{status:?}"
    );

    let again =
        crate::world::Running::start_at(address, credentials, ServerLimits::standard()).await;
    // Within the memory of the last failure calls are still refused, each at once.
    let answer = loop {
        match call(&channel, "Echo", "back").await {
            Ok(answer) => break answer,
            Err(status) => assert!(
                TransportError::of(&status).unwrap().retryable(),
                "{status:?}"
            ),
        }
    };
    assert_eq!(answer, "back");
    drop(again);
}
