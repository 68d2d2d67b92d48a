//! A ledger for tests: real threads, a disk and an index in memory.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Identity, SigningKey, Validity};
use huitong_core::record::NodeRecord;
use huitong_journal::testing::FakeDisk;
use huitong_journal::{Disk, Options, Threads};

use super::{KeyOptions, Ledger, LedgerOptions, OpenError, WriteError, Written};
use crate::chance::SystemChance;
use crate::samples::person;
use crate::sealing::People;
use crate::store::Rows as _;
use crate::store::memory::MemoryIndex;

pub(crate) fn key() -> Arc<SigningKey> {
    let days = |days| Validity::days(jiff::Timestamp::now(), days).unwrap();
    let root = Authority::new_root(&"huitong.example".parse().unwrap(), days(9)).unwrap();
    let identity = Identity::RegionNodeSigning(person().home);
    let issued = root.issue(&identity, &Hosts::none(), days(1)).unwrap();
    Arc::new(SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap())
}

/// The keyring lies beside the journal, and misbehaves with it.
pub(crate) fn keys(disk: &FakeDisk) -> KeyOptions {
    keys_on(disk.port())
}

pub(crate) fn keys_on(disk: Arc<dyn Disk>) -> KeyOptions {
    KeyOptions {
        disk,
        people: People::AsBegun,
        chance: Arc::new(SystemChance),
    }
}

pub(crate) fn open(disk: &FakeDisk, index: &Arc<MemoryIndex>) -> Result<Ledger, OpenError> {
    open_with(disk, index, keys(disk))
}

pub(crate) fn open_with(
    disk: &FakeDisk,
    index: &Arc<MemoryIndex>,
    keys: KeyOptions,
) -> Result<Ledger, OpenError> {
    let small = Options::standard()
        .segment_bytes(1 << 20)
        .frame_bytes(256 << 10);
    Ledger::open(LedgerOptions {
        region: person().home,
        disk: disk.port(),
        journal: small,
        index: Arc::<MemoryIndex>::clone(index),
        images: None,
        keys,
        key: key(),
        runner: Arc::new(Threads),
    })
}

pub(crate) fn append(ledger: &Ledger, record: NodeRecord) -> Result<Written, WriteError> {
    let (done, written) = sync_channel(1);
    let permit = ledger.reserve()?;
    ledger.append(permit, &[record], move |outcome| {
        done.send(outcome).unwrap()
    })?;
    written.recv().unwrap()
}

/// Opens a ledger that writes what it says of people sealed or plain.
pub(crate) fn open_people(
    disk: &FakeDisk,
    index: &Arc<MemoryIndex>,
    people: People,
) -> Result<Ledger, OpenError> {
    let keys = KeyOptions {
        people,
        ..keys(disk)
    };
    open_with(disk, index, keys)
}

/// Closes a ledger, and destroys the key of the person of the samples.
pub(crate) fn destroy_key(ledger: Ledger) {
    let of = person();
    let key = ledger.person_key(of.home, of.psn_no).unwrap().unwrap();
    let sealing = ledger.sealing();
    ledger.close();
    drop(ledger);
    sealing.keyring().unwrap().destroy(&[key]).unwrap();
}
