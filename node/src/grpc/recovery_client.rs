//! What an officer says to the own node after a restore: whom to serve without, who is whole again, and what is given up.

use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ReversalReason;
use huitong_proto::conversion::reversal::reason_to_wire;
use huitong_proto::settlement::v1;
use tonic::Status;

use super::officer::Officer;

impl Officer {
    /// Gives up a settlement whose receipt a restore lost.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn give_up(
        &mut self,
        treatment: RegionCode,
        settlement: SettlementId,
        person: Option<PsnNo>,
        reason: ReversalReason,
    ) -> Result<(), Status> {
        let request = v1::GiveUpRequest {
            treatment: treatment.to_string(),
            settlement: settlement.to_string(),
            reason: reason_to_wire(reason),
            psn_no: person.map_or_else(String::new, |psn_no| psn_no.expose().to_owned()),
        };
        self.client.give_up(request).await?;
        Ok(())
    }

    /// Has a restored node serve without a region that does not answer.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn leave_out(&mut self, region: RegionCode) -> Result<(), Status> {
        let request = v1::LeaveOutRequest {
            region: region.to_string(),
            policy: Vec::new(),
        };
        self.client.leave_out(request).await?;
        Ok(())
    }

    /// Has a restored node serve without a document that it waits for.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn leave_out_policy(&mut self, policy: Digest) -> Result<(), Status> {
        let request = v1::LeaveOutRequest {
            region: String::new(),
            policy: policy.as_bytes().to_vec(),
        };
        self.client.leave_out(request).await?;
        Ok(())
    }

    /// Serves a person again who is held since a restore: how many changes had been missing.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn release_person(&mut self, psn_no: PsnNo) -> Result<u64, Status> {
        let psn_no = psn_no.expose().to_owned();
        let request = v1::ReleasePersonRequest { psn_no };
        Ok(self
            .client
            .release_person(request)
            .await?
            .into_inner()
            .missing)
    }
}
