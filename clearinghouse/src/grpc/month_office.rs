//! What clearing officers call about months. A month's rows are counted beside the writer: a month has many debts.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::date::BusinessDay;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_office_service_server::MonthOfficeService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::month::{month_digest_from_wire, month_to_wire};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::month::month;
use super::month_read::signed;
use super::month_what_if;
use super::officer::{officer_name, someone_looks};
use super::paid::month_order;
use super::reading::{plan, proofs, read};
use super::status::{malformed, status};
use crate::decide::month as decide;
use crate::decide::{Context, Decision};
use crate::months::MonthRules;
use crate::payments::PaymentRules;
use crate::prefunds::Rules;
use crate::refusal::{ClearingCode, Refusal};
use crate::writer::Writer;

/// The bytes of one part of a file.
const PART_BYTES: usize = 1 << 20;
/// Parts that wait for a slow reader.
const WAITING: usize = 4;

/// The officers' side of months.
#[derive(Clone)]
pub(super) struct MonthOfficeGrpc {
    writer: Arc<Writer>,
    rules: MonthRules,
    paying: PaymentRules,
    prefunds: Rules,
    /// Held while a month is counted: one at a time.
    counting: Arc<Mutex<()>>,
    /// Held while plans are looked through to see what nets would be: by one officer at a time.
    looking: Arc<Mutex<()>>,
}

type Part = Result<v1::FetchMonthFileResponse, Status>;

#[tonic::async_trait]
impl MonthOfficeService for MonthOfficeGrpc {
    async fn draw_up_month(
        &self,
        request: Request<v1::DrawUpMonthRequest>,
    ) -> Result<Response<v1::DrawUpMonthResponse>, Status> {
        let by = officer_name(&request)?;
        let month = month(&request.into_inner().month)?;
        let Ok(counting) = Arc::clone(&self.counting).try_lock_owned() else {
            let refusal = Refusal::new(ClearingCode::MonthUnderWay, month);
            return Err(status(&refusal));
        };
        // It goes on when the caller has gone: counting a large month may take longer than a caller waits.
        let (desk, of) = (self.clone(), month.clone());
        let drawn = tokio::spawn(async move {
            let drawn = desk.draw_up(of.clone(), by).await;
            if let Err(refused) = &drawn {
                warn!(month = %of, refused = refused.message(), "a month is not drawn up");
            }
            drop(counting);
            drawn
        });
        let lost = |error| status(&Refusal::general(RefusalCode::Overloaded, error));
        drawn.await.map_err(lost)??;
        let seen = self.seen(month).await?;
        Ok(Response::new(v1::DrawUpMonthResponse {
            month: Some(month_to_wire(&seen)),
        }))
    }

    async fn list_months(
        &self,
        request: Request<v1::ListMonthsRequest>,
    ) -> Result<Response<v1::ListMonthsResponse>, Status> {
        officer_name(&request)?;
        let request = request.into_inner();
        let rules = self.rules;
        let (months, to_draw) = if request.month.is_empty() {
            self.decide(move |context| decide::months(context, rules))
                .await?
        } else {
            (vec![self.seen(month(&request.month)?).await?], None)
        };
        let orders = self.orders(&months).await?;
        let dues = self.dues(&months).await?;
        let shown = |of: fn(&decide::ToDraw) -> String| to_draw.as_ref().map(of);
        Ok(Response::new(v1::ListMonthsResponse {
            months: months.iter().map(month_to_wire).collect(),
            to_draw_up: shown(|of| of.month.to_string()).unwrap_or_default(),
            to_draw_up_by: shown(|of| of.by.to_string()).unwrap_or_default(),
            to_draw_up_days_late: to_draw.as_ref().map_or(0, |of| of.days_late),
            orders,
            dues,
        }))
    }

    async fn approve_month(
        &self,
        request: Request<v1::ApproveMonthRequest>,
    ) -> Result<Response<v1::ApproveMonthResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let month = month(&request.month)?;
        let digest = month_digest_from_wire(&request.digest, Path::root("digest"));
        let digest = digest.map_err(|fault| malformed(&fault))?;
        let (rules, officer) = (self.rules, by.clone());
        let seen = self
            .decide(move |context| decide::approve(context, (&month, digest), rules, by))
            .await?;
        info!(month = %seen.month, %officer, stage = %seen.stage, "a month is approved by an officer");
        Ok(Response::new(v1::ApproveMonthResponse {
            month: Some(month_to_wire(&seen)),
        }))
    }

    async fn instruct_month(
        &self,
        request: Request<v1::InstructMonthRequest>,
    ) -> Result<Response<v1::InstructMonthResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let month = month(&request.month)?;
        let digest = month_digest_from_wire(&request.digest, Path::root("digest"));
        let digest = digest.map_err(|fault| malformed(&fault))?;
        let (rules, officer, of) = (self.paying, by.clone(), month.clone());
        self.decide(move |context| decide::instruct(context, (&of, digest), rules, by))
            .await?;
        info!(%month, %officer, "payment of a month ordered");
        let seen = self.seen(month).await?;
        let order = self.orders(std::slice::from_ref(&seen)).await?.pop();
        Ok(Response::new(v1::InstructMonthResponse {
            month: Some(month_to_wire(&seen)),
            order,
        }))
    }

    async fn what_if_month(
        &self,
        request: Request<v1::WhatIfMonthRequest>,
    ) -> Result<Response<v1::WhatIfMonthResponse>, Status> {
        officer_name(&request)?;
        let request = request.into_inner();
        let month = month(&request.month)?;
        let suppose = month_what_if::suppose(&request).map_err(|fault| malformed(&fault))?;
        let Ok(looking) = Arc::clone(&self.looking).try_lock_owned() else {
            return Err(status(&someone_looks()));
        };
        let rules = decide::SupposeRules {
            paying: self.paying,
            prefunds: self.prefunds,
        };
        // Held until all of it is read, also when the caller has gone.
        let decided = self.decide(move |context| {
            let grounds = decide::suppose(context, &month, suppose, rules)?;
            Ok(grounds.beside(looking))
        });
        let (grounds, looking) = decided.await?;
        let proofs = proofs(&self.writer).await?;
        let found = read(move || {
            let found = grounds.found(|day| plan(&proofs, day));
            drop(looking);
            found
        });
        let found = found.await?;
        Ok(Response::new(month_what_if::found(&found)))
    }

    type FetchMonthFileStream = ReceiverStream<Part>;

    async fn fetch_month_file(
        &self,
        request: Request<v1::FetchMonthFileRequest>,
    ) -> Result<Response<Self::FetchMonthFileStream>, Status> {
        officer_name(&request)?;
        let month = month(&request.into_inner().month)?;
        let proofs = proofs(&self.writer).await?;
        let seen = self.seen(month.clone()).await?;
        let bytes = read(move || {
            let (certified, table) = signed(&proofs, &month)?;
            let regions = seen.regions.iter().map(|(region, _)| *region);
            let words = proofs.month_words(&month, regions)?;
            let file = MonthFile {
                certified,
                table,
                words,
            };
            Ok(file.to_bytes())
        })
        .await?;
        let (to, parts) = channel(WAITING);
        tokio::spawn(async move { send(&bytes, &to).await });
        Ok(Response::new(ReceiverStream::new(parts)))
    }
}

/// Sends a file in parts, as long as it is read.
async fn send(bytes: &[u8], to: &Sender<Part>) {
    for part in bytes.chunks(PART_BYTES) {
        let part = part.to_vec();
        let sent = to.send(Ok(v1::FetchMonthFileResponse { part })).await;
        if sent.is_err() {
            return;
        }
    }
}

impl MonthOfficeGrpc {
    /// The officers' side of months.
    pub(super) fn new(
        writer: &Arc<Writer>,
        rules: MonthRules,
        (paying, prefunds): (PaymentRules, Rules),
        looking: Arc<Mutex<()>>,
    ) -> Self {
        Self {
            writer: Arc::clone(writer),
            rules,
            paying,
            prefunds,
            counting: Arc::default(),
            looking,
        }
    }

    /// Counts a month's rows and has them written down and signed, unless they are.
    async fn draw_up(&self, month: Month, by: OfficerName) -> Result<(), Status> {
        // What is netted is proven and indexed first, as far as it can be.
        let counting = proofs(&self.writer).await?;
        let of = month.clone();
        let drawing = self
            .decide(move |context| decide::drawing(context, &of))
            .await?;
        if let decide::Drawing::Count(extent) = drawing {
            let (plans, after) = (extent.plans, extent.after);
            let table = read(move || Ok(counting.month_rows(plans, after)?)).await?;
            let (rows, officer) = (table.rows().len(), by.clone());
            let pieces = table.pieces(self.rules.rows_of_a_piece);
            let drawn = decide::Drawn {
                pieces: u32::try_from(pieces.len()).unwrap_or(u32::MAX),
                rows: u64::try_from(rows).unwrap_or(u64::MAX),
                root: table.tree().root(),
                regions: table.regions(),
            };
            for piece in (1_u32..).zip(pieces) {
                let extent = extent.clone();
                self.decide(move |context| decide::write_rows(context, &extent, piece))
                    .await?;
            }
            self.decide(move |context| decide::draw_up(context, extent, drawn, by))
                .await?;
            info!(%month, %officer, rows, "a month is drawn up");
        }
        // It is signed when it can be; a month that is not signed is shown as it is.
        proofs(&self.writer).await.map(drop)
    }

    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Status> {
        let decided = self.writer.decide(decide).await;
        decided.map_err(|refusal| status(&refusal))
    }

    /// The orders to pay these months, of those for which there is one.
    async fn orders(&self, months: &[MonthSeen]) -> Result<Vec<v1::MonthOrder>, Status> {
        let months: Vec<_> = months.iter().map(|seen| seen.month.clone()).collect();
        let ordered = self
            .decide(move |context| decide::ordered(context, &months))
            .await?;
        Ok(ordered.iter().map(month_order).collect())
    }

    /// What is still to be done of these months, and by when.
    async fn dues(&self, months: &[MonthSeen]) -> Result<Vec<v1::MonthDue>, Status> {
        let months: Vec<_> = months.iter().map(|seen| seen.month.clone()).collect();
        let rules = (self.rules, self.paying);
        let dues = self
            .decide(move |context| decide::dues(context, &months, rules))
            .await?;
        Ok(dues.iter().map(month_due).collect())
    }

    async fn seen(&self, month: Month) -> Result<MonthSeen, Status> {
        let rules = self.rules;
        self.decide(move |context| decide::seen(context, &month, rules))
            .await
    }
}

fn month_due(due: &decide::MonthDue) -> v1::MonthDue {
    let by = |day: Option<BusinessDay>| day.map(|day| day.to_string()).unwrap_or_default();
    v1::MonthDue {
        month: due.month.to_string(),
        order_by: by(due.order_by),
        order_days_late: due.order_days_late,
        clear_by: by(due.clear_by),
        clear_days_late: due.clear_days_late,
    }
}
