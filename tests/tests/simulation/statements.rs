//! Each region takes its own part of each cycle and its own book home, and verifies there, with the root alone, that they
//! tie: no server is asked then.
//!
//! Left out: statements of members with several regions, receipts of single settlements, and what a region does that
//! finds something wrong.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact as _;
use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::witness::StreamReach;
use huitong_core::leg::Leg;
use huitong_netting::statement::{RegionPart, StatedRow, compare};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::leg_book_service_client::LegBookServiceClient;
use huitong_proto::clearing::v1::proof_service_client::ProofServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::leg_from_wire;
use huitong_transport::call_within;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tonic::transport::Channel;

use crate::callers::{Officers, PATIENCE, clock, code, to_node, until};
use crate::certificates::Certificates;
use crate::leg_book::legs_of;
use crate::party::clearing_endpoint;
use crate::register::region;
use crate::saboteurs::Saboteur;

/// What a region found in its part of a cycle.
#[derive(Debug, Clone)]
pub struct Verified {
    pub region: usize,
    pub day: String,
    /// What does not hold.
    pub faults: Vec<String>,
    /// The legs that are netted by it, of both sides; none where the cycle took nothing of the region.
    pub legs: Vec<Leg>,
}

/// What all regions found.
#[derive(Debug, Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<Verified>>>);

impl Statements {
    pub fn all(&self) -> Vec<Verified> {
        self.0.lock().unwrap().clone()
    }

    /// Every region verifies each of these days in turn; the stories of what was not handed out.
    pub async fn verify(
        &self,
        days: &[String],
        regions: usize,
        (within, saboteur): (Duration, Option<Saboteur>),
    ) -> Vec<String> {
        let mut bureaus = JoinSet::new();
        for number in 0..regions {
            let (days, mut bureau) = (days.to_vec(), Bureau::of(number));
            bureaus.spawn_local(async move {
                let done = bureau.verify_all(&days, (within, saboteur)).await;
                done.map_err(|why| format!("{}: {why}", region(number)))
            });
        }
        let mut stories = Vec::new();
        while let Some(done) = bureaus.join_next().await {
            match done.unwrap() {
                Ok(verified) => self.0.lock().unwrap().extend(verified),
                Err(story) => stories.push(story),
            }
        }
        stories
    }
}

/// Somebody on the way takes a leg out of a part.
fn meddle(part: &mut Vec<u8>) {
    let Ok(read) = RegionPart::from_bytes(part) else {
        return;
    };
    let mut statement = read.statement().clone();
    if let Some(row) = statement.rows.first_mut() {
        row.legs.pop();
    }
    *part = RegionPart::new(statement).unwrap().to_bytes();
}

/// A region's bureau.
struct Bureau {
    number: usize,
    officers: Officers,
    legs: LegBookServiceClient<Channel>,
    proofs: ProofServiceClient<Channel>,
    reach: Option<StreamReach>,
}

impl Bureau {
    fn of(number: usize) -> Self {
        let certificates = Certificates::issued();
        let officer = to_node(&certificates.officer(number, 0, clock()), number);
        let node = certificates.peer(number, clock());
        let clearing = node.connect_lazy(&clearing_endpoint(), Identity::Clearinghouse);
        Self {
            number,
            officers: Officers::of(number),
            legs: LegBookServiceClient::new(officer),
            proofs: ProofServiceClient::new(clearing.unwrap()),
            reach: None,
        }
    }

    /// Takes the book and the parts home, verifies each, and waits until the node has looked at as many.
    async fn verify_all(
        &mut self,
        days: &[String],
        (within, saboteur): (Duration, Option<Saboteur>),
    ) -> Result<Vec<Verified>, String> {
        let book = until(within, async || self.book().await).await?;
        let mut all = Vec::new();
        for day in days {
            let mut part = until(within, async || self.part(day).await).await?;
            if saboteur == Some(Saboteur::MeddledPart) {
                meddle(&mut part);
            }
            all.push(self.verify(day, &part, &book));
        }
        let plans = u64::try_from(days.len()).unwrap();
        until(within, async || self.seen(plans).await).await?;
        Ok(all)
    }

    /// Whether the node has held so many plans against its book.
    async fn seen(&mut self, plans: u64) -> Result<(), String> {
        let status = self.officers.status().await;
        let witness = status.map_err(|status| code(&status))?.witness;
        match witness.map_or(0, |witness| witness.seen) {
            seen if seen >= plans => Ok(()),
            seen => Err(format!("{seen} of {plans} checkpoints are seen")),
        }
    }

    /// All legs of the region.
    async fn book(&mut self) -> Result<LegBook, String> {
        let status = self.officers.status().await;
        let written = status.map_err(|status| code(&status))?.legs_written;
        let legs = legs_of(&mut self.legs, written).await?;
        let legs = legs.iter();
        let legs = legs.map(|leg| leg_from_wire(leg, Path::root("leg")).unwrap());
        let book = LegBook::new(region(self.number), 1, legs.collect());
        book.map_err(|fault| fault.to_string())
    }

    /// What a cycle has of the region; no bytes where it took nothing of its stream.
    async fn part(&mut self, day: &str) -> Result<Vec<u8>, String> {
        let request = v1::FetchPartRequest {
            business_day: day.to_owned(),
        };
        let client = &mut self.proofs;
        let call = call_within(PATIENCE, request, |request| client.fetch_part(request));
        let mut pieces = call.await.map_err(|status| code(&status))?.into_inner();
        let all = async {
            let mut bytes = Vec::new();
            while let Some(piece) = pieces.message().await.map_err(|status| code(&status))? {
                bytes.extend(piece.part);
            }
            Ok::<_, String>(bytes)
        };
        let told = timeout(PATIENCE, all).await;
        told.unwrap_or_else(|_| Err(format!("the part of {day} takes too long")))
    }

    /// Holds a part against the root, against itself, against the part before and against the own book.
    fn verify(&mut self, day: &str, part: &[u8], book: &LegBook) -> Verified {
        let mut verified = Verified {
            region: self.number,
            day: day.to_owned(),
            faults: Vec::new(),
            legs: Vec::new(),
        };
        if part.is_empty() {
            return verified;
        }
        let part = match RegionPart::from_bytes(part) {
            Ok(part) => part,
            Err(fault) => {
                verified.faults.push(fault.to_string());
                return verified;
            }
        };
        let statement = part.statement();
        let own = region(self.number);
        if part.region() != Some(own) {
            let whose = format!("it is of {:?}", part.region());
            verified.faults.push(whose);
        }
        let trust = Certificates::issued().trust();
        let signed = of_clearinghouse::checkpoint(&statement.checkpoint, trust);
        let unsigned = signed.err().map(|fault| fault.to_string());
        let found = part.check().into_iter();
        let found = found.chain(part.follow(self.reach.as_ref()));
        let found = found.chain(compare(statement, std::slice::from_ref(book)));
        let found = found.map(|fault| fault.words().0);
        verified.faults.extend(unsigned.into_iter().chain(found));
        let rows = statement.rows.iter();
        verified.legs = rows.flat_map(StatedRow::whole_legs).collect();
        self.reach = part.reach();
        verified
    }
}
