//! The circuit breaker in front of one peer: closed, open, half-open.
//!
//! A peer that is not reached is left alone for a while, so that callers get their answer at once and the peer
//! is not met by all of them when it comes back. What counts is the transport alone: whoever answers, if only
//! to refuse, is there. Time is the runtime's monotonic one, passed in: a wall clock that is set must neither
//! open nor close anything.

use std::time::Duration;

use tokio::time::Instant;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerRule {
    /// Failures in a row after which it opens.
    pub failures: u32,
    /// How long it stays open the first time; each probe that fails doubles it.
    pub open: Duration,
    /// The longest it stays open.
    pub open_at_most: Duration,
}

/// What a call has shown of its peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It answered, whatever it said.
    Answered,
    /// It was not reached, or broke off, or did not answer in the time that a peer has.
    Lost,
    /// Nothing: the call was given up before either was certain.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, times: u32 },
    HalfOpen { times: u32 },
}

/// One breaker.
#[derive(Debug)]
pub struct Breaker {
    rule: BreakerRule,
    state: State,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub const fn new(rule: BreakerRule) -> Self {
        Self {
            rule,
            state: State::Closed { failures: 0 },
        }
    }

    /// Whether a call may go out now. The first one after the time is a probe, and others wait for what it
    /// shows: whoever is let through must say what was [`seen`](Self::seen).
    ///
    /// # Errors
    /// How long to wait before the next try.
    pub fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, times } if now >= until => {
                self.state = State::HalfOpen { times };
                Ok(())
            }
            State::Open { until, .. } => Err(until.saturating_duration_since(now)),
            State::HalfOpen { .. } => Err(self.rule.open),
        }
    }

    /// What a call has shown. A rest is shortened by up to its half, by chance, so that those who call one peer do
    /// not probe it together.
    pub fn seen(&mut self, seen: Seen, now: Instant, shortened_by: Duration) {
        self.state = match (seen, self.state) {
            (Seen::Answered, _) => State::Closed { failures: 0 },
            (Seen::Lost, State::Closed { failures }) => {
                let failures = failures.saturating_add(1);
                if failures < self.rule.failures {
                    State::Closed { failures }
                } else {
                    self.opened(1, now, shortened_by)
                }
            }
            (Seen::Lost, State::HalfOpen { times }) => {
                self.opened(times.saturating_add(1), now, shortened_by)
            }
            // A call that was let through before it opened.
            (Seen::Lost | Seen::Nothing, State::Open { until, times }) => {
                State::Open { until, times }
            }
            // The next call probes in its place.
            (Seen::Nothing, State::HalfOpen { times }) => State::Open { until: now, times },
            (Seen::Nothing, State::Closed { failures }) => State::Closed { failures },
        };
    }

    /// Whether calls go out.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    fn opened(&self, times: u32, now: Instant, shortened_by: Duration) -> State {
        let doubled = 1_u32.checked_shl(times.saturating_sub(1));
        let open = doubled.and_then(|doubled| self.rule.open.checked_mul(doubled));
        let open = open.map_or(self.rule.open_at_most, |open| {
            open.min(self.rule.open_at_most)
        });
        let half = open.checked_div(2).unwrap_or_default();
        let rest = open.saturating_sub(shortened_by.min(half));
        State::Open {
            until: now.checked_add(rest).unwrap_or(now),
            times,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: BreakerRule = BreakerRule {
        failures: 3,
        open: Duration::from_secs(1),
        open_at_most: Duration::from_secs(5),
    };

    fn lose(breaker: &mut Breaker, now: Instant) {
        breaker.seen(Seen::Lost, now, Duration::ZERO);
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (mut breaker, now) = (Breaker::new(RULE), Instant::now());
        lose(&mut breaker, now);
        lose(&mut breaker, now);
        breaker.seen(Seen::Answered, now, Duration::ZERO);
        lose(&mut breaker, now);
        lose(&mut breaker, now);
        breaker.seen(Seen::Nothing, now, Duration::ZERO);
        assert_eq!(breaker.admit(now), Ok(()));
        lose(&mut breaker, now);
        assert_eq!(breaker.admit(now), Err(RULE.open));
        let half = now + RULE.open / 2;
        assert_eq!(breaker.admit(half), Err(RULE.open / 2));
    }

    #[test]
    fn one_probe_at_a_time_decides_whether_it_closes() {
        let (mut breaker, mut now) = (Breaker::new(RULE), Instant::now());
        (0..3).for_each(|_| lose(&mut breaker, now));
        // Each probe that fails doubles the rest, up to the longest.
        for rest in [1, 2, 4, 5, 5] {
            let rest = Duration::from_secs(rest);
            assert_eq!(breaker.admit(now), Err(rest));
            now += rest;
            assert_eq!(breaker.admit(now), Ok(()), "the probe");
            assert_eq!(breaker.admit(now), Err(RULE.open), "and nobody else");
            lose(&mut breaker, now);
        }
        now += RULE.open_at_most;
        assert_eq!(breaker.admit(now), Ok(()));
        // A probe that shows nothing leaves its place to the next.
        breaker.seen(Seen::Nothing, now, Duration::ZERO);
        assert_eq!(breaker.admit(now), Ok(()));
        breaker.seen(Seen::Answered, now, Duration::ZERO);
        assert!(breaker.is_closed());
        assert_eq!(breaker.admit(now), Ok(()));
        assert_eq!(breaker.admit(now), Ok(()));
    }

    #[test]
    fn calls_that_left_before_it_opened_do_not_hold_it_open() {
        let (mut breaker, now) = (Breaker::new(RULE), Instant::now());
        (0..3).for_each(|_| lose(&mut breaker, now));
        let later = now + RULE.open / 2;
        lose(&mut breaker, later);
        assert_eq!(breaker.admit(now + RULE.open), Ok(()));
        // And one of them that is answered shows that the peer is there.
        breaker.seen(Seen::Answered, later, Duration::ZERO);
        assert!(breaker.is_closed());
    }

    #[test]
    fn a_rest_is_shortened_by_half_at_most() {
        let (mut breaker, now) = (Breaker::new(RULE), Instant::now());
        (0..3).for_each(|_| breaker.seen(Seen::Lost, now, RULE.open_at_most));
        assert_eq!(breaker.admit(now), Err(RULE.open / 2));
    }
}
