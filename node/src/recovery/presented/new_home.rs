//! What the new home of somebody who was handed over is told of a settlement that had stood here, and is presented as taken back.
//!
//! It counts what stood when the person was handed over. So it is told as by an ordinary reversal, in one frame with it: unless
//! the hand-over was made without the settlement, or the word on its reversal came back with the others.

use huitong_core::date::Timestamp;
use huitong_core::id::TransferId;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::Committed;
use huitong_core::recovery::ReturnedWord;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::super::moved::Told;
use crate::home::late::reversal_told;
use crate::home::relation::handed_over;
use crate::home::restored::is_left_out;
use crate::ledger::Ledger;
use crate::store::{Rows, StoreError};

/// By which transfer the person of what is presented was handed over, and what the new home makes of it.
pub(super) struct NewHome(Option<(TransferId, Makes)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// It goes on counting it until it is told.
    Counts,
    /// It counts it no more, or never did, or it stands.
    Knows,
}

impl NewHome {
    /// What the journal says of it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub(super) fn read(
        ledger: &Ledger,
        region: RegionCode,
        returned: &ReturnedWord,
    ) -> Result<Self, StoreError> {
        let Some(left) = handed_over(ledger, returned.claim.person.psn_no)? else {
            return Ok(Self(None));
        };
        let mut makes = Makes::Knows;
        if let Some(reversal) = &returned.word.reversal {
            let of = (region, returned.word.receipt.body.clearing.settlement);
            let told = Told::read(ledger, left.new_home)?;
            if told.counts(left.transfer, of, reversal.person.version) {
                makes = Makes::Counts;
            }
        }
        Ok(Self(Some((left.transfer, makes))))
    }

    /// The word to it that a settlement which stood in the region until now is taken back, or why that cannot be written.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub(super) fn told(
        &self,
        (region, stood): (RegionCode, Option<&Committed>),
        returned: &ReturnedWord,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Result<Option<NodeRecord>, Refusal>, StoreError> {
        let (Some(reversal), Some(original)) = (&returned.word.reversal, stood) else {
            return Ok(Ok(None));
        };
        let left = handed_over(rows, original.claim.person.psn_no)?;
        if left.as_ref().map(|left| left.transfer) != self.0.map(|(transfer, _)| transfer) {
            // They were handed over meanwhile: whoever presents it again is told how it stands.
            let settlement = returned.word.receipt.body.clearing.settlement;
            return Ok(Err(Refusal::new(RefusalCode::Overloaded, settlement)));
        }
        let Some((left, (_, Makes::Counts))) = left.zip(self.0) else {
            return Ok(Ok(None));
        };
        if is_left_out(rows, left.new_home)? {
            return Ok(Err(Refusal::new(RefusalCode::LeftOut, left.new_home)));
        }
        let word = reversal_told(region, &left, original, &reversal.salt, rows, now)?;
        Ok(Ok(Some(word)))
    }
}
