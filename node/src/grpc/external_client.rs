//! An officer's client for settlements that the own core system made.

use huitong_core::external::{CoreId, ExternalSettlement};
use huitong_core::person::PsnNo;
use huitong_core::vocabulary::ExternalEndReason;
use huitong_proto::conversion::external::{
    end_reason_from_wire, end_reason_to_wire, external_from_wire, external_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::external_service_client::ExternalServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct ExternalClient {
    client: ExternalServiceClient<Channel>,
}

/// A recorded settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalAnswer {
    /// The settlement.
    pub settlement: ExternalSettlement,
    /// The id that a refusal of its visit names.
    pub stands_as: String,
    /// What it added: total, stretch, key, and fen or a count.
    pub changes: Vec<(String, String, String, i64)>,
    /// Why it was withdrawn, and by whom.
    pub end: Option<(ExternalEndReason, String)>,
    /// The settlement that corrects it; empty when none does.
    pub corrected_by: String,
}

impl ExternalClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            ExternalServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Records a settlement; as it stands, and the version of the person's record.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn record(
        &mut self,
        settlement: &ExternalSettlement,
    ) -> Result<(ExternalAnswer, u64), Status> {
        let request = v1::RecordExternalRequest {
            settlement: Some(external_to_wire(settlement)),
        };
        let answer = self.client.record(request).await?.into_inner();
        Ok((required(answer.recorded)?, answer.version))
    }

    /// Withdraws one.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn withdraw(
        &mut self,
        core_id: &CoreId,
        reason: ExternalEndReason,
    ) -> Result<(ExternalAnswer, u64), Status> {
        let request = v1::WithdrawExternalRequest {
            core_id: core_id.to_string(),
            reason: end_reason_to_wire(reason),
        };
        let answer = self.client.withdraw(request).await?.into_inner();
        Ok((required(answer.recorded)?, answer.version))
    }

    /// Every settlement of a person, in the order in which they were recorded.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn all(&mut self, psn_no: PsnNo) -> Result<Vec<ExternalAnswer>, Status> {
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let request = v1::ListExternalsRequest {
                psn_no: psn_no.expose().to_owned(),
                after,
                limit: 0,
            };
            let page = self.client.list(request).await?.into_inner();
            for recorded in page.recorded {
                all.push(required(Some(recorded))?);
            }
            // A next page begins later than this one, or the list would never end.
            if page.next <= after {
                return Ok(all);
            }
            after = page.next;
        }
    }
}

fn required(recorded: Option<v1::RecordedExternal>) -> Result<ExternalAnswer, Status> {
    let path = Path::root("recorded");
    let answer = path.required(recorded).and_then(read);
    answer.map_err(|fault| Status::internal(fault.to_string()))
}

fn read(told: v1::RecordedExternal) -> Result<ExternalAnswer, WireFault> {
    let path = Path::root("recorded");
    let end = match told.end {
        None => None,
        Some(end) => {
            let reason = end_reason_from_wire(end.reason, path.field("reason"))?;
            Some((reason, end.officer))
        }
    };
    let changes = told.changes.into_iter();
    let changes = changes.map(|it| (it.total, it.stretch, it.key, it.adds));
    Ok(ExternalAnswer {
        settlement: external_from_wire(told.settlement, path.field("settlement"))?,
        stands_as: told.stands_as,
        changes: changes.collect(),
        end,
        corrected_by: told.corrected_by,
    })
}
