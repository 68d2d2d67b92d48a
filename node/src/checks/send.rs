//! What is sent until the other region has it, what the node says by itself, and what is given to one that collects.
//!
//! Regions are worked for side by side, each with so long at most: one that is slow keeps no other waiting and gives its place
//! back, and goes on in the next round from where it was. Deliberately absent: what may follow what, which the course says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::expense_check::course::Stage;
use huitong_core::expense_check::{CheckSays, SignedCheckWord};
use huitong_core::id::CheckId;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;

use super::booking::{NoteRefused, NoteTaken};
use super::words::word_at;
use super::{CheckDesk, held};
use crate::error::NodeError;
use crate::peers::HomeFault;
use crate::regions::SideBySide;
use crate::store::{CheckRow, Key, Row, Rows, StoreError, Table, is_check_reversed};

/// Open checks that are looked at in one go.
const ROWS: usize = 500;
/// Checks that are looked through for one page, and checks of one page; each has at most five words.
const LOOKED_AT: usize = 1_000;
const PAGE: usize = 32;
/// What one region has of a round at most, to give back and once more for what is said to it.
const IN_A_ROUND: Duration = Duration::from_millis(30_003);

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

/// A page of signed words, and after which check the next begins.
pub(super) type Words = (Vec<SignedCheckWord>, Option<CheckId>);

impl CheckDesk {
    /// Sends, says and collects what is due until told to stop: at once, then at intervals. A region that is still worked for
    /// when a round begins has its own later.
    pub async fn run(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut regions = SideBySide::new();
        loop {
            if let Err(error) = self.round(&mut regions).await {
                tracing::error!(%error, "open checks cannot be looked at");
            }
            let next = tokio::time::sleep(every);
            tokio::pin!(next);
            loop {
                let (region, done) = tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    done = regions.done() => done,
                    () = &mut next => break,
                };
                match done {
                    Some(Ok(())) => {}
                    Some(Err(error)) => {
                        tracing::error!(%region, %error, "open checks cannot be looked at");
                    }
                    None => tracing::error!(%region, "looking at open checks broke off"),
                }
            }
        }
    }

    async fn round(
        self: &Arc<Self>,
        regions: &mut SideBySide<Result<(), NodeError>>,
    ) -> Result<(), NodeError> {
        self.parts.ledger.barrier().await?;
        let mut open = self.open_checks()?;
        for region in self.to_collect()? {
            open.entry(region).or_default();
        }
        for (region, checks) in open {
            regions.begin(region, || {
                let desk = Arc::clone(self);
                async move { desk.work_for(region, checks).await }
            });
        }
        // What is over is held up no more.
        let is_open = |check: &CheckId| {
            let row = self.parts.ledger.open_check(*check);
            row.is_ok_and(|row| row.is_some())
        };
        held(&self.held_up).retain(|check, _| is_open(check));
        Ok(())
    }

    /// Has a region give back what it is to, and looks at the checks with it.
    async fn work_for(&self, region: RegionCode, checks: Vec<CheckId>) -> Result<(), NodeError> {
        if !self.collect(region).await? {
            return Ok(());
        }
        // What was given back opens checks too: the next round looks at them.
        self.parts.ledger.barrier().await?;
        let looked = in_its_time(self.look_at_all(region, checks)).await?;
        if looked.is_none() {
            tracing::warn!(%region, "a region is slow: its other checks are looked at in the next round");
        }
        Ok(())
    }

    /// The open checks with each region, ascending.
    fn open_checks(&self) -> Result<BTreeMap<RegionCode, Vec<CheckId>>, StoreError> {
        let ledger = &self.parts.ledger;
        let mut open: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut after = Key::OpenCheck(CheckId::from_bytes([0; 16]));
        loop {
            let rows = ledger.scan_after(Table::OpenCheck, &after, ROWS)?;
            let is_last = rows.len() < ROWS;
            for (key, _) in rows {
                if let Key::OpenCheck(check) = key
                    && let Some(row) = ledger.check(check)?
                {
                    let other = row.course.other(self.parts.region);
                    open.entry(other).or_default().push(check);
                }
                after = key;
            }
            if is_last {
                return Ok(open);
            }
        }
    }

    /// Looks at the checks with a region until it does not answer: first at those that it had no time for before.
    async fn look_at_all(
        &self,
        region: RegionCode,
        mut checks: Vec<CheckId>,
    ) -> Result<(), NodeError> {
        let left_at = held(&self.left_at).get(&region).copied();
        begin_at(&mut checks, left_at);
        for check in checks {
            held(&self.left_at).insert(region, check);
            match self.look_at(check).await? {
                Sent::Done | Sent::Held => {}
                Sent::Away => break,
            }
        }
        held(&self.left_at).remove(&region);
        Ok(())
    }

    /// Says what the node says in a check, and sends what is to be sent.
    async fn look_at(&self, check: CheckId) -> Result<Sent, NodeError> {
        let Some(row) = self.parts.ledger.check(check)? else {
            return Ok(Sent::Done);
        };
        if let Some(silent) = self.silence(&row)? {
            match self.say_word(check, silent, None).await {
                Err(NodeError::Refused(refusal)) => {
                    tracing::warn!(%check, %refusal, "silence is not said in a check");
                }
                said => said?,
            }
        }
        let sent = self.send(check).await;
        Ok(sent.unwrap_or_else(|error| {
            tracing::error!(%check, %error, "a word of a check cannot be sent");
            Sent::Held
        }))
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

/// The work of one region in a round; none when it is not done in its time.
pub(super) async fn in_its_time<T>(
    work: impl Future<Output = Result<T, NodeError>>,
) -> Result<Option<T>, NodeError> {
    let done = tokio::time::timeout(IN_A_ROUND, work).await;
    done.ok().transpose()
}

/// Puts the checks from one on before those that come before it.
fn begin_at(checks: &mut [CheckId], first: Option<CheckId>) {
    if let Some(first) = first {
        let before = checks.partition_point(|check| *check < first);
        checks.rotate_left(before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_region_that_never_ends_is_left_for_the_round_and_what_is_done_in_time_counts() {
        let never = std::future::pending::<Result<(), NodeError>>();
        assert!(in_its_time(never).await.unwrap().is_none());
        let slow = async {
            tokio::time::sleep(Duration::from_secs(29)).await;
            Ok(7)
        };
        assert_eq!(in_its_time(slow).await.unwrap(), Some(7));
        let fault = async { Err::<(), _>(NodeError::refused(RefusalCode::Overloaded, "")) };
        assert!(in_its_time(fault).await.is_err());
    }

    #[test]
    fn what_a_region_had_no_time_for_comes_first_in_the_next_round() {
        let id = |nth| CheckId::from_bytes([nth; 16]);
        let cases: [(Option<u8>, [u8; 3]); 5] = [
            (None, [1, 3, 5]),
            (Some(1), [1, 3, 5]),
            (Some(3), [3, 5, 1]),
            // It is over since.
            (Some(4), [5, 1, 3]),
            (Some(6), [1, 3, 5]),
        ];
        for (first, expected) in cases {
            let mut checks = [1, 3, 5].map(id);
            begin_at(&mut checks, first.map(id));
            assert_eq!(checks, expected.map(id), "{first:?}");
        }
    }
}
