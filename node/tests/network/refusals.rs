//! Every refusal that a bill can meet: a stable code, and nothing half-written.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use tonic::Code;

use crate::bills::{card, person, published, settle};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

fn with(change: impl FnOnce(&mut v1::Bill)) -> v1::Bill {
    let mut bill = published("V1");
    change(&mut bill);
    bill
}

fn cases() -> Vec<(&'static str, &'static str, v1::Bill)> {
    let whose = |psn_no: &'static str, number: &'static str| {
        move |bill: &mut v1::Bill| {
            bill.person = Some(person(psn_no));
            bill.credential = Some(card(number));
        }
    };
    vec![
        (
            "nobody",
            "person.unknown",
            with(whose("330200000000000009", "NB1")),
        ),
        (
            "another's card",
            "person.credential_mismatch",
            with(|bill| bill.credential = Some(card("NB2"))),
        ),
        (
            "no longer covered",
            "person.not_enrolled",
            with(whose("330200000000000002", "NB2")),
        ),
        (
            "no policy for employees",
            "policy.missing",
            with(whose("330200000000000003", "NB3")),
        ),
        (
            "a home that nobody knows",
            "directory.unknown_region",
            with(whose("330300000000000001", "WZ1")),
        ),
        (
            "a code that is not listed",
            "catalogue.unknown_code",
            with(|bill| bill.lines[0].code = "001101000019999".to_owned()),
        ),
        (
            "lines that do not sum",
            "bill.invalid",
            with(|bill| bill.total_fen += 1),
        ),
        (
            "a negative amount",
            "bill.invalid",
            with(|bill| bill.lines[0].amount_fen = -1),
        ),
        (
            "a number used twice",
            "bill.invalid",
            with(|bill| bill.lines[1].number = 1),
        ),
        (
            "a line outside the visit",
            "bill.invalid",
            with(|bill| bill.lines[2].date = "2023-03-10".to_owned()),
        ),
        (
            "paid elsewhere, unknown to the policy",
            "bill.given_too_large",
            with(|bill| drop(bill.given_fen.insert("charity".to_owned(), 1))),
        ),
        (
            "no visit",
            "request.malformed",
            with(|bill| bill.visit = None),
        ),
        (
            "an amount beyond all bounds",
            "request.malformed",
            with(|bill| bill.total_fen = i64::MAX),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_cannot_be_settled_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for (what, expected, bill) in cases() {
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

#[tokio::test(flavor = "multi_thread")]
async fn the_home_region_trusts_no_sum_it_is_sent() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let sent = world.relay.as_ref().unwrap().last();
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let other = |visit: &str, id: char| {
        let mut request = sent.clone();
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
    };

    // The same commit again is answered by its receipt, byte for byte.
    let repeated = home
        .commit(sent.clone())
        .await
        .unwrap()
        .into_inner()
        .outcome
        .unwrap();
    let Outcome::Receipt(receipt) = repeated else {
        panic!("{repeated:?}")
    };
    assert_eq!(Some(receipt), hospital.get("r-1").await.unwrap().receipt);

    // The id with another visit.
    let mut conflict = sent.clone();
    conflict
        .claim
        .as_mut()
        .unwrap()
        .visit
        .as_mut()
        .unwrap()
        .number = "V9".to_owned();
    assert_eq!(
        code(&home.commit(conflict).await.unwrap_err()),
        "id.conflict"
    );

    // The visit under another id: a final refusal, repeated.
    for _ in 0..2 {
        let outcome = home
            .commit(other("V1", 'a'))
            .await
            .unwrap()
            .into_inner()
            .outcome
            .unwrap();
        let Outcome::Refused(refused) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(refused.code, "visit.already_settled");
        assert_eq!(refused.detail, sent.settlement);
    }

    // An old version: no outcome, and the record as it stands.
    let outcome = home
        .commit(other("V2", 'b'))
        .await
        .unwrap()
        .into_inner()
        .outcome
        .unwrap();
    assert!(matches!(outcome, Outcome::Stale(_)), "{outcome:?}");

    // The right version and a wrong sum.
    let mut wrong = other("V3", 'c');
    wrong.version.as_mut().unwrap().change += 1;
    for _ in 0..2 {
        let outcome = home
            .commit(wrong.clone())
            .await
            .unwrap()
            .into_inner()
            .outcome
            .unwrap();
        let Outcome::Refused(common::Refusal { code, detail, .. }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            (&*code, &*detail),
            (
                "decision.differs",
                "layers.basic: paid 1400000 here, 1316000 received"
            )
        );
    }

    // A person of another home.
    let mut elsewhere = other("V4", 'd');
    elsewhere.claim.as_mut().unwrap().person = Some(person("330300000000000001"));
    assert_eq!(
        code(&home.commit(elsewhere).await.unwrap_err()),
        "person.unknown"
    );
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}
