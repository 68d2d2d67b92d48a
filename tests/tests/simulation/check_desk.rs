//! What is said in expense checks, at the desks of both regions. Every fault is the code of why not.
//!
//! Left out: other reasons than one of each kind, answers about several funds, and those that name a deduction.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, code};
use crate::register::{Somebody, region};

/// A settlement that its home region finds suspicious.
#[derive(Debug, Clone)]
pub struct Suspicion {
    /// Under which id its check is asked.
    pub request_id: String,
    /// The check; empty before it is asked.
    pub check: String,
    pub of: Somebody,
    pub treatment: usize,
    pub settlement: String,
    /// Of which fund something may have been owed wrongly, and what it paid, in fen.
    pub fund: i32,
    pub paid: i64,
}

/// One of the things that are said in a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    Ask,
    /// It is as it should be.
    Verified,
    /// So much of the fund should not have been owed, in fen.
    Discrepancy(i64),
    Confirm,
    SendBack,
    /// It is looked at in the home region, or where it was settled.
    LookAtHome,
    LookThere,
}

/// How a check was told to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckStands {
    pub check: String,
    pub standing: v1::CheckStanding,
    /// How many words of the region that was asked the other is not known to have.
    pub to_send: u32,
}

impl Suspicion {
    /// The region at whose desk something is said.
    pub const fn speaker(&self, speaks: Speaks) -> usize {
        match speaks {
            Speaks::Verified | Speaks::Discrepancy(_) | Speaks::LookThere => self.treatment,
            Speaks::Ask | Speaks::Confirm | Speaks::SendBack | Speaks::LookAtHome => self.of.home,
        }
    }

    fn finding(&self, amount_fen: i64) -> v1::CheckFinding {
        v1::CheckFinding {
            reason: v1::DeductionReason::Overcharged.into(),
            amounts: vec![common::FundAmount {
                fund: self.fund,
                amount_fen,
            }],
            deduction: String::new(),
        }
    }
}

impl CheckStands {
    fn of(told: Option<v1::ExpenseCheck>) -> Self {
        let told = told.expect("an answer without a check");
        Self {
            standing: told.standing(),
            to_send: told.to_send,
            check: told.check,
        }
    }
}

/// What a bureau says in one of its checks.
pub struct CheckDesk(ExpenseCheckServiceClient<Channel>);

impl CheckDesk {
    pub fn over(channel: Channel) -> Self {
        Self(ExpenseCheckServiceClient::new(channel))
    }

    /// Says something, after a look at what was said last; how the check stands then.
    pub async fn say(&mut self, of: &Suspicion, speaks: Speaks) -> Result<CheckStands, String> {
        let finding = match speaks {
            Speaks::Ask => return self.ask(of).await,
            Speaks::LookAtHome | Speaks::LookThere => {
                return self.show(of).await.map(|told| CheckStands::of(Some(told)));
            }
            Speaks::Verified => v1::CheckFinding::default(),
            Speaks::Discrepancy(fen) => of.finding(fen),
            Speaks::Confirm => return self.confirm(of).await,
            Speaks::SendBack => return self.send_back(of).await,
        };
        let digest = self.show(of).await?.digest;
        let request = v1::AnswerCheckRequest {
            check: of.check.clone(),
            finding: Some(finding),
            digest,
        };
        let client = &mut self.0;
        let call = call_within(PATIENCE, request, |request| client.answer(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(CheckStands::of(told.into_inner().check))
    }

    async fn ask(&mut self, of: &Suspicion) -> Result<CheckStands, String> {
        let request = v1::AskCheckRequest {
            request_id: of.request_id.clone(),
            treatment_region: region(of.treatment).to_string(),
            settlement: of.settlement.clone(),
            reason: v1::CheckReason::UnusualAmount.into(),
        };
        let client = &mut self.0;
        let call = call_within(PATIENCE, request, |request| client.ask(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(CheckStands::of(told.into_inner().check))
    }

    async fn confirm(&mut self, of: &Suspicion) -> Result<CheckStands, String> {
        let digest = self.show(of).await?.digest;
        let check = of.check.clone();
        let request = v1::ConfirmCheckRequest { check, digest };
        let client = &mut self.0;
        let call = call_within(PATIENCE, request, |request| client.confirm(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(CheckStands::of(told.into_inner().check))
    }

    async fn send_back(&mut self, of: &Suspicion) -> Result<CheckStands, String> {
        let digest = self.show(of).await?.digest;
        let request = v1::SendBackCheckRequest {
            check: of.check.clone(),
            reason: v1::SendBackReason::Incomplete.into(),
            digest,
        };
        let client = &mut self.0;
        let call = call_within(PATIENCE, request, |request| client.send_back(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(CheckStands::of(told.into_inner().check))
    }

    async fn show(&mut self, of: &Suspicion) -> Result<v1::ExpenseCheck, String> {
        let check = of.check.clone();
        let request = v1::ShowCheckRequest { check };
        let client = &mut self.0;
        let call = call_within(PATIENCE, request, |request| client.show(request));
        let told = call.await.map_err(|status| code(&status))?.into_inner();
        Ok(told.check.expect("an answer without a check"))
    }
}
