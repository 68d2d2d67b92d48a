//! InstitutionAccountService: an institution's daily reconciliation, and the confirmation of its month.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::BusinessDay;
use huitong_core::id::{ConfirmationId, RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{AnsweredLine, LinesInAll, Span, Totals};
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::institution_account::{
    account_line_from_wire, answered_line_from_wire, difference_to_wire, month_standing_from_wire,
    place_from_wire, place_to_wire, some_setting_from_wire, span_from_wire, sums_from_wire,
    sums_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_account_service_server::InstitutionAccountService;
use huitong_transport::peer;
use tonic::{Request, Response, Status};

use super::institution_account_shown::{day_to_wire, found_to_wire, line_to_wire, month_to_wire};
use super::status::{malformed, refused};
use super::{calling_institution, calling_officer};
use crate::institution_account::compare::{Part, Stated, by_settlement};
use crate::institution_account::{AccountDesk, LINES};
use crate::treatment::order::settlement_id;

/// The service.
pub struct InstitutionAccountGrpc {
    /// The region.
    pub region: RegionCode,
    /// The desk.
    pub desk: Arc<AccountDesk>,
}

impl InstitutionAccountGrpc {
    /// The institution that a call is about: the one that calls, or whichever an officer names.
    fn about<T>(
        &self,
        request: &Request<T>,
        named: &str,
    ) -> Result<Option<InstitutionCode>, Status> {
        let caller = if let Identity::Institution { .. } = peer(request)? {
            Some(calling_institution(request, self.region)?)
        } else {
            calling_officer(request, self.region)?;
            None
        };
        let named = Path::root("institution").optional(named, InstitutionCode::parse);
        let named = named.map_err(|fault| malformed(&fault))?;
        match (caller, named) {
            (Some(caller), Some(named)) if caller != named => {
                Err(refused(RefusalCode::IdentityMismatch, named))
            }
            (caller, named) => Ok(caller.or(named)),
        }
    }

    /// A month that has a next one: until a day of that, confirmations are taken back.
    fn month(&self, text: &str) -> Result<Month, WireFault> {
        let path = Path::root("month");
        let month = path.parse(text, Month::parse)?;
        let until = self.desk.confirm_by(&month);
        until.map_err(|fault| path.wrong(fault))?;
        Ok(month)
    }
}

#[tonic::async_trait]
impl InstitutionAccountService for InstitutionAccountGrpc {
    #[tracing::instrument(name = "institution_account.reconcile", skip_all)]
    async fn reconcile(
        &self,
        request: Request<v1::ReconcileRequest>,
    ) -> Result<Response<v1::ReconcileResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let stated = Totals {
                settled: sums_from_wire(message.settled, Path::root("settled"))?,
                reversed: sums_from_wire(message.reversed, Path::root("reversed"))?,
            };
            let span = span_from_wire(message.span.clone(), Path::root("span"))?;
            let setting = some_setting_from_wire(message.setting, Path::root("setting"))?;
            Ok(((span, setting), stated))
        };
        let (of, stated) = read().map_err(|fault| malformed(&fault))?;
        let own = self.desk.reconcile(institution, of, stated).await?;
        let differences = stated.differences(&own);
        Ok(Response::new(v1::ReconcileResponse {
            settled: Some(sums_to_wire(&own.settled)),
            reversed: Some(sums_to_wire(&own.reversed)),
            differences: differences.iter().map(difference_to_wire).collect(),
        }))
    }

    #[tracing::instrument(name = "institution_account.compare_lines", skip_all)]
    async fn compare_lines(
        &self,
        request: Request<v1::CompareLinesRequest>,
    ) -> Result<Response<v1::CompareLinesResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let span = span_from_wire(message.span.clone(), Path::root("span"))?;
            let setting = some_setting_from_wire(message.setting, Path::root("setting"))?;
            let (after, up_to) = (Path::root("after"), Path::root("up_to"));
            let part = Part {
                after: after.optional(&message.after, RequestId::parse)?,
                up_to: up_to.optional(&message.up_to, RequestId::parse)?,
            };
            Ok(((span, setting), part, stated(&message.lines, part)?))
        };
        let (of, part, stated) = read().map_err(|fault| malformed(&fault))?;
        let found = self
            .desk
            .read(move |desk| desk.compare(institution, of, part, &stated))
            .await?;
        let (found, answered) = found;
        Ok(Response::new(v1::CompareLinesResponse {
            found: found.iter().map(found_to_wire).collect(),
            answered_to: answered.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "institution_account.compare_by_settlement", skip_all)]
    async fn compare_by_settlement(
        &self,
        request: Request<v1::CompareBySettlementRequest>,
    ) -> Result<Response<v1::CompareBySettlementResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let span = span_from_wire(message.span.clone(), Path::root("span"))?;
            let setting = some_setting_from_wire(message.setting, Path::root("setting"))?;
            let (after, up_to) = (Path::root("after"), Path::root("up_to"));
            let part = by_settlement::Part {
                after: after.optional(&message.after, SettlementId::parse)?,
                up_to: up_to.optional(&message.up_to, SettlementId::parse)?,
            };
            let id = |request| settlement_id(self.region, institution, request);
            let stated = stated_of(&message.lines, part, id)?;
            Ok(((span, setting), part, stated))
        };
        let (of, part, stated) = read().map_err(|fault| malformed(&fault))?;
        let found = self
            .desk
            .read(move |desk| desk.compare_by_settlement(institution, of, part, &stated));
        let (found, answered) = found.await?;
        Ok(Response::new(v1::CompareBySettlementResponse {
            found: found.iter().map(found_to_wire).collect(),
            answered_to: answered.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "institution_account.list_reconciled", skip_all)]
    async fn list_reconciled(
        &self,
        request: Request<v1::ListReconciledRequest>,
    ) -> Result<Response<v1::ListReconciledResponse>, Status> {
        let named = request.get_ref().institution.clone();
        let about = self.about(&request, &named)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let day = Path::root("day").optional(&message.day, BusinessDay::parse)?;
            let after = Path::root("after").optional(&message.after, InstitutionCode::parse)?;
            let span = match day {
                Some(day) => Span::day(day),
                None => span_from_wire(message.span.clone(), Path::root("span"))?,
            };
            if day.is_none() && about.is_none() {
                return Err(Path::root("institution").missing());
            }
            Ok((span, after))
        };
        let (span, after) = read().map_err(|fault| malformed(&fault))?;
        let (days, next) = self
            .desk
            .read(move |desk| match about {
                Some(of) => Ok((desk.reconciled_by(of, span)?, None)),
                None => desk.reconciled_on(span.from(), after),
            })
            .await?;
        Ok(Response::new(v1::ListReconciledResponse {
            days: days.iter().map(day_to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "institution_account.list_month", skip_all)]
    async fn list_month(
        &self,
        request: Request<v1::ListMonthRequest>,
    ) -> Result<Response<v1::ListMonthResponse>, Status> {
        let named = request.get_ref().institution.clone();
        let about = self.about(&request, &named)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let of = Path::root("institution").required(about)?;
            let month = self.month(&message.month)?;
            let after = message.after.as_ref();
            let after = after.map(|after| place_from_wire(after, Path::root("after")));
            Ok((of, month, after.transpose()?))
        };
        let (of, month, after) = read().map_err(|fault| malformed(&fault))?;
        let lines = self.desk.read(move |desk| desk.lines(of, &month, after));
        let (lines, next) = lines.await?;
        Ok(Response::new(v1::ListMonthResponse {
            lines: lines.iter().map(line_to_wire).collect(),
            next: next.map(place_to_wire),
        }))
    }

    #[tracing::instrument(name = "institution_account.confirm_month", skip_all)]
    async fn confirm_month(
        &self,
        request: Request<v1::ConfirmMonthRequest>,
    ) -> Result<Response<v1::ConfirmMonthResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let month = self.month(&message.month)?;
            let in_all = LinesInAll {
                count: message.count,
                sum: Path::root("sum_fen").fen(message.sum_fen)?,
                digest: Path::root("digest").digest(&message.digest)?,
            };
            Ok((month, (answered(message.lines.clone())?, in_all)))
        };
        let (month, lines) = read().map_err(|fault| malformed(&fault))?;
        let confirmation = self.desk.confirm(institution, month, lines).await?;
        Ok(Response::new(v1::ConfirmMonthResponse {
            confirmation: confirmation.to_string(),
        }))
    }

    #[tracing::instrument(name = "institution_account.roll_back_month", skip_all)]
    async fn roll_back_month(
        &self,
        request: Request<v1::RollBackMonthRequest>,
    ) -> Result<Response<v1::RollBackMonthResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let confirmation = Path::root("confirmation");
            Ok((
                self.month(&message.month)?,
                confirmation.parse(&message.confirmation, ConfirmationId::parse)?,
            ))
        };
        let (month, confirmation) = read().map_err(|fault| malformed(&fault))?;
        self.desk
            .roll_back(institution, month, confirmation)
            .await?;
        Ok(Response::new(v1::RollBackMonthResponse {}))
    }

    #[tracing::instrument(name = "institution_account.month_status", skip_all)]
    async fn month_status(
        &self,
        request: Request<v1::MonthStatusRequest>,
    ) -> Result<Response<v1::MonthStatusResponse>, Status> {
        let named = request.get_ref().institution.clone();
        let about = self.about(&request, &named)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let after = Path::root("after");
            Ok((
                self.month(&message.month)?,
                after.optional(&message.after, InstitutionCode::parse)?,
            ))
        };
        let (month, after) = read().map_err(|fault| malformed(&fault))?;
        let (months, next) = self
            .desk
            .read(move |desk| match about {
                Some(of) => Ok((vec![desk.month(of, &month)?], None)),
                None => desk.months(&month, after),
            })
            .await?;
        Ok(Response::new(v1::MonthStatusResponse {
            months: months.iter().map(month_to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "institution_account.set_month", skip_all)]
    async fn set_month(
        &self,
        request: Request<v1::SetMonthRequest>,
    ) -> Result<Response<v1::SetMonthResponse>, Status> {
        let officer = calling_officer(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let institution = Path::root("institution");
            Ok((
                institution.parse(&message.institution, InstitutionCode::parse)?,
                self.month(&message.month)?,
                month_standing_from_wire(message.standing, Path::root("standing"))?,
            ))
        };
        let (institution, month, standing) = read().map_err(|fault| malformed(&fault))?;
        let set = (standing, officer);
        let seen = self.desk.set_month(institution, month, set).await?;
        Ok(Response::new(v1::SetMonthResponse {
            month: Some(month_to_wire(&seen)),
        }))
    }
}

/// An institution's lines: not too many, ascending, and all of the part that the call is about.
fn stated(lines: &[v1::AccountLine], part: Part) -> Result<Stated, WireFault> {
    let root = Path::root("lines");
    if lines.len() > LINES {
        return Err(root.wrong(format_args!("are at most {}", LINES)));
    }
    let mut stated = Stated::new();
    for (nth, line) in lines.iter().enumerate() {
        let path = root.item(nth);
        let (request, of, amounts) = account_line_from_wire(line, path)?;
        let key = (request, of);
        if stated
            .last_key_value()
            .is_some_and(|(last, _)| *last >= key)
        {
            return Err(path.wrong("comes after the line before it, by request id"));
        }
        if !part.contains(request) {
            return Err(path.wrong("is of a request id that this call is about"));
        }
        stated.insert(key, amounts);
    }
    Ok(stated)
}

/// The same by settlement.
fn stated_of(
    lines: &[v1::AccountLine],
    part: by_settlement::Part,
    id: impl Fn(RequestId) -> SettlementId,
) -> Result<by_settlement::Stated, WireFault> {
    let root = Path::root("lines");
    if lines.len() > LINES {
        return Err(root.wrong(format_args!("are at most {}", LINES)));
    }
    let mut stated = by_settlement::Stated::new();
    for (nth, line) in lines.iter().enumerate() {
        let path = root.item(nth);
        let (request, of, amounts) = account_line_from_wire(line, path)?;
        let key = (id(request), of);
        if stated
            .last_key_value()
            .is_some_and(|(last, _)| *last >= key)
        {
            return Err(path.wrong("comes after the line before it, by settlement"));
        }
        if !part.contains(key.0) {
            return Err(path.wrong("is of a settlement that this call is about"));
        }
        stated.insert(key, (request, amounts));
    }
    Ok(stated)
}

/// The lines that an institution answers: some, not too many, and ascending.
fn answered(lines: Vec<v1::AnsweredLine>) -> Result<Vec<AnsweredLine>, WireFault> {
    let root = Path::root("lines");
    if lines.is_empty() || lines.len() > LINES {
        return Err(root.wrong(format_args!("are 1 to {}", LINES)));
    }
    let mut answered: Vec<AnsweredLine> = Vec::with_capacity(lines.len());
    for (nth, line) in lines.into_iter().enumerate() {
        let path = root.item(nth);
        let line = answered_line_from_wire(line, path)?;
        let place = |line: &AnsweredLine| (line.business_day, line.settlement);
        if answered
            .last()
            .is_some_and(|last| place(last) >= place(&line))
        {
            return Err(path.wrong("comes after the line before it, by day and settlement"));
        }
        answered.push(line);
    }
    Ok(answered)
}
