//! What the auditor knows: what regions sent, what was cut off, answered, stated and paid. Nothing in it is taken from the
//! clearinghouse's own files.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::row::{Belongs, MonthRow};
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::leg::{Leg, LegKind, NumberedLeg};
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

/// What is known of a cycle.
#[derive(Debug, Clone)]
pub struct Cycle {
    pub day: BusinessDay,
    pub plan: u64,
    /// As the cut-off answered.
    pub marks: BTreeMap<RegionCode, u64>,
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
    /// What the bank was said to have moved for it.
    pub paid: BTreeMap<(RegionCode, Fund), i64>,
    /// On which day its payment was ordered.
    pub ordered: Option<BusinessDay>,
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
    pub cycles: Vec<Cycle>,
    pub months: Vec<Month>,
    /// Who did not pay, and from which cycle on.
    pub silent: (RegionCode, BusinessDay),
    /// As of which day statements were asked for last.
    pub today: BusinessDay,
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
