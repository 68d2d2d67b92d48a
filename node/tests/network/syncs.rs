//! A refusal that is no outcome leaves nothing behind: a flood of them costs not one sync.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use huitong_journal::{DirDisk, Disk, DiskFile, Held, LockRefusal};
use huitong_node::platform::{Storage, StorageError, Stored};
use huitong_node::store::memory::MemoryIndex;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{card, person, published, settle};
use crate::relay::Commits;
use crate::world::{HOSPITAL, NINGBO, World, code};

/// Refusals of each kind.
const FLOOD: usize = 100;

/// A node's storage over any disk.
pub struct OnDisk {
    pub journal: Arc<dyn Disk>,
    pub keys: Arc<dyn Disk>,
}

impl Storage for OnDisk {
    fn open(&self) -> Result<Stored, StorageError> {
        Ok(Stored {
            images: None,
            disk: self.journal.clone(),
            keys: self.keys.clone(),
            index: Arc::new(MemoryIndex::default()),
        })
    }
}

/// A disk that counts what is synced.
#[derive(Debug)]
struct Counting {
    disk: Arc<dyn Disk>,
    syncs: Arc<AtomicU64>,
}

#[derive(Debug)]
struct CountingFile {
    file: Arc<dyn DiskFile>,
    syncs: Arc<AtomicU64>,
}

impl Counting {
    fn file(&self, file: io::Result<Arc<dyn DiskFile>>) -> io::Result<Arc<dyn DiskFile>> {
        let syncs = self.syncs.clone();
        Ok(Arc::new(CountingFile { file: file?, syncs }))
    }
}

impl Disk for Counting {
    fn lock(&self) -> Result<Box<dyn Held>, LockRefusal> {
        self.disk.lock()
    }
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }
    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn DiskFile>> {
        self.file(self.disk.create(name, size))
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.file(self.disk.open(name))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn sync_names(&self) -> io::Result<()> {
        self.disk.sync_names()
    }
}

impl DiskFile for CountingFile {
    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(offset, bytes)
    }
    fn sync(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        self.file.sync()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refusals_that_are_no_outcome_costs_no_sync_and_each_final_one_is_synced() {
    let mut world = World::relayed().await;
    // A commit that never reached Ningbo, to be sent as often as we like.
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let sent = world.relay.as_ref().unwrap().last();
    world.stop(NINGBO).await;
    let syncs = Arc::new(AtomicU64::new(0));
    let disk = DirDisk::at(world.journal(NINGBO)).unwrap();
    let counting = Counting {
        disk,
        syncs: syncs.clone(),
    };
    world.start_on(NINGBO, Arc::new(counting)).await;
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let (before, begun) = (syncs.load(Ordering::SeqCst), Instant::now());
    // Who looked is written about once a second, for all who did.
    let looks = || begun.elapsed().as_secs() + 1;

    let mut stale = sent.clone();
    stale.version.as_mut().unwrap().change = 9;
    let claim = sent.claim.clone().unwrap();
    let ask = |psn_no: &str, number: &str| v1::SnapshotRequest {
        person: Some(person(psn_no)),
        credential: Some(card(number)),
        institution: claim.institution.clone(),
        visit: claim.visit.clone(),
        receipts_held: 0,
        sign: false,
    };
    for _ in 0..FLOOD {
        let outcome = home.commit(stale.clone()).await.unwrap().into_inner();
        assert!(matches!(outcome.outcome, Some(Outcome::Stale(_))));
        let other = home.snapshot(ask("330200000000000001", "NB9")).await;
        assert_eq!(code(&other.unwrap_err()), "person.credential_mismatch");
        let mut malformed = stale.clone();
        malformed.settlement.clear();
        let malformed = home.commit(malformed).await.unwrap_err();
        assert_eq!(code(&malformed), "request.malformed");
    }
    let flooded = syncs.load(Ordering::SeqCst) - before;
    assert!(flooded <= looks(), "no outcome, no sync: {flooded}");

    // What is final is on disk before it is answered, once, however often it is asked for.
    let mut wrong = sent;
    wrong.decision.as_mut().unwrap().cash_fen += 1;
    for _ in 0..FLOOD {
        let outcome = home.commit(wrong.clone()).await.unwrap().into_inner();
        assert!(matches!(outcome.outcome, Some(Outcome::Refused(_))));
    }
    let all = syncs.load(Ordering::SeqCst) - before;
    assert!((flooded + 1..=1 + looks()).contains(&all), "{all}");
}
