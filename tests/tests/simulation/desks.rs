//! The desks of a home region's officers that see one person: bills brought home, what the region's own core system
//! settled, and assistance on a year's totals. Every fault is the code of why not.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::assistance_service_client::AssistanceServiceClient;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_proto::settlement::v1::external_service_client::ExternalServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, clock, code, to_node};
use crate::certificates::Certificates;
use crate::check_desk::CheckDesk;
use crate::dispute_desk::DisputeDesk;
use crate::register::{Somebody, bill, hospital, region};
use crate::workload::Asked;

/// What a region's own core system settled.
#[derive(Debug, Clone)]
pub struct External {
    pub core_id: String,
    pub of: Somebody,
    pub visit: String,
    /// What it charged of the start, and what pool, account and person paid, in fen.
    pub start: i64,
    pub pool: i64,
    pub account: i64,
    pub cash: i64,
}

/// A bill that was settled by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    pub settlement: String,
    /// What each fund and account pays, in fen.
    pub amounts: Vec<i64>,
}

/// What is to be taken off a settlement after an audit, by the bureau of the region where it was settled.
#[derive(Debug, Clone)]
pub struct Deducting {
    pub request_id: String,
    pub of: Somebody,
    pub treatment: usize,
    pub settlement: String,
    /// Of which fund, and how much.
    pub fund: i32,
    pub fen: i64,
}

/// What the home region said of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deducted {
    /// The deduction's id; it may have ended since.
    Taken(String),
    /// Its refusal, for good.
    Refused(String),
}

/// What is told of an order that the home region has not answered yet.
const NOT_ANSWERED: &str = "deduction without an answer";

/// The day on which need is found.
pub const NEED: &str = "2024-05-20";

/// The desks of a region.
pub struct Desks {
    registry: RegistryServiceClient<Channel>,
    externals: ExternalServiceClient<Channel>,
    assistance: AssistanceServiceClient<Channel>,
    deductions: DeductionServiceClient<Channel>,
    pub disputes: DisputeDesk,
    pub checks: CheckDesk,
}

impl Desks {
    pub fn of(number: usize) -> Self {
        let dialer = Certificates::issued().officer(number, 0, clock());
        let channel = to_node(&dialer, number);
        Self {
            registry: RegistryServiceClient::new(channel.clone()),
            externals: ExternalServiceClient::new(channel.clone()),
            assistance: AssistanceServiceClient::new(channel.clone()),
            deductions: DeductionServiceClient::new(channel.clone()),
            disputes: DisputeDesk::over(channel.clone()),
            checks: CheckDesk::over(channel),
        }
    }

    /// Settles a bill that the person paid where it was treated.
    pub async fn by_hand(&mut self, asked: &Asked) -> Result<Hand, String> {
        let bill = bill(asked.of, &asked.visit, asked.stay, asked.fen);
        let institution = v1::Institution {
            code: hospital(asked.treatment),
            kind: v1::InstitutionType::General.into(),
            grade: v1::Grade::Three.into(),
            price_grade: v1::Grade::Three.into(),
            administration: v1::Administration::City.into(),
            networked: true,
        };
        let request = v1::SettleByHandRequest {
            request_id: asked.request_id.clone(),
            psn_no: asked.of.psn_no(),
            treatment: region(asked.treatment).to_string(),
            institution: Some(institution),
            visit: bill.visit,
            total_fen: bill.total_fen,
            lines: bill.lines,
            given_fen: bill.given_fen,
        };
        let client = &mut self.registry;
        let call = call_within(PATIENCE, request, |request| client.settle_by_hand(request));
        let settled = call.await.map_err(|status| code(&status))?.into_inner();
        let amounts = settled.receipt.unwrap().amounts.into_iter();
        Ok(Hand {
            settlement: settled.settlement,
            amounts: amounts.map(|paid| paid.amount_fen).collect(),
        })
    }

    /// Takes a settlement by hand back.
    pub async fn take_back(
        &mut self,
        request_id: &str,
        home: usize,
        settlement: &str,
    ) -> Result<(), String> {
        let request = v1::OfficerReverseRequest {
            request_id: request_id.to_owned(),
            treatment: region(home).to_string(),
            settlement: settlement.to_owned(),
            reason: v1::ReversalReason::WrongBill.into(),
        };
        let client = &mut self.registry;
        let call = call_within(PATIENCE, request, |request| client.reverse(request));
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// Records what the core system settled.
    pub async fn record(&mut self, settled: &External) -> Result<(), String> {
        let of = settled.of;
        let total = settled.pool + settled.account + settled.cash;
        let visit = bill(of, &settled.visit, crate::register::Stay::Before, total).visit;
        let paid = |fund: common::Fund, amount_fen| common::FundAmount {
            fund: fund.into(),
            amount_fen,
        };
        let payments = [
            paid(common::Fund::EmployeePool, settled.pool),
            paid(common::Fund::OwnAccount, settled.account),
        ];
        let sums = [
            ("paid", settled.pool),
            ("charged", settled.start),
            ("assisted", 0),
            ("assistance_paid", 0),
        ];
        let request = v1::RecordExternalRequest {
            settlement: Some(v1::ExternalSettlement {
                core_id: settled.core_id.clone(),
                psn_no: of.psn_no(),
                institution: hospital(of.home),
                visit,
                total_fen: total,
                payments: payments
                    .into_iter()
                    .filter(|paid| paid.amount_fen > 0)
                    .collect(),
                cash_fen: settled.cash,
                sums_fen: sums.map(|(name, fen)| (name.to_owned(), fen)).into(),
                counts: [("admissions".to_owned(), 1)].into(),
                corrects: String::new(),
            }),
        };
        let client = &mut self.externals;
        let call = call_within(PATIENCE, request, |request| client.record(request));
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// Withdraws what was recorded.
    pub async fn withdraw(&mut self, core_id: &str) -> Result<(), String> {
        let request = v1::WithdrawExternalRequest {
            core_id: core_id.to_owned(),
            reason: v1::ExternalEndReason::Mistaken.into(),
        };
        let client = &mut self.externals;
        let call = call_within(PATIENCE, request, |request| client.withdraw(request));
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// Grants assistance on a person's year; the grant's id.
    pub async fn grant(&mut self, request_id: &str, of: Somebody) -> Result<String, String> {
        let request = v1::GrantAssistanceRequest {
            request_id: request_id.to_owned(),
            psn_no: of.psn_no(),
            on: NEED.to_owned(),
            digest: Vec::new(),
        };
        let client = &mut self.assistance;
        let call = call_within(PATIENCE, request, |request| client.grant(request));
        let granted = call.await.map_err(|status| code(&status))?.into_inner();
        Ok(granted.granted.unwrap().grant)
    }

    /// Withdraws a grant.
    pub async fn end_grant(&mut self, grant: &str) -> Result<(), String> {
        let request = v1::WithdrawAssistanceRequest {
            grant: grant.to_owned(),
            reason: v1::AssistanceEndReason::YearChanged.into(),
        };
        let client = &mut self.assistance;
        let call = call_within(PATIENCE, request, |request| client.withdraw(request));
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// Takes something off a settlement.
    pub async fn deduct(&mut self, wanted: &Deducting) -> Result<Deducted, String> {
        let request = v1::OrderDeductionRequest {
            request_id: wanted.request_id.clone(),
            settlement: wanted.settlement.clone(),
            amounts: vec![common::FundAmount {
                fund: wanted.fund,
                amount_fen: wanted.fen,
            }],
            reason: v1::DeductionReason::Overcharged.into(),
            note: String::new(),
        };
        let client = &mut self.deductions;
        let call = call_within(PATIENCE, request, |request| client.order(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        let told = answer.deduction.unwrap();
        match told.standing() {
            v1::DeductionStanding::Refused => Ok(Deducted::Refused(told.refusal.unwrap().code)),
            v1::DeductionStanding::Stands
            | v1::DeductionStanding::Withdrawing
            | v1::DeductionStanding::Withdrawn
            | v1::DeductionStanding::Lifted => Ok(Deducted::Taken(told.deduction)),
            v1::DeductionStanding::Asked => Err(NOT_ANSWERED.to_owned()),
            v1::DeductionStanding::Unspecified => panic!("a deduction in no state"),
        }
    }

    /// Gives again what was taken off.
    pub async fn give_again(&mut self, deduction: &str) -> Result<Deducted, String> {
        let request = v1::WithdrawDeductionRequest {
            deduction: deduction.to_owned(),
            reason: v1::DeductionEndReason::AppealUpheld.into(),
            note: String::new(),
        };
        let client = &mut self.deductions;
        let call = call_within(PATIENCE, request, |request| client.withdraw(request));
        let answer = call.await.map_err(|status| code(&status))?.into_inner();
        let told = answer.deduction.unwrap();
        match told.standing() {
            v1::DeductionStanding::Withdrawn => Ok(Deducted::Taken(told.deduction)),
            // The reversal of its settlement was first.
            v1::DeductionStanding::Lifted => Ok(Deducted::Refused("lifted".to_owned())),
            _ => Err(NOT_ANSWERED.to_owned()),
        }
    }
}
