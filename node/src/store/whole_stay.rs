//! A stay that one bill covers from the admission on. Its parts look for it, whoever settled it.
//!
//! Part and whole have different keys, and what stands is found by its key alone. So a whole stay is kept under one key
//! more, of a part that no bill is.

use huitong_core::bill::Visit;
use huitong_core::claim::VisitKey;
use huitong_core::id::SettlementId;

use super::{Rows, StoreError};

/// The part that stands for all of them: a bill has a lower number (`INTERIM_AT_MOST`).
const ALL_PARTS: u16 = u16::MAX;

/// The key under which a whole stay is found by its parts.
#[must_use]
pub fn all_parts(key: &VisitKey) -> VisitKey {
    VisitKey {
        interim: ALL_PARTS,
        ..key.clone()
    }
}

/// Whether a bill is of a whole stay, and not the last of several.
#[must_use]
pub fn is_whole_stay(visit: &Visit) -> bool {
    visit.setting.is_stay() && visit.interim == 0 && visit.billed_from == visit.admitted
}

/// What stands of a visit, or of the whole stay that it is a part of.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn standing_visit(
    rows: &dyn Rows,
    key: &VisitKey,
    visit: &Visit,
) -> Result<Option<SettlementId>, StoreError> {
    if let Some(other) = rows.home_visit(key.clone())? {
        return Ok(Some(other));
    }
    if visit.setting.is_stay() && visit.interim > 0 {
        return rows.home_visit(all_parts(key));
    }
    Ok(None)
}
