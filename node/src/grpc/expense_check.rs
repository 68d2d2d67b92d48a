//! ExpenseCheckService: officers ask, answer and confirm checks, and other regions' nodes put their words.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::expense_check::SignedCheckWord;
use huitong_core::expense_check::course::Stage;
use huitong_core::id::{CheckId, RequestId, SettlementId};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::common::amounts_to_wire;
use huitong_proto::conversion::expense_check::{
    check_reason_from_wire, check_reason_to_wire, check_standing_to_wire, finding_from_wire,
    finding_to_wire, send_back_reason_from_wire, send_back_reason_to_wire, word_digest_from_wire,
};
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::expense_check_service_server::ExpenseCheckService;
use huitong_transport::aside;
use tonic::{Request, Response, Status};

use super::deduction::standing_to_wire;
use super::status::{malformed, refused};
use super::{calling_officer, calling_region, due};
use crate::checks::seen::{CheckSeen, Named, PAGE};
use crate::checks::{AskWish, CheckDesk, Collecting, Saying};
use crate::error::NodeError;

/// The service.
pub struct ExpenseCheckGrpc {
    /// Where checks are said and heard.
    pub desk: Arc<CheckDesk>,
}

#[tonic::async_trait]
impl ExpenseCheckService for ExpenseCheckGrpc {
    #[tracing::instrument(name = "check.put_word", skip_all)]
    async fn put_word(
        &self,
        request: Request<v1::PutCheckWordRequest>,
    ) -> Result<Response<v1::PutCheckWordResponse>, Status> {
        let region = calling_region(&request)?;
        let signed = SignedCheckWord::from_bytes(&request.into_inner().word);
        let signed = signed.map_err(|fault| malformed(&Path::root("word").wrong(fault)))?;
        self.desk.book(signed, region).await?;
        Ok(Response::new(v1::PutCheckWordResponse {}))
    }

    #[tracing::instrument(name = "check.collect_words", skip_all)]
    async fn collect_words(
        &self,
        request: Request<v1::CollectCheckWordsRequest>,
    ) -> Result<Response<v1::CollectCheckWordsResponse>, Status> {
        let region = calling_region(&request)?;
        let after = Path::root("after").optional(&request.into_inner().after, CheckId::parse);
        let after = after.map_err(|fault| malformed(&fault))?;
        let desk = Arc::clone(&self.desk);
        // A word that is not on disk yet is in no page, and whoever has the last page takes the book for whole.
        desk.on_disk().await?;
        // Hundreds of records are read for a page: beside everything else.
        let read = aside(move || desk.words_with(region, after)).await;
        let (words, next) = read.map_err(|_| Status::cancelled("the node is stopping"))??;
        Ok(Response::new(v1::CollectCheckWordsResponse {
            words: words.iter().map(Artifact::to_bytes).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "check.ask", skip_all)]
    async fn ask(
        &self,
        request: Request<v1::AskCheckRequest>,
    ) -> Result<Response<v1::AskCheckResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let due = due(&request);
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let treatment = Path::root("treatment_region");
            let settlement = Path::root("settlement");
            Ok(AskWish {
                officer,
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                treatment: treatment.parse(&message.treatment_region, RegionCode::parse)?,
                settlement: settlement.parse(&message.settlement, SettlementId::parse)?,
                reason: check_reason_from_wire(message.reason, Path::root("reason"))?,
            })
        };
        let wish = read().map_err(|fault| malformed(&fault))?;
        let check = Some(to_wire(&self.desk.ask(wish, due).await?));
        Ok(Response::new(v1::AskCheckResponse { check }))
    }

    #[tracing::instrument(name = "check.answer", skip_all)]
    async fn answer(
        &self,
        request: Request<v1::AnswerCheckRequest>,
    ) -> Result<Response<v1::AnswerCheckResponse>, Status> {
        let check = self
            .said(request, |message| {
                let path = Path::root("finding");
                let finding = path.required(message.finding.as_ref())?;
                let finding = finding_from_wire(finding, path)?;
                let of = looked_at(&message.check, &message.digest)?;
                Ok((of, Saying::Answer(finding)))
            })
            .await?;
        Ok(Response::new(v1::AnswerCheckResponse { check }))
    }

    #[tracing::instrument(name = "check.confirm", skip_all)]
    async fn confirm(
        &self,
        request: Request<v1::ConfirmCheckRequest>,
    ) -> Result<Response<v1::ConfirmCheckResponse>, Status> {
        let check = self
            .said(request, |message| {
                let of = looked_at(&message.check, &message.digest)?;
                Ok((of, Saying::Confirm))
            })
            .await?;
        Ok(Response::new(v1::ConfirmCheckResponse { check }))
    }

    #[tracing::instrument(name = "check.send_back", skip_all)]
    async fn send_back(
        &self,
        request: Request<v1::SendBackCheckRequest>,
    ) -> Result<Response<v1::SendBackCheckResponse>, Status> {
        let check = self
            .said(request, |message| {
                let reason = send_back_reason_from_wire(message.reason, Path::root("reason"))?;
                let of = looked_at(&message.check, &message.digest)?;
                Ok((of, Saying::SendBack(reason)))
            })
            .await?;
        Ok(Response::new(v1::SendBackCheckResponse { check }))
    }

    #[tracing::instrument(name = "check.show", skip_all)]
    async fn show(
        &self,
        request: Request<v1::ShowCheckRequest>,
    ) -> Result<Response<v1::ShowCheckResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let check = checked(&request.into_inner().check).map_err(|fault| malformed(&fault))?;
        let shown = self.desk.shown(check).await?;
        let (seen, said) = shown.ok_or_else(|| refused(RefusalCode::CheckUnknown, check))?;
        Ok(Response::new(v1::ShowCheckResponse {
            check: Some(to_wire(&seen)),
            said: said.iter().map(said_to_wire).collect(),
        }))
    }

    #[tracing::instrument(name = "check.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListChecksRequest>,
    ) -> Result<Response<v1::ListChecksResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let after = Path::root("after").optional(&request.into_inner().after, CheckId::parse);
        let after = after.map_err(|fault| malformed(&fault))?;
        let desk = Arc::clone(&self.desk);
        let read = aside(move || desk.checks(after, PAGE)).await;
        let (seen, next) = read.map_err(|_| Status::cancelled("the node is stopping"))??;
        let collecting = self.desk.collecting().map_err(NodeError::from)?;
        self.desk.on_disk().await?;
        Ok(Response::new(v1::ListChecksResponse {
            checks: seen.iter().map(to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
            collecting: collecting.iter().map(collecting_to_wire).collect(),
        }))
    }
}

impl ExpenseCheckGrpc {
    /// Has an officer say something in a check.
    async fn said<T>(
        &self,
        request: Request<T>,
        read: impl FnOnce(T) -> Result<((CheckId, Digest), Saying), WireFault>,
    ) -> Result<Option<v1::ExpenseCheck>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let due = due(&request);
        let (of, saying) = read(request.into_inner()).map_err(|fault| malformed(&fault))?;
        let seen: Result<_, NodeError> = self.desk.say(of, saying, officer, due).await;
        Ok(Some(to_wire(&seen?)))
    }
}

fn checked(text: &str) -> Result<CheckId, WireFault> {
    Path::root("check").parse(text, CheckId::parse)
}

/// A check, and the last word of it that the officer looked at.
fn looked_at(check: &str, digest: &[u8]) -> Result<(CheckId, Digest), WireFault> {
    let digest = word_digest_from_wire(digest, Path::root("digest"))?;
    Ok((checked(check)?, digest))
}

fn collecting_to_wire((region, why): &Collecting) -> v1::CheckCollecting {
    let check = why.as_ref().map(|(check, _)| check.to_string());
    v1::CheckCollecting {
        region: region.to_string(),
        check: check.unwrap_or_default(),
        refusal: why.as_ref().map(|(_, refusal)| refusal_to_wire(refusal)),
    }
}

fn said_to_wire(signed: &SignedCheckWord) -> v1::CheckSaid {
    let word = &signed.word;
    v1::CheckSaid {
        region: word.speaker().to_string(),
        says: word.says.word().to_owned(),
        officer: word
            .officer
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        at: word.at.to_string(),
    }
}

fn to_wire(seen: &CheckSeen) -> v1::ExpenseCheck {
    let (row, course) = (&seen.row, &seen.row.course);
    let ask = &course.ask;
    let day = |day: Option<BusinessDay>| day.map(|day| day.to_string()).unwrap_or_default();
    let (take_up_on, answer_by, answered_on) = match &course.stage {
        Stage::Asked {
            take_up_on,
            answer_by,
        } => (Some(*take_up_on), Some(*answer_by), None),
        Stage::Answered { on, .. } => (None, None, Some(*on)),
        Stage::Confirmed { .. } => (None, None, None),
    };
    let state = match seen.deduction {
        Some(Named::Its(state)) => Some(state),
        Some(Named::Unknown | Named::OfAnother) | None => None,
    };
    let digest = course.last().map(|digest| digest.as_bytes().to_vec());
    v1::ExpenseCheck {
        check: course.check.to_string(),
        settlement: ask.settlement.to_string(),
        home_region: course.home.to_string(),
        treatment_region: course.treatment.to_string(),
        reason: check_reason_to_wire(ask.reason),
        standing: check_standing_to_wire(seen.standing),
        settled_on: ask.settled_on.to_string(),
        bill_fen: ask.bill.get(),
        paid: amounts_to_wire(ask.paid.as_slice()),
        asked_on: course.asked.business_day_shanghai().to_string(),
        take_up_on: day(take_up_on),
        answer_by: day(answer_by),
        late: seen.late,
        finding: course.finding().map(finding_to_wire),
        answered_on: day(answered_on),
        confirm_by: day(seen.confirm_by),
        sent_back: course
            .sent_back
            .map(send_back_reason_to_wire)
            .unwrap_or_default(),
        deduction_standing: state.map(standing_to_wire).unwrap_or_default(),
        to_send: u32::try_from(row.to_send().len()).unwrap_or(u32::MAX),
        refusal: row.refused.as_ref().map(refusal_to_wire),
        digest: digest.unwrap_or_default(),
        other_settlement: seen.deduction == Some(Named::OfAnother),
        held: seen.held.as_ref().map(refusal_to_wire),
    }
}
