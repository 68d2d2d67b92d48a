//! What a hospital asks of its own account at its region's node: a span held against the node's book, in sums and line by
//! line, and a month listed, confirmed and taken back. Every fault is the code of why not.
//!
//! Left out: kinds of care apart from each other, and pages of a month beyond the first: a simulated hospital has fewer lines.

use huitong_core::digest::sha256;
use huitong_core::id::SettlementId;
use huitong_node::treatment::order::settlement_id;
use huitong_proto::common::v1::Fund;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_account_service_client::InstitutionAccountServiceClient;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, clock, code, to_node};
use crate::certificates::Certificates;
use crate::register::{hospital, region};
use crate::workload::Asked;

/// Nothing is known of an id, and so nothing is booked under it.
const NOT_FOUND: &str = "settlement.not_found";

/// A settlement, or its reversal, as a hospital's own system has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The id under which the hospital asked for the settlement, and the one that the node shows.
    pub request_id: String,
    pub shown_as: String,
    pub of: v1::AccountBooked,
    pub settlement: String,
    /// The number of the person's region.
    pub home: usize,
    pub day: String,
    pub amounts: v1::AccountAmounts,
}

impl Line {
    pub fn key(&self) -> (String, v1::AccountBooked) {
        (self.request_id.clone(), self.of)
    }

    /// Its settlement, which is the id that follows from the hospital and its request.
    pub fn id(&self, number: usize) -> SettlementId {
        let hospital = hospital(number).parse().unwrap();
        settlement_id(region(number), hospital, self.request_id.parse().unwrap())
    }

    fn to_wire(&self) -> v1::AccountLine {
        v1::AccountLine {
            request_id: self.request_id.clone(),
            of: self.of.into(),
            amounts: Some(self.amounts),
        }
    }
}

/// Business days, both with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: String,
    pub to: String,
}

impl Span {
    pub fn has(&self, line: &Line) -> bool {
        (&self.from..=&self.to).contains(&&line.day)
    }

    fn to_wire(&self) -> Option<v1::AccountSpan> {
        Some(v1::AccountSpan {
            from: self.from.clone(),
            to: self.to.clone(),
        })
    }
}

/// How many lines of one kind there are, and what they come to.
pub fn sums<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    of: v1::AccountBooked,
) -> (u64, v1::AccountAmounts) {
    let (mut count, mut sum) = (0, v1::AccountAmounts::default());
    for line in lines.into_iter().filter(|line| line.of == of) {
        count += 1;
        sum.total_fen += line.amounts.total_fen;
        sum.funds_fen += line.amounts.funds_fen;
        sum.accounts_fen += line.amounts.accounts_fen;
        sum.cash_fen += line.amounts.cash_fen;
    }
    (count, sum)
}

fn sums_to_wire(lines: &[Line], of: v1::AccountBooked) -> Option<v1::AccountSums> {
    let (count, amounts) = sums(lines, of);
    let amounts = Some(amounts);
    Some(v1::AccountSums { count, amounts })
}

/// A hospital at its account.
pub struct AccountDesk {
    number: usize,
    settlements: InstitutionServiceClient<Channel>,
    accounts: InstitutionAccountServiceClient<Channel>,
}

impl AccountDesk {
    pub fn of(number: usize) -> Self {
        let dialer = Certificates::issued().hospital(number, clock());
        let channel = to_node(&dialer, number);
        Self {
            number,
            settlements: InstitutionServiceClient::new(channel.clone()),
            accounts: InstitutionAccountServiceClient::new(channel),
        }
    }

    /// What the hospital's own system has of an id, by what it is told of that: nothing, a settlement, or one and its
    /// reversal.
    pub async fn own(&mut self, asked: &Asked) -> Result<Vec<Line>, String> {
        use v1::get_settlement_request::By;
        let by = Some(By::RequestId(asked.request_id.clone()));
        let request = v1::GetSettlementRequest { by };
        let client = &mut self.settlements;
        let call = call_within(PATIENCE, request, |request| client.get_settlement(request));
        let told = match call.await {
            Ok(told) => told.into_inner().settlement.unwrap(),
            Err(status) if code(&status) == NOT_FOUND => return Ok(Vec::new()),
            Err(status) => return Err(code(&status)),
        };
        match told.state() {
            v1::State::Settled | v1::State::Reversed => Ok(lines_of(asked, &told)),
            v1::State::Refused | v1::State::Abandoned | v1::State::Borne => Ok(Vec::new()),
            v1::State::Prepared | v1::State::Provisional => {
                Err(format!("{} is open", asked.request_id))
            }
            v1::State::Unspecified => panic!("a settlement in no state"),
        }
    }

    /// States a span's sums; what the node's book has of it.
    pub async fn reconcile(
        &mut self,
        span: &Span,
        stated: &[Line],
    ) -> Result<v1::ReconcileResponse, String> {
        let request = v1::ReconcileRequest {
            span: span.to_wire(),
            setting: 0,
            settled: sums_to_wire(stated, v1::AccountBooked::Settlement),
            reversed: sums_to_wire(stated, v1::AccountBooked::Reversal),
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.reconcile(request));
        Ok(call.await.map_err(|status| code(&status))?.into_inner())
    }

    /// States a span's lines, ascending by key; those that the node has otherwise.
    pub async fn compare(
        &mut self,
        span: &Span,
        stated: &[Line],
    ) -> Result<v1::CompareLinesResponse, String> {
        let request = v1::CompareLinesRequest {
            span: span.to_wire(),
            setting: 0,
            after: String::new(),
            up_to: String::new(),
            lines: stated.iter().map(Line::to_wire).collect(),
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.compare_lines(request));
        Ok(call.await.map_err(|status| code(&status))?.into_inner())
    }

    /// States a span's lines by settlement, so many settlements a call; those that the node has otherwise, call by call.
    pub async fn compare_in_parts(
        &mut self,
        span: &Span,
        stated: &[Line],
        settlements: usize,
    ) -> Result<Vec<v1::FoundLine>, String> {
        let mut lines: Vec<_> = stated.iter().map(|it| (it.id(self.number), it)).collect();
        lines.sort_by_key(|(id, line)| (*id, line.of));
        let mut ids: Vec<_> = lines.iter().map(|(id, _)| *id).collect();
        ids.dedup();
        let ends = ids.chunks(settlements).map(|part| part.last().copied());
        let (mut found, mut after) = (Vec::new(), None);
        for up_to in ends.chain([None]) {
            while after.is_none() || after != up_to {
                let is_in = |id| after.is_none_or(|to| id > to) && up_to.is_none_or(|to| id <= to);
                let part = lines.iter().filter(|(id, _)| is_in(*id));
                let part = part.map(|(_, line)| line.to_wire()).collect();
                let told = self.compare_part(span, (after, up_to), part).await?;
                found.extend(told.found);
                let answered = told.answered_to;
                if answered.is_empty() {
                    after = up_to;
                    break;
                }
                let answered = Some(SettlementId::parse(&answered).unwrap());
                assert!(answered > after, "the node answers backwards");
                after = answered;
            }
        }
        Ok(found)
    }

    async fn compare_part(
        &mut self,
        span: &Span,
        (after, up_to): (Option<SettlementId>, Option<SettlementId>),
        lines: Vec<v1::AccountLine>,
    ) -> Result<v1::CompareBySettlementResponse, String> {
        let shown = |id: Option<SettlementId>| id.map(|id| id.to_string()).unwrap_or_default();
        let request = v1::CompareBySettlementRequest {
            span: span.to_wire(),
            setting: 0,
            after: shown(after),
            up_to: shown(up_to),
            lines,
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| {
            client.compare_by_settlement(request)
        });
        Ok(call.await.map_err(|status| code(&status))?.into_inner())
    }

    /// How the days of a span stand.
    pub async fn days(&mut self, span: &Span) -> Result<Vec<v1::ReconciledDay>, String> {
        let request = v1::ListReconciledRequest {
            span: span.to_wire(),
            ..v1::ListReconciledRequest::default()
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.list_reconciled(request));
        let page = call.await.map_err(|status| code(&status))?.into_inner();
        Ok(page.days)
    }

    /// The lines of a month.
    pub async fn list(&mut self, month: &str) -> Result<Vec<v1::MonthLine>, String> {
        let request = v1::ListMonthRequest {
            month: month.to_owned(),
            ..v1::ListMonthRequest::default()
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.list_month(request));
        let page = call.await.map_err(|status| code(&status))?.into_inner();
        assert_eq!(page.next, None, "more lines than go on a page");
        Ok(page.lines)
    }

    /// Says something of lines as they were listed; the confirmation's id.
    pub async fn confirm(
        &mut self,
        month: &str,
        said: &[(v1::MonthLine, v1::MonthVerdict)],
    ) -> Result<String, String> {
        let answered = |(line, verdict): &(v1::MonthLine, v1::MonthVerdict)| v1::AnsweredLine {
            business_day: line.business_day.clone(),
            settlement: line.settlement.clone(),
            digest: line.digest.clone(),
            verdict: Some(*verdict),
        };
        let digests: Vec<u8> = said
            .iter()
            .flat_map(|(line, _)| line.digest.clone())
            .collect();
        let request = v1::ConfirmMonthRequest {
            month: month.to_owned(),
            lines: said.iter().map(answered).collect(),
            count: u64::try_from(said.len()).unwrap(),
            sum_fen: said.iter().map(|(line, _)| line.pays_fen).sum(),
            digest: sha256(&digests).as_bytes().to_vec(),
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.confirm_month(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(told.into_inner().confirmation)
    }

    /// Takes a confirmation back.
    pub async fn roll_back(&mut self, month: &str, confirmation: &str) -> Result<(), String> {
        let request = v1::RollBackMonthRequest {
            month: month.to_owned(),
            confirmation: confirmation.to_owned(),
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.roll_back_month(request));
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// How the month stands.
    pub async fn standing(&mut self, month: &str) -> Result<v1::InstitutionMonth, String> {
        let request = v1::MonthStatusRequest {
            month: month.to_owned(),
            ..v1::MonthStatusRequest::default()
        };
        let client = &mut self.accounts;
        let call = call_within(PATIENCE, request, |request| client.month_status(request));
        let mut page = call.await.map_err(|status| code(&status))?.into_inner();
        Ok(page.months.remove(0))
    }
}

/// The region's officer closes the hospital's month.
pub async fn close_month(number: usize, month: &str) -> Result<(), String> {
    let dialer = Certificates::issued().officer(number, 0, clock());
    let mut client = InstitutionAccountServiceClient::new(to_node(&dialer, number));
    let request = v1::SetMonthRequest {
        month: month.to_owned(),
        institution: hospital(number),
        standing: v1::MonthStanding::Closed.into(),
    };
    let call = call_within(PATIENCE, request, |request| client.set_month(request));
    call.await.map(drop).map_err(|status| code(&status))
}

fn lines_of(asked: &Asked, told: &v1::Settlement) -> Vec<Line> {
    let receipt = told.receipt.as_ref().expect("settled without a receipt");
    let decision = told.decision.as_ref().expect("settled without a decision");
    let is_account = |fund: i32| {
        let fund = Fund::try_from(fund).unwrap();
        matches!(fund, Fund::OwnAccount | Fund::FamilyAccount)
    };
    let (mut funds_fen, mut accounts_fen) = (0, 0);
    for paid in &receipt.amounts {
        if is_account(paid.fund) {
            accounts_fen += paid.amount_fen;
        } else {
            funds_fen += paid.amount_fen;
        }
    }
    let provisional = told.provisional.as_ref();
    let true_up = provisional.and_then(|of| of.true_up.as_ref());
    let settlement = Line {
        request_id: asked.request_id.clone(),
        shown_as: told.request_id.clone(),
        of: v1::AccountBooked::Settlement,
        settlement: told.settlement.clone(),
        home: asked.of.home,
        day: receipt.business_day.clone(),
        amounts: v1::AccountAmounts {
            total_fen: asked.fen,
            funds_fen,
            accounts_fen,
            cash_fen: true_up.map_or(decision.cash_fen, |of| of.patient_fen),
        },
    };
    let reversal = told.reversal.as_ref().map(|reversal| Line {
        of: v1::AccountBooked::Reversal,
        day: reversal.business_day.clone(),
        ..settlement.clone()
    });
    std::iter::once(settlement).chain(reversal).collect()
}
