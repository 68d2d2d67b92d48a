//! Randomness, for salts and for the jitter of retries, passed down. Nothing that is decided depends on it.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

/// What gives random bytes.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's randomness.
///
/// If the system has none at all, the bytes stay zero: a commitment is then as weak as its content, and the
/// failure is logged; a settlement is not refused for it.
#[derive(Debug, Clone, Copy)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        if SystemRandom::new().fill(bytes).is_err() {
            bytes.fill(0);
            tracing::error!("the system gives no randomness");
        }
    }
}

/// A fresh salt.
#[must_use]
pub(crate) fn salt(chance: &dyn Chance) -> [u8; 16] {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    salt
}

/// A wait between half and the whole of `longest`.
#[must_use]
pub(crate) fn jittered(chance: &dyn Chance, longest: Duration) -> Duration {
    let [byte, ..] = salt(chance);
    let part = |of: u32| longest.checked_div(of).unwrap_or_default();
    part(2).saturating_add(part(510).saturating_mul(u32::from(byte)))
}
