//! An officer's client of the own region's people: what is asked and what is answered, as values.

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::person::PsnNo;
use huitong_core::provisional::TrueUp;
use huitong_core::record::person::{EmergencyFinding, PersonChange};
use huitong_core::record::registry::Member;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::common::fund_from_wire;
use huitong_proto::conversion::filing::{FilingTold, filing_from_wire};
use huitong_proto::conversion::insured::insured_from_wire;
use huitong_proto::conversion::person::{change_to_wire, doubt_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::people_service_client::PeopleServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use super::provisional_client::true_up_from_wire;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct PeopleClient {
    client: PeopleServiceClient<Channel>,
}

/// An act that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeAnswer {
    /// Its id.
    pub act: String,
    /// The version of the person's record that it made.
    pub version: u64,
    /// The filing that it made, amended or ended.
    pub filing: Option<FilingTold>,
}

/// A person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAnswer {
    /// As insured.
    pub member: Member,
    /// All filings.
    pub filings: Vec<FilingTold>,
    /// Totals: name, stretch, key and value.
    pub totals: Vec<TotalAnswer>,
    /// The person's own account, in fen.
    pub own_fen: i64,
    /// The family account, in fen.
    pub family_fen: i64,
    /// What the own account lacks since a restore, in fen.
    pub own_lacks_fen: i64,
    /// What the family account lacks, in fen.
    pub family_lacks_fen: i64,
    /// The version.
    pub version: u64,
    /// The day of death.
    pub died: Option<String>,
}

/// A total as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalAnswer {
    /// Its name.
    pub total: String,
    /// Its stretch.
    pub stretch: String,
    /// What else tells it from others of the name.
    pub key: String,
    /// Fen, or a count.
    pub value: i64,
}

/// A page of filings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingsAnswer {
    /// By person.
    pub people: Vec<(String, Vec<FilingTold>)>,
    /// After whom the next page begins; empty when there is none.
    pub next: String,
}

/// A settlement that rests on an emergency stated by the institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyAnswer {
    /// Where the person was treated.
    pub treatment: String,
    /// The settlement.
    pub settlement: String,
    /// Who.
    pub psn_no: String,
    /// The institution.
    pub institution: String,
    /// Its visit.
    pub visit: String,
    /// First day.
    pub admitted: String,
    /// Last day.
    pub discharged: String,
    /// What each fund and account paid, in fen.
    pub amounts: Vec<(Fund, i64)>,
    /// What the patient bore, in fen.
    pub patient_fen: i64,
    /// When it was settled.
    pub settled_at: Timestamp,
    /// Whether its policy asks for a filing at all.
    pub filing_matters: bool,
    /// What became of it, when it was provisional.
    pub true_up: Option<TrueUp>,
}

/// Which filings are listed.
#[derive(Debug, Clone)]
pub struct FilingsAsked {
    /// One person's alone.
    pub of: Option<PsnNo>,
    /// Those of people after this one.
    pub after: Option<PsnNo>,
    /// People of the page; 0 is as many as a page holds.
    pub limit: u32,
    /// Only those that hold today or later and end by this day.
    pub expiring_by: Option<ServiceDate>,
}

impl PeopleClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = PeopleServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Changes a person's record.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn change(
        &mut self,
        request: RequestId,
        psn_no: PsnNo,
        change: &PersonChange,
    ) -> Result<ChangeAnswer, Status> {
        let request = v1::ChangePersonRequest {
            request_id: request.to_string(),
            psn_no: psn_no.expose().to_owned(),
            change: Some(change_to_wire(change)),
        };
        let answer = self.client.change(request).await?.into_inner();
        let filing = answer
            .filing
            .map(|filing| told(filing, Path::root("filing")));
        Ok(ChangeAnswer {
            act: answer.act,
            version: answer.version,
            filing: filing.transpose().map_err(unreadable)?,
        })
    }

    /// A person's record.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn person(&mut self, psn_no: PsnNo) -> Result<PersonAnswer, Status> {
        let request = v1::GetPersonRequest {
            psn_no: psn_no.expose().to_owned(),
        };
        let answer = self.client.get_person(request).await?.into_inner();
        let member = insured_from_wire(answer.person, psn_no, Path::root("person"));
        let totals = answer.totals.into_iter().map(|total| TotalAnswer {
            total: total.total,
            stretch: total.stretch,
            key: total.key,
            value: total.value,
        });
        Ok(PersonAnswer {
            member: member.map_err(unreadable)?,
            filings: all_told(answer.filings)?,
            totals: totals.collect(),
            own_fen: answer.own_fen,
            family_fen: answer.family_fen,
            own_lacks_fen: answer.own_lacks_fen,
            family_lacks_fen: answer.family_lacks_fen,
            version: answer.version,
            died: Some(answer.died).filter(|day| !day.is_empty()),
        })
    }

    /// A page of filings.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn filings(&mut self, asked: &FilingsAsked) -> Result<FilingsAnswer, Status> {
        let number = |psn_no: Option<PsnNo>| psn_no.map(|psn_no| psn_no.expose().to_owned());
        let request = v1::ListFilingsRequest {
            psn_no: number(asked.of).unwrap_or_default(),
            after: number(asked.after).unwrap_or_default(),
            limit: asked.limit,
            expiring_by: asked
                .expiring_by
                .map(|day| day.to_string())
                .unwrap_or_default(),
        };
        let answer = self.client.list_filings(request).await?.into_inner();
        let people = answer.people.into_iter();
        let people = people.map(|of| Ok((of.psn_no, all_told(of.filings)?)));
        Ok(FilingsAnswer {
            people: people.collect::<Result<_, Status>>()?,
            next: answer.next,
        })
    }

    /// A page of emergencies that wait for a review.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn emergencies(
        &mut self,
        after: Option<(RegionCode, SettlementId)>,
        limit: u32,
    ) -> Result<Vec<EmergencyAnswer>, Status> {
        let (region, settlement) = after.unzip();
        let request = v1::ListEmergenciesRequest {
            after_treatment: region.map(|region| region.to_string()).unwrap_or_default(),
            after_settlement: settlement.map(|id| id.to_string()).unwrap_or_default(),
            limit,
        };
        let answer = self.client.list_emergencies(request).await?.into_inner();
        let read = answer.emergencies.into_iter().map(emergency);
        read.collect::<Result<_, _>>().map_err(unreadable)
    }

    /// Reviews an emergency; the settlement that rests on it.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn review(
        &mut self,
        request: RequestId,
        treatment: RegionCode,
        settlement: SettlementId,
        finding: EmergencyFinding,
    ) -> Result<EmergencyAnswer, Status> {
        use v1::review_emergency_request::Finding;
        let finding = match finding {
            EmergencyFinding::Accepted => Finding::Accepted(v1::Accepted {}),
            EmergencyFinding::Rejected(doubt) => Finding::Rejected(doubt_to_wire(doubt)),
        };
        let request = v1::ReviewEmergencyRequest {
            request_id: request.to_string(),
            treatment: treatment.to_string(),
            settlement: settlement.to_string(),
            finding: Some(finding),
        };
        let answer = self.client.review_emergency(request).await?.into_inner();
        let path = Path::root("emergency");
        let seen = path.required(answer.emergency).and_then(emergency);
        seen.map_err(unreadable)
    }
}

/// An answer that cannot be read is told as the node's internal error.
fn unreadable(fault: WireFault) -> Status {
    Status::internal(fault.to_string())
}

fn told(filing: v1::Filing, path: Path<'_>) -> Result<FilingTold, WireFault> {
    filing_from_wire(Some(filing), path)
}

fn all_told(filings: Vec<v1::Filing>) -> Result<Vec<FilingTold>, Status> {
    let path = Path::root("filings");
    let read = filings.into_iter().enumerate();
    let read = read.map(|(nth, filing)| told(filing, path.item(nth)));
    read.collect::<Result<_, _>>().map_err(unreadable)
}

fn emergency(seen: v1::Emergency) -> Result<EmergencyAnswer, WireFault> {
    let path = Path::root("emergency");
    let amounts = seen.amounts.into_iter().map(|amount| {
        let fund = fund_from_wire(amount.fund, path.field("fund"))?;
        Ok((fund, amount.amount_fen))
    });
    let at = Timestamp::from_millis(seen.settled_at_ms);
    Ok(EmergencyAnswer {
        treatment: seen.treatment,
        settlement: seen.settlement,
        psn_no: seen.psn_no,
        institution: seen.institution,
        visit: seen.visit,
        admitted: seen.admitted,
        discharged: seen.discharged,
        amounts: amounts.collect::<Result<_, WireFault>>()?,
        patient_fen: seen.patient_fen,
        settled_at: at.map_err(|fault| path.field("settled_at_ms").wrong(fault))?,
        filing_matters: seen.filing_matters,
        true_up: true_up_from_wire(seen.true_up, path)?,
    })
}
