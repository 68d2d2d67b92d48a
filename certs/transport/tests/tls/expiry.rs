//! A certificate runs out while its connection stands.

use std::time::Duration;

use huitong_certs::{Issued, Validity};
use huitong_transport::{
    CertificateRefusal, ClientLimits, CredentialStore, TransportError, connect_lazy,
};
use jiff::{Timestamp, ToSpan};
use tokio::time::sleep;
use tonic::transport::Channel;

use crate::echo::call;
use crate::world::{Running, World, credentials, id, year};

/// A certificate that runs out in one to two seconds, and the end of its last one.
fn short(world: &World) -> (Issued, Timestamp) {
    let now = Timestamp::now();
    let last = Timestamp::from_second(now.as_second() + 1).unwrap();
    let validity = Validity::new(now - 1.hours(), last).unwrap();
    (
        world.issue("/region/330200/node", validity),
        last + 1.second(),
    )
}

fn channel(server: &Running, us: &CredentialStore) -> Channel {
    let target = id("/region/310000/node");
    connect_lazy(&server.endpoint(), target, us, ClientLimits::standard()).unwrap()
}

async fn until(moment: Timestamp) {
    while Timestamp::now() <= moment {
        sleep(Duration::from_millis(20)).await;
    }
}

async fn refusal(channel: &Channel) -> Option<TransportError> {
    let status = call(channel, "Echo", "x").await.err()?;
    TransportError::of(&status)
}

const EXPIRED: TransportError = TransportError::CertificateRefused {
    reason: CertificateRefusal::Expired,
};

#[tokio::test]
async fn whose_certificate_runs_out_goes_on_with_the_one_that_it_has_by_then() {
    let world = World::new();
    let server = world.serve().await;
    let (issued, ends) = short(&world);
    let us = world.store(&issued);
    let channel = channel(&server, &us);
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    let renewed = world.issue("/region/330200/node", year());
    us.replace(credentials(&renewed, &world.trust)).unwrap();
    until(ends + 500.milliseconds()).await;
    // Over the connection of before it would be refused.
    assert_eq!(call(&channel, "Echo", "y").await.unwrap(), "y");
}

#[tokio::test]
async fn who_renews_too_late_is_told_why_until_then_and_served_from_then_on() {
    let world = World::new();
    let server = world.serve().await;
    let (issued, ends) = short(&world);
    let us = world.store(&issued);
    let channel = channel(&server, &us);
    assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
    until(ends + 500.milliseconds()).await;
    for _ in 0..3 {
        assert_eq!(refusal(&channel).await, Some(EXPIRED));
    }
    let renewed = world.issue("/region/330200/node", year());
    us.replace(credentials(&renewed, &world.trust)).unwrap();
    assert_eq!(call(&channel, "Echo", "y").await.unwrap(), "y");
}

#[tokio::test]
async fn what_was_begun_before_is_answered_and_nothing_else_is() {
    let world = World::new();
    let server = world.serve().await;
    let (issued, ends) = short(&world);
    let us = world.store(&issued);
    let channel = channel(&server, &us);
    let held = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "Hold", "").await }
    });
    server.signals.wait_until_begun().await;
    let renewed = world.issue("/region/330200/node", year());
    us.replace(credentials(&renewed, &world.trust)).unwrap();
    until(ends + 500.milliseconds()).await;
    assert_eq!(refusal(&channel).await, Some(EXPIRED));
    server.signals.finish.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap(), "held");
    sleep(Duration::from_millis(500)).await;
    assert_eq!(call(&channel, "Echo", "y").await.unwrap(), "y");
}
