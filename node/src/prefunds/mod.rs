//! The prefunds of the member who clears for the region, as the clearinghouse says now that they stand: how much is used of what
//! is held, what is warned of, what is missing and by when.
//!
//! Nothing is kept here: what stands is the clearinghouse's word, asked anew each time. Deliberately absent: setting, topping
//! up and entering what moved, which clearing officers do.

pub mod report;

use huitong_core::prefund::OwnPrefunds;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tonic::Status;

use self::report::PrefundClient;
use crate::error::NodeError;

/// Where prefunds are looked at.
pub struct PrefundDesk {
    region: RegionCode,
    client: Option<PrefundClient>,
}

impl PrefundDesk {
    /// The desk of a region; without a clearinghouse there is nothing to look at.
    #[must_use]
    pub const fn new(region: RegionCode, client: Option<PrefundClient>) -> Self {
        Self { region, client }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// How they stand.
    ///
    /// # Errors
    /// The clearinghouse's refusal, or that it was not reached or there is none.
    pub async fn show(&self) -> Result<OwnPrefunds, Status> {
        let off = || NodeError::refused(RefusalCode::PrefundsOff, self.region);
        self.client.as_ref().ok_or_else(off)?.all().await
    }
}
