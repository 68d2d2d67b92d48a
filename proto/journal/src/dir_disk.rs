//! The real disk: one directory of the file system.
//!
//! Files are readable by their owner alone. Room is reserved with `fallocate`;
//! where the file system has none, zeros are written instead. What was read
//! through the page cache is trusted as the kernel gives it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, IoSlice, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FallocateFlags, FlockOperation};
use rustix::io::Errno;

use crate::disk::{Disk, DiskFile, Held, LockRefusal};

const LOCK_NAME: &str = "LOCK";
/// The most parts that Linux takes in one call.
const PARTS_AT_ONCE: usize = 1_024;

/// A directory of the file system that holds one journal.
#[derive(Debug)]
pub struct DirDisk {
    folder: PathBuf,
    /// Where full segments may have been moved to.
    archive: Option<PathBuf>,
    handle: File,
    /// Held, never read.
    taken: Option<Box<dyn Held>>,
}

impl DirDisk {
    /// Uses the directory, making it (not its parents) when it is missing.
    ///
    /// # Errors
    /// When it can neither be opened nor made, or its parent cannot be synced.
    pub fn at(folder: impl AsRef<Path>) -> io::Result<Arc<dyn Disk>> {
        Ok(Arc::new(Self::open_at(folder, None)?))
    }

    /// As [`DirDisk::at`], taken for as long as it is used: nobody else opens what lies there, whatever it is.
    ///
    /// # Errors
    /// As [`DirDisk::at`], or [`LockRefusal::Held`] while another has it.
    pub fn taken(folder: impl AsRef<Path>) -> Result<Arc<dyn Disk>, LockRefusal> {
        let mut disk = Self::open_at(folder, None).map_err(LockRefusal::Disk)?;
        disk.taken = Some(disk.lock()?);
        Ok(Arc::new(disk))
    }

    /// As [`DirDisk::at`]; files that are not in the directory are looked for in an archive, which need not
    /// exist. Nothing is written there.
    ///
    /// # Errors
    /// As [`DirDisk::at`].
    pub fn with_archive(
        folder: impl AsRef<Path>,
        archive: impl AsRef<Path>,
    ) -> io::Result<Arc<dyn Disk>> {
        let archive = Some(archive.as_ref().to_path_buf());
        Ok(Arc::new(Self::open_at(folder, archive)?))
    }

    fn open_at(folder: impl AsRef<Path>, archive: Option<PathBuf>) -> io::Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        // Also when it was there: whoever made it may have died before its sync.
        let parent = fs::canonicalize(&folder)?;
        if let Some(parent) = parent.parent() {
            File::open(parent)?.sync_all()?;
        }
        let handle = File::open(&folder)?;
        Ok(Self {
            folder,
            archive,
            handle,
            taken: None,
        })
    }
}

impl Disk for DirDisk {
    fn lock(&self) -> Result<Box<dyn Held>, LockRefusal> {
        take(&self.folder.join(LOCK_NAME))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = names(&self.folder)?;
        if let Some(archive) = self.archive.as_ref().filter(|archive| archive.exists()) {
            names.extend(self::names(archive)?);
            // A segment that is being moved stands in both for a moment.
            names.sort_unstable();
            names.dedup();
        }
        Ok(names)
    }

    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.folder.join(name))?;
        reserve(&file, size)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.folder.join(name);
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let file = match (opened, &self.archive) {
            (Err(error), Some(archive)) if error.kind() == io::ErrorKind::NotFound => {
                File::open(archive.join(name)).map_err(|_| error)?
            }
            (opened, _) => opened?,
        };
        Ok(Arc::new(RealFile(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn sync_names(&self) -> io::Result<()> {
        self.handle.sync_all()
    }
}

/// The names in a folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        // A name that is not UTF-8 is none of ours.
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn write_parts_at(&self, offset: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        write_parts(&self.0, offset, parts)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// The kernel may take less than it is given, of parts and of bytes.
fn write_parts(file: &File, mut offset: u64, mut parts: &mut [IoSlice<'_>]) -> io::Result<()> {
    // Parts without bytes at the front would make a write of nothing look refused.
    IoSlice::advance_slices(&mut parts, 0);
    while !parts.is_empty() {
        let some = parts.get(..PARTS_AT_ONCE).unwrap_or(parts);
        match rustix::io::pwritev(file, some, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(taken) => {
                IoSlice::advance_slices(&mut parts, taken);
                offset = offset.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Reserves room that reads as zeros.
fn reserve(file: &File, size: u64) -> io::Result<()> {
    if size == 0 {
        return Ok(());
    }
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, size) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => write_zeros(file, size),
        Err(errno) => Err(errno.into()),
    }
}

fn write_zeros(file: &File, size: u64) -> io::Result<()> {
    let mut sink = io::BufWriter::with_capacity(64 * 1024, file);
    io::copy(&mut io::repeat(0).take(size), &mut sink)?;
    sink.flush()
}

/// The descriptor carries the lock: closing it, or dying, gives it back.
#[derive(Debug)]
struct LockFile(#[expect(dead_code, reason = "kept open, never read")] File);

impl Held for LockFile {}

fn take(path: &Path) -> Result<Box<dyn Held>, LockRefusal> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(LockRefusal::Disk)?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => {
            let process = holder(&mut file);
            return Err(LockRefusal::Held { process });
        }
        Err(errno) => return Err(LockRefusal::Disk(errno.into())),
    }
    let written = file
        .set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()));
    written.map_err(LockRefusal::Disk)?;
    Ok(Box::new(LockFile(file)))
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_file_reads_as_zeros_and_takes_the_place_of_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let disk = DirDisk::at(folder.path().join("journal")).unwrap();
        disk.create("a", 10).unwrap().write_at(0, b"x").unwrap();
        let file = disk.create("a", 100_000).unwrap();
        let mut bytes = vec![1; 100_000];
        file.read_at(0, &mut bytes).unwrap();
        assert!(bytes.iter().all(|byte| *byte == 0));
        assert_eq!(file.size().unwrap(), 100_000);
    }

    #[test]
    fn parts_are_written_end_to_end_however_many_and_however_long() {
        let folder = tempfile::tempdir().unwrap();
        let file = DirDisk::at(folder.path())
            .unwrap()
            .create("a", 20_000)
            .unwrap();
        // More than one call takes, some of them empty, also first and last.
        let parts: Vec<Vec<u8>> = (0..=2_600_usize)
            .map(|n| vec![n.to_be_bytes()[7]; n % 13])
            .collect();
        let mut slices: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
        file.write_parts_at(7, &mut slices).unwrap();
        file.write_parts_at(0, &mut []).unwrap();
        file.write_parts_at(0, &mut [IoSlice::new(b"")]).unwrap();
        let written = parts.concat();
        let mut bytes = vec![1; written.len() + 8];
        file.read_at(0, &mut bytes).unwrap();
        assert_eq!(bytes, [&[0; 7], &*written, &[0]].concat());
    }

    #[test]
    fn zeros_are_written_where_room_cannot_be_reserved() {
        let file = tempfile::tempfile().unwrap();
        write_zeros(&file, 200_001).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 200_001);
    }

    #[test]
    fn a_held_lock_names_its_holder_and_is_given_back_on_drop() {
        let folder = tempfile::tempdir().unwrap();
        let disk = DirDisk::at(folder.path()).unwrap();
        let held = disk.lock().unwrap();
        let refusal = disk.lock().unwrap_err();
        let me = std::process::id();
        assert!(matches!(refusal, LockRefusal::Held { process: Some(pid) } if pid == me));
        drop(held);
        disk.lock().unwrap();
    }
}
