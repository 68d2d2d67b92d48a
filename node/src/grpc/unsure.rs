//! What a status says of days that only institutions know after a restore: at the node, and at an officer's.

use huitong_proto::settlement::v1;

use crate::compute::long;
use crate::institution_account::unsure::unsure;
use crate::ledger::Ledger;
use crate::store::StoreError;

/// Institutions that are named.
const SHOWN: usize = 200;

/// Days that only institutions know, and who has not reconciled them since the restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsureAnswer {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The first of those who have not reconciled.
    pub left: Vec<String>,
    /// How many they are.
    pub count: u64,
}

/// Puts them into a status.
pub(super) fn put(
    answer: v1::NodeStatusResponse,
    ledger: &Ledger,
) -> Result<v1::NodeStatusResponse, StoreError> {
    // Each institution and day of a large city is looked at.
    let Some(unsure) = long(|| unsure(ledger))? else {
        return Ok(answer);
    };
    let shown = unsure.left.iter().take(SHOWN);
    Ok(v1::NodeStatusResponse {
        unsure_from: unsure.days.from().to_string(),
        unsure_to: unsure.days.to().to_string(),
        not_reconciled: shown.map(ToString::to_string).collect(),
        not_reconciled_count: u64::try_from(unsure.left.len()).unwrap_or(u64::MAX),
        ..answer
    })
}

/// What a status says of them.
pub(super) fn of(answer: &v1::NodeStatusResponse) -> Option<UnsureAnswer> {
    (answer.not_reconciled_count > 0).then(|| UnsureAnswer {
        from: answer.unsure_from.clone(),
        to: answer.unsure_to.clone(),
        left: answer.not_reconciled.clone(),
        count: answer.not_reconciled_count,
    })
}
