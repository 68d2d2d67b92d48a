//! Those who call: hospitals and officers, each with their own certificate over the simulated network.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_proto::clearing::v1 as clearing_wire;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_proto::conversion::refusal::refusal_of_details;
use huitong_proto::policy::v1 as policy_wire;
use huitong_proto::policy::v1::policy_office_service_client::PolicyOfficeServiceClient;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::{Clock, Dialer, TransportError, call_within};
use tonic::Status;
use tonic::transport::Channel;

use crate::certificates::Certificates;
use crate::party::{clearing_endpoint, endpoint};
use crate::platform::SimulatedClock;
use crate::register::{Somebody, files, policy, region};

/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_secs(4);

/// What a hospital was told of an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It stands.
    Settled(Told),
    /// It stood, and stands no more.
    Reversed(Told),
    /// It is finally refused.
    Refused(String),
    /// It never will be settled.
    Abandoned,
    /// Its outcome is not known yet.
    Open,
    /// No outcome of the id; the code of why.
    None(String),
}

/// A settlement as a hospital was told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// The settlement's id.
    pub settlement: String,
    /// What each fund and account pays, in fen.
    pub amounts: Vec<(i32, i64)>,
    /// What the person pays at the counter, in fen.
    pub cash_fen: i64,
}

impl Answer {
    /// Whether it is for ever.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Settled(_) | Self::Reversed(_) | Self::Refused(_) | Self::Abandoned => true,
            Self::Open | Self::None(_) => false,
        }
    }

    /// The settlement that was told of, whether it stands yet or no more.
    pub const fn settlement(&self) -> Option<&Told> {
        match self {
            Self::Settled(told) | Self::Reversed(told) => Some(told),
            Self::Refused(_) | Self::Abandoned | Self::Open | Self::None(_) => None,
        }
    }

    fn of(answer: Result<Option<v1::Settlement>, Status>) -> Self {
        let settlement = match answer {
            Ok(settlement) => settlement.expect("an answer without a settlement"),
            Err(status) => return Self::None(code(&status)),
        };
        match settlement.state() {
            v1::State::Settled => Self::Settled(Told::of(settlement)),
            v1::State::Reversed => Self::Reversed(Told::of(settlement)),
            v1::State::Refused => Self::Refused(settlement.refusal.unwrap().code),
            v1::State::Abandoned => Self::Abandoned,
            v1::State::Prepared => Self::Open,
            v1::State::Provisional | v1::State::Borne | v1::State::Unspecified => {
                panic!("no policy here allows it: {:?}", settlement.state())
            }
        }
    }
}

impl Told {
    fn of(settlement: v1::Settlement) -> Self {
        let receipt = settlement.receipt.expect("settled without a receipt");
        let decision = settlement.decision.expect("settled without a decision");
        let amounts = receipt.amounts.iter();
        Self {
            settlement: settlement.settlement,
            amounts: amounts.map(|paid| (paid.fund, paid.amount_fen)).collect(),
            cash_fen: decision.cash_fen,
        }
    }
}

/// The stable code of a failed call.
pub fn code(status: &Status) -> String {
    let refusal = refusal_of_details(status.details()).map(|refusal| refusal.code);
    let error = || TransportError::of(status).map(|error| error.code().to_owned());
    let code = refusal.or_else(error);
    code.unwrap_or_else(|| panic!("a failed call without a code: {status:?}"))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SimulatedClock::off_by(0))
}

fn to_node(dialer: &Dialer, number: usize) -> Channel {
    let expected = Identity::RegionNode(region(number));
    dialer.connect_lazy(&endpoint(number), expected).unwrap()
}

/// A region's hospital.
#[derive(Clone)]
pub struct Hospital(InstitutionServiceClient<Channel>);

impl Hospital {
    pub fn of(number: usize) -> Self {
        let dialer = Certificates::issued().hospital(number, clock());
        Self(InstitutionServiceClient::new(to_node(&dialer, number)))
    }

    pub async fn settle(&self, request: v1::SettleRequest) -> Answer {
        let mut client = self.0.clone();
        let answer = call_within(PATIENCE, request, |request| client.settle(request)).await;
        Answer::of(answer.map(|answer| answer.into_inner().settlement))
    }

    pub async fn cancel(&self, request_id: &str, of: Somebody) -> Answer {
        let mut client = self.0.clone();
        let request = v1::CancelRequest {
            request_id: request_id.to_owned(),
            person: Some(of.to_wire()),
        };
        let answer = call_within(PATIENCE, request, |request| client.cancel(request)).await;
        Answer::of(answer.map(|answer| answer.into_inner().settlement))
    }

    pub async fn get(&self, request_id: &str) -> Answer {
        let mut client = self.0.clone();
        let by = v1::get_settlement_request::By::RequestId(request_id.to_owned());
        let request = v1::GetSettlementRequest { by: Some(by) };
        let answer = call_within(PATIENCE, request, |request| client.get_settlement(request)).await;
        Answer::of(answer.map(|answer| answer.into_inner().settlement))
    }
}

impl Hospital {
    /// Takes a settlement back, under an id of its own.
    pub async fn reverse(&self, request_id: &str, settled: &str) -> Answer {
        use v1::reverse_request::Of;
        let mut client = self.0.clone();
        let request = v1::ReverseRequest {
            request_id: request_id.to_owned(),
            of: Some(Of::SettledRequestId(settled.to_owned())),
            reason: v1::ReversalReason::WrongBill.into(),
        };
        let answer = call_within(PATIENCE, request, |request| client.reverse(request)).await;
        Answer::of(answer.map(|answer| answer.into_inner().settlement))
    }
}

/// A region's officers.
#[derive(Clone)]
pub struct Officers {
    registry: RegistryServiceClient<Channel>,
    first: PolicyOfficeServiceClient<Channel>,
    second: PolicyOfficeServiceClient<Channel>,
}

impl Officers {
    pub fn of(number: usize) -> Self {
        let certificates = Certificates::issued();
        let channel = |which| to_node(&certificates.officer(number, which, clock()), number);
        Self {
            registry: RegistryServiceClient::new(channel(0)),
            first: PolicyOfficeServiceClient::new(channel(0)),
            second: PolicyOfficeServiceClient::new(channel(1)),
        }
    }

    /// Brings everything in, on a day without faults.
    pub async fn bring_in(&mut self, number: usize) {
        for messages in files(number) {
            let messages = tokio_stream::iter(messages);
            let answer = self.registry.import(messages).await.unwrap().into_inner();
            assert_eq!(answer.fault_count, 0, "{:?}", answer.faults);
        }
        let document = policy(number).into_bytes();
        let propose = policy_wire::ProposeRequest { document };
        let proposed = self.first.propose(propose).await.unwrap().into_inner();
        assert_eq!(proposed.faults, []);
        let approve = policy_wire::ApproveRequest {
            digest: proposed.policy.unwrap().digest,
            subject: policy_wire::Subject::Publication.into(),
        };
        self.second.approve(approve).await.unwrap();
    }

    pub async fn status(&mut self) -> Result<v1::NodeStatusResponse, Status> {
        let request = v1::NodeStatusRequest {};
        let answer = call_within(PATIENCE, request, |request| {
            self.registry.node_status(request)
        });
        Ok(answer.await?.into_inner())
    }

    /// Orders a reversal of one of the own people's settlements; the code of why not.
    pub async fn reverse(
        &mut self,
        request_id: &str,
        treatment: usize,
        settlement: &str,
    ) -> Result<(), String> {
        let request = v1::OfficerReverseRequest {
            request_id: request_id.to_owned(),
            treatment: region(treatment).to_string(),
            settlement: settlement.to_owned(),
            reason: v1::ReversalReason::Fraud.into(),
        };
        let answer = call_within(PATIENCE, request, |request| self.registry.reverse(request));
        answer.await.map(drop).map_err(|status| code(&status))
    }

    /// Closes the open business day; whether the clearinghouse knows.
    pub async fn close_day(&mut self, business_day: &str) -> Result<bool, Status> {
        let request = v1::CloseBusinessDayRequest {
            business_day: business_day.to_owned(),
        };
        let answer = call_within(PATIENCE, request, |request| {
            self.registry.close_day(request)
        });
        Ok(answer.await?.into_inner().acknowledged)
    }
}

/// The clearinghouse's officer.
pub struct ClearingOfficer(OfficerServiceClient<Channel>);

impl ClearingOfficer {
    pub fn new() -> Self {
        let dialer = Certificates::issued().clearing_officer(clock());
        let channel = dialer.connect_lazy(&clearing_endpoint(), Identity::Clearinghouse);
        Self(OfficerServiceClient::new(channel.unwrap()))
    }

    /// Cuts a day off that every region has closed, and nets it.
    pub async fn net(&mut self, business_day: &str) -> Result<(), Status> {
        let cut_off = clearing_wire::CutOffRequest {
            business_day: business_day.to_owned(),
            at_deadline: false,
            marks: Vec::new(),
        };
        call_within(PATIENCE, cut_off, |request| self.0.cut_off(request)).await?;
        let net = clearing_wire::NetRequest {
            business_day: business_day.to_owned(),
            digest: Vec::new(),
        };
        call_within(PATIENCE, net, |request| self.0.net(request)).await?;
        Ok(())
    }
}
