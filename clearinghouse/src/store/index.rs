//! What the embedded store asks of an index: ordered keys, read at once and written in whole batches.
//!
//! An index may lose its newest batches, but only whole ones and only the newest: it is brought up again
//! from the journal.

/// Ordered bytes.
pub trait Index: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// [`IndexError`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError>;

    /// The last key at or before this one, with its value.
    ///
    /// # Errors
    /// [`IndexError`].
    fn at_or_before(&self, key: &[u8]) -> Result<Option<Pair>, IndexError>;

    /// Keys that begin with `prefix`, from `from` on, ascending; at most `limit`.
    ///
    /// # Errors
    /// [`IndexError`].
    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<Pair>, IndexError>;

    /// Writes all pairs or none.
    ///
    /// # Errors
    /// [`IndexError`].
    fn write(&self, pairs: Vec<Pair>) -> Result<(), IndexError>;

    /// Makes what was written likely to survive: the journal does not depend on it.
    ///
    /// # Errors
    /// [`IndexError`].
    fn flush(&self) -> Result<(), IndexError>;
}

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// What the index's program said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IndexError(pub(crate) String);

#[cfg(test)]
mod tests {
    use huitong_core::checkpoint::row::Pair as Row;
    use huitong_core::date::Timestamp;
    use huitong_core::fund::Fund;
    use huitong_core::ledger::{Account, AccountClass, Holder};

    use super::super::{MemoryIndex, SledIndex, keys};
    use super::*;

    fn pair(key: &[u8], value: &[u8]) -> Pair {
        (key.to_vec(), value.to_vec())
    }

    fn conforms(index: &dyn Index) {
        assert_eq!(index.get(b"a1"), Ok(None));
        assert_eq!(index.at_or_before(b"z"), Ok(None));
        index
            .write(vec![
                pair(b"a1", b"1"),
                pair(b"a3", b"3"),
                pair(b"b1", b"4"),
            ])
            .unwrap();
        index.write(vec![pair(b"a3", b"5")]).unwrap();
        assert_eq!(index.get(b"a3"), Ok(Some(b"5".to_vec())));
        assert_eq!(index.at_or_before(b"a2"), Ok(Some(pair(b"a1", b"1"))));
        assert_eq!(index.at_or_before(b"a3"), Ok(Some(pair(b"a3", b"5"))));
        assert_eq!(index.at_or_before(b"a0"), Ok(None));
        let all = index.scan(b"a", b"a", 10).unwrap();
        assert_eq!(all, [pair(b"a1", b"1"), pair(b"a3", b"5")]);
        assert_eq!(index.scan(b"a", b"a2", 10).unwrap(), [pair(b"a3", b"5")]);
        assert_eq!(index.scan(b"a", b"a", 1).unwrap(), [pair(b"a1", b"1")]);
        index.flush().unwrap();
    }

    /// A row of every table that the store keeps: each comes back, is found by its region or day alone, and the
    /// newest of an ordered table is the one at or before its end.
    fn keeps_every_table(index: &dyn Index) {
        let [one, two] = ["330200", "510100"].map(|code| code.parse().unwrap());
        let day = "2026-03-02".parse().unwrap();
        let leg = crate::testing::debt(1, 2, 3, 100);
        let prefund = "330000-510100-resident_pool".parse().unwrap();
        let month = "2026-03".parse().unwrap();
        let account = Account {
            holder: Holder::Region(one),
            fund: Fund::ResidentPool,
            class: AccountClass::Suspense,
        };
        let (at, bank_reference) = (Timestamp::EPOCH, "B-1".parse().unwrap());
        let tag = huitong_core::duplicate::Tag::from_bytes([9; 16]);
        let rows = [
            pair(keys::CURSOR, b"cursor"),
            (keys::block(one, 1), b"b1".to_vec()),
            (keys::block(one, 300), b"b300".to_vec()),
            (keys::block(two, 1), b"other".to_vec()),
            (keys::halt(one), b"h".to_vec()),
            (keys::close(one, day), b"d".to_vec()),
            (keys::cut_off(day), b"c".to_vec()),
            (keys::plan(day), b"n".to_vec()),
            (keys::plan_day(1), b"p".to_vec()),
            (keys::proof(day), b"e".to_vec()),
            (keys::taken(1, &[7; 21]), b"T".to_vec()),
            (keys::filter(1, 0, 0), b"F".to_vec()),
            (keys::month_rows(&month, 1), b"N".to_vec()),
            (keys::month_drawn(&month), b"V".to_vec()),
            (keys::month_word(&month, one), b"O".to_vec()),
            (keys::month_signed(&month), b"P".to_vec()),
            (keys::incarnation(one), b"i".to_vec()),
            (keys::posted(&account, 1), b"A".to_vec()),
            (keys::voucher(1), b"B".to_vec()),
            (keys::voucher_at(at), b"C".to_vec()),
            (keys::of_movement(&(None, bank_reference)), b"E".to_vec()),
            (keys::taken_back(1), b"G".to_vec()),
            (keys::spent(2026, prefund), b"g".to_vec()),
            (keys::owed(day), b"w".to_vec()),
            (keys::tag(tag, one), b"t".to_vec()),
            (keys::matched(one, tag, two), Vec::new()),
            (keys::tag_stream(one), b"v".to_vec()),
            (keys::attested(day, one), b"j".to_vec()),
            (keys::kept(one, Row::of(&leg)), b"l".to_vec()),
        ];
        index.write(rows.to_vec()).unwrap();
        index.write(rows.to_vec()).unwrap();
        for (key, value) in &rows {
            assert_eq!(index.get(key).unwrap().as_ref(), Some(value));
            let prefix = &key[..1];
            let of_table = rows.iter().filter(|(key, _)| key.starts_with(prefix));
            let found = index.scan(prefix, prefix, usize::MAX).unwrap();
            assert_eq!(found.len(), of_table.count(), "{prefix:?}");
        }
        let last = index.at_or_before(&keys::block(one, u64::MAX)).unwrap();
        assert_eq!(last, Some((keys::block(one, 300), b"b300".to_vec())));
        let before = index.at_or_before(&keys::block(one, 299)).unwrap();
        assert_eq!(before, Some((keys::block(one, 1), b"b1".to_vec())));
    }

    #[test]
    fn every_backend_keeps_a_row_of_every_table() {
        keeps_every_table(&MemoryIndex::new());
        let folder = tempfile::tempdir().unwrap();
        keeps_every_table(&SledIndex::open(folder.path()).unwrap());
    }

    #[test]
    fn every_backend_conforms() {
        conforms(&MemoryIndex::new());
        let folder = tempfile::tempdir().unwrap();
        conforms(&SledIndex::open(folder.path()).unwrap());
        // What was flushed is there again.
        let again = SledIndex::open(folder.path()).unwrap();
        assert_eq!(again.get(b"b1"), Ok(Some(b"4".to_vec())));
    }

    /// As sled's own threads keep the files of an index for a moment after it was closed.
    #[test]
    fn an_index_that_somebody_still_has_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let before = SledIndex::open(folder.path()).unwrap();
        before.write(vec![pair(b"a1", b"1")]).unwrap();
        before.flush().unwrap();
        let later = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            drop(before);
        });
        let index = SledIndex::open(folder.path()).unwrap();
        assert_eq!(index.get(b"a1"), Ok(Some(b"1".to_vec())));
        later.join().unwrap();
    }

    #[test]
    fn an_index_that_cannot_be_read_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        std::fs::write(&place, b"not an index").unwrap();
        let index = SledIndex::open(&place).unwrap();
        assert_eq!(index.get(b"a"), Ok(None));
        let aside = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(
            aside, 2,
            "what could not be read is kept beside the new index"
        );
    }
}
