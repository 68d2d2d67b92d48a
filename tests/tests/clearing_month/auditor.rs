//! The auditor: from what regions sent, and from the marks, it finds by its own plain code what must have been netted when,
//! and holds against that all that was answered, stated, handed out and drawn up.

mod matching;
mod prefunds;
mod standing;
mod unpaid;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::Belongs;
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::leg::{Debt, Leg, LegKind};
use huitong_core::region::RegionCode;

use crate::evidence::{Cycle, Evidence, Level, Month, MonthRows, Sum};
use matching::{Matched, matched};

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Each region's part of each cycle holds just the legs that the cycle had to take, as they were sent, with their own days.
    Taken,
    /// What a region attested otherwise is in no cycle until the same region attests it as it is held.
    Kept,
    /// Whoever is suspended is netted for what stood, and whoever has left or not joined for nothing.
    Standing,
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
    /// A month's payments are the sums of what its cycles come to.
    Order,
    /// So much of a prefund is used as is owed of what is not paid, and it is warned of when it is nearly all.
    Prefund,
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
    /// Debts that a cycle left since it did not take what they take back, counted in each that left them.
    pub held_back: usize,
    /// How many of these were deductions.
    pub deductions_held_back: usize,
    /// Debts that were kept out of a cycle, counted in each that they were kept out of.
    pub kept_out: usize,
    /// Cycles of regions that were suspended, or had left.
    pub suspended: usize,
    /// At which levels the prefund was found.
    pub levels: BTreeSet<Level>,
    /// Looks at it of which something is free although its holder is not paid, since others owe, and of which something is
    /// used although all have paid, since the holder waits.
    pub waits_for_others: usize,
    pub holder_waits: usize,
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

/// Looks at everything.
pub fn audit(evidence: &Evidence) -> Found {
    let mut found = Found::default();
    let matched = matched(evidence);
    (found.repeated, found.held_back) = (matched.repeated, matched.held_back);
    found.deductions_held_back = matched.deductions_held_back;
    once(evidence, &matched, &mut found);
    for (cycle, kept) in evidence.cycles.iter().zip(&matched.kept_out) {
        found.kept_out += kept.len();
        kept_out(cycle, kept, &mut found);
        standing::standing(evidence, cycle, &mut found);
    }
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
        unpaid::unpaid(evidence, cycle, &mut found);
    }
    prefunds::prefunds(evidence, &mut found);
    for order in &evidence.orders {
        let told = order.told.as_ref();
        let wrong = told.filter(|told| **told != evidence.nets_of(order));
        found.breaks(
            Law::Order,
            wrong.map(|told| format!("{}: its payments are {told:?}", order.purpose)),
        );
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

fn kept_out(cycle: &Cycle, kept: &BTreeSet<Debt>, found: &mut Found) {
    for (region, told) in &cycle.taken {
        let wrong = told.iter().find(|leg| kept.contains(&leg.debt()));
        found.breaks(
            Law::Kept,
            wrong.map(|leg| {
                let day = cycle.day;
                format!("{region} {day}: {leg:?} was attested otherwise, and is netted")
            }),
        );
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
