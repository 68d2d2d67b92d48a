//! What the node of one home region asks of another's about a transfer.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::id::TransferId;
use huitong_core::record::hand::{LateOffer, LateStanding, ProvenHand, TransferOrder};
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::relation_service_client::RelationServiceClient;
use huitong_transport::{MAX_MESSAGE_BYTES, Remarked, call_within};
use tonic::Status;

use super::super::guard::Purpose;
use super::{Hands, HomeFault, Peer, unreadable};
use crate::home::late::Offered;

impl Peer {
    fn relation(&self) -> Result<RelationServiceClient<Remarked>, Status> {
        Ok(RelationServiceClient::new(self.channel()?)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES))
    }

    /// Asks the other home to agree to a transfer.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn agree_transfer(
        &self,
        order: &TransferOrder,
        within: Duration,
    ) -> Result<(), HomeFault> {
        let attempt = |left| async move {
            let order = order.to_bytes();
            let request = v1::AgreeTransferRequest { order };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.agree_transfer(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        let v1::AgreeTransferResponse {} = answer;
        Ok(())
    }

    /// Calls a transfer back.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn cancel_transfer(
        &self,
        order: &TransferOrder,
        within: Duration,
    ) -> Result<(), HomeFault> {
        let attempt = |left| async move {
            let request = v1::CancelTransferRequest {
                transfer: order.transfer.to_string(),
                order: order.to_bytes(),
            };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.cancel_transfer(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        let v1::CancelTransferResponse {} = answer;
        Ok(())
    }

    /// Delivers words, sent in the own incarnation; the highest number that is held then.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn deliver_hands(
        &self,
        hands: &[ProvenHand],
        incarnation: u32,
        within: Duration,
    ) -> Result<u64, HomeFault> {
        let attempt = |left| async move {
            let hands = hands.iter().map(Artifact::to_bytes).collect();
            let request = v1::DeliverHandsRequest { hands, incarnation };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.deliver_hands(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        Ok(answer.held)
    }

    /// Asks how a person stands who was handed over.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn late_standing(
        &self,
        transfer: TransferId,
        within: Duration,
    ) -> Result<LateStanding, HomeFault> {
        let attempt = |left| async move {
            let transfer = transfer.to_string();
            let request = v1::LateStandingRequest { transfer };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.late_standing(request)).await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let path = Path::root("standing");
        LateStanding::from_bytes(&answer.standing).map_err(|error| unreadable(path.wrong(error)))
    }

    /// Puts a late claim to the new home.
    ///
    /// # Errors
    /// [`HomeFault`]: whether it is counted in is not known then.
    pub async fn offer_supplement(
        &self,
        offer: &LateOffer,
        incarnation: u32,
        within: Duration,
    ) -> Result<Offered, HomeFault> {
        let attempt = |left| async move {
            let offer = offer.to_bytes();
            let request = v1::OfferSupplementRequest { offer, incarnation };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.offer_supplement(request)).await
        };
        let answer = self.guard.call(Purpose::Finish, within, attempt).await?;
        Ok(if answer.taken {
            Offered::Taken
        } else {
            Offered::Stale
        })
    }

    /// A page of an old home's words after a number, for a new home that was restored.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn collect_hands(&self, held: u64, within: Duration) -> Result<Hands, HomeFault> {
        let attempt = |left| async move {
            let request = v1::CollectHandsRequest { held };
            let mut client = self.relation()?;
            call_within(left, request, |request| client.collect_hands(request)).await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let path = Path::root("hands");
        let read = |bytes: &Vec<u8>| {
            ProvenHand::from_bytes(bytes).map_err(|error| unreadable(path.wrong(error)))
        };
        Ok(Hands {
            proven: answer.hands.iter().map(read).collect::<Result<_, _>>()?,
            erased: answer.erased,
        })
    }
}
