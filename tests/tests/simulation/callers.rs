//! Those who call: hospitals and officers, each with their own certificate over the simulated network.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_proto::conversion::refusal::refusal_of_details;
use huitong_proto::policy::v1 as policy_wire;
use huitong_proto::policy::v1::policy_office_service_client::PolicyOfficeServiceClient;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_proto::settlement::v1::transfer_service_client::TransferServiceClient;
use huitong_transport::{Clock, Dialer, TransportError, call_within};
use tokio::time::{Instant, sleep};
use tonic::Status;
use tonic::transport::Channel;

use crate::certificates::Certificates;
use crate::party::endpoint;
use crate::platform::SimulatedClock;
use crate::register::{Somebody, Twin, files, policy, region};

/// How long a caller waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// How often it is asked again.
const ASK_EVERY: Duration = Duration::from_millis(300);

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
    /// Settled while the home region could not be reached, which has not answered yet.
    Provisional(Given),
    /// Settled provisionally, and finally refused by the home region: it stands at the treatment region's cost.
    Borne(Given, Difference),
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
    /// The person's cash by the home region's decision, in fen.
    pub cash_fen: i64,
    /// When it was provisional: what was given then, and what became of it.
    pub trued_up: Option<(Given, Difference)>,
}

/// What a hospital was told of a provisional settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// What the person pays at the counter, in fen.
    pub told: i64,
    /// What funds and accounts are to pay.
    pub advanced: i64,
}

/// What a hospital was told of the home region's word on it, in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub decided: i64,
    pub patient: i64,
    pub refund: i64,
    pub home_bears: i64,
    pub treatment_bears: i64,
}

impl Answer {
    /// Whether it is for ever.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Settled(_)
            | Self::Reversed(_)
            | Self::Refused(_)
            | Self::Borne(..)
            | Self::Abandoned => true,
            Self::Open | Self::Provisional(_) | Self::None(_) => false,
        }
    }

    /// The settlement that was told of, whether it stands yet or no more.
    pub const fn settlement(&self) -> Option<&Told> {
        match self {
            Self::Settled(told) | Self::Reversed(told) => Some(told),
            Self::Refused(_)
            | Self::Abandoned
            | Self::Open
            | Self::Provisional(_)
            | Self::Borne(..)
            | Self::None(_) => None,
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
            v1::State::Provisional => Self::Provisional(given(&settlement).unwrap()),
            v1::State::Borne => {
                let given = given(&settlement).unwrap();
                Self::Borne(given, difference(&settlement).unwrap())
            }
            v1::State::Unspecified => panic!("a settlement in no state"),
        }
    }
}

impl Told {
    fn of(settlement: v1::Settlement) -> Self {
        let trued_up = given(&settlement).zip(difference(&settlement));
        let receipt = settlement.receipt.expect("settled without a receipt");
        let decision = settlement.decision.expect("settled without a decision");
        let amounts = receipt.amounts.iter();
        Self {
            settlement: settlement.settlement,
            amounts: amounts.map(|paid| (paid.fund, paid.amount_fen)).collect(),
            cash_fen: decision.cash_fen,
            trued_up,
        }
    }
}

fn given(settlement: &v1::Settlement) -> Option<Given> {
    let of = settlement.provisional.as_ref()?;
    Some(Given {
        told: of.cash_told_fen,
        advanced: of.advanced_fen,
    })
}

fn difference(settlement: &v1::Settlement) -> Option<Difference> {
    let of = settlement.provisional.as_ref()?.true_up.as_ref()?;
    Some(Difference {
        decided: of.cash_decided_fen,
        patient: of.patient_fen,
        refund: of.refund_fen,
        home_bears: of.home_bears_fen,
        treatment_bears: of.treatment_bears_fen,
    })
}

/// The stable code of a failed call.
pub fn code(status: &Status) -> String {
    let refusal = refusal_of_details(status.details()).map(|refusal| refusal.code);
    let error = || TransportError::of(status).map(|error| error.code().to_owned());
    let code = refusal.or_else(error);
    code.unwrap_or_else(|| panic!("a failed call without a code: {status:?}"))
}

/// Asks until it is answered or takes too long.
pub async fn until<T>(
    within: Duration,
    mut asks: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let begun = Instant::now();
    loop {
        let told = asks().await;
        if told.is_ok() || begun.elapsed() > within {
            return told;
        }
        sleep(ASK_EVERY).await;
    }
}

/// What callers tell the time by.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SimulatedClock::off_by(0))
}

pub fn to_node(dialer: &Dialer, number: usize) -> Channel {
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

    /// What would be paid; the code of why nobody says.
    pub async fn estimate(&self, bill: v1::Bill) -> Result<(), String> {
        let mut client = self.0.clone();
        let request = v1::EstimateRequest { bill: Some(bill) };
        let answer = call_within(PATIENCE, request, |request| client.estimate(request)).await;
        answer.map(drop).map_err(|status| code(&status))
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
    transfers: TransferServiceClient<Channel>,
}

impl Officers {
    pub fn of(number: usize) -> Self {
        let certificates = Certificates::issued();
        let channel = |which| to_node(&certificates.officer(number, which, clock()), number);
        Self {
            registry: RegistryServiceClient::new(channel(0)),
            first: PolicyOfficeServiceClient::new(channel(0)),
            second: PolicyOfficeServiceClient::new(channel(1)),
            transfers: TransferServiceClient::new(channel(0)),
        }
    }

    /// Brings everything in, on a day without faults.
    pub async fn bring_in(&mut self, number: usize, twins: &[Twin]) {
        for messages in files(number, twins) {
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

    /// Starts the transfer of a person; its id, or the code of why not.
    pub async fn start_transfer(
        &mut self,
        request_id: &str,
        of: Somebody,
        to: Somebody,
        day: &str,
    ) -> Result<String, String> {
        let request = v1::StartTransferRequest {
            request_id: request_id.to_owned(),
            psn_no: of.psn_no(),
            from_region: region(of.home).to_string(),
            to_region: region(to.home).to_string(),
            new_psn_no: to.psn_no(),
            credential: format!("e_voucher:{}", of.voucher()),
            from_day: day.to_owned(),
            scheme: v1::Scheme::Employee.into(),
            category: "in_service".to_owned(),
            retired: false,
        };
        let client = &mut self.transfers;
        let answer = call_within(PATIENCE, request, |request| client.start_transfer(request)).await;
        let answer = answer.map_err(|status| code(&status))?.into_inner();
        Ok(answer.transfer.unwrap().transfer)
    }

    /// Calls a transfer back; the code of why not.
    pub async fn call_back(&mut self, transfer: &str) -> Result<(), String> {
        let transfer = transfer.to_owned();
        let request = v1::CallBackTransferRequest { transfer };
        let client = &mut self.transfers;
        let call = call_within(PATIENCE, request, |request| {
            client.call_back_transfer(request)
        });
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// How every transfer of the region stands, by id.
    pub async fn transfers(&mut self) -> Result<Vec<(String, v1::TransferState)>, Status> {
        let request = v1::ListTransfersRequest {
            after: String::new(),
            limit: 0,
            open: false,
        };
        let client = &mut self.transfers;
        let answer = call_within(PATIENCE, request, |request| client.list_transfers(request));
        let all = answer.await?.into_inner().transfers.into_iter();
        Ok(all
            .map(|seen| (seen.transfer.clone(), seen.state()))
            .collect())
    }

    /// Has the node serve without a region that does not answer; the code of why not.
    pub async fn leave_out(&mut self, away: usize) -> Result<(), String> {
        let region = region(away).to_string();
        let request = v1::LeaveOutRequest {
            region,
            ..v1::LeaveOutRequest::default()
        };
        let client = &mut self.registry;
        let answer = call_within(PATIENCE, request, |request| client.leave_out(request)).await;
        answer.map(drop).map_err(|status| code(&status))
    }

    /// Lets a person be served again who was held after a restore; the code of why not.
    pub async fn release(&mut self, psn_no: String) -> Result<(), String> {
        let request = v1::ReleasePersonRequest { psn_no };
        let client = &mut self.registry;
        let call = call_within(PATIENCE, request, |request| client.release_person(request));
        call.await.map(drop).map_err(|status| code(&status))
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
