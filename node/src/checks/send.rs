//! What is sent until the other region has it, what the node says by itself, and what is collected after a restore.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::expense_check::course::Stage;
use huitong_core::expense_check::{CheckSays, SignedCheckWord};
use huitong_core::id::CheckId;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;

use super::booking::{Coming, NoteRefused, NoteTaken};
use super::words::{self, word_at};
use super::{CheckDesk, Collected, held};
use crate::error::NodeError;
use crate::peers::{HomeFault, Peer};
use crate::store::{CheckRow, Key, Row, Rows, StoreError, Table, is_check_reversed};

/// Open checks that are looked at in one go.
const ROWS: usize = 500;
/// Checks that are looked through for one page, and checks of one page; each has at most five words.
const LOOKED_AT: usize = 1_000;
const PAGE: usize = 32;
/// Pages of one region in a row: more than it can have, and an end all the same.
const PAGES_AT_MOST: usize = 100_000;

/// What came of sending the words of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The other region has them, or it is over.
    Done,
    /// The other region does not take one of them now: that holds up this check alone.
    Held,
    /// The other region does not answer, or has no room: nothing else is sent to it in this round.
    Away,
}

/// A region that has not given back every word, and the check of one that is not accepted, and why.
pub type Collecting = (RegionCode, Option<(CheckId, Refusal)>);

/// A page of signed words, and after which check the next begins.
pub(super) type Words = (Vec<SignedCheckWord>, Option<CheckId>);

impl CheckDesk {
    /// Sends, says and collects what is due until told to stop: at once, then at intervals.
    pub async fn run(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                done = self.round() => if let Err(error) = done {
                    tracing::error!(%error, "open checks cannot be looked at");
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    async fn round(&self) -> Result<(), NodeError> {
        let mut away = self.collect().await?;
        self.parts.ledger.barrier().await?;
        let mut after = Key::OpenCheck(CheckId::from_bytes([0; 16]));
        loop {
            let rows = self
                .parts
                .ledger
                .scan_after(Table::OpenCheck, &after, ROWS)?;
            let is_last = rows.len() < ROWS;
            for (key, _) in rows {
                if let Key::OpenCheck(check) = key {
                    self.look_at(check, &mut away).await?;
                }
                after = key;
            }
            if is_last {
                // What is over is held up no more.
                let is_open = |check: &CheckId| {
                    let row = self.parts.ledger.open_check(*check);
                    row.is_ok_and(|row| row.is_some())
                };
                held(&self.held_up).retain(|check, _| is_open(check));
                return Ok(());
            }
        }
    }

    /// Sends what is to be sent in a check, unless its region does not answer in this round; or says what the node says.
    async fn look_at(
        &self,
        check: CheckId,
        away: &mut BTreeSet<RegionCode>,
    ) -> Result<(), NodeError> {
        let Some(row) = self.parts.ledger.check(check)? else {
            return Ok(());
        };
        let other = row.course.other(self.parts.region);
        if away.contains(&other) {
            return Ok(());
        }
        if let Some(silent) = self.silence(&row)? {
            match self.say_word(check, silent, None).await {
                Err(NodeError::Refused(refusal)) => {
                    tracing::warn!(%check, %refusal, "silence is not said in a check");
                }
                said => said?,
            }
        }
        match self.send(check).await {
            Ok(Sent::Away) => {
                away.insert(other);
            }
            Ok(Sent::Done | Sent::Held) => {}
            Err(error) => tracing::error!(%check, %error, "a word of a check cannot be sent"),
        }
        Ok(())
    }

    /// What the node says when officers of the home region said nothing in time. Of a time in which they could say
    /// nothing, because the other region had not given back yet what was said, nothing is counted against them.
    fn silence(&self, row: &CheckRow) -> Result<Option<CheckSays>, NodeError> {
        let course = &row.course;
        let (Stage::Answered { .. }, Some(until)) = (&course.stage, row.confirm_by) else {
            return Ok(None);
        };
        let is_ours = course.home == self.parts.region && row.refused.is_none();
        if !is_ours || self.has_collected(course.treatment).is_err() {
            return Ok(None);
        }
        let until = self
            .heard_until(course.treatment)?
            .map_or(until, |heard| until.max(heard));
        let is_over = self.parts.clock.now().business_day_shanghai() > until;
        let due = is_over && !is_check_reversed(&*self.parts.ledger, course)?;
        Ok(due.then_some(CheckSays::Silent(until)))
    }

    /// Until when officers may still say what they could not before a region gave back what was said: the days to
    /// confirm begin anew with a restore, and when the collection ended on a later day than it could first be asked for.
    pub(super) fn heard_until(&self, other: RegionCode) -> Result<Option<BusinessDay>, StoreError> {
        let Some(restored) = self.parts.ledger.restored()? else {
            return Ok(None);
        };
        let collected = held(&self.collected).get(&other).copied();
        let Some(Collected { began, ended }) = collected else {
            return Ok(None);
        };
        let anew = |from| {
            let until = self
                .parts
                .calendar
                .after(from, self.parts.rule.confirm_days);
            until.map_err(|_| StoreError::Range("the calendar's days"))
        };
        let mut until = anew(restored.since.business_day_shanghai())?;
        if ended > began {
            until = until.max(anew(ended)?);
        }
        // Never on the day itself: an officer has the rest of it.
        Ok(Some(until.max(ended)))
    }

    /// Sends what the other region is not known to have of a check, one word after the other.
    pub(super) async fn send(&self, check: CheckId) -> Result<Sent, NodeError> {
        // What is sent is synced.
        self.parts.ledger.barrier().await?;
        let Some(row) = self.parts.ledger.check(check)? else {
            return Ok(Sent::Done);
        };
        let other = row.course.other(self.parts.region);
        for at in row.to_send() {
            let signed = word_at(&self.parts.ledger, *at)?;
            let Some(peer) = self.parts.homes.other(other) else {
                return Err(NodeError::refused(RefusalCode::UnknownRegion, other));
            };
            match peer.put_check_word(&signed, self.parts.call).await {
                Ok(()) => {
                    let word = signed.word.digest();
                    self.parts.writer.run(NoteTaken { check, word }).await?;
                }
                Err(HomeFault::Refused(refusal)) if is_final(&signed, &refusal) => {
                    self.parts
                        .writer
                        .run(NoteRefused { check, refusal })
                        .await?;
                    break;
                }
                Err(HomeFault::Refused(refusal)) => {
                    tracing::warn!(%check, %refusal, "a word of a check is not taken");
                    held(&self.held_up).insert(check, refusal);
                    return Ok(Sent::Held);
                }
                Err(fault @ (HomeFault::Pushed { .. } | HomeFault::Unreachable(_))) => {
                    tracing::warn!(%check, %fault, "a word of a check has not arrived");
                    return Ok(Sent::Away);
                }
            }
        }
        held(&self.held_up).remove(&check);
        Ok(Sent::Done)
    }

    /// After a restore: has each region give back the words between the two. The regions that did not.
    async fn collect(&self) -> Result<BTreeSet<RegionCode>, NodeError> {
        let mut away = BTreeSet::new();
        if self.parts.ledger.restored()?.is_none() {
            return Ok(away);
        }
        for (region, peer) in self.parts.homes.others() {
            if self.has_collected(region).is_ok() {
                continue;
            }
            match self.collect_from(peer).await {
                Ok(None) => {
                    let ended = self.parts.clock.now().business_day_shanghai();
                    let began = self.began;
                    held(&self.collected).insert(region, Collected { began, ended });
                    held(&self.not_accepted).remove(&region);
                }
                Ok(Some(not_accepted)) => {
                    held(&self.not_accepted).insert(region, not_accepted);
                    away.insert(region);
                }
                Err(error) => {
                    tracing::warn!(%region, %error, "checks are not given back yet");
                    away.insert(region);
                }
            }
        }
        Ok(away)
    }

    /// The last of the words given back that are not accepted, and why; none when all are in the own book.
    async fn collect_from(&self, peer: &Peer) -> Result<Option<(CheckId, Refusal)>, NodeError> {
        let unknown = |fault: HomeFault| NodeError::refused(RefusalCode::OutcomeUnknown, fault);
        let (own, other) = (self.parts.region, peer.region());
        let (mut after, mut not_accepted) = (None, None);
        for _ in 0..PAGES_AT_MOST {
            let page = peer.collect_check_words(after, self.parts.call).await;
            let (given, next) = page.map_err(unknown)?;
            for signed in given {
                let checked = if signed.word.speaker() == own {
                    words::check(&signed, (own, other), &self.parts.certified.current())
                } else {
                    words::check(&signed, (other, own), peer.signing_key())
                };
                let check = signed.word.check;
                let taken = match checked {
                    Ok(()) => self.take(signed, Coming::GivenBack).await,
                    Err(fault) => Err(NodeError::refused(RefusalCode::IdentityMismatch, fault)),
                };
                match taken {
                    Err(NodeError::Refused(refusal)) => {
                        tracing::error!(%check, region = %other, %refusal, "a check's word that came back is not accepted");
                        not_accepted = Some((check, refusal));
                    }
                    taken => taken?,
                }
            }
            // A next page begins later than this one, or there would be no end.
            match next {
                Some(next) if after.is_none_or(|after| next > after) => after = Some(next),
                Some(_) | None => return Ok(not_accepted),
            }
        }
        Ok(not_accepted)
    }

    /// After a restore: the regions that have not given back every word, and the check of one that is not accepted.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn collecting(&self) -> Result<Vec<Collecting>, StoreError> {
        if self.parts.ledger.restored()?.is_none() {
            return Ok(Vec::new());
        }
        let collected = held(&self.collected).clone();
        let not_accepted = held(&self.not_accepted).clone();
        let others = self.parts.homes.others().map(|(region, _)| region);
        let left = others.filter(|region| !collected.contains_key(region));
        Ok(left
            .map(|region| (region, not_accepted.get(&region).cloned()))
            .collect())
    }

    /// The words of checks between this region and another, a page of them.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn words_with(
        &self,
        other: RegionCode,
        after: Option<CheckId>,
    ) -> Result<Words, StoreError> {
        let first = after.unwrap_or(CheckId::from_bytes([0; 16]));
        let ledger = &self.parts.ledger;
        let rows = ledger.scan_after(Table::Check, &Key::Check(first), LOOKED_AT)?;
        let mut is_rest = rows.len() >= LOOKED_AT;
        let (mut given, mut checks, mut last) = (Vec::new(), 0_usize, None);
        for (_, row) in rows {
            let Row::Check(row) = row else {
                return Err(StoreError::WrongRow("Check"));
            };
            if checks >= PAGE {
                is_rest = true;
                break;
            }
            last = Some(row.course.check);
            if row.course.other(self.parts.region) != other {
                continue;
            }
            checks = checks.saturating_add(1);
            for at in row.places.iter().filter(|at| at.frame().is_some()) {
                given.push(word_at(ledger, *at)?);
            }
        }
        Ok((given, last.filter(|_| is_rest)))
    }
}

/// Whether the treatment region will never take a check, so that it ends here.
fn is_final(signed: &SignedCheckWord, refusal: &Refusal) -> bool {
    let is_first = matches!(signed.word.says, CheckSays::Ask(_));
    let codes = [
        RefusalCode::NotFound,
        RefusalCode::Erased,
        RefusalCode::NothingStands,
        RefusalCode::AlreadyReversed,
        RefusalCode::IdConflict,
        RefusalCode::CheckTooSmall,
        RefusalCode::CheckDiffers,
    ];
    is_first && codes.contains(&refusal.code)
}
