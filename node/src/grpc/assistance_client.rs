//! An officer's client for assistance on a year's totals.

use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::id::{ActId, RequestId};
use huitong_core::person::PsnNo;
use huitong_core::vocabulary::AssistanceEndReason;
use huitong_proto::conversion::assistance::assistance_end_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::assistance_service_client::AssistanceServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use super::assistance_answer::{
    DifferenceAnswer, EntitledAnswer, EveryoneAnswer, GrantAnswer, YearAnswer, difference,
    entitled, everyone, granted, year,
};

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct AssistanceClient {
    client: AssistanceServiceClient<Channel>,
}

impl AssistanceClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            AssistanceServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Assesses a year; nothing is written.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn assess(
        &mut self,
        psn_no: &PsnNo,
        on: ServiceDate,
    ) -> Result<(YearAnswer, u64), Status> {
        let request = v1::AssessAssistanceRequest {
            psn_no: psn_no.expose().to_owned(),
            on: on.to_string(),
        };
        let answer = self.client.assess(request).await?.into_inner();
        let year = year(answer.year, Path::root("year")).map_err(unreadable)?;
        Ok((year, answer.version))
    }

    /// Grants a year; as it stands, and the version of the person's record.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn grant(
        &mut self,
        request: RequestId,
        (psn_no, on): (&PsnNo, ServiceDate),
        digest: Option<Digest>,
    ) -> Result<(GrantAnswer, u64), Status> {
        let digest = digest.map(|digest| digest.as_bytes().to_vec());
        let request = v1::GrantAssistanceRequest {
            request_id: request.to_string(),
            psn_no: psn_no.expose().to_owned(),
            on: on.to_string(),
            digest: digest.unwrap_or_default(),
        };
        let answer = self.client.grant(request).await?.into_inner();
        Ok((granted(answer.granted).map_err(unreadable)?, answer.version))
    }

    /// Withdraws a grant.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn withdraw(
        &mut self,
        grant: ActId,
        reason: AssistanceEndReason,
    ) -> Result<(GrantAnswer, u64), Status> {
        let request = v1::WithdrawAssistanceRequest {
            grant: grant.to_string(),
            reason: assistance_end_to_wire(reason),
        };
        let answer = self.client.withdraw(request).await?.into_inner();
        Ok((granted(answer.granted).map_err(unreadable)?, answer.version))
    }

    /// A page of grants, of one person or of everyone, and where the next one begins.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn page(
        &mut self,
        of: Option<&PsnNo>,
        after: Option<v1::AssistancePlace>,
    ) -> Result<(Vec<GrantAnswer>, Option<v1::AssistancePlace>), Status> {
        let request = v1::ListAssistanceRequest {
            psn_no: of.map(|of| of.expose().to_owned()).unwrap_or_default(),
            after,
            limit: 0,
        };
        let page = self.client.list(request).await?.into_inner();
        let all = page.granted.into_iter().map(|it| granted(Some(it)));
        let all = all.collect::<Result<_, _>>().map_err(unreadable)?;
        Ok((all, page.next))
    }

    /// A page of the grants that would come out differently, how many were looked at, and where the next one begins.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn differences(
        &mut self,
        of: Option<&PsnNo>,
        after: Option<v1::AssistancePlace>,
    ) -> Result<(Vec<DifferenceAnswer>, u64, Option<v1::AssistancePlace>), Status> {
        let request = v1::AssistanceDifferencesRequest {
            psn_no: of.map(|of| of.expose().to_owned()).unwrap_or_default(),
            after,
        };
        let page = self.client.differences(request).await?.into_inner();
        let all = page.differences.into_iter().map(difference);
        let all = all.collect::<Result<_, _>>().map_err(unreadable)?;
        Ok((all, page.examined, page.next))
    }

    /// Assesses everyone's year; each who is entitled is handed to `each`, then come counts and sums.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn everyone(
        &mut self,
        on: ServiceDate,
        run: Option<RequestId>,
        digest: Option<Digest>,
        mut each: impl FnMut(EntitledAnswer),
    ) -> Result<EveryoneAnswer, Status> {
        use v1::assess_all_assistance_response::Part;
        let digest = digest.map(|digest| digest.as_bytes().to_vec());
        let request = v1::AssessAllAssistanceRequest {
            on: on.to_string(),
            run: run.as_ref().map(RequestId::to_string).unwrap_or_default(),
            digest: digest.unwrap_or_default(),
        };
        let mut parts = self.client.assess_all(request).await?.into_inner();
        while let Some(part) = parts.message().await? {
            match part.part {
                Some(Part::Person(person)) => each(entitled(&person).map_err(unreadable)?),
                Some(Part::Everyone(sums)) => return everyone(sums).map_err(unreadable),
                None => break,
            }
        }
        Err(Status::internal(
            "the node's answer is not whole / 节点应答不完整",
        ))
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "it maps an error, which is handed on by value"
)]
fn unreadable(fault: WireFault) -> Status {
    Status::internal(fault.to_string())
}
