//! What of a region's part proves one settlement: its legs, their places in their rows, and the rows' places in the cycle.
//!
//! The part must hold by itself ([`RegionPart::check`]), or what follows from it holds against no checkpoint. Deliberately
//! absent: legs of deductions and corrections, whose ids are not a settlement's.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::receipt::{NoReceiptProof, Place, ProvenLeg, ReceiptProof};
use huitong_core::checkpoint::row::leg_leaf;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::merkle::Tree;

use super::{RegionPart, StatedLeg, StatedRow};

/// What proves the legs that a cycle took of a settlement; none when it took none.
///
/// # Errors
/// [`NoReceiptProof`] when the part holds more than a settlement can have.
pub fn receipt(
    part: &RegionPart,
    settlement: SettlementId,
) -> Result<Option<ReceiptProof>, NoReceiptProof> {
    let statement = part.statement();
    let mut legs = BTreeMap::new();
    for row in &statement.rows {
        let mut own = (0_u64..).zip(&row.legs);
        let own = own.by_ref().filter(|(_, leg)| is_of(leg, settlement));
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            continue;
        }
        let pair = row.row.pair;
        let leaves = row.legs.iter().map(|leg| leg_leaf(&leg.whole(pair)));
        let tree = Tree::new(leaves.collect());
        for (index, leg) in own {
            legs.insert((leg.kind, pair), proven(row, &tree, index, leg));
        }
    }
    if legs.is_empty() {
        return Ok(None);
    }
    let checkpoint = &statement.checkpoint.signed.checkpoint;
    let (plan, day, digest) = (checkpoint.plan, checkpoint.day, checkpoint.digest());
    let legs = legs.into_values().collect();
    ReceiptProof::new(settlement, plan, day, digest, legs).map(Some)
}

fn is_of(leg: &StatedLeg, settlement: SettlementId) -> bool {
    let is_of_receipt = match leg.kind {
        LegKind::Settlement | LegKind::Reversal => true,
        LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => false,
    };
    is_of_receipt && leg.settlement == settlement
}

fn proven(row: &StatedRow, tree: &Tree, index: u64, leg: &StatedLeg) -> ProvenLeg {
    ProvenLeg {
        kind: leg.kind,
        amount: leg.amount,
        business_day: leg.business_day,
        receipt: leg.receipt,
        in_row: Place {
            index,
            path: tree.inclusion_path(index).unwrap_or_default(),
        },
        row: row.row,
        in_cycle: Place {
            index: row.index,
            path: row.path.clone(),
        },
    }
}
