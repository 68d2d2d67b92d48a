//! The rows of a plan, and which of them are whose. They follow from the plan and its pair roots alone.

use huitong_core::checkpoint::Checkpoint;
use huitong_core::checkpoint::counts::RowCounts;
use huitong_core::checkpoint::row::{Pair, Row, tree};
use huitong_core::digest::Digest;
use huitong_core::merkle::Tree;
use huitong_core::region::RegionCode;

use crate::netting_plan::{NettingPlan, Window};

/// The rows of a plan and the tree over them, made once for all who are told their part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRows {
    pub(super) rows: Vec<Row>,
    /// The rows' places, ascending by creditor: by debtor they lie in order already.
    by_creditor: Vec<(RegionCode, usize)>,
    pub(super) counts: RowCounts,
    pub(super) tree: Tree,
}

impl PlanRows {
    /// The gross rows of a plan, each with its pair root.
    #[must_use]
    pub fn of(plan: &NettingPlan, pair_roots: &[Digest]) -> Self {
        let rows = rows_of(plan, pair_roots);
        let tree = tree(&rows);
        Self::over(rows, tree)
    }

    /// As [`PlanRows::of`], with the tree that a checkpoint was made of, where it is still there; where it is another one
    /// the rows are hashed anew.
    #[must_use]
    pub fn under(
        checkpoint: &Checkpoint,
        plan: &NettingPlan,
        pair_roots: &[Digest],
        tree: Option<Tree>,
    ) -> Self {
        let is_its = |tree: &Tree| (tree.root(), tree.size()) == (checkpoint.root, checkpoint.rows);
        match tree.filter(is_its) {
            Some(tree) => Self::over(rows_of(plan, pair_roots), tree),
            None => Self::of(plan, pair_roots),
        }
    }

    fn over(rows: Vec<Row>, tree: Tree) -> Self {
        let by_creditor = rows.iter().map(|row| row.pair.creditor).zip(0..);
        let mut by_creditor: Vec<_> = by_creditor.collect();
        by_creditor.sort_unstable();
        Self {
            counts: RowCounts::of(&rows),
            rows,
            by_creditor,
            tree,
        }
    }

    /// The places of the rows in which one of these regions stands, ascending.
    pub(super) fn standing(&self, own: &[&Window]) -> Vec<usize> {
        let mut places = Vec::new();
        for region in own.iter().map(|window| window.region) {
            let first = self.rows.partition_point(|row| row.pair.debtor < region);
            let after = self.rows.partition_point(|row| row.pair.debtor <= region);
            places.extend(first..after);
            let is_before = |(creditor, _): &(RegionCode, usize)| *creditor < region;
            let first = self.by_creditor.partition_point(is_before);
            let owed = self.by_creditor.iter().skip(first);
            let owed = owed.take_while(|(creditor, _)| *creditor == region);
            places.extend(owed.map(|(_, place)| *place));
        }
        places.sort_unstable();
        // One between two of them is both's.
        places.dedup();
        places
    }
}

/// The rows of a plan, each with its pair root.
pub(super) fn rows_of(plan: &NettingPlan, pair_roots: &[Digest]) -> Vec<Row> {
    let rows = plan.gross.iter().zip(pair_roots);
    let rows = rows.map(|(gross, pair_root)| Row {
        pair: Pair {
            debtor: gross.debtor,
            creditor: gross.creditor,
            fund: gross.fund,
        },
        legs: gross.legs,
        amount: gross.amount,
        pair_root: *pair_root,
    });
    rows.collect()
}
