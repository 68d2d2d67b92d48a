//! Reversals that an institution had not begun: shown to it until it says that it has seen them.

use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::refusal::RefusalCode;

use super::TreatmentRole;
use super::reversals::Note;
use super::view::SettlementView;
use crate::error::NodeError;
use crate::store::{Key, Rows, StoreError, Table};

impl TreatmentRole {
    /// The settlements of an institution that others reversed and that it has not acknowledged: at most
    /// `limit`, ascending by id, after one of them.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn notices(
        &self,
        institution: InstitutionCode,
        after: Option<SettlementId>,
        limit: usize,
    ) -> Result<Vec<SettlementView>, NodeError> {
        let from = after.unwrap_or(SettlementId::from_bytes([0; 16]));
        let after = Key::Notice(institution, from);
        let mut views = Vec::new();
        for (key, _) in self.ledger.scan_after(Table::Notice, &after, limit)? {
            let Key::Notice(of, settlement) = key else {
                continue;
            };
            if of != institution {
                break;
            }
            let view = self.view(settlement).await?;
            views.push(view.ok_or(StoreError::Inconsistent("a notice of no settlement"))?);
        }
        Ok(views)
    }

    /// An institution has seen that a settlement of its own was reversed. Repeated, it changes nothing.
    ///
    /// # Errors
    /// `settlement.not_found` for a settlement that is not its own; the node's own trouble.
    pub async fn note(
        &self,
        institution: InstitutionCode,
        settlement: SettlementId,
    ) -> Result<(), NodeError> {
        let row = self.ledger.settlement(settlement)?;
        if row.is_none_or(|row| row.institution != institution) {
            return Err(NodeError::refused(RefusalCode::NotFound, settlement));
        }
        let note = Note {
            institution,
            settlement,
        };
        self.writer.run(note).await?;
        Ok(())
    }
}
