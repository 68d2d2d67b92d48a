//! An act on a person's record, decided by the writer: id, person, credential, the act itself.
//!
//! The id follows from the home region, who asks and the id they gave; the same request under it answers what
//! the first one did, another one is refused. A refusal writes nothing and leaves the id free: whoever acts
//! waits for the answer. Every act is a new version of the person, so that a settlement decided on the record
//! as it stood before is stale.

use std::sync::Arc;

use huitong_core::canonical::encode_to_vec;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::digest::sha256_parts;
use huitong_core::id::{ActId, FilingId, RequestId};
use huitong_core::person::{Credential, PsnNo};
use huitong_core::record::NodeRecord;
use huitong_core::record::person::{AskedBy, PersonChange, PersonChanged};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::change::{Effect, effect};
use super::filing::Acting;
use super::person::Person;
use super::rule::FilingRule;
use crate::home::relation::in_the_way;
use crate::store::apply::person::asked;
use crate::store::{Account, Filings, Rows, StoreError, account_now, erased_act, incarnation};
use crate::writer::{Command, Verdict};

/// An act to be decided.
pub struct ChangePerson {
    /// The home region.
    pub own: RegionCode,
    /// Who asks, by certificate.
    pub by: AskedBy,
    /// Their own id of the request.
    pub request: RequestId,
    /// Whose record.
    pub psn_no: PsnNo,
    /// What is asked for.
    pub change: PersonChange,
    /// What was read at the counter; none for an officer, who needs none.
    pub credential: Option<Credential>,
    /// The region's rule for filings.
    pub rule: Arc<FilingRule>,
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActVerdict {
    /// It is done, now or before.
    Done,
    /// The id was used for another request.
    Conflict,
    /// It is refused, and nothing changed.
    Refused(Refusal),
}

/// The id of an act.
#[must_use]
pub fn act_id(own: RegionCode, by: &AskedBy, request: RequestId) -> ActId {
    let digest = sha256_parts(&[b"HTAC\x00\x01", &encode_to_vec(&(own, by.clone(), request))]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    ActId::from_bytes(*first)
}

/// The filing that an act makes.
#[must_use]
pub const fn filing_of(act: ActId) -> FilingId {
    FilingId::from_bytes(act.to_bytes())
}

/// The civil day of a moment in Shanghai.
///
/// # Errors
/// [`StoreError::Range`] past the calendar.
pub fn day_of(now: Timestamp) -> Result<ServiceDate, StoreError> {
    let day = now.business_day_shanghai();
    ServiceDate::new(day.year(), day.month(), day.day())
        .map_err(|_| StoreError::Range("the calendar's days"))
}

impl Command for ChangePerson {
    type Answer = ActVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<ActVerdict>, StoreError> {
        let act = act_id(self.own, &self.by, self.request);
        if let Some(row) = rows.act(act)? {
            let same = row.asked == asked(self.psn_no, &self.change);
            let answer = if same {
                ActVerdict::Done
            } else {
                ActVerdict::Conflict
            };
            return Ok(Verdict::Answer(answer));
        }
        if let Some(refusal) = erased_act(rows, act)? {
            return Ok(Verdict::Answer(ActVerdict::Refused(refusal)));
        }
        if let Some(refusal) = in_the_way(rows, self.psn_no)? {
            return Ok(Verdict::Answer(ActVerdict::Refused(refusal)));
        }
        let expected = rows.relation(self.psn_no)?.and_then(|row| row.arriving);
        if let (PersonChange::Enrol(_), Some(transfer)) = (&self.change, expected) {
            let refusal = Refusal::new(RefusalCode::TransferStands, transfer);
            return Ok(Verdict::Answer(ActVerdict::Refused(refusal)));
        }
        let account = account_now(rows, self.psn_no)?;
        let person = self.person(rows, account.as_ref())?;
        let today = day_of(now)?;
        match self.effect(&person, act, today) {
            Err(refusal) => Ok(Verdict::Answer(ActVerdict::Refused(refusal))),
            Ok(effect) => {
                let account = match account {
                    Some(account) => account,
                    None => Account::new(incarnation(rows)?),
                };
                let record = self.record(act, effect, &account, now);
                Ok(Verdict::Append(
                    vec![NodeRecord::PersonChanged(record)],
                    ActVerdict::Done,
                ))
            }
        }
    }
}

impl ChangePerson {
    fn person(&self, rows: &dyn Rows, account: Option<&Account>) -> Result<Person, StoreError> {
        Ok(Person {
            psn_no: self.psn_no,
            member: rows.member(self.psn_no)?,
            filings: rows.filings(self.psn_no)?.unwrap_or(Filings(Vec::new())).0,
            died: rows.death(self.psn_no)?,
            totals: account.map_or(0, |account| account.totals.len()),
        })
    }

    fn effect(&self, person: &Person, act: ActId, today: ServiceDate) -> Result<Effect, Refusal> {
        if let (Some(shown), Some(member)) = (&self.credential, &person.member)
            && !member.credentials.contains(shown)
        {
            return Err(Refusal::new(RefusalCode::CredentialMismatch, ""));
        }
        let acting = Acting {
            own: self.own,
            by: &self.by,
            today,
            id: filing_of(act),
            rule: &self.rule,
        };
        effect(&self.change, person, &acting)
    }

    fn record(self, act: ActId, effect: Effect, account: &Account, at: Timestamp) -> PersonChanged {
        let Effect {
            member,
            filings,
            death,
            totals,
            balances,
        } = effect;
        PersonChanged {
            act,
            by: self.by,
            request: self.request,
            psn_no: self.psn_no,
            change: self.change,
            after: account.next_version(),
            member,
            filings,
            death,
            totals,
            balances,
            at,
        }
    }
}
