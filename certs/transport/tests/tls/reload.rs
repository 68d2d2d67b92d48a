//! Credentials swap whole, and sessions do not outlive them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use huitong_certs::Issued;
use huitong_certs::directory::{Overwrite, write_party};
use huitong_transport::{
    CertificateRefusal, ClientLimits, CredentialFiles, CredentialStore, CredentialsError,
    ServerLimits, TransportError, connect_lazy,
};

use crate::echo::call;
use crate::world::{Running, World, credentials, hours, id, year};

/// How the server saw this client arrive: `Full` or `Resumed`.
async fn arrival(server: &Running, us: &CredentialStore) -> String {
    let channel = server.connect(us).await.unwrap();
    let who = call(&channel, "Who", "").await.unwrap();
    who.split_whitespace().last().unwrap().to_owned()
}

#[tokio::test]
async fn sessions_are_resumed_but_never_across_a_reload() {
    let world = World::new();
    let server = world.serve().await;
    let us = world.party("/region/330200/node");
    assert_eq!(arrival(&server, &us).await, "Full");
    assert_eq!(arrival(&server, &us).await, "Resumed");
    let renewed = world.issue("/region/310000/node", year());
    server
        .credentials
        .replace(credentials(&renewed, &world.trust))
        .unwrap();
    assert_eq!(arrival(&server, &us).await, "Full");
    assert_eq!(arrival(&server, &us).await, "Resumed");
    // The same holds when the client reloads: it forgets its own sessions.
    us.replace(us.credentials()).unwrap();
    assert_eq!(arrival(&server, &us).await, "Full");
}

#[tokio::test]
async fn the_revoked_do_not_come_back_by_resumption() {
    let world = World::new();
    let server = world.serve().await;
    let issued = world.issue("/region/330200/node", year());
    let us = world.store(&issued);
    assert_eq!(arrival(&server, &us).await, "Full");
    assert_eq!(arrival(&server, &us).await, "Resumed");
    let node = world.issue("/region/310000/node", year());
    let stricter = credentials(&node, &world.trust_without(&[&issued]));
    server.credentials.replace(stricter).unwrap();
    assert_eq!(
        server.connect(&us).await.unwrap_err(),
        TransportError::CertificateRefused {
            reason: CertificateRefusal::Revoked
        }
    );
}

#[tokio::test]
async fn a_client_that_renews_its_certificate_is_let_in_without_a_restart() {
    let world = World::new();
    let server = world.serve().await;
    let us = world.store(&world.issue("/region/330200/node", hours(-48, -24)));
    let channel = connect_lazy(
        &server.endpoint(),
        id("/region/310000/node"),
        &us,
        ClientLimits::standard(),
    )
    .unwrap();
    let status = call(&channel, "Echo", "").await.unwrap_err();
    assert_eq!(
        TransportError::of(&status).unwrap().code(),
        "transport.certificate_refused"
    );
    us.replace(credentials(
        &world.issue("/region/330200/node", year()),
        &world.trust,
    ))
    .unwrap();
    assert_eq!(call(&channel, "Echo", "in").await.unwrap(), "in");
}

fn write(folder: &Path, world: &World, issued: &Issued) {
    write_party(
        folder,
        issued,
        None,
        world.root.certificate_pem(),
        Overwrite::Replace,
    )
    .unwrap();
}

#[tokio::test]
async fn files_are_read_again_and_a_refused_reload_changes_nothing() {
    let (old, new) = (World::new(), World::new());
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &old,
        &old.issue("/region/310000/node", year()),
    );
    let store = CredentialStore::load(CredentialFiles::in_folder(folder.path())).unwrap();
    let server = Running::start(store.clone(), ServerLimits::standard()).await;
    let (before, after) = (
        old.party("/region/330200/node"),
        new.party("/region/330200/node"),
    );
    server.connect(&before).await.unwrap();

    fs::write(folder.path().join("tls.crt"), "garbage").unwrap();
    let refused = store.reload().unwrap_err();
    assert!(matches!(&refused, CredentialsError::File { file, .. } if file.ends_with("tls.crt")));
    write(
        folder.path(),
        &old,
        &old.issue("/region/110000/node", year()),
    );
    assert!(matches!(
        store.reload(),
        Err(CredentialsError::OtherIdentity { .. })
    ));
    write(
        folder.path(),
        &old,
        &old.issue("/region/310000/node", hours(-48, -24)),
    );
    assert!(matches!(store.reload(), Err(CredentialsError::Identity(_))));
    server.connect(&before).await.unwrap();
    server.connect(&after).await.unwrap_err();

    write(
        folder.path(),
        &new,
        &new.issue("/region/310000/node", year()),
    );
    store.reload().unwrap();
    server.connect(&after).await.unwrap();
    server.connect(&before).await.unwrap_err();
}

#[tokio::test]
async fn each_bad_file_is_named_with_what_is_wrong() {
    let (world, stranger) = (World::new(), World::new());
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let good = || write(at, &world, &world.issue("/region/310000/node", year()));
    let load = || match CredentialStore::load(CredentialFiles::in_folder(at)) {
        Ok(_) => "loaded".to_owned(),
        Err(error) => error.to_string(),
    };
    good();
    assert_eq!(load(), "loaded");
    let key = fs::read(at.join("tls.key")).unwrap();
    let other_key = world.issue("/region/310000/node", year()).key_pem();
    let root = stranger.root.certificate_pem().as_bytes();
    let rows: [(&str, Option<&[u8]>, &str); 8] = [
        ("tls.crt", None, "tls.crt"),
        ("tls.crt", Some(&key), "no certificate in PEM"),
        ("tls.key", None, "tls.key"),
        ("tls.key", Some(b"garbage"), "no private key in PEM"),
        ("tls.key", Some(other_key.as_bytes()), "does not belong"),
        ("root.crt", Some(b""), "root.crt"),
        (
            "root.crt",
            Some(world.shanghai.certificate_pem().as_bytes()),
            "the certificate of /region/310000/ca",
        ),
        ("root.crt", Some(root), "not issued under"),
    ];
    for (file, content, expected) in rows {
        good();
        match content {
            Some(content) => fs::write(at.join(file), content).unwrap(),
            None => fs::remove_file(at.join(file)).unwrap(),
        }
        let refused = load();
        assert!(refused.contains(expected), "{file}: {refused}");
    }
    let fixed = CredentialStore::fixed(credentials(
        &world.issue("/region/310000/node", year()),
        &Arc::clone(&world.trust),
    ))
    .unwrap();
    assert!(matches!(fixed.reload(), Err(CredentialsError::NoFiles)));
}
