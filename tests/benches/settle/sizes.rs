//! How large the messages of one settlement are, measured on a real one.

use std::fmt;
use std::str::FromStr;

use huitong_core::canonical::Artifact as _;
use huitong_proto::settlement::v1 as settlement;
use huitong_tests::hospital::{Hospital, request};
use huitong_tests::peer::{Peer, institution};
use huitong_tests::register::{CHENGDU, NINGBO};
use huitong_tests::world::World;
use prost::Message as _;

/// Bytes of a request and of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) request: usize,
    pub(crate) answer: usize,
}

/// The three calls of a settlement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) settle: Call,
    pub(crate) snapshot: Call,
    pub(crate) commit: Call,
}

impl Sizes {
    /// Settles a bill and takes its messages' measure.
    pub(crate) async fn measured(
        world: &World,
        hospital: &Hospital,
        bill: settlement::Bill,
    ) -> Self {
        let snapshot = Peer::of(world, &CHENGDU, &NINGBO)
            .snapshot(&NINGBO, 0)
            .await;
        let version = settlement::Version {
            incarnation: snapshot.version.incarnation,
            change: snapshot.version.change,
        };
        let snapshot = settlement::SnapshotResponse {
            snapshot: snapshot.to_bytes(),
            signed: Vec::new(),
        };
        let sent = request("measured", bill.clone());
        let settled = hospital.settle_once(sent.clone()).await.unwrap();
        let asked = settlement::SnapshotRequest {
            person: bill.person.clone(),
            credential: bill.credential.clone(),
            institution: Some(institution(&CHENGDU)),
            visit: bill.visit.clone(),
            receipts_held: 1,
            sign: false,
        };
        let split = |line: &settlement::LineShare| settlement::SplitLine {
            number: line.number,
            parts: line.parts,
            tags: Vec::new(),
        };
        let decision = settled.decision.clone().unwrap();
        let committed = settlement::CommitRequest {
            settlement: settled.settlement.clone(),
            claim: Some(settlement::Claim {
                institution: asked.institution.clone(),
                person: bill.person,
                visit: bill.visit,
                lines: settled.lines.iter().map(split).collect(),
                catalogue: decision.catalogue.clone(),
                given_fen: bill.given_fen,
            }),
            version: Some(version),
            decision: Some(decision),
            receipts_held: 1,
            provisional: Vec::new(),
        };
        let receipt = settled.receipt.clone().unwrap();
        let receipt = settlement::CommitResponse {
            outcome: Some(settlement::commit_response::Outcome::Receipt(receipt)),
        };
        let answer = settlement::SettleResponse {
            settlement: Some(settled),
        };
        let call = |request, answer| Call { request, answer };
        Self {
            settle: call(sent.encoded_len(), answer.encoded_len()),
            snapshot: call(asked.encoded_len(), snapshot.encoded_len()),
            commit: call(committed.encoded_len(), receipt.encoded_len()),
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            settle,
            snapshot,
            commit,
        } = self;
        write!(
            f,
            "bytes: settle {} → {}, snapshot {} → {}, commit {} → {}",
            settle.request,
            settle.answer,
            snapshot.request,
            snapshot.answer,
            commit.request,
            commit.answer
        )
    }
}

/// `request,answer` of the three calls, as a server is told them.
impl FromStr for Sizes {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all: Vec<usize> = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let call = |nth: usize| Call {
            request: all[nth],
            answer: all[nth + 1],
        };
        Ok(Self {
            settle: call(0),
            snapshot: call(2),
            commit: call(4),
        })
    }
}

impl Sizes {
    /// As a server is told them.
    pub(crate) fn told(&self) -> String {
        let calls = [self.settle, self.snapshot, self.commit];
        let sizes: Vec<String> = calls
            .iter()
            .flat_map(|call| [call.request, call.answer])
            .map(|size| size.to_string())
            .collect();
        sizes.join(",")
    }
}
