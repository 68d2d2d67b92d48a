//! A region's legs as its officers list them, page by page. Every fault is the code of why not.
//!
//! Left out: what may be wrong with a leg. Whoever lists them holds them against what else is known.

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::leg_book_service_client::LegBookServiceClient;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, code};

/// The first so many legs of a region.
pub async fn legs_of(
    client: &mut LegBookServiceClient<Channel>,
    written: u64,
) -> Result<Vec<v1::Leg>, String> {
    let mut legs: Vec<v1::Leg> = Vec::new();
    loop {
        let from = legs.last().map_or(1, |last| last.number + 1);
        if from > written {
            return Ok(legs);
        }
        let request = v1::ListLegsRequest {
            business_day: String::new(),
            from,
            to: written,
        };
        let call = call_within(PATIENCE, request, |request| client.list_legs(request));
        let page = call.await.map_err(|status| code(&status))?.into_inner();
        if page.legs.is_empty() {
            return Err(format!("no leg from {from} on"));
        }
        legs.extend(page.legs);
    }
}
