//! What is not paid: who is owed sees it, by whom, since when it is due, how late, and why.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;
use huitong_document::calendar::state_council;

use super::{Found, Law};
use crate::evidence::{Cycle, Evidence};
use crate::world::DUE_DAYS;

/// By when is due what was ordered on a day: so many business days after it, or after the next one.
fn is_due(ordered: BusinessDay) -> BusinessDay {
    let calendar = state_council().unwrap();
    let days = (0..60).map(|days| ordered.plus_days(days).unwrap());
    let mut business = days.filter(|day| calendar.is_business(*day));
    business.nth(usize::try_from(DUE_DAYS).unwrap()).unwrap()
}

pub(super) fn unpaid(evidence: &Evidence, cycle: &Cycle, found: &mut Found) {
    // What no order is for is seen by nobody.
    let order = evidence.order_of(cycle.day);
    let nets = order.map_or_else(BTreeMap::new, |order| evidence.nets_of(order));
    let paid = |of: &(RegionCode, Fund)| order.and_then(|order| order.paid.get(of)).copied();
    let open = |of: &(RegionCode, Fund), net: i64| net.abs() - paid(of).unwrap_or(0);
    // Nothing of the last cycle is due yet when statements are asked for.
    let owes = nets
        .iter()
        .filter(|(of, net)| **net < 0 && open(of, **net) > 0);
    let owes: Vec<_> = owes.map(|(of, net)| (of.0, of.1, open(of, *net))).collect();
    let is_due = order.map(|order| is_due(order.ordered));
    let is_last = evidence.cycles.last().map(|last| last.day) == Some(cycle.day);
    for (member, told) in &cycle.unpaid {
        let net = |fund: &Fund| nets.get(&(*member, *fund));
        let is_owed = |fund: &Fund| net(fund).is_some_and(|net| *net > 0);
        let mut due: Vec<_> = owes
            .iter()
            .filter(|(_, fund, _)| is_owed(fund))
            .copied()
            .collect();
        let mut seen: Vec<_> = told
            .iter()
            .map(|unpaid| (unpaid.member, unpaid.fund, unpaid.open))
            .collect();
        due.sort();
        seen.sort();
        found.unpaid += seen.len();
        found.breaks(
            Law::Unpaid,
            (seen != due)
                .then(|| format!("{} {member}: sees {seen:?} open, and {due:?} is", cycle.day)),
        );
        let (silent, since) = evidence.silent;
        // What is seen of a cycle that no order is for is a breach already.
        let Some(due) = is_due else {
            continue;
        };
        for unpaid in told {
            let late = due.days_until(evidence.today).max(0);
            let right = unpaid.due == due
                && i64::from(unpaid.days_late) == late
                && (is_last || unpaid.has_reason && unpaid.member == silent && cycle.day >= since);
            found.breaks(
                Law::Unpaid,
                (!right).then(|| {
                    format!(
                        "{} {member}: {unpaid:?}, due {due}, {late} days late",
                        cycle.day
                    )
                }),
            );
        }
    }
}
