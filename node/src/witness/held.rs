//! A day once more, for a month: what the region's legs of a cycle come to whose checkpoint it has looked at.
//!
//! They come from the part that the clearinghouse hands out. It must belong to the checkpoint that was journaled then, and
//! take of the region's stream just what was taken then: so no row can be left out of it that was in it. What was found
//! wrong with it then still is.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::witness::{Finding, FindingKind, StreamReach};
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::record::witness::CheckpointSeen;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{RegionPart, StatementFault};
use huitong_transport::aside;

use super::examine::readable;
use super::{Trouble, WitnessDesk};
use crate::error::NodeError;

/// What the debts of one pair, kind and day come to.
pub(crate) type DaySums = BTreeMap<(Pair, LegKind, BusinessDay), (u64, Fen)>;

/// What each settlement of one pair and day comes to.
pub(crate) type DayOwed = BTreeMap<(Pair, BusinessDay), Vec<(SettlementId, Fen)>>;

/// What the region holds of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldDay {
    /// The cycle.
    pub(crate) day: BusinessDay,
    /// Digest of its checkpoint.
    pub(crate) checkpoint: Digest,
    /// What is wrong with it; nothing when it is countersigned and its part holds.
    pub(crate) findings: Vec<Finding>,
    /// What the debts come to in which the region stands.
    pub(crate) sums: DaySums,
}

/// Whether the settlements are wanted of which a day consists, or only what they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Sums alone.
    Sums,
    /// Each settlement that is owed to the region as well.
    Owed,
}

impl WitnessDesk {
    /// The day of a plan, once the node has looked at its checkpoint.
    ///
    /// # Errors
    /// The node's own trouble.
    pub(crate) fn day_of(&self, plan: u64) -> Result<Option<BusinessDay>, NodeError> {
        let seen = self.seen(plan)?;
        Ok(seen.map(|seen| seen.checkpoint.signed.checkpoint.day))
    }

    /// What the region holds of a plan's cycle, and the settlements that are owed to it where they are wanted; none while the
    /// node has not looked at its checkpoint.
    ///
    /// # Errors
    /// The node's own trouble, or that the clearinghouse was not reached.
    pub(crate) async fn held_day(
        &self,
        plan: u64,
        wanted: Wanted,
    ) -> Result<Option<(HeldDay, DayOwed)>, NodeError> {
        let Some(client) = &self.client else {
            return Err(NodeError::refused(RefusalCode::MonthsOff, self.region));
        };
        let Some(seen) = self.seen(plan)? else {
            return Ok(None);
        };
        let before = self.seen(plan.saturating_sub(1))?;
        let day = seen.checkpoint.signed.checkpoint.day;
        let part = client.part(day).await.map_err(untold)?;
        let region = self.region;
        let held = aside(move || held(region, (&seen, before.as_ref()), &part, wanted)).await;
        let lost = |error| NodeError::refused(RefusalCode::Overloaded, error);
        let held = held.map_err(lost)?;
        held.map(Some)
            .map_err(|fault| NodeError::refused(RefusalCode::Overloaded, fault))
    }
}

/// What a part comes to, beside what was seen of its checkpoint and of the one before.
pub(super) fn held(
    region: RegionCode,
    (seen, before): (&CheckpointSeen, Option<&CheckpointSeen>),
    part: &[u8],
    wanted: Wanted,
) -> Result<(HeldDay, DayOwed), MoneyError> {
    let checkpoint = &seen.checkpoint.signed.checkpoint;
    let mut held = HeldDay {
        day: checkpoint.day,
        checkpoint: seen.word.word.checkpoint,
        findings: Vec::new(),
        sums: DaySums::new(),
    };
    let mut all_owed = DayOwed::new();
    if let Some(findings) = seen.word.word.verdict.findings() {
        held.findings.extend_from_slice(findings.first());
        // A word carries the first findings: with more of them, every row is in doubt.
        let told = u64::try_from(findings.first().len()).unwrap_or(u64::MAX);
        if let Some(first) = findings.first().first().filter(|_| findings.count() > told) {
            held.findings.push(Finding::whole(first.kind));
        }
    }
    if part.is_empty() {
        held.findings
            .extend(seen.reach.map(|_| Finding::whole(FindingKind::PartMissing)));
        return Ok((held, all_owed));
    }
    match readable(region, checkpoint, part) {
        Ok(part) => {
            held.findings
                .extend(part.check().iter().map(StatementFault::finding));
            held.findings.extend(taken_otherwise(&part, seen, before));
            for leg in part
                .statement()
                .rows
                .iter()
                .flat_map(|row| row.whole_legs())
            {
                let of = (Pair::of(&leg), leg.kind, leg.business_day);
                let sum = held.sums.entry(of).or_insert((0, Fen::ZERO));
                *sum = (sum.0.saturating_add(1), sum.1.checked_add(leg.amount)?);
                let is_owed = leg.kind == LegKind::Settlement && leg.creditor == region;
                if is_owed && wanted == Wanted::Owed {
                    let of = (Pair::of(&leg), leg.business_day);
                    let owed = all_owed.entry(of).or_default();
                    owed.push((leg.settlement, leg.amount));
                }
            }
        }
        Err(kind) => held.findings.push(Finding::whole(kind)),
    }
    Ok((held, all_owed))
}

/// Whether a part takes something else of the region's stream than was taken when the checkpoint was looked at.
pub(super) fn taken_otherwise(
    part: &RegionPart,
    seen: &CheckpointSeen,
    before: Option<&CheckpointSeen>,
) -> Option<Finding> {
    let known: Option<StreamReach> = before.and_then(|before| before.reach);
    let is_sound = before.is_none_or(|before| before.word.word.verdict.findings().is_none());
    let begins_wrong = if is_sound {
        part.follow(known.as_ref())
    } else {
        part.falls_back(known.as_ref())
    };
    let ends_wrong = part.reach() != seen.reach;
    let ends_wrong = ends_wrong.then(|| Finding::whole(FindingKind::RegionWindow));
    begins_wrong
        .as_ref()
        .map(StatementFault::finding)
        .or(ends_wrong)
}

pub(super) fn untold(trouble: Trouble) -> NodeError {
    match trouble {
        Trouble::Node(error) => error,
        Trouble::Call(_)
        | Trouble::NotItsWord(_)
        | Trouble::NotNext { .. }
        | Trouble::WordRefused(_)
        | Trouble::OtherSigned(_) => NodeError::refused(RefusalCode::Overloaded, trouble),
    }
}
