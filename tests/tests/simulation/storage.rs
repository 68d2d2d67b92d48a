//! Where a simulated server keeps what it knows: a disk that misbehaves and an index in memory. Both outlive
//! the server; a saboteur may stand between them and it. Some nodes keep images of their index, in a folder of the machine
//! that goes with the disk: what an image is worth is seen when the index alone is lost.
//!
//! Images are files that the node writes past the port of its disk, each in one go, so no power cut comes while one is
//! written, and what of it was not synced is not lost by itself. A power cut spoils the newest instead, as if it had come then.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use huitong_clearinghouse as clearing;
use huitong_journal::testing::FakeDisk;
use huitong_journal::{Disk, Options};
use huitong_node::platform::{self, StorageError, Stored};
use huitong_node::store::image::Images;
use huitong_node::store::memory::MemoryIndex;
use huitong_node::store::{Change, Index, Key, Reached, RestoreState, Row, StoreError, Table};
use tempfile::TempDir;

use crate::chance::Seeded;
use crate::saboteurs::Saboteur;

/// Images come with every fourth segment, and a simulated day is short.
const SEGMENT_OF_IMAGES: u32 = 14 << 10;
const SEGMENT: u32 = 128 << 10;
/// What an image is called before it is whole.
const DRAFT: &str = "image.new";

/// Which nodes keep images of their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepsImages {
    /// Some do, by the seed.
    Some,
    /// None does: somebody meddles with a disk or its rows, or did so in the world that this one is held against.
    None,
}

/// A node's.
pub struct NodeStorage {
    disk: Mutex<FakeDisk>,
    index: Mutex<Arc<MemoryIndex>>,
    images: Mutex<Option<TempDir>>,
    /// How often the node started without an index and from an image.
    starts_from_images: Arc<AtomicUsize>,
    /// What becomes of images in power cuts.
    chance: Seeded,
    saboteur: Option<Saboteur>,
}

impl NodeStorage {
    pub fn new(seed: u64, saboteur: Option<Saboteur>, images: KeepsImages) -> Self {
        let keeps_images = images == KeepsImages::Some && Seeded::new(seed, 15).one_in(3);
        Self {
            disk: Mutex::new(FakeDisk::new(seed)),
            index: Mutex::default(),
            images: Mutex::new(keeps_images.then(|| TempDir::new().unwrap())),
            starts_from_images: Arc::default(),
            chance: Seeded::new(seed, 16),
            saboteur,
        }
    }

    pub fn disk(&self) -> FakeDisk {
        self.disk.lock().unwrap().clone()
    }

    /// Puts another disk in, and forgets the index and what was copied of it.
    pub fn replace(&self, disk: FakeDisk) {
        *self.disk.lock().unwrap() = disk;
        if let Some(images) = &mut *self.images.lock().unwrap() {
            *images = TempDir::new().unwrap();
        }
        self.lose_index();
    }

    /// What is not synced is gone. Of the newest image that may be the end, the name, or both: with its name and without its
    /// end it is found by its hash.
    pub fn power_fails(&self) {
        self.disk().restore_power();
        let images = self.images.lock().unwrap();
        let Some(newest) = images.as_ref().and_then(|images| newest(images.path())) else {
            return;
        };
        if self.chance.one_in(2) {
            return;
        }
        if self.chance.one_in(2) {
            let image = OpenOptions::new().write(true).open(&newest).unwrap();
            let length = image.metadata().unwrap().len();
            image.set_len(self.chance.within(0..length)).unwrap();
        }
        if self.chance.one_in(2) {
            fs::rename(&newest, newest.with_file_name(DRAFT)).unwrap();
        }
    }

    /// How often the node started from an image.
    pub fn starts_from_images(&self) -> usize {
        self.starts_from_images.load(Ordering::Relaxed)
    }

    pub fn keeps_images(&self) -> bool {
        self.images.lock().unwrap().is_some()
    }

    pub fn journal_options(&self) -> Options {
        let (segment, frame) = if self.keeps_images() {
            (SEGMENT_OF_IMAGES, SEGMENT_OF_IMAGES - (4 << 10))
        } else {
            (SEGMENT, SEGMENT / 2)
        };
        Options::standard()
            .segment_bytes(segment)
            .frame_bytes(frame)
            .group(frame / 2, 1_024)
    }

    /// Where images lie, if the node keeps any.
    fn images(&self) -> Option<Images> {
        let images = self.images.lock().unwrap();
        Some(Images::within(images.as_ref()?.path().to_owned()))
    }

    /// Whether the node's rows say that a restore is not over.
    pub fn is_collecting(&self) -> bool {
        let restored = self.index().get(&Key::Restored()).unwrap();
        matches!(restored, Some(Row::Restored(of)) if of.state == RestoreState::Collecting)
    }

    pub fn lose_index(&self) {
        *self.index.lock().unwrap() = Arc::default();
    }

    pub fn index(&self) -> Arc<MemoryIndex> {
        Arc::clone(&self.index.lock().unwrap())
    }
}

impl platform::Storage for NodeStorage {
    fn open(&self) -> Result<Stored, StorageError> {
        let disk = self.disk().port();
        let index: Arc<dyn Index> = self.index();
        Ok(match self.saboteur {
            Some(saboteur) => saboteur.between(disk, index),
            None => Stored {
                keys: Arc::clone(&disk),
                disk,
                index: Arc::new(Loaded {
                    rows: index,
                    starts: Arc::clone(&self.starts_from_images),
                    is_loading: AtomicBool::new(false),
                    is_loaded: AtomicBool::new(false),
                }),
                images: self.images(),
            },
        })
    }
}

/// The newest image of a folder; their names sort as the places of the journal do.
fn newest(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|of| of == "image"))
        .max()
}

/// An index that counts that it was loaded from an image, which its journal goes on from.
struct Loaded {
    rows: Arc<dyn Index>,
    starts: Arc<AtomicUsize>,
    /// Its rows are those of an image, and have no place yet.
    is_loading: AtomicBool,
    is_loaded: AtomicBool,
}

impl Index for Loaded {
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.rows.get(key)
    }

    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        self.rows.scan(table, after, limit)
    }

    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError> {
        self.rows.apply(changes, reached)?;
        if self.is_loading.swap(false, Ordering::Relaxed) {
            self.is_loaded.store(true, Ordering::Relaxed);
            self.starts.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn load(&self, rows: &[Change]) -> Result<(), StoreError> {
        self.is_loading.store(true, Ordering::Relaxed);
        self.rows.load(rows)
    }

    fn reached(&self) -> Result<Option<Reached>, StoreError> {
        self.rows.reached()
    }

    /// What was loaded is not whole, or of another journal.
    fn clear(&self) -> Result<(), StoreError> {
        self.is_loading.store(false, Ordering::Relaxed);
        if self.is_loaded.swap(false, Ordering::Relaxed) {
            self.starts.fetch_sub(1, Ordering::Relaxed);
        }
        self.rows.clear()
    }
}

/// The clearinghouse's.
pub struct ClearingStorage {
    disk: Mutex<FakeDisk>,
    index: Mutex<Arc<clearing::MemoryIndex>>,
}

impl ClearingStorage {
    pub fn new(seed: u64) -> Self {
        Self {
            disk: Mutex::new(FakeDisk::new(seed)),
            index: Mutex::default(),
        }
    }

    pub fn disk(&self) -> FakeDisk {
        self.disk.lock().unwrap().clone()
    }

    /// Puts another disk in, and forgets the index.
    pub fn replace(&self, disk: FakeDisk) {
        *self.disk.lock().unwrap() = disk;
        self.lose_index();
    }

    pub fn lose_index(&self) {
        *self.index.lock().unwrap() = Arc::default();
    }
}

impl clearing::platform::Storage for ClearingStorage {
    fn disk(&self) -> Result<Arc<dyn Disk>, clearing::StoreError> {
        Ok(Self::disk(self).port())
    }

    fn index(&self) -> Result<Arc<dyn clearing::Index>, clearing::StoreError> {
        let index = self.index.lock().unwrap();
        Ok(Arc::<clearing::MemoryIndex>::clone(&index))
    }
}
