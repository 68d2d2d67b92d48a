//! What is signed at once because of what was decided. Deliberately absent: what it says (`proving`, `publishing`), and what was
//! left unsigned before, which is made up for when nobody waits.

use huitong_core::record::clearing::ClearingRecord;

use super::Desk;

/// What is signed because of another record, in records of its own.
#[derive(Clone, Copy)]
pub(super) enum Signed {
    /// A version of the directory.
    Directory,
    /// Checkpoints, and how disputes ended.
    Proofs,
}

/// What is signed because of a record, if anything.
pub(super) const fn signed_after(record: &ClearingRecord) -> Option<Signed> {
    if let ClearingRecord::Members(_) = record {
        Some(Signed::Directory)
    } else if let ClearingRecord::Netted(_) | ClearingRecord::Dispute(_) = record {
        Some(Signed::Proofs)
    } else {
        None
    }
}

impl Desk {
    /// Signs all of it that can be signed now.
    pub(super) fn sign(&mut self, what: Signed) {
        match what {
            Signed::Directory => while self.publish_next() {},
            Signed::Proofs => while self.prove_next() {},
        }
    }
}
