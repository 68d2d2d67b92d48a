//! What a region signed with a key that the directory lists no more: put late, and given back to a node that lost its disk.

use huitong_certs::Issued;
use huitong_core::canonical::Artifact as _;
use huitong_core::evidence::Evidence;
use huitong_core::membership::{Directory, ListedRegion, SignedDirectory, Standing};
use huitong_node::evidence::check;
use huitong_proto::settlement::v1::{CheckStanding, ReversalReason as Reason, State};

use crate::bills::{settle, small};
use crate::directory::{Directories, listed, settles, until_at, version_after};
use crate::expense_checks::{answer, ask, once_collected, said, settled, stands, verified, words};
use crate::final_refusals::{
    OFFICER_AT_HOME, OFFICER_THERE, ask as proof, is_refused, of_a_taken_visit, of_an_unknown_id,
    of_settlement,
};
use crate::provisional::{allowed, emergency, estimate, trued_up};
use crate::witness::Signing;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, certified};

/// The version after another one, in which Ningbo signs with these keys.
fn version(world: &World, before: Option<&SignedDirectory>, ningbo: &[&Issued]) -> Directory {
    let with = |code: &str, signers: &[&Issued]| {
        let chain = |issued: &&Issued| issued.chain().iter().map(|der| der.to_vec()).collect();
        ListedRegion {
            signers: signers.iter().map(chain).collect(),
            ..listed(code, Standing::Active)
        }
    };
    let chengdu = with(CHENGDU, &[&world.chengdu.signing]);
    version_after(before, with(NINGBO, ningbo), chengdu)
}

/// The directory lists Ningbo's first key, and another one from later on alone. That is Ningbo's from its next start on.
fn changes_its_key(world: &mut World, signing: &Signing, directories: &Directories) {
    let new = world.signing("/region/330200/node/signing");
    let old = &world.ningbo.signing;
    let first = signing.directory(version(world, None, &[old]));
    let second = signing.directory(version(world, Some(&first), &[old, &new]));
    world.clock.set("2023-03-10T05:00:00.000Z");
    let third = signing.directory(version(world, Some(&second), &[&new]));
    directories.set(&[first, second, third]);
    world.ningbo.certified = certified(&new, &world.trust).into();
    world.ningbo.signing = new;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_put_after_its_key_was_left_out_is_booked() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let settlement = settled(&world, "r-1", "V1").await;
    world.stop(CHENGDU).await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    assert_eq!(asked.to_send, 1);
    world.stop(NINGBO).await;
    changes_its_key(&mut world, &signing, &directories);
    world.start(CHENGDU).await;
    until_at(&world, CHENGDU, |told| told.number == 3).await;
    // It knows the key from its journal alone: of earlier versions nobody tells it again.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    world.start(NINGBO).await;
    stands(&world, CHENGDU, &asked.check, CheckStanding::Waiting).await;
    stands(&world, NINGBO, &asked.check, CheckStanding::Waiting).await;
    answer(&world, &asked.check, verified()).await.unwrap();
    stands(&world, NINGBO, &asked.check, CheckStanding::Answered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_is_given_back_what_it_signed_with_a_key_that_was_left_out_since() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    world.back_up(NINGBO, backup.path()).await;
    let settlement = settled(&world, "r-1", "V1").await;
    world.held(CHENGDU, 1).await;
    world.held(NINGBO, 1).await;
    let check = ask(&world, "k-1", &settlement).await.unwrap().check;
    answer(&world, &check, verified()).await.unwrap();
    stands(&world, NINGBO, &check, CheckStanding::Answered).await;
    stands(&world, CHENGDU, &check, CheckStanding::Answered).await;
    let before = said(&world, &check).await;
    world.lose(NINGBO, backup.path()).await;
    changes_its_key(&mut world, &signing, &directories);
    world.start(NINGBO).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.legs_without_receipt, 0);
    stands(&world, NINGBO, &check, CheckStanding::Answered).await;
    assert_eq!(said(&world, &check).await, before);
    // And it goes on, under the new key.
    let again = once_collected(async || ask(&world, "k-1", &settlement).await).await;
    assert_eq!(again.check, check);
    assert_eq!(words(&said(&world, &check).await), ["ask", "answer"]);
    until_at(&world, CHENGDU, |told| told.number == 3).await;
    settles(&world, "V2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_region_stands_by_a_snapshot_that_it_signed_with_a_key_that_was_left_out_since() {
    let mut world = allowed(World::new().await).await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let mut hospital = world.hospital(HOSPITAL).await;
    // The start is met when the snapshot is signed, and is not when the home region decides: it bears its part of that.
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    estimate(&mut hospital, emergency(small("V1"))).await;
    hospital
        .reverse("x-0", "r-0", Reason::WrongBill)
        .await
        .unwrap();
    changes_its_key(&mut world, &signing, &directories);
    for region in [CHENGDU, NINGBO] {
        until_at(&world, region, |told| told.number == 3).await;
    }
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.start(NINGBO).await;
    let trued_up = trued_up(&mut hospital, "r-1").await;
    assert_eq!(trued_up.state(), State::Settled);
    let parts = trued_up.provisional.unwrap().true_up.unwrap();
    assert_eq!(
        (parts.home_bears_fen, parts.treatment_bears_fen),
        (50_000, 34_000)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_ends_by_a_refusal_that_was_signed_with_a_key_that_was_left_out_since() {
    let mut world = World::relayed().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    of_a_taken_visit(&world).await;
    of_an_unknown_id(&world, "r-9").await;
    for region in [CHENGDU, NINGBO] {
        world.stop(region).await;
    }
    changes_its_key(&mut world, &signing, &directories);
    // What is between the two goes on with the address of before.
    world.relay = None;
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    until_at(&world, CHENGDU, |told| told.number == 3).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let cancelled = hospital.cancel("r-9", "330200000000000001").await.unwrap();
    assert!(is_refused(&cancelled), "{cancelled:?}");
}

/// What either region proves of a settlement or a refusal of Chengdu, to whoever has the operator's root alone.
async fn proven(world: &World, settlement: &str) -> [Vec<u8>; 2] {
    let there = proof(world, OFFICER_THERE, CHENGDU, of_settlement(settlement, ""));
    let at_home = proof(
        world,
        OFFICER_AT_HOME,
        NINGBO,
        of_settlement(settlement, CHENGDU),
    );
    let proofs = [there.await.unwrap(), at_home.await.unwrap()];
    for bytes in &proofs {
        check(bytes, &world.trust).unwrap();
    }
    proofs
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_with_a_key_that_was_left_out_since_is_proven_by_either_region() {
    let mut world = World::relayed().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let refused = of_a_taken_visit(&world).await.settlement;
    let settlement = settled(&world, "r-2", "V2").await;
    let before = [
        proven(&world, &refused).await,
        proven(&world, &settlement).await,
    ];
    for region in [CHENGDU, NINGBO] {
        world.stop(region).await;
    }
    changes_its_key(&mut world, &signing, &directories);
    world.relay = None;
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    for region in [CHENGDU, NINGBO] {
        until_at(&world, region, |told| told.number == 3).await;
    }
    let since = [
        proven(&world, &refused).await,
        proven(&world, &settlement).await,
    ];
    assert_eq!(since, before);
    // The reversal is of the new key: both certificates are in what proves it.
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .reverse("x-2", "r-2", Reason::WrongBill)
        .await
        .unwrap();
    for bytes in proven(&world, &settlement).await {
        let evidence = Evidence::from_bytes(&bytes).unwrap();
        assert_eq!(evidence.signers.len(), 2);
    }
}
