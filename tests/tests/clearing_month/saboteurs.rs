//! What the auditor must notice: evidence in which one thing was changed, as a clearinghouse would leave it that breaks a law.

mod backs;
mod prefunds;

use std::collections::BTreeSet;

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::leg::{Debt, LegKind};
use huitong_core::money::Fen;

use crate::auditor::Law;
use crate::evidence::{Cycle, Evidence};
use backs::{deducted_before, reversed_before};
use prefunds::{freed_while_its_payer_owes, not_held, not_red, used_by_paid, used_less};

/// Changes one thing.
pub type Sabotage = fn(&mut Evidence);

/// Every sabotage, with its name and the law that it breaks.
pub const ALL: [(&str, Sabotage, Law); 30] = [
    ("a leg is dropped", dropped, Law::Taken),
    ("a leg is netted twice", twice, Law::Once),
    ("a leg is never sent", never_sent, Law::Taken),
    (
        "a reversal is netted before its settlement",
        reversed_before,
        Law::Taken,
    ),
    (
        "a deduction is netted before its settlement",
        deducted_before,
        Law::Taken,
    ),
    (
        "a leg that is late is netted under the cycle's day",
        moved,
        Law::Taken,
    ),
    ("a leg is netted with another amount", changed, Law::Taken),
    (
        "a mark is one higher than what was taken",
        marked,
        Law::Taken,
    ),
    (
        "a leg is netted that a region has otherwise",
        netted_otherwise,
        Law::Kept,
    ),
    (
        "a leg is netted of a row of which a region did not tell in what it differs",
        netted_untold,
        Law::Kept,
    ),
    (
        "what was kept out is netted before the same region attests it as it is held",
        unsaid,
        Law::Kept,
    ),
    (
        "a suspended region is netted for more than what stood",
        stood,
        Law::Standing,
    ),
    (
        "a leg with a region that has left is netted",
        netted_with_who_left,
        Law::Standing,
    ),
    (
        "a region is cut off before it joins",
        before_it_joins,
        Law::Standing,
    ),
    ("a debt that both report is never netted", left, Law::Once),
    ("a row's sum is one fen more", more, Law::Rows),
    ("a net is one fen more", net, Law::Zero),
    (
        "two nets are shifted against each other",
        shifted,
        Law::Nets,
    ),
    ("a posting is lost", unposted, Law::Balance),
    (
        "an open payment is hidden from who is owed",
        hidden,
        Law::Unpaid,
    ),
    (
        "an open payment is less late than it is",
        younger,
        Law::Unpaid,
    ),
    (
        "an open payment is due one day later, and less late by it",
        due_later,
        Law::Unpaid,
    ),
    (
        "a payment of a month is one fen more",
        ordered_more,
        Law::Order,
    ),
    (
        "less of a prefund is used than is owed",
        used_less,
        Law::Prefund,
    ),
    (
        "a prefund that is nearly used up is told to be less so",
        not_red,
        Law::Prefund,
    ),
    (
        "what a top-up brought in is not held",
        not_held,
        Law::Prefund,
    ),
    (
        "a prefund is used by what is paid",
        used_by_paid,
        Law::Prefund,
    ),
    (
        "a prefund is free of what its own payer owes, since another owes too",
        freed_while_its_payer_owes,
        Law::Prefund,
    ),
    ("a month's row is one leg short", short, Law::Month),
    (
        "what is of an earlier month is the month's own",
        own,
        Law::Month,
    ),
];

/// Those that there is something for: money moves either by the day or by the month, and nobody leaves in the middle of one
/// that is paid as one, nor is it looked at before all but one have paid.
pub fn of(evidence: &Evidence) -> impl Iterator<Item = (&'static str, Sabotage, Law)> {
    let by_month = evidence.orders.iter().any(|order| order.told.is_some());
    ALL.into_iter().filter(move |(_, sabotage, _)| {
        let of_months: &[Sabotage] = &[ordered_more];
        let of_days: &[Sabotage] = &[netted_with_who_left, freed_while_its_payer_owes];
        let mut not = if by_month { of_days } else { of_months }.iter();
        !not.any(|not| std::ptr::fn_addr_eq(*sabotage, *not))
    })
}

/// A cycle in the middle of the month.
fn some_cycle(evidence: &mut Evidence) -> &mut Cycle {
    &mut evidence.cycles[8]
}

fn dropped(evidence: &mut Evidence) {
    let parts = some_cycle(evidence).taken.values_mut();
    parts.filter_map(Vec::pop).next().unwrap();
}

fn twice(evidence: &mut Evidence) {
    let cycle = some_cycle(evidence);
    let (region, legs) = cycle
        .taken
        .iter()
        .find(|(_, legs)| !legs.is_empty())
        .unwrap();
    let (region, leg) = (*region, legs[0].clone());
    let next = evidence.cycles[9].taken.get_mut(&region).unwrap();
    next.push(leg);
}

fn never_sent(evidence: &mut Evidence) {
    let cycle = some_cycle(evidence);
    let debt = cycle.taken.values().flatten().next().unwrap().debt();
    for stream in evidence.streams.values_mut() {
        stream.retain(|numbered| numbered.leg.debt() != debt);
    }
}

fn moved(evidence: &mut Evidence) {
    let cycle = some_cycle(evidence);
    let day = cycle.day;
    let mut legs = cycle.taken.values_mut().flatten();
    let late = legs.find(|leg| leg.business_day != day).unwrap();
    late.business_day = day;
}

fn changed(evidence: &mut Evidence) {
    let leg = some_cycle(evidence).taken.values_mut().flatten().next();
    let leg = leg.unwrap();
    leg.amount = Fen::new(leg.amount.get() + 1).unwrap();
}

fn marked(evidence: &mut Evidence) {
    // Both sides of it were late, so that it was netted one cycle later.
    let places = evidence.cycles[9].taken.values().flatten();
    let debts: Vec<_> = places.map(|leg| (leg.debt(), leg.business_day)).collect();
    let day = evidence.cycles[8].day;
    // What takes back, and a deduction, may have waited for a settlement.
    let may_wait = |debt: &Debt| debt.1.takes_back().is_some() || debt.1 == LegKind::Deduction;
    let is_late = |(debt, of): &&(Debt, _)| !may_wait(debt) && *of == day;
    let late = debts.iter().find(is_late).unwrap().0;
    let streams = evidence.streams.clone();
    for (region, stream) in &streams {
        let number = stream.iter().rfind(|numbered| numbered.leg.debt() == late);
        if let Some(numbered) = number {
            let mark = some_cycle(evidence).marks.get_mut(region).unwrap();
            *mark = (*mark).max(numbered.number);
        }
    }
}

/// Adds a leg of a row to what was netted with a cycle in which a region said otherwise of it; of debts that it told, or
/// of a whole row.
fn nets_otherwise(evidence: &mut Evidence, is_told: impl Fn(&Option<BTreeSet<Debt>>) -> bool) {
    let streams = &evidence.streams;
    let (cycle, leg) = evidence
        .cycles
        .iter_mut()
        .find_map(|cycle| {
            let mut otherwise = cycle.said.values().flat_map(|said| &said.otherwise);
            let (pair, debts) = otherwise.find(|(_, debts)| is_told(debts))?;
            let mark = cycle.mark(pair.debtor);
            let mut stream = streams[&pair.debtor].iter().rev();
            let leg = stream.find(|numbered| {
                let is_kept = debts
                    .as_ref()
                    .is_none_or(|debts| debts.contains(&numbered.leg.debt()));
                is_kept && numbered.number <= mark && Pair::of(&numbered.leg) == *pair
            });
            let leg = leg.unwrap().leg.clone();
            Some((cycle, leg))
        })
        .unwrap();
    for region in [leg.debtor, leg.creditor] {
        cycle.taken.get_mut(&region).unwrap().push(leg.clone());
    }
}

fn netted_otherwise(evidence: &mut Evidence) {
    nets_otherwise(evidence, |debts| {
        debts.as_ref().is_some_and(|debts| !debts.is_empty())
    });
}

fn netted_untold(evidence: &mut Evidence) {
    nets_otherwise(evidence, Option::is_none);
}

fn unsaid(evidence: &mut Evidence) {
    // Told once, and attested as held in some later cycle: as if that had never been said.
    let told = evidence.cycles.iter().find_map(|cycle| {
        let said = cycle.said.iter().find_map(|(region, said)| {
            let mut told = said.otherwise.iter();
            let told = told.find(|(_, debts)| debts.as_ref().is_some_and(|it| !it.is_empty()));
            told.map(|(pair, _)| (*region, *pair))
        });
        said.map(|said| (cycle.day, said))
    });
    let (day, (region, pair)) = told.unwrap();
    for cycle in evidence.cycles.iter_mut().filter(|cycle| cycle.day > day) {
        if let Some(said) = cycle.said.get_mut(&region) {
            said.rows.remove(&pair);
        }
    }
}

fn stood(evidence: &mut Evidence) {
    let mut cycles = evidence.cycles.iter_mut();
    let cycle = cycles.find(|cycle| !cycle.stood.is_empty()).unwrap();
    let region = *cycle.stood.keys().next().unwrap();
    *cycle.marks.get_mut(&region).unwrap() += 1;
}

fn netted_with_who_left(evidence: &mut Evidence) {
    let (left, day) = evidence.left.iter().next().unwrap();
    let mut all = evidence
        .streams
        .iter()
        .filter(|(region, _)| *region != left);
    let stray = all.find_map(|(region, stream)| {
        let stray = stream
            .iter()
            .rfind(|numbered| numbered.leg.debtor == *left && numbered.leg.business_day > *day);
        stray.map(|numbered| (*region, numbered.leg.clone()))
    });
    let (region, leg) = stray.unwrap();
    let mut cycles = evidence.cycles.iter_mut();
    let cycle = cycles.find(|cycle| cycle.day == leg.business_day).unwrap();
    cycle.taken.get_mut(&region).unwrap().push(leg);
}

fn before_it_joins(evidence: &mut Evidence) {
    let region = *evidence.joined.keys().next().unwrap();
    evidence.cycles[0].marks.insert(region, 0);
}

fn left(evidence: &mut Evidence) {
    let last = evidence.cycles.pop().unwrap();
    assert!(!last.pairs.is_empty());
}

fn more(evidence: &mut Evidence) {
    let row = some_cycle(evidence).pairs.values_mut().next().unwrap();
    row.1 += 1;
}

fn net(evidence: &mut Evidence) {
    *some_cycle(evidence).nets.values_mut().next().unwrap() += 1;
}

fn shifted(evidence: &mut Evidence) {
    let cycle = some_cycle(evidence);
    let fund = cycle.nets.keys().next().unwrap().1;
    let mut nets = cycle.nets.iter_mut().filter(|((_, of), _)| *of == fund);
    *nets.next().unwrap().1 += 1;
    *nets.next().unwrap().1 -= 1;
}

fn unposted(evidence: &mut Evidence) {
    let cycle = some_cycle(evidence);
    let posted = cycle.posted.iter().find(|(_, amount)| **amount != 0);
    let account = posted.unwrap().0.clone();
    cycle.posted.remove(&account);
}

fn hidden(evidence: &mut Evidence) {
    let told = evidence.cycles[..20].iter_mut();
    let mut told = told.flat_map(|cycle| cycle.unpaid.values_mut());
    let told = told.find(|unpaid| !unpaid.is_empty()).unwrap();
    told.pop();
}

fn younger(evidence: &mut Evidence) {
    let told = evidence.cycles[..20].iter_mut();
    let told = told.flat_map(|cycle| cycle.unpaid.values_mut()).flatten();
    let mut late = told.filter(|unpaid| unpaid.days_late > 1);
    late.next().unwrap().days_late -= 1;
}

fn due_later(evidence: &mut Evidence) {
    let told = evidence.cycles[..20].iter_mut();
    let told = told.flat_map(|cycle| cycle.unpaid.values_mut()).flatten();
    let mut late = told.filter(|unpaid| unpaid.days_late > 1);
    let late = late.next().unwrap();
    late.due = late.due.plus_days(1).unwrap();
    late.days_late -= 1;
}

fn ordered_more(evidence: &mut Evidence) {
    let mut orders = evidence.orders.iter_mut();
    let told = orders.find_map(|order| order.told.as_mut()).unwrap();
    *told.values_mut().next().unwrap() += 1;
}

fn short(evidence: &mut Evidence) {
    let mut parts = evidence.months.last_mut().unwrap().parts.values_mut();
    let rows = parts.find(|rows| !rows.is_empty()).unwrap();
    rows.values_mut().next().unwrap().0 -= 1;
}

fn own(evidence: &mut Evidence) {
    let file = &mut evidence.months.last_mut().unwrap().file;
    let mut keys = file.keys();
    let earlier = keys.find(|(_, item)| *item == (LegKind::Settlement, Belongs::ToEarlier));
    let (pair, item) = *earlier.unwrap();
    let sum = file.remove(&(pair, item)).unwrap();
    let own = file.entry((pair, (item.0, Belongs::ToMonth))).or_default();
    *own = (own.0 + sum.0, own.1 + sum.1);
}
