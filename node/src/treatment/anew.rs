//! Whether a claim that is new may go to its home region: between two regions nothing is begun when the signed directory says
//! that one of them is suspended or has left. What was begun asks for its home without this, and goes on.

use huitong_core::membership::Standing;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::TreatmentRole;
use crate::error::NodeError;
use crate::peers::Home;
use crate::store::Rows;

impl TreatmentRole {
    /// The home region of a new claim.
    pub(super) fn home_anew(&self, region: RegionCode) -> Result<Home, NodeError> {
        let home = self.home(region)?;
        if region == self.region {
            return Ok(home);
        }
        let closed = self.ledger.directory_head()?.map(|head| head.closed);
        for of in [region, self.region] {
            match closed.as_ref().and_then(|closed| closed.get(&of)) {
                None | Some(Standing::Active) => {}
                Some(Standing::Suspended) => {
                    return Err(NodeError::refused(RefusalCode::RegionSuspended, of));
                }
                Some(Standing::Left) => {
                    return Err(NodeError::refused(RefusalCode::RegionLeft, of));
                }
            }
        }
        Ok(home)
    }
}
