//! The rows of a cycle: for each debtor, creditor and fund how much is owed, over how many legs, and over which.
//!
//! A leg's leaf is the leg as both regions report it, in the one byte form that they sign receipts over and report legs
//! in: all that matching compares and nothing that only one side has, such as its number in a stream. So both regions
//! compute the same pair root, each from its own journal. Reversals are debts the other way round, as netting takes
//! them, and stand in the row of that way.

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

/// A leg's leaf in the tree of its row.
#[must_use]
pub fn leg_leaf(leg: &Leg) -> Digest {
    merkle::leaf_hash(&leg.to_bytes())
}

/// Legs that come to no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A debt is there twice.
    #[error("settlement {} is there twice", .0.0)]
    Twice(Debt),
    /// A sum out of range.
    #[error(transparent)]
    Sum(#[from] MoneyError),
}

/// The rows of these legs, ascending; the legs come in any order.
///
/// # Errors
/// [`RowError`].
pub fn rows<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Result<Vec<Row>, RowError> {
    // Pairs lie beside each other, and legs anywhere: a leg is looked at when two are of one pair.
    let mut legs: Vec<_> = legs.into_iter().map(|leg| (Pair::of(leg), leg)).collect();
    let in_pair = |leg: &Leg| (leg.settlement, leg.kind);
    legs.sort_unstable_by(|(one, leg), (next, other)| {
        one.cmp(next)
            .then_with(|| in_pair(leg).cmp(&in_pair(other)))
    });
    let twice = legs.windows(2).find_map(|two| match two {
        [(_, one), (_, next)] => (one.debt() == next.debt()).then_some(one),
        _ => None,
    });
    if let Some(leg) = twice {
        return Err(RowError::Twice(leg.debt()));
    }
    let groups = legs.chunk_by(|(one, _), (next, _)| one == next);
    let rows = groups.filter_map(|group| {
        let (pair, _) = *group.first()?;
        let leaves: Vec<Digest> = group.iter().map(|(_, leg)| leg_leaf(leg)).collect();
        let amount = Fen::sum(group.iter().map(|(_, leg)| leg.amount));
        Some(amount.map(|amount| Row {
            pair,
            legs: u64::try_from(leaves.len()).unwrap_or(u64::MAX),
            amount,
            pair_root: merkle::root(&leaves),
        }))
    });
    Ok(rows.collect::<Result<Vec<_>, _>>()?)
}

/// The tree of a cycle.
#[must_use]
pub fn tree(rows: &[Row]) -> merkle::Tree {
    merkle::Tree::new(rows.iter().map(Row::leaf).collect())
}
