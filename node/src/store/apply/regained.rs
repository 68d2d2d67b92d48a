//! Rows that count what a restore brought back of a person's record.

use huitong_core::person::PsnNo;

use super::super::{Key, RegainedPerson, RestoreState, Row, StoreError, incarnation};
use super::{Changes, Ground};

/// One more change of a person's record came back.
pub(super) fn regained(
    psn_no: PsnNo,
    (change, count): (u64, u64),
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let incarnation = incarnation(ground.rows)?;
    let before = ground.rows.regained(psn_no)?;
    let row = match before {
        Some(row) if row.incarnation == incarnation => row,
        other @ (Some(_) | None) => {
            let base = ground.rows.account(psn_no)?;
            let base = base.map_or(0, |account| account.version.change);
            RegainedPerson {
                incarnation,
                base,
                highest: base,
                count: 0,
                before: other.map_or(0, |row| row.missing()),
            }
        }
    };
    let row = RegainedPerson {
        highest: row.highest.max(change),
        count: row.count.saturating_add(count),
        ..row
    };
    out.put(Key::Regained(psn_no), Row::Regained(row));
    Ok(())
}

/// A word of an old home is taken while the node collects what it lost: one more change came back, of whatever
/// number.
pub(super) fn came_back(
    psn_no: PsnNo,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    match ground.rows.restored()? {
        Some(row) if row.state == RestoreState::Collecting => regained(psn_no, (0, 1), ground, out),
        Some(_) | None => Ok(()),
    }
}
