//! RelationService: another home region's node about a transfer. TransferService: the region's officers.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::id::{RequestId, TransferId};
use huitong_core::name::Name;
use huitong_core::officer::OfficerName;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::record::hand::{LateOffer, ProvenHand, TransferOrder};
use huitong_core::record::registry::CoveragePeriod;
use huitong_core::record::transfer::TransferBy;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::insured::scheme_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::relation_service_server::RelationService;
use huitong_proto::settlement::v1::transfer_service_server::TransferService;
use tonic::{Request, Response, Status};

use super::status::{malformed, refused};
use super::{calling_officer, calling_region};
use crate::home::late::Offered;
use crate::peers::Hands;
use crate::store::TransferState;
use crate::transfer::deliver::BATCH;
use crate::transfer::seen::{PAGE, Stands, TransferSeen, Which};
use crate::transfer::{TransferDesk, transfer_id};

/// Both services.
#[derive(Clone)]
pub struct TransferGrpc {
    /// The desk.
    pub desk: Arc<TransferDesk>,
}

#[tonic::async_trait]
impl RelationService for TransferGrpc {
    #[tracing::instrument(name = "relation.agree_transfer", skip_all)]
    async fn agree_transfer(
        &self,
        request: Request<v1::AgreeTransferRequest>,
    ) -> Result<Response<v1::AgreeTransferResponse>, Status> {
        let peer = calling_region(&request)?;
        let order: TransferOrder = read(&request.into_inner().order, Path::root("order"))?;
        if order.person.home != peer && order.new_home != peer {
            return Err(refused(RefusalCode::IdentityMismatch, peer));
        }
        self.desk.agree(order, TransferBy::Region(peer)).await?;
        Ok(Response::new(v1::AgreeTransferResponse {}))
    }

    #[tracing::instrument(name = "relation.cancel_transfer", skip_all)]
    async fn cancel_transfer(
        &self,
        request: Request<v1::CancelTransferRequest>,
    ) -> Result<Response<v1::CancelTransferResponse>, Status> {
        let peer = calling_region(&request)?;
        let message = request.into_inner();
        let transfer = transfer_of(&message.transfer)?;
        let by = TransferBy::Region(peer);
        if !message.order.is_empty() && !self.desk.knows(transfer)? {
            let order: TransferOrder = read(&message.order, Path::root("order"))?;
            if order.transfer == transfer && order.new_home == peer {
                self.desk.never_agree(order, by).await?;
                return Ok(Response::new(v1::CancelTransferResponse {}));
            }
        }
        let order = self.desk.row(transfer)?.order;
        if order.person.home != peer && order.new_home != peer {
            return Err(refused(RefusalCode::TransferUnknown, transfer));
        }
        self.desk.cancel(transfer, by).await?;
        Ok(Response::new(v1::CancelTransferResponse {}))
    }

    #[tracing::instrument(name = "relation.deliver_hands", skip_all)]
    async fn deliver_hands(
        &self,
        request: Request<v1::DeliverHandsRequest>,
    ) -> Result<Response<v1::DeliverHandsResponse>, Status> {
        let peer = calling_region(&request)?;
        let message = request.into_inner();
        if message.hands.len() > BATCH {
            let why = format!("hands: at most {BATCH}");
            return Err(refused(RefusalCode::TooLarge, why));
        }
        let path = Path::root("hands");
        let hands = message.hands.iter().enumerate();
        let hands = hands.map(|(nth, bytes)| read::<ProvenHand>(bytes, path.item(nth)));
        let hands = hands.collect::<Result<Vec<_>, _>>()?;
        let held = self.desk.take((peer, message.incarnation), hands).await?;
        Ok(Response::new(v1::DeliverHandsResponse { held }))
    }

    #[tracing::instrument(name = "relation.late_standing", skip_all)]
    async fn late_standing(
        &self,
        request: Request<v1::LateStandingRequest>,
    ) -> Result<Response<v1::LateStandingResponse>, Status> {
        let peer = calling_region(&request)?;
        let transfer = transfer_of(&request.into_inner().transfer)?;
        let standing = self.desk.late_standing(peer, transfer).await?.to_bytes();
        Ok(Response::new(v1::LateStandingResponse { standing }))
    }

    #[tracing::instrument(name = "relation.offer_supplement", skip_all)]
    async fn offer_supplement(
        &self,
        request: Request<v1::OfferSupplementRequest>,
    ) -> Result<Response<v1::OfferSupplementResponse>, Status> {
        let peer = calling_region(&request)?;
        let message = request.into_inner();
        let offer: LateOffer = read(&message.offer, Path::root("offer"))?;
        let from = (peer, message.incarnation);
        let taken = self.desk.count_in(from, offer).await? == Offered::Taken;
        Ok(Response::new(v1::OfferSupplementResponse { taken }))
    }

    #[tracing::instrument(name = "relation.collect_hands", skip_all)]
    async fn collect_hands(
        &self,
        request: Request<v1::CollectHandsRequest>,
    ) -> Result<Response<v1::CollectHandsResponse>, Status> {
        let peer = calling_region(&request)?;
        let held = request.into_inner().held;
        let Hands { proven, erased } = self.desk.words_after(peer, held).await?;
        let hands = proven.iter().map(Artifact::to_bytes).collect();
        Ok(Response::new(v1::CollectHandsResponse { hands, erased }))
    }
}

#[tonic::async_trait]
impl TransferService for TransferGrpc {
    #[tracing::instrument(name = "transfer.start", skip_all)]
    async fn start_transfer(
        &self,
        request: Request<v1::StartTransferRequest>,
    ) -> Result<Response<v1::StartTransferResponse>, Status> {
        let own = self.desk.region();
        let officer = calling_officer(&request, own)?;
        let order = order(&request.into_inner(), own, &officer);
        let order = order.map_err(|fault| malformed(&fault))?;
        let row = self.desk.start(officer, order).await?;
        let transfer = Some(shown(&self.desk.seen(row)?));
        Ok(Response::new(v1::StartTransferResponse { transfer }))
    }

    #[tracing::instrument(name = "transfer.call_back", skip_all)]
    async fn call_back_transfer(
        &self,
        request: Request<v1::CallBackTransferRequest>,
    ) -> Result<Response<v1::CallBackTransferResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let transfer = transfer_of(&request.into_inner().transfer)?;
        let row = self.desk.call_back(officer, transfer).await?;
        let transfer = Some(shown(&self.desk.seen(row)?));
        Ok(Response::new(v1::CallBackTransferResponse { transfer }))
    }

    #[tracing::instrument(name = "transfer.list", skip_all)]
    async fn list_transfers(
        &self,
        request: Request<v1::ListTransfersRequest>,
    ) -> Result<Response<v1::ListTransfersResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let asked = || -> Result<_, WireFault> {
            let after = Path::root("after").optional(&message.after, TransferId::parse)?;
            let limit = match usize::try_from(message.limit) {
                Ok(0) => PAGE,
                Ok(limit) if limit <= PAGE => limit,
                Ok(_) | Err(_) => {
                    return Err(Path::root("limit").wrong(format_args!("at most {PAGE}")));
                }
            };
            Ok((after, limit))
        };
        let (after, limit) = asked().map_err(|fault| malformed(&fault))?;
        let which = if message.open {
            Which::Open
        } else {
            Which::All
        };
        let (seen, next) = self.desk.list(after, limit, which).await?;
        Ok(Response::new(v1::ListTransfersResponse {
            transfers: seen.iter().map(shown).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }
}

fn read<T: Artifact>(bytes: &[u8], path: Path<'_>) -> Result<T, Status> {
    T::from_bytes(bytes).map_err(|error| malformed(&path.wrong(error)))
}

fn transfer_of(text: &str) -> Result<TransferId, Status> {
    let transfer = Path::root("transfer").parse(text, TransferId::parse);
    transfer.map_err(|fault| malformed(&fault))
}

fn order(
    message: &v1::StartTransferRequest,
    own: RegionCode,
    by: &OfficerName,
) -> Result<TransferOrder, WireFault> {
    let request = Path::root("request_id").parse(&message.request_id, RequestId::parse)?;
    let psn_no = Path::root("psn_no").parse(&message.psn_no, PsnNo::parse)?;
    let number = Path::root("new_psn_no").optional(&message.new_psn_no, PsnNo::parse)?;
    let credential = Path::root("credential");
    let from = Path::root("from_day").parse(&message.from_day, ServiceDate::parse)?;
    let days = DateInterval::new(from, None);
    Ok(TransferOrder {
        transfer: transfer_id(own, by, request),
        person: PersonRef {
            home: Path::root("from_region").parse(&message.from_region, RegionCode::parse)?,
            psn_no,
        },
        new_home: Path::root("to_region").parse(&message.to_region, RegionCode::parse)?,
        number: number.unwrap_or(psn_no),
        credential: credential.parse(&message.credential, crate::import::credential)?,
        cover: CoveragePeriod {
            scheme: scheme_from_wire(message.scheme, Path::root("scheme"))?,
            category: Path::root("category").parse(&message.category, Name::parse)?,
            retired: message.retired,
            days: days.map_err(|error| Path::root("from_day").wrong(error))?,
        },
    })
}

fn shown(seen: &TransferSeen) -> v1::Transfer {
    let (row, order) = (&seen.row, &seen.row.order);
    let state = match seen.stands {
        Stands::Agreed => v1::TransferState::Agreed,
        Stands::Frozen => v1::TransferState::Frozen,
        Stands::HandedOver => v1::TransferState::HandedOver,
        Stands::Done => v1::TransferState::Done,
        Stands::Cancelled => v1::TransferState::Cancelled,
        Stands::Refused => v1::TransferState::Refused,
    };
    let (number, refusal) = match &row.state {
        TransferState::HandedOver(number) | TransferState::Arrived(number) => {
            (*number, String::new())
        }
        TransferState::Refused(refusal) => (0, refusal.to_string()),
        TransferState::Agreed | TransferState::Frozen | TransferState::Cancelled(_) => {
            (0, String::new())
        }
    };
    let started_by = match &row.by {
        TransferBy::Officer(name) => name.to_string(),
        TransferBy::Region(region) => region.to_string(),
    };
    let since_ms = row.since.as_millis();
    v1::Transfer {
        transfer: order.transfer.to_string(),
        state: state.into(),
        from_region: order.person.home.to_string(),
        psn_no: order.person.psn_no.expose().to_owned(),
        to_region: order.new_home.to_string(),
        new_psn_no: order.number.expose().to_owned(),
        from_day: order.cover.days.from().to_string(),
        started_by,
        started_at_ms: row.started.as_millis(),
        since_ms,
        age_ms: seen.now.as_millis().saturating_sub(since_ms).max(0),
        number,
        own_fen: row.money.own.get(),
        family_fen: row.money.family.get(),
        refusal,
    }
}
