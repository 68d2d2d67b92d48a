//! What proves one settlement: its legs as the region's own book has them, in the cycles that took them.
//!
//! The region's part of such a cycle is fetched once more, and must belong to the checkpoint that was looked at then and
//! hold by itself; what it says of the settlement must be what the own journal has. Of a stream each number is taken once,
//! and once taken it is not taken back, so the cycle is found by halving. Deliberately absent: keeping proofs, which can be
//! made again as long as the clearinghouse hands out parts, and anything of the person.

use std::collections::BTreeMap;

use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{RegionPart, StatementFault, receipt};
use huitong_transport::aside;

use super::WitnessDesk;
use super::examine::readable;
use super::held::{taken_otherwise, untold};
use super::report::ProofClient;
use crate::error::NodeError;
use crate::legs::stream::of_record;
use crate::store::apply::Records;
use crate::store::{
    HomeState, Location, ProvisionalState, Rows, SettlementRow, SettlementState, StoreError,
    is_erased,
};

/// Rounds of halving over all plans there can be.
const HALVINGS_AT_MOST: u32 = 64;

/// What is proven of a settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenReceipt {
    /// The proofs, ascending by cycle.
    pub proofs: Vec<ReceiptProof>,
    /// Legs that no cycle took yet.
    pub waiting: usize,
    /// Whether the settlement is reversed since.
    pub reversed: bool,
}

/// A settlement's legs in the own journal.
struct Own {
    legs: Vec<NumberedLeg>,
    reversed: bool,
}

impl WitnessDesk {
    /// What proves a settlement in which the own region took part.
    ///
    /// # Errors
    /// A refusal: nothing is known of the id, nothing stands under it, or under the same id of two regions something does,
    /// nothing of it is owed between regions, no cycle that took it is looked at yet, or what was netted is something
    /// else. Or the node's own trouble.
    pub async fn prove_receipt(
        &self,
        settlement: SettlementId,
    ) -> Result<ProvenReceipt, NodeError> {
        let Some(client) = &self.client else {
            return Err(NodeError::refused(RefusalCode::ReceiptsOff, self.region));
        };
        self.ledger.barrier().await?;
        let Own { legs, reversed } = self.own(settlement)?;
        if legs.is_empty() {
            return Err(NodeError::refused(RefusalCode::ReceiptNoLegs, settlement));
        }
        let head = self.ledger.witness_head()?.map_or(0, |head| head.plan);
        let mut parts = BTreeMap::new();
        let (mut of_plans, mut waiting) = (BTreeMap::<u64, Vec<Leg>>::new(), 0_usize);
        for numbered in legs {
            match self
                .taken_in(client, numbered.number, head, &mut parts)
                .await?
            {
                Some(plan) => of_plans.entry(plan).or_default().push(numbered.leg),
                None => waiting = waiting.saturating_add(1),
            }
        }
        let mut proofs = Vec::new();
        for (plan, own) in of_plans {
            let differs = || NodeError::refused(RefusalCode::ReceiptDiffers, plan);
            let part = parts.remove(&plan).ok_or_else(differs)?;
            let made = aside(move || made(&part, settlement, &own)).await;
            let made = made.map_err(|error| NodeError::refused(RefusalCode::Overloaded, error))?;
            proofs.push(made.ok_or_else(differs)?);
        }
        if proofs.is_empty() {
            return Err(NodeError::refused(RefusalCode::ReceiptNotProven, head));
        }
        Ok(ProvenReceipt {
            proofs,
            waiting,
            reversed,
        })
    }

    /// The plan of the cycle that took a number of the own stream; none when no cycle up to `head` did. The parts that
    /// were looked at stay in `parts`, that plan's among them.
    async fn taken_in(
        &self,
        client: &ProofClient,
        number: u64,
        head: u64,
        parts: &mut BTreeMap<u64, RegionPart>,
    ) -> Result<Option<u64>, NodeError> {
        let Some(first) = self.first_reaching(number, head)? else {
            return Ok(None);
        };
        // Nearly always it is the first cycle whose mark reaches the number: so that one is asked first.
        let (mut low, mut high, mut plan) = (first, head.saturating_add(1), first);
        for _ in 0..HALVINGS_AT_MOST {
            if low >= high {
                break;
            }
            if self.part_of(client, plan, parts).await?.has_taken(number) {
                high = plan;
            } else {
                low = plan.saturating_add(1);
            }
            plan = low.saturating_add(high.saturating_sub(low) / 2);
        }
        Ok((low <= head).then_some(low))
    }

    /// The first plan whose mark in the own stream is not below a number.
    fn first_reaching(&self, number: u64, head: u64) -> Result<Option<u64>, StoreError> {
        let (mut low, mut high) = (1, head.saturating_add(1));
        for _ in 0..HALVINGS_AT_MOST {
            if low >= high {
                break;
            }
            let middle = low.saturating_add(high.saturating_sub(low) / 2);
            let seen = self.seen(middle)?;
            let reach = seen.and_then(|seen| seen.reach);
            if reach.is_some_and(|reach| reach.to >= number) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        Ok((low <= head).then_some(low))
    }

    /// The own part of a plan's cycle, once it is found to hold.
    async fn part_of<'a>(
        &self,
        client: &ProofClient,
        plan: u64,
        parts: &'a mut BTreeMap<u64, RegionPart>,
    ) -> Result<&'a RegionPart, NodeError> {
        let differs = |why: String| {
            let detail = format!("{plan}: {why}");
            NodeError::refused(RefusalCode::ReceiptDiffers, detail)
        };
        if let std::collections::btree_map::Entry::Vacant(entry) = parts.entry(plan) {
            let gone = || StoreError::Inconsistent("a checkpoint that was seen");
            let seen = self.seen(plan)?.ok_or_else(gone)?;
            let before = self.seen(plan.saturating_sub(1))?;
            let region = self.region;
            let bytes = client.part(seen.checkpoint.signed.checkpoint.day).await;
            let bytes = bytes.map_err(untold)?;
            let read = aside(move || {
                let checkpoint = &seen.checkpoint.signed.checkpoint;
                let part = readable(region, checkpoint, &bytes);
                let part = part.map_err(|kind| kind.code().to_owned())?;
                let mut faults = part
                    .check()
                    .iter()
                    .map(StatementFault::finding)
                    .collect::<Vec<_>>();
                faults.extend(taken_otherwise(&part, &seen, before.as_ref()));
                match faults.first() {
                    Some(first) => Err(first.to_string()),
                    None => Ok(part),
                }
            });
            let read = read.await;
            let read = read.map_err(|error| NodeError::refused(RefusalCode::Overloaded, error))?;
            entry.insert(read.map_err(differs)?);
        }
        parts.get(&plan).ok_or_else(|| differs(String::new()))
    }

    /// The legs of a settlement and of its reversal, as this node journaled them in either role.
    fn own(&self, settlement: SettlementId) -> Result<Own, NodeError> {
        if is_erased(&*self.ledger, settlement)? {
            return Err(NodeError::refused(RefusalCode::Erased, settlement));
        }
        let (settled, reversed) = match self.ledger.settlement(settlement)? {
            Some(row) => self.treated(settlement, row)?,
            None => self.insured(settlement)?,
        };
        let mut legs = Vec::new();
        for at in std::iter::once(settled).chain(reversed) {
            if at.frame().is_none() {
                return Err(NodeError::refused(RefusalCode::Overloaded, settlement));
            }
            let written = of_record(&self.ledger.record(at)?)?;
            // What ends with a reversal has ids of its own.
            legs.extend(written.into_iter().filter(|numbered| {
                matches!(numbered.leg.kind, LegKind::Settlement | LegKind::Reversal)
            }));
        }
        legs.retain(|numbered| numbered.leg.settlement == settlement);
        let reversed = reversed.is_some();
        Ok(Own { legs, reversed })
    }

    fn treated(
        &self,
        settlement: SettlementId,
        row: SettlementRow,
    ) -> Result<(Location, Option<Location>), NodeError> {
        match row.state {
            SettlementState::Settled(at) => Ok((at, None)),
            SettlementState::Reversed(row) => Ok((row.settled, Some(row.reversed))),
            SettlementState::Prepared => {
                let provisional = self.ledger.provisional(settlement)?;
                let waits = provisional.is_some_and(|row| row.state == ProvisionalState::Open);
                Err(NodeError::refused(
                    if waits {
                        RefusalCode::ReceiptProvisional
                    } else {
                        RefusalCode::NotSettled
                    },
                    settlement,
                ))
            }
            SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
                Err(NodeError::refused(RefusalCode::NotSettled, settlement))
            }
        }
    }

    /// A settlement of an own member, wherever the person was treated. Its row lies under the region that gave the id,
    /// and is not found by the id alone: of a region that the configuration no longer names, nothing is found.
    fn insured(&self, settlement: SettlementId) -> Result<(Location, Option<Location>), NodeError> {
        let others = self.homes.others().map(|(region, _)| region);
        let treatments = std::iter::once(self.region).chain(others);
        standing(&*self.ledger, treatments, settlement)
    }
}

/// What stands under an id that one of these regions gave. What came to nothing under another's does not hide it; where
/// something stands under two, it is not known which is meant, and neither is proven.
fn standing(
    rows: &impl Rows,
    treatments: impl Iterator<Item = RegionCode>,
    settlement: SettlementId,
) -> Result<(Location, Option<Location>), NodeError> {
    let (mut stands, mut otherwise) = (None, RefusalCode::NotFound);
    for treatment in treatments {
        let Some(row) = rows.home_settlement(treatment, settlement)? else {
            continue;
        };
        let found = match row.state {
            HomeState::Committed(at) => (at, None),
            HomeState::Reversed(row) => (row.settled, Some(row.reversed)),
            HomeState::Refused(_) | HomeState::Tombstone(_) => {
                otherwise = RefusalCode::NotSettled;
                continue;
            }
        };
        if let Some((other, _)) = stands.replace((treatment, found)) {
            let detail = format!("{settlement}: {other}, {treatment}");
            return Err(NodeError::refused(RefusalCode::ReceiptDiffers, detail));
        }
    }
    let found = stands.map(|(_, found)| found);
    found.ok_or_else(|| NodeError::refused(otherwise, settlement))
}

/// The proof of just these legs of a settlement, out of a part that holds; none when it has others.
fn made(part: &RegionPart, settlement: SettlementId, own: &[Leg]) -> Option<ReceiptProof> {
    let proof = receipt(part, settlement).ok().flatten()?;
    let proven = proof.legs().iter().map(|leg| leg.leg(settlement));
    let mut proven: Vec<Leg> = proven.collect();
    let mut own = own.to_vec();
    for legs in [&mut proven, &mut own] {
        legs.sort_by_key(|leg| (leg.kind, leg.debtor, leg.creditor, leg.fund));
    }
    (proven == own).then_some(proof)
}

#[cfg(test)]
mod tests;
