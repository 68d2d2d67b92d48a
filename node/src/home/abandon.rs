//! Giving an id up: what stands under it, or a tombstone after which it can never commit.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::HomeRefused;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_transport::Deadline;

use super::burial::Burial;
use super::late::buried::given_up_told;
use super::refusing::{Refused, Under, refused, told};
use super::relation::handed_over;
use super::restored::{Bound, bound, is_left_out};
use super::{AbandonOutcome, HomeRole};
use crate::chance::salt;
use crate::error::NodeError;
use crate::store::{HomeId, HomeState, Leaving, Rows, StoreError};
use crate::writer::{Command, Done, Verdict};

/// An id to be given up.
pub struct Abandon {
    /// The home region.
    pub home: RegionCode,
    /// The region whose id it is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// Whose it is, where that is said.
    pub person: Option<PsnNo>,
    /// The salts of the tombstone and of the word to the person's new home, should there be one.
    pub salts: [[u8; 16]; 2],
}

/// What stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbandonVerdict {
    /// It had its outcome before.
    Repeated,
    /// A tombstone, from now on.
    Buried(Box<HomeRefused>),
    /// Legs of it are with the clearinghouse since before a restore, and do not say that it was taken back: it is not
    /// given up silently.
    LegStands,
    /// It is a late claim that is being put to the person's new home.
    Offered,
    /// The node serves without the person's new home since its restore, which would have to be told: nothing is written.
    LeftOut(RegionCode),
}

impl Command for Abandon {
    type Answer = AbandonVerdict;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<AbandonVerdict>, StoreError> {
        let Self {
            home,
            treatment,
            settlement,
            person,
            salts: [salt, hand_salt],
        } = self;
        let of = HomeId {
            treatment,
            settlement,
        };
        let told = match to_be_told(rows, (treatment, settlement), person)? {
            Some(left) if is_left_out(rows, left.new_home)? => {
                return Ok(Verdict::Answer(AbandonVerdict::LeftOut(left.new_home)));
            }
            Some(left) => {
                let told = given_up_told(home, &left, (of, None), hand_salt, rows, now)?;
                Some(told)
            }
            None => None,
        };
        if rows.home_settlement(treatment, settlement)?.is_some() {
            // Said again with the person: whoever had not named them does so now.
            return Ok(match told {
                Some(told) => Verdict::Append(vec![told], AbandonVerdict::Repeated),
                None => Verdict::Answer(AbandonVerdict::Repeated),
            });
        }
        let burial = Burial {
            of,
            home,
            request: RefusedRequest::Unseen,
            salt,
        };
        if let Some((record, mut records)) = burial.if_told(rows, now)? {
            records.extend(told);
            let buried = AbandonVerdict::Buried(Box::new(record));
            return Ok(Verdict::Append(records, buried));
        }
        if rows.late_claim(treatment, settlement)?.is_some() {
            return Ok(Verdict::Answer(AbandonVerdict::Offered));
        }
        match bound(rows, settlement)? {
            Some(Bound::Stood { .. } | Bound::Unclear) => {
                return Ok(Verdict::Answer(AbandonVerdict::LegStands));
            }
            Some(Bound::TakenBack) | None => {}
        }
        let record = refused(Refused {
            settlement,
            home,
            treatment,
            refusal: Refusal::new(RefusalCode::Abandoned, now),
            request: RefusedRequest::Unseen,
            salt,
            at: now,
        })?;
        let mut records = vec![NodeRecord::HomeRefused(record.clone())];
        records.extend(told);
        Ok(Verdict::Append(
            records,
            AbandonVerdict::Buried(Box::new(record)),
        ))
    }
}

impl HomeRole {
    /// Ends an id: what stands under it, or a tombstone.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn abandon(
        &self,
        treatment: RegionCode,
        (settlement, person): (SettlementId, Option<PsnNo>),
        due: Deadline,
    ) -> Result<AbandonOutcome, NodeError> {
        self.is_not_erased(settlement)?;
        let command = Abandon {
            home: self.region,
            treatment,
            settlement,
            person,
            salts: [salt(&*self.chance), salt(&*self.chance)],
        };
        let Done { answer, written } = self.writer.run(command).await?;
        Ok(match answer {
            AbandonVerdict::Repeated => match self.under(treatment, settlement).await? {
                Under::Committed(word) => AbandonOutcome::Committed(word),
                Under::Refused(refusal) => AbandonOutcome::Ended(refusal),
            },
            AbandonVerdict::LegStands => {
                return Err(NodeError::refused(RefusalCode::LegStands, settlement));
            }
            AbandonVerdict::LeftOut(region) => {
                return Err(NodeError::refused(RefusalCode::LeftOut, region));
            }
            AbandonVerdict::Offered => {
                self.finish_late(treatment, settlement, due).await?;
                return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
            }
            AbandonVerdict::Buried(record) => AbandonOutcome::Ended(told(&record, written)?),
        })
    }
}

/// To which new home it is told that an id is given up: before a restore it may have been put there, where it is counted in
/// until then. None of what stands or was refused, of what that home was told of or is being put to it, and of whom nobody
/// names.
fn to_be_told(
    rows: &dyn Rows,
    (treatment, settlement): (RegionCode, SettlementId),
    person: Option<PsnNo>,
) -> Result<Option<Leaving>, StoreError> {
    let Some(psn_no) = person else {
        return Ok(None);
    };
    let row = rows.home_settlement(treatment, settlement)?;
    let can_stand = row.is_some_and(|row| !matches!(row.state, HomeState::Tombstone(_)));
    if can_stand || rows.restored()?.is_none() || rows.late_claim(treatment, settlement)?.is_some()
    {
        return Ok(None);
    }
    let told_of = rows.given_up(treatment, settlement)?;
    let left = handed_over(rows, psn_no)?;
    Ok(left.filter(|left| told_of != Some(left.transfer)))
}
