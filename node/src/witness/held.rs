//! A day once more, for a month: the region's legs of a cycle whose checkpoint it has looked at.
//!
//! They come from the part that the clearinghouse hands out, which must belong to the checkpoint that was journaled then,
//! and what was found wrong with it then still is.

use huitong_core::checkpoint::witness::Finding;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::leg::Leg;
use huitong_core::refusal::RefusalCode;
use huitong_netting::statement::StatementFault;

use super::examine::readable;
use super::{Trouble, WitnessDesk};
use crate::error::NodeError;

/// What the region holds of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldDay {
    /// The cycle.
    pub(crate) day: BusinessDay,
    /// Digest of its checkpoint.
    pub(crate) checkpoint: Digest,
    /// What is wrong with it, the first of it; nothing when it is countersigned and its part holds.
    pub(crate) findings: Vec<Finding>,
    /// The debts in which the region stands.
    pub(crate) legs: Vec<Leg>,
}

impl WitnessDesk {
    /// What the region holds of a plan's cycle; none while the node has not looked at its checkpoint.
    ///
    /// # Errors
    /// The node's own trouble, or that the clearinghouse was not reached.
    pub(crate) async fn held_day(&self, plan: u64) -> Result<Option<HeldDay>, NodeError> {
        let Some(client) = &self.client else {
            return Err(NodeError::refused(RefusalCode::MonthsOff, self.region));
        };
        let Some(seen) = self.seen(plan)? else {
            return Ok(None);
        };
        let checkpoint = &seen.checkpoint.signed.checkpoint;
        let mut held = HeldDay {
            day: checkpoint.day,
            checkpoint: seen.word.word.checkpoint,
            findings: Vec::new(),
            legs: Vec::new(),
        };
        if let Some(findings) = seen.word.word.verdict.findings() {
            held.findings.extend_from_slice(findings.first());
        }
        let part = client.part(held.day).await.map_err(untold)?;
        // The region stood in no row of the cycle; that it should have is found when the checkpoint is looked at.
        if part.is_empty() {
            return Ok(Some(held));
        }
        match readable(self.region, checkpoint, &part) {
            Ok(part) => {
                held.findings
                    .extend(part.check().iter().map(StatementFault::finding));
                let rows = part.statement().rows.iter();
                held.legs.extend(rows.flat_map(|row| row.whole_legs()));
            }
            Err(kind) => held.findings.push(Finding::whole(kind)),
        }
        Ok(Some(held))
    }
}

fn untold(trouble: Trouble) -> NodeError {
    match trouble {
        Trouble::Node(error) => error,
        Trouble::Call(_)
        | Trouble::NotItsWord(_)
        | Trouble::NotNext { .. }
        | Trouble::WordRefused(_)
        | Trouble::OtherSigned(_) => NodeError::refused(RefusalCode::Overloaded, trouble),
    }
}
