//! A connection that is dead without an end of it: bytes stop, and nobody is told.

use std::net::SocketAddr;
use std::time::Duration;

use huitong_transport::{ClientLimits, ServerLimits, connect};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::echo::call;
use crate::limits::{ONE, THREE, TWO, is_served, used};
use crate::world::{World, id};

/// A way to a server for one connection, on which nothing moves any more once it is told so; neither end is closed.
async fn way_to(server: SocketAddr, dead: CancellationToken) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut here, _) = listener.accept().await.unwrap();
        let mut there = TcpStream::connect(server).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut here, &mut there) => {}
            () = dead.cancelled() => {}
        }
        std::future::pending::<()>().await;
        drop((here, there));
    });
    address
}

#[tokio::test]
async fn whose_only_connection_died_with_a_call_on_it_comes_in_once_it_is_found_dead() {
    let world = World::new();
    // Three places for institutions.
    let limits = ServerLimits {
        connections: 4,
        keepalive_interval: Duration::from_millis(300),
        keepalive_timeout: Duration::from_secs(2),
        ..ServerLimits::standard()
    };
    let server = world.serve_within(limits).await;
    let [one, two, three] = [ONE, TWO, THREE].map(|who| world.party(who));
    let dead = CancellationToken::new();
    let way = format!("https://{}", way_to(server.address, dead.clone()).await);
    let us = id("/region/310000/node");
    let channel = connect(&way, us, &one, ClientLimits::standard()).await;
    let channel = channel.unwrap();
    let held = tokio::spawn(async move { call(&channel, "Hold", "").await });
    server.signals.wait_until_begun().await;
    let others = [used(&server, &two).await, used(&server, &three).await];
    // All are taken and nobody has two: while its call may still be answered, it is not cut for the peer's next connection.
    assert!(!is_served(&server, &one).await);
    dead.cancel();
    let back = async {
        while !is_served(&server, &one).await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(15), back).await.unwrap();
    held.abort();
    drop(others);
}
