//! A client for institutions' own accounts: what is asked and what is answered, as values.

use huitong_certs::Identity;
use huitong_core::canonical::Artifact as _;
use huitong_core::date::BusinessDay;
use huitong_core::id::{ConfirmationId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{
    AnsweredLine, Difference, LineVerdict, LinesInAll, MonthLine, MonthStanding, Span, Totals,
    digest_of,
};
use huitong_core::money::Fen;
use huitong_core::payable::Month;
use huitong_core::vocabulary::Setting;
use huitong_proto::conversion::institution_account::{
    StatedLine, account_line_to_wire, answered_line_to_wire, month_standing_to_wire,
    some_setting_to_wire, span_to_wire, sums_from_wire, sums_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_account_service_client::InstitutionAccountServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::transport::Channel;
use tonic::{Code, Status};

pub use super::institution_account_told::{
    ConfirmationTold, DayTold, FoundTold, LineTold, MonthTold,
};
use super::institution_account_told::{
    day_from_wire, differences, found_from_wire, line_from_wire, month_from_wire,
};
pub use crate::institution_account::LINES;
use crate::treatment::order::settlement_id;

/// Connected to the node of the own region.
#[derive(Debug)]
pub struct InstitutionAccountClient {
    client: InstitutionAccountServiceClient<Channel>,
    caller: Identity,
}

/// What is said of a line: which, what the agency pays for it, and the digest that it was listed with.
pub type Said = (AnsweredLine, Fen);

impl InstitutionAccountClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let caller = options.identity()?;
        let (_, channel) = options.own_node().await?;
        let client = InstitutionAccountServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client, caller })
    }

    /// What the node's book has of a span, and where that is another than what is stated.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn reconcile(
        &mut self,
        (span, setting): (Span, Option<Setting>),
        stated: &Totals,
    ) -> Result<(Totals, Vec<Difference>), Status> {
        let request = v1::ReconcileRequest {
            span: Some(span_to_wire(&span)),
            setting: some_setting_to_wire(setting),
            settled: Some(sums_to_wire(&stated.settled)),
            reversed: Some(sums_to_wire(&stated.reversed)),
        };
        let told = self.client.reconcile(request).await?.into_inner();
        let read = || -> Result<_, WireFault> {
            let own = Totals {
                settled: sums_from_wire(told.settled, Path::root("settled"))?,
                reversed: sums_from_wire(told.reversed, Path::root("reversed"))?,
            };
            Ok((own, differences(&told.differences)?))
        };
        read().map_err(internal)
    }

    /// Where lines, ascending by request id, are others than the node's; by request id.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn compare(
        &mut self,
        of: (Span, Option<Setting>),
        lines: &[StatedLine],
    ) -> Result<Vec<FoundTold>, Status> {
        let Identity::Institution { region, code } = self.caller else {
            return self.compare_by_request(of, lines).await;
        };
        let with_id = |line: &StatedLine| (settlement_id(region, code, line.0), *line);
        let mut by_settlement: Vec<_> = lines.iter().map(with_id).collect();
        by_settlement.sort_unstable_by_key(|(id, line)| (*id, line.1));
        match self.compare_by_settlement(of, &by_settlement).await {
            Ok(mut found) => {
                found.sort_by(|one, other| (&one.request, one.of).cmp(&(&other.request, other.of)));
                Ok(found)
            }
            // A node of an earlier version knows no such call, and lets nobody make it.
            Err(status)
                if matches!(status.code(), Code::PermissionDenied | Code::Unimplemented) =>
            {
                self.compare_by_request(of, lines).await
            }
            Err(status) => Err(status),
        }
    }

    async fn compare_by_settlement(
        &mut self,
        (span, setting): (Span, Option<Setting>),
        lines: &[(SettlementId, StatedLine)],
    ) -> Result<Vec<FoundTold>, Status> {
        let (mut found, mut after, mut rest) = (Vec::new(), None, lines);
        loop {
            let part = part(rest, |(id, _)| *id);
            let up_to = (part.len() < rest.len()).then(|| part.last()).flatten();
            let up_to = up_to.map(|(id, _)| *id);
            let shown = |id: Option<SettlementId>| id.map(|id| id.to_string()).unwrap_or_default();
            let request = v1::CompareBySettlementRequest {
                span: Some(span_to_wire(&span)),
                setting: some_setting_to_wire(setting),
                after: shown(after),
                up_to: shown(up_to),
                lines: part
                    .iter()
                    .map(|(_, line)| account_line_to_wire(line))
                    .collect(),
            };
            let told = self.client.compare_by_settlement(request).await?;
            let told = told.into_inner();
            for line in told.found {
                found.push(found_from_wire(line).map_err(internal)?);
            }
            let answered =
                Path::root("answered_to").optional(&told.answered_to, SettlementId::parse);
            let Some(answered) = answered.map_err(internal)?.or(up_to) else {
                return Ok(found);
            };
            // A next part begins later than this one, or there would be no end.
            if Some(answered) <= after {
                return Err(Status::internal("the node answers backwards"));
            }
            let done = rest.partition_point(|(id, _)| *id <= answered);
            rest = rest.split_at(done).1;
            after = Some(answered);
        }
    }

    /// As nodes of earlier versions compare: each call reads all rows of the span.
    async fn compare_by_request(
        &mut self,
        (span, setting): (Span, Option<Setting>),
        lines: &[StatedLine],
    ) -> Result<Vec<FoundTold>, Status> {
        let (mut found, mut after, mut rest) = (Vec::new(), String::new(), lines);
        loop {
            let part = part(rest, |line| line.0);
            let up_to = (part.len() < rest.len()).then(|| part.last()).flatten();
            let up_to = up_to.map(|(request, ..)| request.to_string());
            let request = v1::CompareLinesRequest {
                span: Some(span_to_wire(&span)),
                setting: some_setting_to_wire(setting),
                after: after.clone(),
                up_to: up_to.clone().unwrap_or_default(),
                lines: part.iter().map(account_line_to_wire).collect(),
            };
            let told = self.client.compare_lines(request).await?.into_inner();
            for line in told.found {
                found.push(found_from_wire(line).map_err(internal)?);
            }
            let answered = Some(told.answered_to).filter(|to| !to.is_empty());
            let Some(answered) = answered.or(up_to) else {
                return Ok(found);
            };
            // A next part begins later than this one, or there would be no end.
            if answered <= after {
                return Err(Status::internal("the node answers backwards"));
            }
            let done = rest.partition_point(|(request, ..)| request.as_str() <= &*answered);
            rest = rest.split_at(done).1;
            after = answered;
        }
    }

    /// How a day stands, of one institution or of all.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn reconciled(
        &mut self,
        (day, span): (Option<BusinessDay>, Option<Span>),
        institution: Option<InstitutionCode>,
    ) -> Result<Vec<DayTold>, Status> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request = v1::ListReconciledRequest {
                day: day.map(|day| day.to_string()).unwrap_or_default(),
                span: span.map(|span| span_to_wire(&span)),
                institution: institution.map(|it| it.to_string()).unwrap_or_default(),
                after: after.clone(),
            };
            let page = self.client.list_reconciled(request).await?.into_inner();
            for told in page.days {
                all.push(day_from_wire(told).map_err(internal)?);
            }
            if page.next <= after {
                return Ok(all);
            }
            after = page.next;
        }
    }

    /// The lines of an institution's month.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn lines(
        &mut self,
        month: &Month,
        institution: Option<InstitutionCode>,
    ) -> Result<Vec<LineTold>, Status> {
        let (mut all, mut after): (Vec<LineTold>, Option<v1::MonthPlace>) = (Vec::new(), None);
        loop {
            let request = v1::ListMonthRequest {
                month: month.to_string(),
                institution: institution.map(|it| it.to_string()).unwrap_or_default(),
                after: after.clone(),
            };
            let page = self.client.list_month(request).await?.into_inner();
            let before = all.len();
            for told in page.lines {
                all.push(line_from_wire(told).map_err(internal)?);
            }
            if page.next.is_none() || all.len() == before {
                return Ok(all);
            }
            after = page.next;
        }
    }

    /// Confirms lines of the own month, or objects to them, at most [`LINES`], ascending by day and settlement.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn confirm(&mut self, month: &Month, said: &[Said]) -> Result<String, Status> {
        let sum = Fen::sum(said.iter().map(|(_, pays)| *pays));
        let in_all = LinesInAll {
            count: u64::try_from(said.len()).unwrap_or(u64::MAX),
            sum: sum.map_err(|error| Status::invalid_argument(error.to_string()))?,
            digest: digest_of(said.iter().map(|(line, _)| line.line)),
        };
        let request = v1::ConfirmMonthRequest {
            month: month.to_string(),
            lines: said
                .iter()
                .map(|(line, _)| answered_line_to_wire(line))
                .collect(),
            count: in_all.count,
            sum_fen: in_all.sum.get(),
            digest: in_all.digest.as_bytes().to_vec(),
        };
        Ok(self
            .client
            .confirm_month(request)
            .await?
            .into_inner()
            .confirmation)
    }

    /// Takes a confirmation back.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn roll_back(
        &mut self,
        month: &Month,
        confirmation: ConfirmationId,
    ) -> Result<(), Status> {
        let request = v1::RollBackMonthRequest {
            month: month.to_string(),
            confirmation: confirmation.to_string(),
        };
        self.client.roll_back_month(request).await.map(drop)
    }

    /// How months stand, of one institution or of all.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn status(
        &mut self,
        month: &Month,
        institution: Option<InstitutionCode>,
    ) -> Result<Vec<MonthTold>, Status> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request = v1::MonthStatusRequest {
                month: month.to_string(),
                institution: institution.map(|it| it.to_string()).unwrap_or_default(),
                after: after.clone(),
            };
            let page = self.client.month_status(request).await?.into_inner();
            all.extend(page.months.into_iter().map(month_from_wire));
            if page.next <= after {
                return Ok(all);
            }
            after = page.next;
        }
    }

    /// Closes an institution's month, or opens it again.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn set(
        &mut self,
        month: &Month,
        institution: InstitutionCode,
        standing: MonthStanding,
    ) -> Result<MonthTold, Status> {
        let request = v1::SetMonthRequest {
            month: month.to_string(),
            institution: institution.to_string(),
            standing: month_standing_to_wire(standing),
        };
        let told = self.client.set_month(request).await?.into_inner().month;
        let told = Path::root("month").required(told).map_err(internal)?;
        Ok(month_from_wire(told))
    }
}

/// What is said of a line as it was listed.
#[must_use]
pub fn said(line: &MonthLine, verdict: LineVerdict) -> Said {
    let answered = AnsweredLine {
        business_day: line.business_day,
        settlement: line.settlement,
        line: line.digest(),
        verdict,
    };
    (answered, line.pays)
}

/// As many lines as one call takes, a settlement never without its reversal.
fn part<T, K: PartialEq>(lines: &[T], whose: impl Fn(&T) -> K) -> &[T] {
    let Some((part, rest)) = lines.split_at_checked(LINES) else {
        return lines;
    };
    match (part.split_last(), rest.first()) {
        (Some((last, before)), Some(next)) if whose(last) == whose(next) => before,
        _ => part,
    }
}

fn internal(fault: WireFault) -> Status {
    Status::internal(fault.to_string())
}
