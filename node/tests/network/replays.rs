//! Stored settlements under another document: hand-checked sums, person by person in the order of commit.

use huitong_proto::policy::v1;

use crate::bills::{published, settle, small};
use crate::files::policy;
use crate::offices::FIRST;
use crate::patience::until;
use crate::world::{HOSPITAL, NINGBO, World, code};

async fn replay(world: &World, document: String, days: [&str; 2]) -> v1::ReplayResult {
    let mut office = world.office(NINGBO, FIRST).await;
    let request = v1::ReplayRequest {
        document: document.into_bytes(),
        from_day: days[0].to_owned(),
        to_day: days[1].to_owned(),
        biggest: 1,
    };
    let mut parts = office.replay(request).await.unwrap().into_inner();
    loop {
        match parts.message().await.unwrap().unwrap().part.unwrap() {
            v1::replay_response::Part::Progress(_) => {}
            v1::replay_response::Part::Result(result) => return result,
            v1::replay_response::Part::Faults(faults) => panic!("{faults:?}"),
        }
    }
}

fn moved(amount: Option<&v1::Moved>) -> (i64, i64) {
    let amount = amount.unwrap();
    (amount.old_fen, amount.new_fen)
}

fn sums(result: &v1::ReplayResult) -> ((i64, i64), (i64, i64)) {
    let all = result.all.as_ref().unwrap();
    (moved(all.funds.as_ref()), moved(all.patients.as_ref()))
}

const MARCH: [&str; 2] = ["2023-03-01", "2023-03-31"];

/// 22,000 with 13,160 paid, then 3,000 with 2,100 paid.
async fn settled() -> (World, String) {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    (world, first.settlement)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_higher_ratio_pays_as_much_more_as_was_worked_out_by_hand() {
    let (world, first) = settled().await;
    let before = world.status(NINGBO).await;
    // Next year's document, on this year's bills.
    let higher = policy(NINGBO)
        .replace("0.70", "0.80")
        .replace("2023-01-01", "2024-01-01")
        .replace("2023-12-31", "2024-12-31");
    let result = replay(&world, higher, MARCH).await;
    assert_eq!(sums(&result), ((1_526_000, 1_744_000), (974_000, 756_000)));
    let all = result.all.unwrap();
    assert_eq!(
        (all.settlements, all.gaining, all.losing, all.unchanged),
        (2, 2, 0, 0)
    );
    let axes: Vec<(&str, Vec<&str>)> = result
        .axes
        .iter()
        .map(|axis| {
            let values = axis
                .groups
                .iter()
                .map(|group| group.value.as_str())
                .collect();
            (axis.axis.as_str(), values)
        })
        .collect();
    assert_eq!(
        axes,
        [
            ("tier", vec![""]),
            ("setting", vec!["inpatient"]),
            ("category", vec!["adult"]),
            ("identity", vec![""]),
            ("place", vec!["other_province"])
        ]
    );
    let [biggest] = result.biggest.as_slice() else {
        panic!("{:?}", result.biggest)
    };
    assert_eq!(biggest.settlement, first);
    assert_eq!(moved(biggest.patient.as_ref()), (884_000, 696_000));
    // Nothing was published, and nothing changed.
    let after = world.status(NINGBO).await;
    assert_eq!(
        (after.legs_written, after.policies),
        (before.legs_written, before.policies)
    );
    let other_days = replay(&world, policy(NINGBO), ["2023-04-01", "2023-12-31"]).await;
    assert_eq!(other_days.all.unwrap().settlements, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yearly_deductible_is_met_again_in_the_order_of_commit() {
    let (world, _) = settled().await;
    // 18,000 × 0.70 = 12,600; the second begins with 2,000 charged, not with the 1,200 that were stored.
    let higher = policy(NINGBO).replace("amount = \"1200\"", "amount = \"2000\"");
    // Under a name that the stored settlements do not know it begins at zero, and comes to the same.
    let renamed = higher.replace("[totals.charged]", "[totals.borne]");
    let renamed = renamed.replace("charged.charged", "charged.borne");
    for document in [higher, renamed] {
        let result = replay(&world, document, MARCH).await;
        assert_eq!(
            sums(&result),
            ((1_526_000, 1_470_000), (974_000, 1_030_000))
        );
        let all = result.all.unwrap();
        assert_eq!((all.gaining, all.losing, all.unchanged), (0, 1, 1));
    }
    let same = replay(&world, policy(NINGBO), MARCH).await;
    assert_eq!(sums(&same), ((1_526_000, 1_526_000), (974_000, 974_000)));
    assert_eq!(same.biggest, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_document_cannot_decide_is_counted_by_reason() {
    let (world, _) = settled().await;
    let outpatients = policy(NINGBO).replace("[\"inpatient\"]", "[\"outpatient\"]");
    let result = replay(&world, outpatients, MARCH).await;
    assert_eq!(result.all.as_ref().unwrap().settlements, 0);
    let reasons: Vec<_> = result
        .undecided
        .iter()
        .map(|it| (it.reason.as_str(), it.settlements))
        .collect();
    let reason = "the policy does not decide this claim: it is not for this kind of treatment";
    assert_eq!(reasons, [(reason, 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_cannot_be_is_refused() {
    let (world, _) = settled().await;
    let mut office = world.office(NINGBO, FIRST).await;
    let request = |document: String, from: &str, to: &str| v1::ReplayRequest {
        document: document.into_bytes(),
        from_day: from.to_owned(),
        to_day: to.to_owned(),
        biggest: 1,
    };
    let backwards = request(policy(NINGBO), "2023-03-02", "2023-03-01");
    let refused = office.replay(backwards).await.unwrap_err();
    assert_eq!(code(&refused), "request.malformed");
    let huge = request("#".repeat((1 << 20) + 1), "2023-03-01", "2023-03-02");
    assert_eq!(
        code(&office.replay(huge).await.unwrap_err()),
        "request.too_large"
    );
    let faulty = request(
        policy(NINGBO).replace("0.70", "70"),
        "2023-03-01",
        "2023-03-02",
    );
    let mut told = office.replay(faulty).await.unwrap().into_inner();
    let part = told.message().await.unwrap().unwrap().part.unwrap();
    let v1::replay_response::Part::Faults(faults) = part else {
        panic!("{part:?}")
    };
    assert_eq!(
        (faults.fault_count, faults.faults[0].path.as_str()),
        (1, "layer[0].ratio")
    );
    // Given up half way, it lets the next one in.
    for _ in 0..4 {
        drop(
            office
                .replay(request(policy(NINGBO), MARCH[0], MARCH[1]))
                .await,
        );
    }
    let asked = until(async || {
        let request = request(policy(NINGBO), MARCH[0], MARCH[1]);
        let told = office.replay(request).await;
        let told = told.map(drop).map_err(|busy| code(&busy));
        told.inspect_err(|code| assert_eq!(code, "node.overloaded"))
    });
    asked.await;
}
