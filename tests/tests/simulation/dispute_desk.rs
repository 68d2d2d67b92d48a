//! What is said in disputes between regions: at the desks of their bureaus, and at the operator's. Every fault is the code
//! of why not.
//!
//! Left out: disputes about a reversal or a correction, other reasons than one, and evidence.

use huitong_core::dispute::name::DisputeName;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_desk_service_client::DisputeDeskServiceClient;
use huitong_proto::clearing::v1::dispute_office_service_client::DisputeOfficeServiceClient;
use huitong_proto::clearing::v1::leg_book_service_client::LegBookServiceClient;
use huitong_proto::clearing::v1::say_in_dispute_request::Says as Wire;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, code};
use crate::clearing_officer::to_clearinghouse;
use crate::leg_book::legs_of;
use crate::register::region;

/// What a dispute is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// What a home region's fund paid for one of its people who was treated elsewhere.
    Settlement(String),
    /// All that a region owed another for a fund in the cycle of a day.
    RowOf(String),
}

impl About {
    /// The settlement, or the day.
    pub const fn named(&self) -> &str {
        match self {
            Self::Settlement(name) | Self::RowOf(name) => name.as_str(),
        }
    }
}

/// A dispute.
#[derive(Debug, Clone)]
pub struct Disputed {
    /// REGION/REFERENCE.
    pub name: String,
    pub about: About,
    /// The region that owed, and the one that it owed to.
    pub debtor: usize,
    pub creditor: usize,
    /// For which fund, and how much, in fen.
    pub fund: i32,
    pub owed: i64,
    /// The region that raises it, and what it claims, in fen.
    pub raiser: usize,
    pub claimed: i64,
}

/// One of the things that are said in a dispute; amounts are in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Raise,
    /// All of it is owed, so much of it, or nothing.
    Concede,
    Partly(i64),
    Reject,
    /// So much, as was answered, will do.
    Accept(i64),
    Escalate,
    Withdraw,
    /// One of the operator's officers proposes to decide it so, and the other confirms that.
    Propose(i64),
    Confirm(i64),
    /// It is looked at.
    Look,
}

/// How a dispute was told to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    pub stage: v1::DisputeStage,
    /// At how much it is settled, in fen, and by what.
    pub settled: Option<(i64, v1::SettledBy)>,
}

impl Disputed {
    pub const fn respondent(&self) -> usize {
        if self.raiser == self.debtor {
            self.creditor
        } else {
            self.debtor
        }
    }

    /// The id that its correction has in place of a settlement's.
    pub fn correction(&self) -> String {
        let name: DisputeName = self.name.parse().unwrap();
        name.correction().to_string()
    }

    /// The region whose bureau says something.
    pub const fn speaker(&self, says: Says) -> usize {
        match says {
            Says::Concede | Says::Partly(_) | Says::Reject => self.respondent(),
            _ => self.raiser,
        }
    }

    fn claim(&self) -> v1::DisputeClaim {
        let pair = v1::DisputeSubject {
            debtor: region(self.debtor).to_string(),
            creditor: region(self.creditor).to_string(),
            fund: self.fund,
            ..v1::DisputeSubject::default()
        };
        let subject = match &self.about {
            About::Settlement(settlement) => v1::DisputeSubject {
                settlement: settlement.clone(),
                kind: v1::LegKind::Settlement.into(),
                ..pair
            },
            About::RowOf(day) => v1::DisputeSubject {
                business_day: day.clone(),
                ..pair
            },
        };
        v1::DisputeClaim {
            subject: Some(subject),
            amount_fen: self.claimed,
            reason: v1::DisputeReason::AmountWrong.into(),
        }
    }

    fn ruling(&self, amount_fen: i64) -> v1::DisputeRuling {
        let reason = if amount_fen == self.claimed {
            v1::DecisionReason::ClaimProven
        } else if amount_fen == 0 {
            v1::DecisionReason::NotProven
        } else {
            v1::DecisionReason::PartlyProven
        };
        v1::DisputeRuling {
            amount_fen,
            reason: reason.into(),
        }
    }
}

impl Stands {
    fn of(told: Option<v1::Dispute>) -> Self {
        let told = told.expect("an answer without a dispute");
        let stage = told.stage();
        let settled = told.settled;
        Self {
            stage,
            settled: settled.map(|settled| (settled.amount_fen, settled.by())),
        }
    }
}

/// What a bureau says of one of its disputes.
pub struct DisputeDesk {
    client: DisputeDeskServiceClient<Channel>,
    legs: LegBookServiceClient<Channel>,
}

impl DisputeDesk {
    pub fn over(channel: Channel) -> Self {
        Self {
            client: DisputeDeskServiceClient::new(channel.clone()),
            legs: LegBookServiceClient::new(channel),
        }
    }

    /// Says something, or has the operator's officers say it; how the dispute stands then.
    pub async fn say(&mut self, of: &Disputed, says: Says) -> Result<Stands, String> {
        use v1::dispute_reply::Reply;
        let nothing = v1::Nothing {};
        let answer = |reply| Wire::Answer(v1::DisputeReply { reply: Some(reply) });
        let stands = v1::RejectionReason::Stands.into();
        let (wire, settles_at_fen) = match says {
            Says::Raise => (Wire::Raise(of.claim()), None),
            Says::Concede => (answer(Reply::Accepted(nothing)), Some(of.claimed)),
            Says::Partly(fen) => (answer(Reply::PartlyFen(fen)), None),
            Says::Reject => (answer(Reply::Rejected(stands)), None),
            Says::Accept(fen) => (Wire::Accept(nothing), Some(fen)),
            Says::Escalate => (Wire::Escalate(nothing), None),
            Says::Withdraw => (Wire::Withdraw(nothing), None),
            Says::Propose(fen) => return decided(of, fen, By::Proposer).await,
            Says::Confirm(fen) => return decided(of, fen, By::Confirmer).await,
            Says::Look => return self.looked_at(of).await,
        };
        let request = v1::SayInDisputeRequest {
            name: of.name.clone(),
            says: Some(wire),
            settles_at_fen,
        };
        let client = &mut self.client;
        let call = call_within(PATIENCE, request, |request| client.say_in_dispute(request));
        let answer = call.await.map_err(|status| code(&status))?;
        Ok(Stands::of(answer.into_inner().dispute))
    }

    /// How it stands in the list of the region that raised it: names in it ascend, so that it is on the page after its own
    /// name without its last letter.
    async fn looked_at(&mut self, of: &Disputed) -> Result<Stands, String> {
        let (after, _) = of.name.split_at(of.name.len() - 1);
        let filter = v1::DisputeFilter {
            stage: 0,
            overdue: false,
            after: after.to_owned(),
        };
        let request = v1::ListOwnDisputesRequest {
            filter: Some(filter),
        };
        let client = &mut self.client;
        let call = call_within(PATIENCE, request, |request| {
            client.list_own_disputes(request)
        });
        let page = call.await.map_err(|status| code(&status))?.into_inner();
        let mut rows = page.disputes.into_iter();
        let row = rows.find(|row| row.name == of.name);
        row.map_or_else(
            || Err("dispute not listed".to_owned()),
            |row| Ok(Stands::of(Some(row))),
        )
    }

    /// Whether the region has a leg of this id among its first so many.
    pub async fn has_leg(&mut self, of: &str, written: u64) -> Result<bool, String> {
        let legs = legs_of(&mut self.legs, written).await?;
        Ok(legs.iter().any(|leg| leg.settlement == of))
    }
}

/// Which of the operator's officers decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Proposer,
    Confirmer,
}

/// One officer of the operator proposes an amount, or the other confirms it.
async fn decided(of: &Disputed, fen: i64, by: By) -> Result<Stands, String> {
    let confirm = by == By::Confirmer;
    let channel = to_clearinghouse(usize::from(confirm));
    let mut client = DisputeOfficeServiceClient::new(channel);
    let request = v1::SettleDisputeRequest {
        name: of.name.clone(),
        ruling: Some(of.ruling(fen)),
        confirm,
    };
    let call = call_within(PATIENCE, request, |request| client.settle_dispute(request));
    let answer = call.await.map_err(|status| code(&status))?;
    Ok(Stands::of(answer.into_inner().dispute))
}
