//! PolicyOfficeService: the region's officers publish, withdraw and try policies.

use std::sync::Arc;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::Digest;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::policy::v1;
use huitong_proto::policy::v1::policy_office_service_server::PolicyOfficeService;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::office_shown::{
    difference_page, difference_totals, faults, policy, replay_progress, replay_result,
};
use super::office_stream::{Sent, last, stream};
use super::status::{malformed, refused};
use crate::ledger::Ledger;
use crate::office::review;
use crate::office::{Office, ProposeError, REASON_AT_MOST, Subject};
use crate::policies::{DOCUMENT_BYTES_AT_MOST, OwnPolicy, PolicyBook};
use crate::replay::differences::{ROWS_AT_MOST, Window, differences};
use crate::replay::trial::Trial;

/// Documents of one message of a list.
const LIST_PAGE: usize = 100;
/// The most changes that a replay names.
const BIGGEST_AT_MOST: u32 = 100;
/// Replays and lists of differences at once; they read the whole journal.
const READINGS_AT_MOST: usize = 2;

/// The service.
pub struct PolicyOfficeGrpc {
    office: Arc<Office>,
    policies: Arc<PolicyBook>,
    ledger: Arc<Ledger>,
    readings: Arc<Semaphore>,
}

impl PolicyOfficeGrpc {
    /// The service of a node's office.
    #[must_use]
    pub fn new(office: Arc<Office>, policies: Arc<PolicyBook>, ledger: Arc<Ledger>) -> Self {
        Self {
            office,
            policies,
            ledger,
            readings: Arc::new(Semaphore::new(READINGS_AT_MOST)),
        }
    }

    fn step(&self, own: &OwnPolicy) -> Response<v1::StepResponse> {
        Response::new(v1::StepResponse {
            policy: Some(policy(own, self.office.now())),
        })
    }

    fn reading(&self) -> Result<OwnedSemaphorePermit, Status> {
        let permit = Arc::clone(&self.readings).try_acquire_owned();
        permit.map_err(|_| refused(RefusalCode::Overloaded, "replays"))
    }
}

#[tonic::async_trait]
impl PolicyOfficeService for PolicyOfficeGrpc {
    type ListStream = ReceiverStream<Result<v1::ListResponse, Status>>;
    type DifferencesStream = ReceiverStream<Result<v1::DifferencesResponse, Status>>;
    type ReplayStream = ReceiverStream<Result<v1::ReplayResponse, Status>>;

    #[tracing::instrument(name = "policy.propose", skip_all)]
    async fn propose(
        &self,
        request: Request<v1::ProposeRequest>,
    ) -> Result<Response<v1::ProposeResponse>, Status> {
        let by = calling_officer(&request, self.policies.region())?;
        let document = document(request.into_inner().document)?;
        let answer = match self.office.propose(document, by).await {
            Ok(own) => v1::ProposeResponse {
                policy: Some(policy(&own, self.office.now())),
                faults: Vec::new(),
                fault_count: 0,
            },
            Err(ProposeError::Faults(found)) => {
                let (faults, fault_count) = faults(&found);
                v1::ProposeResponse {
                    policy: None,
                    faults,
                    fault_count,
                }
            }
            Err(ProposeError::Node(error)) => return Err(error.into()),
        };
        Ok(Response::new(answer))
    }

    #[tracing::instrument(name = "policy.approve", skip_all)]
    async fn approve(
        &self,
        request: Request<v1::ApproveRequest>,
    ) -> Result<Response<v1::StepResponse>, Status> {
        let by = calling_officer(&request, self.policies.region())?;
        let message = request.into_inner();
        let (digest, subject) = read(|| Ok((named(&message.digest)?, subject(message.subject)?)))?;
        Ok(self.step(&self.office.approve(digest, subject, by).await?))
    }

    #[tracing::instrument(name = "policy.reject", skip_all)]
    async fn reject(
        &self,
        request: Request<v1::RejectRequest>,
    ) -> Result<Response<v1::StepResponse>, Status> {
        let by = calling_officer(&request, self.policies.region())?;
        let message = request.into_inner();
        let (digest, subject, reason) = read(|| {
            Ok((
                named(&message.digest)?,
                subject(message.subject)?,
                reason(message.reason)?,
            ))
        })?;
        let rejected = self.office.reject(digest, subject, by, reason).await?;
        Ok(self.step(&rejected))
    }

    #[tracing::instrument(name = "policy.withdraw", skip_all)]
    async fn withdraw(
        &self,
        request: Request<v1::WithdrawRequest>,
    ) -> Result<Response<v1::StepResponse>, Status> {
        let by = calling_officer(&request, self.policies.region())?;
        let message = request.into_inner();
        let (digest, reason, in_favour_of) = read(|| {
            let in_favour_of = match message.in_favour_of.as_slice() {
                [] => None,
                bytes => Some(Path::root("in_favour_of").digest(bytes)?),
            };
            let digest = named(&message.digest)?;
            if in_favour_of == Some(digest) {
                return Err(Path::root("in_favour_of").wrong("the withdrawn document itself"));
            }
            Ok((digest, reason(message.reason)?, in_favour_of))
        })?;
        let asked = self.office.withdraw(digest, by, reason, in_favour_of);
        Ok(self.step(&asked.await?))
    }

    #[tracing::instrument(name = "policy.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        calling_officer(&request, self.policies.region())?;
        let (list, now) = (self.office.list(), self.office.now());
        Ok(Response::new(stream((), move |sent| {
            for page in list.chunks(LIST_PAGE) {
                let policies = page.iter().map(|own| policy(own, now)).collect();
                if sent.send(v1::ListResponse { policies }).is_break() {
                    break;
                }
            }
            Ok(None)
        })))
    }

    #[tracing::instrument(name = "policy.differences", skip_all)]
    async fn differences(
        &self,
        request: Request<v1::DifferencesRequest>,
    ) -> Result<Response<Self::DifferencesStream>, Status> {
        calling_officer(&request, self.policies.region())?;
        let message = request.into_inner();
        let rows = u64::from(message.rows);
        let digest = read(|| {
            if rows > ROWS_AT_MOST {
                return Err(Path::root("rows").wrong(format!("at most {ROWS_AT_MOST} a call")));
            }
            named(&message.digest)
        })?;
        let window = Window {
            from: message.from_row,
            rows,
        };
        let withdrawn = self.office.own(digest)?;
        let permit = self.reading()?;
        self.ledger
            .barrier()
            .await
            .map_err(crate::error::NodeError::from)?;
        let (ledger, deciding) = (Arc::clone(&self.ledger), self.policies.deciding());
        Ok(Response::new(stream(permit, move |sent| {
            let mut pages = Sent::of(sent, difference_page);
            let ended = differences(&ledger, &deciding.own, &withdrawn, window, &mut pages)?;
            Ok(last(ended, |totals| difference_totals(&totals)))
        })))
    }

    #[tracing::instrument(name = "policy.replay", skip_all)]
    async fn replay(
        &self,
        request: Request<v1::ReplayRequest>,
    ) -> Result<Response<Self::ReplayStream>, Status> {
        calling_officer(&request, self.policies.region())?;
        let message = request.into_inner();
        let days = read(|| days(&message.from_day, &message.to_day))?;
        let named = message.biggest.min(BIGGEST_AT_MOST);
        let document = document(message.document)?;
        let permit = self.reading()?;
        self.ledger
            .barrier()
            .await
            .map_err(crate::error::NodeError::from)?;
        let (ledger, region) = (Arc::clone(&self.ledger), self.policies.region());
        Ok(Response::new(stream(permit, move |sent| {
            let policy = match review::read(&document, region) {
                Ok(policy) => policy,
                Err(found) => {
                    let (faults, fault_count) = faults(&found);
                    let faults = v1::ReplayFaults {
                        faults,
                        fault_count,
                    };
                    let part = v1::replay_response::Part::Faults(faults);
                    return Ok(Some(v1::ReplayResponse { part: Some(part) }));
                }
            };
            let trial = Trial {
                policy,
                days,
                named: usize::try_from(named).unwrap_or(usize::MAX),
            };
            let mut progress = Sent::of(sent, replay_progress);
            let ended = trial.run(&ledger, &mut progress)?;
            Ok(last(ended, |tally| replay_result(&tally)))
        })))
    }
}

/// What a message says, or the refusal of what is wrong with it.
fn read<T>(parts: impl FnOnce() -> Result<T, WireFault>) -> Result<T, Status> {
    parts().map_err(|fault| malformed(&fault))
}

fn document(bytes: Vec<u8>) -> Result<Vec<u8>, Status> {
    let size = bytes.len();
    if size > DOCUMENT_BYTES_AT_MOST {
        let detail = format!("document: {size} bytes, at most {DOCUMENT_BYTES_AT_MOST} are taken");
        return Err(refused(RefusalCode::TooLarge, detail));
    }
    Ok(bytes)
}

fn named(digest: &[u8]) -> Result<Digest, WireFault> {
    Path::root("digest").digest(digest)
}

fn subject(number: i32) -> Result<Subject, WireFault> {
    let path = Path::root("subject");
    match v1::Subject::try_from(number) {
        Ok(v1::Subject::Publication) => Ok(Subject::Publication),
        Ok(v1::Subject::Withdrawal) => Ok(Subject::Withdrawal),
        Ok(v1::Subject::Unspecified) => Err(path.missing()),
        Err(_) => Err(path.wrong(format_args!("{number} is no value of this version"))),
    }
}

fn reason(text: String) -> Result<String, WireFault> {
    let path = Path::root("reason");
    let text = text.trim();
    if text.is_empty() {
        Err(path.missing())
    } else if text.chars().count() > REASON_AT_MOST || text.chars().any(char::is_control) {
        Err(path.wrong(format!("one line of at most {REASON_AT_MOST} characters")))
    } else {
        Ok(text.to_owned())
    }
}

fn days(from: &str, until: &str) -> Result<DateInterval, WireFault> {
    let from = Path::root("from_day").parse(from, ServiceDate::parse)?;
    let path = Path::root("to_day");
    let until = path.parse(until, ServiceDate::parse)?;
    DateInterval::new(from, Some(until)).map_err(|fault| path.wrong(fault))
}
