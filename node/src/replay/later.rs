//! What a reversal would have meant for the settlements of the same person that came after it.
//!
//! They are not reopened: each was right when it was made. Those that would come out differently without the
//! reversed one are listed, so that the bureau can decide which to reverse and settle anew. Each is decided
//! again under the document that decided it, on what those before it would have left.

use huitong_core::coverage::PersonVersion;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::record::home::Committed;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use super::again::Again;
use super::differences::{Difference, told};
use super::out_of_range;
use crate::error::NodeError;
use crate::home::figures::paid_out;
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

/// What the reversal of a settlement gives back beside what its legs owe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenBack {
    /// Cash that the patient paid, and the institution gives back: of what was provisional the lower of the two, and
    /// nothing of a bill that was settled by hand, which stays paid.
    pub cash: Fen,
    /// What the region had paid to the person for a bill that was settled by hand, and the person owes it now.
    pub paid_out: Fen,
    /// What had become of it, when it was provisional.
    pub true_up: Option<TrueUp>,
}

impl GivenBack {
    fn of(reversed: &Committed, true_up: Option<TrueUp>) -> Result<Self, StoreError> {
        let body = reversed.body();
        let (cash, paid_out) = if body.is_by_hand() {
            (Fen::ZERO, paid_out(body).map_err(out_of_range)?)
        } else {
            let told = true_up.map(|true_up| true_up.patient);
            (told.unwrap_or(reversed.decision.cash), Fen::ZERO)
        };
        Ok(Self {
            cash,
            paid_out,
            true_up,
        })
    }
}

/// What came after a settlement that was reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// What is given back for the reversed one.
    pub back: GivenBack,
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
    let true_up = ledger.trued_up(treatment, settlement)?;
    let back = GivenBack::of(&reversed, true_up)?;
    let after = standing_after(ledger, &reversed)?;
    let mut again = Again::default();
    again.without(&reversed);
    let mut rows = Vec::new();
    let mut examined = 0_u64;
    for stored in after.iter().rev().take(EXAMINED_AT_MOST) {
        examined = examined.saturating_add(1);
        let stored = committed(ledger, *stored)?;
        let row = difference(&stored, &mut again, ledger, policies)?;
        if rows.len() < LISTED_AT_MOST && (row.moves() || row.now.is_err()) {
            rows.push(row);
        }
    }
    Ok(Later {
        back,
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
    ledger: &Ledger,
    policies: &PolicyBook,
) -> Result<Difference, NodeError> {
    let digest = stored.decision.policy;
    let policy = policies.get(&digest);
    let decided = match &policy {
        // An officer has the restored node serve without it: nothing decides again what it decided.
        None => Err(Refusal::new(RefusalCode::NoPolicy, digest)),
        Some(policy) => match again.decide(stored, &policy.compiled) {
            Ok(decision) => Ok((decision, digest)),
            Err(fault) => Err(fault_refusal(&fault)),
        },
    };
    let told = told(ledger, stored, policy.as_ref().map(|it| it.policy()))?;
    Ok(Difference::of(stored, decided, told)?)
}
