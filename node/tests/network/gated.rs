//! A disk whose syncs are counted, that stands still in the middle of one for as long as a test wants, and may then lose its
//! power. What a real disk does with what was not synced is the disk's below.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use huitong_journal::{Disk, DiskFile, Held, LockRefusal};

/// Whether a disk stands still in the middle of syncing.
#[derive(Debug, Default)]
pub struct Gate {
    is_closed: Mutex<bool>,
    opened: Condvar,
    /// Whether something waits, or waited, for it to open.
    is_waited: AtomicBool,
    /// Whether what waits fails once it opens, and whatever comes after.
    is_lost: AtomicBool,
    syncs: AtomicU64,
}

impl Gate {
    pub fn close(&self) {
        *self.is_closed.lock().unwrap() = true;
    }

    pub fn open(&self) {
        *self.is_closed.lock().unwrap() = false;
        self.opened.notify_all();
    }

    /// The power is off: nothing that waits is ever synced.
    pub fn lose_power(&self) {
        self.is_lost.store(true, Ordering::SeqCst);
        self.open();
    }

    pub fn is_waited(&self) -> bool {
        self.is_waited.load(Ordering::SeqCst)
    }

    /// How often something was to be synced.
    pub fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::SeqCst)
    }

    fn pass(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        let closed = self.is_closed.lock().unwrap();
        if *closed {
            self.is_waited.store(true, Ordering::SeqCst);
        }
        drop(self.opened.wait_while(closed, |closed| *closed).unwrap());
        if self.is_lost.load(Ordering::SeqCst) {
            return Err(io::Error::other("the power is off"));
        }
        Ok(())
    }
}

/// Goes on when a test ends, however it does.
pub struct GoesOn(pub Arc<Gate>);

impl Drop for GoesOn {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// A disk that stands still when it is told to.
#[derive(Debug)]
pub struct Gated {
    disk: Arc<dyn Disk>,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct GatedFile {
    file: Arc<dyn DiskFile>,
    gate: Arc<Gate>,
}

impl Gated {
    pub fn of(disk: Arc<dyn Disk>, gate: &Arc<Gate>) -> Arc<dyn Disk> {
        let gate = Arc::clone(gate);
        Arc::new(Self { disk, gate })
    }

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
        self.gate.pass()?;
        self.file.sync()
    }
}
