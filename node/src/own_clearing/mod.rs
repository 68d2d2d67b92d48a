//! What of clearing concerns the region, as the clearinghouse says it now: which of its debts wait and why, what its clearing
//! member pays and is paid, and what that is made of.
//!
//! Nothing is kept here: what stands is the clearinghouse's word, asked anew each time. Deliberately absent: what the own book
//! says of the same debts, which attestation and disputes are for, and any change.

pub mod report;

use huitong_core::date::BusinessDay;
use huitong_core::own_clearing::{NoticesSeen, PaymentPage, WaitingPage, WaitingPlace};
use huitong_core::payable::Month;
use huitong_core::payment::PaymentReference;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tonic::Status;

use self::report::OwnClearingClient;
use crate::error::NodeError;

/// Which payments are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentsWanted {
    /// Only those of which some is open.
    Open,
    /// All.
    All,
}

/// An order to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderOf {
    /// That which a cycle was ordered with.
    Day(BusinessDay),
    /// A month's.
    Month(Month),
}

/// Where a bureau looks at its clearing.
pub struct ClearingDesk {
    region: RegionCode,
    client: Option<OwnClearingClient>,
}

impl ClearingDesk {
    /// The desk of a region; without a clearinghouse there is nothing to look at.
    #[must_use]
    pub const fn new(region: RegionCode, client: Option<OwnClearingClient>) -> Self {
        Self { region, client }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// A page of the region's debts that wait.
    ///
    /// # Errors
    /// The clearinghouse's refusal, or that it was not reached or there is none.
    pub async fn waiting(&self, after: Option<WaitingPlace>) -> Result<WaitingPage, Status> {
        self.client()?.waiting(self.region, after).await
    }

    /// A page of what the member who clears for the region pays and is paid.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn payments(
        &self,
        wanted: PaymentsWanted,
        after: Option<PaymentReference>,
    ) -> Result<PaymentPage, Status> {
        self.client()?.payments(wanted, after).await
    }

    /// What that member is told of an order to pay.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn notices(&self, of: &OrderOf) -> Result<NoticesSeen, Status> {
        self.client()?.notices(of).await
    }

    fn client(&self) -> Result<&OwnClearingClient, Status> {
        let off = || NodeError::refused(RefusalCode::ClearingOff, self.region).into();
        self.client.as_ref().ok_or_else(off)
    }
}
