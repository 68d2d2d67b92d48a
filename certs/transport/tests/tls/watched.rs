//! Files that are watched: what is good is taken, what is broken keeps the old and is told.

use std::fs;
use std::path::Path;
use std::time::Duration;

use huitong_certs::Issued;
use huitong_certs::directory::{Overwrite, write_party, write_revocation_list};
use huitong_transport::{CredentialFiles, CredentialStore, Reloading, ServerLimits, Standing};
use tokio_util::sync::CancellationToken;

use crate::echo::call;
use crate::world::{Running, World, hours, year};

fn write(folder: &Path, world: &World, issued: &Issued) {
    let root = world.root.certificate_pem();
    write_party(folder, issued, None, root, Overwrite::Replace).unwrap();
}

/// Waits until the credentials stand as they should.
async fn until(store: &CredentialStore, stands: impl Fn(&Standing) -> bool) {
    let waiting = async {
        while !stands(&store.standing()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    assert!(waited.is_ok(), "{:?}", store.standing());
}

fn loaded(folder: &Path, every: Duration) -> CredentialStore {
    let mut files = CredentialFiles::in_folder(folder);
    files.revocation_lists = vec![folder.join("revoked.crl")];
    CredentialStore::load(files).unwrap().looked_at_every(every)
}

#[tokio::test]
async fn a_changed_file_is_taken_and_a_broken_one_keeps_the_old() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &world, &world.issue("/region/310000/node", year()));
    write_revocation_list(&at.join("revoked.crl"), &world.list(&[], 1)).unwrap();
    let store = loaded(at, Duration::from_millis(20));
    let stop = CancellationToken::new();
    let running = tokio::spawn(Reloading::new(store.clone()).run(stop.clone()));
    let server = Running::start(store.clone(), ServerLimits::standard()).await;
    let theirs = world.issue("/region/330200/node", year());
    let channel = server.connect(&world.store(&theirs)).await.unwrap();
    assert_eq!(call(&channel, "Echo", "a").await.unwrap(), "a");

    // A certificate that ends on another day is taken by itself.
    let before = store.standing().not_after;
    write(
        at,
        &world,
        &world.issue("/region/310000/node", hours(-1, 999)),
    );
    until(&store, |standing| standing.not_after != before).await;
    let renewed = store.standing();

    // Half a set: a certificate without its key. What there was serves on, and the reason is there to be seen.
    let half = world.issue("/region/310000/node", hours(-1, 500));
    fs::write(at.join("tls.crt"), half.chain_pem()).unwrap();
    until(&store, |standing| standing.refused.is_some()).await;
    let standing = store.standing();
    assert!(standing.refused.unwrap().contains("does not belong"));
    assert_eq!(standing.not_after, renewed.not_after);
    assert_eq!(call(&channel, "Echo", "b").await.unwrap(), "b");

    // A list that would let somebody back is refused as well, with everything that came with it.
    write(
        at,
        &world,
        &world.issue("/region/310000/node", hours(-1, 700)),
    );
    write_revocation_list(&at.join("revoked.crl"), &world.list(&[], 0)).unwrap();
    until(&store, |standing| {
        let refused = standing.refused.as_deref();
        refused.is_some_and(|reason| reason.contains("older"))
    })
    .await;

    // Once all of it is good it is in force, and the revoked are out.
    write_revocation_list(&at.join("revoked.crl"), &world.list(&[&theirs], 2)).unwrap();
    until(&store, |standing| {
        standing.refused.is_none() && standing.lists[0].revoked == 1
    })
    .await;
    call(&channel, "Echo", "c").await.unwrap_err();
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_reload_that_is_asked_for_does_not_wait_for_the_next_look() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, &world, &world.issue("/region/310000/node", year()));
    write_revocation_list(&at.join("revoked.crl"), &world.list(&[], 1)).unwrap();
    let store = loaded(at, Duration::from_secs(3_600));
    let reloading = Reloading::new(store.clone());
    let stop = CancellationToken::new();
    let running = tokio::spawn(reloading.clone().run(stop.clone()));
    let before = store.standing().not_after;
    write(
        at,
        &world,
        &world.issue("/region/310000/node", hours(-1, 999)),
    );
    reloading.ask();
    until(&store, |standing| standing.not_after != before).await;
    stop.cancel();
    running.await.unwrap();
}
