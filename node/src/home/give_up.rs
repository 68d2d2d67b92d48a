//! Giving up a settlement whose receipt a restore lost, by an officer, when nothing else ends it.
//!
//! Its legs are with the clearinghouse and say that it stood, so by itself it is committed again for their amounts or not at
//! all (`restored`). Where a new decision comes to other amounts, or legs of a reversal owe something else, an officer
//! who has asked where the person was treated ends it by a tombstone that says who did so and why; it is journaled, signed
//! and repeated for the id like any other. No leg follows from it and none is taken back: nobody reports the other side
//! of those that came back, so they stay as they are and are in no cycle (PROTOCOL 11, 13). The visit is free, and is settled
//! under another id. What stands is never given up; it is reversed.
//!
//! A late claim was counted in at the person's new home before it was committed, under figures that are lost here. So the new
//! home is told of the id, and takes back what it counts under it (`late::buried`): whose it is the claim says that was put to
//! it, or the officer, who names the person where it was never put.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::GivenUpBy;
use huitong_core::record::home::HomeRefused;
use huitong_core::record::transfer::LateEnded;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ReversalReason;
use huitong_transport::Deadline;

use super::HomeRole;
use super::late::buried::given_up_told;
use super::refusing::{Refused, refused};
use super::relation::handed_over;
use super::restored::{is_left_out, legs_standing};
use crate::chance::salt;
use crate::error::NodeError;
use crate::store::{HomeId, HomeState, Leaving, Location, Rows, StoreError};
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
    /// Whose it is, where the officer says so.
    pub person: Option<PsnNo>,
    /// Where it is written as put to the person's new home, which has counted it in and will never have another outcome.
    pub counted_in: Option<Location>,
    /// The salt of the tombstone, should there be one.
    pub salt: [u8; 16],
    /// The salt of the word to the new home, should there be one.
    pub hand_salt: [u8; 16],
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
    /// Whom the officer names was not handed over from here: no new home would be told. Nothing is written.
    NotMoved,
    /// The node serves without a region since its restore: the treatment region, which may have the receipt, or the new home,
    /// to which nothing is numbered until then.
    LeftOut(RegionCode),
}

impl Command for GiveUp {
    type Answer = GivenUp;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<GivenUp>, StoreError> {
        let (treatment, settlement) = (self.treatment, self.settlement);
        let row = rows.home_settlement(treatment, settlement)?;
        let told_of = rows.given_up(treatment, settlement)?;
        let is_told = told_of.is_some();
        let mut records = Vec::new();
        let mut of = self.person;
        match row.map(|row| row.state) {
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) => {}
            Some(HomeState::Committed(_) | HomeState::Reversed(_)) => {
                return Ok(Verdict::Answer(GivenUp::Nothing));
            }
            None => {
                if !is_told && !self.lost_its_receipt(rows)? {
                    return Ok(Verdict::Answer(GivenUp::Nothing));
                }
                if is_left_out(rows, treatment)? {
                    return Ok(Verdict::Answer(GivenUp::LeftOut(treatment)));
                }
                records.push(NodeRecord::HomeRefused(self.tombstone(now)?));
            }
        }
        let put = rows.late_claim(treatment, settlement)?;
        if let Some(row) = put {
            if !is_told && self.counted_in != Some(row.at) {
                return Ok(Verdict::Answer(GivenUp::Offered));
            }
            of = Some(row.psn_no);
        }
        // Whoever had not named the person, or another, does so now. Said again of the same it is told already.
        let left = of.map(|psn_no| handed_over(rows, psn_no)).transpose()?;
        if let Some(left) = left {
            let Some(left) = left else {
                return Ok(Verdict::Answer(GivenUp::NotMoved));
            };
            if told_of != Some(left.transfer) {
                if is_left_out(rows, left.new_home)? {
                    return Ok(Verdict::Answer(GivenUp::LeftOut(left.new_home)));
                }
                records.push(self.told(&left, rows, now)?);
            }
        }
        records.extend(put.map(|row| {
            NodeRecord::LateEnded(LateEnded {
                psn_no: row.psn_no,
                treatment,
                settlement,
                at: now,
            })
        }));
        Ok(if records.is_empty() {
            Verdict::Answer(GivenUp::Buried)
        } else {
            Verdict::Append(records, GivenUp::Buried)
        })
    }
}

impl GiveUp {
    /// The word to the new home of whoever has gone there.
    fn told(
        &self,
        left: &Leaving,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<NodeRecord, StoreError> {
        let of = HomeId {
            treatment: self.treatment,
            settlement: self.settlement,
        };
        let by = GivenUpBy {
            officer: self.by.clone(),
            reason: self.reason,
        };
        given_up_told(self.home, left, (of, Some(by)), self.hand_salt, rows, now)
    }

    fn tombstone(&self, at: Timestamp) -> Result<HomeRefused, StoreError> {
        refused(Refused {
            settlement: self.settlement,
            home: self.home,
            treatment: self.treatment,
            refusal: Refusal::new(
                RefusalCode::Abandoned,
                format_args!("{}: {}", self.by, self.reason),
            ),
            request: RefusedRequest::Unseen,
            salt: self.salt,
            at,
        })
    }

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
    /// Gives up a settlement whose legs came back and whose receipt nobody has. Said again, it changes nothing here.
    ///
    /// # Errors
    /// `recovery.nothing_to_give_up`, another refusal, or the node's own trouble.
    pub async fn give_up(
        &self,
        (treatment, settlement): (RegionCode, SettlementId),
        person: Option<PsnNo>,
        by: OfficerName,
        reason: ReversalReason,
        due: Deadline,
    ) -> Result<(), NodeError> {
        self.is_not_erased(settlement)?;
        self.ledger.barrier().await?;
        let put = self.ledger.late_claim(treatment, settlement)?;
        // A late claim that was put to the person's new home has its outcome first, if it can have one.
        let counted_in = match self.finish_late(treatment, settlement, due).await {
            Ok(()) => None,
            // The new home has counted it in, and its legs say something else: nothing but this ends it.
            Err(NodeError::Refused(why)) if why.code == RefusalCode::LegStands => put,
            Err(error) => return Err(error),
        };
        let command = GiveUp {
            home: self.region,
            treatment,
            settlement,
            by,
            reason,
            person,
            counted_in: counted_in.map(|row| row.at),
            salt: salt(&*self.chance),
            hand_salt: salt(&*self.chance),
        };
        let code = match self.writer.run(command).await?.answer {
            GivenUp::Buried => {
                tracing::info!(%settlement, "an officer gave up what a restore had lost the receipt of");
                return Ok(());
            }
            GivenUp::Nothing => RefusalCode::NothingToGiveUp,
            GivenUp::Offered => RefusalCode::OutcomeUnknown,
            GivenUp::NotMoved => RefusalCode::TransferUnknown,
            GivenUp::LeftOut(region) => {
                return Err(NodeError::refused(RefusalCode::LeftOut, region));
            }
        };
        Err(NodeError::refused(code, settlement))
    }
}

#[cfg(test)]
mod tests;
