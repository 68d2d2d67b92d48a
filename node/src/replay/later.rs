//! What a reversal would have meant for the settlements of the same person that came after it.
//!
//! They are not reopened: each was right when it was made. Those that would come out differently without the
//! reversed one are listed, so that the bureau can decide which to reverse and settle anew. Each is decided
//! again under the document that decided it, on what those before it would have left.

use huitong_core::coverage::PersonVersion;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::record::home::Committed;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::again::Again;
use super::differences::Difference;
use crate::error::NodeError;
use crate::home::standing::fault_refusal;
use crate::ledger::Ledger;
use crate::policies::PolicyBook;
use crate::store::apply::Records;
use crate::store::{HomeState, Location, Rows, StoreError};

/// The most later settlements that are counted.
const COUNTED_AT_MOST: usize = 10_000;
/// The most later settlements that are looked at.
pub const EXAMINED_AT_MOST: usize = 1_000;
/// The most that are listed.
pub const LISTED_AT_MOST: usize = 200;

/// What came after a settlement that was reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// What the patient had paid at the counter for the reversed one.
    pub cash: Fen,
    /// Those that would come out differently, in the order in which they were committed.
    pub rows: Vec<Difference>,
    /// How many stand, as far as they are counted.
    pub standing: u64,
    /// How many of them were looked at, the earliest that are counted first.
    pub examined: u64,
}

/// Lists what came after a settlement.
///
/// # Errors
/// `settlement.not_found`, or the node's own trouble.
pub fn later(
    ledger: &Ledger,
    policies: &PolicyBook,
    treatment: RegionCode,
    settlement: SettlementId,
) -> Result<Later, NodeError> {
    let row = ledger.home_settlement(treatment, settlement)?;
    let reversed = match row.map(|row| row.state) {
        Some(HomeState::Reversed(row)) => committed(ledger, row.settled)?,
        Some(HomeState::Committed(_) | HomeState::Refused(_) | HomeState::Tombstone(_)) | None => {
            return Err(NodeError::refused(RefusalCode::NotFound, settlement));
        }
    };
    let after = standing_after(ledger, &reversed)?;
    let mut again = Again::default();
    again.without(&reversed);
    let mut rows = Vec::new();
    let mut examined = 0_u64;
    for stored in after.iter().rev().take(EXAMINED_AT_MOST) {
        examined = examined.saturating_add(1);
        let row = difference(&committed(ledger, *stored)?, &mut again, policies)?;
        if rows.len() < LISTED_AT_MOST && (row.moves() || row.now.is_err()) {
            rows.push(row);
        }
    }
    Ok(Later {
        cash: reversed.decision.cash,
        rows,
        standing: u64::try_from(after.len()).unwrap_or(u64::MAX),
        examined,
    })
}

/// The places of the person's settlements that stand and were committed after this one, the latest first; of
/// more than are counted the earliest are left out.
fn standing_after(ledger: &Ledger, reversed: &Committed) -> Result<Vec<Location>, NodeError> {
    let order = |version: PersonVersion| (version.incarnation, version.change);
    let account = ledger.account(reversed.claim.person.psn_no)?;
    let mut next = account.and_then(|account| account.last);
    let mut found = Vec::new();
    while let Some(id) = next.filter(|_| found.len() < COUNTED_AT_MOST) {
        let row = ledger.home_settlement(id.treatment, id.settlement)?;
        let row = row.ok_or(StoreError::Inconsistent("a person's settlement is gone"))?;
        next = row.previous;
        if let HomeState::Committed(at) = row.state {
            if at.frame().is_none() {
                // Committed at this moment; it has no place yet, and can be asked for again.
                return Err(NodeError::refused(RefusalCode::Overloaded, id.settlement));
            }
            if order(committed(ledger, at)?.after) <= order(reversed.after) {
                break;
            }
            found.push(at);
        }
    }
    Ok(found)
}

fn committed(ledger: &Ledger, at: Location) -> Result<Committed, StoreError> {
    let Some(record) = ledger.record(at)?.into_committed() else {
        return Err(StoreError::Inconsistent(
            "a commit's place holds another record",
        ));
    };
    Ok(record)
}

fn difference(
    stored: &Committed,
    again: &mut Again,
    policies: &PolicyBook,
) -> Result<Difference, NodeError> {
    let digest = stored.decision.policy;
    let policy = policies.get(&digest);
    let policy = policy.ok_or(StoreError::Inconsistent("an own policy is not at hand"))?;
    let decided = match again.decide(stored, &policy.compiled) {
        Ok(decision) => Ok((decision, digest)),
        Err(fault) => Err(fault_refusal(&fault)),
    };
    Ok(Difference::of(stored, decided)?)
}
