//! A client for expense checks: what is asked and what is answered, as values.

use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::expense_check::Finding;
use huitong_core::fund::Fund;
use huitong_core::id::{CheckId, RequestId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{CheckReason, CheckStanding, SendBackReason};
use huitong_proto::conversion::deduction::deduction_amounts_from_wire;
use huitong_proto::conversion::expense_check::{
    check_reason_from_wire, check_reason_to_wire, check_standing_from_wire, finding_from_wire,
    finding_to_wire, send_back_reason_from_wire, send_back_reason_to_wire, word_digest_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use super::deduction_client::{self, Standing};

/// Connected to the node of the own region.
#[derive(Debug)]
pub struct ExpenseCheckClient {
    client: ExpenseCheckServiceClient<Channel>,
}

/// A check as it is told.
#[derive(Debug, Clone)]
pub struct CheckTold {
    /// Its id.
    pub check: CheckId,
    /// The settlement.
    pub settlement: SettlementId,
    /// The home region.
    pub home: RegionCode,
    /// The treatment region.
    pub treatment: RegionCode,
    /// Why it is asked.
    pub reason: CheckReason,
    /// How it stands.
    pub standing: CheckStanding,
    /// The business day of the settlement.
    pub settled_on: BusinessDay,
    /// What the bill comes to.
    pub bill: Fen,
    /// What each fund other than the person's accounts paid of it.
    pub paid: Vec<(Fund, Fen)>,
    /// When it was asked.
    pub asked_on: BusinessDay,
    /// From when on it is taken up, while it is not answered.
    pub take_up_on: Option<BusinessDay>,
    /// Until when it is to be answered, while it is not.
    pub answer_by: Option<BusinessDay>,
    /// How often a day to answer by has passed without an answer.
    pub late: u32,
    /// What was found.
    pub finding: Option<Finding>,
    /// On which day that was said.
    pub answered_on: Option<BusinessDay>,
    /// Until when it may be confirmed or sent back.
    pub confirm_by: Option<BusinessDay>,
    /// Why an answer was sent back.
    pub sent_back: Option<SendBackReason>,
    /// How the deduction that the finding names stands here.
    pub deduction: Option<Standing>,
    /// How many words of this region the other is not known to have.
    pub to_send: u32,
    /// Why the treatment region refused it: the code, and what to do in English and Chinese.
    pub refusal: Option<RefusalTold>,
    /// Digest of the last word that was said.
    pub digest: Digest,
    /// Whether the deduction that the finding names is of another settlement.
    pub is_of_another: bool,
    /// Why the other region did not take what is to be sent, when it was last sent.
    pub held: Option<RefusalTold>,
}

/// A refusal: the code, and what to do in English and Chinese.
pub type RefusalTold = (String, String, String);

/// A region that has not given back what was said before a restore.
#[derive(Debug, Clone)]
pub struct CollectingTold {
    /// The region.
    pub region: RegionCode,
    /// The check of a word that came back and is not accepted, and why.
    pub not_accepted: Option<(CheckId, RefusalTold)>,
}

/// One word of a check: region, what it says, officer and moment.
#[derive(Debug, Clone)]
pub struct SaidTold {
    /// The region that said it.
    pub region: String,
    /// ask, answer, confirm, silent or send_back.
    pub says: String,
    /// The officer; empty of what a node said by itself.
    pub officer: String,
    /// When.
    pub at: String,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The officer's own id.
    pub request: RequestId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The settlement.
    pub settlement: SettlementId,
    /// Why.
    pub reason: CheckReason,
}

impl ExpenseCheckClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            ExpenseCheckServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Asks for a check.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn ask(&mut self, asked: &Asked) -> Result<CheckTold, Status> {
        let request = v1::AskCheckRequest {
            request_id: asked.request.to_string(),
            treatment_region: asked.treatment.to_string(),
            settlement: asked.settlement.to_string(),
            reason: check_reason_to_wire(asked.reason),
        };
        required(self.client.ask(request).await?.into_inner().check)
    }

    /// Answers a check, whose last word was looked at.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn answer(
        &mut self,
        (check, digest): (CheckId, Digest),
        found: &Finding,
    ) -> Result<CheckTold, Status> {
        let request = v1::AnswerCheckRequest {
            check: check.to_string(),
            digest: digest.as_bytes().to_vec(),
            finding: Some(finding_to_wire(found)),
        };
        required(self.client.answer(request).await?.into_inner().check)
    }

    /// Confirms the answer that was looked at.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn confirm(
        &mut self,
        (check, digest): (CheckId, Digest),
    ) -> Result<CheckTold, Status> {
        let request = v1::ConfirmCheckRequest {
            check: check.to_string(),
            digest: digest.as_bytes().to_vec(),
        };
        required(self.client.confirm(request).await?.into_inner().check)
    }

    /// Sends the answer that was looked at back.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn send_back(
        &mut self,
        (check, digest): (CheckId, Digest),
        reason: SendBackReason,
    ) -> Result<CheckTold, Status> {
        let request = v1::SendBackCheckRequest {
            check: check.to_string(),
            digest: digest.as_bytes().to_vec(),
            reason: send_back_reason_to_wire(reason),
        };
        required(self.client.send_back(request).await?.into_inner().check)
    }

    /// A check, and what was said in it.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn show(&mut self, check: CheckId) -> Result<(CheckTold, Vec<SaidTold>), Status> {
        let check = check.to_string();
        let answer = self.client.show(v1::ShowCheckRequest { check }).await?;
        let answer = answer.into_inner();
        let said = answer.said.into_iter().map(|said| SaidTold {
            region: said.region,
            says: said.says,
            officer: said.officer,
            at: said.at,
        });
        Ok((required(answer.check)?, said.collect()))
    }

    /// Every check of the region, in both roles, by the day on which it was asked; and after a restore the regions that
    /// have not given back every word.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn all(&mut self) -> Result<(Vec<CheckTold>, Vec<CollectingTold>), Status> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request = v1::ListChecksRequest {
                after: after.clone(),
            };
            let page = self.client.list(request).await?.into_inner();
            for told in page.checks {
                all.push(required(Some(told))?);
            }
            // A next page begins later than this one, or the list would never end.
            if page.next <= after {
                all.sort_by_key(|told: &CheckTold| (told.asked_on, told.check));
                let collecting = page.collecting.into_iter().map(read_collecting);
                let collecting = collecting.collect::<Result<_, _>>();
                let fault = |fault: WireFault| Status::internal(fault.to_string());
                return Ok((all, collecting.map_err(fault)?));
            }
            after = page.next;
        }
    }
}

fn required(told: Option<v1::ExpenseCheck>) -> Result<CheckTold, Status> {
    let path = Path::root("check");
    let told = path.required(told).and_then(|told| read(told, path));
    told.map_err(|fault| Status::internal(fault.to_string()))
}

fn read_collecting(told: v1::CheckCollecting) -> Result<CollectingTold, WireFault> {
    let path = Path::root("collecting");
    let check = path.optional(&told.check, CheckId::parse)?;
    Ok(CollectingTold {
        region: path.parse(&told.region, RegionCode::parse)?,
        not_accepted: check.zip(told.refusal.map(refusal_told)),
    })
}

fn refusal_told(refusal: huitong_proto::common::v1::Refusal) -> RefusalTold {
    (refusal.code, refusal.advice_en, refusal.advice_zh)
}

fn read(told: v1::ExpenseCheck, path: Path<'_>) -> Result<CheckTold, WireFault> {
    let day = |text: &str| path.field("day").optional(text, BusinessDay::parse);
    let region = |text: &str| path.field("region").parse(text, RegionCode::parse);
    let finding = told.finding.as_ref();
    let sent_back = match told.sent_back {
        0 => None,
        reason => Some(send_back_reason_from_wire(reason, path)?),
    };
    let deduction = match told.deduction_standing {
        0 => None,
        standing => Some(deduction_client::standing(standing, path)?),
    };
    let paid = deduction_amounts_from_wire(&told.paid, path.field("paid"))?;
    Ok(CheckTold {
        check: path.parse(&told.check, CheckId::parse)?,
        settlement: path.parse(&told.settlement, SettlementId::parse)?,
        home: region(&told.home_region)?,
        treatment: region(&told.treatment_region)?,
        reason: check_reason_from_wire(told.reason, path)?,
        standing: check_standing_from_wire(told.standing, path)?,
        settled_on: path.parse(&told.settled_on, BusinessDay::parse)?,
        bill: path.fen(told.bill_fen)?,
        paid: paid.as_slice().to_vec(),
        asked_on: path.parse(&told.asked_on, BusinessDay::parse)?,
        take_up_on: day(&told.take_up_on)?,
        answer_by: day(&told.answer_by)?,
        late: told.late,
        finding: finding
            .map(|found| finding_from_wire(found, path))
            .transpose()?,
        answered_on: day(&told.answered_on)?,
        confirm_by: day(&told.confirm_by)?,
        sent_back,
        deduction,
        to_send: told.to_send,
        refusal: told.refusal.map(refusal_told),
        digest: word_digest_from_wire(&told.digest, path.field("digest"))?,
        is_of_another: told.other_settlement,
        held: told.held.map(refusal_told),
    })
}
