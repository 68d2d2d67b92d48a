//! The auditor: from what regions sent, and from the marks, it finds by its own plain code what must have been netted when,
//! and holds against that all that was answered, stated, handed out and drawn up.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::leg::{Debt, Leg, LegKind, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_document::calendar::state_council;

use crate::evidence::{Cycle, Evidence, Month, MonthRows, Sum};
use crate::world::DUE_DAYS;

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Each region's part of each cycle holds just the legs that the cycle had to take, as they were sent, with their own days.
    Taken,
    /// No debt is netted twice, and none that both regions report alike is left at the end.
    Once,
    /// The plan's gross rows are the sums of what it took.
    Rows,
    /// Over all members the nets of each fund are zero.
    Zero,
    /// Each member's net of each fund is what its regions are owed, without what they owe.
    Nets,
    /// What was posted is in balance, and comes to each member's net.
    Balance,
    /// The month's rows are the sums of the days, for each region and for everybody.
    Month,
    /// Who is owed sees what is not paid, by whom, since when it is due, how late, and why.
    Unpaid,
}

/// A law that does not hold, and where.
#[derive(Debug, Clone)]
pub struct Violation {
    pub law: Law,
    pub story: String,
}

/// What was found while looking.
#[derive(Debug, Default)]
pub struct Found {
    pub violations: Vec<Violation>,
    /// Legs that were netted, those of them under another day than the cycle's, and those of each kind.
    pub netted: usize,
    pub under_their_own_day: usize,
    pub of_kind: BTreeMap<LegKind, usize>,
    /// Debts that somebody reported once more after they were netted.
    pub repeated: usize,
    /// Payments that creditors see open.
    pub unpaid: usize,
    /// Rows of the month that hold something of an earlier one.
    pub earlier: usize,
}

impl Found {
    /// A law does not hold when there is a story of it.
    fn breaks(&mut self, law: Law, story: Option<String>) {
        self.violations
            .extend(story.map(|story| Violation { law, story }));
    }
}

/// What each cycle had to take.
struct Matched<'a> {
    of_cycles: Vec<Vec<&'a Leg>>,
    /// Debts that both reported alike, and that no cycle took.
    left: Vec<Debt>,
    repeated: usize,
}

/// What one region says of a debt, and what the other says.
#[derive(Default)]
struct Sides<'a> {
    receivable: Vec<&'a Leg>,
    payable: Vec<&'a Leg>,
    is_netted: bool,
}

impl<'a> Sides<'a> {
    fn hears(&mut self, numbered: &'a NumberedLeg) {
        match numbered.side {
            Side::Receivable => self.receivable.push(&numbered.leg),
            Side::Payable => self.payable.push(&numbered.leg),
        }
    }

    /// What both say alike.
    fn agreed(&self) -> Option<&'a Leg> {
        let same = |leg: &&&Leg| self.payable.contains(leg);
        self.receivable.iter().find(same).copied()
    }
}

/// Goes through all streams, mark by mark.
fn matched(evidence: &Evidence) -> Matched<'_> {
    let mut debts: BTreeMap<Debt, Sides<'_>> = BTreeMap::new();
    let (mut of_cycles, mut repeated) = (Vec::new(), 0);
    let mut read: BTreeMap<RegionCode, u64> = BTreeMap::new();
    for cycle in &evidence.cycles {
        let mut touched = BTreeSet::new();
        for (region, stream) in &evidence.streams {
            let mark = cycle.marks.get(region).copied().unwrap_or(0);
            let from = read.insert(*region, mark).unwrap_or(0);
            let new = stream
                .iter()
                .filter(|numbered| (from + 1..=mark).contains(&numbered.number));
            for numbered in new {
                let sides = debts.entry(numbered.leg.debt()).or_default();
                repeated += usize::from(sides.is_netted);
                sides.hears(numbered);
                touched.insert(numbered.leg.debt());
            }
        }
        let mut taken = Vec::new();
        for debt in touched {
            let sides = debts.get_mut(&debt).unwrap();
            if !sides.is_netted
                && let Some(leg) = sides.agreed()
            {
                sides.is_netted = true;
                taken.push(leg);
            }
        }
        of_cycles.push(taken);
    }
    for (region, stream) in &evidence.streams {
        let mark = read.get(region).copied().unwrap_or(0);
        let rest = stream.iter().filter(|numbered| numbered.number > mark);
        rest.for_each(|numbered| {
            debts
                .entry(numbered.leg.debt())
                .or_default()
                .hears(numbered)
        });
    }
    let left = debts.iter().filter(|(_, sides)| !sides.is_netted);
    let left = left.filter(|(_, sides)| sides.agreed().is_some());
    Matched {
        of_cycles,
        left: left.map(|(debt, _)| *debt).collect(),
        repeated,
    }
}

/// Looks at everything.
pub fn audit(evidence: &Evidence) -> Found {
    let mut found = Found::default();
    let matched = matched(evidence);
    found.repeated = matched.repeated;
    once(evidence, &matched, &mut found);
    for (cycle, legs) in evidence.cycles.iter().zip(&matched.of_cycles) {
        found.netted += legs.len();
        let other_day = legs.iter().filter(|leg| leg.business_day != cycle.day);
        found.under_their_own_day += other_day.count();
        for leg in legs {
            *found.of_kind.entry(leg.kind).or_default() += 1;
        }
        taken(cycle, legs, &mut found);
        rows(cycle, legs, &mut found);
        nets(evidence, cycle, legs, &mut found);
        balance(cycle, &mut found);
        unpaid(evidence, cycle, &mut found);
    }
    for month in &evidence.months {
        let rows = month_rows(evidence, month, &matched);
        let earlier = rows.keys().filter(|(_, (_, of))| *of == Belongs::ToEarlier);
        found.earlier += earlier.count();
        months(month, &rows, &mut found);
    }
    found
}

fn once(evidence: &Evidence, matched: &Matched<'_>, found: &mut Found) {
    let left = matched.left.len();
    found.breaks(
        Law::Once,
        (left != 0).then(|| format!("{left} debts are in no cycle")),
    );
    // Both regions of a debt hold it in their parts.
    let mut seen: BTreeMap<(RegionCode, Debt), BusinessDay> = BTreeMap::new();
    for cycle in &evidence.cycles {
        for (region, legs) in &cycle.taken {
            for leg in legs {
                let before = seen.insert((*region, leg.debt()), cycle.day);
                found.breaks(
                    Law::Once,
                    before.is_some().then(|| {
                        format!("{region}: {leg:?} of {before:?} once more on {}", cycle.day)
                    }),
                );
            }
        }
    }
}

fn taken(cycle: &Cycle, legs: &[&Leg], found: &mut Found) {
    let mut of_regions: BTreeMap<RegionCode, Vec<&Leg>> = BTreeMap::new();
    for leg in legs {
        for region in [leg.debtor, leg.creditor] {
            of_regions.entry(region).or_default().push(leg);
        }
    }
    for (region, told) in &cycle.taken {
        let mut told: Vec<&Leg> = told.iter().collect();
        let mut due = of_regions.remove(region).unwrap_or_default();
        told.sort_by_key(|leg| leg.debt());
        due.sort_by_key(|leg| leg.debt());
        let (count, had) = (told.len(), due.len());
        found.breaks(
            Law::Taken,
            (told != due).then(|| {
                let day = cycle.day;
                format!("{region} {day}: {count} legs are stated, and {had} had to be taken")
            }),
        );
    }
    let without: Vec<_> = of_regions.keys().collect();
    found.breaks(
        Law::Taken,
        (!without.is_empty()).then(|| format!("{}: no part of {without:?}", cycle.day)),
    );
}

fn rows(cycle: &Cycle, legs: &[&Leg], found: &mut Found) {
    let mut sums: BTreeMap<Pair, Sum> = BTreeMap::new();
    for leg in legs {
        let sum = sums.entry(Pair::of(leg)).or_default();
        *sum = (sum.0 + 1, sum.1 + leg.amount.get());
    }
    found.breaks(
        Law::Rows,
        (sums != cycle.pairs).then(|| {
            let wrong = sums
                .iter()
                .find(|(pair, sum)| cycle.pairs.get(pair) != Some(sum));
            format!("{}: {wrong:?}", cycle.day)
        }),
    );
}

fn nets(evidence: &Evidence, cycle: &Cycle, legs: &[&Leg], found: &mut Found) {
    let mut of_funds: BTreeMap<Fund, i64> = BTreeMap::new();
    for ((_, fund), net) in &cycle.nets {
        *of_funds.entry(*fund).or_default() += net;
    }
    for (fund, sum) in of_funds {
        found.breaks(
            Law::Zero,
            (sum != 0).then(|| format!("{} {fund}: the nets come to {sum}", cycle.day)),
        );
    }
    let mut nets: BTreeMap<(RegionCode, Fund), i64> = BTreeMap::new();
    for leg in legs {
        for (region, sign) in [(leg.creditor, 1), (leg.debtor, -1)] {
            let member = evidence.members[&region];
            *nets.entry((member, leg.fund)).or_default() += sign * leg.amount.get();
        }
    }
    nets.retain(|_, net| *net != 0);
    found.breaks(
        Law::Nets,
        (nets != cycle.nets).then(|| {
            let wrong = nets
                .iter()
                .find(|(of, net)| cycle.nets.get(of) != Some(net));
            format!("{}: {wrong:?}", cycle.day)
        }),
    );
}

fn balance(cycle: &Cycle, found: &mut Found) {
    let mut of_funds: BTreeMap<Fund, i64> = BTreeMap::new();
    let mut positions: BTreeMap<(RegionCode, Fund), i64> = BTreeMap::new();
    for ((holder, fund, account), amount) in &cycle.posted {
        *of_funds.entry(*fund).or_default() += amount;
        if let Some(member) = holder.strip_prefix("member/")
            && account == "net_position"
        {
            positions.insert((member.parse().unwrap(), *fund), *amount);
        }
    }
    for (fund, sum) in of_funds {
        found.breaks(
            Law::Balance,
            (sum != 0).then(|| format!("{} {fund}: postings come to {sum}", cycle.day)),
        );
    }
    positions.retain(|_, amount| *amount != 0);
    found.breaks(
        Law::Balance,
        (positions != cycle.nets)
            .then(|| format!("{}: members' positions are not their nets", cycle.day)),
    );
}

/// By when is due what was ordered on a day: so many business days after it, or after the next one.
fn is_due(ordered: BusinessDay) -> BusinessDay {
    let calendar = state_council().unwrap();
    let days = (0..60).map(|days| ordered.plus_days(days).unwrap());
    let mut business = days.filter(|day| calendar.is_business(*day));
    business.nth(usize::try_from(DUE_DAYS).unwrap()).unwrap()
}

fn unpaid(evidence: &Evidence, cycle: &Cycle, found: &mut Found) {
    let open =
        |of: &(RegionCode, Fund), net: i64| net.abs() - cycle.paid.get(of).copied().unwrap_or(0);
    // Nothing of the last cycle is due yet when statements are asked for.
    let owes = cycle
        .nets
        .iter()
        .filter(|(of, net)| **net < 0 && open(of, **net) > 0);
    let owes: Vec<_> = owes.map(|(of, net)| (of.0, of.1, open(of, *net))).collect();
    let is_last = evidence.cycles.last().map(|last| last.day) == Some(cycle.day);
    for (member, told) in &cycle.unpaid {
        let net = |fund: &Fund| cycle.nets.get(&(*member, *fund));
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
        for unpaid in told {
            let due = is_due(cycle.ordered.unwrap());
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

/// What the month comes to: the debts that its own days took, those of days up to the cycle before as an earlier month's.
fn month_rows(evidence: &Evidence, month: &Month, matched: &Matched<'_>) -> MonthRows {
    let is_own = |day: BusinessDay| day.to_string().starts_with(&month.name);
    let days = || evidence.cycles.iter().map(|cycle| cycle.day);
    let first = days().find(|day| is_own(*day));
    let before = days().take_while(|day| Some(*day) != first).last();
    let mut rows: MonthRows = BTreeMap::new();
    for (day, legs) in days().zip(&matched.of_cycles) {
        for leg in legs.iter().filter(|_| is_own(day)) {
            let is_earlier = before.is_some_and(|before| leg.business_day <= before);
            let belongs = if is_earlier {
                Belongs::ToEarlier
            } else {
                Belongs::ToMonth
            };
            let sum = rows
                .entry((Pair::of(leg), (leg.kind, belongs)))
                .or_default();
            *sum = (sum.0 + 1, sum.1 + leg.amount.get());
        }
    }
    rows
}

fn months(month: &Month, rows: &MonthRows, found: &mut Found) {
    let name = &month.name;
    found.breaks(
        Law::Month,
        (month.file != *rows).then(|| format!("{name}: the file is not the sum of the days")),
    );
    for (region, part) in &month.parts {
        let own = rows.iter().filter(|((pair, _), _)| pair.names(*region));
        let ties = own.eq(part.iter());
        found.breaks(
            Law::Month,
            (!ties).then(|| format!("{name}: the rows of {region} do not tie to its days")),
        );
    }
}
