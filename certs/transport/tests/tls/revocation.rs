//! Whoever is revoked is cut off on open connections, on either side, and does not come back.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::{Issued, Trust};
use huitong_transport::{
    CertificateRefusal, ClientLimits, CredentialStore, CredentialsError, TransportError,
    connect_lazy,
};
use tonic::transport::Channel;

use crate::echo::call;
use crate::world::{Running, World, credentials, id, year};

/// Gives the server newer trust, under the certificate that it has.
fn told(server: &Running, trust: &Arc<Trust>, own: &Issued) {
    let newer = credentials(own, trust);
    server.credentials.replace(newer).unwrap();
}

fn refused(answer: &Result<String, tonic::Status>) -> TransportError {
    TransportError::of(answer.as_ref().unwrap_err()).unwrap()
}

fn is_broken(refused: &TransportError) -> bool {
    matches!(
        refused,
        TransportError::ConnectionLost { .. } | TransportError::Unreachable { .. }
    )
}

/// Calls until the broken connection is out of the way: what follows is what a new one says.
async fn settled(channel: &Channel) -> TransportError {
    loop {
        let refused = refused(&call(channel, "Echo", "x").await);
        if !is_broken(&refused) {
            return refused;
        }
    }
}

async fn served(world: &World) -> (Running, Issued) {
    let own = world.issue("/region/310000/node", year());
    let server = Running::start(
        world.store(&own),
        huitong_transport::ServerLimits::standard(),
    );
    (server.await, own)
}

#[tokio::test]
async fn a_revoked_caller_is_cut_off_on_an_open_connection_and_stays_out() {
    let world = World::new();
    let (server, own) = served(&world).await;
    let (theirs, others) = (
        world.issue("/region/330200/node", year()),
        world.issue("/region/510100/node", year()),
    );
    let (us, other) = (world.store(&theirs), world.store(&others));
    let channel = server.connect(&us).await.unwrap();
    let untouched = server.connect(&other).await.unwrap();
    assert_eq!(call(&channel, "Echo", "before").await.unwrap(), "before");
    // One call of each is under way while the list arrives.
    let cut = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "Hang", "").await }
    });
    let goes_on = tokio::spawn({
        let channel = untouched.clone();
        async move { call(&channel, "Hold", "").await }
    });
    server.signals.wait_until_begun().await;
    server.signals.wait_until_begun().await;

    told(&server, &world.trust_without(&[&theirs]), &own);
    let broken = cut.await.unwrap();
    assert!(is_broken(&refused(&broken)));
    let revoked = TransportError::CertificateRefused {
        reason: CertificateRefusal::Revoked,
    };
    assert_eq!(settled(&channel).await, revoked);
    // It keeps its sessions and tickets; none of them opens anything.
    for _ in 0..5 {
        assert_eq!(server.connect(&us).await.unwrap_err(), revoked);
    }
    // Who was not revoked did not notice: the same connection, and the call that was under way.
    server.signals.finish.add_permits(1);
    assert_eq!(goes_on.await.unwrap().unwrap(), "held");
    assert_eq!(call(&untouched, "Echo", "after").await.unwrap(), "after");
}

#[tokio::test]
async fn a_client_speaks_no_longer_with_a_server_that_was_revoked() {
    let world = World::new();
    let (server, own) = served(&world).await;
    let ours = world.issue("/region/330200/node", year());
    let us = world.store(&ours);
    let channel = server.connect(&us).await.unwrap();
    assert_eq!(call(&channel, "Echo", "before").await.unwrap(), "before");
    let under_way = tokio::spawn({
        let channel = channel.clone();
        async move { call(&channel, "Hang", "").await }
    });
    server.signals.wait_until_begun().await;
    us.replace(credentials(&ours, &world.trust_without(&[&own])))
        .unwrap();
    refused(&under_way.await.unwrap());
    let revoked = TransportError::PeerNotTrusted {
        reason: huitong_certs::IdentityError::Revoked,
    };
    assert_eq!(settled(&channel).await, revoked);
    // A renewed server is spoken with again, over the same channel.
    told(
        &server,
        &world.trust,
        &world.issue("/region/310000/node", year()),
    );
    let mut answer = call(&channel, "Echo", "again").await;
    while answer.is_err() {
        answer = call(&channel, "Echo", "again").await;
    }
    assert_eq!(answer.unwrap(), "again");
}

#[tokio::test]
async fn a_list_never_goes_back_and_never_away() {
    let world = World::new();
    let issued = world.issue("/region/310000/node", year());
    let bad = world.issue("/region/330200/node", year());
    let with = |lists: &[String]| {
        let mut trust = Trust::from_roots(&[world.root.certificate().clone()]).unwrap();
        for list in lists {
            trust = trust.with_revocation_lists(list.as_bytes()).unwrap();
        }
        credentials(&issued, &Arc::new(trust))
    };
    let in_force = world.list(&[&bad], 2);
    let store = CredentialStore::fixed(with(std::slice::from_ref(&in_force))).unwrap();
    let refusal = |lists: &[String]| match store.replace(with(lists)) {
        Ok(()) => "taken".to_owned(),
        Err(CredentialsError::Revocation(why)) => why.to_string(),
        Err(other) => panic!("{other}"),
    };
    assert!(refusal(&[world.list(&[], 1)]).contains("older"));
    assert!(refusal(&[]).contains("missing"));
    assert!(refusal(&[world.list(&[], 2)]).contains("something else"));
    assert_eq!(store.standing().lists[0].revoked, 1);
    assert_eq!(refusal(&[in_force]), "taken");
    assert_eq!(
        refusal(&[world.list(&[&bad], 3), world.list(&[], 1)]),
        "taken"
    );
    assert_eq!(store.standing().lists[0].revoked, 1);
}

#[tokio::test]
async fn renewing_under_load_loses_no_call() {
    let world = World::new();
    let (server, _) = served(&world).await;
    let us = world.store(&world.issue("/region/330200/node", year()));
    let target = id("/region/310000/node");
    let channel = connect_lazy(&server.endpoint(), target, &us, ClientLimits::standard()).unwrap();
    let callers: Vec<_> = (0..4)
        .map(|caller| {
            let channel = channel.clone();
            tokio::spawn(async move {
                for number in 0..200 {
                    let text = format!("{caller}.{number}");
                    assert_eq!(call(&channel, "Echo", &text).await.unwrap(), text);
                }
            })
        })
        .collect();
    while callers.iter().any(|caller| !caller.is_finished()) {
        told(
            &server,
            &world.trust,
            &world.issue("/region/310000/node", year()),
        );
        us.replace(credentials(
            &world.issue("/region/330200/node", year()),
            &world.trust,
        ))
        .unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
}
