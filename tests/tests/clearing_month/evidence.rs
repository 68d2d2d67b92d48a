//! What the auditor knows: what regions sent, what was cut off, answered, stated and paid. Nothing in it is taken from the
//! clearinghouse's own files.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::{Belongs, MonthRow};
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, LegKind, NumberedLeg};
use huitong_core::region::RegionCode;

/// How many debts, and how much.
pub type Sum = (u64, i64);
/// What a month's row is told apart by.
pub type Item = (LegKind, Belongs);
/// A month's rows, as plain sums.
pub type MonthRows = BTreeMap<(Pair, Item), Sum>;

/// Somebody's payment that is not made, as a creditor's statement shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    pub member: RegionCode,
    pub fund: Fund,
    pub open: i64,
    pub due: BusinessDay,
    pub days_late: u32,
    pub has_reason: bool,
}

/// What a region attested of a cycle.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The rows that it named.
    pub rows: BTreeSet<Pair>,
    /// Those that its book has otherwise, of which it may have named none; in which held debts, when it told.
    pub otherwise: BTreeMap<Pair, Option<BTreeSet<Debt>>>,
}

/// What is known of a cycle.
#[derive(Debug, Clone)]
pub struct Cycle {
    pub day: BusinessDay,
    pub plan: u64,
    /// As the cut-off answered.
    pub marks: BTreeMap<RegionCode, u64>,
    /// What regions attested of it.
    pub said: BTreeMap<RegionCode, Said>,
    /// Up to where the stream of each region was held that was suspended or had left, when it was suspended.
    pub stood: BTreeMap<RegionCode, u64>,
    /// The plan's gross rows, as netting answered.
    pub pairs: BTreeMap<Pair, Sum>,
    /// The plan's nets of members, as netting answered; zero is left out.
    pub nets: BTreeMap<(RegionCode, Fund), i64>,
    /// The legs that each region's proven part says were netted.
    pub taken: BTreeMap<RegionCode, Vec<Leg>>,
    /// What members' statements say was posted: debits above zero, credits below, by holder, fund and account.
    pub posted: BTreeMap<(String, Fund, String), i64>,
    /// What each member's statement says others still owe.
    pub unpaid: BTreeMap<RegionCode, Vec<Unpaid>>,
}

/// A line of the bank's that moved what was ordered.
#[derive(Debug, Clone)]
pub struct Moved {
    pub on: BusinessDay,
    pub of: (RegionCode, Fund),
    pub amount: i64,
}

/// An order to pay: of a cycle, or of a month's.
#[derive(Debug, Clone)]
pub struct Order {
    /// What its references begin with.
    pub purpose: String,
    pub days: BTreeSet<BusinessDay>,
    pub ordered: BusinessDay,
    /// What members pay and are paid by what netting answered; zero is left out.
    pub nets: BTreeMap<(RegionCode, Fund), i64>,
    /// Its payments, as they were listed; of a month alone.
    pub told: Option<BTreeMap<(RegionCode, Fund), i64>>,
    /// What the bank was said to have moved for it, altogether and line by line.
    pub paid: BTreeMap<(RegionCode, Fund), i64>,
    pub moved: Vec<Moved>,
}

/// How much of a prefund is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Normal,
    Yellow,
    Red,
}

/// What was said of a prefund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefundStep {
    Set(i64),
    ToppedUp(i64),
    PaidIn(i64),
}

/// How a prefund was told to stand, on an evening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrefundLook {
    pub day: BusinessDay,
    /// So many cycles were netted by then.
    pub cycles: usize,
    /// So many orders were given by then.
    pub orders: usize,
    pub used: i64,
    pub held: i64,
    pub asked: i64,
    pub missing: i64,
    /// When it was found anew just before.
    pub level: Option<Level>,
    /// As it was told, found then or before.
    pub told: Level,
    /// Whether the holder is to ask for more.
    pub is_to_ask: bool,
}

/// What one member leaves with another.
#[derive(Debug, Clone)]
pub struct Prefund {
    /// Who pays, who holds, and of which fund.
    pub of: (RegionCode, RegionCode, Fund),
    /// Ascending by day.
    pub steps: Vec<(BusinessDay, PrefundStep)>,
    pub looks: Vec<PrefundLook>,
}

impl Cycle {
    /// Up to where it took a region's stream; of one that was not there, nothing.
    pub fn mark(&self, region: RegionCode) -> u64 {
        self.marks.get(&region).copied().unwrap_or(0)
    }
}

/// What is known of a month.
#[derive(Debug, Clone)]
pub struct Month {
    pub name: String,
    /// The rows that each region was handed.
    pub parts: BTreeMap<RegionCode, MonthRows>,
    /// The rows of the file that anybody may check.
    pub file: MonthRows,
}

/// All that is known.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Who clears for each region.
    pub members: BTreeMap<RegionCode, RegionCode>,
    /// What each region sent, under its numbers.
    pub streams: BTreeMap<RegionCode, Vec<NumberedLeg>>,
    /// Of which settlements regions said that deductions are, beside the legs of these numbers.
    pub said: BTreeMap<(RegionCode, u64), SettlementId>,
    pub cycles: Vec<Cycle>,
    pub orders: Vec<Order>,
    pub prefund: Prefund,
    /// From which day on who came in the middle of it is a region, and from which on who went is none.
    pub joined: BTreeMap<RegionCode, BusinessDay>,
    pub left: BTreeMap<RegionCode, BusinessDay>,
    pub months: Vec<Month>,
    /// Who did not pay, and what is ordered from which cycle on.
    pub silent: (RegionCode, BusinessDay),
    /// As of which day statements were asked for last.
    pub today: BusinessDay,
}

impl Evidence {
    /// The order that a cycle is paid with, if there is one.
    pub fn order_of(&self, day: BusinessDay) -> Option<&Order> {
        self.orders.iter().find(|order| order.days.contains(&day))
    }

    /// What the payer's regions owe the holder's of a cycle, of the fund of the prefund.
    pub fn owed_of_prefund(&self, cycle: &Cycle) -> i64 {
        let rows = cycle.pairs.iter().filter(|(pair, _)| {
            let member = |region| self.members[region];
            (member(&pair.debtor), member(&pair.creditor), pair.fund) == self.prefund.of
        });
        rows.map(|(_, (_, amount))| amount).sum()
    }

    /// What an order comes to by its cycles.
    pub fn nets_of(&self, order: &Order) -> BTreeMap<(RegionCode, Fund), i64> {
        let cycles = self.cycles.iter();
        let of_order = cycles.filter(|cycle| order.days.contains(&cycle.day));
        sum_of(of_order)
    }
}

/// What some cycles come to together; zero is left out.
pub fn sum_of<'a>(
    cycles: impl IntoIterator<Item = &'a Cycle>,
) -> BTreeMap<(RegionCode, Fund), i64> {
    let mut nets: BTreeMap<_, i64> = BTreeMap::new();
    for (of, net) in cycles.into_iter().flat_map(|cycle| &cycle.nets) {
        *nets.entry(*of).or_default() += net;
    }
    nets.retain(|_, net| *net != 0);
    nets
}

/// Rows as plain sums.
pub fn plain<'a>(rows: impl IntoIterator<Item = &'a MonthRow>) -> MonthRows {
    let items = rows.into_iter().flat_map(|row| {
        let of = |item: &huitong_core::clearing_month::row::MonthItem| {
            let key = (row.pair, (item.kind, item.belongs));
            (key, (item.legs, item.amount.get()))
        };
        row.items().iter().map(of)
    });
    items.collect()
}
