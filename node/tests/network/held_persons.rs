//! Whoever is held after a restore is decided nothing new; what was decided before is repeated all the same.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{published, settle, small};
use crate::privacy::looked;
use crate::provisional::estimate;
use crate::world::{HOSPITAL, NINGBO, World, code};

#[tokio::test(flavor = "multi_thread")]
async fn a_held_person_s_receipt_is_repeated_for_its_id_and_nothing_new_is_decided() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    // Shown for the visit, and written down, before the backup: that stays known.
    estimate(&mut world.hospital(HOSPITAL).await, published("V1")).await;
    looked(&world, 1).await;
    world.back_up(NINGBO, backup.path()).await;
    // A change that no peer knows of, and a settlement on it that one does.
    world.bring_in_members_again().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    let settled = settled.unwrap();
    let sent = world.relay.as_ref().unwrap().last();
    world.lose_and_restore(NINGBO, backup.path()).await;
    assert_eq!(world.recovered(NINGBO).await.held_count, 1);
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let repeated = home.commit(sent.clone()).await.unwrap().into_inner();
    let Some(Outcome::Receipt(receipt)) = repeated.outcome else {
        panic!("{repeated:?}");
    };
    assert_eq!(Some(receipt), settled.receipt);
    // Another request under the id is refused for that, and not for the person.
    let mut other = sent.clone();
    let claim = other.claim.as_mut().unwrap();
    claim.visit.as_mut().unwrap().number = "V9".to_owned();
    let refused = home.commit(other).await.unwrap_err();
    assert_eq!(code(&refused), "id.conflict");
    let mut new = sent;
    new.settlement = format!("stl_{}", "0".repeat(26));
    let refused = home.commit(new).await.unwrap_err();
    assert_eq!(code(&refused), "person.held");
    let asked = v1::EstimateRequest {
        bill: Some(small("V2")),
    };
    let refused = hospital.client.estimate(asked).await.unwrap_err();
    assert_eq!(code(&refused), "person.held");
}
