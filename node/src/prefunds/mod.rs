//! The prefunds of the member who clears for the region, as the clearinghouse says now that they stand: how much is used of what
//! is held, what is warned of, what is missing and by when.
//!
//! Nothing is kept here: what stands is the clearinghouse's word, asked anew each time. Of one that the member holds an officer
//! asks for more. Deliberately absent: setting, and entering what moved, which clearing officers do.

pub mod report;

use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::prefund::{OwnPrefunds, Prefund, PrefundSeen};
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
        self.client()?.all().await
    }

    /// Asks for more, of a prefund that is red and that the member holds. Asked for again under its id, it is asked for once.
    ///
    /// # Errors
    /// As [`Self::show`]; when nothing was heard it may have been asked for: say it again.
    pub async fn top_up(
        &self,
        which: (Prefund, RequestId),
        amount: Fen,
        by: &OfficerName,
    ) -> Result<PrefundSeen, Status> {
        self.client()?.top_up(which, amount, by).await
    }

    fn client(&self) -> Result<&PrefundClient, Status> {
        let off = || NodeError::refused(RefusalCode::PrefundsOff, self.region).into();
        self.client.as_ref().ok_or_else(off)
    }
}
