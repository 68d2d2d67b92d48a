//! Whether a visit stands or is open here, as a home region asks before it settles the visit by hand
//! (PROTOCOL 23). Told of the asking region's own people alone.

use huitong_core::claim::VisitKey;
use huitong_core::region::RegionCode;

use super::TreatmentRole;
use crate::error::NodeError;
use crate::peers::VisitStanding;
use crate::store::{Extent, Rows, SettlementState, taken};

impl TreatmentRole {
    /// How a visit of a home region's people stands. What is told is durable.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn visit_standing(
        &self,
        home: RegionCode,
        visit: &VisitKey,
        extent: Extent,
    ) -> Result<VisitStanding, NodeError> {
        let Some(settlement) = taken(&*self.ledger, visit, extent)? else {
            return Ok(VisitStanding::Free);
        };
        let row = self.ledger.settlement(settlement)?;
        let row = row.filter(|row| row.home == home);
        let provisional = row.as_ref().is_some_and(|row| row.provisional.is_some());
        let standing = match row.map(|row| row.state) {
            // A refused one that holds its visit was provisional, and is borne here.
            Some(SettlementState::Settled(_) | SettlementState::Refused(_)) => {
                VisitStanding::Settled(settlement)
            }
            Some(SettlementState::Prepared) if provisional => {
                VisitStanding::Provisional(settlement)
            }
            Some(SettlementState::Prepared) => VisitStanding::InProgress(settlement),
            Some(SettlementState::Abandoned(_) | SettlementState::Reversed(_)) | None => {
                VisitStanding::Free
            }
        };
        self.ledger.barrier().await?;
        Ok(standing)
    }
}
