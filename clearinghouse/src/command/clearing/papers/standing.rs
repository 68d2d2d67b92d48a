//! Of which regions statements say all of a month: those that stand in each of its cycles that are given.
//!
//! A region that another member cleared for on some days stands, on those, in that member's statements alone, which
//! this member does not have. Its rows with regions that do not stand in every cycle either cannot be held against the
//! month: they are named. A statement that is only missing is asked for. Deliberately absent: cycles of which there is
//! no statement at all, which the sums tell.

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
}

impl Standing {
    /// How regions stand in the cycles of a month that are given.
    ///
    /// # Errors
    /// A member's statement of a cycle is missing of which another member's is given.
    pub(super) fn of(clears: &Clears, cycles: &BTreeSet<BusinessDay>) -> anyhow::Result<Self> {
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
            if elsewhere.is_empty() {
                standing.whole.insert(region);
                continue;
            }
            for (day, member) in elsewhere
                .iter()
                .flat_map(|day| stands.values().map(move |member| (*day, *member)))
            {
                anyhow::ensure!(
                    given.contains(&(day, member)),
                    "region {region} stands in no statement of {day}: give the statement of {member} for that cycle \
                     / 缺少成员 {member} 该期（{day}）的对账单"
                );
            }
            standing.moved.insert(region, elsewhere);
        }
        Ok(standing)
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
