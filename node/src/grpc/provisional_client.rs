//! An officer's client for provisional settlements: what is asked and what is answered, as values.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::ProvisionalStanding as Standing;
use huitong_proto::settlement::v1::provisional_service_client::ProvisionalServiceClient;
use huitong_transport::{ClientError, ClientOptions};
use tonic::Status;
use tonic::transport::Channel;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct ProvisionalClient {
    client: ProvisionalServiceClient<Channel>,
}

/// What became of a provisional settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// The home region has not answered yet.
    Open,
    /// The home region booked it.
    TruedUp,
    /// The home region finally refused it.
    Borne,
    /// It was trued up, and reversed since.
    Reversed,
    /// It was taken back before the home region booked it.
    TakenBack,
}

/// A settlement that was made here while the home region could not be reached.
#[derive(Debug, Clone)]
pub struct GivenTold {
    /// Its id.
    pub settlement: SettlementId,
    /// The institution, and its own id.
    pub institution: (String, String),
    /// The home region, and the person's number there.
    pub person: (RegionCode, String),
    /// When it was settled provisionally.
    pub settled_at: Timestamp,
    /// What the patient was asked for.
    pub told: Fen,
    /// What funds and accounts were to pay.
    pub advanced: Fen,
    /// What became of it.
    pub stands: Stands,
    /// To the fen, with the business day of the home region's word.
    pub true_up: Option<(TrueUp, BusinessDay)>,
}

/// A settlement of one of the region's insured that had been provisional elsewhere.
#[derive(Debug, Clone)]
pub struct TruedUpTold {
    /// The treatment region.
    pub treatment: RegionCode,
    /// Its id of the settlement.
    pub settlement: SettlementId,
    /// The institution.
    pub institution: String,
    /// The insured person's number.
    pub psn_no: String,
    /// The business day that it was booked on.
    pub business_day: BusinessDay,
    /// What became of it.
    pub stands: Stands,
    /// To the fen.
    pub true_up: TrueUp,
}

/// Where a page of what was trued up ends.
pub type Place = (RegionCode, SettlementId);

impl ProvisionalClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = ProvisionalServiceClient::new(channel);
        Ok(Self { client })
    }

    /// A page of what was settled provisionally here, and after which the next begins.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn given(
        &mut self,
        after: Option<SettlementId>,
        limit: u32,
    ) -> Result<(Vec<GivenTold>, Option<SettlementId>), Status> {
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let request = v1::ListGivenRequest { after, limit };
        let page = self.client.list_given(request).await?.into_inner();
        let read = || -> Result<_, WireFault> {
            let given = page.given.iter().map(given);
            let next = Path::root("next").optional(&page.next, SettlementId::parse)?;
            Ok((given.collect::<Result<_, _>>()?, next))
        };
        read().map_err(|fault| Status::internal(fault.to_string()))
    }

    /// A page of what was trued up for the region's insured, and after which the next begins.
    ///
    /// # Errors
    /// As [`ProvisionalClient::given`].
    pub async fn trued_up(
        &mut self,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<TruedUpTold>, Option<Place>), Status> {
        let (region, settlement) = after
            .map(|(region, settlement)| (region.to_string(), settlement.to_string()))
            .unwrap_or_default();
        let request = v1::ListTruedUpRequest {
            after_region: region,
            after_settlement: settlement,
            limit,
        };
        let page = self.client.list_trued_up(request).await?.into_inner();
        let read = || -> Result<_, WireFault> {
            let all = page.trued_up.iter().map(trued_up);
            let region = Path::root("next").optional(&page.next_region, RegionCode::parse)?;
            let next = Path::root("next").optional(&page.next_settlement, SettlementId::parse)?;
            Ok((all.collect::<Result<_, _>>()?, region.zip(next)))
        };
        read().map_err(|fault| Status::internal(fault.to_string()))
    }
}

fn given(of: &v1::GivenProvisionally) -> Result<GivenTold, WireFault> {
    let path = Path::root("given");
    let settled_at = Timestamp::from_millis(of.settled_ms);
    let told = path.fen(of.cash_told_fen)?;
    let true_up = match &of.true_up {
        None => None,
        Some(true_up) => Some((to_core(true_up, told, path)?, day(&of.business_day, path)?)),
    };
    Ok(GivenTold {
        settlement: path.parse(&of.settlement, SettlementId::parse)?,
        institution: (of.institution.clone(), of.request_id.clone()),
        person: (
            path.parse(&of.home_region, RegionCode::parse)?,
            of.psn_no.clone(),
        ),
        settled_at: settled_at.map_err(|error| path.wrong(error))?,
        told,
        advanced: path.fen(of.advanced_fen)?,
        stands: stands(of.standing(), path)?,
        true_up,
    })
}

fn trued_up(of: &v1::TruedUpHere) -> Result<TruedUpTold, WireFault> {
    let path = Path::root("trued_up");
    let told = path.fen(of.cash_told_fen)?;
    let true_up = path.required(of.true_up.as_ref())?;
    Ok(TruedUpTold {
        treatment: path.parse(&of.treatment_region, RegionCode::parse)?,
        settlement: path.parse(&of.settlement, SettlementId::parse)?,
        institution: of.institution.clone(),
        psn_no: of.psn_no.clone(),
        business_day: day(&of.business_day, path)?,
        stands: stands(of.standing(), path)?,
        true_up: to_core(true_up, told, path)?,
    })
}

fn stands(standing: Standing, path: Path<'_>) -> Result<Stands, WireFault> {
    Ok(match standing {
        Standing::Open => Stands::Open,
        Standing::TruedUp => Stands::TruedUp,
        Standing::Borne => Stands::Borne,
        Standing::Reversed => Stands::Reversed,
        Standing::TakenBack => Stands::TakenBack,
        Standing::Unspecified => return Err(path.field("standing").missing()),
    })
}

fn day(text: &str, path: Path<'_>) -> Result<BusinessDay, WireFault> {
    path.field("business_day").parse(text, BusinessDay::parse)
}

/// A true-up beside which nobody says again what was told: what the patient pays, and what is given back.
pub(super) fn true_up_from_wire(
    of: Option<v1::TrueUp>,
    path: Path<'_>,
) -> Result<Option<TrueUp>, WireFault> {
    let Some(of) = of else {
        return Ok(None);
    };
    let told = of.patient_fen.saturating_add(of.refund_fen);
    to_core(&of, path.fen(told)?, path).map(Some)
}

fn to_core(of: &v1::TrueUp, told: Fen, path: Path<'_>) -> Result<TrueUp, WireFault> {
    Ok(TrueUp {
        told,
        decided: path.fen(of.cash_decided_fen)?,
        patient: path.fen(of.patient_fen)?,
        refund: path.fen(of.refund_fen)?,
        home_bears: path.fen(of.home_bears_fen)?,
        treatment_bears: path.fen(of.treatment_bears_fen)?,
    })
}
