//! Ids of people who were erased: they are remembered, and nothing is decided under them again.

use huitong_core::id::SettlementId;
use huitong_core::refusal::RefusalCode;

use super::HomeRole;
use crate::error::NodeError;
use crate::store::is_erased;

impl HomeRole {
    /// Refuses the id of a settlement whose person was erased. Nobody is erased while the node runs.
    pub(super) fn is_not_erased(&self, settlement: SettlementId) -> Result<(), NodeError> {
        if is_erased(&*self.ledger, settlement)? {
            return Err(NodeError::refused(RefusalCode::Erased, settlement));
        }
        Ok(())
    }
}
