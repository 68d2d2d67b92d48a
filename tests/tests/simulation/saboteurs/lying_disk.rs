//! A disk that says that it has synced, and has not: of each file only what was synced when it was made is there after a
//! power cut.

use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use huitong_journal::{Disk, DiskFile, Held, LockRefusal};

/// A disk that says that it has synced, and has not.
#[derive(Debug)]
pub(super) struct LyingDisk(pub(super) Arc<dyn Disk>);

/// A file whose header is synced when it is made, and nothing afterwards.
#[derive(Debug)]
struct LyingFile {
    file: Arc<dyn DiskFile>,
    /// How many syncs are still real.
    real: AtomicU32,
}

/// A new segment is synced when its room is made, and when it has its header.
const REAL_SYNCS_OF_A_NEW_FILE: u32 = 2;

impl Disk for LyingDisk {
    fn lock(&self) -> Result<Box<dyn Held>, LockRefusal> {
        self.0.lock()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.0.create(name, size)?;
        let real = AtomicU32::new(REAL_SYNCS_OF_A_NEW_FILE);
        Ok(Arc::new(LyingFile { file, real }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.0.open(name)?;
        let real = AtomicU32::new(0);
        Ok(Arc::new(LyingFile { file, real }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.0.sync_names()
    }
}

impl DiskFile for LyingFile {
    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(offset, bytes)
    }

    fn write_parts_at(&self, offset: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        self.file.write_parts_at(offset, parts)
    }

    fn sync(&self) -> io::Result<()> {
        match self.real.load(Ordering::Relaxed) {
            0 => Ok(()),
            left => {
                self.real.store(left - 1, Ordering::Relaxed);
                self.file.sync()
            }
        }
    }
}
