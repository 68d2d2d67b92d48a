//! Regions' nodes fetch checkpoints and their own part of each, say what they think of it, and officers see it.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::{
    CertifiedWord, Finding, FindingKind, Verdict, WitnessFile, WitnessWord,
};
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_netting::statement::RegionPart;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_service_client::ProofServiceClient;
use serde_json::Value;
use tonic::Status;
use tonic::transport::Channel;

use crate::commands::clearing;
use crate::world::{
    CHENGDU, GUANGZHOU, NINGBO, World, close, cut_off, debt, net, payable, receivable, refusal,
    report,
};

const DAY: &str = "2026-03-01";

async fn netted(world: &World) {
    let leg = debt(1, 1_316_000);
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    report(&mut chengdu, vec![receivable(1, &leg)])
        .await
        .unwrap();
    report(&mut ningbo, vec![payable(1, &leg)]).await.unwrap();
    close(&mut ningbo, DAY, 1).await.unwrap();
    close(&mut chengdu, DAY, 1).await.unwrap();
    let mut officer = world.officer().await;
    cut_off(&mut officer, DAY).await.unwrap();
    net(&mut officer, DAY).await.unwrap();
}

async fn proofs(world: &World, region: &str) -> ProofServiceClient<Channel> {
    ProofServiceClient::new(world.connect(&format!("/region/{region}/node")).await)
}

/// The only checkpoint, once its cycle is indexed.
async fn checkpoint(client: &mut ProofServiceClient<Channel>) -> CertifiedCheckpoint {
    loop {
        let request = v1::ListCheckpointsRequest { after: 0 };
        let told = client.list_checkpoints(request).await.unwrap().into_inner();
        assert_eq!((told.newest, told.witnessed), (1, 0));
        if let [file] = told.files.as_slice() {
            return CertifiedCheckpoint::from_bytes(file).unwrap();
        }
        tokio::task::yield_now().await;
    }
}

async fn part(client: &mut ProofServiceClient<Channel>) -> Vec<u8> {
    let request = v1::FetchPartRequest {
        business_day: DAY.to_owned(),
    };
    let mut pieces = client.fetch_part(request).await.unwrap().into_inner();
    let mut part = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        part.extend(piece.part);
    }
    part
}

/// A word that is said to be of a region, signed with the key of another or of the same.
fn word(
    world: &World,
    of: &str,
    key_of: &str,
    checkpoint: Digest,
    found: &[Finding],
) -> CertifiedWord {
    let (key, certified) = world.signing(key_of);
    let chain = certified.chain().iter().map(|der| der.to_vec());
    let word = WitnessWord {
        region: RegionCode::parse(of).unwrap(),
        plan: 1,
        checkpoint,
        verdict: Verdict::of(found),
        at: huitong_core::date::Timestamp::parse("2026-03-03T04:00:00.000Z").unwrap(),
    };
    let signature = key.sign(&word.signed_bytes());
    CertifiedWord {
        word,
        algorithm: 1,
        key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
        signature: signature.bytes().to_vec(),
        signer: chain.collect(),
    }
}

async fn say(
    client: &mut ProofServiceClient<Channel>,
    words: &[CertifiedWord],
) -> Result<u64, Status> {
    let words = words.iter().map(Artifact::to_bytes).collect();
    let answer = client.witness(v1::WitnessRequest { words }).await?;
    Ok(answer.into_inner().witnessed)
}

fn finding() -> Finding {
    let settlement = Some(debt(1, 1).settlement);
    Finding {
        settlement,
        ..Finding::whole(FindingKind::LegChanged)
    }
}

#[tokio::test]
async fn each_region_gets_its_own_part_and_whoever_is_not_in_the_directory_gets_nothing() {
    let world = World::begin().await;
    netted(&world).await;
    for code in [NINGBO, CHENGDU] {
        let mut client = proofs(&world, code).await;
        let checkpoint = checkpoint(&mut client).await;
        let part = RegionPart::from_bytes(&part(&mut client).await).unwrap();
        assert_eq!(part.region().unwrap().to_string(), code);
        assert_eq!(part.check(), []);
        assert_eq!(part.statement().checkpoint, checkpoint);
        assert_eq!(part.statement().rows[0].legs.len(), 1);
        let newest = v1::FetchCheckpointRequest::default();
        let newest = client.fetch_checkpoint(newest).await.unwrap().into_inner();
        assert_eq!(newest.file, checkpoint.to_bytes());
        let of_day = v1::FetchCheckpointRequest {
            business_day: DAY.to_owned(),
        };
        let of_day = client.fetch_checkpoint(of_day).await.unwrap().into_inner();
        assert_eq!(of_day.file, newest.file);
    }
    let mut stranger = proofs(&world, GUANGZHOU).await;
    let request = v1::ListCheckpointsRequest { after: 0 };
    let refused = refusal(stranger.list_checkpoints(request).await);
    assert_eq!(refused.0, "stream.unknown_region");
    let request = v1::FetchPartRequest {
        business_day: DAY.to_owned(),
    };
    let refused = refusal(stranger.fetch_part(request).await.map(|_| ()));
    assert_eq!(refused.0, "stream.unknown_region");
}

#[tokio::test]
async fn a_word_is_taken_only_as_its_region_signed_it() {
    let world = World::begin().await;
    netted(&world).await;
    let mut ningbo = proofs(&world, NINGBO).await;
    let digest = checkpoint(&mut ningbo).await.signed.checkpoint.digest();
    let mut forged = word(&world, NINGBO, NINGBO, digest, &[]);
    forged.word.verdict = Verdict::of(&[finding()]);
    let of_another = word(&world, NINGBO, CHENGDU, digest, &[]);
    for wrong in [forged, of_another] {
        let refused = refusal(say(&mut ningbo, &[wrong]).await);
        assert_eq!(refused.0, "witness.invalid", "{}", refused.1);
    }
    let right = word(&world, NINGBO, NINGBO, digest, &[]);
    let mut chengdu = proofs(&world, CHENGDU).await;
    let refused = refusal(say(&mut chengdu, std::slice::from_ref(&right)).await);
    assert_eq!(refused.0, "witness.invalid", "it is another region's");
    for _ in 0..2 {
        assert_eq!(
            say(&mut ningbo, std::slice::from_ref(&right))
                .await
                .unwrap(),
            1
        );
    }
}

#[tokio::test]
async fn an_officer_sees_who_countersigned_who_refused_and_why_and_takes_it_along_to_verify() {
    let mut world = World::begin().await;
    netted(&world).await;
    let mut ningbo = proofs(&world, NINGBO).await;
    let digest = checkpoint(&mut ningbo).await.signed.checkpoint.digest();
    let asked = ["checkpoint", "--day", DAY, "--json"];
    let told: Value = serde_json::from_str(&clearing(&world, &asked).await.unwrap()).unwrap();
    assert_eq!(told["not_yet"], serde_json::json!([NINGBO, CHENGDU]));
    say(&mut ningbo, &[word(&world, NINGBO, NINGBO, digest, &[])])
        .await
        .unwrap();
    let refused = word(&world, CHENGDU, CHENGDU, digest, &[finding()]);
    say(&mut proofs(&world, CHENGDU).await, &[refused])
        .await
        .unwrap();
    world.stop().await;
    world.start().await.unwrap();
    let file = |name: &str| world.place("/papers").with_file_name(name);
    let [statement, words] = [file("statement"), file("words")];
    let shown = |path: &std::path::Path| path.display().to_string();
    let (statement, words_shown) = (shown(&statement), shown(&words));
    let asked = ["checkpoint", "--day", DAY, "--json", "--countersignatures"];
    let asked = [&asked[..], &[words_shown.as_str()]].concat();
    let told: Value = serde_json::from_str(&clearing(&world, &asked).await.unwrap()).unwrap();
    assert_eq!(told["countersigned"], serde_json::json!([NINGBO]));
    assert_eq!(told["refused"][0]["region"], CHENGDU);
    assert_eq!(
        told["refused"][0]["codes"],
        serde_json::json!(["leg.changed"])
    );
    assert_eq!(told["not_yet"], serde_json::json!([]));
    let text = clearing(&world, &["checkpoint", "--day", DAY])
        .await
        .unwrap();
    for part in [
        "330200 countersigned",
        "510100 REFUSED, 1 findings",
        "settlement stl_",
    ] {
        assert!(text.contains(part), "{text} lacks {part}");
    }

    let asked = [
        "statement",
        "--day",
        DAY,
        "--member",
        CHENGDU,
        "--out",
        &statement,
    ];
    clearing(&world, &asked).await.unwrap();
    let roots = shown(&world.files("/clearinghouse").roots);
    let verify = ["verify", "--statement", &statement, "--roots", &roots];
    let verify = [
        &verify[..],
        &["--countersignatures", &words_shown, "--json"],
    ]
    .concat();
    let found = verified(&verify).await;
    assert_eq!(found["faults"], serde_json::json!([]));
    assert_eq!(found["countersigned"], serde_json::json!([NINGBO]));
    assert_eq!(found["refused"], serde_json::json!([CHENGDU]));
    assert_eq!(found["silent"], serde_json::json!([]));
    whatever_is_done_to_the_words_is_told(&verify, &words).await;
}

/// What becomes of the file of words shows in what is verified with it.
async fn whatever_is_done_to_the_words_is_told(verify: &[&str], words: &std::path::Path) {
    // One that is left out of the file is not there, and that is told.
    let whole = WitnessFile::from_bytes(&std::fs::read(words).unwrap()).unwrap();
    let mut fewer = whole.clone();
    fewer
        .words
        .retain(|it| it.word.region.to_string() != CHENGDU);
    std::fs::write(words, fewer.to_bytes()).unwrap();
    assert_eq!(
        verified(verify).await["silent"],
        serde_json::json!([CHENGDU])
    );
    std::fs::write(words, whole.to_bytes()).unwrap();
    // A refusal that somebody made a countersignature of is no word of the region.
    let mut file = WitnessFile::from_bytes(&std::fs::read(words).unwrap()).unwrap();
    file.words[1].word.verdict = Verdict::Holds;
    std::fs::write(words, file.to_bytes()).unwrap();
    let found = verified(verify).await;
    assert_eq!(found["faults"][0]["code"], "countersignature.signature");
    assert_eq!(found["holds"], false);
}

/// `clearing verify`, which takes no connection.
async fn verified(words: &[&str]) -> Value {
    let printed = crate::commands::offline(words).await.unwrap();
    serde_json::from_str(&printed).unwrap()
}

/// Its node was down while the root was rolled: it is shown what it missed under the root in force, and countersigns that.
#[tokio::test]
async fn what_was_signed_under_a_root_that_is_gone_can_be_countersigned_under_the_one_in_force() {
    let mut world = World::begin().await;
    netted(&world).await;
    let before = checkpoint(&mut proofs(&world, NINGBO).await).await;
    world.stop().await;
    world.change_root();
    world.start().await.unwrap();
    let roots = std::fs::read(world.files("/clearinghouse").roots).unwrap();
    let trust = huitong_certs::Trust::from_pem(&roots).unwrap();
    let holds = |of: &CertifiedCheckpoint| {
        huitong_certs::signing::of_clearinghouse::checkpoint(of, &trust).is_ok()
    };
    let mut ningbo = proofs(&world, NINGBO).await;
    let after = checkpoint(&mut ningbo).await;
    assert_eq!(after.signed.checkpoint, before.signed.checkpoint);
    assert_eq!((holds(&before), holds(&after)), (false, true));
    let request = v1::FetchCheckpointRequest {
        business_day: DAY.to_owned(),
    };
    let file = ningbo
        .fetch_checkpoint(request)
        .await
        .unwrap()
        .into_inner()
        .file;
    assert!(holds(&CertifiedCheckpoint::from_bytes(&file).unwrap()));
    let said = word(
        &world,
        NINGBO,
        NINGBO,
        after.signed.checkpoint.digest(),
        &[],
    );
    assert_eq!(say(&mut ningbo, &[said]).await.unwrap(), 1);
}
