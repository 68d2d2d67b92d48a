//! Journals of real servers, damaged while they are down or under their hands. What came after the last synced
//! byte is nobody's loss; what is missing before it is noticed, and made good from the other parties; a bit
//! that flips is found, named by file and offset, and nothing is told out of it.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use huitong_proto::settlement::v1::State;
use huitong_tests::bills::outpatient;
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;

/// Bills of Ningbo's people in Chengdu.
const BILLS: u32 = 4;
/// What a frame begins with.
const MAGIC: &[u8] = b"\x9fHTJF\r\n\x1a";

fn party(region: &Region) -> Party {
    Party::Region(region.region())
}

fn journal(world: &World, region: &Region) -> PathBuf {
    let segments = world.data_folder(region).join("journal");
    segments.join("00000000000000000001.seg")
}

/// Where the frames of a region's journal begin, and where the last one ends.
fn frames(world: &World, region: &Region) -> (Vec<usize>, usize) {
    let bytes = fs::read(journal(world, region)).unwrap();
    let begins = |at: &usize| bytes[*at..].starts_with(MAGIC);
    let begin = (0..bytes.len()).filter(begins).collect();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    (begin, end)
}

fn write(world: &World, region: &Region, at: usize, bytes: &[u8]) {
    let path = journal(world, region);
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(bytes, u64::try_from(at).unwrap())
        .unwrap();
}

fn flip(world: &World, region: &Region, at: usize) {
    let byte = fs::read(journal(world, region)).unwrap()[at] ^ 0x10;
    write(world, region, at, &[byte]);
}

async fn settle(world: &World) -> Vec<(String, Vec<u8>)> {
    let hospital = Hospital::of(world, &CHENGDU, Desk::Two);
    let mut answers = Vec::new();
    for person in 0..BILLS {
        let id = format!("d-{person}");
        let bill = outpatient(&NINGBO, person, &id, &[(Item::Drug, 90_000)]);
        let settled = hospital.settle_for_sure(&id, bill).await.unwrap();
        assert_eq!(settled.state(), State::Settled);
        answers.push((id, settled.encode_to_vec()));
    }
    answers
}

async fn says_the_same(world: &World, answers: &[(String, Vec<u8>)]) {
    let hospital = Hospital::of(world, &CHENGDU, Desk::Two);
    for (id, said) in answers {
        let now = hospital.get(id).await.unwrap().encode_to_vec();
        assert_eq!(now, *said, "{id}");
    }
}

/// A start that must fail: what it says.
async fn refuses_to_start(world: &World, region: &Region) -> String {
    let config = world.region_folder(region).join("config.toml");
    let config = config.display().to_string();
    let output = executable::run(&["node", "run", "--config", &config]).await;
    let (_, said) = texts(&output);
    assert!(!output.status.success(), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_after_the_last_synced_byte_was_nobodys_and_before_it_is_noticed() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let answers = settle(&world).await;

    // After it: half a frame, as a power cut leaves it.
    world.kill(party(&CHENGDU)).await;
    let (begin, end) = frames(&world, &CHENGDU);
    let last = fs::read(journal(&world, &CHENGDU)).unwrap()[*begin.last().unwrap()..end].to_vec();
    write(&world, &CHENGDU, end, &last[..last.len() / 2]);
    world.run(party(&CHENGDU)).await;
    says_the_same(&world, &answers).await;
    let aside = fs::read_dir(world.data_folder(&CHENGDU).join("journal")).unwrap();
    let aside = aside.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("torn-")
    });
    assert_eq!(aside.count(), 1, "what was torn is kept aside");

    // Before it: the last two frames are gone, as if they had never been. Both had been answered.
    let officer = RegionOfficer::of(&world, &NINGBO);
    patience::until("receipts acknowledged", async || {
        let status = officer.status().await.ok()?;
        (status.receipts_undelivered == 0).then_some(())
    })
    .await;
    world.stop(party(&NINGBO)).await;
    let (begin, end) = frames(&world, &NINGBO);
    let cut = begin[begin.len() - 2];
    write(&world, &NINGBO, cut, &vec![0; end - cut]);
    let said = refuses_to_start(&world, &NINGBO).await;
    assert!(said.contains("acknowledged records are gone"), "{said}");
    assert!(said.contains("huitong node recover"), "{said}");

    // And what to do about it.
    recovers(&world, &officer, &answers).await;
    world.stop_all().await;
}

/// Has Ningbo's node collect what is gone: then all is said again as it was.
async fn recovers(world: &World, officer: &RegionOfficer, answers: &[(String, Vec<u8>)]) {
    let config = world.region_folder(&NINGBO).join("config.toml");
    let config = config.display().to_string();
    let output = executable::run(&["node", "recover", "--config", &config]).await;
    let (printed, said) = texts(&output);
    assert!(output.status.success(), "{printed}{said}");
    world.run(party(&NINGBO)).await;
    patience::until("recovery", async || {
        let status = officer.status().await.ok()?;
        (status.recovering_from.is_empty() && status.incarnation == 2).then_some(())
    })
    .await;
    says_the_same(world, answers).await;
    let hospital = Hospital::of(world, &CHENGDU, Desk::Two);
    for person in 0..BILLS {
        let id = format!("d-{person}");
        let bill = outpatient(&NINGBO, person, &id, &[(Item::Drug, 90_000)]);
        let again = hospital.settle_for_sure(&id, bill).await.unwrap();
        assert_eq!(
            again.encode_to_vec(),
            answers[usize::try_from(person).unwrap()].1
        );
    }
}

/// The same after a kill, and with an index that is derived again from what is left: nothing here misses what is gone, but
/// the others hold it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_before_the_last_synced_byte_is_noticed_by_the_others_after_a_kill() {
    for is_torn in [false, true] {
        let world = start::start(&[&NINGBO, &CHENGDU]).await;
        let (begin, _) = frames(&world, &NINGBO);
        let answers = settle(&world).await;
        let officer = RegionOfficer::of(&world, &NINGBO);
        patience::until("receipts acknowledged", async || {
            let status = officer.status().await.ok()?;
            (status.receipts_undelivered == 0).then_some(())
        })
        .await;
        world.kill(party(&NINGBO)).await;
        world.remove_index(&NINGBO).await;
        let images = world.data_folder(&NINGBO).join("images");
        if images.exists() {
            fs::remove_dir_all(images).unwrap();
        }
        // Whatever was written for the bills; of the first frame, its beginning stays.
        let (now, end) = frames(&world, &NINGBO);
        let cut = now[begin.len()] + if is_torn { 40 } else { 0 };
        write(&world, &NINGBO, cut, &vec![0; end - cut]);
        if is_torn {
            let said = refuses_to_start(&world, &NINGBO).await;
            assert!(said.contains("acknowledged records are gone"), "{said}");
            assert!(said.contains("huitong node recover"), "{said}");
        } else {
            world.run(party(&NINGBO)).await;
            patience::until("the node serves nobody", async || {
                let refused = officer.status().await.err()?;
                (refused.code == "node.records_gone").then_some(())
            })
            .await;
            world.kill(party(&NINGBO)).await;
        }
        recovers(&world, &officer, &answers).await;
        if !is_torn {
            // Its log has the error that was wanted, so it is not asked for none.
            world.kill(party(&NINGBO)).await;
        }
        world.stop_all().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_is_named_by_file_and_offset_and_never_served() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let answers = settle(&world).await;

    // Under the hands of a server: in the frames that came with the bills, but for the last of all.
    let (begin, _) = frames(&world, &CHENGDU);
    let first = begin.len() - 2 * usize::try_from(BILLS).unwrap();
    for at in &begin[first..begin.len() - 1] {
        flip(&world, &CHENGDU, at + 200);
    }
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Two);
    for (id, _) in &answers {
        let refused = hospital.get(id).await.unwrap_err();
        assert_eq!(refused.code, "node.store_broken", "{id}");
    }
    world.kill(party(&CHENGDU)).await;
    let said = refuses_to_start(&world, &CHENGDU).await;
    let named = format!("00000000000000000001.seg at offset {}", begin[first]);
    assert!(said.contains(&named), "{named}: {said}");

    // While a server is down: in a frame of long ago.
    world.stop(party(&NINGBO)).await;
    let (begin, _) = frames(&world, &NINGBO);
    flip(&world, &NINGBO, begin[1] + 100);
    let said = refuses_to_start(&world, &NINGBO).await;
    let named = format!("00000000000000000001.seg at offset {}", begin[1]);
    assert!(said.contains(&named), "{named}: {said}");
    world.stop_all().await;
}
