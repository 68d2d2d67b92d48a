//! Emergencies that hospitals state: they count as filed, and the bureau reviews them afterwards.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{Arrival, FilingClass};
use tonic::Status;

use crate::bills::published;
use crate::filings::{EMPLOYEE, bill, change, file, paid, people, world};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

async fn review(
    world: &World,
    request_id: &str,
    settlement: &str,
    finding: v1::review_emergency_request::Finding,
) -> Result<v1::ReviewEmergencyResponse, Status> {
    let request = v1::ReviewEmergencyRequest {
        request_id: request_id.to_owned(),
        treatment: CHENGDU.to_owned(),
        settlement: settlement.to_owned(),
        finding: Some(finding),
    };
    let answer = people(world).await.review_emergency(request).await?;
    Ok(answer.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_counts_as_filed_and_is_reviewed_afterwards() {
    let world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let emergency = |mut bill: v1::Bill| {
        bill.visit.as_mut().unwrap().arrival = Arrival::Emergency.into();
        bill
    };
    for (request_id, visit) in [("r-1", "V1"), ("r-2", "V2"), ("r-3", "V3")] {
        let paid = paid(&mut hospital, request_id, emergency(bill(visit))).await;
        assert_eq!(paid, 210_000);
    }
    // Under a policy that wants no filing an emergency changes nothing, and is shown as such.
    let small = paid(&mut hospital, "r-4", emergency(published("V4"))).await;
    assert_eq!(small, 1_316_000);
    // What is filed in another way rests on no emergency.
    change(
        &world,
        "f-1",
        EMPLOYEE,
        file(FilingClass::LongTerm, "510100"),
    )
    .await
    .unwrap();
    assert_eq!(
        paid(&mut hospital, "r-5", emergency(bill("V5"))).await,
        240_000
    );
    let list = async || {
        let request = v1::ListEmergenciesRequest::default();
        let answer = people(&world).await.list_emergencies(request).await;
        answer.unwrap().into_inner().emergencies
    };
    let waiting = list().await;
    let of = |visit: &str| waiting.iter().find(|it| it.visit == visit).unwrap().clone();
    assert_eq!(waiting.len(), 4, "{waiting:?}");
    assert!(of("V1").filing_matters && !of("V4").filing_matters);
    assert_eq!(
        (of("V1").patient_fen, &*of("V1").psn_no),
        (90_000, EMPLOYEE)
    );
    let accepted = v1::review_emergency_request::Finding::Accepted(v1::Accepted {});
    let rejected =
        v1::review_emergency_request::Finding::Rejected(v1::EmergencyDoubt::Planned.into());
    let (first, second) = (of("V1").settlement, of("V2").settlement);
    review(&world, "e-1", &first, accepted).await.unwrap();
    let shown = review(&world, "e-2", &second, rejected).await.unwrap();
    assert_eq!(shown.emergency, Some(of("V2")));
    assert_eq!(
        review(&world, "e-2", &second, rejected).await.unwrap(),
        shown
    );
    let other = review(&world, "e-2", &first, rejected).await.unwrap_err();
    assert_eq!(code(&other), "id.conflict");
    let done = review(&world, "e-3", &second, rejected).await.unwrap_err();
    assert_eq!(code(&done), "emergency.nothing_to_review");
    // A rejection takes no money back; the bureau reverses, and the settlement may be made anew as it was.
    assert_eq!(
        hospital.get("r-2").await.unwrap().state(),
        v1::State::Settled
    );
    let reason = v1::ReversalReason::WrongBill;
    for (id, settlement) in [("o-1", &second), ("o-2", &of("V3").settlement)] {
        crate::bureau::by_officer(&world, NINGBO, id, settlement, reason)
            .await
            .unwrap();
    }
    // What is reversed waits for nobody.
    assert_eq!(list().await.len(), 1);
}
