//! An index that is not as this program left it: of another format, or damaged.

use huitong_core::canonical::encode_to_vec;
use huitong_core::ledger::Account;

use super::House;
use crate::store::Index;

/// How many bytes the sum has that a row of what was spent begins with.
const SUM_BYTES: usize = 8;

impl House {
    /// Stops, and comes back on an index as an earlier format had it, or as a later program wrote it.
    ///
    /// # Errors
    /// Why it does not open.
    pub(crate) fn come_back_on_format(&mut self, format: Option<u32>) -> Result<(), String> {
        self.writer = None;
        self.index
            .lose(&[b"y", b"D", b"F", b"A", b"B", b"C", b"E", b"G"]);
        match format {
            None => self.index.lose(&[b"g", b"w"]),
            Some(..6) => self.forget_first_cycles(),
            Some(6..) => {}
        }
        let row = format.map(|format| (b"y".to_vec(), format.to_be_bytes().to_vec()));
        self.index.write(row.into_iter().collect()).unwrap();
        self.open()
    }

    /// Has what was spent say the sum alone, as before the sixth format.
    fn forget_first_cycles(&self) {
        let mut spent = self.index.scan(b"g", b"g", usize::MAX).unwrap();
        for (_, row) in &mut spent {
            row.truncate(SUM_BYTES);
        }
        self.index.write(spent).unwrap();
    }

    /// Has an account's last row say one fen too much.
    pub(crate) fn damage_turnover(&self, account: &Account) {
        let prefix = [b"A", &encode_to_vec(account)[..]].concat();
        let (key, value) = self
            .index
            .scan(&prefix, &prefix, usize::MAX)
            .unwrap()
            .pop()
            .unwrap();
        let (rest, credits) = value.split_at(48);
        let credits = i128::from_be_bytes(credits.try_into().unwrap()) - 1;
        let damaged = [rest, &credits.to_be_bytes()].concat();
        self.index.write(vec![(key, damaged)]).unwrap();
    }
}
