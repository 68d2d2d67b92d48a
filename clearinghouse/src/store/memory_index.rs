//! An index in memory, which survives a simulated restart when its maker keeps it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::index::{Index, IndexError, Pair};

/// An index in memory.
#[derive(Debug, Default)]
pub struct MemoryIndex(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryIndex {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Loses all rows that begin with one of these.
    #[cfg(test)]
    pub(crate) fn lose(&self, prefixes: &[&[u8]]) {
        let lost = |key: &[u8]| prefixes.iter().any(|prefix| key.starts_with(prefix));
        drop(self.with(|all| all.retain(|key, _| !lost(key))));
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&mut BTreeMap<Vec<u8>, Vec<u8>>) -> T,
    ) -> Result<T, IndexError> {
        Ok(read(
            &mut self.0.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.with(|all| all.get(key).cloned())
    }

    fn at_or_before(&self, key: &[u8]) -> Result<Option<Pair>, IndexError> {
        let owned = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        self.with(|all| all.range(..=key.to_vec()).next_back().map(owned))
    }

    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<Pair>, IndexError> {
        self.with(|all| {
            all.range(from.to_vec()..)
                .take_while(|(key, _)| key.starts_with(prefix))
                .take(limit)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        })
    }

    fn write(&self, pairs: Vec<Pair>) -> Result<(), IndexError> {
        self.with(|all| all.extend(pairs))
    }

    fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }
}
