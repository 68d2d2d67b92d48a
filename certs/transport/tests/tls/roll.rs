//! One root takes the place of another while calls go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Issued, Trust};
use huitong_transport::{ClientLimits, CredentialStore, ServerLimits, connect_lazy};
use tokio::task::JoinHandle;

use crate::echo::call;
use crate::world::{Running, World, credentials, hours, id, year};

/// Ages that a test can wait for; an hour is the standard.
fn short_lived() -> ServerLimits {
    ServerLimits {
        connection_age: Duration::from_millis(100),
        ..ServerLimits::standard()
    }
}

struct Both {
    node: Issued,
    caller: Issued,
}

fn issued_by(root: &Authority) -> Both {
    let issue = |path: &str| root.issue(&id(path), &Hosts::loopback(), year()).unwrap();
    Both {
        node: issue("/region/310000/node"),
        caller: issue("/region/330200/node"),
    }
}

fn trusting(roots: &[&Authority]) -> Arc<Trust> {
    let roots: Vec<_> = roots
        .iter()
        .map(|root| root.certificate().clone())
        .collect();
    Arc::new(Trust::from_roots(&roots).unwrap())
}

/// Calls without a pause until told to stop; none may fail.
fn caller(server: &Running, us: &CredentialStore, load: &Arc<Load>) -> JoinHandle<()> {
    let target = id("/region/310000/node");
    let channel = connect_lazy(&server.endpoint(), target, us, ClientLimits::standard()).unwrap();
    let load = Arc::clone(load);
    tokio::spawn(async move {
        while !load.stop.load(Ordering::SeqCst) {
            assert_eq!(call(&channel, "Echo", "x").await.unwrap(), "x");
            load.answered.fetch_add(1, Ordering::SeqCst);
        }
    })
}

#[derive(Default)]
struct Load {
    stop: AtomicBool,
    answered: AtomicUsize,
}

impl Load {
    /// Waits for calls on connections that were all made after this moment.
    async fn on_new_connections(&self) {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let before = self.answered.load(Ordering::SeqCst);
        while self.answered.load(Ordering::SeqCst) < before + 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn the_anchor_rolls_from_old_through_both_to_new_and_no_call_is_lost() {
    let old = World::new();
    // Both roots bear the same name, as a root made again does.
    let new =
        Authority::new_root(&"huitong.example".parse().unwrap(), hours(-999, 99_999)).unwrap();
    let (by_old, by_new) = (issued_by(&old.root), issued_by(&new));
    let (only_old, both, only_new) = (
        trusting(&[&old.root]),
        trusting(&[&old.root, &new]),
        trusting(&[&new]),
    );
    let own = CredentialStore::fixed(credentials(&by_old.node, &only_old)).unwrap();
    let server = Running::start(own, short_lived()).await;
    let us = CredentialStore::fixed(credentials(&by_old.caller, &only_old)).unwrap();
    let load = Arc::new(Load::default());
    let callers: Vec<_> = (0..4).map(|_| caller(&server, &us, &load)).collect();
    load.on_new_connections().await;
    // Each step here and there at another moment: no order between parties is asked for within a step.
    server
        .credentials
        .replace(credentials(&by_old.node, &both))
        .unwrap();
    load.on_new_connections().await;
    us.replace(credentials(&by_old.caller, &both)).unwrap();
    load.on_new_connections().await;
    us.replace(credentials(&by_new.caller, &both)).unwrap();
    load.on_new_connections().await;
    server
        .credentials
        .replace(credentials(&by_new.node, &both))
        .unwrap();
    load.on_new_connections().await;
    us.replace(credentials(&by_new.caller, &only_new)).unwrap();
    load.on_new_connections().await;
    server
        .credentials
        .replace(credentials(&by_new.node, &only_new))
        .unwrap();
    load.on_new_connections().await;
    load.stop.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }
    // What the old root issued opens nothing any more.
    let left_behind = CredentialStore::fixed(credentials(&by_old.caller, &both)).unwrap();
    server.connect(&left_behind).await.unwrap_err();
}
