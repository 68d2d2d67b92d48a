//! The clock, passed down: to servers for their decisions, and to TLS for the certificates it checks.
//!
//! Only what runs asks for the time; whatever decides gets it as a value. Waiting is the runtime's business.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use huitong_core::date::Timestamp;
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;

/// What tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        // A clock outside 1970 to 2199 is out of order; what then carries its time is refused as too old.
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}

/// A clock as certificates are checked by it: in whole seconds, as TLS checks them, so that one holds to the end of its last
/// second whoever asks.
#[derive(Clone)]
pub(crate) struct CertificateClock(Arc<dyn Clock>);

impl CertificateClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        let second = self.0.now().as_millis().div_euclid(1_000);
        // Every moment of ours is one of the library's, whose range is wider.
        jiff::Timestamp::from_second(second).unwrap_or_default()
    }
}

impl TimeProvider for CertificateClock {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.now().as_millis()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(millis)))
    }
}

impl fmt::Debug for CertificateClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateClock({})", self.now())
    }
}
