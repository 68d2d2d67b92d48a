//! A region loses its disk: what was backed up while it ran is put back by the command, and what came after the
//! backup comes back from the other region and the clearinghouse. Everything stands once, as the auditor of
//! the crash tests sees it, and the day nets to what hospitals were told.

use huitong_proto::settlement::v1::{ReversalReason as Reason, Settlement, State};
use huitong_tests::audit::{self, Told};
use huitong_tests::bills::{inpatient, outpatient};
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{self, RegionOfficer};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;
use serde_json::Value;

/// People who settle before the backup and after it.
const PEOPLE: u32 = 5;

pub(crate) async fn back_up(world: &World, region: &Region, to: &str) -> u64 {
    let options = officer::options(world, region);
    let mut args = vec!["node", "backup", "--json", "--to", to];
    args.extend(options.iter().map(String::as_str));
    executable::json(&args).await["frame"].as_u64().unwrap()
}

/// Settles a stay and a visit for each of Ningbo's people in Chengdu, and a visit of a Chengdu person in Ningbo.
pub(crate) async fn settle(world: &World, round: u32, told: &mut Vec<Told>) {
    for person in 0..PEOPLE {
        for (treatment, home, id) in [
            (&CHENGDU, &NINGBO, format!("s-{round}-{person}")),
            (&CHENGDU, &NINGBO, format!("o-{round}-{person}")),
            (&NINGBO, &CHENGDU, format!("n-{round}-{person}")),
        ] {
            let fen = i64::from(person) * 1_117 + 25_003;
            let bill = if id.starts_with('s') {
                inpatient(home, person, &id, &[(Item::Drug, 30 * fen)])
            } else {
                outpatient(home, person, &id, &[(Item::Drug, fen)])
            };
            let hospital = Hospital::of(world, treatment, Desk::Three);
            let settlement = hospital.settle_for_sure(&id, bill).await.unwrap();
            assert_eq!(settlement.state(), State::Settled, "{id}");
            told.push(Told {
                treatment,
                home,
                person,
                request_id: id,
                settlement,
            });
        }
    }
}

/// What each layer charged as its deductible.
fn starts(settlement: &Settlement) -> Vec<i64> {
    let layers = &settlement.decision.as_ref().unwrap().layers;
    layers.iter().map(|layer| layer.start_fen).collect()
}

/// Waits until the clearinghouse holds all legs and every receipt is acknowledged.
pub(crate) async fn at_rest(world: &World) {
    for region in [&NINGBO, &CHENGDU] {
        let officer = RegionOfficer::of(world, region);
        patience::until("legs held and receipts acknowledged", async || {
            let status = officer.status().await.ok()?;
            let is_held = status.legs_held == status.legs_written;
            (is_held && status.receipts_undelivered == 0 && status.prepared == 0).then_some(())
        })
        .await;
    }
}

/// `huitong node restore`, as its operator runs it.
pub(crate) async fn restore(world: &World, region: &Region, from: &str) -> std::process::Output {
    let config = world.region_folder(region).join("config.toml");
    let config = config.display().to_string();
    executable::run(&[
        "node", "restore", "--json", "--config", &config, "--from", from,
    ])
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_lost_its_disk_comes_back_with_everything_once() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    let mut told = Vec::new();
    settle(&world, 1, &mut told).await;
    let first = back_up(&world, &NINGBO, &backup).await;
    settle(&world, 2, &mut told).await;
    let second = back_up(&world, &NINGBO, &backup).await;
    assert!(second > first, "a backup is gone on with");
    settle(&world, 3, &mut told).await;
    // Taken back after the backup: by the hospital, of which both halves come back.
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let last = told.iter().rposition(|told| told.home.code == NINGBO.code);
    let reversed = told.remove(last.unwrap());
    let word = hospital
        .reverse_for_sure("x-1", &reversed.request_id, Reason::WrongBill)
        .await
        .unwrap();
    assert_eq!(word.state(), State::Reversed);
    at_rest(&world).await;
    let legs = RegionOfficer::of(&world, &NINGBO)
        .status()
        .await
        .unwrap()
        .legs_written;

    // A server that runs is left alone.
    let refused = restore(&world, &NINGBO, &backup).await;
    let (_, said) = texts(&refused);
    assert!(
        !refused.status.success() && said.contains("a server runs"),
        "{said}"
    );

    let party = Party::Region(NINGBO.region());
    world.kill(party).await;
    world.lose_disk(&NINGBO);
    let restored = restore(&world, &NINGBO, &backup).await;
    let (printed, said) = texts(&restored);
    assert!(restored.status.success(), "{printed}{said}");
    assert!(keyring_lacks(&printed).is_none(), "{printed}");
    world.run(party).await;
    let officer = RegionOfficer::of(&world, &NINGBO);
    let status = patience::until("recovery", async || {
        let status = officer.status().await.ok()?;
        status.recovering_from.is_empty().then_some(status)
    })
    .await;
    assert_eq!((status.incarnation, status.held_count), (2, 0));
    assert_eq!(
        (status.legs_written, status.legs_without_receipt),
        (legs, 0)
    );

    // What was reversed is reversed, what the hospital is told is what it was told, and a repeated id too.
    let again = hospital.get(&reversed.request_id).await.unwrap();
    assert_eq!(again.encode_to_vec(), word.encode_to_vec());
    // The next bill goes on from what stands: no deductible is taken twice.
    let visit = outpatient(&NINGBO, 0, "later", &[(Item::Drug, 25_003)]);
    let later = hospital.settle_for_sure("later", visit).await.unwrap();
    let before = told.iter().find(|told| told.request_id == "o-3-0").unwrap();
    assert_eq!(starts(&later), starts(&before.settlement));
    at_rest(&world).await;
    // The reversed one is out of the auditor's sight, and so is whoever came after it in its stream.
    let sight: Vec<Told> = told
        .into_iter()
        .filter(|told| told.request_id != "later")
        .collect();
    assert_eq!(
        audit::held_at_both(&world, &sight, Desk::Three).await,
        sight.len()
    );
    world.stop_all().await;
}

/// What `restore` says that the keyring lacks.
fn keyring_lacks(printed: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(printed).unwrap();
    answer["keyring_lacks"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_says_what_the_keyring_lacks_and_where_its_copy_belongs() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    back_up(&world, &NINGBO, &backup).await;
    let party = Party::Region(NINGBO.region());
    world.kill(party).await;
    world.lose_disk(&NINGBO);
    let keys = world.data_folder(&NINGBO).join("keys");
    let copy = folder.path().join("keys");
    std::fs::rename(&keys, &copy).unwrap();

    let (printed, _) = texts(&restore(&world, &NINGBO, &backup).await);
    let lacks = keyring_lacks(&printed).unwrap();
    assert!(lacks.contains(&keys.display().to_string()), "{lacks}");
    // Whoever starts it all the same is told the place too, and nothing is begun there.
    let config = world.region_folder(&NINGBO).join("config.toml");
    let config = config.display().to_string();
    let started = executable::run(&["node", "run", "--config", &config]).await;
    let (_, said) = texts(&started);
    assert!(
        !started.status.success() && said.contains(&keys.display().to_string()),
        "{said}"
    );

    // The refused start has made the folder.
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::rename(&copy, &keys).unwrap();
    world.run(party).await;
    world.stop_all().await;
}
