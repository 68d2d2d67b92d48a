//! Settlements that the region's own core system made (网外结算), outside this network: recorded so that the
//! person's totals, accounts, admissions and visits count them, and withdrawn with a reason.
//!
//! | module | its question |
//! |---|---|
//! | `note` | Does a settlement count? Pure |
//! | `withdraw` | Does it count no more? Pure, decided by the writer |
//! | [`seen`] | What does an officer see of them? |
//!
//! A settlement from outside makes no receipt and no legs. Care in another region is none of it: it is settled
//! directly there, or by hand ([`crate::hand`]), where that region is asked first.

mod note;
pub mod seen;
mod withdraw;

use std::sync::Arc;
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_core::external::{CoreId, ExternalSettlement};
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ExternalEndReason;

use crate::clock::Clock;
use crate::compute::long;
use crate::error::NodeError;
use crate::ledger::{Layered, Ledger};
use crate::policies::{Deciding, PolicyBook};
use crate::store::apply::{Ground, Records, changes};
use crate::store::{Location, PolicyChanges, Rows, StoreError};
use crate::writer::{Command, Verdict, Writer};

use note::{Desk, Note};
use seen::Recorded;
use withdraw::{Withdraw, WithdrawVerdict};

/// The most settlements of one file: they become one frame, all or nothing.
pub const SETTLEMENTS_AT_MOST: usize = 10_000;
/// The most refusals that are told of one file.
const REFUSALS_AT_MOST: usize = 1_000;
/// How often settlements are looked at again when what decides changed meanwhile.
const ATTEMPTS_AT_MOST: usize = 4;
/// How long a change of policies that is written is waited for.
const CATCHING_UP: Duration = Duration::from_secs(2);

/// Where settlements of the core system are recorded, withdrawn and seen.
pub struct ExternalDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
    clock: Arc<dyn Clock>,
}

/// A refusal, and which of several settlements it is of, from 0.
pub type Placed = (usize, Refusal);

/// What the writer decided.
#[derive(Debug)]
enum NoteVerdict {
    Done,
    Refused(Vec<Placed>),
    Stale,
}

/// Settlements to be recorded together: all or none.
struct NoteAll {
    region: RegionCode,
    by: AskedBy,
    settlements: Arc<Vec<ExternalSettlement>>,
    deciding: Arc<Deciding>,
}

impl NoteAll {
    /// The records, or every refusal. Each settlement is looked at on what those before it leave.
    fn look(&self, rows: &dyn Rows, now: Timestamp) -> Result<Looked, StoreError> {
        let desk = Desk {
            region: self.region,
            policies: &self.deciding.own,
            by: &self.by,
            now,
        };
        let mut layered = Layered::over(rows);
        let (mut records, mut refused) = (Vec::new(), Vec::new());
        for (nth, settlement) in self.settlements.iter().enumerate() {
            match desk.look(settlement, &layered)? {
                Note::Known => {}
                Note::Refused(refusal) => {
                    if refused.len() < REFUSALS_AT_MOST {
                        refused.push((nth, refusal));
                    }
                }
                Note::New(noted) => {
                    let record = NodeRecord::ExternalNoted(*noted);
                    let ground = Ground {
                        region: self.region,
                        rows: &layered,
                        records: &Nowhere,
                    };
                    let changed = changes(&record, Location::nowhere(), &ground)?;
                    layered.put(changed);
                    records.push(record);
                }
            }
        }
        Ok(if refused.is_empty() {
            Looked::Sound(records)
        } else {
            Looked::Refused(refused)
        })
    }
}

enum Looked {
    Sound(Vec<NodeRecord>),
    Refused(Vec<Placed>),
}

/// What is recorded of a settlement rests on no other record.
struct Nowhere;

impl Records for Nowhere {
    fn record(&self, _at: Location) -> Result<NodeRecord, StoreError> {
        Err(StoreError::Inconsistent("a settlement rests on no record"))
    }
}

impl Command for NoteAll {
    type Answer = NoteVerdict;

    const LONG: bool = true;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<NoteVerdict>, StoreError> {
        let changes = rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
        if self.deciding.change != changes.changes {
            return Ok(Verdict::Answer(NoteVerdict::Stale));
        }
        Ok(match self.look(rows, now)? {
            Looked::Refused(refused) => Verdict::Answer(NoteVerdict::Refused(refused)),
            Looked::Sound(records) if records.is_empty() => Verdict::Answer(NoteVerdict::Done),
            Looked::Sound(records) => Verdict::Append(records, NoteVerdict::Done),
        })
    }
}

impl ExternalDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(
        region: RegionCode,
        ledger: Arc<Ledger>,
        writer: Arc<Writer>,
        policies: Arc<PolicyBook>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            policies,
            clock,
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// What would be refused of settlements as the records stand now; nothing is written.
    ///
    /// # Errors
    /// The node's own trouble.
    pub fn check(
        &self,
        by: AskedBy,
        settlements: Vec<ExternalSettlement>,
    ) -> Result<Vec<Placed>, NodeError> {
        let now = self.clock.now();
        let all = self.all(by, &Arc::new(settlements))?;
        Ok(match long(|| all.look(&*self.ledger, now))? {
            Looked::Sound(_) => Vec::new(),
            Looked::Refused(refused) => refused,
        })
    }

    /// Records settlements, all or none; what was refused. Those that are known change nothing.
    ///
    /// # Errors
    /// A refusal of them together, or the node's own trouble.
    pub async fn note_all(
        &self,
        by: AskedBy,
        settlements: Vec<ExternalSettlement>,
    ) -> Result<Vec<Placed>, NodeError> {
        let settlements = Arc::new(settlements);
        for _ in 0..ATTEMPTS_AT_MOST {
            let command = self.all(by.clone(), &settlements)?;
            match self.writer.run(command).await?.answer {
                NoteVerdict::Done => return Ok(Vec::new()),
                NoteVerdict::Refused(refused) => return Ok(refused),
                NoteVerdict::Stale => {
                    let changes = self.ledger.policy_changes()?;
                    let changes = changes.unwrap_or(PolicyChanges::NONE);
                    self.policies.reached(changes.changes, CATCHING_UP).await;
                }
            }
        }
        Err(NodeError::refused(RefusalCode::StaleVersion, ""))
    }

    /// Records one settlement. Idempotent by the core system's id.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn note(
        &self,
        by: OfficerName,
        settlement: ExternalSettlement,
    ) -> Result<Recorded, NodeError> {
        let core_id = settlement.core_id.clone();
        let by = AskedBy::Officer(by);
        let refused = self.note_all(by, vec![settlement]).await?;
        match refused.into_iter().next() {
            Some((_, refusal)) => Err(refusal.into()),
            None => self.recorded(&core_id).await,
        }
    }

    /// Withdraws one. Repeated with its reason, it answers the same.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn withdraw(
        &self,
        by: OfficerName,
        core_id: &CoreId,
        reason: ExternalEndReason,
    ) -> Result<Recorded, NodeError> {
        let Recorded { noted, .. } = self.recorded(core_id).await?;
        let command = Withdraw { noted, reason, by };
        match self.writer.run(command).await?.answer {
            WithdrawVerdict::Refused(refusal) => Err(refusal.into()),
            WithdrawVerdict::Done => {
                let recorded = self.recorded(core_id).await?;
                match &recorded.withdrawn {
                    Some(record) if record.reason != reason => {
                        Err(NodeError::refused(RefusalCode::IdConflict, "reason"))
                    }
                    Some(_) | None => Ok(recorded),
                }
            }
        }
    }

    fn all(
        &self,
        by: AskedBy,
        settlements: &Arc<Vec<ExternalSettlement>>,
    ) -> Result<NoteAll, NodeError> {
        if settlements.len() > SETTLEMENTS_AT_MOST {
            let detail = format!("{SETTLEMENTS_AT_MOST} settlements");
            return Err(NodeError::refused(RefusalCode::TooLarge, detail));
        }
        Ok(NoteAll {
            region: self.region,
            by,
            settlements: Arc::clone(settlements),
            deciding: self.policies.deciding(),
        })
    }
}
