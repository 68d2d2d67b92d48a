//! PeopleService: the region's officers change and see the records of its people.

use std::sync::Arc;

use huitong_core::date::ServiceDate;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::person::PsnNo;
use huitong_core::record::person::{
    AskedBy, EmergencyFinding, HeldFiling, PersonChange, PersonChanged,
};
use huitong_core::region::RegionCode;
use huitong_proto::conversion::common::amounts_to_wire;
use huitong_proto::conversion::filing::filing_to_wire;
use huitong_proto::conversion::insured::insured_to_wire;
use huitong_proto::conversion::person::{change_from_wire, doubt_from_wire};
use huitong_proto::conversion::total::stretch_text;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::people_service_server::PeopleService;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::shown_provisional::to_wire as true_up_to_wire;
use super::status::malformed;
use crate::error::NodeError;
use crate::home::figures::borne_by_patient;
use crate::people::act::filing_of;
use crate::people::review::Review;
use crate::people::seen::{EmergencySeen, PAGE, PersonSeen};
use crate::people::{ActAsked, PeopleDesk};
use crate::store::StoreError;

/// The service.
pub struct PeopleGrpc {
    people: Arc<PeopleDesk>,
}

impl PeopleGrpc {
    /// The service of a node's desk.
    #[must_use]
    pub const fn new(people: Arc<PeopleDesk>) -> Self {
        Self { people }
    }
}

#[tonic::async_trait]
impl PeopleService for PeopleGrpc {
    #[tracing::instrument(name = "people.change", skip_all)]
    async fn change(
        &self,
        request: Request<v1::ChangePersonRequest>,
    ) -> Result<Response<v1::ChangePersonResponse>, Status> {
        let officer = calling_officer(&request, self.people.region())?;
        let message = request.into_inner();
        let asked = || -> Result<ActAsked, WireFault> {
            let psn_no = psn_no(&message.psn_no)?;
            Ok(ActAsked {
                by: AskedBy::Officer(officer),
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                psn_no,
                change: change_from_wire(message.change, psn_no)?,
                credential: None,
            })
        };
        let asked = asked().map_err(|fault| malformed(&fault))?;
        let record = self.people.change(asked).await?;
        Ok(Response::new(v1::ChangePersonResponse {
            act: record.act.to_string(),
            version: record.after.change,
            filing: of_act(&record).map(filing_to_wire),
            at_ms: record.at.as_millis(),
        }))
    }

    #[tracing::instrument(name = "people.get_person", skip_all)]
    async fn get_person(
        &self,
        request: Request<v1::GetPersonRequest>,
    ) -> Result<Response<v1::GetPersonResponse>, Status> {
        calling_officer(&request, self.people.region())?;
        let of = psn_no(&request.into_inner().psn_no).map_err(|fault| malformed(&fault))?;
        Ok(Response::new(person(&self.people.person(of).await?)))
    }

    #[tracing::instrument(name = "people.list_filings", skip_all)]
    async fn list_filings(
        &self,
        request: Request<v1::ListFilingsRequest>,
    ) -> Result<Response<v1::ListFilingsResponse>, Status> {
        calling_officer(&request, self.people.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let of = Path::root("psn_no").optional(&message.psn_no, PsnNo::parse)?;
            let after = Path::root("after").optional(&message.after, PsnNo::parse)?;
            let by = Path::root("expiring_by");
            let by = by.optional(&message.expiring_by, ServiceDate::parse)?;
            Ok((of, after, by, limit(message.limit)?))
        };
        let (of, after, by, limit) = read().map_err(|fault| malformed(&fault))?;
        let page = self.people.filings(of, after, limit, by).await?;
        let people = page
            .people
            .iter()
            .map(|(psn_no, filings)| v1::PersonFilings {
                psn_no: psn_no.expose().to_owned(),
                filings: filings.iter().map(filing_to_wire).collect(),
            });
        let next = page.next.map(|next| next.expose().to_owned());
        Ok(Response::new(v1::ListFilingsResponse {
            people: people.collect(),
            next: next.unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "people.list_emergencies", skip_all)]
    async fn list_emergencies(
        &self,
        request: Request<v1::ListEmergenciesRequest>,
    ) -> Result<Response<v1::ListEmergenciesResponse>, Status> {
        calling_officer(&request, self.people.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let region = Path::root("after_treatment");
            let region = region.optional(&message.after_treatment, RegionCode::parse)?;
            let path = Path::root("after_settlement");
            let settlement = path.optional(&message.after_settlement, SettlementId::parse)?;
            match (region, settlement) {
                (None, Some(_)) | (Some(_), None) => Err(path.wrong("comes with its region")),
                (region, settlement) => Ok((region.zip(settlement), limit(message.limit)?)),
            }
        };
        let (after, limit) = read().map_err(|fault| malformed(&fault))?;
        let seen = self.people.emergencies(after, limit).await?;
        let emergencies = seen.iter().map(emergency).collect::<Result<_, _>>()?;
        Ok(Response::new(v1::ListEmergenciesResponse { emergencies }))
    }

    #[tracing::instrument(name = "people.review_emergency", skip_all)]
    async fn review_emergency(
        &self,
        request: Request<v1::ReviewEmergencyRequest>,
    ) -> Result<Response<v1::ReviewEmergencyResponse>, Status> {
        use v1::review_emergency_request::Finding;
        let own = self.people.region();
        let officer = calling_officer(&request, own)?;
        let message = request.into_inner();
        let review = || -> Result<Review, WireFault> {
            let settlement = Path::root("settlement");
            let finding = match Path::root("finding").required(message.finding)? {
                Finding::Accepted(v1::Accepted {}) => EmergencyFinding::Accepted,
                Finding::Rejected(doubt) => {
                    EmergencyFinding::Rejected(doubt_from_wire(doubt, Path::root("rejected"))?)
                }
            };
            Ok(Review {
                own,
                by: officer,
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                treatment: Path::root("treatment").parse(&message.treatment, RegionCode::parse)?,
                settlement: settlement.parse(&message.settlement, SettlementId::parse)?,
                finding,
            })
        };
        let review = review().map_err(|fault| malformed(&fault))?;
        let (treatment, settlement) = (review.treatment, review.settlement);
        let record = self.people.review(review).await?;
        let seen = self.people.emergency(treatment, settlement)?;
        Ok(Response::new(v1::ReviewEmergencyResponse {
            act: record.act.to_string(),
            emergency: Some(emergency(&seen)?),
            at_ms: record.at.as_millis(),
        }))
    }
}

/// The filing that an act made, amended or ended, as it stood then.
fn of_act(record: &PersonChanged) -> Option<&HeldFiling> {
    let id = match &record.change {
        PersonChange::CancelFiling { filing, .. } => *filing,
        PersonChange::File { .. }
        | PersonChange::AmendFiling { .. }
        | PersonChange::Enrol(_)
        | PersonChange::Lapse { .. }
        | PersonChange::Resume(_)
        | PersonChange::Reclassify { .. }
        | PersonChange::HoldIdentity(_)
        | PersonChange::EndIdentity { .. }
        | PersonChange::Die { .. }
        | PersonChange::Live
        | PersonChange::SetTotal { .. }
        | PersonChange::SetBalances { .. } => filing_of(record.act),
    };
    let filings = record.filings.iter().flatten();
    filings.into_iter().find(|held| held.id == id)
}

/// The filing that an institution's act made.
pub(super) fn filed(record: &PersonChanged) -> Result<v1::Filing, Status> {
    let lost = StoreError::Inconsistent("an act of filing without its filing");
    let filing = of_act(record).map(filing_to_wire);
    filing.ok_or_else(|| NodeError::from(lost).into())
}

fn psn_no(text: &str) -> Result<PsnNo, WireFault> {
    Path::root("psn_no").parse(text, PsnNo::parse)
}

fn limit(number: u32) -> Result<usize, WireFault> {
    match usize::try_from(number) {
        Ok(0) => Ok(PAGE),
        Ok(limit) if limit <= PAGE => Ok(limit),
        Ok(_) | Err(_) => Err(Path::root("limit").wrong(format_args!("at most {PAGE}"))),
    }
}

fn person(seen: &PersonSeen) -> v1::GetPersonResponse {
    let totals = seen.totals.iter().map(|(slot, value)| v1::StandingTotal {
        total: slot.name.to_string(),
        stretch: stretch_text(&slot.stretch),
        key: slot.key.clone().unwrap_or_default(),
        value: *value,
    });
    v1::GetPersonResponse {
        person: Some(insured_to_wire(&seen.member)),
        filings: seen.filings.iter().map(filing_to_wire).collect(),
        totals: totals.collect(),
        own_fen: seen.balances.own.get(),
        family_fen: seen.balances.family.get(),
        version: seen.version.change,
        died: seen.died.map(|day| day.to_string()).unwrap_or_default(),
        own_lacks_fen: seen.lacks.own.get(),
        family_lacks_fen: seen.lacks.family.get(),
    }
}

fn emergency(seen: &EmergencySeen) -> Result<v1::Emergency, NodeError> {
    let record = &seen.record;
    let (body, claim, decision) = (record.body(), &record.claim, &record.decision);
    let patient = borne_by_patient(decision, seen.true_up.as_ref());
    let patient = patient.map_err(|_| StoreError::Range("what a patient bore"))?;
    Ok(v1::Emergency {
        treatment: claim.treatment.to_string(),
        settlement: body.clearing.settlement.to_string(),
        psn_no: claim.person.psn_no.expose().to_owned(),
        institution: claim.institution.code.to_string(),
        visit: claim.visit.number.to_string(),
        admitted: claim.visit.admitted.to_string(),
        discharged: claim.visit.discharged.to_string(),
        amounts: amounts_to_wire(&body.clearing.amounts),
        patient_fen: patient.get(),
        settled_at_ms: body.committed_at.as_millis(),
        filing_matters: seen.filing_matters,
        true_up: seen.true_up.map(true_up_to_wire),
    })
}
