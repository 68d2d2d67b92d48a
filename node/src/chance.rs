//! Randomness, for salts and for the jitter of retries. Nothing that is decided depends on it.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

/// A fresh salt.
///
/// If the system has no randomness at all, the salt is zero: a commitment is then as weak as its content,
/// and the failure is logged; a settlement is not refused for it.
#[must_use]
pub(crate) fn salt() -> [u8; 16] {
    let mut salt = [0; 16];
    if SystemRandom::new().fill(&mut salt).is_err() {
        tracing::error!("the system gives no randomness");
    }
    salt
}

/// A wait between half and the whole of `longest`.
#[must_use]
pub(crate) fn jittered(longest: Duration) -> Duration {
    let [byte, ..] = salt();
    let part = |of: u32| longest.checked_div(of).unwrap_or_default();
    part(2).saturating_add(part(510).saturating_mul(u32::from(byte)))
}
