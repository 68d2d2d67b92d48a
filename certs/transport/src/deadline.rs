//! How long a call may take.
//!
//! The shorter of the caller's `grpc-timeout` and the server's own limit holds. Handlers
//! find it in the request and pass what is left of it on to those they call. When it
//! passes, the handler's future is dropped where it stands: work that must not stop half
//! way belongs to a task of its own.

use std::time::Duration;

use tokio::time::Instant;
use tonic::Request;
use tonic::codegen::http::HeaderMap;

/// How far ahead of the caller's deadline the server answers, at most; a tenth of what the caller allows where that is
/// less. The caller keeps a timer on the same header, which began earlier by the way here and ends earlier by the way
/// back: what is answered too late is not heard, and its code with it.
const AHEAD: Duration = Duration::from_millis(50);

/// When a call must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline of a call that comes in now with these headers.
    pub(crate) fn of(headers: &HeaderMap, longest: Duration) -> Self {
        let now = Instant::now();
        let allowed = asked(headers).map_or(longest, |asked| {
            let ahead = asked.checked_div(10).unwrap_or_default().min(AHEAD);
            asked.saturating_sub(ahead).min(longest)
        });
        Self(now.checked_add(allowed).unwrap_or(now))
    }

    /// So long from now.
    #[must_use]
    pub fn after(within: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(within).unwrap_or(now))
    }

    /// This one, or so long from now when that is earlier.
    #[must_use]
    pub fn at_most(self, within: Duration) -> Self {
        self.min(Self::after(within))
    }

    /// So much earlier, at the earliest now.
    #[must_use]
    pub fn ahead(self, by: Duration) -> Self {
        Self::after(self.remaining().saturating_sub(by))
    }

    /// What is left; zero when it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub(crate) fn instant(self) -> Instant {
        self.0
    }
}

/// When this call must be answered; none when it did not come in through [`crate::Server`].
pub fn deadline<T>(request: &Request<T>) -> Option<Deadline> {
    request.extensions().get::<Deadline>().copied()
}

/// The `grpc-timeout` of a call: at most eight digits and a unit. Anything else is ignored,
/// as the gRPC library does; the server's own limit still holds.
fn asked(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number.saturating_mul(3600))),
        "M" => Some(Duration::from_secs(number.saturating_mul(60))),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_left_only_shrinks() {
        let deadline = Deadline::after(Duration::from_secs(10));
        tokio::time::advance(Duration::from_secs(8)).await;
        assert_eq!(deadline.remaining(), Duration::from_secs(2));
        let bounded = deadline.at_most(Duration::from_secs(5));
        assert_eq!(bounded.remaining(), Duration::from_secs(2));
        let bounded = deadline.at_most(Duration::from_secs(1));
        assert_eq!(bounded.remaining(), Duration::from_secs(1));
        let ahead = deadline.ahead(Duration::from_millis(1_500));
        assert_eq!(ahead.remaining(), Duration::from_millis(500));
        assert_eq!(deadline.ahead(LONGEST).remaining(), Duration::ZERO);
        tokio::time::advance(LONGEST).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    const LONGEST: Duration = Duration::from_secs(30);

    /// Headers and what is then allowed, on a stopped clock.
    #[tokio::test(start_paused = true)]
    async fn the_shorter_limit_holds() {
        let rows = [
            (None, LONGEST),
            (Some("1S"), Duration::from_millis(950)),
            (Some("20m"), Duration::from_millis(18)),
            (Some("1M"), LONGEST),
            (Some("99999999H"), LONGEST),
            (Some("0S"), Duration::ZERO),
            (Some("100u"), Duration::from_micros(90)),
            (Some("100n"), Duration::from_nanos(90)),
            (Some("999999999S"), LONGEST),
            (Some("-1S"), LONGEST),
            (Some("1"), LONGEST),
            (Some("S"), LONGEST),
            (Some(""), LONGEST),
            (Some("1秒"), LONGEST),
        ];
        for (value, expected) in rows {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert("grpc-timeout", value.as_bytes().try_into().unwrap());
            }
            assert_eq!(
                Deadline::of(&headers, LONGEST).remaining(),
                expected,
                "{value:?}"
            );
        }
    }
}
