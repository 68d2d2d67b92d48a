//! A member's proven statement: its rows of a cycle with their legs, each with the path to the root that the
//! clearinghouse signed, the public table in which its nets stand, and the one of how many rows each region has.
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
//! | `plan_rows` | Which rows has a plan, and which are whose? |
//!
//! It is written from a plan and its legs, and read by whoever holds nothing but the operator's root. Deliberately
//! absent: the signature, which is checked by who reads it.

mod check;
mod compare;
pub mod fault;
mod part;
mod plan_rows;
mod receipt;
mod roots;

use std::collections::BTreeMap;

use huitong_core::canonical::{Artifact, Canonical, CanonicalError, Decoder, Encoder};
use huitong_core::canonical_struct;
use huitong_core::checkpoint::counts::RowCounts;
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
pub use plan_rows::PlanRows;
pub use receipt::receipt;
pub use roots::{Gross, ProofError, pair_roots, pair_roots_of};

use self::plan_rows::rows_of;
use crate::member::Member;
use crate::netting_plan::{NettingPlan, Window};
use crate::runs::Runs;

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
    let rows = rows_of(plan, pair_roots);
    let tree = tree(&rows);
    let checkpoint = Checkpoint {
        plan: plan.number,
        day: plan.day,
        root: tree.root(),
        rows: tree.size(),
        nets: table_of(plan).digest(),
        before,
        counts: Some(RowCounts::of(&rows).digest()),
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
    /// In how many rows each region stands; empty under a checkpoint that says nothing of it.
    pub counts: RowCounts,
    /// The member's regions, ascending.
    pub regions: Vec<StatedRegion>,
    /// The rows in which one of them stands, each once, ascending by debtor, creditor and fund.
    pub rows: Vec<StatedRow>,
}

impl MemberStatement {
    /// Whether its checkpoint commits to how many rows each region has.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.checkpoint.signed.checkpoint.is_counted()
    }
}

/// Counts are written where the checkpoint before them commits to some: otherwise the bytes are those of before.
impl Canonical for MemberStatement {
    fn encode(&self, out: &mut Encoder) {
        self.member.encode(out);
        self.checkpoint.encode(out);
        self.table.encode(out);
        if self.is_counted() {
            self.counts.encode(out);
        }
        self.regions.encode(out);
        self.rows.encode(out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let member = Canonical::decode(input)?;
        let checkpoint = CertifiedCheckpoint::decode(input)?;
        let table = Canonical::decode(input)?;
        let counts = match checkpoint.signed.checkpoint.counts {
            Some(_) => Canonical::decode(input)?,
            None => RowCounts::default(),
        };
        Ok(Self {
            member,
            checkpoint,
            table,
            counts,
            regions: Canonical::decode(input)?,
            rows: Canonical::decode(input)?,
        })
    }
}

impl Artifact for MemberStatement {
    const KIND: [u8; 4] = *b"MSTM";
    const VERSION: u16 = Checkpoint::VERSION;
    const OLDEST: u16 = Checkpoint::OLDEST;

    fn version(&self) -> u16 {
        self.checkpoint.version()
    }
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
        counts: if checkpoint.signed.checkpoint.is_counted() {
            of_plan.counts.clone()
        } else {
            RowCounts::default()
        },
        rows: rows.collect(),
        regions: regions.collect(),
    }
}
