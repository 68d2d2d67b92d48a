//! Who is a member, as officers say it and nodes fetch it, over real TLS.

use huitong_certs::directory::SIGNING_CERTIFICATE;
use huitong_certs::signing::{Algorithm, CertifiedKey, KeyId, Signature, chain_from_pem};
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::Artifact as _;
use huitong_core::membership::{SignedDirectory, Standing};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_service_client::DirectoryServiceClient;
use huitong_proto::clearing::v1::member_service_client::MemberServiceClient;
use tonic::transport::Channel;

use crate::commands::{clearing, clearing_as};
use crate::world::{
    CHENGDU, GUANGZHOU, NINGBO, OFFICER, SECOND_OFFICER, World, debt, payable, receivable, refusal,
    report,
};

type Members = MemberServiceClient<Channel>;

fn request(region: &str, action: v1::MemberAction) -> v1::ChangeMemberRequest {
    v1::ChangeMemberRequest {
        region: region.to_owned(),
        action: action.into(),
        member: String::new(),
        endpoint: String::new(),
        signers: Vec::new(),
    }
}

async fn say(
    officer: &mut Members,
    request: v1::ChangeMemberRequest,
) -> Result<v1::ChangeMemberResponse, tonic::Status> {
    Ok(officer.change_member(request).await?.into_inner())
}

/// The signing certificate of a region, as its folder has it.
fn signer(world: &World, region: &str) -> v1::SigningChain {
    let file = world
        .place(&format!("/region/{region}/node"))
        .join(SIGNING_CERTIFICATE);
    let certificates = chain_from_pem(&std::fs::read(file).unwrap()).unwrap();
    v1::SigningChain { certificates }
}

/// The version after another one, as a node fetches it, once it is signed.
async fn fetched(world: &World, after: u64) -> SignedDirectory {
    let node = world.connect(&format!("/region/{NINGBO}/node")).await;
    let mut node = DirectoryServiceClient::new(node);
    loop {
        let request = v1::FetchDirectoryRequest { after };
        let file = node
            .fetch_directory(request)
            .await
            .unwrap()
            .into_inner()
            .file;
        if !file.is_empty() {
            return SignedDirectory::from_bytes(&file).unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// Whether the clearinghouse signed just this, by the root alone.
fn is_signed(world: &World, signed: &SignedDirectory) -> bool {
    let trust = Trust::from_pem(world.root.certificate_pem().as_bytes()).unwrap();
    let at = jiff::Timestamp::from_millisecond(signed.at.as_millis()).unwrap();
    let key = CertifiedKey::from_der(&signed.signer, &trust, at).unwrap();
    assert_eq!(key.identity(), &Identity::ClearinghouseSigning);
    let key_id = KeyId::from_bytes(*signed.key_id.as_bytes());
    let signature = Signature::new(Algorithm::Ed25519, key_id, signed.signature.clone()).unwrap();
    let bytes = signed.directory.signed_bytes(signed.at);
    key.verify(&bytes, &signature).is_ok()
}

#[tokio::test]
async fn two_officers_suspend_a_region_and_every_node_can_check_who_said_so() {
    let world = World::begin().await;
    let mut first = MemberServiceClient::new(world.connect(OFFICER).await);
    let mut second = MemberServiceClient::new(world.connect(SECOND_OFFICER).await);
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    report(&mut chengdu, vec![receivable(1, &debt(1, 500))])
        .await
        .unwrap();
    let suspend = || request(CHENGDU, v1::MemberAction::Suspend);
    let waits = say(&mut first, suspend()).await.unwrap().member.unwrap();
    assert_eq!(waits.standing(), v1::MemberStanding::Active);
    assert_eq!(
        (waits.waiting(), waits.waiting_by.as_str()),
        (v1::MemberAction::Suspend, "wang.fang")
    );
    let stays = clearing_as(&world, SECOND_OFFICER, &["members", "resume", CHENGDU]);
    let stays = stays.await.unwrap();
    let ended = "ended: suspend, wanted by wang.fang / ";
    assert!(
        stays.starts_with(ended) && !stays.contains("waits"),
        "{stays}"
    );
    say(&mut first, suspend()).await.unwrap();
    report(&mut chengdu, vec![receivable(2, &debt(2, 500))])
        .await
        .unwrap();
    let done = say(&mut second, suspend()).await.unwrap();
    assert_eq!(done.number, 1);
    let (code, detail) = refusal(report(&mut chengdu, vec![receivable(3, &debt(3, 500))]).await);
    assert_eq!(
        (code.as_str(), detail.as_str()),
        ("stream.suspended", "held up to 2")
    );
    report(&mut ningbo, vec![payable(1, &debt(1, 500))])
        .await
        .unwrap();

    let mut version = fetched(&world, 0).await;
    assert!(is_signed(&world, &version) && version.directory.follows(None));
    let chengdu = &version.directory.regions[&CHENGDU.parse().unwrap()];
    assert_eq!(chengdu.standing, Standing::Suspended);
    version.directory.regions.clear();
    assert!(!is_signed(&world, &version));
}

/// What waits of Guangzhou is ended as it is listed, and again, which changes nothing.
async fn ends_by_name(world: &World, listed: &str) {
    let end = [
        "members",
        "end",
        GUANGZHOU,
        "join",
        "--wanted-by",
        "wang.fang",
    ];
    assert!(listed.contains(&end.join(" ")), "{listed}");
    for _ in 0..2 {
        let ended = clearing_as(world, SECOND_OFFICER, &end).await.unwrap();
        let wanted = "ended: join --member 440100 --node https://node.guangzhou.example:7400 ";
        assert!(
            ended.starts_with(wanted) && !ended.contains("waits"),
            "{ended}"
        );
    }
    let listed = clearing(world, &["members", "list"]).await.unwrap();
    assert!(!listed.contains(GUANGZHOU), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_joins_with_its_own_certificate_and_says_where_it_is() {
    let world = World::begin().await;
    let mut first = MemberServiceClient::new(world.connect(OFFICER).await);
    let mut second = MemberServiceClient::new(world.connect(SECOND_OFFICER).await);
    let join = |signers: Vec<v1::SigningChain>| v1::ChangeMemberRequest {
        endpoint: "https://node.guangzhou.example:7400".to_owned(),
        signers,
        ..request(GUANGZHOU, v1::MemberAction::Join)
    };
    let foreign = join(vec![signer(&world, NINGBO)]);
    let (code, detail) = refusal(say(&mut first, foreign).await);
    assert_eq!(code, "member.signer");
    assert!(detail.contains("/region/330200/node/signing"), "{detail}");
    let garbage = v1::SigningChain {
        certificates: vec![vec![0x30]],
    };
    let (code, _) = refusal(say(&mut first, join(vec![garbage])).await);
    assert_eq!(code, "member.signer");
    let (code, detail) = refusal(say(&mut first, join(Vec::new())).await);
    assert_eq!(code, "request.malformed");
    assert!(detail.contains("signers"), "{detail}");

    let own = || join(vec![signer(&world, GUANGZHOU)]);
    let mut guangzhou = world.region(GUANGZHOU).await;
    let stranger = report(&mut guangzhou, Vec::new()).await;
    assert_eq!(refusal(stranger).0, "stream.unknown_region");
    assert_eq!(say(&mut first, own()).await.unwrap().member, None);
    let listed = clearing(&world, &["members", "list"]).await.unwrap();
    let waits = "440100  is no member yet / 尚未加入\n        join --member 440100 \
                 --node https://node.guangzhou.example:7400 --signing-certificate (SHA-256 ";
    assert!(listed.contains(waits), "{listed}");
    ends_by_name(&world, &listed).await;
    assert_eq!(say(&mut first, own()).await.unwrap().member, None);
    let all = second.list_members(v1::ListMembersRequest {});
    let all = all.await.unwrap().into_inner();
    // Who only waits to join is not among the members, where an older reader would take it for one.
    let joining = all.joining.iter().map(|of| of.region.as_str());
    assert_eq!(joining.collect::<Vec<_>>(), [GUANGZHOU]);
    assert!(all.members.iter().all(|of| of.region != GUANGZHOU));
    let joined = say(&mut second, own()).await.unwrap().member.unwrap();
    assert_eq!(
        (joined.standing(), joined.since.as_str()),
        (v1::MemberStanding::Active, "2026-03-03")
    );
    assert_eq!(report(&mut guangzhou, Vec::new()).await.unwrap(), 0);

    // Another address takes one officer; an address that is none is refused.
    let moved = |endpoint: &str| v1::ChangeMemberRequest {
        endpoint: endpoint.to_owned(),
        ..request(GUANGZHOU, v1::MemberAction::Change)
    };
    assert_eq!(
        say(&mut first, moved("https://new.example:7400"))
            .await
            .unwrap()
            .number,
        2
    );
    let (code, _) = refusal(say(&mut first, moved("http://new.example:7400")).await);
    assert_eq!(code, "request.malformed");
    let (one, two) = (fetched(&world, 0).await, fetched(&world, 1).await);
    assert!(two.directory.follows(Some(&one.directory)) && is_signed(&world, &two));
    let listed = &two.directory.regions[&GUANGZHOU.parse().unwrap()];
    assert_eq!(listed.endpoint.as_deref(), Some("https://new.example:7400"));
    assert_eq!(listed.signers, [signer(&world, GUANGZHOU).certificates]);
    let request = v1::ListMembersRequest {};
    let all = second.list_members(request).await.unwrap().into_inner();
    assert_eq!((all.number, all.members.len()), (2, 3));
}

#[tokio::test]
async fn a_version_that_was_signed_under_a_root_that_is_gone_is_signed_under_the_one_in_force_as_of_then()
 {
    let mut world = World::begin().await;
    for officer in [OFFICER, SECOND_OFFICER] {
        let mut officer = MemberServiceClient::new(world.connect(officer).await);
        let suspend = request(CHENGDU, v1::MemberAction::Suspend);
        say(&mut officer, suspend).await.unwrap();
    }
    let before = fetched(&world, 0).await;
    world.stop().await;
    world.change_root();
    world.clock.put("2026-05-02T04:00:00.000Z");
    world.start().await.unwrap();
    let after = fetched(&world, 0).await;
    assert!(is_signed(&world, &after) && before.signer != after.signer);
    // By its moment it is judged which keys count: it stays.
    assert_eq!((before.directory, before.at), (after.directory, after.at));
}
