//! An officer's review of an emergency that an institution stated and that counted as filed.
//!
//! A rejection takes nothing back: the settlement stands until it is reversed, which is another act with a
//! record of its own.

use huitong_core::date::Timestamp;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::person::{AskedBy, EmergencyFinding, EmergencyReviewed};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::act::{ActVerdict, act_id};
use crate::store::apply::person::asked_of_review;
use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A review to be decided.
#[derive(Debug, Clone)]
pub struct Review {
    /// The home region.
    pub own: RegionCode,
    /// Who.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The settlement.
    pub settlement: SettlementId,
    /// What was found.
    pub finding: EmergencyFinding,
}

impl Command for Review {
    type Answer = ActVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<ActVerdict>, StoreError> {
        let act = act_id(self.own, &AskedBy::Officer(self.by.clone()), self.request);
        let record = EmergencyReviewed {
            act,
            by: self.by,
            request: self.request,
            treatment: self.treatment,
            settlement: self.settlement,
            finding: self.finding,
            at: now,
        };
        if let Some(row) = rows.act(act)? {
            let same = row.asked == asked_of_review(&record);
            let answer = if same {
                ActVerdict::Done
            } else {
                ActVerdict::Conflict
            };
            return Ok(Verdict::Answer(answer));
        }
        if rows.emergency(self.treatment, self.settlement)?.is_none() {
            let refusal = Refusal::new(RefusalCode::NothingToReview, self.settlement);
            return Ok(Verdict::Answer(ActVerdict::Refused(refusal)));
        }
        Ok(Verdict::Append(
            vec![NodeRecord::EmergencyReviewed(record)],
            ActVerdict::Done,
        ))
    }
}
