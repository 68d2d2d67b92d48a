//! The rows of a month: who owes whom for which fund, and what of it arose from what.
//!
//! Rows have a direction, as a day's have: what a treatment region owes back stands in the row of that way. Of each kind of
//! debt it is told apart whether it belongs to the month's own days or to those of an earlier month: what came late, was
//! reversed or deducted afterwards, or corrects what was netted before.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::Artifact;
use crate::checkpoint::row::Pair;
use crate::date::BusinessDay;
use crate::digest::Digest;
use crate::leg::{Leg, LegKind};
use crate::merkle;
use crate::money::{Fen, MoneyError};
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// Whose days a debt belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Belongs {
    /// The month's own.
    ToMonth,
    /// Those of an earlier month.
    ToEarlier,
}

canonical_enum!(Belongs { 1 => ToMonth, 2 => ToEarlier });

impl Belongs {
    /// Where a debt of a day belongs, in a month whose cycles come after one of `after`.
    #[must_use]
    pub fn of(day: BusinessDay, after: Option<BusinessDay>) -> Self {
        if after.is_some_and(|after| day <= after) {
            Self::ToEarlier
        } else {
            Self::ToMonth
        }
    }
}

/// So many debts of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthItem {
    /// What they arose from.
    pub kind: LegKind,
    /// Whose days they belong to.
    pub belongs: Belongs,
    /// How many.
    pub legs: u64,
    /// What they sum to.
    pub amount: Fen,
}

canonical_struct!(MonthItem {
    kind,
    belongs,
    legs,
    amount
});

/// A row of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRow {
    /// Whose.
    pub pair: Pair,
    items: Vec<MonthItem>,
    legs: u64,
    amount: Fen,
}

canonical_struct!(MonthRow { pair, items } via MonthRow::new);

impl Artifact for MonthRow {
    const KIND: [u8; 4] = *b"MROW";
    const VERSION: u16 = 1;
}

/// A row that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MonthRowError {
    /// Its items do not ascend, or there is none, or one of nothing.
    #[error(
        "a month's row has at least one item of at least one debt, ascending by kind and month"
    )]
    Items,
    /// A sum out of range.
    #[error(transparent)]
    Sum(#[from] MoneyError),
}

impl MonthRow {
    /// A row of these items, ascending by kind and by whose days they belong to.
    ///
    /// # Errors
    /// [`MonthRowError`].
    pub fn new(pair: Pair, items: Vec<MonthItem>) -> Result<Self, MonthRowError> {
        let key = |item: &MonthItem| (item.kind, item.belongs);
        let ascends = items.is_sorted_by(|one, next| key(one) < key(next));
        if items.is_empty() || !ascends || items.iter().any(|item| item.legs == 0) {
            return Err(MonthRowError::Items);
        }
        let legs = items
            .iter()
            .try_fold(0_u64, |sum, item| sum.checked_add(item.legs));
        let amount = Fen::sum(items.iter().map(|item| item.amount))?;
        Ok(Self {
            pair,
            legs: legs.ok_or(MonthRowError::Items)?,
            items,
            amount,
        })
    }

    /// What it is made of.
    #[must_use]
    pub fn items(&self) -> &[MonthItem] {
        &self.items
    }

    /// How many debts.
    #[must_use]
    pub const fn legs(&self) -> u64 {
        self.legs
    }

    /// What they sum to.
    #[must_use]
    pub const fn amount(&self) -> Fen {
        self.amount
    }

    /// What of it is of this kind and belongs there.
    #[must_use]
    pub fn of(&self, kind: LegKind, belongs: Belongs) -> Fen {
        let found = self
            .items
            .iter()
            .find(|item| (item.kind, item.belongs) == (kind, belongs));
        found.map_or(Fen::ZERO, |item| item.amount)
    }

    /// Its leaf in the month's tree.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }
}

/// A month's rows while its debts are added up, in any order.
#[derive(Debug, Clone)]
pub struct MonthSums {
    after: Option<BusinessDay>,
    sums: BTreeMap<(Pair, LegKind, Belongs), (u64, Fen)>,
}

impl MonthSums {
    /// Of a month whose cycles come after one of this day.
    #[must_use]
    pub const fn after(after: Option<BusinessDay>) -> Self {
        Self {
            after,
            sums: BTreeMap::new(),
        }
    }

    /// Adds a debt that one of its cycles netted.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn add(&mut self, leg: &Leg) -> Result<(), MoneyError> {
        let of = (Pair::of(leg), leg.kind, leg.business_day);
        self.add_sum(of, (1, leg.amount))
    }

    /// Adds so many debts of one pair, kind and day, which sum to so much.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn add_sum(
        &mut self,
        (pair, kind, day): (Pair, LegKind, BusinessDay),
        (legs, amount): (u64, Fen),
    ) -> Result<(), MoneyError> {
        let belongs = Belongs::of(day, self.after);
        let sum = self
            .sums
            .entry((pair, kind, belongs))
            .or_insert((0, Fen::ZERO));
        *sum = (sum.0.saturating_add(legs), sum.1.checked_add(amount)?);
        Ok(())
    }

    /// The rows, ascending.
    ///
    /// # Errors
    /// A sum out of range.
    pub fn rows(self) -> Result<Vec<MonthRow>, MonthRowError> {
        let mut rows: BTreeMap<Pair, Vec<MonthItem>> = BTreeMap::new();
        for ((pair, kind, belongs), (legs, amount)) in self.sums {
            rows.entry(pair).or_default().push(MonthItem {
                kind,
                belongs,
                legs,
                amount,
            });
        }
        rows.into_iter()
            .map(|(pair, items)| MonthRow::new(pair, items))
            .collect()
    }
}

/// The rows of a month in its canonical form: as they are journaled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthTable {
    rows: Vec<MonthRow>,
}

canonical_struct!(MonthTable { rows } via MonthTable::new);

impl Artifact for MonthTable {
    const KIND: [u8; 4] = *b"MTAB";
    const VERSION: u16 = 1;
}

/// Rows that do not ascend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month's rows ascend by debtor, creditor and fund")]
pub struct NotAscending;

impl MonthTable {
    /// These rows, ascending.
    ///
    /// # Errors
    /// [`NotAscending`].
    pub fn new(rows: Vec<MonthRow>) -> Result<Self, NotAscending> {
        if rows.is_sorted_by(|one, next| one.pair < next.pair) {
            Ok(Self { rows })
        } else {
            Err(NotAscending)
        }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[MonthRow] {
        &self.rows
    }

    /// The rows, taken out.
    #[must_use]
    pub fn into_rows(self) -> Vec<MonthRow> {
        self.rows
    }

    /// The rows in pieces of so many, each a table of its own; one empty piece of a month without rows.
    #[must_use]
    pub fn pieces(&self, rows: usize) -> Vec<Self> {
        let pieces = self.rows.chunks(rows.max(1));
        let mut pieces: Vec<Self> = pieces
            .map(|rows| Self {
                rows: rows.to_vec(),
            })
            .collect();
        if pieces.is_empty() {
            pieces.push(Self { rows: Vec::new() });
        }
        pieces
    }

    /// The tree over them.
    #[must_use]
    pub fn tree(&self) -> merkle::Tree {
        merkle::Tree::new(self.rows.iter().map(MonthRow::leaf).collect())
    }

    /// The regions that stand in it, ascending.
    #[must_use]
    pub fn regions(&self) -> BTreeSet<RegionCode> {
        let rows = self.rows.iter();
        let both = rows.flat_map(|row| [row.pair.debtor, row.pair.creditor]);
        both.collect()
    }
}
