//! What an officer says to the own node after a restore: whom to serve without, and who is whole again.

use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1;
use tonic::Status;

use super::officer::Officer;

impl Officer {
    /// Has a restored node serve without a region that does not answer.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn leave_out(&mut self, region: RegionCode) -> Result<(), Status> {
        let region = region.to_string();
        self.client
            .leave_out(v1::LeaveOutRequest { region })
            .await?;
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
