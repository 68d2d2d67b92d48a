//! LegBookService: the region's own legs for its officers; and an officer's client of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use huitong_core::checkpoint::book::LegBook;
use huitong_core::date::BusinessDay;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::leg_book_service_client::LegBookServiceClient;
use huitong_proto::clearing::v1::leg_book_service_server::LegBookService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::{leg_from_wire, leg_to_wire};
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES, aside};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::{malformed, refused};
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::legs::book::{last_number, numbers_of, page};

/// The service.
pub struct LegBookGrpc {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
}

#[tonic::async_trait]
impl LegBookService for LegBookGrpc {
    #[tracing::instrument(name = "legs.list", skip_all)]
    async fn list_legs(
        &self,
        request: Request<v1::ListLegsRequest>,
    ) -> Result<Response<v1::ListLegsResponse>, Status> {
        calling_officer(&request, self.region)?;
        let message = request.into_inner();
        let numbers = self.numbers(&message)?;
        let begins = message.from.max(*numbers.start());
        let (ledger, end) = (Arc::clone(&self.ledger), *numbers.end());
        let read = aside(move || page(&ledger, begins..=end)).await;
        let lost = |error: &dyn std::fmt::Display| refused(RefusalCode::StoreBroken, error);
        let legs = read
            .map_err(|error| lost(&error))?
            .map_err(NodeError::from)?;
        Ok(Response::new(v1::ListLegsResponse {
            region: self.region.to_string(),
            from: *numbers.start(),
            to: end,
            legs: legs.iter().map(leg_to_wire).collect(),
        }))
    }
}

impl LegBookGrpc {
    /// All numbers that are asked for.
    fn numbers(&self, message: &v1::ListLegsRequest) -> Result<RangeInclusive<u64>, Status> {
        if message.business_day.is_empty() {
            if message.from == 0 || message.to < message.from {
                let detail = "from, to: numbers from 1 on, the last not before the first";
                return Err(refused(RefusalCode::Malformed, detail));
            }
            let last = last_number(&self.ledger).map_err(NodeError::from)?;
            if message.from > last {
                return Err(refused(RefusalCode::LegsPastEnd, last));
            }
            return Ok(message.from..=message.to.min(last));
        }
        let day = Path::root("business_day").parse(&message.business_day, BusinessDay::parse);
        let day = day.map_err(|fault| malformed(&fault))?;
        let numbers = numbers_of(&self.ledger, day).map_err(NodeError::from)?;
        numbers.ok_or_else(|| refused(RefusalCode::DayNotClosed, day))
    }
}

/// Which legs an officer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that were closed with a day.
    Day(BusinessDay),
    /// Those under these numbers, both ends included.
    Numbers(u64, u64),
}

/// Asks the node of the own region for its legs.
#[derive(Debug)]
pub struct LegBookClient(LegBookServiceClient<Channel>);

impl LegBookClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = LegBookServiceClient::new(channel);
        Ok(Self(client.max_decoding_message_size(MAX_MESSAGE_BYTES)))
    }

    /// All of the legs; fewer when the node has not written that many yet.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn legs(&mut self, wanted: Wanted) -> Result<LegBook, Status> {
        let (day, from, to) = match wanted {
            Wanted::Day(day) => (day.to_string(), 0, 0),
            Wanted::Numbers(from, to) => (String::new(), from, to),
        };
        let (mut next, mut legs) = (from, Vec::new());
        loop {
            let request = v1::ListLegsRequest {
                business_day: day.clone(),
                from: next,
                to,
            };
            let answer = self.0.list_legs(request).await?.into_inner();
            let unreadable = |fault: &dyn std::fmt::Display| Status::internal(fault.to_string());
            let path = Path::root("legs");
            let page = answer.legs.iter().enumerate();
            let page = page.map(|(at, leg)| leg_from_wire(leg, path.item(at)));
            let page = page.collect::<Result<Vec<_>, _>>();
            let page = page.map_err(|fault| unreadable(&fault))?;
            let is_last = page.is_empty();
            legs.extend(page);
            next = legs
                .last()
                .map_or(answer.from, |leg| leg.number.saturating_add(1));
            if is_last || next > answer.to {
                let region = Path::root("region").parse(&answer.region, RegionCode::parse);
                let region = region.map_err(|fault| unreadable(&fault))?;
                return LegBook::new(region, answer.from, legs).map_err(|fault| unreadable(&fault));
            }
        }
    }
}
