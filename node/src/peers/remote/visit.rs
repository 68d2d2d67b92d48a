//! What a home region's node asks another region's about a visit there.

use std::time::Duration;

use huitong_core::claim::VisitKey;
use huitong_core::id::SettlementId;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::visit::setting_to_wire;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::treatment_service_client::TreatmentServiceClient;
use huitong_transport::call_within;

use super::super::VisitStanding;
use super::super::guard::Purpose;
use super::{HomeFault, Peer, unreadable};
use crate::store::Extent;

impl Peer {
    /// How a visit of the own region's people stands there, of which so much is billed.
    ///
    /// # Errors
    /// [`HomeFault`]: it is not known then.
    pub async fn visit_standing(
        &self,
        visit: &VisitKey,
        extent: Extent,
        within: Duration,
    ) -> Result<VisitStanding, HomeFault> {
        let request = v1::VisitStandingRequest {
            institution: visit.institution.to_string(),
            visit: visit.visit.to_string(),
            setting: setting_to_wire(visit.setting),
            interim: visit.interim.into(),
            from_admission: extent == Extent::Whole,
        };
        let request = &request;
        let attempt = |left| async move {
            let mut client = TreatmentServiceClient::new(self.channel()?);
            call_within(left, request.clone(), |request| {
                client.visit_standing(request)
            })
            .await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let id = |text: &str, name: &str| Path::root(name).optional(text, SettlementId::parse);
        let settled = id(&answer.settled, "settled").map_err(unreadable)?;
        let open = id(&answer.in_progress, "in_progress").map_err(unreadable)?;
        let provisional = id(&answer.provisional, "provisional").map_err(unreadable)?;
        Ok(match (settled, provisional, open) {
            (Some(id), _, _) => VisitStanding::Settled(id),
            (None, Some(id), _) => VisitStanding::Provisional(id),
            (None, None, Some(id)) => VisitStanding::InProgress(id),
            (None, None, None) => VisitStanding::Free,
        })
    }
}
