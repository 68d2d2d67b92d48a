//! What clearing officers call about prefunds. Who acted is the name in the caller's certificate.

use std::sync::Arc;

use huitong_core::money::Fen;
use huitong_core::payment::BankReference;
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::LevelChange;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::prefund_service_server::PrefundService;
use huitong_proto::conversion::payment::{correction_reason_from_wire, correction_reason_to_wire};
use huitong_proto::conversion::prefund::{
    prefund_from_wire, prefund_level_from_wire, prefund_level_to_wire, prefund_line_from_wire,
    prefund_line_to_wire, prefund_to_wire, top_up_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::officer::officer_name;
use super::status::{malformed, status};
use crate::decide::prefund::{self as decide, MovementRow, PrefundRow, ProposalRow, Wanted};
use crate::decide::{Context, Decision};
use crate::prefunds::{LineKey, Rules};
use crate::refusal::{ClearingCode, Refusal};
use crate::writer::Writer;

/// The officers' side of prefunds.
pub(super) struct PrefundGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) rules: Rules,
}

#[tonic::async_trait]
impl PrefundService for PrefundGrpc {
    async fn set(
        &self,
        request: Request<v1::SetPrefundRequest>,
    ) -> Result<Response<v1::SetPrefundResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let prefund = prefund(request.prefund)?;
        let year = year(request.year)?;
        let amount = Path::root("amount_fen").fen(request.amount_fen);
        let amount = amount.map_err(|fault| malformed(&fault))?;
        let rules = self.rules;
        self.decide(move |context| decide::set(context, prefund, year, amount, &rules, by))
            .await?;
        info!(%prefund, year, %amount, "prefund set");
        let standing = Some(self.stands_now(prefund).await?);
        Ok(Response::new(v1::SetPrefundResponse { standing }))
    }

    async fn top_up(
        &self,
        request: Request<v1::TopUpPrefundRequest>,
    ) -> Result<Response<v1::TopUpPrefundResponse>, Status> {
        let by = officer_name(&request)?;
        let read = top_up_from_wire(Some(request.into_inner()), Path::root("ask"));
        let (which, amount) = read.map_err(|fault| malformed(&fault))?;
        let (rules, (prefund, id)) = (self.rules, which);
        self.decide(move |context| decide::top_up(context, which, amount, &rules, by))
            .await?;
        info!(%prefund, %id, %amount, "prefund topped up");
        let standing = Some(self.stands_now(prefund).await?);
        Ok(Response::new(v1::TopUpPrefundResponse { standing }))
    }

    async fn enter(
        &self,
        request: Request<v1::EnterPrefundRequest>,
    ) -> Result<Response<v1::EnterPrefundResponse>, Status> {
        let by = officer_name(&request)?;
        let line = prefund_line_from_wire(request.into_inner().line, Path::root("line"));
        let line = line.map_err(|fault| malformed(&fault))?;
        self.decide(move |context| decide::enter(context, line, by))
            .await?;
        let standing = Some(self.stands_now(line.prefund).await?);
        Ok(Response::new(v1::EnterPrefundResponse { standing }))
    }

    async fn correct(
        &self,
        request: Request<v1::CorrectPrefundRequest>,
    ) -> Result<Response<v1::CorrectPrefundResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let line = prefund_line_from_wire(request.line, Path::root("line"));
        let why = correction_reason_from_wire(request.reason, Path::root("reason"));
        let (line, why) = line
            .and_then(|line| Ok((line, why?)))
            .map_err(|fault| malformed(&fault))?;
        self.decide(move |context| decide::correct(context, line, why, by))
            .await?;
        info!(prefund = %line.prefund, bank_reference = %line.bank_reference, %why, "movement of a prefund taken out");
        let standing = Some(self.stands_now(line.prefund).await?);
        Ok(Response::new(v1::CorrectPrefundResponse { standing }))
    }

    async fn list_prefunds(
        &self,
        request: Request<v1::ListPrefundsRequest>,
    ) -> Result<Response<v1::ListPrefundsResponse>, Status> {
        let request = request.into_inner();
        let (wanted, after) = wanted(request).map_err(|fault| malformed(&fault))?;
        let rules = self.rules;
        let (rows, next) = self
            .decide(move |context| decide::prefunds(context, wanted, after, &rules))
            .await?;
        Ok(Response::new(v1::ListPrefundsResponse {
            prefunds: rows.iter().map(standing).collect(),
            next: next.map(prefund_to_wire),
        }))
    }

    async fn list_prefund_movements(
        &self,
        request: Request<v1::ListPrefundMovementsRequest>,
    ) -> Result<Response<v1::ListPrefundMovementsResponse>, Status> {
        let v1::ListPrefundMovementsRequest { prefund: of, after } = request.into_inner();
        let of = of.map(|of| prefund(Some(of))).transpose()?;
        let after = after.map(|after| line_key(&after)).transpose();
        let after = after.map_err(|fault| malformed(&fault))?;
        let (rows, next) = self
            .decide(move |context| decide::movements(context, of, after))
            .await?;
        Ok(Response::new(v1::ListPrefundMovementsResponse {
            movements: rows.iter().map(movement).collect(),
            next: next.map(|(holder, bank_reference)| v1::PrefundLineKey {
                holder: holder.to_string(),
                bank_reference: bank_reference.to_string(),
            }),
        }))
    }

    async fn propose(
        &self,
        request: Request<v1::ProposePrefundsRequest>,
    ) -> Result<Response<v1::ProposePrefundsResponse>, Status> {
        let request = request.into_inner();
        let year = year(request.year)?;
        let after = request.after.map(|of| prefund(Some(of))).transpose()?;
        let rules = self.rules;
        let (rows, next) = self
            .decide(move |context| decide::proposal(context, year, after, &rules))
            .await?;
        Ok(Response::new(v1::ProposePrefundsResponse {
            proposals: rows.iter().map(proposal).collect(),
            next: next.map(prefund_to_wire),
        }))
    }
}

impl PrefundGrpc {
    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Status> {
        let decided = self.writer.decide(decide).await;
        decided.map_err(|refusal| status(&refusal))
    }

    async fn stands_now(&self, prefund: Prefund) -> Result<v1::PrefundStanding, Status> {
        stands_now(&self.writer, prefund, self.rules).await
    }
}

/// How a prefund stands after what was just said of it, whoever said it: with the level that it has by now, and not with the
/// one that was found last.
pub(super) async fn stands_now(
    writer: &Writer,
    prefund: Prefund,
    rules: Rules,
) -> Result<v1::PrefundStanding, Status> {
    let changed = writer.decide(move |context| decide::level_of(context, prefund, &rules));
    let changed = changed.await.map_err(|refusal| status(&refusal))?;
    changed.iter().for_each(level_changed);
    let found = writer.decide(move |context| decide::standing(context, prefund, &rules));
    let found = found.await.map_err(|refusal| status(&refusal))?;
    let unknown = || status(&Refusal::new(ClearingCode::PrefundUnknown, prefund));
    found.as_ref().map(standing).ok_or_else(unknown)
}

/// A level that is another now, in the log.
pub(crate) fn level_changed(change: &LevelChange) {
    let LevelChange {
        prefund,
        level,
        used,
        held,
    } = change;
    match level {
        PrefundLevel::Normal => info!(%prefund, %used, %held, "prefund is normal again"),
        PrefundLevel::Yellow | PrefundLevel::Red => {
            warn!(%prefund, %level, %used, %held, "much of a prefund is used");
        }
    }
}

fn prefund(prefund: Option<v1::PrefundKey>) -> Result<Prefund, Status> {
    prefund_from_wire(prefund, Path::root("prefund")).map_err(|fault| malformed(&fault))
}

fn year(year: u32) -> Result<u16, Status> {
    u16::try_from(year).map_err(|_| {
        let detail = "year: such as 2026";
        status(&Refusal::general(RefusalCode::Malformed, detail))
    })
}

fn line_key(after: &v1::PrefundLineKey) -> Result<LineKey, WireFault> {
    let path = Path::root("after");
    let holder = path
        .field("holder")
        .parse(&after.holder, RegionCode::parse)?;
    let bank = path.field("bank_reference");
    Ok((
        holder,
        bank.parse(&after.bank_reference, BankReference::parse)?,
    ))
}

fn wanted(request: v1::ListPrefundsRequest) -> Result<(Wanted, Option<Prefund>), WireFault> {
    let member = Path::root("member").optional(&request.member, RegionCode::parse)?;
    let from = match request.from {
        0 => PrefundLevel::Normal,
        from => prefund_level_from_wire(from, Path::root("from"))?,
    };
    let after = request
        .after
        .map(|after| prefund_from_wire(Some(after), Path::root("after")));
    Ok((Wanted { member, from }, after.transpose()?))
}

pub(super) fn standing(row: &PrefundRow) -> v1::PrefundStanding {
    v1::PrefundStanding {
        prefund: Some(prefund_to_wire(row.prefund)),
        year: row.year.into(),
        set_fen: row.set.get(),
        topped_up_fen: row.topped_up.get(),
        held_fen: row.held.get(),
        used_fen: row.used.get(),
        level: prefund_level_to_wire(row.level),
        since_ms: row.since.map_or(0, |since| since.as_millis()),
        ask_by: row.ask_by.map(|day| day.to_string()).unwrap_or_default(),
        missing_fen: row.missing.get(),
        over_fen: row.over.get(),
        due: row.due.map(|due| due.to_string()).unwrap_or_default(),
        days_late: row.days_late,
        open_top_up_fen: row.open_top_up.map_or(0, Fen::get),
        ask_days_late: row.ask_days_late,
        set_by: row.set_by.map(|day| day.to_string()).unwrap_or_default(),
        set_days_late: row.set_days_late,
    }
}

fn movement(row: &MovementRow) -> v1::PrefundMovement {
    let corrected = row.corrected.as_ref();
    v1::PrefundMovement {
        line: Some(prefund_line_to_wire(&row.line)),
        corrected: corrected.map_or(0, |of| correction_reason_to_wire(of.why)),
        corrected_by: corrected.map(|of| of.by.to_string()).unwrap_or_default(),
        corrected_ms: corrected.map_or(0, |of| of.at.as_millis()),
    }
}

fn proposal(row: &ProposalRow) -> v1::PrefundProposal {
    v1::PrefundProposal {
        prefund: Some(prefund_to_wire(row.prefund)),
        spent_fen: row.spent.get(),
        proposed_fen: row.proposed.get(),
        set_fen: row.set.get(),
        months: row.months,
    }
}
