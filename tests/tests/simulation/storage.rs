//! Where a simulated server keeps what it knows: a disk that misbehaves and an index in memory. Both outlive
//! the server; a saboteur may stand between them and it.

use std::sync::{Arc, Mutex};

use huitong_clearinghouse as clearing;
use huitong_journal::Disk;
use huitong_journal::testing::FakeDisk;
use huitong_node::platform::{self, StorageError, Stored};
use huitong_node::store::Index;
use huitong_node::store::memory::MemoryIndex;

use crate::saboteurs::Saboteur;

/// A node's.
pub struct NodeStorage {
    disk: Mutex<FakeDisk>,
    index: Mutex<Arc<MemoryIndex>>,
    saboteur: Option<Saboteur>,
}

impl NodeStorage {
    pub fn new(seed: u64, saboteur: Option<Saboteur>) -> Self {
        Self {
            disk: Mutex::new(FakeDisk::new(seed)),
            index: Mutex::default(),
            saboteur,
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
                index,
                images: None,
            },
        })
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
