//! What another party holds of this node and the journal does not have any more: acknowledged records are gone.
//!
//! The index notices it at a start when it is ahead of the journal. What it does not notice, because it lagged behind or was
//! lost as well, the others do: a treatment region holds receipts up to a number that was never given out by what is here,
//! the clearinghouse holds legs. From then on nothing is written, so that no number is given out twice, and nobody is served
//! (`grpc::access`) until an operator has stopped the node and had it collect. Deliberately absent: who is asked, and when.

use std::fmt;

use huitong_core::region::RegionCode;

use super::Ledger;

/// Who holds something of this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The clearinghouse, legs.
    Clearinghouse,
    /// A treatment region, receipts and reversals.
    Region(RegionCode),
}

/// More is held by somebody than is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{holder}: {held} > {written}")]
pub struct RecordsGone {
    /// Who holds it.
    pub holder: Holder,
    /// Up to which number.
    pub held: u64,
    /// The last number that is here.
    pub written: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clearinghouse => f.write_str("clearinghouse"),
            Self::Region(region) => region.fmt(f),
        }
    }
}

impl Ledger {
    /// Somebody holds the node's words or legs up to a number. Whether the journal has as many.
    ///
    /// # Errors
    /// [`RecordsGone`]: from now on nothing is written. The first word stands until a restart.
    pub fn others_hold(&self, holder: Holder, held: u64, written: u64) -> Result<(), RecordsGone> {
        if held <= written {
            return Ok(());
        }
        let gone = *self.records_gone.get_or_init(|| RecordsGone {
            holder,
            held,
            written,
        });
        tracing::error!(%holder, held, written, "acknowledged records of this node are gone: another party holds more than \
            the journal has. Nobody is served: stop it, and have it collect what is missing (huitong node recover), or put a \
            backup back (huitong node restore)");
        Err(gone)
    }

    /// Whether acknowledged records are gone, as others say.
    #[must_use]
    pub fn records_gone(&self) -> Option<RecordsGone> {
        self.records_gone.get().copied()
    }
}
