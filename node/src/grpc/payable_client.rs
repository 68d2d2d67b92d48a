//! A client for payables: what is asked and what is answered, as values.

use huitong_core::date::Timestamp;
use huitong_core::institution::InstitutionCode;
use huitong_core::payable::{Month, Payout};
use huitong_core::vocabulary::CorrectionReason;
use huitong_proto::conversion::payable::{payout_from_wire, payout_reason_to_wire, payout_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::payable_service_client::PayableServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use crate::payables::AboveDue;

/// Connected to the node of the own region.
#[derive(Debug)]
pub struct PayableClient {
    client: PayableServiceClient<Channel>,
}

/// What is owed to an institution for a month.
#[derive(Debug, Clone)]
pub struct PayableTold {
    /// The institution.
    pub institution: InstitutionCode,
    /// The month.
    pub month: String,
    /// How many and how much in fen, each: settled, reversed, deducted, and deductions that ended.
    pub counted: [(u64, i64); 4],
    /// How many lines for other regions were confirmed and how much was left to be paid for them, and how many wait.
    pub applied: (u64, i64, u64),
    /// What is due, paid, and remains, in fen.
    pub due: (i64, i64, i64),
    /// Until when it is to be paid.
    pub due_by: String,
    /// So many days it is late.
    pub days_late: u32,
    /// What was paid.
    pub payouts: Vec<Payout>,
}

/// What is owed for a month.
#[derive(Debug, Clone)]
pub struct PayablesTold {
    /// By institution.
    pub payables: Vec<PayableTold>,
    /// When the node was restored, if it was: payments entered shortly before may be missing.
    pub restored: Option<Timestamp>,
}

impl PayableClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            PayableServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// What is owed for a month, to one institution or to all.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn all(
        &mut self,
        month: &Month,
        institution: Option<InstitutionCode>,
    ) -> Result<PayablesTold, Status> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let request = v1::ListPayablesRequest {
                month: month.to_string(),
                institution: institution.map(|it| it.to_string()).unwrap_or_default(),
                after: after.clone(),
            };
            let page = self.client.list(request).await?.into_inner();
            for told in page.payables {
                all.push(required(Some(told))?);
            }
            // A next page begins later than this one, or the list would never end.
            if page.next <= after {
                return Ok(PayablesTold {
                    payables: all,
                    restored: restored_at(page.restored_ms)?,
                });
            }
            after = page.next;
        }
    }

    /// Enters a payment.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn pay(&mut self, payout: &Payout, above: AboveDue) -> Result<PayableTold, Status> {
        let request = v1::PayInstitutionRequest {
            payout: Some(payout_to_wire(payout)),
            above_due: above == AboveDue::Meant,
        };
        required(self.client.pay(request).await?.into_inner().payable)
    }

    /// Takes a payment out.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn correct(
        &mut self,
        payout: &Payout,
        reason: CorrectionReason,
    ) -> Result<PayableTold, Status> {
        let request = v1::CorrectPayoutRequest {
            payout: Some(payout_to_wire(payout)),
            reason: payout_reason_to_wire(reason),
        };
        required(self.client.correct(request).await?.into_inner().payable)
    }
}

fn restored_at(millis: i64) -> Result<Option<Timestamp>, Status> {
    if millis == 0 {
        return Ok(None);
    }
    let at = Timestamp::from_millis(millis);
    at.map(Some)
        .map_err(|error| Status::internal(error.to_string()))
}

fn required(told: Option<v1::Payable>) -> Result<PayableTold, Status> {
    let path = Path::root("payable");
    let told = path.required(told).and_then(|told| read(told, path));
    told.map_err(|fault| Status::internal(fault.to_string()))
}

fn read(told: v1::Payable, path: Path<'_>) -> Result<PayableTold, WireFault> {
    let payouts = told.payouts.into_iter();
    let payouts = payouts.map(|payout| payout_from_wire(Some(payout), path));
    Ok(PayableTold {
        institution: path.parse(&told.institution, InstitutionCode::parse)?,
        month: told.month,
        counted: [
            (told.settled, told.settled_fen),
            (told.reversed, told.reversed_fen),
            (told.deducted, told.deducted_fen),
            (told.ended, told.ended_fen),
        ],
        applied: (told.applied, told.applied_fen, told.waiting),
        due: (told.due_fen, told.paid_fen, told.remains_fen),
        due_by: told.due_by,
        days_late: told.days_late,
        payouts: payouts.collect::<Result<_, _>>()?,
    })
}
