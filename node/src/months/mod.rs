//! Months of clearing (月度确认): what the region's own days come to, and whether it confirms what the clearinghouse signed.
//!
//! | module | its question |
//! |---|---|
//! | [`report`] | What does the clearinghouse hand out, and what does it take? |
//! | `tie` | Do the own days come to the month? |
//! | `institutions` | What did the region's institutions say of the settlements in a row? |
//! | `kept` | Which days are at hand, and which of their settlements? |
//! | `records` | The decision of the writer |
//!
//! A word is signed, journaled and only then sent; the same said again is sent as it was kept. What does not tie is not
//! confirmed: it is objected to, row by row, which stops nothing. Deliberately absent: confirming by itself. That the rows
//! tie is the node's to find out; to confirm them is an officer's.

mod institutions;
mod kept;
mod records;
pub mod report;
mod tie;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use huitong_certs::SigningKey;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::ClearingMonth;
use huitong_core::clearing_month::own::{OwnMonth, OwnMonthRow};
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord, ObjectedRow};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::{Certified, CredentialStore, aside};
use tokio::sync::Mutex;
use tonic::Status;

use crate::clearing_answer::unreadable;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::saying::say;
use crate::signature::Parts as Signature;
use crate::store::Rows;
use crate::witness::WitnessDesk;
use crate::witness::held::{DayOwed, HeldDay, Wanted};
use crate::writer::Writer;

use institutions::Counted;
use kept::Kept;
use records::KeepWord;
use report::MonthClient;
use tie::Tying;

/// Settlements of kept days, at most.
const OWED_KEPT: usize = 4_000_000;

/// Where the region looks at months and confirms them.
pub struct MonthDesk {
    parts: Parts,
    /// Days that hold.
    days: Mutex<Kept>,
    /// What institutions said is counted for one officer at a time, also when nobody waits for it any more.
    counting: Arc<Mutex<()>>,
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
    /// Whose signatures are trusted.
    pub credentials: CredentialStore,
    /// With what words are signed.
    pub key: Arc<SigningKey>,
    /// The certificate of that key, as it is renewed.
    pub certified: Certified,
    /// Where the region's days are held against its own book.
    pub witness: Arc<WitnessDesk>,
    /// The way to the clearinghouse; none where there is none.
    pub client: Option<MonthClient>,
}

impl MonthDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            days: Mutex::new(Kept::new(OWED_KEPT)),
            counting: Arc::default(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.parts.region
    }

    /// The region's rows of a month, each beside what its own days come to and what its institutions said.
    ///
    /// # Errors
    /// What the clearinghouse refuses, or the node's own trouble.
    pub async fn show(&self, month: &Month) -> Result<OwnMonth, Status> {
        let (mut own, plans) = self.own(month, Wanted::Owed).await?;
        let mut turn = Arc::clone(&self.counting).lock_owned().await;
        let mut counted = Counted::default();
        // Day by day: a month may have more settlements than are kept.
        for plan in plans.clone() {
            let owed = self.owed(plan, &plans).await?;
            let ledger = Arc::clone(&self.parts.ledger);
            let added = aside(move || {
                let added = counted.with(&*ledger, &owed);
                (added, turn)
            });
            let added = added.await;
            let stopping = |_| NodeError::refused(RefusalCode::Overloaded, "stopping");
            let (added, again) = added.map_err(stopping)?;
            (counted, turn) = (added.map_err(NodeError::from)?, again);
        }
        drop(turn);
        let mut said = counted.said();
        for row in &mut own.rows {
            row.institutions = said.remove(&row.pair);
        }
        Ok(own)
    }

    /// The region's rows of a month, each beside what its own days come to, and the plans of these days.
    async fn own(
        &self,
        month: &Month,
        wanted: Wanted,
    ) -> Result<(OwnMonth, RangeInclusive<u64>), Status> {
        let part = self.part(month).await?;
        let signed = &part.certified.month;
        let digest = signed.digest();
        self.begins_rightly(signed)?;
        // One at a time: days are fetched one after the other, and what was fetched is kept for the next who asks.
        let mut days = self.days.lock().await;
        let plans = signed.first_plan..=signed.last_plan;
        let mut tying = Tying::of(&part);
        for plan in plans.clone() {
            let held = match days.day(plan) {
                Some(held) => held,
                None => self.fetched(&mut days, (plan, &plans), wanted).await?.0,
            };
            tying.add(plan, &held).map_err(|fault| unreadable(&fault))?;
        }
        drop(days);
        let said = self
            .parts
            .ledger
            .month_word(month.clone())
            .map_err(NodeError::from)?;
        let said = said
            .map(|kept| kept.word)
            .filter(|word| word.digest == digest);
        let mut own = tying.rows().map_err(|fault| unreadable(&fault))?;
        if let Some(said) = said {
            let objected = said.objected().iter();
            let objected: BTreeMap<Pair, _> = objected.map(|row| (row.pair, row.why)).collect();
            for row in &mut own.rows {
                row.objected = objected.get(&row.pair).copied();
            }
            own.said = Some((said.at, said.officer));
        }
        Ok((own, plans))
    }

    /// Confirms a month, but for the rows that are objected to: signed, journaled and sent.
    ///
    /// # Errors
    /// Rows that may not be confirmed, what the clearinghouse refuses, or the node's own trouble.
    pub async fn confirm(
        &self,
        (month, digest): (&Month, Digest),
        objected: Vec<ObjectedRow>,
        by: OfficerName,
    ) -> Result<MonthSeen, Status> {
        let (own, _) = self.own(month, Wanted::Sums).await?;
        if own.digest != digest {
            return Err(NodeError::refused(RefusalCode::MonthChanged, own.digest).into());
        }
        may_say(&own, &objected)?;
        let region = self.parts.region;
        let at = self.moment(month)?;
        let word = MonthWord::new(region, month.clone(), digest, objected, by, at);
        let word = word.map_err(|fault| NodeError::refused(RefusalCode::Malformed, fault))?;
        let kept = self.parts.writer.run(KeepWord(self.signed(word)?)).await;
        let kept = kept.map_err(NodeError::from)?.answer;
        self.client()?.say(&kept).await
    }

    /// Whether a month goes on after the cycle that it says, as this region saw it.
    fn begins_rightly(&self, signed: &ClearingMonth) -> Result<(), Status> {
        let day = self
            .parts
            .witness
            .day_of(signed.first_plan.saturating_sub(1))?;
        begins_rightly(signed, day, &self.parts.ledger)
    }

    /// The settlements of a day that are owed to the region, at hand or fetched anew.
    async fn owed(&self, plan: u64, plans: &RangeInclusive<u64>) -> Result<Arc<DayOwed>, Status> {
        let mut days = self.days.lock().await;
        match days.owed(plan) {
            Some(owed) => Ok(owed),
            None => Ok(self
                .fetched(&mut days, (plan, plans), Wanted::Owed)
                .await?
                .1),
        }
    }

    /// What the region holds of a day, one of some plans; what holds is kept, since a checkpoint never changes.
    async fn fetched(
        &self,
        days: &mut Kept,
        (plan, plans): (u64, &RangeInclusive<u64>),
        wanted: Wanted,
    ) -> Result<(Arc<HeldDay>, Arc<DayOwed>), Status> {
        let held = self.parts.witness.held_day(plan, wanted).await?;
        let behind = || NodeError::refused(RefusalCode::MonthDaysNotSeen, plan);
        let (held, owed) = held.ok_or_else(behind)?;
        let (held, owed) = (Arc::new(held), Arc::new(owed));
        if held.findings.is_empty() {
            days.keep(plan, &held);
            if wanted == Wanted::Owed {
                days.keep_owed((plan, plans), &owed);
            }
        }
        Ok((held, owed))
    }

    fn client(&self) -> Result<&MonthClient, NodeError> {
        let off = || NodeError::refused(RefusalCode::MonthsOff, self.parts.region);
        self.parts.client.as_ref().ok_or_else(off)
    }

    /// A moment that is later than the last word: the clearinghouse takes the newest, and a clock may have been put back.
    fn moment(&self, month: &Month) -> Result<Timestamp, NodeError> {
        let now = self.parts.clock.now();
        let Some(last) = self.parts.ledger.month_word(month.clone())? else {
            return Ok(now);
        };
        let after = Timestamp::from_millis(last.word.at.as_millis().saturating_add(1));
        Ok(after.map_or(now, |after| after.max(now)))
    }

    /// The region's part of a month, which the clearinghouse signed.
    async fn part(&self, month: &Month) -> Result<MonthPart, Status> {
        let part = self.client()?.part(month).await?;
        let does_not_hold = |fault: &dyn std::fmt::Display| {
            tracing::error!(%fault, %month, "what the clearinghouse hands out of a month does not hold");
            let detail = format_args!("clearinghouse: {fault}");
            Status::from(NodeError::refused(RefusalCode::Overloaded, detail))
        };
        let credentials = self.parts.credentials.credentials();
        of_clearinghouse::month(&part.certified, credentials.trust())
            .map_err(|fault| does_not_hold(&fault))?;
        part.check(self.parts.region)
            .map_err(|fault| does_not_hold(&fault))?;
        if part.certified.month.month != *month {
            return Err(does_not_hold(&part.certified.month.month));
        }
        Ok(part)
    }

    fn signed(&self, word: MonthWord) -> Result<CertifiedMonthWord, NodeError> {
        let Parts {
            key,
            certified,
            credentials,
            ..
        } = &self.parts;
        let (bytes, credentials) = (word.signed_bytes(), credentials.credentials());
        let said = (&*bytes, word.at);
        let (parts, signer) = say((key, &certified.current()), said, credentials.trust())?;
        let Signature {
            algorithm,
            key_id,
            signature,
        } = parts;
        Ok(CertifiedMonthWord {
            word,
            algorithm,
            key_id,
            signature,
            signer,
        })
    }
}

/// Whether a month goes on after the cycle of a day, and names the month of which the region said something, if it did.
///
/// The month before is the one that the cycle before belongs to, since the last day of a month's cycles is its own. It
/// need not be the last of the calendar: a month without cycles is not drawn up.
fn begins_rightly(
    signed: &ClearingMonth,
    day: Option<BusinessDay>,
    ledger: &Ledger,
) -> Result<(), Status> {
    let before = signed.first_plan.saturating_sub(1);
    if before > 0 && day.is_none() {
        return Err(NodeError::refused(RefusalCode::MonthDaysNotSeen, before).into());
    }
    if day != signed.after {
        let detail = format_args!("the month does not go on after the cycle of plan {before}");
        return Err(unreadable(&detail));
    }
    let Some(previous) = day.map(Month::of) else {
        return Ok(());
    };
    let said = ledger.month_word(previous.clone());
    let said = said.map_err(NodeError::from)?;
    let digest = said.map(|kept| kept.word.digest);
    if digest.is_none_or(|digest| signed.before == Some(digest)) {
        return Ok(());
    }
    tracing::error!(month = %signed.month, %previous, "a month names another one before it than this region was shown");
    let detail = format_args!("{}: {previous}", signed.month);
    Err(NodeError::refused(RefusalCode::MonthOtherBefore, detail).into())
}

/// Whether every row that may not be confirmed is objected to, and every objection is to a row that is signed.
fn may_say(own: &OwnMonth, objected: &[ObjectedRow]) -> Result<(), NodeError> {
    let named = |pair: Pair| format!("{} → {} {}", pair.debtor, pair.creditor, pair.fund.as_str());
    let is_signed = |of: &OwnMonthRow, pair: Pair| of.pair == pair && of.signed.is_some();
    let unknown = objected
        .iter()
        .find(|row| !own.rows.iter().any(|of| is_signed(of, row.pair)));
    if let Some(row) = unknown {
        return Err(NodeError::refused(
            RefusalCode::MonthNoSuchRow,
            named(row.pair),
        ));
    }
    let is_objected = |row: &&OwnMonthRow| objected.iter().any(|of| of.pair == row.pair);
    let differs = own.rows.iter().filter(|row| !own.holds(row));
    match differs.into_iter().find(|row| !is_objected(row)) {
        None => Ok(()),
        Some(row) => Err(NodeError::refused(
            RefusalCode::MonthRowsDiffer,
            named(row.pair),
        )),
    }
}

#[cfg(test)]
mod tests;
