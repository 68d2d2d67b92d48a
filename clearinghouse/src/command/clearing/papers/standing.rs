//! Of which regions statements say all of a month: those that stand in each of its cycles that are given.
//!
//! A region that another member cleared for on some days stands, on those, in that member's statements alone, which
//! this member does not have. Its rows with regions that do not stand in every cycle either cannot be held against the
//! month: they are named. Where a member's own statement of a day is not given, it is missing, or the member had no region
//! that day since its only one joined later or had left: the sums tell which, and then it is asked for. Where one region's
//! rows alone are asked for, it is given the statements of whoever cleared for it each day, and nothing is expected of what
//! else those members clear for. Deliberately absent: cycles of which there is no statement at all, which the sums tell too.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;

/// Who clears for a region on a day, as statements say.
pub(super) type Clears = BTreeMap<(BusinessDay, RegionCode), RegionCode>;

/// For how much of a month regions stand in statements.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    whole: BTreeSet<RegionCode>,
    /// Regions that stood in other statements on some days, with those.
    moved: BTreeMap<RegionCode, BTreeSet<BusinessDay>>,
    missing: BTreeSet<Missing>,
}

/// A statement that is not given, and a region that may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Missing {
    pub(super) day: BusinessDay,
    pub(super) region: RegionCode,
    /// Whose it is; none when it may be anybody's.
    pub(super) member: Option<RegionCode>,
}

impl Standing {
    /// How one region stands in them, whoever cleared for it: of all others' rows nothing is said.
    pub(super) fn of_one(
        clears: &Clears,
        cycles: &BTreeSet<BusinessDay>,
        region: RegionCode,
    ) -> Self {
        let without = cycles.iter().copied();
        let without = without.filter(|day| !clears.contains_key(&(*day, region)));
        let missing = without.map(|day| Missing {
            day,
            region,
            member: None,
        });
        Self {
            whole: BTreeSet::from([region]),
            missing: missing.collect(),
            ..Self::default()
        }
    }

    /// How regions stand in the cycles of a month that are given.
    pub(super) fn of(clears: &Clears, cycles: &BTreeSet<BusinessDay>) -> Self {
        let mut stands: BTreeMap<RegionCode, BTreeMap<BusinessDay, RegionCode>> = BTreeMap::new();
        let mut given = BTreeSet::new();
        for ((day, region), member) in clears.iter().filter(|((day, _), _)| cycles.contains(day)) {
            stands.entry(*region).or_default().insert(*day, *member);
            given.insert((*day, *member));
        }
        let mut standing = Self::default();
        for (region, stands) in stands {
            let elsewhere = cycles.iter().filter(|day| !stands.contains_key(day));
            let elsewhere: BTreeSet<_> = elsewhere.copied().collect();
            let of_members = elsewhere
                .iter()
                .flat_map(|day| stands.values().map(move |member| (*day, *member)));
            let missing: BTreeSet<_> = of_members.filter(|of| !given.contains(of)).collect();
            if elsewhere.is_empty() || !missing.is_empty() {
                standing.whole.insert(region);
            } else {
                standing.moved.insert(region, elsewhere);
            }
            let missing = missing.into_iter().map(|(day, member)| Missing {
                day,
                region,
                member: Some(member),
            });
            standing.missing.extend(missing);
        }
        standing
    }

    /// The statements that are not given: where the sums do not tie, one of them is what lacks.
    pub(super) const fn missing(&self) -> &BTreeSet<Missing> {
        &self.missing
    }

    /// Whether statements have all of a row.
    pub(super) fn has(&self, pair: &Pair) -> bool {
        self.whole.contains(&pair.debtor) || self.whole.contains(&pair.creditor)
    }

    /// The regions that stood in other statements on some days, with those days and the rows that are not all here.
    pub(super) fn not_tied<'a>(
        &'a self,
        rows: impl Iterator<Item = Pair> + Clone + 'a,
    ) -> impl Iterator<Item = NotTied> + 'a {
        self.moved.iter().map(move |(region, elsewhere)| NotTied {
            region: *region,
            elsewhere: elsewhere.clone(),
            rows: rows
                .clone()
                .filter(|pair| [pair.debtor, pair.creditor].contains(region) && !self.has(pair))
                .collect(),
        })
    }
}

/// A region of which the statements do not say all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotTied {
    pub(super) region: RegionCode,
    /// The cycles on which another member cleared for it.
    pub(super) elsewhere: BTreeSet<BusinessDay>,
    /// Its rows that cannot be held against the month's.
    pub(super) rows: Vec<Pair>,
}
