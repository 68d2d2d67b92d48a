//! Snapshots: given for an open visit and a credential, listed for the person, and not to be had in numbers.

use huitong_proto::settlement::v1;
use huitong_transport::pushback;

use crate::bills::{card, person, published, settle};
use crate::patience::until;
use crate::world::{HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

pub const PERSON: &str = "330200000000000001";
const LAPSED: &str = "330200000000000002";

pub async fn who_looked(world: &World, psn_no: &str) -> v1::WhoLookedResponse {
    let request = v1::WhoLookedRequest {
        psn_no: psn_no.to_owned(),
    };
    let mut officer = world.officer(NINGBO).await;
    officer.who_looked(request).await.unwrap().into_inner()
}

/// Asks until so many were written down.
pub async fn looked(world: &World, times: u64) -> v1::WhoLookedResponse {
    until(async || {
        let answer = who_looked(world, PERSON).await;
        if answer.times >= times {
            Ok(answer)
        } else {
            Err(answer)
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_who_looked_for_which_visit_and_how_often() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(who_looked(&world, PERSON).await.times, 0);
    let bill = Some(published("V1"));
    let request = v1::EstimateRequest { bill };
    hospital.client.estimate(request).await.unwrap();
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    // Another's card opens nothing, and nothing is listed.
    let mut other = published("V2");
    other.credential = Some(card("NB9"));
    let refused = hospital.settle(settle("r-2", other)).await.unwrap_err();
    assert_eq!(code(&refused), "person.credential_mismatch");

    let answer = looked(&world, 2).await;
    let [look] = &*answer.latest else {
        panic!("{answer:?}")
    };
    assert_eq!((answer.times, look.times), (2, 2));
    assert_eq!(look.treatment_region, "510100");
    assert_eq!((&*look.institution, &*look.visit), ("H51010400001", "V1"));

    // It stays, counted once, when the rows are derived from the journal again.
    world.stop(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(who_looked(&world, PERSON).await, answer);
    let nobody = v1::WhoLookedRequest {
        psn_no: "330200000000009999".to_owned(),
    };
    let nobody = world.officer(NINGBO).await.who_looked(nobody).await;
    assert_eq!(code(&nobody.unwrap_err()), "person.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_just_before_the_end_is_written_down() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    assert_eq!(who_looked(&world, PERSON).await.times, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_through_numbers_is_stopped_and_others_are_not() {
    let mut world = World::new().await;
    world.watch.unknown_per_institution = 3;
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for nth in 0..3 {
        let mut bill = published("V1");
        bill.person = Some(person(&format!("33020000000090000{nth}")));
        let refused = hospital.settle(settle("r-1", bill)).await.unwrap_err();
        assert_eq!(code(&refused), "person.unknown");
    }
    let stopped = hospital.settle(settle("r-1", published("V1"))).await;
    let stopped = stopped.unwrap_err();
    assert_eq!(code(&stopped), "snapshot.too_many");
    assert!(pushback(&stopped).is_some_and(|after| !after.is_zero()));
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    other.settle(settle("r-1", published("V1"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_before_the_credential_is_read_and_each_guess_counts() {
    let mut world = World::new().await;
    world.watch.unknown_per_institution = 2;
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // The person's cover has ended: that is nobody's business without the card.
    let mut guess = published("V1");
    guess.person = Some(person(LAPSED));
    guess.credential = Some(card("NB9"));
    let refused = hospital.settle(settle("r-1", guess)).await.unwrap_err();
    assert_eq!(code(&refused), "person.credential_mismatch");
    let file = v1::FileRequest {
        request_id: "f-1".to_owned(),
        person: Some(person(LAPSED)),
        credential: Some(card("NB9")),
        class: v1::FilingClass::Temporary.into(),
        area: String::new(),
    };
    let refused = hospital.client.file(file.clone()).await.unwrap_err();
    assert_eq!(code(&refused), "person.credential_mismatch");
    let stopped = hospital.client.file(file).await.unwrap_err();
    assert_eq!(code(&stopped), "snapshot.too_many");
}
