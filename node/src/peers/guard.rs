//! What stands between the node and one peer: so many calls at once, a breaker, and a budget of retries.
//!
//! A call waits a bounded time for its place; questions leave some places to what must be finished, so that a
//! flood of new bills never holds up the outcome of those begun. It is tried again only after what the transport
//! lost or a peer that is too busy, under the same id, after a jittered pause that is no shorter than the peer
//! asked for, within the caller's time and the budget. Every answer, a refusal too, shows that the peer is there.
//! Timers are the runtime's, randomness is passed in: a simulation brings both.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_proto::conversion::refusal::refusal_from_details;
use huitong_transport::{TransportError, pushback};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};
use tonic::{Response, Status};

use super::breaker::{Breaker, BreakerRule, Seen};
use super::budget::{Budget, BudgetRule};
use super::{Calling, HomeFault};
use crate::chance::{Chance, jittered};
use crate::measures::{Measures, PeerCall};

/// A peer that has not answered after so long is as good as lost. A call that had less time shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a caller is told to wait that found no place.
const NO_PLACE: Duration = Duration::from_secs(1);

/// Bounds on calling one peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerLimits {
    /// Calls under way at once; questions take three quarters of them at most.
    pub calls: usize,
    /// How long a call waits for its place.
    pub wait: Duration,
    /// How often one call goes out, with its retries.
    pub attempts: u32,
    /// The longest pause before the first retry; each further one is twice as long.
    pub pause: Duration,
    /// When the peer is left alone.
    pub breaker: BreakerRule,
    /// How many retries there are.
    pub retries: BudgetRule,
}

impl PeerLimits {
    /// What a node uses unless told otherwise.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            calls: 512,
            wait: Duration::from_secs(1),
            attempts: 3,
            pause: Duration::from_millis(100),
            breaker: BreakerRule {
                failures: 10,
                open: Duration::from_millis(500),
                open_at_most: Duration::from_secs(10),
            },
            retries: BudgetRule {
                per_cent: 10,
                saved_at_most: 20,
            },
        }
    }
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A question that nothing hangs on yet.
    Ask,
    /// The outcome of something begun.
    Finish,
}

/// Whether a peer is called at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It is not: a restored node serves without it.
    Yes,
    /// It is.
    No,
}

/// What there is of calls to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Under way now.
    pub under_way: usize,
    /// Lost until now.
    pub lost: usize,
}

/// The guard of one peer.
pub struct Guard {
    region: RegionCode,
    limits: PeerLimits,
    all: Semaphore,
    asks: Semaphore,
    breaker: Mutex<Breaker>,
    /// Not called at all, because an officer said so.
    left_out: AtomicBool,
    budget: Mutex<Budget>,
    chance: Arc<dyn Chance>,
    measures: Arc<Measures>,
    lost: AtomicUsize,
}

/// A place among the calls under way.
type Place<'a> = (Option<SemaphorePermit<'a>>, SemaphorePermit<'a>);

impl Guard {
    /// The guard of a peer that nothing is known of.
    #[must_use]
    pub fn new(region: RegionCode, calling: &Calling) -> Self {
        let (chance, measures) = (Arc::clone(&calling.chance), Arc::clone(&calling.measures));
        Self::bounded(region, calling.limits, chance, measures)
    }

    fn bounded(
        region: RegionCode,
        limits: PeerLimits,
        chance: Arc<dyn Chance>,
        measures: Arc<Measures>,
    ) -> Self {
        let reserved = limits.calls / 4;
        let asks = limits.calls.saturating_sub(reserved).max(1);
        Self {
            region,
            limits,
            all: Semaphore::new(limits.calls.max(1)),
            asks: Semaphore::new(asks),
            breaker: Mutex::new(Breaker::new(limits.breaker)),
            left_out: AtomicBool::new(false),
            budget: Mutex::new(Budget::new(limits.retries)),
            chance,
            measures,
            lost: AtomicUsize::new(0),
        }
    }

    /// What there is of calls.
    #[must_use]
    pub fn load(&self) -> Load {
        Load {
            under_way: self
                .limits
                .calls
                .saturating_sub(self.all.available_permits()),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }

    /// Calls nothing any more, or again.
    pub fn leave_out(&self, left_out: LeftOut) {
        self.left_out
            .store(left_out == LeftOut::Yes, Ordering::Release);
    }

    /// Whether nothing is called.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.left_out.load(Ordering::Acquire)
    }

    /// Makes a call, with as many retries as time and budget allow. `attempt` is given what is left of the time.
    ///
    /// # Errors
    /// [`HomeFault`]: the last one.
    pub async fn call<T, F>(
        &self,
        purpose: Purpose,
        within: Duration,
        attempt: impl Fn(Duration) -> F,
    ) -> Result<T, HomeFault>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let begun = Instant::now();
        lock(&self.budget).called();
        let mut pause = self.limits.pause;
        for nth in 1.. {
            let left = within.saturating_sub(begun.elapsed());
            let status = match self.once(purpose, left, &attempt).await? {
                Ok(answer) => return Ok(answer.into_inner()),
                Err(status) => status,
            };
            let again = nth < self.limits.attempts && is_worth_another(&status);
            let rest = jittered(&*self.chance, pause).max(pushback(&status).unwrap_or_default());
            let in_time = within.saturating_sub(begun.elapsed()) > rest;
            if !again || !in_time || lock(&self.budget).take().is_none() {
                return Err(fault(&status));
            }
            self.measures.call(self.region, PeerCall::Retried);
            sleep(rest).await;
            pause = pause.saturating_mul(2);
        }
        Err(HomeFault::Unreachable("no attempt was made".to_owned()))
    }

    /// One attempt: the peer's answer, or why none was asked for.
    async fn once<T, F>(
        &self,
        purpose: Purpose,
        left: Duration,
        attempt: &impl Fn(Duration) -> F,
    ) -> Result<Result<Response<T>, Status>, HomeFault>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        if self.is_left_out() {
            let refusal = Refusal::new(RefusalCode::LeftOut, self.region);
            return Err(HomeFault::Pushed {
                refusal,
                after: self.limits.breaker.open_at_most,
            });
        }
        let begun = Instant::now();
        let _place = self.place(purpose, left).await?;
        let admitted = lock(&self.breaker).admit(Instant::now());
        admitted.map_err(|after| self.left_alone(after))?;
        let mut watch = Watch {
            guard: self,
            seen: Seen::Nothing,
        };
        let left = left.saturating_sub(begun.elapsed());
        let answer = attempt(left).await;
        watch.seen = match &answer {
            Ok(_) => Seen::Answered,
            Err(status) => seen(status, left),
        };
        Ok(answer)
    }

    /// A place among the calls under way, waited for no longer than allowed.
    async fn place(&self, purpose: Purpose, left: Duration) -> Result<Place<'_>, HomeFault> {
        let taking = async {
            let ask = match purpose {
                Purpose::Ask => Some(self.asks.acquire().await.ok()?),
                Purpose::Finish => None,
            };
            Some((ask, self.all.acquire().await.ok()?))
        };
        match timeout(left.min(self.limits.wait), taking).await {
            Ok(Some(place)) => Ok(place),
            Ok(None) | Err(_) => {
                self.measures.call(self.region, PeerCall::NoPlace);
                let refusal = Refusal::new(RefusalCode::Overloaded, self.region);
                let after = jittered(&*self.chance, NO_PLACE);
                Err(HomeFault::Pushed { refusal, after })
            }
        }
    }

    fn left_alone(&self, after: Duration) -> HomeFault {
        self.measures.call(self.region, PeerCall::LeftAlone);
        let refusal = Refusal::new(RefusalCode::HomeUnreachable, self.region);
        HomeFault::Pushed { refusal, after }
    }
}

/// Reports what a call has shown, also when its caller gives up.
struct Watch<'a> {
    guard: &'a Guard,
    seen: Seen,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let guard = self.guard;
        let rule = guard.limits.breaker;
        // Up to half of the rest, by chance.
        let shortened = rule
            .open
            .saturating_sub(jittered(&*guard.chance, rule.open));
        let mut breaker = lock(&guard.breaker);
        let was_closed = breaker.is_closed();
        breaker.seen(self.seen, Instant::now(), shortened);
        let is_closed = breaker.is_closed();
        drop(breaker);
        match self.seen {
            Seen::Answered => guard.measures.call(guard.region, PeerCall::Answered),
            Seen::Lost => {
                guard.lost.fetch_add(1, Ordering::Relaxed);
                guard.measures.call(guard.region, PeerCall::Lost);
            }
            Seen::Nothing => {}
        }
        if was_closed && !is_closed {
            tracing::warn!(region = %guard.region, "a peer is not reached and is left alone for a while");
        } else if is_closed && !was_closed {
            tracing::info!(region = %guard.region, "a peer is reached again");
        }
    }
}

/// What a failed call shows of its peer.
fn seen(status: &Status, left: Duration) -> Seen {
    if refusal_from_details(status.details()).is_some() {
        return Seen::Answered;
    }
    match TransportError::of(status) {
        Some(TransportError::Overloaded | TransportError::NotAllowed) => Seen::Answered,
        // The server says in time that it will not manage, which is an answer.
        Some(TransportError::Deadline) if !status.metadata().is_empty() => Seen::Answered,
        Some(TransportError::Deadline) if left < PATIENCE => Seen::Nothing,
        Some(
            TransportError::Deadline
            | TransportError::Unreachable { .. }
            | TransportError::ConnectTimeout { .. }
            | TransportError::ConnectionLost { .. }
            | TransportError::CertificateRefused { .. }
            | TransportError::PeerNotTrusted { .. }
            | TransportError::WrongPeer { .. }
            | TransportError::Handshake { .. },
        ) => Seen::Lost,
        Some(TransportError::TooLarge | TransportError::BadEndpoint { .. }) | None => Seen::Nothing,
    }
}

/// Whether the same call may do better a moment later. A passed deadline leaves no time for it.
fn is_worth_another(status: &Status) -> bool {
    if let Some(refusal) = refusal_from_details(status.details()) {
        return refusal.code == RefusalCode::Overloaded;
    }
    TransportError::of(status)
        .is_some_and(|error| error.retryable() && error != TransportError::Deadline)
}

/// A failed call, as whoever asked is told.
fn fault(status: &Status) -> HomeFault {
    let refusal = refusal_from_details(status.details());
    match (refusal, TransportError::of(status), pushback(status)) {
        (Some(refusal), _, Some(after)) => HomeFault::Pushed { refusal, after },
        (Some(refusal), _, None) => HomeFault::Refused(refusal),
        (None, Some(error), _) => HomeFault::Unreachable(error.to_string()),
        (None, None, _) => HomeFault::Unreachable(status.to_string()),
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
