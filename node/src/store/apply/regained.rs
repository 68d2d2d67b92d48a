//! Rows that count what a restore brought back of a person's record.

use huitong_core::person::PsnNo;
use huitong_core::record::hand::Handed;

use super::super::{Key, RegainedPerson, RestoreState, Row, StoreError, incarnation};
use super::{Changes, Ground};

/// Whether a change that came back is of before changes that the node has made without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Late {
    /// The record went on in a later incarnation: what was told of it since was wrong, and its person is held.
    Yes,
    /// It did not.
    No,
}

/// One more change of a person's record came back, made in an incarnation.
pub(super) fn regained(
    psn_no: PsnNo,
    (change, count): (u64, u64),
    made_in: u32,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<Late, StoreError> {
    let incarnation = incarnation(ground.rows)?;
    let before = ground.rows.regained(psn_no)?;
    let row = match before {
        Some(row) if row.incarnation == incarnation => row,
        other @ (Some(_) | None) => {
            let account = ground.rows.account(psn_no)?;
            let version = account.map(|account| account.version);
            let base = version.map_or(0, |version| version.change);
            RegainedPerson {
                incarnation,
                since: version.map_or(0, |version| version.incarnation),
                base,
                highest: base,
                count: 0,
                before: other.map_or(0, |row| row.missing()),
            }
        }
    };
    let late = if made_in < row.since {
        Late::Yes
    } else {
        Late::No
    };
    let row = RegainedPerson {
        highest: row.highest.max(change),
        count: row.count.saturating_add(count),
        before: row.before.saturating_add(u64::from(late == Late::Yes)),
        ..row
    };
    out.put(Key::Regained(psn_no), Row::Regained(row));
    Ok(late)
}

/// A word of an old home is taken while the node collects what it lost: one more change came back. Which one the old
/// home does not know, so it counts for a number that is missing, if one is, though it may have come after all that have
/// one. Only of a record of which the backup has nothing an arrival is the first.
pub(super) fn came_back(
    psn_no: PsnNo,
    handed: &Handed,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    // A number that the backup has, or none, says nothing.
    let number = match handed {
        Handed::Person(_) => 1,
        Handed::Claim(_) | Handed::Reversal(_) | Handed::GivenUp(_) => 0,
    };
    match ground.rows.restored()? {
        Some(row) if row.state == RestoreState::Collecting => {
            regained(psn_no, (number, 1), row.incarnation, ground, out).map(|_| ())
        }
        Some(_) | None => Ok(()),
    }
}
