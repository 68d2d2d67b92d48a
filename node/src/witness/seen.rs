//! What an officer sees of the clearinghouse's checkpoints: how far the node is, what it refuses, and which contradict.

use huitong_core::canonical::Artifact;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::record::NodeRecord;
use huitong_core::record::witness::{CheckpointSeen, SplitViewFound};
use huitong_core::region::RegionCode;

use super::WitnessDesk;
use crate::store::apply::Records;
use crate::store::{Key, Location, Row, Rows, StoreError, Table, WitnessHead};

/// Checkpoints of one page.
const PAGE: usize = 256;
/// Contradictions of one page.
const SPLITS_PAGE: usize = 64;
/// Refused checkpoints that the status tells.
const REFUSED_TOLD: usize = 16;
/// Rows that are counted: centuries of days.
const COUNTED_AT_MOST: usize = 100_000;

/// How the region stands to checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last that was seen.
    pub head: Option<WitnessHead>,
    /// The plan of the newest that the clearinghouse has.
    pub newest: u64,
    /// The plan of the last own word that it holds.
    pub witnessed: u64,
    /// The latest that are refused, the latest first.
    pub refused: Vec<RefusedOne>,
    /// How many are.
    pub refused_count: usize,
    /// Plans of which there are two.
    pub split_views: usize,
    /// Why nothing more is seen, when a person must look.
    pub trouble: Option<String>,
}

/// A checkpoint that the region refuses to countersign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedOne {
    /// The plan.
    pub plan: u64,
    /// The day.
    pub day: BusinessDay,
    /// What is wrong, the first of it.
    pub findings: Vec<String>,
    /// How much there is.
    pub count: u64,
}

/// A checkpoint that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenOne {
    /// The plan.
    pub plan: u64,
    /// The day.
    pub day: BusinessDay,
    /// The own word on it, in its canonical form.
    pub word: Vec<u8>,
}

/// A plan and the digest of the checkpoint of it that was shown elsewhere.
pub type SplitKey = (u64, Digest);

/// Two checkpoints of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitView {
    /// The file of the one that this region was shown.
    pub own: Vec<u8>,
    /// The file of the other.
    pub other: Vec<u8>,
    /// Whose node had it; the own region when it was handed out here after another.
    pub from: RegionCode,
    /// When it was found.
    pub at: Timestamp,
}

impl WitnessDesk {
    /// How the region stands to checkpoints.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let known = self.known();
        let rows = self.on_disk(Table::RefusedCheckpoint)?;
        let latest = rows.iter().rev().take(REFUSED_TOLD);
        let refused = latest.map(|(key, _)| {
            let Key::RefusedCheckpoint(plan) = key else {
                return Ok(None);
            };
            Ok(self.seen(*plan)?.as_ref().and_then(refused))
        });
        let refused = refused.filter_map(Result::transpose);
        let splits = self.on_disk(Table::SplitView)?;
        Ok(Standing {
            head: self.ledger.witness_head()?,
            newest: known.newest,
            witnessed: known.witnessed.unwrap_or(0),
            refused: refused.collect::<Result<_, StoreError>>()?,
            refused_count: rows.len(),
            split_views: splits.len(),
            trouble: known.trouble,
        })
    }

    /// The rows of checkpoints that are on disk: what is told can be shown.
    fn on_disk(&self, table: Table) -> Result<Vec<(Key, Row)>, StoreError> {
        let mut rows = self.ledger.scan(table, COUNTED_AT_MOST)?;
        rows.retain(|(_, row)| {
            matches!(row, Row::RefusedCheckpoint(at) | Row::SplitView(at) if at.frame().is_some())
        });
        Ok(rows)
    }

    /// Checkpoints of plans before one, the newest first; of the newest for 0.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list(&self, before: u64) -> Result<Vec<SeenOne>, StoreError> {
        let newest = self.ledger.witness_head()?.map_or(0, |head| head.plan);
        let from = match before {
            0 => newest,
            before => before.saturating_sub(1).min(newest),
        };
        let found = (1..=from).rev().take(PAGE).map(|plan| self.seen(plan));
        let found = found.filter_map(Result::transpose);
        found
            .map(|seen| {
                let seen = seen?;
                let checkpoint = &seen.checkpoint.signed.checkpoint;
                Ok(SeenOne {
                    plan: checkpoint.plan,
                    day: checkpoint.day,
                    word: seen.word.to_bytes(),
                })
            })
            .collect()
    }

    /// The file of a plan's checkpoint, as the clearinghouse showed it here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn file(&self, plan: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.seen(plan)?.map(|seen| seen.checkpoint.to_bytes()))
    }

    /// Plans of which there are two checkpoints, a page after one of them, and where the next page begins.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn split_views(
        &self,
        after: Option<SplitKey>,
    ) -> Result<(Vec<SplitView>, Option<SplitKey>), StoreError> {
        let rows = match after {
            None => self.ledger.scan(Table::SplitView, SPLITS_PAGE)?,
            Some((plan, digest)) => {
                let after = Key::SplitView(plan, digest);
                self.ledger
                    .scan_after(Table::SplitView, &after, SPLITS_PAGE)?
            }
        };
        let (mut views, mut next) = (Vec::new(), None);
        let is_full = rows.len() >= SPLITS_PAGE;
        for (key, row) in rows {
            let (Key::SplitView(plan, digest), Row::SplitView(at)) = (key, row) else {
                continue;
            };
            next = is_full.then_some((plan, digest));
            if at.frame().is_none() {
                // Not on disk yet.
                continue;
            }
            let SplitViewFound { other, from, at } = self.split(at)?;
            views.push(SplitView {
                own: self.file(plan)?.unwrap_or_default(),
                other: other.to_bytes(),
                from,
                at,
            });
        }
        Ok((views, next))
    }

    fn split(&self, at: Location) -> Result<SplitViewFound, StoreError> {
        let NodeRecord::SplitViewFound(found) = self.ledger.record(at)? else {
            return Err(StoreError::Inconsistent(
                "another record than two checkpoints",
            ));
        };
        Ok(found)
    }
}

/// A checkpoint with what is wrong with it; none when it holds.
fn refused(seen: &CheckpointSeen) -> Option<RefusedOne> {
    let findings = seen.word.word.verdict.findings()?;
    let checkpoint = &seen.checkpoint.signed.checkpoint;
    Some(RefusedOne {
        plan: checkpoint.plan,
        day: checkpoint.day,
        findings: findings.first().iter().map(ToString::to_string).collect(),
        count: findings.count(),
    })
}
