//! A stay that one bill covers from the admission on. Its parts look for it, and it for each of its parts, whoever settled
//! them. The last bill of several is of the rest of the stay: it looks for neither.
//!
//! Part and whole have different keys, and what stands is found by its key alone. So a whole stay is kept under one key
//! more, of a part that no bill is; and so is that a stay came in parts, which spares every other the look for each. In
//! both roles alike.

use huitong_core::bill::{INTERIM_AT_MOST, Visit};
use huitong_core::claim::VisitKey;
use huitong_core::id::SettlementId;
use huitong_core::vocabulary::Setting;

use super::{Rows, StoreError};

/// The part that stands for all of them: a bill has a lower number (`INTERIM_AT_MOST`).
const ALL_PARTS: u16 = u16::MAX;
/// The part under which a stay that came in parts has one of them. It is kept when none stands any more.
const ANY_PART: u16 = ALL_PARTS.saturating_sub(1);

/// How much of a stay a bill is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole, from the admission on.
    Whole,
    /// One of several, and not the last.
    Part,
    /// The rest of a stay, or no stay: in nobody's way but its own.
    Alone,
}

impl Extent {
    /// Of a bill that says so.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        match Self::from_admission(visit.setting, visit.interim) {
            Self::Whole if visit.billed_from != visit.admitted => Self::Alone,
            extent @ (Self::Whole | Self::Part | Self::Alone) => extent,
        }
    }

    /// Of the nth bill of a visit, when it begins on the day of admission.
    #[must_use]
    pub const fn from_admission(setting: Setting, interim: u16) -> Self {
        match (setting.is_stay(), interim) {
            (true, 0) => Self::Whole,
            (true, 1..) => Self::Part,
            (false, _) => Self::Alone,
        }
    }
}

/// Every key under which a visit is kept that stands, or is prepared.
pub fn keys_of(key: VisitKey, visit: &Visit) -> impl Iterator<Item = VisitKey> {
    let more = match Extent::of(visit) {
        Extent::Whole => Some(all_parts(&key)),
        Extent::Part => Some(any_part(&key)),
        Extent::Alone => None,
    };
    more.into_iter().chain([key])
}

/// The key under which a whole stay is found by its parts.
#[must_use]
pub fn all_parts(key: &VisitKey) -> VisitKey {
    at(key, ALL_PARTS)
}

/// The key under which it is found that a stay came in parts.
fn any_part(key: &VisitKey) -> VisitKey {
    at(key, ANY_PART)
}

fn at(key: &VisitKey, interim: u16) -> VisitKey {
    VisitKey {
        interim,
        ..key.clone()
    }
}

/// Home role: what stands of a visit, directly, by hand or from outside; for a part of a stay the whole as well, and for
/// the whole each part.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn standing_visit(
    rows: &dyn Rows,
    key: &VisitKey,
    visit: &Visit,
) -> Result<Option<SettlementId>, StoreError> {
    standing(key, Extent::of(visit), |key| rows.home_visit(key))
}

/// Treatment role: what is prepared or stands of a visit, in the same way.
///
/// # Errors
/// As [`standing_visit`].
pub fn taken_visit(
    rows: &dyn Rows,
    key: &VisitKey,
    visit: &Visit,
) -> Result<Option<SettlementId>, StoreError> {
    taken(rows, key, Extent::of(visit))
}

/// The same, of a visit of which no more is known than how much of the stay it is.
///
/// # Errors
/// As [`standing_visit`].
pub fn taken(
    rows: &dyn Rows,
    key: &VisitKey,
    extent: Extent,
) -> Result<Option<SettlementId>, StoreError> {
    standing(key, extent, |key| rows.visit(key))
}

fn standing(
    key: &VisitKey,
    extent: Extent,
    under: impl Fn(VisitKey) -> Result<Option<SettlementId>, StoreError>,
) -> Result<Option<SettlementId>, StoreError> {
    if let Some(other) = under(key.clone())? {
        return Ok(Some(other));
    }
    match extent {
        Extent::Alone => return Ok(None),
        Extent::Part => return under(all_parts(key)),
        Extent::Whole if under(any_part(key))?.is_none() => return Ok(None),
        Extent::Whole => {}
    }
    for interim in 1..=INTERIM_AT_MOST {
        if let Some(other) = under(at(key, interim))? {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use huitong_journal::Position;

    use super::*;
    use crate::samples::{claim, id};
    use crate::store::memory::MemoryIndex;
    use crate::store::{Change, Index, Key, Reached, Row};

    /// The rows of both roles when a bill stands under settlement 1.
    fn standing_under_one(bill: &Visit) -> MemoryIndex {
        let rows = MemoryIndex::new();
        let key = VisitKey {
            interim: bill.interim,
            ..claim("V1").visit_key()
        };
        let put = |key, row| Change {
            key,
            row: Some(row),
        };
        let changes: Vec<_> = keys_of(key, bill)
            .flat_map(|key| {
                let home = put(Key::HomeVisit(key.clone()), Row::HomeVisit(id(1)));
                [home, put(Key::Visit(key), Row::Visit(id(1)))]
            })
            .collect();
        let reached = Reached {
            frame: 1,
            records: 1,
            position: Position::START,
        };
        rows.apply(&changes, reached).unwrap();
        rows
    }

    /// Whether a bill is in the way of another, in both roles alike.
    fn is_in_the_way(stands: &Visit, of: &Visit) -> bool {
        let rows = standing_under_one(stands);
        let key = VisitKey {
            interim: of.interim,
            ..claim("V1").visit_key()
        };
        let home = standing_visit(&rows, &key, of).unwrap();
        assert_eq!(taken_visit(&rows, &key, of).unwrap(), home);
        assert!(home.is_none_or(|other| other == id(1)));
        home.is_some()
    }

    #[test]
    fn whole_and_part_are_in_each_other_s_way_and_the_rest_of_a_stay_in_nobody_s_but_its_own() {
        let whole = claim("V1").visit;
        assert_eq!(Extent::of(&whole), Extent::Whole);
        let mut rest = whole.clone();
        rest.billed_from = whole.discharged;
        for interim in [1, 32, INTERIM_AT_MOST] {
            let part = Visit {
                interim,
                ..whole.clone()
            };
            assert!(is_in_the_way(&part, &whole), "{interim}");
            assert!(is_in_the_way(&whole, &part), "{interim}");
            assert!(is_in_the_way(&part, &part), "{interim}");
            assert!(!is_in_the_way(&part, &rest), "{interim}");
            assert!(!is_in_the_way(&rest, &part), "{interim}");
            let other = Visit {
                interim: 7,
                ..whole.clone()
            };
            assert!(!is_in_the_way(&part, &other), "{interim}");
        }
        assert!(is_in_the_way(&rest, &rest));
        // Under one key there is one bill that is no part.
        assert!(is_in_the_way(&rest, &whole) && is_in_the_way(&whole, &rest));
    }

    #[test]
    fn a_stay_whose_parts_stand_no_more_is_free() {
        let part = Visit {
            interim: 3,
            ..claim("V1").visit
        };
        let rows = standing_under_one(&part);
        let key = claim("V1").visit_key();
        let freed = [Key::HomeVisit(at(&key, 3)), Key::Visit(at(&key, 3))];
        let freed = freed.map(|key| Change { key, row: None });
        let reached = rows.reached().unwrap().unwrap();
        rows.apply(&freed, reached).unwrap();
        let whole = claim("V1").visit;
        assert_eq!(standing_visit(&rows, &key, &whole).unwrap(), None);
        assert_eq!(taken_visit(&rows, &key, &whole).unwrap(), None);
    }
}
