//! Whether assistance is granted, and whether it stands no more. Pure, decided by the writer.
//!
//! The order of a grant: id, gap, transfer, year, version, policy. A withdrawal takes back exactly what the grant
//! added, in the year it added it to; a total that was set lower meanwhile ends at zero.

use huitong_core::assistance::AssessedYear;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::{ActId, RequestId};
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::AssistanceEndReason;

use crate::home::relation::in_the_way;
use crate::home::restored::missing;
use crate::people::act::day_of;
use crate::people::totals::totals_with;
use crate::store::{Account, PolicyChanges, Rows, StoreError, account_now, erased_act};
use crate::writer::{Command, Verdict};

/// A year to be granted.
pub(super) struct Grant {
    /// The act's id.
    pub(super) act: ActId,
    /// Who.
    pub(super) by: OfficerName,
    /// Their own id.
    pub(super) request: RequestId,
    /// What was assessed.
    pub(super) year: AssessedYear,
    /// The number of the last change of policies that was known then.
    pub(super) change: u64,
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GrantVerdict {
    /// It is done, now or before.
    Done,
    /// It is refused, and nothing changed.
    Refused(Refusal),
    /// The person's record, or what decides, has changed since it was assessed.
    Stale,
}

/// What stands under an act's id, if it was used: done, or why it is another request.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub(super) fn known(
    rows: &dyn Rows,
    act: ActId,
    asked: (PsnNo, ServiceDate),
) -> Result<Option<GrantVerdict>, StoreError> {
    if let Some(row) = rows.assistance(act)? {
        return Ok(Some(match row.first_difference(asked.0, asked.1) {
            // Done and undone: whoever asks again would pay out what does not stand.
            None if row.withdrawn.is_some() => {
                GrantVerdict::Refused(Refusal::new(RefusalCode::AssistanceEnded, act))
            }
            None => GrantVerdict::Done,
            Some(field) => GrantVerdict::Refused(Refusal::new(RefusalCode::IdConflict, field)),
        }));
    }
    if let Some(refusal) = erased_act(rows, act)? {
        return Ok(Some(GrantVerdict::Refused(refusal)));
    }
    // The id was given to another kind of act.
    let other = rows.act(act)?.is_some();
    Ok(other.then(|| GrantVerdict::Refused(Refusal::new(RefusalCode::IdConflict, "act"))))
}

/// Why nothing is granted or withdrawn, whatever the figures.
fn barred(rows: &dyn Rows, psn_no: PsnNo) -> Result<Option<Refusal>, StoreError> {
    match missing(rows, psn_no)? {
        0 => in_the_way(rows, psn_no),
        missing => Ok(Some(Refusal::new(RefusalCode::PersonHeld, missing))),
    }
}

/// Why a year cannot be granted to a person now, whatever the figures.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub(super) fn bars(
    rows: &dyn Rows,
    psn_no: PsnNo,
    year: u16,
) -> Result<Option<Refusal>, StoreError> {
    if let Some(refusal) = barred(rows, psn_no)? {
        return Ok(Some(refusal));
    }
    let standing = rows.assistance_of(psn_no, year)?;
    Ok(standing.map(|act| Refusal::new(RefusalCode::AssistanceStands, act)))
}

impl Command for Grant {
    type Answer = GrantVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<GrantVerdict>, StoreError> {
        let (psn_no, on) = (self.year.psn_no(), self.year.on());
        if let Some(known) = known(rows, self.act, (psn_no, on))? {
            return Ok(Verdict::Answer(known));
        }
        if on > day_of(now)? {
            let refusal = Refusal::new(RefusalCode::Malformed, "on");
            return Ok(Verdict::Answer(GrantVerdict::Refused(refusal)));
        }
        if let Some(refusal) = bars(rows, psn_no, on.year())? {
            return Ok(Verdict::Answer(GrantVerdict::Refused(refusal)));
        }
        let account = account_now(rows, psn_no)?;
        let changes = rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
        let Some(account) = account.filter(|it| it.version == self.year.snapshot.version) else {
            return Ok(Verdict::Answer(GrantVerdict::Stale));
        };
        if changes.changes != self.change {
            return Ok(Verdict::Answer(GrantVerdict::Stale));
        }
        let Some(totals) = totals_with(&self.year.changes, &account)? else {
            let refusal = Refusal::new(RefusalCode::RecordFull, "totals");
            return Ok(Verdict::Answer(GrantVerdict::Refused(refusal)));
        };
        let record = AssistanceGranted {
            act: self.act,
            by: self.by,
            request: self.request,
            year: self.year,
            after: account.next_version(),
            totals,
            at: now,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::AssistanceGranted(record)],
            GrantVerdict::Done,
        ))
    }
}

/// A grant that is to stand no more.
pub(super) struct Withdraw {
    /// As it was granted.
    pub(super) granted: AssistanceGranted,
    /// Why.
    pub(super) reason: AssistanceEndReason,
    /// Who.
    pub(super) by: OfficerName,
}

impl Command for Withdraw {
    type Answer = GrantVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<GrantVerdict>, StoreError> {
        let Self { granted, .. } = &self;
        let psn_no = granted.year.psn_no();
        let row = rows.assistance(granted.act)?;
        let row = row.ok_or(StoreError::Inconsistent("a grant is gone"))?;
        if row.withdrawn.is_some() {
            return Ok(Verdict::Answer(GrantVerdict::Done));
        }
        if let Some(refusal) = barred(rows, psn_no)? {
            return Ok(Verdict::Answer(GrantVerdict::Refused(refusal)));
        }
        let account = account_now(rows, psn_no)?;
        let account = account.ok_or(StoreError::Inconsistent("a grant without an account"))?;
        let record = taken_back(granted, &account, self.reason, self.by.clone(), now);
        Ok(Verdict::Append(
            vec![NodeRecord::AssistanceWithdrawn(record)],
            GrantVerdict::Done,
        ))
    }
}

/// A grant taken back from a record as it stands.
pub(super) fn taken_back(
    granted: &AssistanceGranted,
    account: &Account,
    reason: AssistanceEndReason,
    by: OfficerName,
    at: Timestamp,
) -> AssistanceWithdrawn {
    let totals = granted.year.changes.iter().map(|change| {
        let standing = account.totals.get(&change.slot).copied();
        let left = standing.unwrap_or_default().saturating_sub(change.adds);
        (change.slot.clone(), left.max(0))
    });
    AssistanceWithdrawn {
        act: granted.act,
        psn_no: granted.year.psn_no(),
        year: granted.year.on().year(),
        reason,
        by,
        after: account.next_version(),
        totals: totals.collect(),
        at,
    }
}

#[cfg(test)]
mod tests;
