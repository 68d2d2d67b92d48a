//! What a test is told from outside: how many rounds, from which seed.

/// A number that the environment gives.
///
/// # Panics
/// When what it gives is no such number.
#[must_use]
pub fn number<N: std::str::FromStr>(name: &str) -> Option<N> {
    let given = std::env::var(name).ok()?;
    let read = given.parse().ok();
    assert!(
        read.is_some(),
        "{name}={given} is no number that it could be"
    );
    read
}
