//! What is not on disk yet is neither shown of expense checks nor given back: whoever is told of a word finds it again.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use huitong_journal::{DirDisk, Disk, DiskFile, Held, LockRefusal};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::CheckStanding as Standing;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use tokio::time::timeout;

use crate::expense_checks::{answer, ask, listed, settled, show, stands, verified, words};
use crate::world::{CHENGDU, NINGBO, World};

/// In this time an answer comes that waits for nothing; one that waits comes when the disk goes on, and never before.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Whether a disk stands still in the middle of syncing.
#[derive(Debug, Default)]
struct Gate {
    is_closed: Mutex<bool>,
    opened: Condvar,
    /// Whether something waits, or waited, for it to open.
    is_waited: AtomicBool,
}

impl Gate {
    fn close(&self) {
        *self.is_closed.lock().unwrap() = true;
    }

    fn open(&self) {
        *self.is_closed.lock().unwrap() = false;
        self.opened.notify_all();
    }

    fn is_waited(&self) -> bool {
        self.is_waited.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        let closed = self.is_closed.lock().unwrap();
        if *closed {
            self.is_waited.store(true, Ordering::SeqCst);
        }
        drop(self.opened.wait_while(closed, |closed| *closed).unwrap());
    }
}

/// Goes on when a test ends, however it does.
struct GoesOn(Arc<Gate>);

impl Drop for GoesOn {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// A disk that stands still when it is told to.
#[derive(Debug)]
struct Gated {
    disk: Arc<dyn Disk>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct GatedFile {
    file: Arc<dyn DiskFile>,
    gate: Arc<Gate>,
}

impl Gated {
    fn file(&self, file: io::Result<Arc<dyn DiskFile>>) -> io::Result<Arc<dyn DiskFile>> {
        let gate = Arc::clone(&self.gate);
        Ok(Arc::new(GatedFile { file: file?, gate }))
    }
}

impl Disk for Gated {
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

impl DiskFile for GatedFile {
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
        self.gate.pass();
        self.file.sync()
    }
}

/// The words that Chengdu gives back to Ningbo.
async fn given_back(world: &World) -> usize {
    let node = world.caller("/region/330200/node", CHENGDU).await;
    let request = v1::CollectCheckWordsRequest::default();
    let mut client = ExpenseCheckServiceClient::new(node);
    let given = client.collect_words(request).await.unwrap();
    given.into_inner().words.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_not_on_disk_is_neither_shown_nor_left_out_of_what_is_given_back() {
    let mut world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    world.stop(CHENGDU).await;
    let gate = Arc::new(Gate::default());
    let disk = DirDisk::at(world.journal(CHENGDU)).unwrap();
    let gated = Gated {
        disk,
        gate: Arc::clone(&gate),
    };
    world.start_on(CHENGDU, Arc::new(gated)).await;
    let _goes_on = GoesOn(Arc::clone(&gate));
    let check = ask(&world, "k-1", &settlement).await.unwrap().check;
    stands(&world, CHENGDU, &check, Standing::Waiting).await;
    assert_eq!(given_back(&world).await, 1);
    gate.close();
    let answering = answer(&world, &check, verified());
    let looking = async {
        loop {
            let shown = timeout(AT_ONCE, show(&world, CHENGDU, &check)).await;
            let Ok(shown) = shown else {
                // On a slow machine a look takes as long though it waits for nothing: it is looked again.
                if gate.is_waited() {
                    break;
                }
                continue;
            };
            let shown = shown.unwrap();
            let standing = shown.check.unwrap().standing();
            match (standing, &*words(&shown.said)) {
                (Standing::Waiting, ["ask"]) => tokio::task::yield_now().await,
                other => panic!("shown before it is on disk: {other:?}"),
            }
        }
        // What is given back waits too, and is whole.
        if let Ok(given) = timeout(AT_ONCE, given_back(&world)).await {
            assert_eq!(given, 2, "a word is left out");
        }
        assert!(timeout(AT_ONCE, listed(&world, CHENGDU)).await.is_err());
        gate.open();
    };
    let (answered, ()) = tokio::join!(answering, looking);
    assert_eq!(answered.unwrap().standing(), Standing::Answered);
    stands(&world, NINGBO, &check, Standing::Answered).await;
    let shown = show(&world, CHENGDU, &check).await.unwrap();
    assert_eq!(words(&shown.said), ["ask", "answer"]);
    assert_eq!(given_back(&world).await, 2);
}
