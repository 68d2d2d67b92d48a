//! Whether a recorded settlement counts no more. Pure, decided by the writer.
//!
//! It takes back exactly what the record added, in the years it added it in, whatever happened since. A total
//! that was set lower meanwhile ends at zero.

use huitong_core::coverage::Balances;
use huitong_core::date::Timestamp;
use huitong_core::fund::Fund;
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::external::{ExternalNoted, ExternalWithdrawn};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::ExternalEndReason;

use crate::home::relation::in_the_way;
use crate::home::restored::missing;
use crate::store::{Rows, StoreError, account_now};
use crate::writer::{Command, Verdict};

/// A settlement that is to count no more.
pub(super) struct Withdraw {
    /// As it was recorded.
    pub(super) noted: ExternalNoted,
    /// Why.
    pub(super) reason: ExternalEndReason,
    /// Who.
    pub(super) by: OfficerName,
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WithdrawVerdict {
    /// It is withdrawn, now or before.
    Done,
    /// It is refused, and nothing changed.
    Refused(Refusal),
}

impl Command for Withdraw {
    type Answer = WithdrawVerdict;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<WithdrawVerdict>, StoreError> {
        let settlement = &self.noted.settlement;
        let row = rows.external(settlement.core_id.clone())?;
        let row = row.ok_or(StoreError::Inconsistent("a recorded settlement is gone"))?;
        if row.withdrawn.is_some() {
            return Ok(Verdict::Answer(WithdrawVerdict::Done));
        }
        match missing(rows, settlement.psn_no)? {
            0 => {}
            missing => {
                let refusal = Refusal::new(RefusalCode::PersonHeld, missing);
                return Ok(Verdict::Answer(WithdrawVerdict::Refused(refusal)));
            }
        }
        // The accounts and totals of whoever was handed over are the new home's.
        if let Some(refusal) = in_the_way(rows, settlement.psn_no)? {
            return Ok(Verdict::Answer(WithdrawVerdict::Refused(refusal)));
        }
        let account = account_now(rows, settlement.psn_no)?;
        let account = account.ok_or(StoreError::Inconsistent("a settlement without an account"))?;
        let totals = self.noted.changes.iter().map(|change| {
            let standing = account.totals.get(&change.slot).copied();
            let left = standing.unwrap_or_default().saturating_sub(change.adds);
            (change.slot.clone(), left.max(0))
        });
        let returned = account.given(returned(&self.noted));
        let record = ExternalWithdrawn {
            core_id: settlement.core_id.clone(),
            psn_no: settlement.psn_no,
            visit: settlement.visit_key(),
            reason: self.reason,
            by: self.by,
            begun: self.noted.begun.clone(),
            after: account.next_version(),
            totals: totals.collect(),
            balances: returned.map_err(|_| StoreError::Range("the balance of an account"))?,
            at: now,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::ExternalWithdrawn(record)],
            WithdrawVerdict::Done,
        ))
    }
}

/// What was paid from the accounts goes back to them.
fn returned(noted: &ExternalNoted) -> Balances {
    Balances {
        own: noted.settlement.paid_by(Fund::OwnAccount),
        family: noted.settlement.paid_by(Fund::FamilyAccount),
    }
}

#[cfg(test)]
mod tests;
