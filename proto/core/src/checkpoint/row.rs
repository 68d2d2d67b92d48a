//! The rows of a cycle: for each debtor, creditor and fund how much is owed, over how many legs, and over which.
//!
//! A leg's leaf is the leg as both regions report it, in the one byte form that they sign receipts over and report legs
//! in: all that matching compares and nothing that only one side has, such as its number in a stream. So both regions
//! compute the same pair root, each from its own journal. Reversals are debts the other way round, as netting takes
//! them, and stand in the row of that way.

use std::cmp::Ordering;

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::digest::Digest;
use crate::fund::Fund;
use crate::leg::{Debt, Leg};
use crate::merkle;
use crate::money::{Fen, MoneyError};
use crate::region::RegionCode;

/// Who owes whom for which fund. Ordered as rows are: by debtor, creditor, fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Who owes.
    pub debtor: RegionCode,
    /// Who is owed.
    pub creditor: RegionCode,
    /// The fund.
    pub fund: Fund,
}

canonical_struct!(Pair {
    debtor,
    creditor,
    fund
});

impl Pair {
    /// The pair of a leg.
    #[must_use]
    pub const fn of(leg: &Leg) -> Self {
        Self {
            debtor: leg.debtor,
            creditor: leg.creditor,
            fund: leg.fund,
        }
    }

    /// A number that orders as pairs do, and is compared at once: regions and funds are numbers of six digits, which take
    /// twenty bits.
    #[must_use]
    pub fn key(&self) -> u64 {
        let (debtor, creditor) = (self.debtor.number(), self.creditor.number());
        u64::from(debtor) << 40 | u64::from(creditor) << 20 | u64::from(self.fund.code())
    }

    /// Whether a region owes or is owed in it.
    #[must_use]
    pub fn names(&self, region: RegionCode) -> bool {
        self.debtor == region || self.creditor == region
    }
}

/// A row of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Whose.
    pub pair: Pair,
    /// How many legs.
    pub legs: u64,
    /// What they sum to.
    pub amount: Fen,
    /// The root over the leaves of the legs, ascending by settlement and kind.
    pub pair_root: Digest,
}

canonical_struct!(Row {
    pair,
    legs,
    amount,
    pair_root
});

impl Artifact for Row {
    const KIND: [u8; 4] = *b"PROW";
    const VERSION: u16 = 1;
}

impl Row {
    /// Its leaf in the cycle's tree.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }
}

/// A leg among others that are put in the order of rows: what nearly always tells two apart lies beside it, so that the
/// legs themselves, which lie anywhere, are seldom looked at.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    pair: u64,
    /// The first half of the settlement's id.
    begins: u64,
    /// The leg.
    pub leg: &'a Leg,
}

impl<'a> Placed<'a> {
    fn of(leg: &'a Leg) -> Self {
        let id = leg.settlement.to_bytes();
        let begins = id.first_chunk().copied().unwrap_or_default();
        Self {
            pair: Pair::of(leg).key(),
            begins: u64::from_be_bytes(begins),
            leg,
        }
    }

    /// [`Pair::key`] of its pair.
    #[must_use]
    pub const fn pair(&self) -> u64 {
        self.pair
    }

    fn compare(&self, other: &Self) -> Ordering {
        let one = |placed: &Self| u128::from(placed.pair) << 64 | u128::from(placed.begins);
        let in_row = |placed: &Self| (placed.leg.settlement, placed.leg.kind);
        let beside = one(self).cmp(&one(other));
        beside.then_with(|| in_row(self).cmp(&in_row(other)))
    }
}

/// Legs in the order of their rows, and in a row by settlement and kind.
pub fn in_order<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Vec<Placed<'a>> {
    let mut legs: Vec<_> = legs.into_iter().map(Placed::of).collect();
    legs.sort_unstable_by(Placed::compare);
    legs
}

/// A leg's leaf in the tree of its row.
#[must_use]
pub fn leg_leaf(leg: &Leg) -> Digest {
    merkle::leaf_hash(&leg.to_bytes())
}

/// Legs that come to no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A debt is twice in a row.
    #[error("settlement {} is twice in row {} → {} {}", .0.0, .1.debtor, .1.creditor, .1.fund.as_str())]
    Twice(Debt, Pair),
    /// A sum out of range.
    #[error(transparent)]
    Sum(#[from] MoneyError),
}

/// The rows of these legs, ascending; the legs come in any order.
///
/// # Errors
/// [`RowError`].
pub fn rows<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Result<Vec<Row>, RowError> {
    let legs = in_order(legs);
    let twice = legs.windows(2).find_map(|two| match two {
        [one, next] => one.compare(next).is_eq().then_some(one.leg),
        _ => None,
    });
    if let Some(leg) = twice {
        return Err(RowError::Twice(leg.debt(), Pair::of(leg)));
    }
    let (mut hasher, mut level) = (merkle::LeafHasher::new(), Vec::new());
    let groups = legs.chunk_by(|one, next| one.pair == next.pair);
    let rows = groups.filter_map(|group| {
        let pair = Pair::of(group.first()?.leg);
        let amount = Fen::sum(group.iter().map(|placed| placed.leg.amount));
        level.clear();
        level.extend(group.iter().map(|placed| hasher.hash(placed.leg)));
        Some(amount.map(|amount| Row {
            pair,
            legs: u64::try_from(group.len()).unwrap_or(u64::MAX),
            amount,
            pair_root: merkle::root_in_place(&mut level),
        }))
    });
    Ok(rows.collect::<Result<Vec<_>, _>>()?)
}

/// The tree of a cycle.
#[must_use]
pub fn tree(rows: &[Row]) -> merkle::Tree {
    let mut hasher = merkle::LeafHasher::new();
    merkle::Tree::new(rows.iter().map(|row| hasher.hash(row)).collect())
}
