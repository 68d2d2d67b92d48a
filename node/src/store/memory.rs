//! The rows in memory: for tests and simulation. Nothing is kept when it is dropped.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use huitong_core::canonical::encode_to_vec;

use super::{Change, Index, Key, Reached, Row, Rows, StoreError, Table};

/// An index in memory.
#[derive(Debug, Default)]
pub struct MemoryIndex {
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    rows: BTreeMap<Vec<u8>, (Key, Row)>,
    reached: Option<Reached>,
}

impl State {
    fn take(&mut self, changes: &[Change]) {
        for change in changes {
            let bytes = encode_to_vec(&change.key);
            match &change.row {
                Some(row) => self.rows.insert(bytes, (change.key.clone(), row.clone())),
                None => self.rows.remove(&bytes),
            };
        }
    }
}

impl MemoryIndex {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Ok(state
            .rows
            .get(&encode_to_vec(key))
            .map(|(_, row)| row.clone()))
    }

    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let after = after.map(encode_to_vec);
        let begin = vec![table.tag()];
        let found = state
            .rows
            .range(begin..)
            .take_while(|(bytes, _)| bytes.first() == Some(&table.tag()))
            .filter(|(bytes, _)| after.as_ref().is_none_or(|after| *bytes > after))
            .take(limit);
        Ok(found.map(|(_, found)| found.clone()).collect())
    }

    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.take(changes);
        state.reached = Some(reached);
        Ok(())
    }

    fn load(&self, rows: &[Change]) -> Result<(), StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.take(rows);
        Ok(())
    }

    fn reached(&self) -> Result<Option<Reached>, StoreError> {
        Ok(self
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .reached)
    }

    fn clear(&self) -> Result<(), StoreError> {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::default();
        Ok(())
    }
}

impl Rows for MemoryIndex {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.get(key)
    }
}
