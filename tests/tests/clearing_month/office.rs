//! Two officers of the operator: they cut days off, net, approve, order payment, and ask for members' statements.

use std::collections::BTreeMap;

use huitong_certs::Identity;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::member_service_client::MemberServiceClient;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_proto::clearing::v1::payment_service_client::PaymentServiceClient;
use huitong_proto::clearing::v1::proof_office_service_client::ProofOfficeServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::common::fund_from_wire;
use huitong_transport::{Dialer, refusal_code};
use tonic::Status;
use tonic::transport::Channel;

use crate::evidence::{Cycle, Sum, Unpaid};
use crate::register::Place;
use crate::world::{Endpoint, World};

/// The most that an answer to an officer may be.
const LARGEST_BYTES: usize = 64 << 20;

/// When a day is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Every region has closed it.
    AllClosed,
    /// Whether they have or not.
    AtDeadline,
}

/// The officers, who both may do everything.
pub struct Office {
    officers: [Dialer; 2],
    endpoint: Endpoint,
    channels: Option<(String, [Channel; 2])>,
}

pub fn fund(wire: i32) -> Fund {
    fund_from_wire(wire, Path::root("fund")).unwrap()
}

pub fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

impl Office {
    pub fn of(world: &World) -> Self {
        let officer = |name: &str| world.dialer(&format!("/clearinghouse/officer/{name}"));
        Self {
            officers: [officer("wang.fang"), officer("zhao.min")],
            endpoint: world.endpoint.clone(),
            channels: None,
        }
    }

    /// Each officer's connection.
    pub async fn channels(&mut self) -> [Channel; 2] {
        let now = self.endpoint.now();
        if let Some((endpoint, channels)) = &self.channels
            && *endpoint == now
        {
            return channels.clone();
        }
        let [first, second] = &self.officers;
        let channels = [
            first.connect(&now, Identity::Clearinghouse).await.unwrap(),
            second.connect(&now, Identity::Clearinghouse).await.unwrap(),
        ];
        self.channels = Some((now, channels.clone()));
        channels
    }

    async fn officer(&mut self) -> OfficerServiceClient<Channel> {
        let [first, _] = self.channels().await;
        OfficerServiceClient::new(first).max_decoding_message_size(LARGEST_BYTES)
    }

    pub async fn state(&mut self, day: BusinessDay) -> v1::CycleState {
        let request = v1::StatusRequest {
            business_day: day.to_string(),
        };
        let status = self.officer().await.status(request).await.unwrap();
        status.into_inner().state()
    }

    /// Cuts a day off; answers with every region's mark.
    pub async fn cuts_off(&mut self, day: BusinessDay, cut: Cut) -> BTreeMap<RegionCode, u64> {
        let request = v1::CutOffRequest {
            business_day: day.to_string(),
            at_deadline: cut == Cut::AtDeadline,
            marks: Vec::new(),
        };
        let answer = self.officer().await.cut_off(request).await.unwrap();
        let regions = answer.into_inner().status.unwrap().regions.into_iter();
        regions.map(|row| (code(&row.region), row.mark)).collect()
    }

    /// Nets a day that is cut off; answers with what is known of it, and its digest.
    pub async fn nets(
        &mut self,
        day: BusinessDay,
        marks: BTreeMap<RegionCode, u64>,
    ) -> (Cycle, Vec<u8>) {
        let request = v1::NetRequest {
            business_day: day.to_string(),
            digest: Vec::new(),
            never_netted: false,
        };
        let answer = self.officer().await.net(request).await.unwrap();
        let plan = answer.into_inner().plan.unwrap();
        let pair = |row: &v1::PairGross| -> (Pair, Sum) {
            let pair = Pair {
                debtor: code(&row.debtor),
                creditor: code(&row.creditor),
                fund: fund(row.fund),
            };
            (pair, (row.legs, row.amount_fen))
        };
        let nets = plan.nets.iter().filter(|net| net.amount_fen != 0);
        let nets = nets.map(|net| ((code(&net.member), fund(net.fund)), net.amount_fen));
        let cycle = Cycle {
            day,
            plan: plan.number,
            marks,
            said: BTreeMap::new(),
            stood: BTreeMap::new(),
            pairs: plan.pairs.iter().map(pair).collect(),
            nets: nets.collect(),
            taken: BTreeMap::new(),
            posted: BTreeMap::new(),
            unpaid: BTreeMap::new(),
        };
        (cycle, plan.digest)
    }

    /// Why a day is not netted.
    pub async fn is_not_netted(&mut self, day: BusinessDay) -> Option<String> {
        let request = v1::NetRequest {
            business_day: day.to_string(),
            digest: Vec::new(),
            never_netted: false,
        };
        let refused = self.officer().await.net(request).await.err()?;
        refusal_code(&refused).map(str::to_owned)
    }

    /// Both officers say what becomes of a region.
    pub async fn member(
        &mut self,
        region: RegionCode,
        action: v1::MemberAction,
    ) -> Result<(), Status> {
        let request = v1::ChangeMemberRequest {
            region: region.to_string(),
            action: action.into(),
            ..v1::ChangeMemberRequest::default()
        };
        self.changes(request).await
    }

    /// Both officers say that a region joins.
    pub async fn joins(&mut self, place: &Place, chain: Vec<Vec<u8>>) {
        let request = v1::ChangeMemberRequest {
            region: place.code.to_string(),
            action: v1::MemberAction::Join.into(),
            member: place.member.to_string(),
            endpoint: format!("https://node-{}.example:7400", place.code),
            signers: vec![v1::SigningChain {
                certificates: chain,
            }],
        };
        self.changes(request).await.unwrap();
    }

    async fn changes(&mut self, request: v1::ChangeMemberRequest) -> Result<(), Status> {
        for channel in self.channels().await {
            let mut officer = MemberServiceClient::new(channel);
            officer.change_member(request.clone()).await?;
        }
        Ok(())
    }

    pub async fn payments(&mut self) -> [PaymentServiceClient<Channel>; 2] {
        self.channels().await.map(PaymentServiceClient::new)
    }

    /// One of the officers approves exactly this plan.
    pub async fn approves(&mut self, which: usize, day: BusinessDay, digest: &[u8]) {
        let request = v1::ApproveRequest {
            business_day: day.to_string(),
            digest: digest.to_vec(),
        };
        let mut officers = self.payments().await;
        officers[which].approve(request).await.unwrap();
    }

    pub async fn instructs(&mut self, day: BusinessDay) -> Result<(), Status> {
        let request = v1::InstructRequest {
            business_day: day.to_string(),
        };
        let [mut first, _] = self.payments().await;
        first.instruct(request).await.map(drop)
    }

    /// The payments of a month's order: above zero they are paid out.
    pub async fn payments_of(&mut self, month: &str) -> BTreeMap<(RegionCode, Fund), i64> {
        let mut told = BTreeMap::new();
        let mut after = String::new();
        loop {
            let request = v1::ListPaymentsRequest {
                month: month.to_owned(),
                after,
                ..v1::ListPaymentsRequest::default()
            };
            let [mut first, _] = self.payments().await;
            let page = first.list_payments(request).await.unwrap().into_inner();
            for payment in page.payments {
                let of = (code(&payment.member), fund(payment.fund));
                let amount = match payment.direction() {
                    v1::Direction::PayOut => payment.amount_fen,
                    v1::Direction::PayIn => -payment.amount_fen,
                    v1::Direction::Unspecified => panic!("a payment that goes nowhere"),
                };
                told.insert(of, amount);
            }
            after = page.next;
            if after.is_empty() {
                return told;
            }
        }
    }

    /// A member's proven statement, as its file is.
    pub async fn proven_statement(&mut self, day: BusinessDay, member: RegionCode) -> Vec<u8> {
        let request = v1::GetProvenStatementRequest {
            business_day: day.to_string(),
            member: member.to_string(),
        };
        let [first, _] = self.channels().await;
        let mut client = ProofOfficeServiceClient::new(first);
        let answer = client.get_proven_statement(request).await.unwrap();
        let mut parts = answer.into_inner();
        let mut file = Vec::new();
        while let Some(part) = parts.message().await.unwrap() {
            file.extend(part.part);
        }
        file
    }

    /// A cycle's signed checkpoint, as its file is.
    pub async fn checkpoint(&mut self, day: BusinessDay) -> Vec<u8> {
        let request = v1::GetCheckpointRequest {
            business_day: day.to_string(),
        };
        let [first, _] = self.channels().await;
        let mut client = ProofOfficeServiceClient::new(first);
        let answer = client.get_checkpoint(request).await.unwrap();
        answer.into_inner().file
    }

    /// Asks for a member's statement, and notes what was posted and what others still owe.
    pub async fn notes_statement(&mut self, cycle: &mut Cycle, member: RegionCode) {
        let request = v1::StatementRequest {
            business_day: cycle.day.to_string(),
            member: member.to_string(),
            as_of_ms: 0,
        };
        let answer = self.officer().await.statement(request).await.unwrap();
        let told = answer.into_inner();
        for posting in told.postings {
            let amount = match posting.side() {
                v1::PostingSide::Debit => posting.amount_fen,
                v1::PostingSide::Credit => -posting.amount_fen,
                v1::PostingSide::Unspecified => panic!("a posting on no side"),
            };
            let account = (posting.holder, fund(posting.fund), posting.account);
            *cycle.posted.entry(account).or_default() += amount;
        }
        let unpaid = told.unpaid.iter().map(|payment| Unpaid {
            member: code(&payment.member),
            fund: fund(payment.fund),
            open: payment.amount_fen - payment.paid_fen,
            due: payment.due.parse().unwrap(),
            days_late: payment.days_late,
            has_reason: payment.delay() != v1::DelayReason::Unspecified,
        });
        cycle.unpaid.insert(member, unpaid.collect());
    }
}
