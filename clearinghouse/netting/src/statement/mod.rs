//! A member's proven statement: its rows of a cycle with their legs, each with the path to the root that the
//! clearinghouse signed, and the public table in which its nets stand.
//!
//! | room | its question |
//! |---|---|
//! | [`fault`] | What can be wrong with one, and where? |
//! | [`check`](check()) | Does all of it belong together? |
//! | [`follow`](follow()) | Does it go on where the cycle before ended? |
//! | [`compare`](compare()) | Does it say what the regions' own books say? |
//! | [`part`](part()) | What of it is one region's, and does that hold? |
//! | [`receipt`](receipt()) | What of a region's part proves one settlement? |
//! | `roots` | To which rows do a plan's legs come? |
//!
//! It is written from a plan and its legs, and read by whoever holds nothing but the operator's root. Deliberately
//! absent: the signature, which is checked by who reads it.

mod check;
mod compare;
pub mod fault;
mod part;
mod receipt;
mod roots;

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::canonical_struct;
use huitong_core::checkpoint::row::{Pair, Placed, Row, in_order, tree};
use huitong_core::checkpoint::table::NetTable;
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint};
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::merkle::Tree;
use huitong_core::money::{Fen, SignedFen};
use huitong_core::region::RegionCode;

pub use check::{Neighbour, check, follow, neighbour};
pub use compare::compare;
pub use fault::StatementFault;
pub use part::{NotOne, RegionPart, part};
pub use receipt::receipt;
pub use roots::{Gross, ProofError, pair_roots, pair_roots_of};

use crate::member::Member;
use crate::netting_plan::{NettingPlan, Window};
use crate::runs::Runs;

/// The rows of a plan and the tree over them, made once for all who are told their part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRows {
    rows: Vec<Row>,
    /// The rows' places, ascending by creditor: by debtor they lie in order already.
    by_creditor: Vec<(RegionCode, usize)>,
    tree: Tree,
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
            rows,
            by_creditor,
            tree,
        }
    }

    /// The places of the rows in which one of these regions stands, ascending.
    fn standing(&self, own: &[&Window]) -> Vec<usize> {
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

fn rows_of(plan: &NettingPlan, pair_roots: &[Digest]) -> Vec<Row> {
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

/// The public table of a plan.
fn table_of(plan: &NettingPlan) -> NetTable {
    let nets = plan.member_nets.iter();
    let nets = nets.map(|net| ((net.member.code(), net.fund), net.amount));
    NetTable {
        nets: nets.collect(),
    }
}

/// The checkpoint of a plan.
#[must_use]
pub fn checkpoint(plan: &NettingPlan, pair_roots: &[Digest], before: Option<Digest>) -> Checkpoint {
    checkpoint_and_tree(plan, pair_roots, before).0
}

/// The checkpoint of a plan, and the tree over its rows.
#[must_use]
pub fn checkpoint_and_tree(
    plan: &NettingPlan,
    pair_roots: &[Digest],
    before: Option<Digest>,
) -> (Checkpoint, Tree) {
    let tree = tree(&rows_of(plan, pair_roots));
    let checkpoint = Checkpoint {
        plan: plan.number,
        day: plan.day,
        root: tree.root(),
        rows: tree.size(),
        nets: table_of(plan).digest(),
        before,
    };
    (checkpoint, tree)
}

/// A leg as its row leaves it to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedLeg {
    /// The settlement.
    pub settlement: SettlementId,
    /// Whether it arose from the settlement or from its reversal.
    pub kind: LegKind,
    /// How much.
    pub amount: Fen,
    /// The business day of the receipt or of the reversal.
    pub business_day: BusinessDay,
    /// Digest of the signed body of the receipt or of the reversal.
    pub receipt: Digest,
}

canonical_struct!(StatedLeg {
    settlement,
    kind,
    amount,
    business_day,
    receipt
});

impl StatedLeg {
    fn of(leg: &Leg) -> Self {
        Self {
            settlement: leg.settlement,
            kind: leg.kind,
            amount: leg.amount,
            business_day: leg.business_day,
            receipt: leg.receipt,
        }
    }

    /// The leg, in the row of a pair.
    pub(crate) const fn whole(&self, pair: Pair) -> Leg {
        Leg {
            settlement: self.settlement,
            kind: self.kind,
            debtor: pair.debtor,
            creditor: pair.creditor,
            fund: pair.fund,
            amount: self.amount,
            business_day: self.business_day,
            receipt: self.receipt,
        }
    }
}

/// A row with its legs and its place in the cycle's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedRow {
    /// The row.
    pub row: Row,
    /// Its place among all rows of the cycle.
    pub index: u64,
    /// The path from its leaf to the root.
    pub path: Vec<Digest>,
    /// Its legs, ascending by settlement and kind.
    pub legs: Vec<StatedLeg>,
}

canonical_struct!(StatedRow {
    row,
    index,
    path,
    legs
});

impl StatedRow {
    /// Its legs, as both regions report them.
    pub fn whole_legs(&self) -> impl Iterator<Item = Leg> + '_ {
        self.legs.iter().map(|leg| leg.whole(self.row.pair))
    }
}

/// What the cycle took of a region's stream, and what that came to.
///
/// Taken are the numbers that waited and those after `from` up to `to`, without those carried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedRegion {
    /// The region.
    pub region: RegionCode,
    /// The numbers that the cycle before carried.
    pub waited: Runs,
    /// The mark of the cycle before; 0 for none.
    pub from: u64,
    /// The mark of this cycle.
    pub to: u64,
    /// The numbers up to the mark that wait for a later cycle.
    pub carried: Runs,
    /// The region's nets, as the plan has them.
    pub nets: BTreeMap<Fund, SignedFen>,
}

canonical_struct!(StatedRegion {
    region,
    waited,
    from,
    to,
    carried,
    nets
});

/// A member's statement of a cycle with all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberStatement {
    /// The member.
    pub member: Member,
    /// The cycle's checkpoint, signed.
    pub checkpoint: CertifiedCheckpoint,
    /// The public table of nets.
    pub table: NetTable,
    /// The member's regions, ascending.
    pub regions: Vec<StatedRegion>,
    /// The rows in which one of them stands, each once, ascending by debtor, creditor and fund.
    pub rows: Vec<StatedRow>,
}

canonical_struct!(MemberStatement {
    member,
    checkpoint,
    table,
    regions,
    rows
});

impl Artifact for MemberStatement {
    const KIND: [u8; 4] = *b"MSTM";
    const VERSION: u16 = 1;
}

/// A plan with what was proven of it.
#[derive(Debug, Clone, Copy)]
pub struct ProvenPlan<'a> {
    /// The plan.
    pub plan: &'a NettingPlan,
    /// The plan before; none for the first.
    pub parent: Option<&'a NettingPlan>,
    /// Its rows.
    pub rows: &'a PlanRows,
    /// The checkpoint, signed.
    pub checkpoint: &'a CertifiedCheckpoint,
}

/// Writes a member's statement. `legs` are those of the plan in which a region of the member stands, each once, in any
/// order.
#[must_use]
pub fn statement(proven: &ProvenPlan<'_>, member: Member, legs: &[Leg]) -> MemberStatement {
    let windows = proven.plan.windows.iter();
    let own: Vec<_> = windows.filter(|window| window.member == member).collect();
    of_regions(proven, member, &own, legs)
}

/// The legs from the first whose pair is such a one on.
fn from<'a, 'b>(legs: &'b [Placed<'a>], is_such: impl Fn(u64) -> bool) -> &'b [Placed<'a>] {
    let before = legs.iter().take_while(|placed| !is_such(placed.pair()));
    legs.get(before.count()..).unwrap_or_default()
}

/// A statement of some of a member's regions.
fn of_regions(
    proven: &ProvenPlan<'_>,
    member: Member,
    own: &[&Window],
    legs: &[Leg],
) -> MemberStatement {
    let ProvenPlan {
        plan,
        parent,
        rows: of_plan,
        checkpoint,
    } = *proven;
    let regions = own.iter().map(|window| {
        let before = parent.and_then(|parent| parent.window(window.region));
        let nets = plan.region_nets.iter();
        let nets = nets.filter(|net| net.region == window.region);
        StatedRegion {
            region: window.region,
            waited: before.map_or(Runs::EMPTY, |before| before.carried.clone()),
            from: window.from,
            to: window.to,
            carried: window.carried.clone(),
            nets: nets.map(|net| (net.fund, net.amount)).collect(),
        }
    });
    let stated = in_order(legs);
    let mut left = stated.as_slice();
    let places = of_plan.standing(own);
    let rows = places.iter().filter_map(|place| {
        let (row, index) = (of_plan.rows.get(*place)?, u64::try_from(*place).ok()?);
        // Rows ascend as legs do.
        let key = row.pair.key();
        left = from(left, |pair| pair >= key);
        let after = from(left, |pair| pair > key);
        let of_row = left.len().saturating_sub(after.len());
        let of_row = left.iter().take(of_row);
        Some(StatedRow {
            row: *row,
            index,
            path: of_plan.tree.inclusion_path(index).unwrap_or_default(),
            legs: of_row.map(|placed| StatedLeg::of(placed.leg)).collect(),
        })
    });
    MemberStatement {
        member,
        checkpoint: checkpoint.clone(),
        table: table_of(plan),
        rows: rows.collect(),
        regions: regions.collect(),
    }
}
