//! Whether a claim that is new may go to its home region: between two regions nothing is begun when the signed directory says
//! that one of them is suspended or has left. What was begun asks for its home without this, and goes on. The
//! home region looks by its own version (`crate::home`).

use huitong_core::id::SettlementId;
use huitong_core::region::RegionCode;

use super::TreatmentRole;
use super::open::own_trouble;
use crate::error::NodeError;
use crate::peers::Home;
use crate::store::Rows;

impl TreatmentRole {
    /// The home region of what may have left for it: that it is configured no more is no answer.
    pub(super) fn home_begun(
        &self,
        settlement: SettlementId,
        region: RegionCode,
    ) -> Result<Home, NodeError> {
        let home = self.home(region);
        home.map_err(|error| own_trouble(settlement, &error))
    }

    /// The home region of a new claim.
    pub(super) fn home_anew(&self, region: RegionCode) -> Result<Home, NodeError> {
        let home = self.home(region)?;
        let head = self.ledger.directory_head()?;
        match head.and_then(|head| head.nothing_new([region, self.region])) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(home),
        }
    }
}
