//! A bill that an insured person paid elsewhere and brought home: split by the own catalogue, asked after where
//! the person was treated, and settled by the home role.
//!
//! Who may have settled it, or hold it open, is asked first (PROTOCOL 23), and what is there is not settled again. That is
//! not the region that the officer names alone, which may be a district of it, or wrong: the institution's code says where it
//! lies, and the own book to whom the person was shown for this visit. When one of these cannot be reached nothing is
//! settled. A region that is not on the network can have settled nothing directly, and is not asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::bill::{Bill, Institution, Visit};
use huitong_core::claim::Claim;
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::officer::OfficerName;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_transport::Deadline;

use crate::error::NodeError;
use crate::home::HomeRole;
use crate::home::by_hand::{HandOrder, SettledHand};
use crate::peers::{HomeFault, Homes, VisitStanding};
use crate::people::act::act_id;
use crate::store::Extent;
use crate::treatment::TreatmentRole;
use crate::treatment::settle::check_dates;

/// A bill as an officer brings it in.
#[derive(Debug, Clone)]
pub struct HandBill {
    /// Who asks.
    pub by: OfficerName,
    /// Their own id of the request.
    pub request: RequestId,
    /// Whose bill.
    pub psn_no: PsnNo,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The institution, as its papers say.
    pub institution: Institution,
    /// The visit.
    pub visit: Visit,
    /// The bill.
    pub bill: Bill,
    /// What others have paid.
    pub given: BTreeMap<Name, Fen>,
}

/// Where bills are settled by hand.
pub struct HandDesk {
    /// The home role.
    pub home: Arc<HomeRole>,
    /// The treatment role, which splits bills, and is asked about visits here.
    pub treatment: Arc<TreatmentRole>,
    /// The directory.
    pub homes: Homes,
}

impl HandDesk {
    /// Settles a bill. Idempotent by (officer, request).
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn settle(&self, bill: HandBill, due: Deadline) -> Result<SettledHand, NodeError> {
        let own = self.home.region();
        check_dates(&bill.bill, &bill.visit)?;
        let grade = bill.institution.price_grade;
        let (split, catalogue) = self.treatment.split(&bill.bill, grade)?;
        let order = HandOrder {
            act: act_id(own, &AskedBy::Officer(bill.by.clone()), bill.request),
            by: bill.by,
            request: bill.request,
            claim: Claim {
                treatment: bill.treatment,
                institution: bill.institution,
                person: PersonRef {
                    home: own,
                    psn_no: bill.psn_no,
                },
                visit: bill.visit,
                bill: split,
                catalogue,
                given: bill.given,
            },
            bill: bill.bill,
        };
        if let Some(known) = self.home.known_by_hand(&order).await? {
            return Ok(known);
        }
        if let Some(other) = self.home.visit_settled(&order.claim)? {
            return Err(NodeError::refused(RefusalCode::VisitAlreadySettled, other));
        }
        match self.standing(&order.claim, due).await? {
            VisitStanding::Free => self.home.settle_by_hand(order).await,
            VisitStanding::Settled(other) => {
                Err(NodeError::refused(RefusalCode::VisitAlreadySettled, other))
            }
            VisitStanding::Provisional(other) => {
                Err(NodeError::refused(RefusalCode::VisitProvisional, other))
            }
            VisitStanding::InProgress(other) => {
                Err(NodeError::refused(RefusalCode::VisitInProgress, other))
            }
        }
    }

    /// How the visit stands where it may: the first answer that does not leave it free.
    async fn standing(&self, claim: &Claim, due: Deadline) -> Result<VisitStanding, NodeError> {
        let mut regions = BTreeSet::from([claim.treatment]);
        regions.extend(claim.institution.code.region().lies_in());
        regions.extend(self.home.shown_for(claim)?);
        for region in regions {
            let standing = self.standing_in(region, claim, due).await?;
            if standing != VisitStanding::Free {
                return Ok(standing);
            }
        }
        Ok(VisitStanding::Free)
    }

    async fn standing_in(
        &self,
        region: RegionCode,
        claim: &Claim,
        due: Deadline,
    ) -> Result<VisitStanding, NodeError> {
        let (own, visit) = (self.home.region(), claim.visit_key());
        let extent = Extent::of(&claim.visit);
        if region == own {
            return self.treatment.visit_standing(own, &visit, extent).await;
        }
        let Some(peer) = self.homes.other(region) else {
            return Ok(VisitStanding::Free);
        };
        peer.visit_standing(&visit, extent, due.remaining())
            .await
            .map_err(|fault| match fault {
                HomeFault::Refused(refusal) => NodeError::Refused(refusal),
                HomeFault::Pushed { refusal, after } => {
                    let code = if refusal.code == RefusalCode::HomeUnreachable {
                        RefusalCode::TreatmentUnreachable
                    } else {
                        refusal.code
                    };
                    NodeError::Pushed(Refusal { code, ..refusal }, after)
                }
                HomeFault::Unreachable(why) => {
                    NodeError::refused(RefusalCode::TreatmentUnreachable, why)
                }
            })
    }
}
