//! What regions say in disputes over real TLS: only what their own node's key signed is taken, and what is shown of it
//! proves itself.

use std::process::ExitCode;

use huitong_certs::signing::of_clearinghouse;
use huitong_certs::{SigningKey, Trust};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::Subject;
use huitong_core::dispute::word::{Claim, Reply, Says, SignedWord, Word};
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::vocabulary::DisputeReason;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_service_client::DisputeServiceClient;
use serde_json::Value;
use tonic::Status;
use tonic::transport::Channel;

use crate::commands::{clearing, ends, json, offline};
use crate::payments::netted;
use crate::world::{CHENGDU, GUANGZHOU, NINGBO, World, debt, refusal};

const NAME: &str = "330200/2026-03-001";

/// A region's side of disputes.
struct Side {
    client: DisputeServiceClient<Channel>,
    key: SigningKey,
    chain: Vec<Vec<u8>>,
}

impl Side {
    async fn of(world: &World, region: &'static str) -> Self {
        let party = format!("/region/{region}/node");
        let (key, certified) = world.signing(region);
        Self {
            client: DisputeServiceClient::new(world.connect(&party).await),
            key,
            chain: certified.chain().iter().map(|der| der.to_vec()).collect(),
        }
    }

    fn sign(&self, word: &Word) -> SignedWord {
        let bytes = word.to_bytes();
        let signature = self.key.sign(&bytes);
        SignedWord {
            bytes,
            algorithm: 1,
            key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
            signature: signature.bytes().to_vec(),
            signer: self.chain.clone(),
        }
    }

    async fn say(&self, signed: &SignedWord) -> Result<v1::Dispute, Status> {
        let word = signed.to_bytes();
        let answer = self.client.clone().say(v1::SayRequest { word }).await?;
        Ok(answer.into_inner().dispute.unwrap())
    }

    async fn history(&self) -> Result<DisputeHistory, Status> {
        let name = NAME.to_owned();
        let request = v1::GetDisputeRequest { name };
        let answer = self.client.clone().get_dispute(request).await?.into_inner();
        Ok(DisputeHistory::from_bytes(&answer.history).unwrap())
    }

    async fn corrections(&self) -> v1::ListCorrectionsResponse {
        let request = v1::ListCorrectionsRequest { after: 0 };
        let answer = self.client.clone().list_corrections(request).await;
        answer.unwrap().into_inner()
    }
}

/// Noon of the day on which the clock of the clearinghouse stands.
fn at() -> Timestamp {
    Timestamp::parse("2026-03-03T04:00:00.000Z").unwrap()
}

fn word(of: &str, follows: Option<Digest>, says: Says) -> Word {
    let (region, officer) = (of.parse().unwrap(), "li.wei".parse().unwrap());
    Word::new(region, NAME.parse().unwrap(), follows, says, officer, at()).unwrap()
}

fn raise(fen: i64) -> Word {
    let leg = debt(1, fen);
    let claim = Claim {
        subject: Subject::Debt {
            settlement: leg.settlement,
            kind: LegKind::Settlement,
            pair: Pair::of(&leg),
        },
        amount: Fen::new(fen).unwrap(),
        reason: DisputeReason::NotInsuredHere,
    };
    word(NINGBO, None, Says::Raise(claim))
}

/// Without the clearinghouse's signature what is settled is nobody's word.
async fn is_nobodys_word_without_the_outcome(world: &World, history: DisputeHistory) {
    let unsigned = DisputeHistory {
        outcome: None,
        ..history.clone()
    };
    let folder = tempfile::tempdir().unwrap();
    let roots = world.files("/clearinghouse").roots.display().to_string();
    for (of, holds) in [(&history, true), (&unsigned, false)] {
        let file = folder.path().join("dispute.htdh").display().to_string();
        std::fs::write(&file, of.to_bytes()).unwrap();
        let verify = ["dispute", "verify", &file, "--roots", &roots, "--json"];
        let found: Value = serde_json::from_str(&offline(&verify).await.unwrap()).unwrap();
        let faults = found["faults"].as_array().unwrap();
        assert_eq!(faults.is_empty(), holds, "{found}");
        assert_eq!(found["outcome_signed"], holds);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_regions_own_key_signed_is_taken() {
    let mut world = World::begin().await;
    netted(&world).await;
    let (ningbo, chengdu) = (
        Side::of(&world, NINGBO).await,
        Side::of(&world, CHENGDU).await,
    );
    let sound = ningbo.sign(&raise(1_000));
    let code = |refused: Result<v1::Dispute, Status>| refusal(refused).0;

    let mut flipped = sound.clone();
    flipped.signature[5] ^= 1;
    let other_words = SignedWord {
        bytes: raise(999).to_bytes(),
        ..sound.clone()
    };
    let other_key = chengdu.sign(&raise(1_000));
    let other_chain = SignedWord {
        signer: chengdu.chain.clone(),
        ..sound.clone()
    };
    let other_algorithm = SignedWord {
        algorithm: 2,
        ..sound.clone()
    };
    let no_chain = SignedWord {
        signer: Vec::new(),
        ..sound.clone()
    };
    let forged = [
        flipped,
        other_words,
        other_key,
        other_chain,
        other_algorithm,
        no_chain,
    ];
    for forged in forged {
        assert_eq!(code(ningbo.say(&forged).await), "dispute.signature");
    }
    let mut early = raise(1_000);
    early.at = Timestamp::parse("2025-12-31T04:00:00.000Z").unwrap();
    assert_eq!(
        code(ningbo.say(&ningbo.sign(&early)).await),
        "dispute.signature"
    );
    let garbled = SignedWord {
        bytes: b"no word".to_vec(),
        ..sound.clone()
    };
    assert_eq!(code(ningbo.say(&garbled).await), "request.malformed");
    // Another region may hold the word, but it is not its own.
    assert_eq!(code(chengdu.say(&sound).await), "dispute.other_region");
    assert_eq!(refusal(ningbo.history().await).0, "dispute.unknown");

    let raised = ningbo.say(&sound).await.unwrap();
    assert_eq!(ningbo.say(&sound).await.unwrap(), raised);
    let stranger = Side::of(&world, GUANGZHOU).await;
    assert_eq!(refusal(stranger.history().await).0, "dispute.unknown");
    assert!(stranger.corrections().await.histories.is_empty());

    // What is told is what was signed, after a restart too.
    let told = chengdu.history().await.unwrap();
    assert_eq!(told.words().collect::<Vec<_>>(), [&sound]);
    let reply = word(CHENGDU, Some(sound.named()), Says::Answer(Reply::Accepted));
    chengdu.say(&chengdu.sign(&reply)).await.unwrap();
    world.stop().await;
    world.start().await.unwrap();
    let ningbo = Side::of(&world, NINGBO).await;
    let page = ningbo.corrections().await;
    assert_eq!((page.histories.len(), page.up_to, page.more), (1, 1, false));
    let history = DisputeHistory::from_bytes(&page.histories[0]).unwrap();
    assert_eq!(history, ningbo.history().await.unwrap());
    assert!(history.outcome.is_some());
    is_nobodys_word_without_the_outcome(&world, history).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_see_how_old_a_dispute_is_and_take_its_history_along() {
    let mut world = World::begin().await;
    netted(&world).await;
    let ningbo = Side::of(&world, NINGBO).await;
    ningbo.say(&ningbo.sign(&raise(1_000))).await.unwrap();
    world.clock.put("2026-03-24T04:00:00.000Z");
    let listed = json(&world, &["dispute", "list", "--overdue"]).await;
    let disputes = listed["disputes"].as_array().unwrap();
    assert_eq!(disputes.len(), 1, "{listed}");
    // Every day is a business day here: twenty of them after the third of March.
    let (first, late) = (&disputes[0], &disputes[0]["days_late"]);
    assert_eq!((&first["due"], late), (&"2026-03-23".into(), &1.into()));
    let (age, amount) = (&first["days_old"], &first["amount"]);
    assert_eq!((age, amount), (&21.into(), &"10.00".into()));
    let none = json(&world, &["dispute", "list", "--stage", "escalated"]).await;
    assert_eq!(none["disputes"].as_array().unwrap().len(), 0);
    let text = clearing(&world, &["dispute", "list"]).await.unwrap();
    assert!(
        text.contains("待答复") && text.contains("1 d overdue"),
        "{text}"
    );
    let listed = ["dispute", "list"];
    assert_eq!(ends(&world, &listed).await, ExitCode::FAILURE);
    let escalated = ["dispute", "list", "--stage", "escalated"];
    assert_eq!(ends(&world, &escalated).await, ExitCode::SUCCESS);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dispute.htdh").display().to_string();
    json(&world, &["dispute", "show", NAME, "--out", &file]).await;
    let again = clearing(&world, &["dispute", "show", NAME, "--out", &file]).await;
    assert!(again.unwrap_err().contains("cannot be written"));
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(
        DisputeHistory::from_bytes(&bytes).unwrap(),
        ningbo.history().await.unwrap()
    );
    let refused = clearing(
        &world,
        &[
            "dispute",
            "settle",
            NAME,
            "--amount",
            "1.00",
            "--reason",
            "partly_proven",
        ],
    );
    assert!(refused.await.unwrap_err().starts_with("dispute.stage"));
    let unknown = clearing(&world, &["dispute", "show", "330200/none"]).await;
    assert!(unknown.unwrap_err().starts_with("dispute.unknown"));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_settled_under_a_root_that_is_gone_is_signed_under_the_one_in_force() {
    let mut world = World::begin().await;
    netted(&world).await;
    let (ningbo, chengdu) = (
        Side::of(&world, NINGBO).await,
        Side::of(&world, CHENGDU).await,
    );
    let raised = ningbo.sign(&raise(1_000));
    ningbo.say(&raised).await.unwrap();
    let reply = word(CHENGDU, Some(raised.named()), Says::Answer(Reply::Accepted));
    chengdu.say(&chengdu.sign(&reply)).await.unwrap();
    let before = &ningbo.corrections().await.histories[0];
    let before = DisputeHistory::from_bytes(before).unwrap();
    world.stop().await;
    world.change_root();
    world.start().await.unwrap();
    let trust = Trust::from_pem(world.root.certificate_pem().as_bytes()).unwrap();
    let holds = |of: &DisputeHistory| {
        let outcome = of.outcome.as_ref().unwrap();
        of_clearinghouse::outcome(outcome, &trust).is_ok()
    };
    let ningbo = Side::of(&world, NINGBO).await;
    let page = DisputeHistory::from_bytes(&ningbo.corrections().await.histories[0]).unwrap();
    for after in [page, ningbo.history().await.unwrap()] {
        assert_eq!((holds(&before), holds(&after)), (false, true));
        let outcomes = [&before, &after].map(|of| of.outcome.as_ref().unwrap().outcome.clone());
        assert_eq!(outcomes[0], outcomes[1]);
        assert_eq!(before.steps, after.steps);
    }
    world.stop().await;
}
