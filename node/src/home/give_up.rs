//! Giving up a settlement whose receipt a restore lost, by an officer, when nothing else ends it.
//!
//! Its legs are with the clearinghouse and say that it stood, so by itself it is committed again for their amounts or not at
//! all (`restored`). Where a new decision comes to other amounts, or legs of a reversal owe something else, an officer
//! who has asked where the person was treated ends it by a tombstone that says who did so and why; it is journaled, signed
//! and repeated for the id like any other. No leg follows from it and none is taken back: nobody reports the other side
//! of those that came back, so they stay as they are and are in no cycle (PROTOCOL 11, 13). The visit is free, and is settled
//! under another id. What stands is never given up; it is reversed.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ReversalReason;

use super::HomeRole;
use super::refusing::{Refused, refused};
use super::restored::{is_left_out, legs_standing};
use crate::chance::salt;
use crate::error::NodeError;
use crate::store::{HomeState, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A settlement to be given up.
pub struct GiveUp {
    /// The home region.
    pub home: RegionCode,
    /// The region whose id it is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// The officer.
    pub by: OfficerName,
    /// Why.
    pub reason: ReversalReason,
    /// The salt of the tombstone, should there be one.
    pub salt: [u8; 16],
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// It can never commit, from now on or since before.
    Buried,
    /// It stands, or no legs of it came back.
    Nothing,
    /// It is a late claim that is being put to the person's new home.
    Offered,
    /// The node serves without what the treatment region holds: the receipt may be there.
    LeftOut,
}

impl Command for GiveUp {
    type Answer = GivenUp;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<GivenUp>, StoreError> {
        let (treatment, settlement) = (self.treatment, self.settlement);
        let row = rows.home_settlement(treatment, settlement)?;
        match row.map(|row| row.state) {
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {
                return Ok(Verdict::Answer(GivenUp::Buried));
            }
            Some(HomeState::Committed(_) | HomeState::Reversed(_)) => {
                return Ok(Verdict::Answer(GivenUp::Nothing));
            }
            None => {}
        }
        if !self.lost_its_receipt(rows)? {
            return Ok(Verdict::Answer(GivenUp::Nothing));
        }
        if is_left_out(rows, treatment)? {
            return Ok(Verdict::Answer(GivenUp::LeftOut));
        }
        if rows.late_claim(treatment, settlement)?.is_some() {
            return Ok(Verdict::Answer(GivenUp::Offered));
        }
        let record = refused(Refused {
            settlement,
            home: self.home,
            treatment,
            refusal: Refusal::new(
                RefusalCode::Abandoned,
                format_args!("{}: {}", self.by, self.reason),
            ),
            request: RefusedRequest::Unseen,
            salt: self.salt,
            at: now,
        })?;
        let records = vec![NodeRecord::HomeRefused(record)];
        Ok(Verdict::Append(records, GivenUp::Buried))
    }
}

impl GiveUp {
    /// Whether legs came back by which this region owes that one for it.
    fn lost_its_receipt(&self, rows: &dyn Rows) -> Result<bool, StoreError> {
        let standing = legs_standing(rows, self.settlement, LegKind::Settlement)?;
        let parties = (self.home, self.treatment);
        Ok(standing.is_some_and(|standing| {
            let mut legs = standing.legs.iter();
            legs.all(|leg| (leg.leg.debtor, leg.leg.creditor) == parties)
        }))
    }
}

impl HomeRole {
    /// Gives up a settlement whose legs came back and whose receipt nobody has. Said again, it changes nothing.
    ///
    /// # Errors
    /// `recovery.nothing_to_give_up`, another refusal, or the node's own trouble.
    pub async fn give_up(
        &self,
        (treatment, settlement): (RegionCode, SettlementId),
        by: OfficerName,
        reason: ReversalReason,
    ) -> Result<(), NodeError> {
        self.is_not_erased(settlement)?;
        // A late claim that was put to the person's new home has its outcome first, if it can have one.
        self.finish_late(treatment, settlement).await?;
        let command = GiveUp {
            home: self.region,
            treatment,
            settlement,
            by,
            reason,
            salt: salt(&*self.chance),
        };
        let code = match self.writer.run(command).await?.answer {
            GivenUp::Buried => {
                tracing::info!(%settlement, "an officer gave up what a restore had lost the receipt of");
                return Ok(());
            }
            GivenUp::Nothing => RefusalCode::NothingToGiveUp,
            GivenUp::Offered => RefusalCode::OutcomeUnknown,
            GivenUp::LeftOut => return Err(NodeError::refused(RefusalCode::LeftOut, treatment)),
        };
        Err(NodeError::refused(code, settlement))
    }
}

#[cfg(test)]
mod tests;
