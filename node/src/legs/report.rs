//! Reporting legs and closed days to the clearinghouse.
//!
//! No leg leaves before its record is synced: what is read here comes from the journal. The clearinghouse
//! takes only the next number, and says how far it is; a lost answer therefore costs one question. It is asked again
//! from time to time, also when there is nothing to report: restored from a backup, it holds less than it said, and
//! days that it had counted as closed are told again. A day of which it holds all is told also when it takes no more legs.

mod own_stream;

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{LARGEST_LEG, NumberedLeg};
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::clearing::v1::{
    self, CloseDayRequest, ReportLegsRequest, StreamPositionRequest,
};
use huitong_proto::conversion::leg::{deduction_of_to_wire, leg_to_wire};
use huitong_proto::conversion::refusal::refusal_of_details;
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::Channel;

pub use self::own_stream::RegainedStream;
use super::stream::told_from;
use crate::chance::{Chance, jittered};
use crate::ledger::{Holder, Ledger, RecordsGone};
use crate::store::{Key, Row, Rows, StoreError, Stream, StreamHead, Table, incarnation};

/// Legs of one report.
const BATCH: usize = 4_096;
/// Closed days that are told again after a start.
const DAYS_AT_MOST: usize = 4_096;
/// After so long it is asked again how far the clearinghouse is.
const ASKED_AGAIN: Duration = Duration::from_secs(10);
/// The clearinghouse's code for a day whose cycle is cut off.
const CUT_OFF: &str = "cycle.cut_off";
/// The clearinghouse's code for a node whose incarnation it does not know.
const NOT_ASKED_FOR: &str = "stream.not_asked_for";
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How far the clearinghouse is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The highest number it holds.
    pub held: u64,
    /// The last day that it counts as closed, or has cut off.
    pub closed: Option<BusinessDay>,
    /// Its incarnation when it said so, and since when; 0 before it was asked.
    pub incarnation: (u32, i64),
    /// The last cycle that was attested to it since the start.
    pub attested: Option<Attested>,
    /// The first own leg that it does not take, while that is so: nothing after it is taken either.
    pub rejected: Option<Rejected>,
}

/// A leg that the clearinghouse does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its number in the own stream.
    pub number: u64,
    /// Why, by the clearinghouse's code.
    pub code: String,
    /// What is wrong with it.
    pub detail: String,
}

/// A cycle whose rows are attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attested {
    /// The cycle.
    pub day: BusinessDay,
    /// How many rows the own book has.
    pub rows: u64,
    /// How many rows are held otherwise.
    pub otherwise: u64,
}

/// What is needed to ask the clearinghouse anything.
pub(super) struct Way {
    pub(super) ledger: Arc<Ledger>,
    pub(super) channel: Channel,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) every: Duration,
    pub(super) within: Duration,
    pub(super) reported: watch::Sender<Reported>,
}

/// The way to the clearinghouse.
pub struct Reporter {
    ledger: Arc<Ledger>,
    channel: Channel,
    chance: Arc<dyn Chance>,
    every: Duration,
    within: Duration,
    reported: watch::Sender<Reported>,
}

/// Why a round of reporting failed.
#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Call(String),
    #[error("the clearinghouse holds legs that this node's journal does not have ({0})")]
    Beyond(#[from] RecordsGone),
    #[error("the clearinghouse does not take leg {}: {}, {}", .0.number, .0.code, .0.detail)]
    Rejected(Rejected),
}

impl Rejected {
    fn of(rejected: v1::RejectedLeg) -> Self {
        let refusal = rejected.refusal.unwrap_or_default();
        Self {
            number: rejected.number,
            code: refusal.code,
            detail: refusal.detail,
        }
    }
}

impl From<Status> for ReportError {
    fn from(status: Status) -> Self {
        Self::Call(
            TransportError::of(&status)
                .map_or_else(|| status.to_string(), |error| error.to_string()),
        )
    }
}

impl Reporter {
    /// A reporter to the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(
        ledger: Arc<Ledger>,
        endpoint: &str,
        dialer: &Dialer,
        chance: Arc<dyn Chance>,
        every: Duration,
    ) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let reported = watch::Sender::new(Reported {
            held: 0,
            closed: None,
            incarnation: (0, 0),
            attested: None,
            rejected: None,
        });
        Ok(Self {
            ledger,
            channel,
            chance,
            every,
            within: dialer.limits().call_deadline,
            reported,
        })
    }

    /// What it asks the clearinghouse with.
    pub(super) fn way(&self) -> Way {
        Way {
            ledger: Arc::clone(&self.ledger),
            channel: self.channel.clone(),
            chance: Arc::clone(&self.chance),
            every: self.every,
            within: self.within,
            reported: self.reported.clone(),
        }
    }

    /// How far the clearinghouse is, now and later.
    #[must_use]
    pub fn reported(&self) -> watch::Receiver<Reported> {
        self.reported.subscribe()
    }

    /// Reports until told to stop. After a failure it asks anew how far the clearinghouse is, later and
    /// later.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut wait = self.every;
        // What it holds, and when it was last asked.
        let mut known: Option<(u64, Instant)> = None;
        loop {
            let round = async {
                let (from, asked) = match known {
                    Some((held, asked)) if asked.elapsed() < ASKED_AGAIN => (held, asked),
                    Some(_) | None => (self.position().await?, Instant::now()),
                };
                Ok((self.report(from).await?, asked))
            };
            let outcome: Result<_, ReportError> = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                outcome = round => outcome,
            };
            match outcome {
                Ok(now) => {
                    known = Some(now);
                    wait = self.every;
                }
                Err(error) => {
                    tracing::warn!(%error, "legs were not reported");
                    known = None;
                    wait = wait.saturating_mul(2).min(LONGEST_WAIT);
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
        }
    }

    fn client(&self) -> ClearingServiceClient<Channel> {
        ClearingServiceClient::new(self.channel.clone())
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }

    async fn position(&self) -> Result<u64, ReportError> {
        let mut answer = self.ask_position().await?;
        if let Err(status) = &answer
            && is_refused_as(status, NOT_ASKED_FOR)
        {
            self.ask_for_stream().await?;
            answer = self.ask_position().await?;
        }
        let v1::StreamPositionResponse {
            held,
            incarnation,
            restored_at_ms,
        } = answer?;
        let incarnation = (incarnation, restored_at_ms);
        self.reported.send_modify(|reported| {
            if reported.incarnation != incarnation {
                (reported.incarnation, reported.closed) = (incarnation, None);
            }
        });
        Ok(held)
    }

    async fn ask_position(
        &self,
    ) -> Result<Result<v1::StreamPositionResponse, Status>, ReportError> {
        let mut client = self.client();
        let incarnation = incarnation(&*self.ledger)?;
        let request = StreamPositionRequest { incarnation };
        let answer = call_within(self.within, request, |request| {
            client.stream_position(request)
        });
        Ok(answer.await.map(tonic::Response::into_inner))
    }

    /// The last number of the own stream.
    fn written(&self) -> Result<u64, StoreError> {
        let head = self.ledger.stream(Stream::Legs)?;
        Ok(head.unwrap_or(StreamHead::EMPTY).written)
    }

    /// The last number of the own stream, which is no lower than what the clearinghouse holds.
    fn has_as_many(&self, held: u64) -> Result<u64, ReportError> {
        let written = self.written()?;
        self.ledger
            .others_hold(Holder::Clearinghouse, held, written)?;
        Ok(written)
    }

    /// Asks how far the clearinghouse is, and whether the journal has as much.
    ///
    /// # Errors
    /// Why that is not known; that records are gone is known to the ledger then.
    pub async fn look(&self, within: Duration) -> Result<(), String> {
        let looked = async { self.has_as_many(self.position().await?) };
        match tokio::time::timeout(within, looked).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it did not answer in time".to_owned()),
        }
    }

    /// Reports all there is from a number on, then the days that are closed; how far the clearinghouse is.
    async fn report(&self, mut held: u64) -> Result<u64, ReportError> {
        let written = self.has_as_many(held)?;
        let told = self.tell(&mut held, written).await;
        // Also when no more is taken: what is held may be all of a day.
        self.reported.send_modify(|reported| {
            reported.held = held;
            match &told {
                Ok(()) => reported.rejected = None,
                Err(ReportError::Rejected(rejected)) => {
                    reported.rejected = Some(rejected.clone());
                }
                // Not told: it is as it was.
                Err(ReportError::Store(_) | ReportError::Call(_) | ReportError::Beyond(_)) => {}
            }
        });
        let closed = self.close_days(held).await;
        told.and(closed)?;
        Ok(held)
    }

    /// Tells all legs that are written and not held, and keeps account of what is held.
    async fn tell(&self, held: &mut u64, written: u64) -> Result<(), ReportError> {
        while *held < written {
            let (legs, said) = told_from(&self.ledger, held.saturating_add(1), BATCH)?;
            if legs.is_empty() {
                // Appended and not synced yet: the next round has them.
                break;
            }
            let large = legs.iter().filter(|leg| leg.leg.is_too_large());
            for NumberedLeg { number, leg, .. } in large {
                let (settlement, amount) = (leg.settlement, leg.amount);
                tracing::error!(number, %settlement, %amount, most = %LARGEST_LEG,
                    "a leg is of more than is ever netted: look at the settlement, and reverse it");
            }
            let request = ReportLegsRequest {
                legs: legs.iter().map(leg_to_wire).collect(),
                incarnation: incarnation(&*self.ledger)?,
                deductions: said.iter().map(deduction_of_to_wire).collect(),
            };
            let mut client = self.client();
            let answer =
                call_within(self.within, request, |request| client.report_legs(request)).await?;
            let answer = answer.into_inner();
            let now = answer.held;
            if let Some(rejected) = answer.rejected {
                *held = now.max(*held);
                return Err(ReportError::Rejected(Rejected::of(rejected)));
            }
            if now <= *held {
                return Err(ReportError::Call(format!(
                    "the clearinghouse stays at {held}"
                )));
            }
            *held = now;
        }
        Ok(())
    }

    async fn close_days(&self, held: u64) -> Result<(), ReportError> {
        let told = self.reported.borrow().closed;
        // A mark that was told stands: a day that is closed and not on disk is told by a later round (PROTOCOL 12).
        let last = self.ledger.on_disk().last_closed_day()?;
        let last = last.map(|row| row.day);
        if last.is_none() || last <= told {
            return Ok(());
        }
        for (key, row) in self.ledger.scan(Table::ClosedDay, DAYS_AT_MOST)? {
            let (Key::ClosedDay(day), Row::ClosedDay(closed)) = (key, row) else {
                continue;
            };
            if told.is_some_and(|told| day <= told) || Some(day) > last || closed.up_to > held {
                continue;
            }
            let request = CloseDayRequest {
                business_day: day.to_string(),
                up_to: closed.up_to,
                incarnation: incarnation(&*self.ledger)?,
            };
            let mut client = self.client();
            let answer =
                call_within(self.within, request, |request| client.close_day(request)).await;
            let is_over = match answer {
                Ok(answer) => answer.into_inner().closed,
                // The day was closed after its cut-off at the deadline: what lies past its mark goes with the next
                // cycle, and the days after it are still to be told.
                Err(status) if is_refused_as(&status, CUT_OFF) => true,
                Err(status) => return Err(status.into()),
            };
            if is_over {
                self.reported
                    .send_modify(|reported| reported.closed = reported.closed.max(Some(day)));
            }
        }
        Ok(())
    }
}

/// Whether a call is refused with this code.
fn is_refused_as(status: &Status, code: &str) -> bool {
    refusal_of_details(status.details()).is_some_and(|refusal| refusal.code == code)
}
