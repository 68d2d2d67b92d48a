//! Expense checks with other regions (费用协查): asked where people are insured, answered where they were treated.
//!
//! | module | its question |
//! |---|---|
//! | `facts` | What does the own book say of the settlement? |
//! | `records` | What the writer decides of what is said here |
//! | `booking` | What it decides of what comes from the other region |
//! | `words` | How is a signed word read out of the journal, and is one the other region's? |
//! | [`seen`] | How do checks stand? |
//! | `send` | What is sent, and said by the node itself? |
//! | `collect` | What is collected after a restore? |
//!
//! A word is signed, journaled and only then sent, and is sent again until the other region has booked it. What may
//! follow what is said by [`huitong_core::expense_check::course::Course`], which both nodes ask. A request is taken up
//! by itself on its day: until then it waits in the treatment region's list. Deliberately absent: any effect on a
//! settlement, a person's record or money; the audit deduction that an answer names is ordered for itself.

mod booking;
mod collect;
mod facts;
mod records;
#[cfg(test)]
pub(crate) mod samples;
pub mod seen;
mod send;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_certs::signing::CertifiedKey;
use huitong_core::calendar::Calendar;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::expense_check::{CheckSays, CheckTerms, Finding, SignedCheckWord};
use huitong_core::id::{CheckId, RequestId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CheckReason, SendBackReason};
use huitong_transport::{Certified, Deadline};

use self::booking::{Book, Coming};
pub use self::collect::Collecting;
use self::collect::{Collected, Giving};
use self::records::{Ask, Say};
use self::seen::CheckSeen;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::home::deduction::id_of;
use crate::ledger::Ledger;
use crate::peers::{Homes, Peer};
use crate::store::Rows;
use crate::writer::Writer;

/// Of which settlements a check may be asked, and by which days it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckRule {
    /// What the bill comes to at least.
    pub at_least: Fen,
    /// The days on which requests are taken up and answered.
    pub terms: CheckTerms,
    /// How many business days after an answer came it may be confirmed or sent back.
    pub confirm_days: u32,
}

impl CheckRule {
    /// 30,000 yuan, the 26th and the 26th, five business days, as the detailed rules of Hebei have it (articles 53 to 55).
    pub const STANDARD: Self = Self {
        at_least: match Fen::new(3_000_000) {
            Ok(amount) => amount,
            Err(_) => Fen::ZERO,
        },
        terms: CheckTerms::STANDARD,
        confirm_days: 5,
    };
}

/// What a home region's officer asks.
#[derive(Debug, Clone)]
pub struct AskWish {
    /// The officer, by the certificate.
    pub officer: OfficerName,
    /// The officer's own id of the request.
    pub request: RequestId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// Which settlement.
    pub settlement: SettlementId,
    /// Why.
    pub reason: CheckReason,
}

/// What an officer says in a check that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// The treatment region answers.
    Answer(Finding),
    /// The home region confirms.
    Confirm,
    /// The home region sends the answer back.
    SendBack(SendBackReason),
}

/// What a desk is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
    /// The other regions.
    pub homes: Homes,
    /// By which certificate the own words are known.
    pub certified: Certified,
    /// The rule.
    pub rule: CheckRule,
    /// How long the other region is waited for.
    pub call: Duration,
}

/// Where the region's side of checks is said and heard.
pub struct CheckDesk {
    parts: Parts,
    /// The day of the start.
    began: BusinessDay,
    /// The regions from which checks were collected since the start, where the journal was ever restored.
    collected: Mutex<BTreeMap<RegionCode, Collected>>,
    /// How far a region that is not collected has given back.
    giving: Mutex<BTreeMap<RegionCode, Giving>>,
    /// Of a region that is not collected: a check whose word came back and is not accepted, or at which it went wrong.
    not_accepted: Mutex<BTreeMap<RegionCode, (CheckId, Refusal)>>,
    /// With a region that had no time left for more in a round: at which check that was.
    left_at: Mutex<BTreeMap<RegionCode, CheckId>>,
    /// Why the other region did not take what is to be sent of a check, when it was last sent.
    held_up: Mutex<BTreeMap<CheckId, Refusal>>,
}

/// What is held in memory alone: whoever panicked with it left it whole.
fn held<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CheckDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            began: parts.clock.now().business_day_shanghai(),
            parts,
            collected: Mutex::new(BTreeMap::new()),
            giving: Mutex::new(BTreeMap::new()),
            not_accepted: Mutex::new(BTreeMap::new()),
            left_at: Mutex::new(BTreeMap::new()),
            held_up: Mutex::new(BTreeMap::new()),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.parts.region
    }

    /// Asks for a check, and waits at most so long for the other region to book it. Repeated under the same id, it
    /// answers how the check stands.
    ///
    /// # Errors
    /// A refusal: nothing was asked then; the node's own trouble.
    pub async fn ask(&self, wish: AskWish, due: Deadline) -> Result<CheckSeen, NodeError> {
        let region = self.parts.region;
        let check = check_id(region, &wish.officer, wish.request);
        if self.parts.homes.other(wish.treatment).is_none() {
            return Err(NodeError::refused(
                RefusalCode::UnknownRegion,
                wish.treatment,
            ));
        }
        self.has_collected(wish.treatment)?;
        // The receipt's place is known once it is synced.
        self.parts.ledger.barrier().await?;
        let of = (wish.treatment, wish.settlement);
        let command = Ask {
            check,
            home: region,
            of,
            known: facts::at_home(&self.parts.ledger, of)?,
            reason: wish.reason,
            officer: wish.officer,
            rule: self.parts.rule,
        };
        self.parts.writer.run(command).await?.answer?;
        self.sent(check, due).await
    }

    /// Says something in a check whose last word was looked at, and waits as [`CheckDesk::ask`] does. Said again, it
    /// answers how the check stands.
    ///
    /// # Errors
    /// As [`CheckDesk::ask`].
    pub async fn say(
        &self,
        (check, looked_at): (CheckId, Digest),
        saying: Saying,
        officer: OfficerName,
        due: Deadline,
    ) -> Result<CheckSeen, NodeError> {
        let unknown = || NodeError::refused(RefusalCode::CheckUnknown, check);
        let row = self.parts.ledger.check(check)?.ok_or_else(unknown)?;
        self.has_collected(row.course.other(self.parts.region))?;
        let says = match saying {
            Saying::Answer(finding) => CheckSays::Answer(finding),
            Saying::Confirm => CheckSays::Confirm,
            Saying::SendBack(reason) => CheckSays::SendBack(reason),
        };
        let by = Some((officer, looked_at));
        self.say_word(check, says, by).await?;
        self.sent(check, due).await
    }

    async fn say_word(
        &self,
        check: CheckId,
        says: CheckSays,
        by: Option<(OfficerName, Digest)>,
    ) -> Result<(), NodeError> {
        let row = self.parts.ledger.check(check)?;
        let other = row.map(|row| row.course.other(self.parts.region));
        let heard_until = other.map(|other| self.heard_until(other)).transpose()?;
        let command = Say {
            check,
            region: self.parts.region,
            says,
            by,
            heard_until: heard_until.flatten(),
        };
        Ok(self.parts.writer.run(command).await?.answer?)
    }

    /// Sends what is to be sent, if it can be done in time, and says how the check stands.
    async fn sent(&self, check: CheckId, due: Deadline) -> Result<CheckSeen, NodeError> {
        // What does not arrive by then is sent again.
        if let Ok(Err(error)) = tokio::time::timeout(due.remaining(), self.send(check)).await {
            tracing::error!(%check, %error, "a word of a check cannot be sent");
        }
        self.parts.ledger.barrier().await?;
        let seen = self.check(check)?;
        seen.ok_or_else(|| NodeError::refused(RefusalCode::CheckUnknown, check))
    }

    /// Books a word that another region's node puts; that it is that region's is checked here.
    ///
    /// # Errors
    /// A refusal, with nothing written; the node's own trouble.
    pub async fn book(&self, signed: SignedCheckWord, from: RegionCode) -> Result<(), NodeError> {
        let Some(peer) = self.parts.homes.other(from) else {
            return Err(NodeError::refused(RefusalCode::UnknownRegion, from));
        };
        let between = (from, self.parts.region);
        if let Err(fault) = words::check(&signed, between, &self.signer(&signed, &peer)) {
            tracing::error!(%from, %fault, "a word of a check is not accepted");
            return Err(NodeError::refused(RefusalCode::IdentityMismatch, fault));
        }
        self.take(signed, Coming::Put).await
    }

    /// With what a region signed a word, by when it says that it did: one may be put long after its key was changed.
    fn signer(&self, signed: &SignedCheckWord, peer: &Peer) -> Arc<CertifiedKey> {
        let (key_id, at) = (signed.group.key_id, signed.word.at);
        self.parts.homes.signer(peer, key_id, at)
    }

    /// Books a word whose signature was checked.
    async fn take(&self, signed: SignedCheckWord, coming: Coming) -> Result<(), NodeError> {
        let parts = &self.parts;
        parts.ledger.barrier().await?;
        let known = match &signed.word.says {
            CheckSays::Ask(ask) if signed.word.treatment == parts.region => {
                facts::at_treatment(&parts.ledger, ask.settlement)?
            }
            CheckSays::Ask(_)
            | CheckSays::Answer(_)
            | CheckSays::Confirm
            | CheckSays::Silent(_)
            | CheckSays::SendBack(_) => None,
        };
        let command = Book {
            signed,
            region: parts.region,
            known,
            coming,
            rule: parts.rule,
            calendar: Arc::clone(&parts.calendar),
        };
        Ok(parts.writer.run(command).await?.answer?)
    }

    /// After a restore nothing is said to a region before it gave back what was said: a second word after the same one
    /// would be refused by it for good.
    fn has_collected(&self, other: RegionCode) -> Result<(), NodeError> {
        if held(&self.collected).contains_key(&other) || self.parts.ledger.restored()?.is_none() {
            return Ok(());
        }
        Err(NodeError::refused(RefusalCode::CheckCollecting, other))
    }
}

/// The id of the check that an officer asks for.
fn check_id(region: RegionCode, officer: &OfficerName, request: RequestId) -> CheckId {
    CheckId::from_bytes(id_of(b"HTCI\x00\x01", region, officer, request))
}
