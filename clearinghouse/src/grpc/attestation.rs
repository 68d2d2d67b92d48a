//! What regions' nodes call after cut-off, each for its own rows. The region is the caller's certificate.

use std::sync::Arc;

use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::checkpoint::search::SPANS_AT_ONCE;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKey};
use huitong_core::refusal::RefusalCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_service_server::AttestationService;
use huitong_proto::conversion::attestation::{
    body_from_wire, looked_to_wire, pair_from_wire, pair_to_wire, place_from_wire, row_from_wire,
    span_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::aside;
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::asked::day;
use super::clearing::region;
use super::status::{malformed, status};
use crate::decide::{self, Told};
use crate::refusal::Refusal;
use crate::state::Numbers;
use crate::writer::Writer;

/// The most runs of a page.
const RUNS_AT_ONCE: usize = 4_096;

/// The regions' side of attestation.
pub(super) struct AttestationGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl AttestationService for AttestationGrpc {
    async fn get_window(
        &self,
        request: Request<v1::GetWindowRequest>,
    ) -> Result<Response<v1::GetWindowResponse>, Status> {
        let region = region(&request)?;
        let v1::GetWindowRequest { incarnation, after } = request.into_inner();
        let by = Told {
            region,
            incarnation,
        };
        let found = self.0.decide(move |context| decide::window(context, by));
        let window = found.await.map_err(|refusal| status(&refusal))?;
        let page = window.map(|(day, numbers)| page(day, &numbers, after));
        Ok(Response::new(page.unwrap_or_default()))
    }

    async fn attest(
        &self,
        request: Request<v1::AttestRequest>,
    ) -> Result<Response<v1::AttestResponse>, Status> {
        let region = region(&request)?;
        let message = request.into_inner();
        let by = Told {
            region,
            incarnation: message.incarnation,
        };
        let day = day(&message.business_day)?;
        let rows = rows(&message.rows)?;
        let decided = self
            .0
            .decide(move |context| decide::attest(context, by, day, &rows));
        let differ = decided.await.map_err(|refusal| status(&refusal))?;
        if !differ.is_empty() {
            let rows = differ.len();
            warn!(%region, %day, rows, "a region attested rows otherwise than they are held");
        }
        Ok(Response::new(v1::AttestResponse {
            differ: differ.into_iter().map(pair_to_wire).collect(),
        }))
    }

    async fn look_into(
        &self,
        request: Request<v1::LookIntoRequest>,
    ) -> Result<Response<v1::LookIntoResponse>, Status> {
        let region = region(&request)?;
        let message = request.into_inner();
        let by = Told {
            region,
            incarnation: message.incarnation,
        };
        let (day, pair) = (day(&message.business_day)?, pair(message.pair.as_ref())?);
        if message.spans.len() > SPANS_AT_ONCE {
            let detail = format_args!("spans: at most {SPANS_AT_ONCE}");
            return Err(status(&Refusal::general(RefusalCode::Malformed, detail)));
        }
        let path = Path::root("spans");
        let spans = message.spans.iter().enumerate();
        let spans = spans.map(|(at, span)| span_from_wire(span, path.item(at)));
        let spans = spans
            .collect::<Result<Vec<_>, WireFault>>()
            .map_err(|fault| malformed(&fault))?;
        let held = self
            .0
            .decide(move |context| decide::row_held(context, by, day, pair));
        let held = held.await.map_err(|refusal| status(&refusal))?;
        // Roots over a large row take long; nobody waits for them meanwhile.
        let looked = aside(move || {
            let looked = spans.into_iter().map(|span| held.look(span));
            looked.map(|looked| looked_to_wire(&looked)).collect()
        });
        let lost = |error| status(&Refusal::general(RefusalCode::StoreBroken, error));
        Ok(Response::new(v1::LookIntoResponse {
            looked: looked.await.map_err(lost)?,
        }))
    }

    async fn tell_differences(
        &self,
        request: Request<v1::TellDifferencesRequest>,
    ) -> Result<Response<v1::TellDifferencesResponse>, Status> {
        let region = region(&request)?;
        let message = request.into_inner();
        let by = Told {
            region,
            incarnation: message.incarnation,
        };
        let (day, pair) = (day(&message.business_day)?, pair(message.pair.as_ref())?);
        let words = words(&message.words).map_err(|fault| malformed(&fault))?;
        let legs = words.len();
        let decided = self
            .0
            .decide(move |context| decide::tell_differences(context, by, (day, pair), words));
        decided.await.map_err(|refusal| status(&refusal))?;
        info!(%region, %day, legs, "a region said in which legs a row differs");
        Ok(Response::new(v1::TellDifferencesResponse {}))
    }
}

/// The runs of a window that begin after a number.
fn page(day: BusinessDay, window: &Numbers, after: u64) -> v1::GetWindowResponse {
    let mut rest = window.except.iter().filter(|run| run.first > after);
    let runs: Vec<_> = rest.by_ref().take(RUNS_AT_ONCE).collect();
    let last = runs.last().map_or(0, |run| run.first);
    v1::GetWindowResponse {
        business_day: day.to_string(),
        from: window.from,
        to: window.to,
        next: if rest.next().is_some() { last } else { 0 },
        except: runs
            .into_iter()
            .map(|run| v1::NumberRun {
                first: run.first,
                last: run.last,
            })
            .collect(),
    }
}

fn pair(pair: Option<&v1::RowPair>) -> Result<Pair, Status> {
    pair_from_wire(pair, Path::root("pair")).map_err(|fault| malformed(&fault))
}

fn rows(rows: &[v1::AttestedRow]) -> Result<Vec<Row>, Status> {
    if rows.len() > decide::ROWS_AT_ONCE {
        let detail = format_args!("rows: at most {}", decide::ROWS_AT_ONCE);
        return Err(status(&Refusal::general(RefusalCode::Malformed, detail)));
    }
    let path = Path::root("rows");
    let rows = rows.iter().enumerate();
    rows.map(|(at, row)| row_from_wire(row, path.item(at)))
        .collect::<Result<_, _>>()
        .map_err(|fault| malformed(&fault))
}

fn words(words: &[v1::BookWord]) -> Result<Vec<(LegKey, Option<Leg>)>, WireFault> {
    let path = Path::root("words");
    let words = words.iter().enumerate().map(|(at, word)| {
        let path = path.item(at);
        let place = path.field("place");
        let key = place_from_wire(place.required(word.place.as_ref())?, place)?;
        let book = word.book.as_ref();
        let book = book.map(|leg| body_from_wire(leg, path.field("book")));
        Ok((key, book.transpose()?))
    });
    words.collect()
}
