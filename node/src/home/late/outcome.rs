//! The outcome of a late claim that was put to the new home: it stands, is ended, or is refused for good.
//!
//! Whoever settles and the rounds of the transfer desk may bring the same claim to its outcome at once, and an
//! ended one can be put again on newer totals. So each outcome is of one offer, known by its place in the journal:
//! an answer to an earlier one changes nothing.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::coverage::Balances;
use huitong_core::date::Timestamp;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{Handed, HandedVisit};
use huitong_core::record::home::{Commitment, Committed};
use huitong_core::record::transfer::{HandWritten, LateEnded, LateOffered};
use huitong_core::refusal::{Refusal, RefusalCode};

use super::{supplement, word};
use crate::home::commit::{Commit, CommitVerdict, Recomputed};
use crate::home::figures::amounts;
use crate::home::refusing::{Refused, refused};
use crate::home::relation::handed_over;
use crate::home::restored::{Bound, bound};
use crate::store::{Location, Rows, StoreError, account_now};
use crate::writer::{Command, Verdict};

pub(super) const NOT_LEFT: StoreError =
    StoreError::Inconsistent("a late claim of a person who was not handed over");

/// What becomes of a late claim that the new home has counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountedIn {
    /// It stands.
    Stands,
    /// It stood before a restore and was taken back.
    TakenBack,
    /// Its legs owe something else than it was put for, or those of its reversal do: the new home has counted in what they owe,
    /// and nothing follows by itself.
    Otherwise,
}

/// A late claim as it was put to the new home, and where that is written.
pub(crate) struct Put {
    /// The record.
    pub(crate) record: LateOffered,
    /// Its place.
    pub(crate) at: Location,
}

impl Put {
    /// Whether it is this offer that waits.
    pub(super) fn waits(&self, rows: &dyn Rows) -> Result<bool, StoreError> {
        let row = rows.late_claim(self.record.claim.treatment, self.record.settlement)?;
        Ok(row.is_some_and(|row| row.at == self.at))
    }

    /// What becomes of it when the new home has counted it in, by the legs of it that came back after a restore, if any did.
    pub(super) fn counted_in(&self, rows: &dyn Rows) -> Result<CountedIn, StoreError> {
        Ok(match bound(rows, self.record.settlement)? {
            Some(Bound::TakenBack) => CountedIn::TakenBack,
            Some(Bound::Unclear) => CountedIn::Otherwise,
            Some(Bound::Stood { amounts: told, .. }) => {
                let amounts = amounts(&self.record.decision);
                let amounts = amounts.map_err(|_| StoreError::Range("the payment of a fund"))?;
                if told == amounts {
                    CountedIn::Stands
                } else {
                    CountedIn::Otherwise
                }
            }
            None => CountedIn::Stands,
        })
    }

    pub(super) fn ended(&self, at: Timestamp) -> NodeRecord {
        NodeRecord::LateEnded(LateEnded {
            psn_no: self.record.claim.person.psn_no,
            treatment: self.record.claim.treatment,
            settlement: self.record.settlement,
            at,
        })
    }
}

/// Ends a late claim that the new home did not count in.
pub(super) struct EndLate(pub(super) Put);

impl Command for EndLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        if self.0.waits(rows)? {
            Ok(Verdict::Append(vec![self.0.ended(at)], ()))
        } else {
            Ok(Verdict::Answer(()))
        }
    }
}

/// A late claim whose visit stands at the new home already: its id is refused for good. The answer is what whoever
/// asked is told when it cannot be.
pub(super) struct RefuseLate {
    /// What was put to the new home.
    pub(super) put: Put,
    /// The new home's word.
    pub(super) refusal: Refusal,
    /// The salt of the refusal.
    pub(super) salt: [u8; 16],
}

impl Command for RefuseLate {
    type Answer = Option<Refusal>;

    fn decide(
        self,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Verdict<Option<Refusal>>, StoreError> {
        if !self.put.waits(rows)? {
            return Ok(Verdict::Answer(None));
        }
        let ended = self.put.ended(at);
        let LateOffered {
            settlement, claim, ..
        } = self.put.record;
        // With legs at the clearinghouse since before a restore it stood, and is not refused silently.
        if bound(rows, settlement)?.is_some() {
            let told = Refusal::new(RefusalCode::LegStands, settlement);
            return Ok(Verdict::Append(vec![ended], Some(told)));
        }
        let record = refused(Refused {
            settlement,
            home: claim.person.home,
            treatment: claim.treatment,
            refusal: self.refusal,
            request: RefusedRequest::Claim(claim.binding()),
            salt: self.salt,
            at,
        })?;
        let records = vec![NodeRecord::HomeRefused(record), ended];
        Ok(Verdict::Append(records, None))
    }
}

/// A late claim that the new home has counted in: it stands.
pub(super) struct CommitLate {
    /// What was put to the new home.
    pub(super) put: Put,
    /// Which days are business days.
    pub(super) calendar: Arc<Calendar>,
    /// The salt of the receipt.
    pub(super) salt: [u8; 16],
    /// The salt of the word to the new home.
    pub(super) hand_salt: [u8; 16],
}

impl Command for CommitLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        if !self.put.waits(rows)? {
            return Ok(Verdict::Answer(()));
        }
        let ended = self.put.ended(now);
        let LateOffered {
            settlement,
            claim,
            decision,
            snapshot,
            ..
        } = self.put.record;
        let (treatment, home) = (claim.treatment, claim.person.home);
        let psn_no = claim.person.psn_no;
        let leaving = handed_over(rows, psn_no)?.ok_or(NOT_LEFT)?;
        let account = account_now(rows, psn_no)?;
        let mut account = account.ok_or(StoreError::Inconsistent("a member without an account"))?;
        account.balances = snapshot.balances;
        account.version.change = snapshot.version.change;
        let of = HandedVisit {
            treatment,
            settlement,
            visit: claim.visit_key(),
        };
        let commit = Commit {
            settlement,
            claim,
            version: snapshot.version,
            policy: snapshot.policy,
            recomputed: Recomputed {
                snapshot: None,
                outcome: Ok(decision.clone()),
                change: 0,
            },
            // What a signed snapshot promised was promised on totals that are the new home's now: no loss is borne.
            promise: None,
            calendar: self.calendar,
            salt: self.salt,
        };
        let stood = commit.stand(decision, snapshot, &account, rows, now)?;
        let (records, verdict) = match stood {
            Verdict::Append(records, verdict) => (records, verdict),
            Verdict::Answer(verdict) => (Vec::new(), verdict),
        };
        let ([NodeRecord::Committed(record)], CommitVerdict::Committed { .. }) =
            (&*records, verdict)
        else {
            return Err(StoreError::Inconsistent(
                "a late claim that was counted in does not stand",
            ));
        };
        let record = without_money(record);
        let supplement = supplement(&leaving, of, &record.decision);
        let word = word(
            (home, leaving.new_home),
            Handed::Claim(supplement),
            self.hand_salt,
            rows,
            now,
        )?;
        Ok(Verdict::Append(
            vec![
                NodeRecord::Committed(record),
                NodeRecord::HandWritten(HandWritten::new(word)),
                ended,
            ],
            (),
        ))
    }
}

/// The same commit on accounts that are the new home's: here they hold nothing.
fn without_money(record: &Committed) -> Committed {
    Committed::new(
        record.body().clone(),
        Commitment {
            salt: record.salt,
            claim: record.claim.clone(),
            decision: record.decision.clone(),
            snapshot: record.snapshot.clone(),
            after: record.after,
            totals: record.totals.clone(),
            balances: Balances::NONE,
            legs_from: record.legs_from,
        },
    )
}

#[cfg(test)]
pub(crate) mod tests;
