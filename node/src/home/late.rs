//! Late claims: care of the old cover, asked for after the person was handed over (PROTOCOL 21).
//!
//! The totals are the new home's. So the old home asks how the person stands there and writes that down as a new
//! version of its own record; on this the treatment region computes, and the old home again. Before the receipt
//! leaves, what the claim comes to is put to the new home, which counts it in if its record has not moved. Until
//! that has an outcome nothing else of the person is decided here. Whatever breaks off goes on from the journal.

use std::pin::Pin;
use std::sync::Arc;

use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{
    HandWord, Handed, HandedVisit, LateOffer, LateStanding, Supplement,
};
use huitong_core::record::home::{Commitment, Committed};
use huitong_core::record::transfer::{HandWritten, LateEnded, LateMirrored, LateOffered};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::commit::{Commit, CommitVerdict, Recomputed};
use super::relation::{Relation, handed_over, relation};
use super::{CommitOutcome, HomeRole};
use crate::chance::salt;
use crate::clock::Calendar;
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{Leaving, Rows, StoreError, Stream, StreamHead, account_now, incarnation};
use crate::writer::{Command, Verdict};

const NOT_LEFT: StoreError =
    StoreError::Inconsistent("a late claim of a person who was not handed over");

/// An answer that is waited for.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, NodeError>> + Send + 'a>>;

/// What a new home says to a late claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It is counted in, durably.
    Taken,
    /// The person's record has changed there, and nothing was counted in.
    Stale,
}

/// The way to the new homes of people who were handed over.
pub trait NewHomes: Send + Sync {
    /// How a person stands there.
    fn standing(&self, leaving: Leaving) -> Answer<'_, LateStanding>;

    /// Puts a late claim to a new home.
    fn offer(&self, new_home: RegionCode, offer: LateOffer) -> Answer<'_, Offered>;
}

/// Writes down how a person stands at the new home.
struct MirrorLate {
    psn_no: PsnNo,
    standing: LateStanding,
}

impl Command for MirrorLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { psn_no, standing } = self;
        let leaving = handed_over(rows, psn_no)?;
        let of = standing.version;
        let is_known = |leaving: &Leaving| leaving.mirror.is_some_and(|mirror| mirror.of == of);
        let Some(_) = leaving.filter(|known| !is_known(known) && known.offered.is_none()) else {
            return Ok(Verdict::Answer(()));
        };
        let account = account_now(rows, psn_no)?;
        let account = account.ok_or(StoreError::Inconsistent("a member without an account"))?;
        let record = LateMirrored {
            psn_no,
            of,
            totals: standing.totals,
            balances: standing.balances,
            after: account.next_version(),
            at,
        };
        Ok(Verdict::Append(vec![NodeRecord::LateMirrored(record)], ()))
    }
}

/// Ends a late claim that the new home did not count in.
struct EndLate {
    treatment: RegionCode,
    settlement: SettlementId,
}

impl Command for EndLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let (treatment, settlement) = (self.treatment, self.settlement);
        let Some(row) = rows.late_claim(treatment, settlement)? else {
            return Ok(Verdict::Answer(()));
        };
        let record = LateEnded {
            psn_no: row.psn_no,
            treatment,
            settlement,
            at,
        };
        Ok(Verdict::Append(vec![NodeRecord::LateEnded(record)], ()))
    }
}

/// A late claim that the new home has counted in: it stands.
pub struct CommitLate {
    /// What was put to the new home.
    pub offered: LateOffered,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
    /// The salt of the receipt.
    pub salt: [u8; 16],
    /// The salt of the word to the new home.
    pub hand_salt: [u8; 16],
}

impl Command for CommitLate {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let LateOffered {
            settlement,
            claim,
            decision,
            snapshot,
            ..
        } = self.offered;
        let (treatment, home) = (claim.treatment, claim.person.home);
        let psn_no = claim.person.psn_no;
        if rows.late_claim(treatment, settlement)?.is_none() {
            return Ok(Verdict::Answer(()));
        }
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
        let supplement = supplement(&leaving, of, &record);
        let word = word(
            (home, leaving.new_home),
            Handed::Claim(supplement),
            self.hand_salt,
            rows,
            now,
        )?;
        let ended = LateEnded {
            psn_no,
            treatment,
            settlement,
            at: now,
        };
        Ok(Verdict::Append(
            vec![
                NodeRecord::Committed(record),
                NodeRecord::HandWritten(HandWritten::new(word)),
                NodeRecord::LateEnded(ended),
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

/// What a settlement comes to at the new home.
#[must_use]
pub(super) fn supplement(leaving: &Leaving, of: HandedVisit, record: &Committed) -> Supplement {
    Supplement {
        transfer: leaving.transfer,
        number: leaving.number,
        of,
        totals: record.decision.totals.clone(),
        paid: Balances {
            own: record.decision.own_account,
            family: record.decision.family_account,
        },
    }
}

/// The next word from an old home to a new one.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn word(
    (old_home, new_home): (RegionCode, RegionCode),
    handed: Handed,
    salt: [u8; 16],
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<HandWord, StoreError> {
    let head = rows.stream(Stream::Hands(new_home))?;
    Ok(HandWord {
        number: head.unwrap_or(StreamHead::EMPTY).written.saturating_add(1),
        old_home,
        new_home,
        incarnation: incarnation(rows)?,
        salt,
        handed,
        at,
    })
}

impl HomeRole {
    /// Tells the role its way to the new homes of people who leave. The first word stands.
    pub fn reaches(&self, new_homes: Arc<dyn NewHomes>) {
        drop(self.new_homes.set(new_homes));
    }

    fn new_homes(&self) -> Result<&dyn NewHomes, StoreError> {
        let known = self.new_homes.get().map(AsRef::as_ref);
        known.ok_or(StoreError::Inconsistent("there is no way to a new home"))
    }

    /// For a late claim: has the person's standing at the new home written down here, if it is not known.
    pub(super) async fn mirror_if_late(
        &self,
        psn_no: PsnNo,
        admitted: ServiceDate,
    ) -> Result<(), NodeError> {
        if let Relation::Late(leaving) = relation(&*self.ledger, psn_no, admitted)?
            && leaving.offered.is_none()
        {
            let standing = self.new_homes()?.standing(leaving).await?;
            self.writer.run(MirrorLate { psn_no, standing }).await?;
        }
        Ok(())
    }

    /// The outcome of a late claim that was put to the new home: its receipt, or the person as they stand now.
    pub(super) async fn late(
        &self,
        claim: &Claim,
        settlement: SettlementId,
    ) -> Result<CommitOutcome, NodeError> {
        let treatment = claim.treatment;
        self.finish_late(treatment, settlement).await?;
        if self
            .ledger
            .home_settlement(treatment, settlement)?
            .is_some()
        {
            let word = self.word(treatment, settlement).await?;
            return Ok(CommitOutcome::Committed(word));
        }
        self.mirror_if_late(claim.person.psn_no, claim.visit.admitted)
            .await?;
        self.fresh(claim).map(CommitOutcome::Stale)
    }

    /// Brings a late claim that was put to the new home to its outcome. Nothing is done when it has one.
    ///
    /// # Errors
    /// A refusal, such as that the new home cannot be reached, or the node's own trouble.
    pub async fn finish_late(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<(), NodeError> {
        self.ledger.barrier().await?;
        let Some(row) = self.ledger.late_claim(treatment, settlement)? else {
            return Ok(());
        };
        let NodeRecord::LateOffered(offered) = self.ledger.record(row.at)? else {
            return Err(
                StoreError::Inconsistent("a late claim's place holds another record").into(),
            );
        };
        let lost = StoreError::Inconsistent("a late claim of a person who was not handed over");
        let leaving = handed_over(&*self.ledger, row.psn_no)?.ok_or(lost)?;
        let offer = offer_of(&leaving, &offered);
        let end = EndLate {
            treatment,
            settlement,
        };
        match self.new_homes()?.offer(leaving.new_home, offer).await {
            Ok(Offered::Taken) => {
                let command = CommitLate {
                    offered,
                    calendar: Arc::clone(&self.calendar),
                    salt: salt(&*self.chance),
                    hand_salt: salt(&*self.chance),
                };
                self.writer.run(command).await?;
                Ok(())
            }
            Ok(Offered::Stale) => {
                self.writer.run(end).await?;
                Ok(())
            }
            // The person went on from there: it can never be counted in under this offer.
            Err(NodeError::Refused(refusal)) if refusal.code == RefusalCode::MemberMoved => {
                self.writer.run(end).await?;
                Err(refusal.into())
            }
            Err(error) => Err(error),
        }
    }
}

fn offer_of(leaving: &Leaving, offered: &LateOffered) -> LateOffer {
    let LateOffered {
        settlement,
        claim,
        decision,
        on,
        ..
    } = offered;
    let on: PersonVersion = *on;
    LateOffer {
        supplement: Supplement {
            transfer: leaving.transfer,
            number: leaving.number,
            of: HandedVisit {
                treatment: claim.treatment,
                settlement: *settlement,
                visit: claim.visit_key(),
            },
            totals: decision.totals.clone(),
            paid: Balances {
                own: decision.own_account,
                family: decision.family_account,
            },
        },
        on,
    }
}
