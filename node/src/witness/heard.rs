//! What other regions' nodes remark on ordinary calls: the newest checkpoint that each has seen, against the own.
//!
//! Nothing of it is evidence: a claim that differs has the desk ask that node for its signed checkpoint. A call only has
//! a line compared with memory. Of each region at most one claim waits, the newest; one that proved nothing makes the
//! next ones of that region wait, longer each time, so that a node that lies costs a question now and then and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::Checkpoint;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_transport::remark::Remarks;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::peers::DirectoryEntry;

/// Own checkpoints that claims are compared with at once; what is older is looked up.
pub(super) const REMEMBERED: u64 = 64;
/// For so long a region's claims wait after one that proved nothing; twice as long after each more.
const QUIET: Duration = Duration::from_secs(5);
/// Rounds that something heard is the reason for begin so far apart, at least.
const PAUSE: Duration = Duration::from_secs(1);
/// At most so long.
const QUIET_AT_MOST: Duration = Duration::from_secs(3_600);

/// A checkpoint as a node names it on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// The plan.
    pub(super) plan: u64,
    /// The day.
    pub(super) day: BusinessDay,
    /// The digest.
    pub(super) digest: Digest,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "checkpoint {} {} {}", self.plan, self.day, self.digest)
    }
}

impl Claim {
    /// A checkpoint as it is named on calls.
    pub(super) fn of(checkpoint: &Checkpoint) -> Self {
        Self {
            plan: checkpoint.plan,
            day: checkpoint.day,
            digest: checkpoint.digest(),
        }
    }

    /// What a remark claims; none when it is none that is understood here.
    fn parse(said: &str) -> Option<Self> {
        let mut words = said.split(' ');
        let (Some("checkpoint"), Some(plan), Some(day), Some(digest), None) = (
            words.next(),
            words.next(),
            words.next(),
            words.next(),
            words.next(),
        ) else {
            return None;
        };
        let plan = plan.parse().ok().filter(|plan| *plan > 0)?;
        let day = BusinessDay::parse(day).ok()?;
        let digest = Digest::parse(digest).ok()?;
        Some(Self { plan, day, digest })
    }
}

/// What is known of one region's claims.
#[derive(Debug, Default)]
struct OfRegion {
    /// The claim that waits to be followed.
    waits: Option<Claim>,
    /// The last that was followed to its end.
    followed: Option<Claim>,
    /// Nothing is followed before.
    quiet_until: Option<Instant>,
    /// How many in a row proved nothing.
    unproven: u32,
}

impl OfRegion {
    fn is_quiet(&self, now: Instant) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }
}

#[derive(Debug, Default)]
struct Heard {
    /// The newest own checkpoint.
    newest: Option<Claim>,
    /// The digests of the latest own ones, by plan.
    own: BTreeMap<u64, Digest>,
    regions: BTreeMap<RegionCode, OfRegion>,
}

/// Where remarks are heard.
#[derive(Debug)]
pub struct Hearing {
    /// The regions of the directory, but the own.
    directory: RwLock<BTreeSet<RegionCode>>,
    heard: Mutex<Heard>,
    /// Something is to be followed, or fetched.
    due: Notify,
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is as the own, or what it says is known and written down.
    Known,
    /// The node that claims it has no signed checkpoint that says so.
    Unproven,
    /// It cannot be told yet: it is of a plan that is not fetched, or the node was not reached.
    NotYet,
}

impl Hearing {
    /// Hears the other regions of a directory.
    #[must_use]
    pub fn of(directory: &[DirectoryEntry], own: RegionCode) -> Self {
        let regions = directory.iter().map(|entry| entry.region);
        Self::new(regions.filter(|region| *region != own).collect())
    }

    fn new(directory: BTreeSet<RegionCode>) -> Self {
        Self {
            directory: RwLock::new(directory),
            heard: Mutex::default(),
            due: Notify::new(),
        }
    }

    /// Hears a region that joined as well.
    pub fn also(&self, region: RegionCode) {
        let directory = self.directory.write();
        directory
            .unwrap_or_else(PoisonError::into_inner)
            .insert(region);
    }

    fn is_listed(&self, region: RegionCode) -> bool {
        let directory = self.directory.read();
        directory
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&region)
    }

    /// Until something is to be followed, and a pause after the last round began.
    pub(super) async fn due(&self, last: Instant) {
        self.due.notified().await;
        tokio::time::sleep(PAUSE.saturating_sub(last.elapsed())).await;
    }

    /// The own node has seen a checkpoint.
    pub(super) fn saw(&self, claim: Claim) {
        let mut heard = self.lock();
        heard.own.insert(claim.plan, claim.digest);
        heard
            .own
            .retain(|plan, _| plan.saturating_add(REMEMBERED) > claim.plan);
        if heard.newest.is_none_or(|newest| newest.plan < claim.plan) {
            heard.newest = Some(claim);
        }
    }

    /// The claims that are to be followed now.
    pub(super) fn waiting(&self, now: Instant) -> Vec<(RegionCode, Claim)> {
        let heard = self.lock();
        let waiting = heard
            .regions
            .iter()
            .filter_map(|(region, of)| Some((*region, of.waits.filter(|_| !of.is_quiet(now))?)));
        waiting.collect()
    }

    /// A claim was followed.
    pub(super) fn followed(&self, region: RegionCode, claim: Claim, to: Outcome, now: Instant) {
        let mut heard = self.lock();
        let of = heard.regions.entry(region).or_default();
        match to {
            Outcome::Known => (of.unproven, of.quiet_until) = (0, None),
            Outcome::Unproven | Outcome::NotYet => {
                let doubled = 2_u32.saturating_pow(of.unproven);
                let quiet = QUIET.saturating_mul(doubled).min(QUIET_AT_MOST);
                of.unproven = of.unproven.saturating_add(1);
                of.quiet_until = now.checked_add(quiet);
            }
        }
        if to != Outcome::NotYet {
            of.followed = Some(claim);
            if of.waits == Some(claim) {
                of.waits = None;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remarks for Hearing {
    fn own(&self, to: &Identity) -> Option<String> {
        let Identity::RegionNode(_) = to else {
            return None;
        };
        self.lock().newest.map(|newest| newest.to_string())
    }

    fn heard(&self, from: &Identity, said: &str) {
        let Identity::RegionNode(region) = from else {
            return;
        };
        if !self.is_listed(*region) {
            return;
        }
        let Some(claim) = Claim::parse(said) else {
            return;
        };
        let mut heard = self.lock();
        if heard.own.get(&claim.plan) == Some(&claim.digest) {
            return;
        }
        let of = heard.regions.entry(*region).or_default();
        if of.followed == Some(claim) {
            return;
        }
        of.waits = Some(claim);
        let is_quiet = of.is_quiet(Instant::now());
        drop(heard);
        if !is_quiet {
            self.due.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::digest::sha256;

    use super::*;

    fn region(code: &str) -> RegionCode {
        code.parse().unwrap()
    }

    fn node(code: &str) -> Identity {
        Identity::RegionNode(region(code))
    }

    fn claim(plan: u64, what: &[u8]) -> Claim {
        Claim {
            plan,
            day: "2026-03-31".parse().unwrap(),
            digest: sha256(what),
        }
    }

    fn hearing() -> Hearing {
        let hearing = Hearing::new([region("510100"), region("310000")].into());
        hearing.saw(claim(3, b"three"));
        hearing
    }

    #[test]
    fn a_claim_is_said_to_nodes_alone_and_read_back() {
        let hearing = hearing();
        let said = hearing.own(&node("510100")).unwrap();
        assert_eq!(Claim::parse(&said), Some(claim(3, b"three")));
        assert!(said.len() <= huitong_transport::remark::REMARK_BYTES_AT_MOST);
        let officer = "/region/510100/officer/li.wei".parse().unwrap();
        assert_eq!(hearing.own(&officer), None);
        for nonsense in [
            "",
            "checkpoint",
            "checkpoint 0 2026-03-31 00",
            "other 3 x y",
            "checkpoint 1 2026-03-31 zz more",
        ] {
            assert_eq!(Claim::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_is_as_the_own_is_nothing_and_of_each_region_one_claim_waits() {
        let (hearing, now) = (hearing(), Instant::now());
        let say = |code: &str, of: Claim| hearing.heard(&node(code), &of.to_string());
        say("510100", claim(3, b"three"));
        say("440100", claim(3, b"a region that is not in the directory"));
        assert_eq!(hearing.waiting(now), []);
        for nth in 0..1_000_u32 {
            say("510100", claim(3, &nth.to_be_bytes()));
        }
        let last = claim(3, &999_u32.to_be_bytes());
        assert_eq!(hearing.waiting(now), [(region("510100"), last)]);
    }

    #[test]
    fn who_proves_nothing_is_followed_ever_more_seldom_and_others_are_not_kept_waiting() {
        let (hearing, mut now) = (hearing(), Instant::now());
        let mut asked = 0_u32;
        // Somebody who lies anew on every call, ten times a second, for an hour.
        for nth in 0..36_000_u32 {
            hearing.heard(&node("510100"), &claim(3, &nth.to_be_bytes()).to_string());
            for (region, of) in hearing.waiting(now) {
                hearing.followed(region, of, Outcome::Unproven, now);
                asked += 1;
            }
            now += Duration::from_millis(100);
        }
        assert!((5..=12).contains(&asked), "{asked}");
        let other = claim(3, b"three of another");
        hearing.heard(&node("310000"), &other.to_string());
        assert_eq!(hearing.waiting(now), [(region("310000"), other)]);
    }

    /// Longer than a pause.
    const AWHILE: Duration = Duration::from_secs(3);

    async fn is_due(hearing: &Hearing, last: Instant) -> bool {
        tokio::time::timeout(AWHILE, hearing.due(last))
            .await
            .is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_that_waits_out_its_quiet_time_wakes_nobody_and_rounds_begin_apart() {
        let (hearing, own) = (hearing(), region("510100"));
        let say = |of: Claim| hearing.heard(&node("510100"), &of.to_string());
        let begun = Instant::now();
        say(claim(3, b"a lie"));
        assert!(is_due(&hearing, begun).await);
        assert_eq!(begun.elapsed(), PAUSE, "not at once after the round before");
        hearing.followed(own, claim(3, b"a lie"), Outcome::Unproven, Instant::now());
        for nth in 0..1_000_u32 {
            say(claim(3, &nth.to_be_bytes()));
        }
        assert!(!is_due(&hearing, Instant::now()).await);
        tokio::time::advance(QUIET).await;
        // Said again, and nobody has followed it yet.
        say(claim(3, &999_u32.to_be_bytes()));
        assert!(is_due(&hearing, begun).await);
    }

    #[test]
    fn what_was_followed_is_not_followed_again_and_what_is_not_fetched_yet_is_later() {
        let (hearing, now) = (hearing(), Instant::now());
        let (own, ahead) = (region("510100"), claim(4, b"four"));
        hearing.heard(&node("510100"), &ahead.to_string());
        hearing.followed(own, ahead, Outcome::NotYet, now);
        assert_eq!(hearing.waiting(now), []);
        assert_eq!(hearing.waiting(now + QUIET), [(own, ahead)]);
        hearing.followed(own, ahead, Outcome::Known, now + QUIET);
        hearing.heard(&node("510100"), &ahead.to_string());
        assert_eq!(hearing.waiting(now + QUIET), []);
        let next = claim(5, b"five");
        hearing.heard(&node("510100"), &next.to_string());
        assert_eq!(hearing.waiting(now + QUIET), [(own, next)]);
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let hearing = hearing();
        for plan in 4..1_000 {
            hearing.saw(claim(plan, b"own"));
        }
        assert_eq!(u64::try_from(hearing.lock().own.len()), Ok(REMEMBERED));
        assert_eq!(hearing.lock().newest.map(|own| own.plan), Some(999));
    }
}
