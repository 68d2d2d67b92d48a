//! Late claims: care of the old cover, asked for after the person was handed over (PROTOCOL 21).
//!
//! The totals are the new home's. So the old home asks how the person stands there and writes that down as a new
//! version of its own record; on this the treatment region computes, and the old home again. Before the receipt
//! leaves, what the claim comes to is put to the new home, which counts it in if its record has not moved. Until
//! that has an outcome nothing else of the person is decided here. Whatever breaks off goes on from the journal.

pub mod buried;
pub(crate) mod outcome;

use std::pin::Pin;
use std::sync::Arc;

use huitong_core::claim::Claim;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::decision::Decision;
use huitong_core::digest::sha256_parts;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{
    HandWord, Handed, HandedVisit, LateOffer, LateStanding, Supplement,
};
use huitong_core::record::home::Committed;
use huitong_core::record::transfer::{HandWritten, LateMirrored, LateOffered};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::Deadline;

use super::figures::paid;
use super::refusing::Under;
use super::relation::{Relation, handed_over, relation};
use super::{CommitOutcome, HomeRole};
use crate::chance::salt;
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{Leaving, Rows, StoreError, Stream, StreamHead, account_now, incarnation};
use crate::writer::{Command, Verdict};

use buried::{BuryAgain, BuryLate};
use outcome::{CommitLate, CountedIn, EndLate, NOT_LEFT, Put, RefuseLate};

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
    /// How a person stands there, if it answers until `due`.
    fn standing(&self, leaving: Leaving, due: Deadline) -> Answer<'_, LateStanding>;

    /// Puts a late claim to a new home, which may answer until `due`.
    fn offer(&self, new_home: RegionCode, offer: LateOffer, due: Deadline) -> Answer<'_, Offered>;
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
        // Of two answers the later stands, in whatever order they come.
        let is_known = |leaving: &Leaving| leaving.mirror.is_some_and(|mirror| mirror.of >= of);
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

/// What a settlement comes to at the new home.
#[must_use]
pub(super) fn supplement(leaving: &Leaving, of: HandedVisit, decision: &Decision) -> Supplement {
    Supplement {
        transfer: leaving.transfer,
        number: leaving.number,
        of,
        totals: decision.totals.clone(),
        paid: paid(decision),
    }
}

/// The word to the new home of whoever was handed over that a settlement of the old cover is taken back.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn reversal_told(
    home: RegionCode,
    left: &Leaving,
    original: &Committed,
    salt: &[u8; 16],
    rows: &dyn Rows,
    at: Timestamp,
) -> Result<NodeRecord, StoreError> {
    let part = &original.body().clearing;
    let of = HandedVisit {
        treatment: part.treatment,
        settlement: part.settlement,
        visit: original.claim.visit_key(),
    };
    let mut told = supplement(left, of, &original.decision);
    // What the accounts lacked here since a restore is filled here, and only what is left goes to those of the new home.
    if let Some(account) = rows.account(original.claim.person.psn_no)? {
        told.paid = account.left_of(told.paid);
    }
    let handed = Handed::Reversal(told);
    // What the reversal is salted with stays between this region and the treatment region.
    let digest = sha256_parts(&[b"HTHS\x00\x01", salt]);
    let (salt, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    let word = word((home, left.new_home), handed, *salt, rows, at)?;
    Ok(NodeRecord::HandWritten(HandWritten::new(word)))
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
        due: Deadline,
    ) -> Result<(), NodeError> {
        if let Relation::Late(leaving) = relation(&*self.ledger, psn_no, admitted)?
            && leaving.offered.is_none()
        {
            let standing = self.new_homes()?.standing(leaving, due).await?;
            self.writer.run(MirrorLate { psn_no, standing }).await?;
        }
        Ok(())
    }

    /// The outcome of a late claim that was put to the new home: its receipt, why it is
    /// refused, or the person as they stand now.
    pub(super) async fn late(
        &self,
        claim: &Claim,
        settlement: SettlementId,
        due: Deadline,
    ) -> Result<CommitOutcome, NodeError> {
        let treatment = claim.treatment;
        self.finish_late(treatment, settlement, due).await?;
        if self
            .ledger
            .home_settlement(treatment, settlement)?
            .is_some()
        {
            return Ok(match self.under(treatment, settlement).await? {
                Under::Committed(word) => CommitOutcome::Committed(word),
                Under::Refused(refusal) => CommitOutcome::Refused(refusal),
            });
        }
        self.mirror_if_late(claim.person.psn_no, claim.visit.admitted, due)
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
        due: Deadline,
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
        let leaving = handed_over(&*self.ledger, row.psn_no)?.ok_or(NOT_LEFT)?;
        let offer = offer_of(&leaving, &offered);
        let put = Put {
            record: offered,
            at: row.at,
        };
        // It is given up, and a restore lost all but the word on it.
        if self.ledger.given_up(treatment, settlement)?.is_some() {
            let salt = salt(&*self.chance);
            self.writer.run(BuryAgain { put, salt }).await?;
            return Ok(());
        }
        match self.new_homes()?.offer(leaving.new_home, offer, due).await {
            Ok(Offered::Taken) => self.counted_in(put).await,
            Ok(Offered::Stale) => {
                self.writer.run(EndLate(put)).await?;
                Ok(())
            }
            // The person went on from there: it can never be counted in under this offer.
            Err(NodeError::Refused(refusal)) if refusal.code == RefusalCode::MemberMoved => {
                self.writer.run(EndLate(put)).await?;
                Err(refusal.into())
            }
            // It was told that it is given up, and this region has not even that word back.
            Err(NodeError::Refused(refusal)) if refusal.code == RefusalCode::Abandoned => {
                let salt = salt(&*self.chance);
                self.writer.run(BuryAgain { put, salt }).await?;
                Ok(())
            }
            // The visit stands there, and can stand nowhere else.
            Err(NodeError::Refused(refusal))
                if refusal.code == RefusalCode::VisitAlreadySettled =>
            {
                let salt = salt(&*self.chance);
                let command = RefuseLate { put, refusal, salt };
                let told = self.writer.run(command).await?.answer;
                told.map_or(Ok(()), |refusal| Err(refusal.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// A late claim that the new home has counted in: it stands, unless legs that came back after a restore say that it was
    /// taken back, or owe something else.
    async fn counted_in(&self, put: Put) -> Result<(), NodeError> {
        let settlement = put.record.settlement;
        let (salt, hand_salt) = (salt(&*self.chance), salt(&*self.chance));
        match put.counted_in(&*self.ledger)? {
            CountedIn::Stands => {
                let command = CommitLate {
                    put,
                    calendar: Arc::clone(&self.calendar),
                    salt,
                    hand_salt,
                };
                self.writer.run(command).await?;
            }
            CountedIn::TakenBack => {
                let command = BuryLate {
                    put,
                    salt,
                    hand_salt,
                };
                self.writer.run(command).await?;
            }
            // An officer ends it (`give_up`).
            CountedIn::Otherwise => {
                return Err(NodeError::refused(RefusalCode::LegStands, settlement));
            }
        }
        Ok(())
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
    let of = HandedVisit {
        treatment: claim.treatment,
        settlement: *settlement,
        visit: claim.visit_key(),
    };
    LateOffer {
        supplement: supplement(leaving, of, decision),
        on: *on,
    }
}
