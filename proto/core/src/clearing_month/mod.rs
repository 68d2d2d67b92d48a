//! The month of clearing (月度清算): what the days' rows come to for each debtor, creditor and fund, by what the debts arose
//! from, and what each region says of it.
//!
//! | room | its question |
//! |---|---|
//! | [`row`] | What do two regions owe each other in a month, and from what? |
//! | [`part`] | What is a region handed of it, and does that hold? |
//! | [`own`] | Do the region's own days come to it? |
//! | [`seen`] | How far is it? |
//! | [`word`] | What does a region say of it? |
//!
//! A month is the cycles of its days: its rows are sums of theirs, so a month ties to its days row by row and can be
//! counted again from what was proven day by day. Nothing is netted by it. Deliberately absent: cryptography, and what was
//! not netted, which is an exception of a day and no part of a month.

pub mod own;
pub mod part;
pub mod row;
pub mod seen;
pub mod word;

use self::row::MonthTable;
use self::word::CertifiedMonthWord;
use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::payable::Month;

/// What the clearinghouse commits to of a month. It holds no moment: the same days come to the same month, also after a
/// restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingMonth {
    /// Which.
    pub month: Month,
    /// The plan of its first cycle.
    pub first_plan: u64,
    /// The plan of its last.
    pub last_plan: u64,
    /// The day of the cycle before; none when there was none. A debt of that day or an earlier one is an earlier month's.
    pub after: Option<BusinessDay>,
    /// Digest of the checkpoint of its last plan, which names all before it.
    pub checkpoint: Digest,
    /// How many rows there are.
    pub rows: u64,
    /// The root of the tree over them.
    pub root: Digest,
    /// Digest of the month before; none for the first.
    pub before: Option<Digest>,
}

canonical_struct!(ClearingMonth {
    month,
    first_plan,
    last_plan,
    after,
    checkpoint,
    rows,
    root,
    before
});

impl Artifact for ClearingMonth {
    const KIND: [u8; 4] = *b"CMON";
    const VERSION: u16 = 1;
}

impl ClearingMonth {
    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self, at: Timestamp) -> Vec<u8> {
        let mut bytes = b"HTCM\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes.extend_from_slice(&at.as_millis().to_be_bytes());
        bytes
    }
}

/// A month with the clearinghouse's signature and the certificates of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedMonth {
    /// What is signed.
    pub month: ClearingMonth,
    /// When.
    pub at: Timestamp,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`ClearingMonth::signed_bytes`].
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(CertifiedMonth {
    month,
    at,
    algorithm,
    key_id,
    signature,
    signer
});

impl Artifact for CertifiedMonth {
    const KIND: [u8; 4] = *b"CMOF";
    const VERSION: u16 = 1;
}

/// A month as a file: signed, with all its rows, and what regions said last of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFile {
    /// The month.
    pub certified: CertifiedMonth,
    /// Its rows.
    pub table: MonthTable,
    /// Regions' words, ascending by region.
    pub words: Vec<CertifiedMonthWord>,
}

canonical_struct!(MonthFile {
    certified,
    table,
    words
});

impl Artifact for MonthFile {
    const KIND: [u8; 4] = *b"MFIL";
    const VERSION: u16 = 1;
}

#[cfg(test)]
mod tests;
