//! What a region says of a month: that it confirms its rows (确认), but for those that it objects to.
//!
//! An objection stops nothing: the month is cleared as it stands, and what comes of the objection is corrected in a later
//! one. The word names the month by its digest, so it holds for just the rows that the region saw.

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::checkpoint::row::Pair;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::officer::OfficerName;
use crate::payable::Month;
use crate::region::RegionCode;
use crate::vocabulary::MonthObjection;

/// Objections of one word.
pub const OBJECTIONS_AT_MOST: usize = 8_192;

/// A row that a region does not confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectedRow {
    /// Which.
    pub pair: Pair,
    /// Why.
    pub why: MonthObjection,
}

canonical_struct!(ObjectedRow { pair, why });

/// What a region says of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthWord {
    /// The region.
    pub region: RegionCode,
    /// The month.
    pub month: Month,
    /// Its digest.
    pub digest: Digest,
    objected: Vec<ObjectedRow>,
    /// Who of its officers says so.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(MonthWord {
    region,
    month,
    digest,
    objected,
    officer,
    at
} via MonthWord::new);

impl Artifact for MonthWord {
    const KIND: [u8; 4] = *b"MWRD";
    const VERSION: u16 = 1;
}

/// Objections that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "each row is objected to once, at most {OBJECTIONS_AT_MOST}, and stands in the own region / 每行仅可提出一次异议，且须与本区有关"
)]
pub struct BadObjections;

impl MonthWord {
    /// A region's word, with the rows that it objects to, ascending.
    ///
    /// # Errors
    /// [`BadObjections`].
    pub fn new(
        region: RegionCode,
        month: Month,
        digest: Digest,
        objected: Vec<ObjectedRow>,
        officer: OfficerName,
        at: Timestamp,
    ) -> Result<Self, BadObjections> {
        let ascends = objected.is_sorted_by(|one, next| one.pair < next.pair);
        let is_own = objected.iter().all(|row| row.pair.names(region));
        if !ascends || !is_own || objected.len() > OBJECTIONS_AT_MOST {
            return Err(BadObjections);
        }
        Ok(Self {
            region,
            month,
            digest,
            objected,
            officer,
            at,
        })
    }

    /// The rows that it does not confirm.
    #[must_use]
    pub fn objected(&self) -> &[ObjectedRow] {
        &self.objected
    }

    /// Whether it says the same as another, whenever.
    #[must_use]
    pub fn says_as(&self, other: &Self) -> bool {
        let Self {
            region,
            month,
            digest,
            objected,
            officer: _,
            at: _,
        } = self;
        (*region, month, *digest, objected)
            == (other.region, &other.month, other.digest, &other.objected)
    }

    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"HTMW\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes
    }
}

/// A region's word with its signature and the certificates of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedMonthWord {
    /// What is signed.
    pub word: MonthWord,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`MonthWord::signed_bytes`].
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(CertifiedMonthWord {
    word,
    algorithm,
    key_id,
    signature,
    signer
});

impl Artifact for CertifiedMonthWord {
    const KIND: [u8; 4] = *b"MWRC";
    const VERSION: u16 = 1;
}
