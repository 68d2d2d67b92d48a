//! A late claim that was put to the new home and that no receipt ends, given up.
//!
//! The backup of a restored node has it as put, and it was committed since: its legs came back from the clearinghouse, and no
//! word on it. Where legs of its reversal owe as much back it never stands again, and its id is given up like that of any other
//! settlement of which legs say so (`restored`); where they owe something else, an officer gives it up (`give_up`). The new
//! home has counted it in, since nothing is committed before that; but what it counted was lost here and may be another sum
//! than was put. So it is told that the id is given up, and takes back what it counts under it: nothing when it was told of the
//! reversal before.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{Handed, LateGivenUp};
use huitong_core::record::transfer::HandWritten;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::outcome::{NOT_LEFT, Put};
use super::word;
use crate::home::refusing::{Refused, refused};
use crate::home::relation::handed_over;
use crate::store::{Leaving, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// The word to the new home of whoever was handed over that a settlement is given up.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn given_up_told(
    home: RegionCode,
    left: &Leaving,
    (treatment, settlement): (RegionCode, SettlementId),
    salt: [u8; 16],
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<NodeRecord, StoreError> {
    let given_up = LateGivenUp {
        transfer: left.transfer,
        number: left.number,
        treatment,
        settlement,
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
        let of = (treatment, settlement);
        let told = given_up_told(home, &left, of, self.hand_salt, rows, at)?;
        let records = vec![NodeRecord::HomeRefused(record), told, ended];
        Ok(Verdict::Append(records, ()))
    }
}
