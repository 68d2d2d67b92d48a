//! Connections: how many, how slow, and how they end.

use std::time::Duration;

use huitong_transport::{ClientLimits, ServerLimits, TransportError, connect};
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
