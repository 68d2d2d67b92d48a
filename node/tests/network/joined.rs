//! Regions that joined by the signed directory and stand in no configuration: settled with, under the keys that it lists.

use huitong_certs::Issued;
use huitong_core::canonical::Artifact;
use huitong_core::membership::{Directory, ListedRegion, SignedDirectory, Standing};
use huitong_node::Node;
use huitong_proto::clearing::v1 as clearing;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::branches::accept_at;
use crate::bureau::by_officer;
use crate::directory::{listed, refusal, settles, shown, until, until_at, version_after};
use crate::left_out::leaves_out;
use crate::witness::Signing;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, certified, region};

/// Starts a region whose configuration names no other.
async fn starts_alone(world: &mut World, code: &str) {
    let mut config = world.config(code);
    config.directory.clear();
    let node = Node::start(config).await.unwrap();
    let region = match code {
        NINGBO => &mut world.ningbo,
        _ => &mut world.chengdu,
    };
    region.node = Some(node);
}

/// A world with a clearinghouse in which no configuration names another region.
async fn strangers() -> World {
    let mut world = World::new().await;
    world.clearinghouse().await;
    for code in [NINGBO, CHENGDU] {
        world.stop(code).await;
        starts_alone(&mut world, code).await;
    }
    world
}

/// The version after another one, in which Ningbo signs with these keys, and both are where they are.
fn version(world: &World, before: Option<&SignedDirectory>, ningbo: &[&Issued]) -> Directory {
    let there = |code: &str, signers: &[&Issued]| {
        let chain = |issued: &&Issued| issued.chain().iter().map(|der| der.to_vec()).collect();
        ListedRegion {
            endpoint: Some(format!("https://{}", world.of(code).address)),
            signers: signers.iter().map(chain).collect(),
            ..listed(code, Standing::Active)
        }
    };
    let chengdu = there(CHENGDU, &[&world.chengdu.signing]);
    version_after(before, there(NINGBO, ningbo), chengdu)
}

/// The region that a node shows beside its own.
fn other<'a>(
    told: &'a clearing::ShowDirectoryResponse,
    own: &str,
) -> &'a clearing::DirectoryRegion {
    told.regions.iter().find(|it| it.region != own).unwrap()
}

/// Waits until both nodes go by a version and call whom it names.
async fn goes_by(world: &World, number: u64) {
    let calls = |told: &clearing::ShowDirectoryResponse| {
        let called = |it: &clearing::DirectoryRegion| !it.called_endpoint.is_empty();
        told.number == number && told.regions.iter().any(called)
    };
    until(world, calls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_joined_is_settled_with_and_no_node_is_started_anew() {
    let mut world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    assert_eq!(refusal(&world, "V0").await, "directory.unknown_region");
    let first = signing.directory(version(&world, None, &[&world.ningbo.signing]));
    directories.set(std::slice::from_ref(&first));
    goes_by(&world, 1).await;
    settles(&world, "V0").await;
    let told = shown(&world, CHENGDU).await;
    let ningbo = other(&told, CHENGDU);
    assert_eq!(ningbo.configured_endpoint, "");
    assert_eq!(ningbo.called_endpoint, ningbo.listed_endpoint);
    assert!(!ningbo.other_signer);
    // What the home region delivers by itself finds its way too: a reversal that its officer orders.
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.get("V0").await.unwrap();
    let reason = Reason::WrongPerson;
    let ordered = by_officer(&world, NINGBO, "b-0", &settled.settlement, reason).await;
    ordered.unwrap();
    assert_eq!(hospital.reversed("V0").await.state(), State::Reversed);
    // From the journal alone, and before the clearinghouse is reached.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    directories.set(&[]);
    starts_alone(&mut world, CHENGDU).await;
    settles(&world, "V1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_signs_with_another_key_once_the_directory_lists_it() {
    let mut world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let new = world.signing("/region/330200/node/signing");
    let first = signing.directory(version(&world, None, &[&world.ningbo.signing]));
    directories.set(std::slice::from_ref(&first));
    goes_by(&world, 1).await;
    settles(&world, "V0").await;
    let both = version(&world, Some(&first), &[&world.ningbo.signing, &new]);
    let second = signing.directory(both);
    directories.set(&[first.clone(), second.clone()]);
    goes_by(&world, 2).await;
    settles(&world, "V1").await;
    world.stop(NINGBO).await;
    world.ningbo.certified = certified(&new, &world.trust).into();
    world.ningbo.signing = new;
    starts_alone(&mut world, NINGBO).await;
    settles(&world, "V2").await;
    // A receipt under the old key, and a reversal of it under the new one, by a node that remembers neither.
    world.stop(CHENGDU).await;
    starts_alone(&mut world, CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let back = hospital.reverse("x-0", "V0", Reason::WrongBill).await;
    assert_eq!(back.unwrap().state(), State::Reversed);
    // Once only the old one is listed, what the new one signs is not believed.
    let old = second.directory.regions[&region(NINGBO)].signers[..1].to_vec();
    let mut third = version(&world, Some(&second), &[]);
    third.regions.get_mut(&region(NINGBO)).unwrap().signers = old;
    directories.set(&[first, second, signing.directory(third)]);
    goes_by(&world, 3).await;
    assert_eq!(refusal(&world, "V3").await, "outcome.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_not_called_on_the_word_of_another_ones_certificate() {
    let world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = version(&world, None, &[&world.chengdu.signing]);
    directories.set(&[signing.directory(first)]);
    let ningbo = |told: &clearing::ShowDirectoryResponse| told.number == 1;
    until(&world, ningbo).await;
    // Ningbo goes by it and calls Chengdu; Chengdu does not call Ningbo.
    assert_eq!(refusal(&world, "V0").await, "directory.unknown_region");
    let told = shown(&world, CHENGDU).await;
    assert_eq!(other(&told, CHENGDU).called_endpoint, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_collects_from_a_region_that_joined_after_its_backup() {
    let mut world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    world.back_up(NINGBO, &backup).await;
    let first = signing.directory(version(&world, None, &[&world.ningbo.signing]));
    directories.set(std::slice::from_ref(&first));
    goes_by(&world, 1).await;
    settles(&world, "V0").await;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    world.lose(NINGBO, &backup).await;
    starts_alone(&mut world, NINGBO).await;
    world.recovered(NINGBO).await;
    // The receipt that it forgot came back from there, and numbers go on after it.
    settles(&world, "V1").await;
    let status = world.status(NINGBO).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_that_cannot_follow_the_directory_waits_until_an_officer_accepts_a_branch()
{
    let mut world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    // The backup goes by a version in which Chengdu is not; the clearinghouse was put back and signed another.
    let mut alone = version(&world, None, &[&world.ningbo.signing]);
    alone.regions.remove(&region(CHENGDU));
    directories.set(&[signing.directory(alone)]);
    until(&world, |told| told.number == 1).await;
    world.back_up(NINGBO, &backup).await;
    let anew = signing.directory(version(&world, None, &[&world.ningbo.signing]));
    let digest = anew.directory.digest().to_string();
    directories.set(std::slice::from_ref(&anew));
    until(&world, |told| told.contradictions == 1).await;
    let officers = [NINGBO, CHENGDU].map(|own| (own, format!("/region/{own}/officer/li.wei")));
    for (own, officer) in &officers {
        let accepted = accept_at(&world, (officer.as_str(), *own), &digest).await;
        assert_eq!(accepted.unwrap(), 1);
    }
    settles(&world, "V0").await;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    world.lose(NINGBO, &backup).await;
    starts_alone(&mut world, NINGBO).await;
    // In recovery its officer sees what keeps the directory from being followed, and ends it.
    until_at(&world, NINGBO, |told| {
        told.contradictions == 1 && !told.trouble.is_empty()
    })
    .await;
    assert!(!world.status(NINGBO).await.recovering_from.is_empty());
    let [(own, officer), _] = &officers;
    let accepted = accept_at(&world, (officer.as_str(), *own), &digest).await;
    assert_eq!(accepted.unwrap(), 1);
    world.recovered(NINGBO).await;
    settles(&world, "V1").await;
    let status = world.status(NINGBO).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_asks_only_the_clearinghouse_until_it_follows_the_directory() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = version(&world, None, &[&world.ningbo.signing]);
    directories.set(&[signing.directory(first.clone())]);
    until(&world, |told| told.number == 1).await;
    world.back_up(NINGBO, backup.path()).await;
    let mut other = first;
    other.regions.get_mut(&region(CHENGDU)).unwrap().endpoint = None;
    directories.set(&[signing.directory(other)]);
    world.lose_and_restore(NINGBO, backup.path()).await;
    until_at(&world, NINGBO, |told| told.contradictions == 1).await;
    // Chengdu is configured, and asked for nothing yet.
    let status = world.status(NINGBO).await;
    assert_eq!(status.recovering_from, ["clearinghouse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_was_left_out_is_so_when_it_joins_again_after_a_start() {
    let mut world = strangers().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let first = signing.directory(version(&world, None, &[&world.ningbo.signing]));
    directories.set(std::slice::from_ref(&first));
    goes_by(&world, 1).await;
    settles(&world, "V0").await;
    world.back_up(NINGBO, &backup).await;
    world.status_when(NINGBO, |it| it.legs_held >= 1).await;
    world.stop(CHENGDU).await;
    world.lose(NINGBO, &backup).await;
    starts_alone(&mut world, NINGBO).await;
    world
        .status_when(NINGBO, |it| it.recovering_from == [CHENGDU])
        .await;
    leaves_out(&world, NINGBO, CHENGDU).await.unwrap();
    world.recovered(NINGBO).await;
    // A version says no more where Chengdu is, and Ningbo starts by that.
    let mut second = version(&world, Some(&first), &[&world.ningbo.signing]);
    second.regions.get_mut(&region(CHENGDU)).unwrap().endpoint = None;
    let second = signing.directory(second);
    directories.set(&[first.clone(), second.clone()]);
    until_at(&world, NINGBO, |told| told.number == 2).await;
    world.stop(NINGBO).await;
    starts_alone(&mut world, NINGBO).await;
    let told = shown(&world, NINGBO).await;
    assert_eq!(other(&told, NINGBO).called_endpoint, "");
    assert_eq!(world.status(NINGBO).await.left_out, [CHENGDU]);
    starts_alone(&mut world, CHENGDU).await;
    assert_eq!(refusal(&world, "V1").await, "recovery.left_out");
    // The next says it again.
    let third = version(&world, Some(&second), &[&world.ningbo.signing]);
    directories.set(&[first, second, signing.directory(third)]);
    goes_by(&world, 3).await;
    assert_eq!(world.status(NINGBO).await.left_out, [CHENGDU]);
    assert_eq!(refusal(&world, "V1").await, "recovery.left_out");
}
