//! Numbers that are kept free for people who are expected from another home.
//!
//! From the agreement on the number is theirs, whoever a file names under it. Such a file is refused as a whole, like an
//! act that enrols somebody (`people::act`); it is looked at before anything of it is written, and once more with the
//! record by which it holds, since a transfer may be agreed to in between. Whoever is insured here already is no newcomer.

use huitong_core::date::Timestamp;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::import::ImportCommitted;
use huitong_core::record::registry::RegistryRows;
use huitong_core::refusal::{Refusal, RefusalCode};

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// Whom a file insures.
pub(super) fn named(rows: &RegistryRows) -> Vec<PsnNo> {
    match rows {
        RegistryRows::Members(members) => members.iter().map(|member| member.psn_no).collect(),
        RegistryRows::Filings(_)
        | RegistryRows::OpeningTotals(_)
        | RegistryRows::Balances(_)
        | RegistryRows::Institutions(_)
        | RegistryRows::Catalogue(_) => Vec::new(),
    }
}

/// Why a file does not hold: the transfer for which the first of the numbers that are not free is kept.
pub(super) fn kept_free(rows: &dyn Rows, named: &[PsnNo]) -> Result<Option<Refusal>, StoreError> {
    for number in named {
        let expected = rows.relation(*number)?.and_then(|row| row.arriving);
        if let Some(transfer) = expected
            && rows.member(*number)?.is_none()
        {
            let refusal = Refusal::new(RefusalCode::TransferStands, transfer);
            return Ok(Some(refusal));
        }
    }
    Ok(None)
}

/// The last record of a file, by which all of it holds.
pub(crate) struct HoldFile {
    /// The record.
    pub record: ImportCommitted,
    /// Whom the file insures.
    pub named: Vec<PsnNo>,
}

impl Command for HoldFile {
    const LONG: bool = true;

    /// Why it does not hold.
    type Answer = Option<Refusal>;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        Ok(match kept_free(rows, &self.named)? {
            Some(refusal) => Verdict::Answer(Some(refusal)),
            None => Verdict::Append(vec![NodeRecord::ImportCommitted(self.record)], None),
        })
    }
}
