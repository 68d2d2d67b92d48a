//! Connections: how many, how slow, and how they end.

use std::time::Duration;

use huitong_transport::{
    ClientLimits, CredentialStore, ServerLimits, TransportError, connect, pushback,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::transport::Channel;

use crate::echo::call;
use crate::world::{Running, World, id};

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

pub const ONE: &str = "/region/310000/institution/H31010400001";
pub const TWO: &str = "/region/310000/institution/H31010400002";
pub const THREE: &str = "/region/310000/institution/H31010400003";
const FOUR: &str = "/region/310000/institution/H31010400004";

/// Whether somebody is let in, and answered: who is not is closed after the handshake.
pub async fn is_served(server: &Running, us: &CredentialStore) -> bool {
    match server.connect(us).await {
        Ok(channel) => call(&channel, "Echo", "x").await.is_ok(),
        Err(_) => false,
    }
}

/// A connection over which something was asked.
pub async fn used(server: &Running, us: &CredentialStore) -> Channel {
    let channel = server.connect(us).await.unwrap();
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    channel
}

/// A call that the server does not answer before it is told to.
pub async fn held(server: &Running, us: &CredentialStore) -> JoinHandle<Result<String, Status>> {
    let channel = server.connect(us).await.unwrap();
    let held = tokio::spawn(async move { call(&channel, "Hold", "").await });
    server.signals.wait_until_begun().await;
    held
}

#[tokio::test]
async fn holders_of_certificates_who_have_every_connection_keep_nobody_out() {
    let world = World::new();
    let limits = ServerLimits {
        connections: 16,
        connections_per_peer: 4,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let mut theirs = Vec::new();
    for who in [ONE, TWO, THREE] {
        let who = world.party(who);
        for _ in 0..4 {
            theirs.push(used(&server, &who).await);
        }
    }
    // Of sixteen twelve are taken, which is all that institutions may have. Peers have a room of their own, and an institution
    // that has none takes one of those that others have several of.
    for who in ["/region/330200/node", FOUR] {
        let who = world.party(who);
        let channel = used(&server, &who).await;
        assert_eq!(call(&channel, "Echo", "y").await.unwrap(), "y");
        theirs.push(channel);
    }
    // Nodes fill their own room, and then one of those of whom several are gives way.
    let other = world.party("/region/110000/node");
    for _ in 0..4 {
        theirs.push(used(&server, &other).await);
    }
    assert!(is_served(&server, &world.party("/region/440300/node")).await);
    assert!(is_served(&server, &world.party(FOUR)).await);
}

#[tokio::test]
async fn what_is_idle_gives_way_before_a_call_is_cut_and_where_none_is_nobody_comes_in() {
    let world = World::new();
    // Three places for institutions.
    let limits = ServerLimits {
        connections: 4,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let [one, two, three, four] = [ONE, TWO, THREE, FOUR].map(|who| world.party(who));
    let calls = [held(&server, &one).await, held(&server, &two).await];
    let idle = used(&server, &one).await;
    let last = held(&server, &three).await;
    // The idle one has gone for it; all have one each now, and are busy.
    assert!(!is_served(&server, &four).await);
    assert!(!is_served(&server, &one).await);
    server.signals.finish.add_permits(3);
    for call in calls.into_iter().chain([last]) {
        assert_eq!(call.await.unwrap().unwrap(), "held");
    }
    assert!(is_served(&server, &four).await);
    drop(idle);
}

#[tokio::test]
async fn who_keeps_a_call_under_way_on_each_of_several_connections_keeps_nobody_out() {
    let world = World::new();
    let limits = ServerLimits {
        connections: 4,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let one = world.party(ONE);
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(held(&server, &one).await);
    }
    assert!(is_served(&server, &world.party(TWO)).await);
    server.signals.finish.add_permits(3);
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap().is_ok());
    }
    // The one that was cut is the first that was begun.
    assert_eq!(answers, [false, true, true]);
}

#[tokio::test]
async fn a_spare_idle_connection_gives_way_before_a_call_of_whoever_has_most() {
    let world = World::new();
    // Six places for institutions.
    let limits = ServerLimits {
        connections: 8,
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let [one, two, three, four] = [ONE, TWO, THREE, FOUR].map(|who| world.party(who));
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(held(&server, &one).await);
    }
    let idle = [
        used(&server, &two).await,
        used(&server, &two).await,
        used(&server, &three).await,
    ];
    assert!(is_served(&server, &four).await);
    server.signals.finish.add_permits(3);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "held");
    }
    drop(idle);
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
