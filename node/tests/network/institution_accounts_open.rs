//! What has no outcome yet of an institution's days: named whether or not the institution states it.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{AccountBooked as Of, LineFinding as Finding};

use crate::bills::{published, settle, small};
use crate::institution_accounts::{ask, compare, desk, findings, own};
use crate::institution_accounts_parts::by_settlement;
use crate::provisional::{allowed, emergency, estimate};
use crate::relay::Commits;
use crate::world::{HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_open_at_the_node_is_said_to_be() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let line = own("r-1", Of::Settlement, Some(v1::AccountAmounts::default()));
    let told = compare(&world, ask(&world, vec![line], ("", ""))).await;
    let open = ("r-1", Of::Settlement, Finding::StillOpen);
    assert_eq!(findings(&told.unwrap()), [open]);
    let told = by_settlement(&world, Vec::new(), ("", "")).await.unwrap();
    assert_eq!(findings(&told.found), [open]);
    let stated = vec![own(
        "r-1",
        Of::Settlement,
        Some(v1::AccountAmounts::default()),
    )];
    let told = by_settlement(&world, stated, ("", "")).await.unwrap();
    assert_eq!(findings(&told.found), [open]);
    let id = told.found[0].settlement.clone();
    let after = by_settlement(&world, Vec::new(), (&id, "")).await.unwrap();
    assert_eq!(after.found, []);
    // Whether the institution states it or not, of the day on which it was begun, its kind of care and its part of the ids.
    let none = ask(&world, Vec::new(), ("", ""));
    let told = compare(&world, none.clone()).await.unwrap();
    assert_eq!(findings(&told), [open]);
    assert_eq!((told[0].institution, told[0].node), (None, None));
    let of = |setting: v1::Setting| v1::CompareLinesRequest {
        setting: setting.into(),
        ..none.clone()
    };
    let inpatient = compare(&world, of(v1::Setting::Inpatient)).await;
    assert_eq!(findings(&inpatient.unwrap()), [open]);
    let outpatient = compare(&world, of(v1::Setting::Outpatient)).await;
    assert_eq!(outpatient.unwrap(), []);
    let after = compare(&world, ask(&world, Vec::new(), ("r-1", ""))).await;
    assert_eq!(after.unwrap(), []);
    let mut other = desk(&world, OTHER_HOSPITAL).await;
    let theirs = other.compare_lines(none.clone()).await.unwrap();
    assert_eq!(theirs.into_inner().found, []);
    let the_day_before = v1::AccountSpan {
        from: "2023-03-09".to_owned(),
        to: "2023-03-09".to_owned(),
    };
    let before = compare(
        &world,
        v1::CompareLinesRequest {
            span: Some(the_day_before),
            ..none.clone()
        },
    );
    assert_eq!(before.await.unwrap(), []);
    // Once it is settled it is a line like any other.
    world.commits(Commits::Pass);
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
    let told = compare(&world, none).await.unwrap();
    assert_eq!(
        findings(&told),
        [("r-1", Of::Settlement, Finding::OnlyAtNode)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provisional_settlement_that_is_not_stated_is_named_as_open() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.stop(NINGBO).await;
    let given = settle("r-1", emergency(small("V1")));
    hospital.settle(given).await.unwrap();
    let told = compare(&world, ask(&world, Vec::new(), ("", ""))).await;
    let open = ("r-1", Of::Settlement, Finding::StillOpen);
    assert_eq!(findings(&told.unwrap()), [open]);
}
