//! A node whose disk is lost, restored from a backup: what it gave and was given stands once, on both sides
//! and with the clearinghouse, and nobody is answered before all of it is back.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use huitong_backup::grpc::client::back_up;
use huitong_backup::note::{Note, Owner};
use huitong_backup::restore::{Order, RestoreError, restore};
use huitong_backup::taking::Taking;
use huitong_node::backup::Anew;
use huitong_node::clock::Clock as _;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::recovery_service_client::RecoveryServiceClient;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{published, settle, small};
use crate::bureau::by_officer;
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// Another one for each restore.
fn rand_mark() -> [u8; 16] {
    static RESTORES: AtomicI64 = AtomicI64::new(1);
    let mut mark = [0; 16];
    mark[8..].copy_from_slice(&RESTORES.fetch_add(1, Ordering::SeqCst).to_be_bytes());
    mark
}

impl World {
    /// Takes a backup of a running region's journal, or goes on with one.
    pub async fn back_up(&self, code: &str, to: &Path) -> Note {
        let taking = Taking::begin(to).unwrap();
        let officer = format!("/region/{code}/officer/li.wei");
        let channel = self.caller(&officer, code).await;
        back_up(channel, taking).await.unwrap()
    }

    /// What `huitong node restore` does for a stopped region; the incarnation that it begins with.
    pub fn restore(&self, code: &str, from: &Path) -> Result<u32, RestoreError> {
        let config = self.config(code);
        let order = Order {
            from,
            data: &config.data,
            owner: Owner::Region(config.region),
            journal: config.journal,
        };
        let mut anew = Anew::new(rand_mark(), self.clock.now());
        restore(&order, &mut anew).map(|_| anew.incarnation())
    }

    /// Kills a region's node, loses its disk and puts a backup back; the incarnation that it begins with.
    pub async fn lose(&mut self, code: &str, from: &Path) -> u32 {
        self.kill(code).await;
        self.forget_journal(code);
        self.forget_index(code);
        self.restore(code, from).unwrap()
    }

    /// Kills a region's node, loses its disk, puts a backup back and starts it.
    pub async fn lose_and_restore(&mut self, code: &str, from: &Path) -> u32 {
        let restored = self.lose(code, from).await;
        self.start(code).await;
        restored
    }

    /// Waits until a restored region serves.
    pub async fn recovered(&self, code: &str) -> v1::NodeStatusResponse {
        self.status_when(code, |it| it.recovering_from.is_empty())
            .await
    }
}

/// Waits until the clearinghouse holds so many legs of each region.
async fn legs_held(world: &World, legs: u64) {
    for region in [NINGBO, CHENGDU] {
        world.status_when(region, |it| it.legs_held >= legs).await;
    }
}

/// The numbers and contents of a region's legs at the clearinghouse: each once.
pub fn legs(world: &World, region: &str) -> Vec<(u64, String, i32, i64, Vec<u8>)> {
    let held = world.clearing.as_ref().unwrap().held(region);
    let leg = |leg: &huitong_proto::clearing::v1::Leg| {
        let receipt = leg.receipt.as_slice().to_vec();
        (
            leg.number,
            leg.settlement.to_string(),
            leg.kind,
            leg.amount_fen,
            receipt,
        )
    };
    held.iter().map(leg).collect()
}

/// What the home region says of an id, asked by the treatment region's node.
async fn at_home(world: &World, settlement: &str) -> v1::abandon_response::Outcome {
    let node = world.caller("/region/510100/node", NINGBO).await;
    let request = v1::AbandonRequest {
        settlement: settlement.to_owned(),
        person: Some(crate::bills::person("330200000000000001")),
    };
    let answer = HomeServiceClient::new(node).abandon(request).await;
    answer.unwrap().into_inner().outcome.unwrap()
}

fn start_fen(settlement: &v1::Settlement) -> i64 {
    settlement.decision.as_ref().unwrap().layers[0].start_fen
}

/// One settlement before the backup, two and a reversal after it, all legs told; the answers by request.
async fn a_day(world: &World, backup: &Path) -> Vec<(&'static str, v1::Settlement)> {
    let mut hospital = world.hospital(HOSPITAL).await;
    let before = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(start_fen(&before), 120_000);
    let note = world.back_up(NINGBO, backup).await;
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    // A backup is gone on with.
    assert!(world.back_up(NINGBO, backup).await.frame > note.frame);
    for (id, visit) in [("r-3", "V3"), ("r-4", "V4")] {
        hospital.settle(settle(id, small(visit))).await.unwrap();
    }
    hospital
        .reverse("x-3", "r-3", Reason::WrongBill)
        .await
        .unwrap();
    let reversed = hospital.get("r-2").await.unwrap().settlement;
    let by_bureau = by_officer(world, NINGBO, "o-1", &reversed, Reason::Fraud);
    by_bureau.await.unwrap();
    hospital.reversed("r-2").await;
    let mut answers = Vec::new();
    for id in ["r-1", "r-2", "r-3", "r-4"] {
        answers.push((id, hospital.get(id).await.unwrap()));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_region_that_lost_its_disk_gives_every_receipt_and_reversal_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let answers = a_day(&world, backup.path()).await;
    legs_held(&world, 6).await;
    let (ningbo, chengdu) = (legs(&world, NINGBO), legs(&world, CHENGDU));

    let restored = world.lose_and_restore(NINGBO, backup.path()).await;
    assert_eq!(restored, 2);
    let status = world.recovered(NINGBO).await;
    assert_eq!((status.incarnation, status.held_count), (2, 0));
    assert_eq!((status.legs_written, status.legs_without_receipt), (6, 0));

    // Both sides say what they said, and a repeated id gives the same receipt, also asked at home.
    let mut hospital = world.hospital(HOSPITAL).await;
    for (id, said) in &answers {
        assert_eq!(hospital.get(id).await.unwrap(), *said, "{id}");
    }
    for (id, said) in &answers {
        let outcome = at_home(&world, &said.settlement).await;
        let (receipt, reversal) = match outcome {
            v1::abandon_response::Outcome::Receipt(receipt) => (receipt, None),
            v1::abandon_response::Outcome::Reversed(word) => {
                (word.receipt.unwrap(), Some(word.reversal.unwrap()))
            }
            other @ v1::abandon_response::Outcome::Ended(_) => panic!("{id}: {other:?}"),
        };
        assert_eq!(
            (Some(receipt), reversal),
            (said.receipt.clone(), said.reversal.clone())
        );
    }
    // The deductible is charged once, by the first bill, which stands.
    let next = hospital.settle(settle("r-9", small("V9"))).await.unwrap();
    assert_eq!((next.state(), start_fen(&next)), (State::Settled, 0));
    // What was reversed can be settled anew, and a visit that stands cannot.
    let again = hospital.settle(settle("r-8", small("V2"))).await.unwrap();
    assert_eq!(again.state(), State::Settled);
    let twice = hospital.settle(settle("r-7", small("V4"))).await;
    assert_eq!(code(&twice.unwrap_err()), "visit.already_settled");
    // And the clearinghouse holds what it held, then what was settled since.
    legs_held(&world, 8).await;
    assert_eq!(legs(&world, NINGBO)[..6], ningbo[..]);
    assert_eq!(legs(&world, CHENGDU)[..6], chengdu[..]);
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tombstone_comes_back_as_it_was_signed() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::relayed().await;
    world.back_up(NINGBO, backup.path()).await;
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let given_up = hospital.cancel("r-1", "330200000000000001").await.unwrap();
    assert_eq!(given_up.state(), State::Abandoned);
    let ended = at_home(&world, &given_up.settlement).await;
    assert!(matches!(ended, v1::abandon_response::Outcome::Ended(_)));

    world.lose_and_restore(NINGBO, backup.path()).await;
    world.recovered(NINGBO).await;
    assert_eq!(at_home(&world, &given_up.settlement).await, ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_region_that_lost_its_disk_is_given_everything_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let before = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    let kept = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    let reversed = hospital
        .reverse("x-3", "r-3", Reason::WrongBill)
        .await
        .unwrap();
    legs_held(&world, 4).await;
    let told = legs(&world, CHENGDU);

    world.lose_and_restore(CHENGDU, backup.path()).await;
    let status = world.recovered(CHENGDU).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (4, 0));
    assert_eq!(status.prepared, 0);
    // The hospital hears what it heard; its own id of what was lost is known again once it asks by it.
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), before);
    for (id, said) in [("r-2", &kept), ("r-3", &reversed)] {
        let now = hospital.get(id).await.unwrap();
        assert_eq!(
            (&now.receipt, &now.reversal),
            (&said.receipt, &said.reversal)
        );
        assert_eq!((&now.decision, now.state()), (&said.decision, said.state()));
        assert_eq!(now.request_id, id);
        let visit = if id == "r-2" { "V2" } else { "V3" };
        let again = hospital.settle(settle(id, small(visit))).await.unwrap();
        assert_eq!(again, now);
    }
    let twice = hospital.settle(settle("r-7", small("V2"))).await;
    assert_eq!(code(&twice.unwrap_err()), "visit.already_settled");
    let next = hospital.settle(settle("r-9", small("V9"))).await.unwrap();
    assert_eq!((next.state(), start_fen(&next)), (State::Settled, 0));
    legs_held(&world, 5).await;
    assert_eq!(legs(&world, CHENGDU)[..4], told[..]);
    assert_eq!(legs(&world, CHENGDU)[4].1, next.settlement);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_recovery_nobody_is_answered_but_who_gives_back_and_who_asks_how_it_stands() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.back_up(NINGBO, backup.path()).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    // Its only peer is away: the restored node waits for it.
    world.stop(CHENGDU).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.status(NINGBO).await;
    assert_eq!(status.recovering_from, [CHENGDU]);
    let node = world.caller("/region/510100/node", NINGBO).await;
    let request = v1::AbandonRequest {
        settlement: settled.settlement.clone(),
        person: Some(crate::bills::person("330200000000000001")),
    };
    let refused = HomeServiceClient::new(node.clone()).abandon(request).await;
    assert_eq!(code(&refused.unwrap_err()), "node.recovering");
    let mut officer = world.officer(NINGBO).await;
    let close = v1::CloseBusinessDayRequest {
        business_day: "2023-03-10".to_owned(),
    };
    let refused = officer.close_day(close).await.unwrap_err();
    assert_eq!(code(&refused), "node.recovering");
    // Also in recovery it gives back what a peer lacks.
    let announced = RecoveryServiceClient::new(node)
        .announce(v1::AnnounceRequest {
            incarnation: 1,
            mark: vec![9; 16],
            receipts_written: 0,
            receipts_held: 0,
        })
        .await
        .unwrap();
    assert!(announced.into_inner().outcome.is_some());

    world.start(CHENGDU).await;
    world.recovered(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), settled);
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(start_fen(&next), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_backup_restored_again_takes_a_higher_incarnation() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.back_up(NINGBO, backup.path()).await;
    let first = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.lose_and_restore(NINGBO, backup.path()).await;
    assert_eq!(world.recovered(NINGBO).await.incarnation, 2);
    let mut hospital = world.hospital(HOSPITAL).await;
    let second = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    world.lose_and_restore(NINGBO, backup.path()).await;
    assert_eq!(world.recovered(NINGBO).await.incarnation, 3);
    let mut hospital = world.hospital(HOSPITAL).await;
    for (id, said) in [("r-1", first), ("r-2", second)] {
        assert_eq!(hospital.get(id).await.unwrap(), said);
    }
    let next = hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    assert_eq!(start_fen(&next), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_whose_record_has_a_gap_is_held_until_the_bureau_has_looked() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.back_up(NINGBO, backup.path()).await;
    // The member's row is brought in anew, a change that no peer knows of; then a settlement builds on it.
    world.bring_in_members_again().await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.held_count, 1);
    assert_eq!(status.held[0].psn_no, "330200000000000001");
    assert_eq!(status.held[0].missing, 1);
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), settled);
    let refused = hospital.settle(settle("r-2", small("V2"))).await;
    assert_eq!(code(&refused.unwrap_err()), "person.held");
    let mut officer = world.officer(NINGBO).await;
    let release = v1::ReleasePersonRequest {
        psn_no: "330200000000000001".to_owned(),
    };
    let released = officer.release_person(release).await.unwrap().into_inner();
    assert_eq!(released.missing, 1);
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!((next.state(), start_fen(&next)), (State::Settled, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_is_refused_where_it_would_lose_something() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.back_up(NINGBO, backup.path()).await;
    let refused = world.restore(NINGBO, backup.path());
    assert!(
        matches!(refused, Err(RestoreError::Running { .. })),
        "{refused:?}"
    );
    let refused = world.restore(CHENGDU, backup.path());
    assert!(matches!(refused, Err(RestoreError::OtherOwner { .. })));
    world.stop(NINGBO).await;
    let refused = world.restore(NINGBO, backup.path());
    assert!(matches!(refused, Err(RestoreError::InTheWay { .. })));
    world.forget_journal(NINGBO);
    // A byte of the backup is another one: nothing is put back.
    let segment = backup.path().join("journal/00000000000000000001.seg");
    let good = std::fs::read(&segment).unwrap();
    for at in [500, 1_500] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&segment, bad).unwrap();
        let refused = world.restore(NINGBO, backup.path()).unwrap_err();
        assert!(refused.to_string().contains("does not verify"), "{refused}");
        assert!(!world.config(NINGBO).data.join("journal").exists());
    }
    std::fs::write(&segment, good).unwrap();
    world.restore(NINGBO, backup.path()).unwrap();
}
