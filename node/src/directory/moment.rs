//! The moment at which a version says that it was signed: by it is judged which of the certificates that it lists count, so a
//! version that is dated as somebody likes has others count.
//!
//! It is not before that of the version before, and not more than a day ahead of the own clock, as an answer to an expense
//! check is not. What lies ahead waits, since it may be the own clock that is wrong: it is held against it again at each look.
//! What goes back stays so: it is kept as what contradicts, and an officer may accept it. Deliberately absent: how old a
//! version is, since a node that was away takes all that it has not.

use huitong_core::date::Timestamp;
use huitong_core::membership::SignedDirectory;

use super::{DirectoryDesk, Trouble};
use crate::error::NodeError;
use crate::store::DirectoryHead;

/// A version is not gone by that is dated so much further ahead of the own clock.
const AHEAD_AT_MOST_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Why a version is not gone by at the moment at which it says that it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Misdated {
    /// It lies too far ahead of the own clock.
    Ahead,
    /// It lies before the version before it, which was signed then.
    Back(Timestamp),
}

/// What the moment of a version comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    /// It may be gone by.
    Rightly,
    /// Another version than it was fetched upon is gone by meanwhile.
    UponAnother,
}

/// Whether a version that was signed at a moment is dated too far ahead of the own clock.
pub(super) fn is_ahead(signed: Timestamp, now: Timestamp) -> bool {
    now.millis_until(signed) > AHEAD_AT_MOST_MILLIS
}

/// Holds the moment of a version against that of the one before it, if there is one, and against the own clock.
fn held(signed: Timestamp, before: Option<Timestamp>, now: Timestamp) -> Result<(), Misdated> {
    if is_ahead(signed, now) {
        return Err(Misdated::Ahead);
    }
    match before {
        Some(before) if signed < before => Err(Misdated::Back(before)),
        Some(_) | None => Ok(()),
    }
}

impl DirectoryDesk {
    /// Whether a version may be gone by at the moment at which it says that it was signed, upon what is gone by now. One that
    /// goes back is kept, once.
    pub(super) async fn dated(
        &self,
        signed: &SignedDirectory,
        head: Option<&DirectoryHead>,
    ) -> Result<Dated, Trouble> {
        // A branch that was accepted just now is looked at once it is on disk: else it would be looked for again at once.
        self.parts.ledger.barrier().await.map_err(NodeError::from)?;
        let before = match (head, self.taken()?) {
            (None, _) => None,
            (Some(head), Some((taken, before))) if taken.digest == head.digest => Some(before.at),
            (Some(_), _) => return Ok(Dated::UponAnother),
        };
        let (number, at) = (signed.directory.number, signed.at);
        match held(at, before, self.parts.clock.now()) {
            Ok(()) => Ok(Dated::Rightly),
            Err(Misdated::Ahead) => Err(Trouble::Ahead(number, at)),
            Err(Misdated::Back(before)) => {
                self.keep_split(signed.clone()).await?;
                Err(Trouble::Back(number, at, before))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_version_is_dated_at_most_a_day_ahead_and_never_before_the_one_before_it() {
        let now = at("2026-03-01T00:00:00.000Z");
        let (a_day, more) = (
            at("2026-03-02T00:00:00.000Z"),
            at("2026-03-02T00:00:00.001Z"),
        );
        assert_eq!(held(a_day, None, now), Ok(()));
        assert_eq!(held(more, None, now), Err(Misdated::Ahead));
        assert_eq!(held(more, None, at("2026-03-01T00:00:00.001Z")), Ok(()));
        // However long ago, as long as it is in order.
        let (long_ago, after) = (
            at("2019-03-01T00:00:00.000Z"),
            at("2019-03-01T00:00:00.001Z"),
        );
        assert_eq!(held(long_ago, Some(long_ago), now), Ok(()));
        assert_eq!(held(long_ago, Some(after), now), Err(Misdated::Back(after)));
        // The clock comes first: it may be that of before which was wrong.
        assert_eq!(
            held(more, Some(at("2027-03-01T00:00:00.000Z")), now),
            Err(Misdated::Ahead)
        );
    }
}
