//! A region as a source of legs: its own numbered stream, and what its node says to the clearinghouse of it, over a
//! connection with its own certificate. It knows nothing but what it wrote and what it was answered.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use huitong_certs::{Identity, SigningKey};
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::StreamReach;
use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::leg::NumberedLeg;
use huitong_core::record::clearing::DeductionOf;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_service_client::AttestationServiceClient;
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::conversion::leg::{deduction_of_to_wire, leg_to_wire};
use huitong_transport::{Dialer, refusal_code};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};
use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::Channel;

use crate::register::Place;
use crate::story::Line;
use crate::world::{Endpoint, World};

/// No node is restored here.
pub const INCARNATION: u32 = 1;
/// So many of them speak at the same time.
const AT_ONCE: usize = 24;

/// A region's side.
pub struct Source {
    pub place: Place,
    dialer: Dialer,
    endpoint: Endpoint,
    channel: Option<(String, Channel)>,
    pub key: SigningKey,
    pub chain: Vec<Vec<u8>>,
    pub stream: Vec<NumberedLeg>,
    /// Of which settlements it said that its deductions are, by number.
    pub said: BTreeMap<u64, SettlementId>,
    /// The highest number that the clearinghouse said it holds, which others see while it speaks.
    pub acknowledged: Arc<AtomicU64>,
    /// How far the stream is in proven cycles.
    pub reach: Option<StreamReach>,
    /// Nothing more of it is taken.
    pub is_suspended: bool,
}

/// One that is spoken for in a task of its own.
pub type Shared = Arc<Mutex<Source>>;

/// A source for each region.
pub fn all(world: &World, places: &[Place]) -> Vec<Shared> {
    let one = |place: &Place| {
        let issued = world.signing(place);
        let chain = issued.chain().iter().map(|der| der.to_vec());
        Arc::new(Mutex::new(Source {
            place: *place,
            dialer: world.dialer(&format!("/region/{}/node", place.code)),
            endpoint: world.endpoint.clone(),
            channel: None,
            key: SigningKey::from_pem(issued.key_pem().as_bytes()).unwrap(),
            chain: chain.collect(),
            stream: Vec::new(),
            said: BTreeMap::new(),
            acknowledged: Arc::default(),
            reach: None,
            is_suspended: false,
        }))
    };
    places.iter().map(one).collect()
}

/// Has each of them do something, many at the same time; answers in their order.
pub async fn each<A, F, Fut>(sources: &[Shared], work: F) -> Vec<A>
where
    A: Send + 'static,
    F: Fn(OwnedMutexGuard<Source>) -> Fut,
    Fut: Future<Output = A> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for (number, source) in sources.iter().enumerate() {
        let places = Arc::clone(&places);
        let work = work(Arc::clone(source).lock_owned().await);
        tasks.spawn(async move {
            let _place = places.acquire().await.unwrap();
            (number, work.await)
        });
    }
    let mut answers: Vec<_> = tasks.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The one of a region.
pub fn of(sources: &[Shared], places: &[Place], code: RegionCode) -> Shared {
    let at = places.iter().position(|place| place.code == code).unwrap();
    Arc::clone(&sources[at])
}

impl Source {
    pub async fn channel(&mut self) -> Result<Channel, Status> {
        let now = self.endpoint.now();
        if let Some((endpoint, channel)) = &self.channel
            && *endpoint == now
        {
            return Ok(channel.clone());
        }
        let connected = self.dialer.connect(&now, Identity::Clearinghouse).await;
        let channel = connected.map_err(|error| Status::unavailable(error.to_string()))?;
        self.channel = Some((now, channel.clone()));
        Ok(channel)
    }

    async fn clearing(&mut self) -> Result<ClearingServiceClient<Channel>, Status> {
        Ok(ClearingServiceClient::new(self.channel().await?))
    }

    /// Writes the next leg of its stream.
    pub fn writes(&mut self, line: Line) {
        assert_eq!(line.region, self.place.code);
        let number = self.written() + 1;
        let Line { side, leg, of, .. } = line;
        self.said.extend(of.map(|settlement| (number, settlement)));
        self.stream.push(NumberedLeg { number, side, leg });
    }

    /// How many legs it has written.
    pub fn written(&self) -> u64 {
        u64::try_from(self.stream.len()).unwrap()
    }

    fn held(&self) -> u64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    pub fn numbers(&self, from: u64, to: u64) -> &[NumberedLeg] {
        let place = |number: u64| usize::try_from(number).unwrap();
        &self.stream[place(from) - 1..place(to)]
    }

    /// Reports what is not acknowledged, in batches; some of them are sent twice. Nothing is taken while it is suspended.
    pub async fn reports(&mut self, batch: u64, twice_every: u64) -> Result<(), Status> {
        let end = self.written();
        if self.is_suspended {
            if self.held() < end {
                let request = self.report(self.held() + 1, end);
                let refused = self.clearing().await?.report_legs(request).await;
                let code = refused.err();
                let code = code.as_ref().and_then(refusal_code);
                assert_eq!(code, Some("stream.suspended"), "{}", self.place.code);
            }
            return Ok(());
        }
        self.reports_up_to(end, (batch, twice_every)).await
    }

    fn report(&self, from: u64, to: u64) -> v1::ReportLegsRequest {
        let said = self.said.range(from..=to);
        let deductions = said.map(|(number, settlement)| {
            deduction_of_to_wire(&DeductionOf {
                number: *number,
                settlement: *settlement,
            })
        });
        v1::ReportLegsRequest {
            legs: self.numbers(from, to).iter().map(leg_to_wire).collect(),
            incarnation: INCARNATION,
            deductions: deductions.collect(),
        }
    }

    /// Reports what is not acknowledged up to a number.
    pub async fn reports_up_to(
        &mut self,
        end: u64,
        (batch, twice_every): (u64, u64),
    ) -> Result<(), Status> {
        while self.held() < end {
            let from = self.held() + 1;
            let to = (self.held() + batch).min(end);
            let times = if from.is_multiple_of(twice_every) {
                2
            } else {
                1
            };
            for _ in 0..times {
                let request = self.report(from, to);
                let answer = self.clearing().await?.report_legs(request).await?;
                assert_eq!(answer.into_inner().held, to, "{}", self.place.code);
            }
            self.acknowledged.store(to, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Asks how much is held, as a node does that was answered nothing. It is at least what was acknowledged before.
    pub async fn finds_its_place(&mut self, acknowledged: u64) -> Result<(), String> {
        let held = self.position().await.unwrap();
        self.acknowledged.store(held, Ordering::SeqCst);
        if held >= acknowledged {
            return Ok(());
        }
        let code = self.place.code;
        Err(format!(
            "{code}: {acknowledged} legs were acknowledged and {held} are held"
        ))
    }

    /// How much of its stream is held.
    pub async fn position(&mut self) -> Result<u64, Status> {
        let request = v1::StreamPositionRequest {
            incarnation: INCARNATION,
        };
        let held = self.clearing().await?.stream_position(request).await?;
        Ok(held.into_inner().held)
    }

    /// Says that a day is complete with what is acknowledged.
    pub async fn closes(&mut self, day: BusinessDay) {
        let request = v1::CloseDayRequest {
            incarnation: INCARNATION,
            business_day: day.to_string(),
            up_to: self.held(),
        };
        let mut clearing = self.clearing().await.unwrap();
        let closed = clearing.close_day(request).await.unwrap().into_inner();
        assert!(closed.closed, "{} {day}", self.place.code);
    }

    /// Its own book, from a number on.
    pub fn book(&self, from: u64) -> LegBook {
        let end = self.written();
        let legs = if from > end {
            Vec::new()
        } else {
            self.numbers(from, end).to_vec()
        };
        LegBook::new(self.place.code, from, legs).unwrap()
    }
}

/// The runs of numbers that a cycle may take; none when the region is asked for nothing.
pub async fn window(
    client: &mut AttestationServiceClient<Channel>,
    day: BusinessDay,
) -> Option<Vec<(u64, u64)>> {
    let (mut bounds, mut except, mut after) = (None, Vec::new(), 0);
    loop {
        let request = v1::GetWindowRequest {
            incarnation: INCARNATION,
            after,
        };
        let page = client.get_window(request).await.unwrap().into_inner();
        if page.business_day.is_empty() {
            return None;
        }
        assert_eq!(page.business_day, day.to_string());
        bounds.get_or_insert((page.from, page.to));
        except.extend(page.except.iter().map(|run| (run.first, run.last)));
        after = page.next;
        if after == 0 {
            break;
        }
    }
    let (from, to) = bounds?;
    // Up to the mark before, the exceptions are what may be taken; after it, what may not.
    let (mut runs, without): (Vec<_>, Vec<_>) =
        except.into_iter().partition(|(first, _)| *first <= from);
    let mut next = from + 1;
    for (first, last) in without.into_iter().chain([(to + 1, to)]) {
        if first > next {
            runs.push((next, first - 1));
        }
        next = last + 1;
    }
    Some(runs)
}
