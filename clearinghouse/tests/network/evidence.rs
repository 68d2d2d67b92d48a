//! Evidence over the wire: asked for, signed by the home region, and told to officers.

use huitong_certs::authority::Issued;
use huitong_certs::directory::SIGNING_KEY;
use huitong_certs::{SigningKey, Validity};
use huitong_core::canonical::Artifact;
use huitong_core::clearing_evidence::{ClearingEvidence, SignedDebt};
use huitong_core::date::Timestamp;
use huitong_core::decision::EngineVersion;
use huitong_core::digest::{Digest, sha256};
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::Leg;
use huitong_core::money::Fen;
use huitong_core::receipt::{ClearingPart, GroupSignature, ReceiptBody};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::call_up_service_client::CallUpServiceClient;
use huitong_proto::clearing::v1::exception_service_client::ExceptionServiceClient;
use huitong_proto::clearing::v1::member_service_client::MemberServiceClient;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tonic::Status;
use tonic::transport::Channel;

use crate::world::{
    CHENGDU, GUANGZHOU, NINGBO, OFFICER, World, close, cut_off, held, net, receivable, refusal,
    report, validity,
};

const FIRST: &str = "2026-03-01";

fn body(fen: i64) -> ReceiptBody {
    ReceiptBody {
        number: 1,
        clearing: ClearingPart {
            settlement: SettlementId::from_parts(1, [1; 10]),
            home: NINGBO.parse().unwrap(),
            treatment: CHENGDU.parse().unwrap(),
            amounts: vec![(Fund::ResidentPool, Fen::new(fen).unwrap())],
            business_day: FIRST.parse().unwrap(),
            policy: sha256(b"policy"),
            catalogue: sha256(b"catalogue"),
            engine: EngineVersion(1),
        },
        personal: sha256(b"personal"),
        incarnation: 1,
        committed_at: Timestamp::parse("2026-03-01T02:00:00.000Z").unwrap(),
    }
}

/// What a region shows, with one leaf in the group that its key signed.
fn signed(world: &World, region: &str, body: ReceiptBody) -> ClearingEvidence {
    let folder = world.place(&format!("/region/{region}/node"));
    let key = SigningKey::load(&folder.join("signing.key")).unwrap();
    let chain = CertificateDer::pem_file_iter(folder.join("signing.crt")).unwrap();
    let root = body.leaf();
    let signature = key.sign(&GroupSignature::signed_bytes(&root, 1));
    ClearingEvidence {
        word: SignedDebt::Receipt(body),
        group: GroupSignature {
            root,
            size: 1,
            algorithm: 1,
            key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
            signature: signature.bytes().to_vec(),
        },
        index: 0,
        path: Vec::new(),
        signer: chain.map(|der| der.unwrap().to_vec()).collect(),
    }
}

async fn party(world: &World, region: &str) -> CallUpServiceClient<Channel> {
    CallUpServiceClient::new(world.connect(&format!("/region/{region}/node")).await)
}

async fn wanted(client: &mut CallUpServiceClient<Channel>) -> Result<Vec<String>, Status> {
    let found = client
        .list_wanted(v1::ListWantedRequest { after: 0 })
        .await?;
    let wanted = found.into_inner().wanted.into_iter();
    Ok(wanted.map(|wanted| wanted.settlement).collect())
}

async fn show(
    client: &mut CallUpServiceClient<Channel>,
    evidence: &ClearingEvidence,
) -> Result<(), Status> {
    let evidence = evidence.to_bytes();
    let given = client.give_evidence(v1::GiveEvidenceRequest { evidence });
    given.await.map(drop)
}

#[tokio::test]
async fn only_the_home_regions_signed_word_is_taken_and_officers_see_what_it_says() {
    let world = World::begin().await;
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let body = body(700);
    let leg = Leg::of(&body).pop().unwrap();
    report(&mut chengdu, vec![receivable(1, &leg)])
        .await
        .unwrap();
    for region in [&mut ningbo, &mut chengdu] {
        let up_to = held(region).await;
        assert!(close(region, FIRST, up_to).await.unwrap());
    }
    let mut officer = world.officer().await;
    cut_off(&mut officer, FIRST).await.unwrap();
    net(&mut officer, FIRST).await.unwrap();

    let mut treatment = party(&world, CHENGDU).await;
    let named = vec![leg.settlement.to_string()];
    assert_eq!(wanted(&mut treatment).await.unwrap(), named);
    let stranger = wanted(&mut party(&world, GUANGZHOU).await).await;
    assert_eq!(refusal(stranger).0, "stream.unknown_region");

    // Signed by the region that is owed, with another path, and with another amount than was signed.
    let right = signed(&world, NINGBO, body.clone());
    let own = signed(&world, CHENGDU, body.clone());
    let mut moved = right.clone();
    moved.path.push(sha256(b"sibling"));
    let mut changed = right.clone();
    if let SignedDebt::Receipt(body) = &mut changed.word {
        body.clearing.amounts[0].1 = Fen::new(701).unwrap();
    }
    for wrong in [own, moved, changed] {
        let (code, detail) = refusal(show(&mut treatment, &wrong).await);
        assert_eq!(code, "request.malformed", "{detail}");
        assert!(detail.starts_with("evidence: "), "{detail}");
    }
    show(&mut treatment, &right).await.unwrap();
    assert_eq!(wanted(&mut treatment).await.unwrap(), Vec::<String>::new());

    let mut exceptions = ExceptionServiceClient::new(world.connect(OFFICER).await);
    let found = exceptions.list_exceptions(v1::ListExceptionsRequest::default());
    let rows = found.await.unwrap().into_inner().exceptions;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].evidence(), v1::EvidenceSays::AsReported);
}

/// A version of the directory with these as the certificates with which Ningbo signs.
async fn lists(world: &World, issued: &Issued) {
    let chain = issued.chain().iter().map(|der| der.to_vec());
    let certificates = chain.collect();
    let mut officer = MemberServiceClient::new(world.connect(OFFICER).await);
    let request = v1::ChangeMemberRequest {
        region: NINGBO.to_owned(),
        action: v1::MemberAction::Change.into(),
        signers: vec![v1::SigningChain { certificates }],
        ..v1::ChangeMemberRequest::default()
    };
    officer.change_member(request).await.unwrap();
}

#[tokio::test]
async fn what_was_signed_under_a_root_that_is_gone_is_taken_by_the_listed_certificate_of_its_key() {
    let mut world = World::begin().await;
    let mut chengdu = world.region(CHENGDU).await;
    let body = body(700);
    let leg = Leg::of(&body).pop().unwrap();
    report(&mut chengdu, vec![receivable(1, &leg)])
        .await
        .unwrap();
    let late = signed(&world, NINGBO, body.clone());
    let changed = signed(&world, NINGBO, self::body(701));
    let key = |world: &World, region: &str| {
        let place = world.place(&format!("/region/{region}/node"));
        std::fs::read_to_string(place.join(SIGNING_KEY)).unwrap()
    };
    let keys = [CHENGDU, NINGBO].map(|region| key(&world, region));
    world.stop().await;
    world.change_root();
    world.start().await.unwrap();
    let mut treatment = party(&world, CHENGDU).await;
    let identity = format!("/region/{NINGBO}/node/signing").parse().unwrap();
    let begin = "2026-01-01T00:00:00Z".parse().unwrap();
    let holds = Validity::new(begin, validity(1).not_after()).unwrap();
    let renewed = keys.map(|key| {
        let renewed = world.root.renew_signing(&identity, &key, holds);
        renewed.unwrap()
    });
    let refused = async |client: &mut _, evidence: &_| {
        let (code, detail) = refusal(show(client, evidence).await);
        assert_eq!(code, "request.malformed", "{detail}");
    };
    refused(&mut treatment, &late).await;
    let [of_another_key, of_the_key] = renewed;
    lists(&world, &of_another_key).await;
    refused(&mut treatment, &late).await;
    lists(&world, &of_the_key).await;
    let mut wrong = late.clone();
    wrong.word = changed.word;
    refused(&mut treatment, &wrong).await;
    show(&mut treatment, &late).await.unwrap();
}
