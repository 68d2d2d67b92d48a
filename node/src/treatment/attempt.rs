//! An open settlement as it was last adjudicated.

use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::provisional::Provisional;
use huitong_core::record::treatment::Prepared;

/// A prepared settlement with its last adjudication.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// What was prepared.
    pub prepared: Prepared,
    /// What the home region said last.
    pub snapshot: Snapshot,
    /// What was decided on it.
    pub decision: Decision,
    /// What was given provisionally meanwhile.
    pub provisional: Option<Box<Provisional>>,
}
