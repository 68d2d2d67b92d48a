//! Whether a settlement stands: id, visit, version, decision, in this order (PROTOCOL 3).
//!
//! The id comes first, so that a repeated commit is answered by what was decided, whatever happened to the
//! person since. A final refusal is journaled under the id; a stale version leaves no trace. A decision under
//! a policy that another one has replaced meanwhile is as stale as one on totals that have moved.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::canonical::Artifact;
use huitong_core::claim::{BoundField, Claim};
use huitong_core::coverage::{PersonVersion, Snapshot};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::receipt::{ClearingPart, PersonalPart, ReceiptBody};
use huitong_core::record::NodeRecord;
use huitong_core::record::home::{Commitment, Committed, HomeRefused};
use huitong_core::record::provisional::TruedUp;
use huitong_core::record::transfer::LateOffered;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::burial::Burial;
use super::figures::{amounts, balances_after, totals_after, with_loss};
use super::refusing::{Refused, refused};
use super::relation::{Relation, relation, stands_elsewhere};
use super::restored::{Bound, bound};
use super::signing::Promise;
use crate::store::{
    Account, HomeId, Leaving, PolicyChanges, Rows, StoreError, Stream, StreamHead, account_now,
    standing_visit,
};
use crate::writer::{Command, Verdict};

/// The home region's own word on a claim.
#[derive(Debug, Clone)]
pub struct Recomputed {
    /// How the person stands; none when the person is unknown or not covered.
    pub snapshot: Option<Snapshot>,
    /// The decision on it, equal to the one received, or why there is none.
    pub outcome: Result<Decision, Refusal>,
    /// The number of the last change of what decides that was known.
    pub change: u64,
}

/// A claim to be committed.
pub struct Commit {
    /// The treatment region's id.
    pub settlement: SettlementId,
    /// What is asked for.
    pub claim: Claim,
    /// The version that the treatment region computed on.
    pub version: PersonVersion,
    /// The policy that the treatment region computed under.
    pub policy: Digest,
    /// What the home region computed itself.
    pub recomputed: Recomputed,
    /// What was promised for it while this region could not be reached.
    pub promise: Option<Promise>,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
    /// The salt of the receipt, should there be one.
    pub salt: [u8; 16],
}

/// What the writer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitVerdict {
    /// It stands from now on.
    Committed {
        /// What is signed of its receipt.
        body: ReceiptBody,
        /// The receipt's salt.
        salt: [u8; 16],
    },
    /// The id had its outcome before.
    Repeated,
    /// It is finally refused from now on.
    Refused(Box<HomeRefused>),
    /// The id was used for a request that differs here; that request's outcome stands.
    Conflict(BoundField),
    /// The person's record has changed, or the policy that decides.
    Stale,
    /// Legs of it with other amounts, or of its reversal, are with the clearinghouse since before a restore.
    LegStands,
    /// The person is on the way to another home, which is named: nothing is decided yet.
    Moving(RegionCode),
    /// A late claim: it stands if the new home counts it in.
    Offered,
}

impl Command for Commit {
    type Answer = CommitVerdict;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<CommitVerdict>, StoreError> {
        if let Some(known) = self.by_id(rows)? {
            return Ok(Verdict::Answer(known));
        }
        if let Some(buried) = self.buried_again(rows, now)? {
            return Ok(buried);
        }
        // Neither does it stand anew, nor is it put to a new home.
        if let Some(Bound::TakenBack | Bound::Unclear) = bound(rows, self.settlement)? {
            return Ok(Verdict::Answer(CommitVerdict::LegStands));
        }
        let claim = &self.claim;
        let late = match relation(rows, claim.person.psn_no, claim.visit.admitted)? {
            Relation::Here => None,
            Relation::Moving(to) => return Ok(Verdict::Answer(CommitVerdict::Moving(to))),
            Relation::Moved(to) => {
                return self.refuse(Refusal::new(RefusalCode::MemberMoved, to), rows, now);
            }
            Relation::Late(leaving) => match leaving.offered {
                Some(other) if other == self.id() => {
                    return Ok(Verdict::Answer(CommitVerdict::Offered));
                }
                Some(_) => return Ok(Verdict::Answer(CommitVerdict::Moving(leaving.new_home))),
                None => Some(leaving),
            },
        };
        if let Some(other) = stands_elsewhere(rows, self.settlement, claim)? {
            let refusal = Refusal::new(RefusalCode::VisitAlreadySettled, other);
            return self.refuse(refusal, rows, now);
        }
        if let Some(other) = standing_visit(rows, &claim.visit_key(), &claim.visit)? {
            let refusal = Refusal::new(RefusalCode::VisitAlreadySettled, other);
            return self.refuse(refusal, rows, now);
        }
        let account = account_now(rows, claim.person.psn_no)?;
        let current = account.as_ref().map(|account| account.version);
        let recomputed = self
            .recomputed
            .snapshot
            .as_ref()
            .map(|snapshot| snapshot.version);
        // Whether a person is known or covered does not hang on the version that was named.
        if recomputed.is_some() && (current != Some(self.version) || recomputed != current) {
            return Ok(Verdict::Answer(CommitVerdict::Stale));
        }
        if self.is_policy_stale(rows)? {
            return Ok(Verdict::Answer(CommitVerdict::Stale));
        }
        match (
            self.recomputed.outcome.clone(),
            self.recomputed.snapshot.clone(),
            account,
        ) {
            // The transfer has gone on, or was called back, since this was computed: no outcome follows from it.
            (Err(refusal), _, _) if refusal.code == RefusalCode::MemberMoving => {
                Ok(Verdict::Answer(CommitVerdict::Stale))
            }
            (Err(refusal), _, _) => self.refuse(refusal, rows, now),
            (Ok(decision), Some(snapshot), Some(account)) => match late {
                None => self.stand(decision, snapshot, &account, rows, now),
                Some(leaving) => self.offer(decision, snapshot, &leaving, rows, now),
            },
            (Ok(_), _, _) => Err(StoreError::Inconsistent("a decision without a person")),
        }
    }
}

impl Commit {
    /// Whether another policy decides than the one computed under, here or in the treatment region. What was
    /// published or withdrawn since either looked counts from the record on, synced or not.
    fn is_policy_stale(&self, rows: &dyn Rows) -> Result<bool, StoreError> {
        let changes = rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
        let deciding = self
            .recomputed
            .snapshot
            .as_ref()
            .map(|snapshot| snapshot.policy);
        Ok(self.recomputed.change != changes.changes
            || deciding.is_some_and(|policy| policy != self.policy))
    }

    fn by_id(&self, rows: &dyn Rows) -> Result<Option<CommitVerdict>, StoreError> {
        let Some(row) = rows.home_settlement(self.claim.treatment, self.settlement)? else {
            return Ok(None);
        };
        let differs = row
            .binding
            .and_then(|binding| binding.first_difference(&self.claim.binding()));
        Ok(Some(
            differs.map_or(CommitVerdict::Repeated, CommitVerdict::Conflict),
        ))
    }

    /// The tombstone of what the new home was told is given up, when a restore lost it.
    fn buried_again(
        &self,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Option<Verdict<CommitVerdict>>, StoreError> {
        let burial = Burial {
            of: self.id(),
            home: self.claim.person.home,
            request: RefusedRequest::Claim(self.claim.binding()),
            salt: self.salt,
        };
        let buried = burial.if_told(rows, at)?;
        Ok(buried.map(|(record, records)| {
            Verdict::Append(records, CommitVerdict::Refused(Box::new(record)))
        }))
    }

    /// Refuses it for good, unless legs of it are with the clearinghouse since before a restore: then it stood.
    fn refuse(
        &self,
        refusal: Refusal,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Verdict<CommitVerdict>, StoreError> {
        if bound(rows, self.settlement)?.is_some() {
            return Ok(Verdict::Answer(CommitVerdict::LegStands));
        }
        let record = refused(Refused {
            settlement: self.settlement,
            home: self.claim.person.home,
            treatment: self.claim.treatment,
            refusal,
            request: RefusedRequest::Claim(self.claim.binding()),
            salt: self.salt,
            at,
        })?;
        Ok(Verdict::Append(
            vec![NodeRecord::HomeRefused(record.clone())],
            CommitVerdict::Refused(Box::new(record)),
        ))
    }

    const fn id(&self) -> HomeId {
        HomeId {
            treatment: self.claim.treatment,
            settlement: self.settlement,
        }
    }

    /// A late claim waits for the new home to count it in (PROTOCOL 21).
    fn offer(
        self,
        decision: Decision,
        snapshot: Snapshot,
        leaving: &Leaving,
        rows: &dyn Rows,
        at: Timestamp,
    ) -> Result<Verdict<CommitVerdict>, StoreError> {
        // Legs that came back owe something else: it would not stand when it is counted in, and hold up whatever else of the
        // person is to be decided.
        if let Some(Bound::Stood { amounts: told, .. }) = bound(rows, self.settlement)?
            && told != amounts(&decision).map_err(|_| StoreError::Range("the payment of a fund"))?
        {
            return Ok(Verdict::Answer(CommitVerdict::LegStands));
        }
        // The hand-over was acknowledged since this was computed: the new home's totals are not known yet.
        let Some(mirror) = leaving.mirror else {
            return Ok(Verdict::Answer(CommitVerdict::Stale));
        };
        let record = LateOffered {
            settlement: self.settlement,
            claim: self.claim,
            decision,
            snapshot,
            on: mirror.of,
            at,
        };
        let records = vec![NodeRecord::LateOffered(record)];
        Ok(Verdict::Append(records, CommitVerdict::Offered))
    }

    pub(super) fn stand(
        self,
        decision: Decision,
        snapshot: Snapshot,
        account: &Account,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<CommitVerdict>, StoreError> {
        let true_up = self.true_up(&decision);
        let amounts = with_loss(amounts(&decision), true_up)
            .map_err(|_| StoreError::Range("the payment of a fund"))?;
        let business_day = match bound(rows, self.settlement)? {
            Some(Bound::Stood {
                amounts: told,
                business_day,
            }) if told == amounts => business_day,
            Some(Bound::Stood { .. } | Bound::TakenBack | Bound::Unclear) => {
                return Ok(Verdict::Answer(CommitVerdict::LegStands));
            }
            None => self.open_day(rows, now)?,
        };
        let after = account.next_version();
        let body = self.body(&decision, amounts, after, business_day, rows, now)?;
        let head = |stream| {
            rows.stream(stream)
                .map(|head| head.unwrap_or(StreamHead::EMPTY))
        };
        // Also when legs of it came back: they name a receipt that is lost, and agree with no leg of this one.
        let legs_from = head(Stream::Legs)?.written.saturating_add(1);
        let (claim, settlement) = (&self.claim, self.settlement);
        let trued_up = true_up.map(|true_up| TruedUp {
            treatment: claim.treatment,
            settlement,
            person: claim.person,
            true_up,
            at: now,
        });
        let commitment = Commitment {
            salt: self.salt,
            totals: totals_after(&decision, account)?,
            balances: balances_after(&decision, account.balances)
                .map_err(|_| StoreError::Range("the balance of an account"))?,
            claim: self.claim,
            decision,
            snapshot,
            after,
            legs_from,
        };
        let record = Committed::new(body.clone(), commitment);
        let answer = CommitVerdict::Committed {
            body,
            salt: self.salt,
        };
        let mut records = vec![NodeRecord::Committed(record)];
        records.extend(trued_up.map(NodeRecord::TruedUp));
        Ok(Verdict::Append(records, answer))
    }

    fn true_up(&self, decision: &Decision) -> Option<TrueUp> {
        let promise = self.promise?;
        Some(TrueUp::of(
            promise.told,
            decision.cash,
            promise.bears_at_most,
        ))
    }

    fn open_day(&self, rows: &dyn Rows, now: Timestamp) -> Result<BusinessDay, StoreError> {
        let last_closed = rows.last_closed_day()?.map(|row| row.day);
        let day = self.calendar.day_of(now, last_closed);
        day.map_err(|_| StoreError::Range("the calendar's days"))
    }

    fn body(
        &self,
        decision: &Decision,
        amounts: Vec<(Fund, Fen)>,
        after: PersonVersion,
        business_day: BusinessDay,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<ReceiptBody, StoreError> {
        let claim = &self.claim;
        let stream = Stream::Receipts(claim.treatment);
        let number = rows
            .stream(stream)?
            .unwrap_or(StreamHead::EMPTY)
            .written
            .saturating_add(1);
        let personal = PersonalPart {
            person: claim.person,
            claim: claim.digest(),
            decision: decision.digest(),
            version: after,
        };
        Ok(ReceiptBody {
            number,
            clearing: ClearingPart {
                settlement: self.settlement,
                home: claim.person.home,
                treatment: claim.treatment,
                amounts,
                business_day,
                policy: decision.policy,
                catalogue: decision.catalogue,
                engine: decision.engine,
            },
            personal: personal.commitment(&self.salt),
            incarnation: after.incarnation,
            committed_at: now,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
