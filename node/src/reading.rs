//! What is read from the journal once, when a node starts: the catalogue in use and the policies.

use std::sync::Arc;

use huitong_core::record::NodeRecord;
use huitong_core::record::import::ImportChunk;
use huitong_core::record::registry::RegistryRows;
use huitong_core::region::RegionCode;

use crate::catalogue::Catalogue;
use crate::ledger::Ledger;
use crate::policies::{HeldPolicy, PolicyBook};
use crate::store::apply::Records;
use crate::store::{
    CatalogueRow, Location, PolicyChanges, PolicyStanding, Row, Rows, StoreError, Table,
};

/// The catalogue in use, read from the journal.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub(crate) fn read_catalogue(ledger: &Ledger) -> Result<Option<Catalogue>, StoreError> {
    let Some(CatalogueRow { import, chunks }) = ledger.catalogue()? else {
        return Ok(None);
    };
    let mut entries = Vec::new();
    for seq in 0..chunks {
        let at = ledger.chunk(import, seq)?;
        let at = at.ok_or(StoreError::Inconsistent("the catalogue lacks a part"))?;
        let NodeRecord::ImportChunk(ImportChunk {
            rows: RegistryRows::Catalogue(rows),
            ..
        }) = ledger.record(at)?
        else {
            return Err(StoreError::Inconsistent(
                "a part of the catalogue is another record",
            ));
        };
        entries.extend(rows);
    }
    let catalogue = Catalogue::new(import, entries);
    catalogue
        .map(Some)
        .map_err(|_| StoreError::Inconsistent("entries of the catalogue overlap"))
}

/// The policies that the journal holds.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub(crate) fn read_policies(ledger: &Ledger, own: RegionCode) -> Result<PolicyBook, StoreError> {
    let book = PolicyBook::new(own);
    let mut own_policies = Vec::new();
    let changes = ledger.policy_changes()?.unwrap_or(PolicyChanges::NONE);
    for (_, row) in ledger.scan(Table::Policy, usize::MAX)? {
        let Row::Policy(row) = row else {
            continue;
        };
        let document = document(ledger, row.at)?;
        match (HeldPolicy::read(document, row.region), row.standing) {
            (Ok(policy), PolicyStanding::Fetched(_)) => book.keep_fetched(Arc::new(policy)),
            (
                Ok(policy),
                standing @ (PolicyStanding::Proposed(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Published(_)
                | PolicyStanding::Withdrawn(_)),
            ) => own_policies.push((Arc::new(policy), standing)),
            (Err(error), _) => {
                tracing::error!(region = %row.region, %error, "a policy cannot be used any more");
            }
        }
    }
    book.put_own(own_policies, changes.changes);
    Ok(book)
}

/// The bytes of a policy, out of the record that brought it in.
fn document(ledger: &Ledger, at: Location) -> Result<Vec<u8>, StoreError> {
    let record = ledger.record(at)?;
    if let NodeRecord::PolicyProposed(proposed) = record {
        Ok(proposed.document)
    } else if let NodeRecord::PolicyFetched(fetched) = record {
        Ok(fetched.document)
    } else {
        Err(StoreError::Inconsistent(
            "a policy's place holds another record",
        ))
    }
}
