//! What each bad request gets: a stable code, a word on whether sending again helps, advice in both
//! languages, and nothing half-written. All of them are about one person; in the end a correct bill of that
//! person settles as that of a twin who never sent a bad one.

mod bad_bills;
mod bad_ids;
mod sent;

use std::collections::BTreeMap;

use huitong_core::coverage::Snapshot;
use huitong_proto::settlement::v1 as settlement;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::patience;
use huitong_tests::peer::Peer;
use huitong_tests::register::{CHENGDU, DESKS, Desk, NINGBO, SHANGHAI};
use huitong_tests::start;
use huitong_tests::world::World;
use prost::Message as _;

use sent::{PERSON, Row, STANDING, SeenBy, Sent, TWIN};

/// All that a bad request could leave behind.
#[derive(Debug, PartialEq)]
struct Traces {
    home: settlement::NodeStatusResponse,
    treatment: settlement::NodeStatusResponse,
    person: Snapshot,
    twin: Snapshot,
    standing: Vec<u8>,
}

/// Who looks, with what the world has.
struct Bench {
    hospitals: BTreeMap<Desk, Hospital>,
    home: RegionOfficer,
    treatment: RegionOfficer,
    witness: Peer,
}

impl Bench {
    fn of(world: &World) -> Self {
        let hospital = |desk: Desk| (desk, Hospital::of(world, &CHENGDU, desk));
        Self {
            hospitals: DESKS.into_iter().map(hospital).collect(),
            home: RegionOfficer::of(world, &NINGBO),
            treatment: RegionOfficer::of(world, &CHENGDU),
            witness: Peer::of(world, &SHANGHAI, &NINGBO),
        }
    }

    async fn traces(&self) -> Traces {
        let standing = self.hospitals[&Desk::Three].get(STANDING).await.unwrap();
        Traces {
            home: self.home.status().await.unwrap(),
            treatment: self.treatment.status().await.unwrap(),
            person: self.witness.snapshot(&NINGBO, PERSON).await,
            twin: self.witness.snapshot(&NINGBO, TWIN).await,
            standing: standing.encode_to_vec(),
        }
    }

    /// What is wrong with the answer to a row; empty when it is as it must be.
    async fn faults(&self, row: &Row, id: &str) -> Vec<String> {
        let mut sent = Sent::of(PERSON, id);
        (row.spoil)(&mut sent);
        let hospital = &self.hospitals[&sent.desk];
        let mut answers = Vec::new();
        if row.seen_by == SeenBy::Estimate {
            let estimated = hospital.estimate(sent.request.bill.clone().unwrap()).await;
            answers.push(("estimate", estimated.map(|_| ())));
        }
        answers.push((
            "settle",
            hospital.settle_once(sent.request).await.map(|_| ()),
        ));
        let mut faults = Vec::new();
        for (call, answer) in answers {
            match answer {
                Ok(()) => faults.push(format!("{call} is not refused")),
                Err(refused) => {
                    let is_told = refused.code == row.code
                        && refused.again == row.again
                        && refused.detail.contains(row.names);
                    if !is_told {
                        faults.push(format!(
                            "{call}: {refused:?}, expected {} {:?}",
                            row.code, row.names
                        ));
                    }
                }
            }
        }
        let left = hospital
            .get(id)
            .await
            .map(|_| ())
            .map_err(|refused| refused.code);
        if left != Err("settlement.not_found".to_owned()) {
            faults.push(format!("something stands under {id}: {left:?}"));
        }
        faults
    }
}

#[tokio::test]
async fn each_bad_request_gets_its_refusal_and_leaves_nothing() {
    let world = start::start(&[&NINGBO, &CHENGDU, &SHANGHAI]).await;
    let bench = Bench::of(&world);
    let three = &bench.hospitals[&Desk::Three];
    let twin = three
        .settle_once(Sent::of(TWIN, STANDING).request)
        .await
        .unwrap();
    let before = settled_traces(&bench).await;
    let mut faults = Vec::new();
    let rows = bad_bills::ROWS.iter().chain(bad_ids::ROWS);
    for (number, row) in rows.enumerate() {
        let id = format!("bad-{number}");
        for fault in bench.faults(row, &id).await {
            faults.push(format!("{}: {fault}", row.what));
        }
        let after = bench.traces().await;
        if after != before {
            faults.push(format!("{}: left traces\n{before:?}\n{after:?}", row.what));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );

    // The first bad id was never used up, and the person is as good as the twin.
    let settled = three
        .settle_once(Sent::of(PERSON, "bad-0").request)
        .await
        .unwrap();
    assert_eq!(without_digest(&settled), without_digest(&twin));
    let paid = &settled.receipt.as_ref().unwrap().amounts;
    // 18,000 + 90 % of 2,000 in scope, 1,200 borne first, 70 % of the rest.
    assert_eq!(
        paid.iter().map(|paid| paid.amount_fen).collect::<Vec<_>>(),
        [1_302_000]
    );
    world.stop_all().await;
}

/// The traces, once the twin's legs are with the clearinghouse and its receipt is acknowledged: these move
/// by themselves.
async fn settled_traces(bench: &Bench) -> Traces {
    patience::until("the legs of the twin's settlement", async || {
        let traces = bench.traces().await;
        let reported = |status: &settlement::NodeStatusResponse| {
            status.legs_written == 1 && status.legs_held == 1 && status.receipts_undelivered == 0
        };
        (reported(&traces.home) && reported(&traces.treatment)).then_some(traces)
    })
    .await
}

/// The decision but for its digest, which covers the visit's number.
fn without_digest(settled: &settlement::Settlement) -> settlement::Decision {
    let decision = settled.decision.clone().unwrap();
    settlement::Decision {
        digest: Vec::new(),
        ..decision
    }
}
