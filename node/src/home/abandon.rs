//! Giving an id up: what stands under it, or a tombstone after which it can never commit.

use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::HomeTombstone;
use huitong_core::refusal::Refusal;
use huitong_core::region::RegionCode;

use crate::store::{HomeState, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// An id to be given up.
pub struct Abandon {
    /// The region whose id it is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
}

/// What stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AbandonVerdict {
    /// A receipt, and a reversal if it was reversed since.
    Committed,
    /// A final refusal.
    Refused(Refusal),
    /// A tombstone, since this moment.
    Tombstone(Timestamp),
}

impl Command for Abandon {
    type Answer = AbandonVerdict;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<AbandonVerdict>, StoreError> {
        let Self {
            treatment,
            settlement,
        } = self;
        Ok(
            match rows
                .home_settlement(treatment, settlement)?
                .map(|row| row.state)
            {
                Some(HomeState::Committed(_) | HomeState::Reversed(_)) => {
                    Verdict::Answer(AbandonVerdict::Committed)
                }
                Some(HomeState::Refused(refusal)) => {
                    Verdict::Answer(AbandonVerdict::Refused(refusal))
                }
                Some(HomeState::Tombstone(at)) => Verdict::Answer(AbandonVerdict::Tombstone(at)),
                None => {
                    let record = HomeTombstone {
                        settlement,
                        treatment,
                        at: now,
                    };
                    Verdict::Append(
                        vec![NodeRecord::HomeTombstone(record)],
                        AbandonVerdict::Tombstone(now),
                    )
                }
            },
        )
    }
}
