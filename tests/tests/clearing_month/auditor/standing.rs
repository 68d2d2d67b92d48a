//! Who is netted: whoever is suspended for what stood, whoever has left and whoever has not joined for nothing.

use huitong_core::region::RegionCode;

use super::{Found, Law};
use crate::evidence::{Cycle, Evidence};

/// Looks at the marks and the rows of a cycle.
pub(super) fn standing(evidence: &Evidence, cycle: &Cycle, found: &mut Found) {
    for (region, held) in &cycle.stood {
        let mark = cycle.marks.get(region);
        found.breaks(
            Law::Standing,
            (mark != Some(held)).then(|| {
                let day = cycle.day;
                format!(
                    "{region} {day}: cut off at {mark:?}, and {held} stood when it was suspended"
                )
            }),
        );
        found.suspended += 1;
    }
    let told = cycle.taken.values().flatten();
    let told = told.map(|leg| (leg.debtor, leg.creditor));
    let rows = cycle.pairs.keys().map(|pair| (pair.debtor, pair.creditor));
    let named = |region: RegionCode| {
        let mut all = told.clone().chain(rows.clone());
        all.any(|(debtor, creditor)| [debtor, creditor].contains(&region))
    };
    for (region, day) in &evidence.left {
        let is_named = cycle.day >= *day && named(*region);
        found.breaks(
            Law::Standing,
            is_named.then(|| format!("{}: {region}, which left on {day}, is netted", cycle.day)),
        );
    }
    for (region, day) in &evidence.joined {
        let is_there = cycle.marks.contains_key(region) || named(*region);
        found.breaks(
            Law::Standing,
            (is_there != (cycle.day >= *day)).then(|| {
                format!(
                    "{}: {region} joined on {day}; it is there: {is_there}",
                    cycle.day
                )
            }),
        );
    }
}
