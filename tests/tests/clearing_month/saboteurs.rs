//! What the auditor must notice: evidence in which one thing was changed, as a clearinghouse would leave it that breaks a law.

use huitong_core::clearing_month::row::Belongs;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;

use crate::auditor::Law;
use crate::evidence::{Cycle, Evidence};

/// Changes one thing.
pub type Sabotage = fn(&mut Evidence);

/// Every sabotage, with its name and the law that it breaks.
pub const ALL: [(&str, Sabotage, Law); 16] = [
    ("a leg is dropped", dropped, Law::Taken),
    ("a leg is netted twice", twice, Law::Once),
    ("a leg is never sent", never_sent, Law::Taken),
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
    ("a month's row is one leg short", short, Law::Month),
    (
        "what is of an earlier month is the month's own",
        own,
        Law::Month,
    ),
];

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
    let late = debts.iter().find(|(_, of)| *of == day).unwrap().0;
    let streams = evidence.streams.clone();
    for (region, stream) in &streams {
        let number = stream.iter().rfind(|numbered| numbered.leg.debt() == late);
        if let Some(numbered) = number {
            let mark = some_cycle(evidence).marks.get_mut(region).unwrap();
            *mark = (*mark).max(numbered.number);
        }
    }
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

fn short(evidence: &mut Evidence) {
    let mut parts = evidence.months[0].parts.values_mut();
    let rows = parts.find(|rows| !rows.is_empty()).unwrap();
    rows.values_mut().next().unwrap().0 -= 1;
}

fn own(evidence: &mut Evidence) {
    let file = &mut evidence.months[0].file;
    let mut keys = file.keys();
    let earlier = keys.find(|(_, item)| *item == (LegKind::Settlement, Belongs::ToEarlier));
    let (pair, item) = *earlier.unwrap();
    let sum = file.remove(&(pair, item)).unwrap();
    let own = file.entry((pair, (item.0, Belongs::ToMonth))).or_default();
    *own = (own.0 + sum.0, own.1 + sum.1);
}
