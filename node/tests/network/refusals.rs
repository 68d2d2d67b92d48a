//! Every refusal that a bill can meet: a stable code, and nothing half-written.

use huitong_core::canonical::Artifact;
use huitong_core::coverage::Snapshot;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::name::Name;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::treatment_service_client::TreatmentServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::bills::{card, person, published, settle};
use crate::provisional::estimate;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

fn with(change: impl FnOnce(&mut v1::Bill)) -> v1::Bill {
    let mut bill = published("V1");
    change(&mut bill);
    bill
}

type Case = (&'static str, &'static str, v1::Bill);

/// Bills about somebody who is not paid for.
fn of_persons() -> Vec<Case> {
    let whose = |psn_no: &'static str, number: &'static str| {
        with(move |bill| {
            bill.person = Some(person(psn_no));
            bill.credential = Some(card(number));
        })
    };
    let anothers = with(|bill| bill.credential = Some(card("NB2")));
    vec![
        (
            "nobody",
            "person.unknown",
            whose("330200000000000009", "NB1"),
        ),
        ("another's card", "person.credential_mismatch", anothers),
        (
            "no longer covered",
            "person.not_enrolled",
            whose("330200000000000002", "NB2"),
        ),
        (
            "no policy for employees",
            "policy.missing",
            whose("330200000000000003", "NB3"),
        ),
        (
            "a home nobody knows",
            "directory.unknown_region",
            whose("330300000000000001", "WZ1"),
        ),
    ]
}

/// Bills that do not hold together.
fn of_bills() -> Vec<Case> {
    let unlisted = with(|bill| bill.lines[0].code = "001101000019999".to_owned());
    let unsummed = with(|bill| bill.total_fen += 1);
    let negative = with(|bill| bill.lines[0].amount_fen = -1);
    let twice = with(|bill| bill.lines[1].number = 1);
    let outside = with(|bill| bill.lines[2].date = "2023-03-10".to_owned());
    let over_the_year = with(|bill| {
        if let Some(visit) = &mut bill.visit {
            visit.admitted = "2022-12-28".to_owned();
        }
    });
    let given = with(|bill| bill.given_fen.extend([("charity".to_owned(), 1)]));
    let no_visit = with(|bill| bill.visit = None);
    let beyond = with(|bill| bill.total_fen = i64::MAX);
    vec![
        (
            "a code that is not listed",
            "catalogue.unknown_code",
            unlisted,
        ),
        ("lines that do not sum", "bill.invalid", unsummed),
        ("a negative amount", "bill.invalid", negative),
        ("a number used twice", "bill.invalid", twice),
        ("a line outside the visit", "bill.invalid", outside),
        (
            "a stay over the turn of the year in one bill",
            "visit.spans_years",
            over_the_year,
        ),
        (
            "a payment that the policy does not know",
            "bill.given_too_large",
            given,
        ),
        ("no visit", "request.malformed", no_visit),
        ("an amount beyond all bounds", "request.malformed", beyond),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_cannot_be_settled_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for (what, expected, bill) in of_persons().into_iter().chain(of_bills()) {
        let refused = hospital
            .settle(settle("r-1", bill.clone()))
            .await
            .unwrap_err();
        assert_eq!(code(&refused), expected, "{what}: {refused}");
        let refusal = huitong_node::grpc::status::refusal_of(&refused).unwrap();
        assert_eq!(refusal.code.code(), expected, "{what}");
        let estimate = v1::EstimateRequest { bill: Some(bill) };
        assert_eq!(
            code(&hospital.client.estimate(estimate).await.unwrap_err()),
            expected,
            "{what}"
        );
    }
    // The id is free, and nothing was written.
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    assert_eq!(
        (
            world.status(NINGBO).await.legs_written,
            world.status(CHENGDU).await.prepared
        ),
        (1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_needs_an_agreement_and_the_network() {
    let world = World::new().await;
    for (institution, expected) in [
        ("H51010400009", "institution.unknown"),
        ("H51010400003", "institution.not_networked"),
        ("H51010400004", "institution.not_networked"),
    ] {
        let mut hospital = world
            .hospital(&format!("/region/510100/institution/{institution}"))
            .await;
        let refused = hospital
            .settle(settle("r-1", published("V1")))
            .await
            .unwrap_err();
        assert_eq!(code(&refused), expected, "{institution}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_opens_only_its_own_doors() {
    let world = World::new().await;
    for path in [
        "/region/330200/institution/H33020400001",
        "/region/330200/node",
        "/region/510100/officer/li.wei",
        "/clearinghouse",
    ] {
        let channel = world.caller(path, CHENGDU).await;
        let mut client = InstitutionServiceClient::new(channel);
        let refused = client
            .settle(settle("r-1", published("V1")))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code(), &*code(&refused)),
            (Code::PermissionDenied, "transport.not_allowed")
        );
    }
    let channel = world.caller(HOSPITAL, CHENGDU).await;
    let refused = HomeServiceClient::new(channel)
        .abandon(v1::AbandonRequest::default())
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
}

/// What Ningbo answers to commits made up from one that it took.
struct Replay {
    world: World,
    sent: v1::CommitRequest,
    home: HomeServiceClient<Channel>,
}

impl Replay {
    async fn new() -> Self {
        let world = World::relayed().await;
        let mut hospital = world.hospital(HOSPITAL).await;
        hospital
            .settle(settle("r-1", published("V1")))
            .await
            .unwrap();
        let sent = world.relay.as_ref().unwrap().last();
        let home = HomeServiceClient::new(world.lazy_channel(NINGBO));
        Self { world, sent, home }
    }

    /// The commit for another visit, under an id that differs in its last letter.
    fn other(&self, visit: &str, id: char) -> v1::CommitRequest {
        let mut request = self.sent.clone();
        let last = request.settlement.pop().unwrap();
        request.settlement.push(if last == id { 'z' } else { id });
        request
            .claim
            .as_mut()
            .unwrap()
            .visit
            .as_mut()
            .unwrap()
            .number = visit.to_owned();
        request
    }

    async fn commit(&mut self, request: v1::CommitRequest) -> Result<Outcome, Status> {
        Ok(self
            .home
            .commit(request)
            .await?
            .into_inner()
            .outcome
            .unwrap())
    }

    async fn refused(&mut self, request: v1::CommitRequest) -> v1::FinalRefusal {
        match self.commit(request).await.unwrap() {
            Outcome::Refused(refusal) => refusal,
            outcome => panic!("{outcome:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_answered_by_id_then_by_visit() {
    let mut replay = Replay::new().await;
    // The same commit again is answered by its receipt, byte for byte.
    let Outcome::Receipt(receipt) = replay.commit(replay.sent.clone()).await.unwrap() else {
        panic!("no receipt")
    };
    let mut hospital = replay.world.hospital(HOSPITAL).await;
    assert_eq!(Some(receipt), hospital.get("r-1").await.unwrap().receipt);

    let mut conflict = replay.sent.clone();
    conflict
        .claim
        .as_mut()
        .unwrap()
        .visit
        .as_mut()
        .unwrap()
        .number = "V9".to_owned();
    assert_eq!(
        code(&replay.commit(conflict).await.unwrap_err()),
        "id.conflict"
    );

    // The visit under another id: a final refusal, repeated.
    let refused = replay.refused(replay.other("V1", 'a')).await;
    let shown = refused.refusal.clone().unwrap();
    assert_eq!(shown.code, "visit.already_settled");
    assert_eq!(shown.detail, replay.sent.settlement);
    let signed = FinalRefusal::from_bytes(&refused.canonical).unwrap();
    assert!(signed.is_in_group() && signed.is_of_its_request());
    assert_eq!(replay.refused(replay.other("V1", 'a')).await, refused);
    assert_eq!(replay.world.status(NINGBO).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_region_trusts_no_sum_it_is_sent() {
    let mut replay = Replay::new().await;
    let mut hospital = replay.world.hospital(HOSPITAL).await;
    for visit in ["V2", "V3"] {
        estimate(&mut hospital, published(visit)).await;
    }
    // An old version: no outcome, and the record as it stands.
    let Outcome::Stale(fresh) = replay.commit(replay.other("V2", 'b')).await.unwrap() else {
        panic!("an outcome on an old version")
    };
    // Of the person it tells what the policy asks for, which is neither age nor class nor filing.
    let told = Snapshot::from_bytes(&fresh).unwrap().coverage;
    assert_eq!(
        (told.age, told.covered_days, told.category),
        (0, 0, Name::ANY)
    );

    // The right version and a wrong sum: final.
    let mut wrong = replay.other("V3", 'c');
    wrong.version.as_mut().unwrap().change += 1;
    let refused = replay.refused(wrong.clone()).await;
    let shown = refused.refusal.clone().unwrap();
    let named = "layers.basic: paid 1400000 here, 1316000 received";
    assert_eq!((&*shown.code, &*shown.detail), ("decision.differs", named));
    assert_eq!(replay.refused(wrong).await, refused);

    // A person of another home.
    let mut elsewhere = replay.other("V4", 'd');
    elsewhere.claim.as_mut().unwrap().person = Some(person("330300000000000001"));
    assert_eq!(
        code(&replay.commit(elsewhere).await.unwrap_err()),
        "person.unknown"
    );
    assert_eq!(replay.world.status(NINGBO).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_taken_from_the_region_that_gave_them() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let receipt = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap()
        .receipt
        .unwrap();
    let deliver = async |party: &str| {
        let entry = v1::delivered::Entry::Receipt(receipt.clone());
        let delivered = vec![v1::Delivered { entry: Some(entry) }];
        let mut client = TreatmentServiceClient::new(world.caller(party, CHENGDU).await);
        client
            .deliver_receipts(v1::DeliverReceiptsRequest { delivered })
            .await
    };
    let held = deliver("/region/330200/node")
        .await
        .unwrap()
        .into_inner()
        .held;
    assert_eq!(held, 1);
    let refused = deliver("/region/310000/node").await.unwrap_err();
    assert_eq!(code(&refused), "identity.mismatch");
}
