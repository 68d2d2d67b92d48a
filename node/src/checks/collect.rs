//! What is collected after a restore: each other region gives back what was said between the two.
//!
//! It comes a page at a time, and goes on in the next round where a round had no time for more. A region is collected
//! when its last page came and every word is in the own book; pages without an end, or that do not ascend, are a fault
//! of the region that is shown, and it stays uncollected. Deliberately absent: what this region gives back (`send`).

use huitong_core::date::BusinessDay;
use huitong_core::expense_check::SignedCheckWord;
use huitong_core::id::CheckId;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::booking::Coming;
use super::send::in_its_time;
use super::{CheckDesk, held, words};
use crate::error::NodeError;
use crate::peers::{HomeFault, Peer};
use crate::store::{Rows, StoreError};

/// Pages of one region: more than it can have, and an end all the same.
const PAGES_AT_MOST: usize = 100_000;

/// A region that has not given back every word, and the check of one that is not accepted, and why.
pub type Collecting = (RegionCode, Option<(CheckId, Refusal)>);

/// From when until when a region's checks were collected, and nothing was said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Collected {
    began: BusinessDay,
    ended: BusinessDay,
}

/// How far a region has given back.
#[derive(Debug, Clone, Default)]
pub(super) struct Giving {
    /// After which check the next page begins.
    after: Option<CheckId>,
    /// How many pages came.
    pages: usize,
    /// The last of the words given back that are not accepted, and why.
    not_accepted: Option<(CheckId, Refusal)>,
}

/// Why pages lead to no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum PagesFault {
    /// The next page begins no later than this one.
    #[error("the page after check {0} begins no later than the one before")]
    NotAscending(CheckId),
    /// There are too many.
    #[error("there are more than {0} pages")]
    TooMany(usize),
}

impl Giving {
    /// Goes on to the next page.
    fn go_on(&mut self, next: CheckId) -> Result<(), PagesFault> {
        if self.after.is_some_and(|after| next <= after) {
            return Err(PagesFault::NotAscending(next));
        }
        self.pages = self.pages.saturating_add(1);
        if self.pages >= PAGES_AT_MOST {
            return Err(PagesFault::TooMany(PAGES_AT_MOST));
        }
        self.after = Some(next);
        Ok(())
    }
}

/// What a region gave back, to its end.
enum Given {
    /// Everything is in the own book.
    All,
    /// The word of a check is not accepted, or the pages went wrong at it.
    Not(CheckId, Refusal),
}

impl CheckDesk {
    /// Until when officers may still say what they could not before a region gave back what was said: the days to
    /// confirm begin anew with a restore, and when the collection ended on a later day than it could first be asked
    /// for.
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

    /// After a restore: the regions that have not given back the words between the two.
    pub(super) fn to_collect(&self) -> Result<Vec<RegionCode>, StoreError> {
        if self.parts.ledger.restored()?.is_none() {
            return Ok(Vec::new());
        }
        let others = self.parts.homes.others().map(|(region, _)| region);
        let collected = held(&self.collected);
        Ok(others
            .filter(|region| !collected.contains_key(region))
            .collect())
    }

    /// After a restore: has a region give back the words between the two, where it has not. Whether it has.
    pub(super) async fn collect(&self, region: RegionCode) -> Result<bool, NodeError> {
        if self.has_collected(region).is_ok() {
            return Ok(true);
        }
        let Some(peer) = self.parts.homes.other(region) else {
            return Ok(false);
        };
        match in_its_time(self.collect_from(&peer)).await {
            Ok(Some(Given::All)) => {
                let ended = self.parts.clock.now().business_day_shanghai();
                let began = self.began;
                held(&self.collected).insert(region, Collected { began, ended });
                held(&self.not_accepted).remove(&region);
                return Ok(true);
            }
            Ok(Some(Given::Not(check, refusal))) => {
                held(&self.not_accepted).insert(region, (check, refusal));
            }
            Ok(None) => {
                tracing::warn!(%region, "checks are given back slowly: the next round goes on with them");
            }
            Err(error) => {
                tracing::warn!(%region, %error, "checks are not given back yet");
            }
        }
        Ok(false)
    }

    /// Has a region give back from where it was to its end. Once at an end, it begins anew.
    async fn collect_from(&self, peer: &Peer) -> Result<Given, NodeError> {
        let unknown = |fault: HomeFault| NodeError::refused(RefusalCode::OutcomeUnknown, fault);
        let region = peer.region();
        let known = held(&self.giving).get(&region).cloned();
        let mut giving = known.unwrap_or_default();
        loop {
            let (after, within) = (giving.after, self.parts.call);
            let page = peer.collect_check_words(after, within).await;
            let (given, next) = page.map_err(unknown)?;
            for signed in given {
                let check = signed.word.check;
                if let Some(refusal) = self.take_back(signed, peer).await? {
                    tracing::error!(%check, %region, %refusal, "a check's word that came back is not accepted");
                    giving.not_accepted = Some((check, refusal));
                }
            }
            let Some(next) = next else {
                held(&self.giving).remove(&region);
                let not = |(check, refusal)| Given::Not(check, refusal);
                return Ok(giving.not_accepted.map_or(Given::All, not));
            };
            if let Err(fault) = giving.go_on(next) {
                tracing::error!(%region, %fault, "checks are given back without an end");
                held(&self.giving).remove(&region);
                let refusal = Refusal::new(RefusalCode::OutcomeUnknown, fault);
                return Ok(Given::Not(next, refusal));
            }
            held(&self.giving).insert(region, giving.clone());
        }
    }

    /// Takes a word that a region gives back, its own or ours: why it is not accepted, if it is not.
    async fn take_back(
        &self,
        signed: SignedCheckWord,
        peer: &Peer,
    ) -> Result<Option<Refusal>, NodeError> {
        let (own, other) = (self.parts.region, peer.region());
        let checked = if signed.word.speaker() == own {
            let (now, key_id) = (self.parts.certified.current(), signed.group.key_id);
            let signer = self.parts.homes.own_signer(&now, key_id, signed.word.at);
            words::check(&signed, (own, other), &signer)
        } else {
            words::check(&signed, (other, own), &self.signer(&signed, peer))
        };
        if let Err(fault) = checked {
            return Ok(Some(Refusal::new(RefusalCode::IdentityMismatch, fault)));
        }
        match self.take(signed, Coming::GivenBack).await {
            Err(NodeError::Refused(refusal)) => Ok(Some(refusal)),
            taken => taken.map(|()| None),
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(nth: u8) -> CheckId {
        CheckId::from_bytes([nth; 16])
    }

    #[test]
    fn pages_that_do_not_ascend_are_a_fault_and_no_end() {
        let mut giving = Giving::default();
        for nth in [3, 5] {
            assert_eq!(giving.go_on(id(nth)), Ok(()));
            assert_eq!(giving.after, Some(id(nth)));
        }
        for nth in [5, 4, 1] {
            let fault = PagesFault::NotAscending(id(nth));
            assert_eq!(giving.go_on(id(nth)), Err(fault));
        }
    }

    #[test]
    fn too_many_pages_are_a_fault_and_no_end() {
        let pages = PAGES_AT_MOST.saturating_sub(2);
        let mut giving = Giving {
            pages,
            ..Giving::default()
        };
        assert_eq!(giving.go_on(id(1)), Ok(()));
        let fault = PagesFault::TooMany(PAGES_AT_MOST);
        assert_eq!(giving.go_on(id(2)), Err(fault));
    }
}
