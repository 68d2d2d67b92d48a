//! A clearinghouse that was restored signs a number of the directory anew: an officer has the node go by that branch.

use huitong_core::canonical::Artifact;
use huitong_core::digest::sha256;
use huitong_core::membership::{Directory, SignedDirectory, Standing};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_desk_service_client::DirectoryDeskServiceClient;
use tonic::Status;

use crate::directory::{listed, refusal, settles, shown, until, until_at, version_after};
use crate::witness::Signing;
use crate::world::{CHENGDU, NINGBO, World, code};

/// The version after another one, in which Ningbo stands like this.
fn version(before: Option<&SignedDirectory>, standing: Standing) -> Directory {
    version_after(
        before,
        listed(NINGBO, standing),
        listed(CHENGDU, Standing::Active),
    )
}

async fn accept(world: &World, party: &str, digest: &str) -> Result<u64, Status> {
    accept_at(world, (party, CHENGDU), digest).await
}

/// Has somebody tell a region's node which branch to go by.
pub async fn accept_at(
    world: &World,
    (party, to): (&str, &str),
    digest: &str,
) -> Result<u64, Status> {
    let officer = world.caller(party, to).await;
    let digest = digest.to_owned();
    let request = v1::AcceptBranchRequest { digest };
    let answer = DirectoryDeskServiceClient::new(officer)
        .accept_branch(request)
        .await;
    Ok(answer?.into_inner().number)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_has_the_node_go_by_another_branch_and_what_contradicted_is_kept() {
    const OFFICER: &str = "/region/510100/officer/li.wei";
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = signing.directory(version(None, Standing::Active));
    let second = version(Some(&first), Standing::Active);
    let second = signing.directory(second);
    directories.set(&[first.clone(), second.clone()]);
    until(&world, |told| told.number == 2).await;
    // The clearinghouse was put back to the first, and signed a second one anew.
    let anew = signing.directory(version(Some(&first), Standing::Suspended));
    let digest = anew.directory.digest().to_string();
    directories.set(&[first.clone(), anew.clone()]);
    until(&world, |told| told.contradictions == 1).await;
    let told = shown(&world, CHENGDU).await;
    let [branch] = &*told.branches else {
        panic!("{told:?}")
    };
    assert_eq!((branch.number, &branch.digest), (2, &digest));
    assert_eq!((&*branch.accepted_by, branch.accepted_at_ms), ("", 0));
    let [differs] = &*branch.differs else {
        panic!("{branch:?}")
    };
    assert_eq!(differs.region, NINGBO);
    let standing = (differs.here(), differs.there());
    let (active, suspended) = (v1::MemberStanding::Active, v1::MemberStanding::Suspended);
    assert_eq!(standing, (active, suspended));
    settles(&world, "V0").await;
    // Nothing but a version that is kept, and that an officer of the region names.
    let unknown = sha256(b"no such version").to_string();
    let refused = accept(&world, OFFICER, &unknown).await.unwrap_err();
    assert_eq!(code(&refused), "directory.no_branch");
    let hospital = "/region/510100/institution/H51010400001";
    let refused = accept(&world, hospital, &digest).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    assert_eq!(shown(&world, CHENGDU).await.contradictions, 1);
    assert_eq!(accept(&world, OFFICER, &digest).await.unwrap(), 2);
    assert_eq!(refusal(&world, "V1").await, "directory.suspended");
    assert_eq!(accept(&world, OFFICER, &digest).await.unwrap(), 2);
    // The other region's node stays with what it took.
    assert_eq!(shown(&world, NINGBO).await.contradictions, 1);
    // What follows upon the branch is taken.
    let third = signing.directory(version(Some(&anew), Standing::Active));
    directories.set(&[first, anew, third]);
    let follows = |told: &v1::ShowDirectoryResponse| {
        told.number == 3 && told.contradictions == 0 && told.trouble.is_empty()
    };
    until_at(&world, CHENGDU, follows).await;
    // From the journal alone, with who accepted it.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    until_at(&world, CHENGDU, follows).await;
    let told = shown(&world, CHENGDU).await;
    let [branch] = &*told.branches else {
        panic!("{told:?}")
    };
    assert_eq!((&branch.digest, &*branch.accepted_by), (&digest, "li.wei"));
    assert!(branch.accepted_at_ms > 0);
    // And not back to what is older.
    let old = second.directory.digest().to_string();
    for older in [&digest, &old] {
        let refused = accept(&world, OFFICER, older).await.unwrap_err();
        assert_eq!(code(&refused), "directory.no_branch");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicted_and_follows_upon_an_accepted_version_is_open_no_more() {
    const OFFICER: &str = "/region/510100/officer/li.wei";
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = signing.directory(version(None, Standing::Active));
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| told.number == 1).await;
    let other = signing.directory(version(None, Standing::Suspended));
    let upon = signing.directory(version(Some(&other), Standing::Suspended));
    directories.set(&[first, upon.clone()]);
    until(&world, |told| told.contradictions == 1).await;
    directories.set(&[other.clone(), upon]);
    until(&world, |told| told.contradictions == 2).await;
    let digest = other.directory.digest().to_string();
    assert_eq!(accept(&world, OFFICER, &digest).await.unwrap(), 1);
    until_at(&world, CHENGDU, |told| {
        told.number == 2 && told.contradictions == 0 && told.trouble.is_empty()
    })
    .await;
    assert_eq!(refusal(&world, "V0").await, "directory.suspended");
    assert_eq!(shown(&world, NINGBO).await.contradictions, 2);
}
