//! The signed directory as a clearinghouse hands it out to nodes: followed in order, and not when it contradicts itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::membership::{Directory, ListedRegion, SignedDirectory, Standing};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_desk_service_client::DirectoryDeskServiceClient;
use huitong_proto::clearing::v1::directory_service_server::DirectoryService;
use huitong_proto::settlement::v1::State;
use huitong_transport::peer;
use tonic::{Request, Response, Status};

use crate::bills::{at_home, settle, small};
use crate::patience;
use crate::witness::Signing;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code, region};

/// The versions that are handed out, and to which regions only so many of them are.
#[derive(Clone, Default)]
pub struct Directories(
    Arc<Mutex<Vec<SignedDirectory>>>,
    Arc<Away>,
    Arc<Mutex<BTreeMap<String, usize>>>,
);

/// Whether nothing is answered, and how often nothing was.
#[derive(Default)]
struct Away(AtomicBool, AtomicUsize);

impl Directories {
    pub fn set(&self, versions: &[SignedDirectory]) {
        *self.0.lock().unwrap() = versions.to_vec();
    }

    /// Hands a region no more than the first so many versions.
    pub fn keep_from(&self, region: &str, first: usize) {
        self.2.lock().unwrap().insert(region.to_owned(), first);
    }

    /// Answers nothing from now on, and waits until no look of before is under way.
    async fn goes_away(&self) {
        self.1.0.store(true, Ordering::SeqCst);
        // Waits double, so the third is not one node's before the other's first.
        patience::until(async || {
            let asked = self.1.1.load(Ordering::SeqCst);
            if asked >= 3 { Ok(()) } else { Err(asked) }
        })
        .await;
    }

    /// Answers again.
    fn come_back(&self) {
        self.1.0.store(false, Ordering::SeqCst);
    }
}

#[tonic::async_trait]
impl DirectoryService for Directories {
    async fn fetch_directory(
        &self,
        request: Request<v1::FetchDirectoryRequest>,
    ) -> Result<Response<v1::FetchDirectoryResponse>, Status> {
        if self.1.0.load(Ordering::SeqCst) {
            self.1.1.fetch_add(1, Ordering::SeqCst);
            return Err(Status::unavailable("away"));
        }
        let region = match peer(&request).unwrap() {
            Identity::RegionNode(region) => region.to_string(),
            other => panic!("{other}"),
        };
        let after = request.into_inner().after as usize;
        let shown = self.2.lock().unwrap().get(&region).copied();
        let versions = self.0.lock().unwrap();
        let mut shown = versions.iter().take(shown.unwrap_or(usize::MAX));
        let file = shown.nth(after).map(Artifact::to_bytes);
        Ok(Response::new(v1::FetchDirectoryResponse {
            file: file.unwrap_or_default(),
        }))
    }
}

/// A region as a version lists it, with neither endpoint nor keys.
pub fn listed(code: &str, standing: Standing) -> ListedRegion {
    ListedRegion {
        member: region(code),
        endpoint: None,
        signers: Vec::new(),
        standing,
        since: None,
    }
}

/// The version after another, in which Ningbo and Chengdu are listed like this.
pub fn version_after(
    before: Option<&SignedDirectory>,
    ningbo: ListedRegion,
    chengdu: ListedRegion,
) -> Directory {
    Directory {
        number: before.map_or(1, |before| before.directory.number + 1),
        before: before.map(|before| before.directory.digest()),
        regions: BTreeMap::from([(region(NINGBO), ningbo), (region(CHENGDU), chengdu)]),
    }
}

/// The version after another, in which Ningbo stands like this and is there.
fn version(
    before: Option<&SignedDirectory>,
    standing: Standing,
    endpoint: Option<String>,
) -> Directory {
    let mut ningbo = listed(NINGBO, standing);
    ningbo.endpoint = endpoint;
    version_after(before, ningbo, listed(CHENGDU, Standing::Active))
}

pub async fn shown(world: &World, region: &str) -> v1::ShowDirectoryResponse {
    let party = format!("/region/{region}/officer/li.wei");
    let officer = world.caller(&party, region).await;
    let mut client = DirectoryDeskServiceClient::new(officer);
    let request = v1::ShowDirectoryRequest {};
    client.show_directory(request).await.unwrap().into_inner()
}

/// What a node shows, once it is so.
pub async fn until_at(
    world: &World,
    region: &str,
    so: impl Fn(&v1::ShowDirectoryResponse) -> bool,
) {
    patience::until(async || {
        let told = shown(world, region).await;
        if so(&told) { Ok(()) } else { Err(told) }
    })
    .await;
}

/// What both nodes show, once it is so.
pub async fn until(world: &World, so: impl Fn(&v1::ShowDirectoryResponse) -> bool) {
    for region in [NINGBO, CHENGDU] {
        until_at(world, region, &so).await;
    }
}

fn ningbo(told: &v1::ShowDirectoryResponse) -> &v1::DirectoryRegion {
    told.regions.iter().find(|it| it.region == NINGBO).unwrap()
}

pub async fn refusal(world: &World, visit: &str) -> String {
    let mut hospital = world.hospital(HOSPITAL).await;
    let refused = hospital.settle(settle(visit, small(visit))).await;
    code(&refused.unwrap_err())
}

pub async fn settles(world: &World, visit: &str) {
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle(visit, small(visit))).await.unwrap();
    assert_eq!(settled.state(), State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_settled_with_a_region_that_is_suspended_or_left_and_what_was_begun_stands()
{
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    settles(&world, "V0").await;
    let told = shown(&world, CHENGDU).await;
    assert_eq!((told.number, told.trouble.as_str()), (0, ""));
    let first = signing.directory(version(None, Standing::Suspended, None));
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| told.number == 1).await;
    assert_eq!(refusal(&world, "V1").await, "directory.suspended");
    // What stands is answered and taken back as ever, and at home nothing changes.
    settles(&world, "V0").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let local = settle("r-home", at_home("H1"));
    assert_eq!(
        hospital.settle(local).await.unwrap().state(),
        State::Settled
    );
    // From the journal alone, and before the clearinghouse is reached.
    directories.set(&[]);
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(refusal(&world, "V2").await, "directory.suspended");
    let told = shown(&world, CHENGDU).await;
    assert_eq!(ningbo(&told).standing(), v1::MemberStanding::Suspended);
    let second = signing.directory(version(Some(&first), Standing::Active, None));
    let third = signing.directory(version(Some(&second), Standing::Left, None));
    directories.set(&[first.clone(), second.clone()]);
    until(&world, |told| told.number == 2 && told.trouble.is_empty()).await;
    settles(&world, "V1").await;
    directories.set(&[first, second, third]);
    until(&world, |told| told.number == 3).await;
    assert_eq!(refusal(&world, "V3").await, "directory.left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_called_where_the_directory_says_and_where_configured_when_it_says_nothing() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    settles(&world, "V0").await;
    let nowhere = "https://127.0.0.1:1".to_owned();
    let first = version(None, Standing::Active, Some(nowhere.clone()));
    let first = signing.directory(first);
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| told.number == 1).await;
    assert_eq!(refusal(&world, "V1").await, "home.unreachable");
    let told = shown(&world, CHENGDU).await;
    let listed = ningbo(&told);
    assert_eq!(listed.called_endpoint, nowhere);
    assert_ne!(listed.configured_endpoint, nowhere);
    // It stands after a restart too.
    world.stop(CHENGDU).await;
    world.start(CHENGDU).await;
    assert_eq!(
        ningbo(&shown(&world, CHENGDU).await).called_endpoint,
        nowhere
    );
    let second = signing.directory(version(Some(&first), Standing::Active, None));
    directories.set(&[first, second]);
    until(&world, |told| told.number == 2).await;
    let told = shown(&world, CHENGDU).await;
    let listed = ningbo(&told);
    assert_eq!(listed.called_endpoint, listed.configured_endpoint);
    settles(&world, "V1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_contradicts_itself_goes_back_or_is_not_signed_is_not_followed() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    // Signed by a region's key.
    let forged = Signing::of(&world, "/region/330200/node/signing");
    let unsigned = forged.directory(version(None, Standing::Left, None));
    directories.set(&[unsigned]);
    until(&world, |told| told.trouble.contains("not its signed")).await;
    let first = signing.directory(version(None, Standing::Active, None));
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| told.number == 1 && told.trouble.is_empty()).await;
    // Another of the same number, signed: kept once, and not gone by.
    let other = signing.directory(version(None, Standing::Left, None));
    directories.set(std::slice::from_ref(&other));
    until(&world, |told| {
        told.contradictions == 1 && !told.trouble.is_empty()
    })
    .await;
    // The next, upon the other.
    let upon = signing.directory(version(Some(&other), Standing::Left, None));
    directories.set(&[first.clone(), upon]);
    until(&world, |told| told.contradictions == 2).await;
    directories.set(&[]);
    until(&world, |told| told.trouble.contains("went back")).await;
    assert_eq!(shown(&world, CHENGDU).await.number, 1);
    settles(&world, "V0").await;
    // It is kept after a kill, from the journal alone.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(shown(&world, CHENGDU).await.contradictions, 2);
    directories.set(&[first]);
    until(&world, |told| told.trouble.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_stands_when_its_signature_holds_no_more_and_what_follows_upon_it_is_taken()
{
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = signing.directory(version(None, Standing::Suspended, None));
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| told.number == 1).await;
    // The same version under a certificate that is not good for it, as when its root is gone or it was revoked.
    let stale = Signing::of(&world, "/region/330200/node/signing");
    let stale = stale.directory(first.directory.clone());
    let second = signing.directory(version(Some(&first), Standing::Active, None));
    directories.set(&[stale.clone(), second.clone()]);
    until(&world, |told| told.number == 2 && told.trouble.is_empty()).await;
    settles(&world, "V0").await;
    // What is new must be signed all the same.
    let third = version(Some(&second), Standing::Left, None);
    let third = Signing::of(&world, "/region/330200/node/signing").directory(third);
    directories.set(&[stale, second, third]);
    until(&world, |told| told.trouble.contains("not its signed")).await;
    assert_eq!(shown(&world, CHENGDU).await.number, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_kept_from_the_directory_for_an_hour_says_that_it_is_not_followed() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    until(&world, |told| told.looked_at_ms > 0).await;
    directories.goes_away().await;
    let looked = shown(&world, CHENGDU).await;
    world.clock.set("2023-03-10T04:59:00.000Z");
    assert_eq!(shown(&world, CHENGDU).await.trouble, "");
    world.clock.set("2023-03-10T05:00:00.000Z");
    until(&world, |told| told.trouble.contains("away")).await;
    let kept = shown(&world, CHENGDU).await;
    assert_eq!(kept.looked_at_ms, looked.looked_at_ms);
    directories.come_back();
    until(&world, |told| told.trouble.is_empty()).await;
    let again = shown(&world, CHENGDU).await;
    assert!(again.looked_at_ms > looked.looked_at_ms);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_complete_only_when_every_version_that_there_is_was_taken() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    until(&world, |told| told.looked_at_ms > 0).await;
    // More than are taken in one round.
    let mut versions: Vec<SignedDirectory> = Vec::new();
    for _ in 0..260 {
        let next = version(versions.last(), Standing::Active, None);
        versions.push(signing.directory(next));
    }
    directories.goes_away().await;
    directories.set(&versions);
    let before = shown(&world, CHENGDU).await.looked_at_ms;
    world.clock.set("2023-03-10T04:30:00.000Z");
    directories.come_back();
    for region in [NINGBO, CHENGDU] {
        until_at(&world, region, |told| told.looked_at_ms > before).await;
        assert_eq!(shown(&world, region).await.number, 260, "{region}");
    }
}
