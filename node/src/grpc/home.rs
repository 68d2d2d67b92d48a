//! HomeService: asked by treatment regions' nodes about people of this region.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::coverage::PersonVersion;
use huitong_core::decision::EngineVersion;
use huitong_core::id::{RequestId, ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::person::PersonRef;
use huitong_core::provisional::Used;
use huitong_core::record::person::{AskedBy, PersonChange};
use huitong_core::record::registry::FilingArea;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_proto::conversion::claim::{claim_from_wire, institution_from_wire};
use huitong_proto::conversion::common::{credential_from_wire, person_from_wire};
use huitong_proto::conversion::decision::first_difference;
use huitong_proto::conversion::filing::filing_class_from_wire;
use huitong_proto::conversion::final_refusal::final_refusal_to_wire;
use huitong_proto::conversion::receipt::receipt_to_wire;
use huitong_proto::conversion::reversal::{reason_from_wire, reversed_to_wire};
use huitong_proto::conversion::visit::visit_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::home_service_server::HomeService;
use tonic::{Request, Response, Status};

use super::people::filed;
use super::status::{malformed, refused};
use super::{calling_region, due};
use crate::home::{
    AbandonOutcome, CommitOrder, CommitOutcome, HomeRole, ReverseOutcome, SnapshotAsk,
};
use crate::people::{ActAsked, PeopleDesk};
use crate::store::StoreError;

/// The service.
pub struct HomeGrpc {
    region: RegionCode,
    role: Arc<HomeRole>,
    people: Arc<PeopleDesk>,
}

impl HomeGrpc {
    /// The service of a home role.
    #[must_use]
    pub const fn new(region: RegionCode, role: Arc<HomeRole>, people: Arc<PeopleDesk>) -> Self {
        Self {
            region,
            role,
            people,
        }
    }

    fn own_person(&self, person: &PersonRef) -> Result<(), Status> {
        if person.home == self.region {
            Ok(())
        } else {
            Err(refused(RefusalCode::UnknownPerson, person.home))
        }
    }
}

#[tonic::async_trait]
impl HomeService for HomeGrpc {
    #[tracing::instrument(name = "home.snapshot", skip_all)]
    async fn snapshot(
        &self,
        request: Request<v1::SnapshotRequest>,
    ) -> Result<Response<v1::SnapshotResponse>, Status> {
        let (treatment, due) = (calling_region(&request)?, due(&request));
        let message = request.into_inner();
        let (held, sign) = (message.receipts_held, message.sign);
        let ask = snapshot_ask(message, treatment).map_err(|fault| malformed(&fault))?;
        self.own_person(&ask.person)?;
        self.role.acknowledge(treatment, held)?;
        let snapshot = self.role.snapshot(&ask, due).await?;
        let signed = if sign {
            self.role.sign(&ask, &snapshot).await?
        } else {
            None
        };
        Ok(Response::new(v1::SnapshotResponse {
            snapshot: snapshot.to_bytes(),
            signed: signed.map(|signed| signed.to_bytes()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "home.commit", skip_all, fields(settlement = %request.get_ref().settlement))]
    async fn commit(
        &self,
        request: Request<v1::CommitRequest>,
    ) -> Result<Response<v1::CommitResponse>, Status> {
        let (treatment, due) = (calling_region(&request)?, due(&request));
        let message = request.into_inner();
        let held = message.receipts_held;
        let (order, decision) =
            commit_order(message, treatment).map_err(|fault| malformed(&fault))?;
        self.own_person(&order.claim.person)?;
        self.role.acknowledge(treatment, held)?;
        let outcome = self
            .role
            .commit(order, move |own| first_difference(own, &decision), due)
            .await?;
        let outcome = match outcome {
            CommitOutcome::Committed(word) => match &word.reversal {
                None => v1::commit_response::Outcome::Receipt(receipt_to_wire(&word.receipt)),
                Some(reversal) => {
                    v1::commit_response::Outcome::Reversed(reversed_to_wire(&word, reversal))
                }
            },
            CommitOutcome::Refused(refusal) => {
                v1::commit_response::Outcome::Refused(final_refusal_to_wire(&refusal))
            }
            CommitOutcome::Stale(snapshot) => {
                v1::commit_response::Outcome::Stale(snapshot.to_bytes())
            }
        };
        Ok(Response::new(v1::CommitResponse {
            outcome: Some(outcome),
        }))
    }

    #[tracing::instrument(name = "home.abandon", skip_all, fields(settlement = %request.get_ref().settlement))]
    async fn abandon(
        &self,
        request: Request<v1::AbandonRequest>,
    ) -> Result<Response<v1::AbandonResponse>, Status> {
        let (treatment, due) = (calling_region(&request)?, due(&request));
        let message = request.into_inner();
        let path = Path::root("settlement");
        let settlement = path.parse(&message.settlement, SettlementId::parse);
        let settlement = settlement.map_err(|fault| malformed(&fault))?;
        let mut whose = None;
        if message.person.is_some() {
            let person = person_from_wire(message.person, Path::root("person"));
            let person = person.map_err(|fault| malformed(&fault))?;
            self.own_person(&person)?;
            whose = Some(person.psn_no);
        }
        let ended = self.role.abandon(treatment, (settlement, whose), due);
        let outcome = match ended.await? {
            AbandonOutcome::Committed(word) => match &word.reversal {
                None => v1::abandon_response::Outcome::Receipt(receipt_to_wire(&word.receipt)),
                Some(reversal) => {
                    v1::abandon_response::Outcome::Reversed(reversed_to_wire(&word, reversal))
                }
            },
            AbandonOutcome::Ended(refusal) => {
                v1::abandon_response::Outcome::Ended(final_refusal_to_wire(&refusal))
            }
        };
        Ok(Response::new(v1::AbandonResponse {
            outcome: Some(outcome),
        }))
    }

    #[tracing::instrument(name = "home.reverse", skip_all, fields(settlement = %request.get_ref().settlement))]
    async fn reverse(
        &self,
        request: Request<v1::HomeReverseRequest>,
    ) -> Result<Response<v1::HomeReverseResponse>, Status> {
        use v1::home_reverse_response::Outcome;
        let treatment = calling_region(&request)?;
        let message = request.into_inner();
        let held = message.receipts_held;
        let (reversal, order) =
            reversal_order(&message, treatment).map_err(|fault| malformed(&fault))?;
        self.role.acknowledge(treatment, held)?;
        let outcome = match self.role.reverse(reversal, treatment, order).await? {
            ReverseOutcome::Refused(refusal) => Outcome::Refused(final_refusal_to_wire(&refusal)),
            ReverseOutcome::Reversed(word) => {
                let reversal = word.reversal.as_ref();
                let lost = StoreError::Inconsistent("a reversal without its record");
                let reversal = reversal.ok_or(lost)?;
                Outcome::Reversed(reversed_to_wire(&word, reversal))
            }
        };
        Ok(Response::new(v1::HomeReverseResponse {
            outcome: Some(outcome),
        }))
    }

    #[tracing::instrument(name = "home.file", skip_all)]
    async fn file(
        &self,
        request: Request<v1::HomeFileRequest>,
    ) -> Result<Response<v1::HomeFileResponse>, Status> {
        let treatment = calling_region(&request)?;
        let asked = filing_asked(request.into_inner(), treatment);
        let (home, asked) = asked.map_err(|fault| malformed(&fault))?;
        self.own_person(&home)?;
        let filing = Some(filed(&self.people.change(asked).await?)?);
        Ok(Response::new(v1::HomeFileResponse { filing }))
    }
}

fn filing_asked(
    message: v1::HomeFileRequest,
    treatment: RegionCode,
) -> Result<(PersonRef, ActAsked), WireFault> {
    let person = person_from_wire(message.person, Path::root("person"))?;
    let code = Path::root("institution");
    let asked = ActAsked {
        by: AskedBy::Institution {
            region: treatment,
            code: code.parse(&message.institution, InstitutionCode::parse)?,
        },
        request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
        psn_no: person.psn_no,
        change: PersonChange::File {
            class: filing_class_from_wire(message.class, Path::root("class"))?,
            area: FilingArea::Region(treatment),
            from: None,
            until: None,
        },
        credential: Some(credential_from_wire(
            message.credential,
            Path::root("credential"),
        )?),
    };
    Ok((person, asked))
}

fn reversal_order(
    message: &v1::HomeReverseRequest,
    treatment: RegionCode,
) -> Result<(ReversalId, ReversalOrder), WireFault> {
    let reversal = Path::root("reversal").parse(&message.reversal, ReversalId::parse)?;
    let institution = Path::root("institution");
    let institution = institution.parse(&message.institution, InstitutionCode::parse)?;
    let order = ReversalOrder {
        settlement: Path::root("settlement").parse(&message.settlement, SettlementId::parse)?,
        treatment,
        reason: reason_from_wire(message.reason, Path::root("reason"))?,
        begun_by: BegunBy::Institution(institution),
    };
    Ok((reversal, order))
}

fn snapshot_ask(
    message: v1::SnapshotRequest,
    treatment: RegionCode,
) -> Result<SnapshotAsk, WireFault> {
    Ok(SnapshotAsk {
        treatment,
        person: person_from_wire(message.person, Path::root("person"))?,
        credential: credential_from_wire(message.credential, Path::root("credential"))?,
        institution: institution_from_wire(message.institution, Path::root("institution"))?,
        visit: visit_from_wire(message.visit, Path::root("visit"))?,
    })
}

fn commit_order(
    message: v1::CommitRequest,
    treatment: RegionCode,
) -> Result<(CommitOrder, v1::Decision), WireFault> {
    let version = Path::root("version").required(message.version)?;
    let path = Path::root("decision");
    let decision = path.required(message.decision)?;
    let used = match &*message.provisional {
        [] => None,
        bytes => {
            let path = Path::root("provisional");
            Some(Used::from_bytes(bytes).map_err(|fault| path.wrong(fault))?)
        }
    };
    let order = CommitOrder {
        used,
        settlement: Path::root("settlement").parse(&message.settlement, SettlementId::parse)?,
        claim: claim_from_wire(message.claim, treatment, Path::root("claim"))?,
        version: PersonVersion {
            incarnation: version.incarnation,
            change: version.change,
        },
        policy: path.field("policy").digest(&decision.policy)?,
        engine: EngineVersion(path.field("engine").narrow(decision.engine)?),
    };
    Ok((order, decision))
}
