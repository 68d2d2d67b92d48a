//! What is kept of expense checks with the other region away, over kills and lost disks, and whose words are heard.

use huitong_core::canonical::Artifact as _;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use huitong_proto::settlement::v1::{CheckStanding as Standing, ReversalReason};

use crate::bureau::by_officer;
use crate::expense_checks::{
    answer, ask, confirm, once_collected, said, settled, show, stands, verified, words, wrong,
};
use crate::patience::until;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

const NODE_OF_HOME: &str = "/region/330200/node";

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_sent_until_the_other_region_has_it_over_a_kill_on_either_side() {
    let mut world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    world.stop(CHENGDU).await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    assert_eq!(asked.to_send, 1);
    let check = &*asked.check;
    world.kill(NINGBO).await;
    world.start(CHENGDU).await;
    world.start(NINGBO).await;
    stands(&world, CHENGDU, check, Standing::Waiting).await;
    stands(&world, NINGBO, check, Standing::Waiting).await;
    // Answered while the home region is away, and killed before it is back.
    world.stop(NINGBO).await;
    let answered = answer(&world, check, verified()).await.unwrap();
    assert_eq!(
        (answered.standing(), answered.to_send),
        (Standing::Answered, 1)
    );
    world.kill(CHENGDU).await;
    // The time to confirm begins when the answer is there.
    world.clock.set("2023-05-02T04:00:00.000Z");
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let heard = stands(&world, NINGBO, check, Standing::Answered).await;
    assert_eq!(heard.confirm_by, "2023-05-07");
    stands(&world, CHENGDU, check, Standing::Answered).await;
    assert_eq!(words(&said(&world, check).await), ["ask", "answer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_before_a_reversal_is_sent_after_it_from_either_side() {
    // What Chengdu says in checks does not pass the relay, and a reversal does.
    let mut world = World::relayed().await;
    let settlement = settled(&world, "r-1", "V1").await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    let check = &*asked.check;
    let answered = answer(&world, check, verified()).await.unwrap();
    assert_eq!(
        (answered.standing(), answered.to_send),
        (Standing::Answered, 1)
    );
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reverse("x-1", "r-1", ReversalReason::WrongBill);
    reversed.await.unwrap();
    let there = show(&world, CHENGDU, check).await.unwrap().check.unwrap();
    assert_eq!((there.standing(), there.to_send), (Standing::Reversed, 1));
    world.kill(CHENGDU).await;
    world.relay = None;
    world.start(CHENGDU).await;
    for region in [CHENGDU, NINGBO] {
        stands(&world, region, check, Standing::Reversed).await;
    }
    assert_eq!(words(&said(&world, check).await), ["ask", "answer"]);
    // Asked and reversed while the treatment region is away: it takes the request or refuses it, whichever comes first.
    let settlement = settled(&world, "r-2", "V2").await;
    world.stop(CHENGDU).await;
    let asked = ask(&world, "k-2", &settlement).await.unwrap();
    assert_eq!(asked.to_send, 1);
    let reversed = by_officer(&world, NINGBO, "o-1", &settlement, ReversalReason::Fraud);
    reversed.await.unwrap();
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    until(async || {
        let shown = show(&world, NINGBO, &asked.check).await.unwrap();
        let shown = shown.check.unwrap();
        let ended = [Standing::Reversed, Standing::Refused].contains(&shown.standing());
        if ended && shown.to_send == 0 {
            Ok(())
        } else {
            Err(format!("{shown:?}"))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn either_region_that_lost_its_disk_has_the_words_given_back_and_goes_on() {
    for lost in [NINGBO, CHENGDU] {
        let backup = tempfile::tempdir().unwrap();
        let mut world = World::new().await;
        world.clearinghouse().await;
        let first = settled(&world, "r-1", "V1").await;
        let second = settled(&world, "r-2", "V2").await;
        world.held(CHENGDU, 2).await;
        world.held(NINGBO, 2).await;
        world.back_up(lost, backup.path()).await;
        let over = ask(&world, "k-1", &first).await.unwrap().check;
        answer(&world, &over, wrong(5_000)).await.unwrap();
        stands(&world, NINGBO, &over, Standing::Answered).await;
        confirm(&world, NINGBO, &over).await.unwrap();
        stands(&world, CHENGDU, &over, Standing::Confirmed).await;
        let open = ask(&world, "k-2", &second).await.unwrap().check;
        stands(&world, CHENGDU, &open, Standing::Waiting).await;
        let before = (said(&world, &over).await, said(&world, &open).await);
        world.lose_and_restore(lost, backup.path()).await;
        world.recovered(lost).await;
        stands(&world, lost, &over, Standing::Confirmed).await;
        stands(&world, lost, &open, Standing::Waiting).await;
        assert_eq!(
            (said(&world, &over).await, said(&world, &open).await),
            before
        );
        // The officer who asks again finds it, and it goes on from where it was.
        let again = once_collected(async || ask(&world, "k-2", &second).await).await;
        assert_eq!(again.check, open);
        let answered = once_collected(async || answer(&world, &open, verified()).await).await;
        assert_eq!(answered.standing(), Standing::Answered);
        stands(&world, NINGBO, &open, Standing::Answered).await;
        assert_eq!(words(&said(&world, &open).await), ["ask", "answer"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_its_region_did_not_sign_is_not_booked() {
    let world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    let node = world.caller(NODE_OF_HOME, CHENGDU).await;
    let mut node = ExpenseCheckServiceClient::new(node);
    // As the other region holds it: put again it is taken again.
    let request = v1::CollectCheckWordsRequest::default();
    let given = node.collect_words(request).await.unwrap().into_inner();
    assert_eq!((given.words.len(), &*given.next), (1, ""));
    let put = async |bytes: Vec<u8>| {
        let mut node = ExpenseCheckServiceClient::new(world.caller(NODE_OF_HOME, CHENGDU).await);
        node.put_word(v1::PutCheckWordRequest { word: bytes }).await
    };
    put(given.words[0].clone()).await.unwrap();
    let signed = huitong_core::expense_check::SignedCheckWord::from_bytes(&given.words[0]);
    let signed = signed.unwrap();
    // Another content, another region's name, and no bytes of a word.
    let mut other = signed.clone();
    other.word.officer = Some("wang.fang".parse().unwrap());
    let refused = put(other.to_bytes()).await.unwrap_err();
    assert_eq!(code(&refused), "identity.mismatch");
    let mut other = signed.clone();
    (other.word.home, other.word.treatment) = (other.word.treatment, other.word.home);
    let refused = put(other.to_bytes()).await.unwrap_err();
    assert_eq!(code(&refused), "identity.mismatch");
    let refused = put(given.words[0][1..].to_vec()).await.unwrap_err();
    assert_eq!(code(&refused), "request.malformed");
    assert_eq!(words(&said(&world, &asked.check).await), ["ask"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_checks_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let (officer, foreign) = (
        "/region/510100/officer/li.wei",
        "/region/330200/officer/li.wei",
    );
    let heard = async |party: &str, call: &str| {
        let mut client = ExpenseCheckServiceClient::new(world.caller(party, CHENGDU).await);
        let answer = match call {
            "put" => client
                .put_word(v1::PutCheckWordRequest::default())
                .await
                .map(drop),
            "collect" => {
                let request = v1::CollectCheckWordsRequest::default();
                client.collect_words(request).await.map(drop)
            }
            "ask" => client.ask(v1::AskCheckRequest::default()).await.map(drop),
            "answer" => client
                .answer(v1::AnswerCheckRequest::default())
                .await
                .map(drop),
            "confirm" => client
                .confirm(v1::ConfirmCheckRequest::default())
                .await
                .map(drop),
            "back" => {
                let request = v1::SendBackCheckRequest::default();
                client.send_back(request).await.map(drop)
            }
            "show" => client.show(v1::ShowCheckRequest::default()).await.map(drop),
            _ => client
                .list(v1::ListChecksRequest::default())
                .await
                .map(drop),
        };
        !matches!(answer, Err(status) if code(&status) == "transport.not_allowed")
    };
    for party in [NODE_OF_HOME, HOSPITAL, officer, foreign] {
        for call in ["put", "collect"] {
            assert_eq!(
                heard(party, call).await,
                party == NODE_OF_HOME,
                "{party} {call}"
            );
        }
        for call in ["ask", "answer", "confirm", "back", "show", "list"] {
            assert_eq!(heard(party, call).await, party == officer, "{party} {call}");
        }
    }
}
