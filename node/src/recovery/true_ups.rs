//! True-ups that come back to the home region, when it is known who has been handed over.
//!
//! A treatment region gives back how a settlement was trued up beside the receipt. Of a late claim the home region had
//! booked none (PROTOCOL 21): what it had promised before was promised on totals that are the new home's. Whether
//! a claim was late shows only when the hand-over is back as well, so true-ups are written last.

use std::collections::BTreeMap;

use huitong_core::date::Timestamp;
use huitong_core::person::PersonRef;
use huitong_core::provisional::TrueUp;
use huitong_core::record::NodeRecord;
use huitong_core::record::provisional::TruedUp;
use huitong_core::region::RegionCode;

use super::Recovery;
use super::moved::{Taken, Told};
use crate::error::NodeError;
use crate::home::relation::handed_over;
use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{HomeState, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A true-up that came back, and whose.
pub(super) type Returned = (PersonRef, TrueUp);

impl Recovery {
    /// Writes the true-ups that came back, but those that were the treatment region's alone.
    pub(super) async fn book_true_ups(&self) -> Result<(), NodeError> {
        let returned = self.trued_up().clone();
        let mut told = BTreeMap::new();
        for (of, returned) in returned {
            if !was_late(&self.ledger, &mut told, of)? {
                self.writer.run(BookTrueUp { of, returned }).await?;
            }
        }
        Ok(())
    }
}

/// Whether the home region decided a settlement after it had handed the person over, for care of the time before.
fn was_late(
    ledger: &Ledger,
    told: &mut BTreeMap<RegionCode, Told>,
    (treatment, settlement): Taken,
) -> Result<bool, StoreError> {
    let at = match ledger
        .home_settlement(treatment, settlement)?
        .map(|row| row.state)
    {
        Some(HomeState::Committed(at)) => at,
        Some(HomeState::Reversed(row)) => row.settled,
        Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => return Ok(false),
    };
    let Some(record) = ledger.record(at)?.into_committed() else {
        return Ok(false);
    };
    let Some(left) = handed_over(ledger, record.claim.person.psn_no)? else {
        return Ok(false);
    };
    let handed = Told::known(told, ledger, left.new_home)?.handed_at(left.transfer);
    Ok(record.claim.visit.admitted < left.from
        && handed.is_some_and(|handed| record.after > handed))
}

/// Writes a true-up beside the settlement that came back, once.
struct BookTrueUp {
    of: Taken,
    returned: Returned,
}

impl Command for BookTrueUp {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let (treatment, settlement) = self.of;
        let row = rows.home_settlement(treatment, settlement)?;
        let stood = match row.map(|row| row.state) {
            Some(HomeState::Committed(_) | HomeState::Reversed(_)) => true,
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => false,
        };
        if !stood || rows.trued_up(treatment, settlement)?.is_some() {
            return Ok(Verdict::Answer(()));
        }
        let (person, true_up) = self.returned;
        let record = TruedUp {
            treatment,
            settlement,
            person,
            true_up,
            at,
        };
        Ok(Verdict::Append(vec![NodeRecord::TruedUp(record)], ()))
    }
}

#[cfg(test)]
mod tests;
