//! An officer's client for transfers of the relationship: what is asked and what is answered, as values.

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::id::{RequestId, TransferId};
use huitong_core::name::Name;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Scheme;
use huitong_proto::conversion::insured::scheme_to_wire;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::transfer_service_client::TransferServiceClient;
use huitong_transport::{ClientError, ClientOptions};
use tonic::Status;
use tonic::transport::Channel;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct TransferClient {
    region: RegionCode,
    client: TransferServiceClient<Channel>,
}

/// A transfer that is asked for.
#[derive(Debug, Clone)]
pub struct StartAsked {
    /// The officer's own id.
    pub request: RequestId,
    /// The person at the old home.
    pub psn_no: PsnNo,
    /// The old home; the officer's region when none is named.
    pub from: Option<RegionCode>,
    /// The new home; the officer's region when none is named.
    pub to: Option<RegionCode>,
    /// The number at the new home; the same one when none is named.
    pub number: Option<PsnNo>,
    /// What the person showed, as `kind:number`.
    pub credential: String,
    /// The first day at the new home.
    pub day: ServiceDate,
    /// The scheme there.
    pub scheme: Scheme,
    /// The new home's class of insured people.
    pub category: Name,
    /// Retired by the scheme's rules.
    pub retired: Retired,
}

/// Whether somebody is retired by the scheme's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retired {
    /// They are.
    Yes,
    /// They are not.
    No,
}

/// A transfer as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferTold {
    /// Its id.
    pub transfer: String,
    /// Its state: agreed, frozen, handed_over, done, cancelled or refused.
    pub state: &'static str,
    /// The old home, and the number there.
    pub from: (String, String),
    /// The new home, and the number there.
    pub to: (String, String),
    /// The first day at the new home.
    pub from_day: String,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// How long it is in its state, in milliseconds.
    pub age_ms: i64,
    /// The number of the hand-over.
    pub number: u64,
    /// The own account that went along, in fen.
    pub own_fen: i64,
    /// The family account that went along, in fen.
    pub family_fen: i64,
    /// Why it was refused.
    pub refusal: String,
}

impl TransferClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (region, channel) = options.own_node().await?;
        let client = TransferServiceClient::new(channel);
        Ok(Self { region, client })
    }

    /// Starts a transfer.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn start(&mut self, asked: &StartAsked) -> Result<TransferTold, Status> {
        let or_own = |region: Option<RegionCode>| region.unwrap_or(self.region).to_string();
        let number = asked.number.map(|number| number.expose().to_owned());
        let request = v1::StartTransferRequest {
            request_id: asked.request.to_string(),
            psn_no: asked.psn_no.expose().to_owned(),
            from_region: or_own(asked.from),
            to_region: or_own(asked.to),
            new_psn_no: number.unwrap_or_default(),
            credential: asked.credential.clone(),
            from_day: asked.day.to_string(),
            scheme: scheme_to_wire(asked.scheme),
            category: asked.category.to_string(),
            retired: asked.retired == Retired::Yes,
        };
        let answer = self.client.start_transfer(request).await?.into_inner();
        told(answer.transfer)
    }

    /// Calls a transfer back.
    ///
    /// # Errors
    /// As [`TransferClient::start`].
    pub async fn call_back(&mut self, transfer: TransferId) -> Result<TransferTold, Status> {
        let transfer = transfer.to_string();
        let request = v1::CallBackTransferRequest { transfer };
        let answer = self.client.call_back_transfer(request).await?.into_inner();
        told(answer.transfer)
    }

    /// A page of transfers, and after which the next begins.
    ///
    /// # Errors
    /// As [`TransferClient::start`].
    pub async fn list(
        &mut self,
        request: v1::ListTransfersRequest,
    ) -> Result<(Vec<TransferTold>, String), Status> {
        let answer = self.client.list_transfers(request).await?.into_inner();
        let transfers = answer.transfers.into_iter().map(|seen| told(Some(seen)));
        Ok((transfers.collect::<Result<_, _>>()?, answer.next))
    }

    /// A page of open or all transfers after one.
    ///
    /// # Errors
    /// As [`TransferClient::start`].
    pub async fn page(
        &mut self,
        after: Option<TransferId>,
        limit: u32,
        which: crate::transfer::seen::Which,
    ) -> Result<(Vec<TransferTold>, String), Status> {
        self.list(v1::ListTransfersRequest {
            after: after.map(|after| after.to_string()).unwrap_or_default(),
            limit,
            open: which == crate::transfer::seen::Which::Open,
        })
        .await
    }
}

fn told(seen: Option<v1::Transfer>) -> Result<TransferTold, Status> {
    let seen = seen.ok_or_else(|| Status::internal("the answer names no transfer"))?;
    let state = match seen.state() {
        v1::TransferState::Agreed => "agreed",
        v1::TransferState::Frozen => "frozen",
        v1::TransferState::HandedOver => "handed_over",
        v1::TransferState::Done => "done",
        v1::TransferState::Cancelled => "cancelled",
        v1::TransferState::Refused => "refused",
        v1::TransferState::Unspecified => {
            return Err(Status::internal("the transfer is in no state"));
        }
    };
    let started_at = Timestamp::from_millis(seen.started_at_ms);
    Ok(TransferTold {
        state,
        started_at: started_at.map_err(|error| Status::internal(error.to_string()))?,
        transfer: seen.transfer,
        from: (seen.from_region, seen.psn_no),
        to: (seen.to_region, seen.new_psn_no),
        from_day: seen.from_day,
        started_by: seen.started_by,
        age_ms: seen.age_ms,
        number: seen.number,
        own_fen: seen.own_fen,
        family_fen: seen.family_fen,
        refusal: seen.refusal,
    })
}
