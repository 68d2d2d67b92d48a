//! RegistryService: the region's officers.

use std::sync::Arc;

use huitong_core::date::BusinessDay;
use huitong_core::person::PsnNo;
use huitong_core::record::import::ImportKind;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::registry_service_server::RegistryService;
use tonic::{Request, Response, Status, Streaming};

use super::regained::legs_without_receipt;
use super::status::{malformed, refused};
use super::witness::standing;
use super::{calling_officer, due};
use crate::error::NodeError;
use crate::external::ExternalDesk;
use crate::home::HomeRole;
use crate::ledger::Ledger;
use crate::peers::Homes;
use crate::policies::PolicyBook;
use crate::recovery::records::Release;
use crate::recovery::{Party, Recovery};
use crate::registry::Registry;
use crate::store::{
    Key, LookedAt, LookedRow, Row, Rows, StoreError, Stream, StreamHead, Table, incarnation,
};
use crate::treatment::TreatmentRole;
use crate::witness::WitnessDesk;
use crate::writer::Writer;

/// Open settlements that are counted.
const COUNTED_AT_MOST: usize = 1_000_000;
/// Held people, and legs without receipt, that are shown.
const HELD_SHOWN: usize = 200;

/// The service.
pub struct RegistryGrpc {
    /// The writer.
    pub writer: Arc<Writer>,
    /// What a restored node still lacks.
    pub recovery: Arc<Recovery>,
    /// The officers' side of the node.
    pub registry: Arc<Registry>,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// Settlements of the core system.
    pub externals: Arc<ExternalDesk>,
    /// The home role.
    pub home: Arc<HomeRole>,
    /// The treatment role.
    pub treatment: Arc<TreatmentRole>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The directory.
    pub homes: Homes,
    /// What is seen of checkpoints.
    pub witness: Arc<WitnessDesk>,
}

#[tonic::async_trait]
impl RegistryService for RegistryGrpc {
    #[tracing::instrument(name = "registry.import", skip_all)]
    async fn import(
        &self,
        request: Request<Streaming<v1::ImportRequest>>,
    ) -> Result<Response<v1::ImportResponse>, Status> {
        let answer =
            super::import::import(request.into_inner(), &self.registry, &self.externals).await?;
        Ok(Response::new(answer))
    }

    #[tracing::instrument(name = "registry.close_day", skip_all)]
    async fn close_day(
        &self,
        request: Request<v1::CloseBusinessDayRequest>,
    ) -> Result<Response<v1::CloseBusinessDayResponse>, Status> {
        let due = due(&request);
        let path = Path::root("business_day");
        let day = path.parse(&request.into_inner().business_day, BusinessDay::parse);
        let day = day.map_err(|fault| malformed(&fault))?;
        let closed = self.registry.close_day(day, due).await?;
        let (up_to, acknowledged) = (closed.up_to, closed.acknowledged);
        Ok(Response::new(v1::CloseBusinessDayResponse {
            up_to,
            acknowledged,
        }))
    }

    #[tracing::instrument(name = "registry.node_status", skip_all)]
    async fn node_status(
        &self,
        _request: Request<v1::NodeStatusRequest>,
    ) -> Result<Response<v1::NodeStatusResponse>, Status> {
        if let Some(fault) = self.ledger.fault() {
            return Err(refused(RefusalCode::StoreBroken, fault));
        }
        let status = super::unsure::put(self.status()?, &self.ledger)?;
        Ok(Response::new(status))
    }

    #[tracing::instrument(name = "registry.who_looked", skip_all)]
    async fn who_looked(
        &self,
        request: Request<v1::WhoLookedRequest>,
    ) -> Result<Response<v1::WhoLookedResponse>, Status> {
        let path = Path::root("psn_no");
        let psn_no = path.parse(&request.into_inner().psn_no, PsnNo::parse);
        let psn_no = psn_no.map_err(|fault| malformed(&fault))?;
        if self.ledger.member(psn_no)?.is_none() {
            return Err(refused(RefusalCode::UnknownPerson, self.registry.region()));
        }
        let row = self.ledger.looked(psn_no)?.unwrap_or(LookedRow::NOBODY);
        // What is told is on disk, and so in the next backup.
        self.ledger.barrier().await.map_err(NodeError::from)?;
        let look = |of: LookedAt| v1::Look {
            treatment_region: of.treatment.to_string(),
            institution: of.institution.to_string(),
            visit: of.visit.to_string(),
            first_ms: of.first.as_millis(),
            last_ms: of.last.as_millis(),
            times: of.times,
        };
        Ok(Response::new(v1::WhoLookedResponse {
            times: row.times,
            latest: row.latest.into_iter().map(look).collect(),
        }))
    }

    #[tracing::instrument(name = "registry.reverse", skip_all, fields(settlement = %request.get_ref().settlement))]
    async fn reverse(
        &self,
        request: Request<v1::OfficerReverseRequest>,
    ) -> Result<Response<v1::OfficerReverseResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let answer = self.reversed(request.into_inner(), officer).await?;
        Ok(Response::new(answer))
    }

    #[tracing::instrument(name = "registry.settle_by_hand", skip_all)]
    async fn settle_by_hand(
        &self,
        request: Request<v1::SettleByHandRequest>,
    ) -> Result<Response<v1::SettleByHandResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let due = due(&request);
        let answer = self.by_hand(request.into_inner(), officer, due).await?;
        Ok(Response::new(answer))
    }

    #[tracing::instrument(name = "registry.release_person", skip_all)]
    async fn release_person(
        &self,
        request: Request<v1::ReleasePersonRequest>,
    ) -> Result<Response<v1::ReleasePersonResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let psn_no = Path::root("psn_no").parse(&request.into_inner().psn_no, PsnNo::parse);
        let psn_no = psn_no.map_err(|fault| malformed(&fault))?;
        let released = self.writer.run(Release { psn_no, officer }).await;
        let missing = released.map_err(NodeError::from)?.answer;
        Ok(Response::new(v1::ReleasePersonResponse { missing }))
    }

    #[tracing::instrument(name = "registry.leave_out", skip_all)]
    async fn leave_out(
        &self,
        request: Request<v1::LeaveOutRequest>,
    ) -> Result<Response<v1::LeaveOutResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let v1::LeaveOutRequest { region, policy } = request.into_inner();
        if !policy.is_empty() {
            let path = Path::root("policy");
            if !region.is_empty() {
                return Err(malformed(&path.wrong("a region or a policy, not both")));
            }
            let policy = path.digest(&policy);
            let policy = policy.map_err(|fault| malformed(&fault))?;
            self.recovery.leave_out_policy(policy, &officer)?;
            return Ok(Response::new(v1::LeaveOutResponse {}));
        }
        let region = Path::root("region").parse(&region, RegionCode::parse);
        let region = region.map_err(|fault| malformed(&fault))?;
        self.recovery.leave_out(region, officer).await?;
        Ok(Response::new(v1::LeaveOutResponse {}))
    }

    #[tracing::instrument(name = "registry.give_up", skip_all, fields(settlement = %request.get_ref().settlement))]
    async fn give_up(
        &self,
        request: Request<v1::GiveUpRequest>,
    ) -> Result<Response<v1::GiveUpResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let due = due(&request);
        self.given_up(&request.into_inner(), officer, due).await?;
        Ok(Response::new(v1::GiveUpResponse {}))
    }
}

impl RegistryGrpc {
    fn status(&self) -> Result<v1::NodeStatusResponse, StoreError> {
        // Read first, and once: who is told that nobody is waited for is told of everything that came back.
        let waits_for = self.recovery.waits_for();
        let count = |kind| Ok::<_, StoreError>(self.ledger.count(kind)?.unwrap_or_default());
        let open = self.treatment.open_settlements(COUNTED_AT_MOST)?.len();
        let catalogue = self.treatment.catalogue();
        let held = self.held()?;
        let (legs_without_receipt, without_receipt) = self.legs_without_receipt(&waits_for)?;
        let attested = self.registry.attested();
        let (rejected_leg, rejected_code, rejected_detail) = self.rejected();
        Ok(v1::NodeStatusResponse {
            region: self.registry.region().to_string(),
            open_business_day: self.registry.open_day()?.to_string(),
            prepared: u64::try_from(open).unwrap_or(u64::MAX),
            legs_written: self
                .ledger
                .stream(Stream::Legs)?
                .unwrap_or(StreamHead::EMPTY)
                .written,
            legs_held: self.registry.legs_held(),
            members: count(ImportKind::Members)?,
            institutions: count(ImportKind::Institutions)?,
            catalogue: catalogue
                .map(|catalogue| catalogue.digest().as_bytes().to_vec())
                .unwrap_or_default(),
            policies: self.published(),
            receipts_undelivered: self.undelivered()?,
            reversals_open: self.reversals_open()?,
            incarnation: incarnation(&*self.ledger)?,
            recovering_from: waits_for.iter().map(Party::to_string).collect(),
            held_count: u64::try_from(held.len()).unwrap_or(u64::MAX),
            held: held.into_iter().take(HELD_SHOWN).collect(),
            left_out: self
                .recovery
                .left_out()?
                .iter()
                .map(|region| region.to_string())
                .collect(),
            legs_without_receipt,
            without_receipt,
            attested_day: attested.map_or_else(String::new, |of| of.day.to_string()),
            attested_rows: attested.map_or(0, |of| of.rows),
            attested_otherwise: attested.map_or(0, |of| of.otherwise),
            witness: Some(standing(&self.witness)?),
            rejected_leg,
            rejected_code,
            rejected_detail,
            policies_lost: self.policies_lost(),
            ..v1::NodeStatusResponse::default()
        })
    }

    fn policies_lost(&self) -> Vec<v1::LostPolicy> {
        let lost = self.recovery.policies_lost().into_iter();
        let lost = lost.map(|lost| v1::LostPolicy {
            digest: lost.digest.as_bytes().to_vec(),
            is_here: lost.is_here,
        });
        lost.collect()
    }

    /// The first own leg that the clearinghouse does not take: its number, the code and what is wrong.
    fn rejected(&self) -> (u64, String, String) {
        let rejected = self.registry.rejected();
        rejected.map_or_else(Default::default, |of| (of.number, of.code, of.detail))
    }

    /// The people who are held since a restore, by number.
    fn held(&self) -> Result<Vec<v1::HeldPerson>, StoreError> {
        let rows = self.ledger.scan(Table::Regained, COUNTED_AT_MOST)?;
        let held = rows.into_iter().filter_map(|(key, row)| {
            let (Key::Regained(psn_no), Row::Regained(row)) = (key, row) else {
                return None;
            };
            let missing = row.missing();
            let psn_no = psn_no.expose().to_owned();
            (missing > 0).then_some(v1::HeldPerson { psn_no, missing })
        });
        Ok(held.collect())
    }

    /// How many debts there are of which only legs came back, and the first of them.
    fn legs_without_receipt(
        &self,
        waits_for: &[Party],
    ) -> Result<(u64, Vec<v1::LegsWithoutReceipt>), StoreError> {
        // While they are being collected, all of them wait for their receipts.
        if !waits_for.is_empty() {
            return Ok((0, Vec::new()));
        }
        let rows = self.ledger.scan(Table::RegainedLegs, COUNTED_AT_MOST)?;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let own = self.registry.region();
        let shown = rows.into_iter().take(HELD_SHOWN);
        let shown = shown.map(|row| legs_without_receipt(&*self.ledger, own, row));
        let shown: Vec<Option<_>> = shown.collect::<Result<_, _>>()?;
        Ok((count, shown.into_iter().flatten().collect()))
    }

    fn reversals_open(&self) -> Result<u64, StoreError> {
        let open = self.treatment.open_reversals(COUNTED_AT_MOST)?.len();
        Ok(u64::try_from(open).unwrap_or(u64::MAX))
    }

    /// The published documents, by title.
    fn published(&self) -> Vec<v1::PolicyHeld> {
        let deciding = self.policies.deciding();
        let published = deciding.own.iter().map(|(_, own)| own);
        let mut held: Vec<v1::PolicyHeld> = published
            .filter(|own| own.publication().is_some())
            .map(|own| policy_held(&own.policy))
            .collect();
        held.sort_by(|one, other| one.title.cmp(&other.title));
        held
    }

    fn undelivered(&self) -> Result<u64, StoreError> {
        self.homes
            .others()
            .try_fold(0, |sum: u64, (region, _): (RegionCode, _)| {
                let head = self
                    .ledger
                    .stream(Stream::Receipts(region))?
                    .unwrap_or(StreamHead::EMPTY);
                let waiting = head.written.saturating_sub(self.home.acknowledged(region)?);
                Ok(sum.saturating_add(waiting))
            })
    }
}

fn policy_held(policy: &crate::policies::HeldPolicy) -> v1::PolicyHeld {
    let scope = policy.policy().scope();
    v1::PolicyHeld {
        digest: policy.digest().as_bytes().to_vec(),
        title: policy.policy().title().to_owned(),
        scheme: scope.scheme.to_string(),
        effective_from: scope.effective.from().to_string(),
        effective_until: scope
            .effective
            .until()
            .map(|day| day.to_string())
            .unwrap_or_default(),
    }
}
