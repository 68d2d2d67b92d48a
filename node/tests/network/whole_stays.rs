//! A stay is paid in parts or whole, never both, in whatever way either was settled. The last bill of a stay is of the rest of
//! it, and is no whole.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::State;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use tonic::Status;

use crate::bills::{dated, settle, small};
use crate::by_hand::{bill, by_hand, with_catalogue};
use crate::externals::{prepare, record, stay};
use crate::hospital::Hospital;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

/// The nth interim bill of a stay.
fn part(visit: &str, interim: u32) -> v1::Bill {
    let mut bill = small(visit);
    bill.visit.as_mut().unwrap().interim = interim;
    bill
}

/// The last bill of a stay, after interim ones: it covers what they do not.
fn rest(visit: &str) -> v1::Bill {
    let mut bill = small(visit);
    bill.visit.as_mut().unwrap().billed_from = "2023-03-05".to_owned();
    "2023-03-05".clone_into(&mut bill.lines[0].date);
    bill
}

async fn settled(hospital: &mut Hospital, request: &str, bill: v1::Bill) -> String {
    let settled = hospital.settle(settle(request, bill)).await.unwrap();
    assert_eq!(settled.state(), State::Settled, "{request}");
    settled.settlement
}

/// By which code, and for which settlement, a bill is refused at once, or for good by its home region.
fn refused(answer: Result<v1::Settlement, Status>) -> (String, String) {
    match answer {
        Ok(settlement) => {
            assert_eq!(settlement.state(), State::Refused);
            let refusal = settlement.refusal.unwrap();
            (refusal.code, refusal.detail)
        }
        Err(status) => {
            let (_, named) = status.message().split_once('[').unwrap();
            let (named, _) = named.split_once(']').unwrap();
            (code(&status), named.to_owned())
        }
    }
}

const STANDS: &str = "visit.already_settled";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_stay_is_not_paid_directly_beside_its_parts_nor_a_part_beside_the_whole() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = settled(&mut hospital, "r-1", part("V1", 1)).await;
    let whole = hospital.settle(settle("r-2", small("V1"))).await;
    // Where it is treated it is known already: nothing is put to the home region.
    assert_eq!(whole.unwrap_err().code(), tonic::Code::AlreadyExists);
    for attempt in 0..2 {
        let whole = hospital.settle(settle("r-2", small("V1"))).await;
        assert_eq!(refused(whole), (STANDS.to_owned(), first.clone()));
        if attempt == 0 {
            // With the rows made anew it is known too.
            for region in [CHENGDU, NINGBO] {
                world.stop(region).await;
                world.forget_index(region);
                world.start(region).await;
            }
            hospital = world.hospital(HOSPITAL).await;
        }
    }
    // The rest of the stay is lawful, and so is a part more.
    settled(&mut hospital, "r-3", part("V1", 3)).await;
    settled(&mut hospital, "r-4", rest("V1")).await;
    let twice = hospital.settle(settle("r-5", rest("V1"))).await;
    assert_eq!(refused(twice).0, STANDS);
    // And the other way round.
    let whole = settled(&mut hospital, "r-6", small("V2")).await;
    let after = hospital.settle(settle("r-7", part("V2", 2))).await;
    assert_eq!(refused(after), (STANDS.to_owned(), whole));
    // Another institution's stay of the same number is another.
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    settled(&mut other, "r-1", small("V1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stay_whose_parts_are_taken_back_is_settled_whole() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reason = v1::ReversalReason::WrongBill;
    settled(&mut hospital, "r-1", part("V1", 1)).await;
    settled(&mut hospital, "r-2", part("V1", 2)).await;
    hospital.reverse("x-1", "r-1", reason).await.unwrap();
    let whole = hospital.settle(settle("r-3", small("V1"))).await;
    assert_eq!(refused(whole).0, STANDS);
    hospital.reverse("x-2", "r-2", reason).await.unwrap();
    settled(&mut hospital, "r-4", small("V1")).await;
    hospital.reverse("x-4", "r-4", reason).await.unwrap();
    settled(&mut hospital, "r-5", part("V1", 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_stay_is_not_paid_directly_when_a_part_was_settled_by_hand() {
    let world = World::new().await;
    with_catalogue(&world).await;
    let mut brought = bill("h-1", "V1");
    brought.visit.as_mut().unwrap().interim = 2;
    let paid = by_hand(&world, brought).await.unwrap().settlement;
    let mut hospital = world.hospital(HOSPITAL).await;
    let whole = hospital.settle(settle("r-1", small("V1"))).await;
    assert_eq!(refused(whole), (STANDS.to_owned(), paid));
    settled(&mut hospital, "r-2", rest("V1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_stay_is_not_paid_when_a_part_was_recorded_from_outside() {
    let world = World::new().await;
    prepare(&world).await;
    let mut outside = stay("c-1", "V1");
    outside.visit.as_mut().unwrap().interim = 1;
    record(&world, outside).await.unwrap();
    with_catalogue(&world).await;
    let path = "/region/330200/institution/H33020400001";
    let client = InstitutionServiceClient::new(world.caller(path, NINGBO).await);
    let mut hospital = Hospital { client };
    let whole = dated(small("V1"), "2023-02-01", "2023-02-05");
    let whole = hospital.settle(settle("r-1", whole)).await;
    assert_eq!(refused(whole).0, STANDS);
    let other = dated(small("V2"), "2023-02-01", "2023-02-05");
    settled(&mut hospital, "r-2", other).await;
}
