//! What officers do: bring files in, close days, look at what the node holds.
//!
//! Reading files belongs to the importer, and policies to the office; here rows that are right become
//! records. A file is all or nothing: its parts are journaled first, and one
//! last record makes them hold.

pub(crate) mod newcomers;

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::canonical::encode_to_vec;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::record::NodeRecord;
use huitong_core::record::import::{ImportChunk, ImportCommitted, ImportKind};
use huitong_core::record::registry::RegistryRows;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::Deadline;
use tokio::sync::{Mutex, watch};

use self::newcomers::{HoldFile, kept_free, named};
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::import::ImportBatch;
use crate::ledger::Ledger;
use crate::legs::day::{CloseDay, DayVerdict};
use crate::legs::report::{Attested, Rejected, Reported};
use crate::store::{Key, Rows, StoreError};
use crate::treatment::TreatmentRole;
use crate::writer::{Command, Verdict, Writer};

/// What the rows of one part may take.
const CHUNK_BYTES: usize = 1 << 20;
/// The most parts of one file.
const CHUNKS_AT_MOST: usize = 4_096;

/// A business day that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayClosing {
    /// The last leg number then.
    pub up_to: u64,
    /// Whether the clearinghouse counts the region as closed, or had cut the day off already.
    pub acknowledged: bool,
}

/// The officers' side of a node.
pub struct Registry {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    treatment: Arc<TreatmentRole>,
    calendar: Arc<Calendar>,
    clock: Arc<dyn Clock>,
    reported: Option<watch::Receiver<Reported>>,
    /// One file at a time.
    turn: Mutex<()>,
}

/// What a registry is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The treatment role, which uses the catalogue.
    pub treatment: Arc<TreatmentRole>,
    /// Which days are business days.
    pub calendar: Arc<Calendar>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How far the clearinghouse is; none without one.
    pub reported: Option<watch::Receiver<Reported>>,
}

impl Registry {
    /// The officers' side of a node.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            region,
            ledger,
            writer,
            treatment,
            calendar,
            clock,
            reported,
        } = parts;
        Self {
            region,
            ledger,
            writer,
            treatment,
            calendar,
            clock,
            reported,
            turn: Mutex::new(()),
        }
    }

    /// Brings the rows of a file in: all of them, or none. How many.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble; nothing of the file holds then.
    pub async fn apply_import(&self, import: ImportBatch) -> Result<u64, NodeError> {
        let _turn = self.turn.lock().await;
        let (digest, kind, as_of) = (import.digest(), import.kind(), import.as_of());
        self.check_import(&import)?;
        let rows = import.into_rows();
        let named = named(&rows);
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let catalogue = match &rows {
            RegistryRows::Catalogue(rules) => Some(Catalogue::new(digest, rules.clone())),
            RegistryRows::Members(_)
            | RegistryRows::Filings(_)
            | RegistryRows::OpeningTotals(_)
            | RegistryRows::Balances(_)
            | RegistryRows::Institutions(_) => None,
        };
        let catalogue = catalogue.transpose();
        let catalogue =
            catalogue.map_err(|error| NodeError::refused(RefusalCode::Malformed, error))?;
        let held = self.held_after(&rows)?;
        let chunks = chunks(rows);
        if chunks.len() > CHUNKS_AT_MOST {
            return Err(NodeError::refused(
                RefusalCode::TooLarge,
                format!("{} parts", chunks.len()),
            ));
        }
        let mut parts = 0_u32;
        for rows in chunks {
            let record = ImportChunk {
                import: digest,
                seq: parts,
                rows,
            };
            self.writer
                .run(Write(NodeRecord::ImportChunk(record)))
                .await?;
            parts = parts.saturating_add(1);
        }
        let at = self.clock.now();
        let record = ImportCommitted {
            import: digest,
            kind,
            chunks: parts,
            rows: count,
            held,
            as_of,
            at,
        };
        let held = self.writer.run(HoldFile { record, named }).await?;
        if let Some(refusal) = held.answer {
            return Err(refusal.into());
        }
        if let Some(catalogue) = catalogue {
            self.treatment.use_catalogue(Arc::new(catalogue));
        }
        Ok(count)
    }

    /// Looks whether a file could hold as the region's register stands.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub fn check_import(&self, import: &ImportBatch) -> Result<(), NodeError> {
        let refusal = kept_free(&*self.ledger, &named(import.rows()))?;
        refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// How many members or institutions there will be.
    fn held_after(&self, rows: &RegistryRows) -> Result<u64, StoreError> {
        let (kind, mut keys): (ImportKind, Vec<Key>) = match rows {
            RegistryRows::Members(rows) => (
                ImportKind::Members,
                rows.iter().map(|row| Key::Member(row.psn_no)).collect(),
            ),
            RegistryRows::Institutions(rows) => (
                ImportKind::Institutions,
                rows.iter()
                    .map(|row| Key::Institution(row.code()))
                    .collect(),
            ),
            RegistryRows::Filings(_)
            | RegistryRows::OpeningTotals(_)
            | RegistryRows::Balances(_)
            | RegistryRows::Catalogue(_) => {
                return Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX));
            }
        };
        keys.sort_by_cached_key(encode_to_vec);
        keys.dedup();
        let mut held = self.ledger.count(kind)?.unwrap_or_default();
        for key in keys {
            held = held.saturating_add(u64::from(self.ledger.row(&key)?.is_none()));
        }
        Ok(held)
    }

    /// Closes a business day, and waits at most so long for the clearinghouse to count it as closed.
    ///
    /// # Errors
    /// A refusal for a day that is not open, or the node's own trouble.
    pub async fn close_day(
        &self,
        day: BusinessDay,
        due: Deadline,
    ) -> Result<DayClosing, NodeError> {
        let command = CloseDay {
            day,
            calendar: Arc::clone(&self.calendar),
        };
        match self.writer.run(command).await?.answer {
            DayVerdict::NotBegun { open } => {
                Err(NodeError::refused(RefusalCode::DayNotBegun, open))
            }
            DayVerdict::NotOpen { open } => Err(NodeError::refused(RefusalCode::DayNotOpen, open)),
            DayVerdict::Closed { up_to } => {
                let acknowledged = match self.reported.clone() {
                    None => false,
                    Some(mut reported) => {
                        let counted = reported.wait_for(|reported| reported.closed >= Some(day));
                        matches!(
                            tokio::time::timeout(due.remaining(), counted).await,
                            Ok(Ok(_))
                        )
                    }
                };
                Ok(DayClosing {
                    up_to,
                    acknowledged,
                })
            }
        }
    }

    /// The open business day.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read, or the calendar has run out.
    pub fn open_day(&self) -> Result<BusinessDay, StoreError> {
        let last = self.ledger.last_closed_day()?.map(|row| row.day);
        self.calendar
            .day_of(self.clock.now(), last)
            .map_err(|_| StoreError::Range("the calendar's days"))
    }

    /// Up to which number the clearinghouse holds the legs.
    #[must_use]
    pub fn legs_held(&self) -> u64 {
        self.reported
            .as_ref()
            .map_or(0, |reported| reported.borrow().held)
    }

    /// The last cycle whose rows were attested to the clearinghouse since the start.
    #[must_use]
    pub fn attested(&self) -> Option<Attested> {
        let reported = self.reported.as_ref()?;
        reported.borrow().attested
    }

    /// The first own leg that the clearinghouse does not take, while that is so.
    #[must_use]
    pub fn rejected(&self) -> Option<Rejected> {
        let reported = self.reported.as_ref()?;
        reported.borrow().rejected.clone()
    }

    /// The node's region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }
}

/// One record, as it is.
struct Write(NodeRecord);

impl Command for Write {
    const LONG: bool = true;

    type Answer = ();

    fn decide(self, _rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        Ok(Verdict::Append(vec![self.0], ()))
    }
}

fn chunks(rows: RegistryRows) -> Vec<RegistryRows> {
    match rows {
        RegistryRows::Members(rows) => split(rows).into_iter().map(RegistryRows::Members).collect(),
        RegistryRows::Filings(rows) => split(rows).into_iter().map(RegistryRows::Filings).collect(),
        RegistryRows::OpeningTotals(rows) => split(rows)
            .into_iter()
            .map(RegistryRows::OpeningTotals)
            .collect(),
        RegistryRows::Balances(rows) => split(rows)
            .into_iter()
            .map(RegistryRows::Balances)
            .collect(),
        RegistryRows::Institutions(rows) => split(rows)
            .into_iter()
            .map(RegistryRows::Institutions)
            .collect(),
        RegistryRows::Catalogue(rows) => split(rows)
            .into_iter()
            .map(RegistryRows::Catalogue)
            .collect(),
    }
}

fn split<T: huitong_core::canonical::Canonical>(rows: Vec<T>) -> Vec<Vec<T>> {
    let mut chunks: Vec<Vec<T>> = Vec::new();
    let mut room = 0_usize;
    for row in rows {
        let size = encode_to_vec(&row).len();
        match chunks.last_mut() {
            Some(chunk) if size <= room => {
                room = room.saturating_sub(size);
                chunk.push(row);
            }
            Some(_) | None => {
                room = CHUNK_BYTES.saturating_sub(size);
                chunks.push(vec![row]);
            }
        }
    }
    chunks
}
