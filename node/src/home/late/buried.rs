//! A late claim that was put to the new home and that no receipt ends, given up.
//!
//! The backup of a restored node has it as put, and it was committed since: its legs came back from the clearinghouse, and no
//! word on it. Where legs of its reversal owe as much back it never stands again, and its id is given up like that of any other
//! settlement of which legs say so (`restored`); where they owe something else, an officer gives it up (`give_up`). The new
//! home has counted it in, since nothing is committed before that; but what it counted was lost here and may be another sum
//! than was put. So it is told that the id is given up, and takes back what it counts under it: nothing when it was told of the
//! reversal before.
//!
//! Where a later restore loses the tombstone too, the word on it comes back from the new home, which counts nothing in under
//! the id any more: the id is buried again, whatever its legs say, and is not put to it.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{GivenUpBy, Handed, LateGivenUp};
use huitong_core::record::transfer::HandWritten;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::outcome::{NOT_LEFT, Put};
use super::word;
use crate::home::burial::Burial;
use crate::home::refusing::{Refused, refused};
use crate::home::relation::handed_over;
use crate::store::{HomeId, Leaving, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// The word to the new home of whoever was handed over that a settlement is given up.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn given_up_told(
    home: RegionCode,
    left: &Leaving,
    (of, by): (HomeId, Option<GivenUpBy>),
    salt: [u8; 16],
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<NodeRecord, StoreError> {
    let given_up = LateGivenUp {
        transfer: left.transfer,
        number: left.number,
        treatment: of.treatment,
        settlement: of.settlement,
        by,
    };
    let handed = Handed::GivenUp(given_up);
    let word = word((home, left.new_home), handed, salt, rows, at)?;
    Ok(NodeRecord::HandWritten(HandWritten::new(word)))
}

/// Gives such a claim up.
pub(super) struct BuryLate {
    /// What was put to the new home.
    pub(super) put: Put,
    /// The salt of the tombstone.
    pub(super) salt: [u8; 16],
    /// The salt of the word to the new home.
    pub(super) hand_salt: [u8; 16],
}

impl Command for BuryLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        if !self.put.waits(rows)? {
            return Ok(Verdict::Answer(()));
        }
        let ended = self.put.ended(at);
        let (settlement, claim) = (self.put.record.settlement, self.put.record.claim);
        let (treatment, home) = (claim.treatment, claim.person.home);
        let record = refused(Refused {
            settlement,
            home,
            treatment,
            refusal: Refusal::new(RefusalCode::Abandoned, at),
            request: RefusedRequest::Claim(claim.binding()),
            salt: self.salt,
            at,
        })?;
        let left = handed_over(rows, claim.person.psn_no)?.ok_or(NOT_LEFT)?;
        let of = HomeId {
            treatment,
            settlement,
        };
        let told = given_up_told(home, &left, (of, None), self.hand_salt, rows, at)?;
        let records = vec![NodeRecord::HomeRefused(record), told, ended];
        Ok(Verdict::Append(records, ()))
    }
}

/// Buries again what the backup has as put to the new home, which says that it is given up, or was told so.
pub(super) struct BuryAgain {
    /// What was put to the new home.
    pub(super) put: Put,
    /// The salt of the tombstone.
    pub(super) salt: [u8; 16],
}

impl Command for BuryAgain {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        if !self.put.waits(rows)? {
            return Ok(Verdict::Answer(()));
        }
        let claim = &self.put.record.claim;
        let burial = Burial {
            of: HomeId {
                treatment: claim.treatment,
                settlement: self.put.record.settlement,
            },
            home: claim.person.home,
            request: RefusedRequest::Claim(claim.binding()),
            salt: self.salt,
        };
        let (_, records) = burial.buried(rows, at)?;
        Ok(Verdict::Append(records, ()))
    }
}
