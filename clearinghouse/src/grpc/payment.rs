//! What clearing officers call to have a netted cycle paid. Who acted is the name in the caller's certificate.

use std::collections::BTreeMap;
use std::sync::Arc;

use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::payment::{BankReference, PaymentReference};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::Member;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::payment_service_server::PaymentService;
use huitong_proto::conversion::payment::{
    bank_line_from_wire, correction_reason_from_wire, delay_reason_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::asked::day;
use super::officer::{officer_name, status_of};
use super::paid;
use super::reading::{plan, read};
use super::status::{malformed, status};
use crate::decide::{self, Context, Decision, Openness, OrderOf, Wanted, WhichCycle};
use crate::payments::{Line, Payment, PaymentRules};
use crate::refusal::{ClearingCode, Refusal};
use crate::writer::Writer;

/// The officers' side of payments.
pub(super) struct PaymentGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) rules: PaymentRules,
}

#[tonic::async_trait]
impl PaymentService for PaymentGrpc {
    async fn approve(
        &self,
        request: Request<v1::ApproveRequest>,
    ) -> Result<Response<v1::ApproveResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let (day, path) = (day(&request.business_day)?, Path::root("digest"));
        let digest = path
            .digest(&request.digest)
            .map_err(|fault| malformed(&fault))?;
        let name = by.clone();
        self.decide(move |context| decide::approve(context, day, digest, by))
            .await?;
        info!(%day, officer = %name, "plan approved");
        let status = Some(status_of(&self.writer, WhichCycle::Of(day)).await?);
        Ok(Response::new(v1::ApproveResponse { status }))
    }

    async fn instruct(
        &self,
        request: Request<v1::InstructRequest>,
    ) -> Result<Response<v1::InstructResponse>, Status> {
        let by = officer_name(&request)?;
        let day = day(&request.into_inner().business_day)?;
        let rules = self.rules;
        self.decide(move |context| decide::instruct(context, day, rules, by))
            .await?;
        info!(%day, "payment ordered");
        let status = Some(status_of(&self.writer, WhichCycle::Of(day)).await?);
        Ok(Response::new(v1::InstructResponse { status }))
    }

    async fn confirm(
        &self,
        request: Request<v1::ConfirmRequest>,
    ) -> Result<Response<v1::ConfirmResponse>, Status> {
        let by = officer_name(&request)?;
        let v1::ConfirmRequest { line, reference } = request.into_inner();
        let line = bank_line_from_wire(line, Path::root("line"));
        let line = line.map_err(|fault| malformed(&fault))?;
        let bank_reference = line.bank_reference;
        self.decide(move |context| decide::confirm(context, line, reference, by))
            .await?;
        let (line, payments, today) = self.movement(bank_reference).await?;
        if let Some(why) = line.why.filter(|_| !line.parked_rest().is_zero()) {
            warn!(%bank_reference, %why, "money is parked");
        }
        Ok(Response::new(v1::ConfirmResponse {
            movement: Some(paid::movement(&line)),
            payments: payments.iter().map(|of| paid::payment(of, today)).collect(),
        }))
    }

    async fn apply(
        &self,
        request: Request<v1::ApplyRequest>,
    ) -> Result<Response<v1::ApplyResponse>, Status> {
        let by = officer_name(&request)?;
        let v1::ApplyRequest { bank_reference, to } = request.into_inner();
        let bank_reference = bank(&bank_reference, "bank_reference")?;
        let to = purposes(&to)?;
        self.decide(move |context| decide::count_parked(context, bank_reference, &to, by))
            .await?;
        let (line, payments, today) = self.movement(bank_reference).await?;
        Ok(Response::new(v1::ApplyResponse {
            movement: Some(paid::movement(&line)),
            payments: payments.iter().map(|of| paid::payment(of, today)).collect(),
        }))
    }

    async fn send_back(
        &self,
        request: Request<v1::SendBackRequest>,
    ) -> Result<Response<v1::SendBackResponse>, Status> {
        let by = officer_name(&request)?;
        let v1::SendBackRequest {
            bank_reference,
            back,
            on,
        } = request.into_inner();
        let bank_reference = bank(&bank_reference, "bank_reference")?;
        let back = bank(&back, "back")?;
        let on = Path::root("on").parse(&on, BusinessDay::parse);
        let on = on.map_err(|fault| malformed(&fault))?;
        self.decide(move |context| decide::send_back(context, bank_reference, (back, on), by))
            .await?;
        let (line, _, _) = self.movement(bank_reference).await?;
        Ok(Response::new(v1::SendBackResponse {
            movement: Some(paid::movement(&line)),
        }))
    }

    async fn correct(
        &self,
        request: Request<v1::CorrectRequest>,
    ) -> Result<Response<v1::CorrectResponse>, Status> {
        let by = officer_name(&request)?;
        let v1::CorrectRequest { line, reason } = request.into_inner();
        let line = bank_line_from_wire(line, Path::root("line"));
        let why = correction_reason_from_wire(reason, Path::root("reason"));
        let (line, why) = line
            .and_then(|line| Ok((line, why?)))
            .map_err(|fault| malformed(&fault))?;
        self.decide(move |context| decide::correct(context, line, why, by))
            .await?;
        warn!(bank_reference = %line.bank_reference, %why, "movement taken out again");
        let (line, payments, today) = self.movement(line.bank_reference).await?;
        Ok(Response::new(v1::CorrectResponse {
            movement: Some(paid::movement(&line)),
            payments: payments.iter().map(|of| paid::payment(of, today)).collect(),
        }))
    }

    async fn delay(
        &self,
        request: Request<v1::DelayRequest>,
    ) -> Result<Response<v1::DelayResponse>, Status> {
        let by = officer_name(&request)?;
        let v1::DelayRequest { reference, reason } = request.into_inner();
        let reference = payment_reference(&reference, Path::root("reference"));
        let why = delay_reason_from_wire(reason, Path::root("reason"));
        let (reference, why) = reference
            .and_then(|reference| Ok((reference, why?)))
            .map_err(|fault| malformed(&fault))?;
        self.decide(move |context| decide::delay(context, reference, why, by))
            .await?;
        Ok(Response::new(v1::DelayResponse {}))
    }

    async fn list_payments(
        &self,
        request: Request<v1::ListPaymentsRequest>,
    ) -> Result<Response<v1::ListPaymentsResponse>, Status> {
        let request = request.into_inner();
        let (wanted, after) = wanted(&request).map_err(|fault| malformed(&fault))?;
        let page = self
            .decide(move |context| decide::payments(context, wanted, after))
            .await?;
        let payments = page.rows.iter().map(|of| paid::payment(of, page.today));
        Ok(Response::new(v1::ListPaymentsResponse {
            payments: payments.collect(),
            next: page.next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    async fn list_notices(
        &self,
        request: Request<v1::ListNoticesRequest>,
    ) -> Result<Response<v1::ListNoticesResponse>, Status> {
        let (of, member) = order_of(&request.into_inner())?;
        let found = self
            .decide(move |context| decide::notices(context, &of, member))
            .await?;
        let proofs = self.writer.proofs().await;
        let proofs = proofs.map_err(|refusal| status(&refusal))?;
        let found = read(move || found.made_of(|day| plan(&proofs, day))).await?;
        let found = paid::notices(&found);
        let malformed = |error| status(&Refusal::general(RefusalCode::Malformed, error));
        Ok(Response::new(found.map_err(malformed)?))
    }

    async fn list_movements(
        &self,
        request: Request<v1::ListMovementsRequest>,
    ) -> Result<Response<v1::ListMovementsResponse>, Status> {
        let v1::ListMovementsRequest { parked_only, after } = request.into_inner();
        let after = Path::root("after").optional(&after, BankReference::parse);
        let after = after.map_err(|fault| malformed(&fault))?;
        let wanted = Openness::from(parked_only);
        let page = self
            .decide(move |context| decide::movements(context, wanted, after))
            .await?;
        Ok(Response::new(v1::ListMovementsResponse {
            movements: page.rows.iter().map(paid::movement).collect(),
            next: page.next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }
}

impl PaymentGrpc {
    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Status> {
        let decided = self.writer.decide(decide).await;
        decided.map_err(|refusal| status(&refusal))
    }

    /// A movement with the payments that it counts for, and the day on which that is so.
    async fn movement(
        &self,
        bank_reference: BankReference,
    ) -> Result<(Line, Vec<Payment>, BusinessDay), Status> {
        let found = self
            .decide(move |context| decide::movement(context, bank_reference))
            .await?;
        found.ok_or_else(|| {
            let code = ClearingCode::PaymentBankReferenceUnknown;
            status(&Refusal::new(code, bank_reference))
        })
    }
}

/// Of which order notices are asked for, and whose.
fn order_of(request: &v1::ListNoticesRequest) -> Result<(OrderOf, Member), Status> {
    let member = Path::root("member").parse(&request.member, RegionCode::parse);
    let member = member.map_err(|fault| malformed(&fault))?;
    let of = order_asked(&request.business_day, &request.month)?;
    Ok((of, Member::new(member)))
}

/// Of which order: a cycle's or a month's.
pub(super) fn order_asked(business_day: &str, month: &str) -> Result<OrderOf, Status> {
    let month = Path::root("month").optional(month, Month::parse);
    match month.map_err(|fault| malformed(&fault))? {
        None => Ok(OrderOf::Day(day(business_day)?)),
        Some(month) if business_day.is_empty() => Ok(OrderOf::Month(month)),
        Some(_) => {
            let both = "business_day, month: one of them";
            Err(status(&Refusal::general(RefusalCode::Malformed, both)))
        }
    }
}

fn bank(text: &str, field: &'static str) -> Result<BankReference, Status> {
    let path = Path::root(field);
    path.parse(text, BankReference::parse)
        .map_err(|fault| malformed(&fault))
}

fn payment_reference(text: &str, path: Path<'_>) -> Result<PaymentReference, WireFault> {
    path.parse(text, str::parse::<PaymentReference>)
}

fn wanted(
    request: &v1::ListPaymentsRequest,
) -> Result<(Wanted, Option<PaymentReference>), WireFault> {
    let day = Path::root("business_day").optional(&request.business_day, BusinessDay::parse)?;
    let month = Path::root("month").optional(&request.month, Month::parse)?;
    let member = Path::root("member").optional(&request.member, RegionCode::parse)?;
    let after = Path::root("after").optional(&request.after, str::parse::<PaymentReference>)?;
    let wanted = Wanted {
        day,
        month,
        member,
        open: Openness::from(request.open_only),
    };
    Ok((wanted, after))
}

/// What parked money is said to be for, each payment once.
fn purposes(
    to: &[v1::Counted],
) -> Result<BTreeMap<PaymentReference, huitong_core::money::Fen>, Status> {
    let mut read = BTreeMap::new();
    for (at, counted) in to.iter().enumerate() {
        let path = Path::root("to");
        let path = path.item(at);
        let one =
            payment_reference(&counted.reference, path.field("reference")).and_then(|reference| {
                Ok((reference, path.field("amount_fen").fen(counted.amount_fen)?))
            });
        let (reference, amount) = one.map_err(|fault| malformed(&fault))?;
        if read.insert(reference, amount).is_some() {
            let twice = format_args!("to: {reference} twice");
            return Err(status(&Refusal::general(RefusalCode::Malformed, twice)));
        }
    }
    Ok(read)
}
