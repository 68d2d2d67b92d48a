//! A policy's life at its home node: two officers, restarts in between, one document after another, and what
//! other regions accept of it.

use huitong_proto::policy::v1;
use huitong_proto::settlement::v1 as settlement;

use crate::bills::{dated, published, settle, small};
use crate::files::{policy, replacing};
use crate::offices::{FIRST, SECOND};
use crate::relay::{Commits, Policies};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

const PUBLICATION: i32 = v1::Subject::Publication as i32;

fn approve(digest: &[u8]) -> v1::ApproveRequest {
    v1::ApproveRequest {
        digest: digest.to_vec(),
        subject: PUBLICATION,
    }
}

fn reject(digest: &[u8], reason: &str) -> v1::RejectRequest {
    v1::RejectRequest {
        digest: digest.to_vec(),
        subject: PUBLICATION,
        reason: reason.to_owned(),
    }
}

/// Every document of a region.
async fn list(world: &World, region: &str) -> Vec<v1::Policy> {
    let mut office = world.office(region, SECOND).await;
    let mut pages = office.list(v1::ListRequest {}).await.unwrap().into_inner();
    let mut list = Vec::new();
    while let Some(page) = pages.message().await.unwrap() {
        list.extend(page.policies);
    }
    list
}

async fn one(world: &World, digest: &[u8]) -> v1::Policy {
    let list = list(world, NINGBO).await;
    list.into_iter().find(|it| it.digest == digest).unwrap()
}

/// Documents of the next year, which stand beside that of the world.
fn next_year(ratio: &str) -> String {
    policy(NINGBO)
        .replace("0.70", ratio)
        .replace("2023-01-01", "2024-01-01")
        .replace("2023-12-31", "2024-12-31")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_needs_two_officers_of_its_region() {
    let world = World::new().await;
    let digest = world.propose(NINGBO, &next_year("0.75")).await;
    let waiting = one(&world, &digest).await;
    assert_eq!(waiting.standing(), v1::Standing::Proposed);
    assert_eq!(waiting.proposed.unwrap().officer, FIRST);

    let mut first = world.office(NINGBO, FIRST).await;
    let alone = first.approve(approve(&digest)).await.unwrap_err();
    assert_eq!(code(&alone), "policy.same_officer");
    let stranger = world
        .caller("/region/510100/officer/wang.fang", NINGBO)
        .await;
    let mut stranger = v1::policy_office_service_client::PolicyOfficeServiceClient::new(stranger);
    let refused = stranger.approve(approve(&digest)).await.unwrap_err();
    assert_eq!(code(&refused), "transport.not_allowed");
    let unknown = first.approve(approve(&[7; 32])).await.unwrap_err();
    assert_eq!(code(&unknown), "policy.unknown");

    // Nothing was published by any of these.
    assert_eq!(world.status(NINGBO).await.policies.len(), 1);
    let mut second = world.office(NINGBO, SECOND).await;
    let approved = second.approve(approve(&digest)).await.unwrap().into_inner();
    let again = second.approve(approve(&digest)).await.unwrap().into_inner();
    assert_eq!(again, approved);
    let approved = approved.policy.unwrap();
    assert_eq!(approved.standing(), v1::Standing::Published);
    assert_eq!(approved.approved.unwrap().officer, SECOND);
    let once_more = world.propose(NINGBO, &next_year("0.75")).await;
    assert_eq!(once_more, digest);
    assert_eq!(world.status(NINGBO).await.policies.len(), 2);
    let late = second
        .reject(reject(&digest, "too late"))
        .await
        .unwrap_err();
    assert_eq!(code(&late), "policy.wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_whole_and_nothing_is_put_forward() {
    let world = World::new().await;
    let mut office = world.office(NINGBO, FIRST).await;
    let example = "\n[[example]]\nname = \"wrong\"\nfacts = { tier = \"none\" }\n\
                   amounts = { in = \"2200\" }\nexpect = { paid = { basic = \"1\" }, fund_total = \"2\" }\n";
    let example = next_year("0.75") + &example.replace("facts = { tier = \"none\" }\n", "");
    for (document, faults) in [
        (example, vec!["example[0].expect", "example[0].expect"]),
        (next_year("70"), vec!["layer[0].ratio"]),
        (next_year("0.75").replace(NINGBO, CHENGDU), vec!["region"]),
    ] {
        let request = v1::ProposeRequest {
            document: document.into_bytes(),
        };
        let told = office.propose(request).await.unwrap().into_inner();
        assert_eq!(told.policy, None);
        let paths: Vec<&str> = told.faults.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, faults, "{:?}", told.faults);
        assert!(
            told.faults
                .iter()
                .all(|it| it.line > 0 && !it.message_zh.is_empty())
        );
    }
    let overlapping = v1::ProposeRequest {
        document: replacing("0.80", "2023-07-01", &[]).into_bytes(),
    };
    let refused = office.propose(overlapping).await.unwrap_err();
    assert_eq!(code(&refused), "policy.overlaps");
    assert!(refused.message().contains("residents 330200"), "{refused}");
    let unknown = v1::ProposeRequest {
        document: replacing("0.80", "2023-07-01", &[&[9; 32]]).into_bytes(),
    };
    let refused = office.propose(unknown).await.unwrap_err();
    assert_eq!(code(&refused), "policy.supersedes_unknown");
    assert_eq!(list(&world, NINGBO).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_survives_kill_and_rebuild_and_can_be_turned_down() {
    let mut world = World::new().await;
    let digest = world.propose(NINGBO, &next_year("0.75")).await;
    let other = world.propose(NINGBO, &next_year("0.60")).await;
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    let mut second = world.office(NINGBO, SECOND).await;
    let turned_down = second.reject(reject(&other, "two drafts")).await.unwrap();
    let before = list(&world, NINGBO).await;
    let again = second.reject(reject(&other, "two drafts")).await.unwrap();
    assert_eq!(again.into_inner(), turned_down.into_inner());
    second.approve(approve(&digest)).await.unwrap();

    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    let after = list(&world, NINGBO).await;
    assert_eq!((before.len(), after.len()), (3, 3));
    let published = one(&world, &digest).await;
    assert_eq!(published.standing(), v1::Standing::Published);
    assert_eq!(published.proposed.unwrap().officer, FIRST);
    let rejected = one(&world, &other).await;
    assert_eq!(rejected.standing(), v1::Standing::Rejected);
    assert_eq!(rejected.reject_reason, "two drafts");

    // A month later a proposal is void.
    let year_after = next_year("0.60").replace("2024-", "2025-");
    let third = world.propose(NINGBO, &year_after).await;
    let late = second_at(&world, "2023-04-10T04:00:00.000Z", &third).await;
    assert_eq!(late, Err("policy.proposal_expired".to_owned()));
    assert_eq!(one(&world, &third).await.standing(), v1::Standing::Expired);
}

/// What the second officer is told who approves at some moment.
async fn second_at(world: &World, moment: &str, digest: &[u8]) -> Result<(), String> {
    world.clock.set(moment);
    let mut second = world.office(NINGBO, SECOND).await;
    let approved = second.approve(approve(digest)).await;
    approved.map(|_| ()).map_err(|status| code(&status))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_much_waits_for_a_second_officer() {
    let world = World::new().await;
    let mut office = world.office(NINGBO, FIRST).await;
    for nth in 0..64 {
        world
            .propose(NINGBO, &next_year(&format!("0.5{nth:02}")))
            .await;
    }
    let request = v1::ProposeRequest {
        document: next_year("0.99").into_bytes(),
    };
    let refused = office.propose(request).await.unwrap_err();
    assert_eq!(code(&refused), "policy.too_many_open");
    // What waits already is answered as it stands.
    world.propose(NINGBO, &next_year("0.501")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_mid_year_replaces_the_older_one_from_its_first_day() {
    let world = World::new().await;
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    let newer = replacing("0.80", "2023-07-01", &[&older]);
    let newer = world.publish(NINGBO, &newer).await;
    let (before, after) = (one(&world, &older).await, one(&world, &newer).await);
    assert_eq!(before.standing(), v1::Standing::Superseded);
    assert_eq!(before.superseded_by.concat(), newer);
    assert_eq!(after.supersedes.concat(), older);

    world.clock.set("2023-07-20T04:00:00.000Z");
    let mut hospital = world.hospital(HOSPITAL).await;
    let spring = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let spring = spring.decision.unwrap();
    assert_eq!((spring.policy, spring.fund_total_fen), (older, 1_316_000));
    // Discharged in July: the deductible of the year is met, 3,000 × 0.80.
    let summer = dated(small("V2"), "2023-06-28", "2023-07-02");
    let summer = hospital.settle(settle("r-2", summer)).await.unwrap();
    let summer = summer.decision.unwrap();
    assert_eq!((summer.policy, summer.fund_total_fen), (newer, 240_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_prepared_under_the_older_document_is_settled_under_the_newer() {
    let world = World::relayed().await;
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");

    let newer = replacing("0.80", "2023-03-01", &[&older]);
    let newer = world.publish(NINGBO, &newer).await;
    world.commits(Commits::Pass);
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), settlement::State::Settled);
    let decision = settled.decision.unwrap();
    // 18,800 × 0.80
    assert_eq!(
        (decision.policy, decision.fund_total_fen),
        (newer, 1_504_000)
    );
    let (home, treatment) = (world.status(NINGBO).await, world.status(CHENGDU).await);
    assert_eq!((home.legs_written, treatment.legs_written), (1, 1));
    assert_eq!(treatment.prepared, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_was_changed_on_its_way_is_refused() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for (nth, policies) in [
        Policies::OtherDocument,
        Policies::OtherStatement,
        Policies::OtherSignature,
        Policies::Huge,
    ]
    .into_iter()
    .enumerate()
    {
        world.relay.as_ref().unwrap().set_policies(policies);
        let refused = hospital
            .settle(settle(&format!("r-{nth}"), published("V1")))
            .await;
        assert_eq!(
            code(&refused.unwrap_err()),
            "policy.unproven",
            "{policies:?}"
        );
    }
    assert_eq!(world.status(CHENGDU).await.prepared, 0);
    world.relay.as_ref().unwrap().set_policies(Policies::Pass);
    let settled = hospital
        .settle(settle("r-9", published("V1")))
        .await
        .unwrap();
    assert_eq!(settled.decision.unwrap().fund_total_fen, 1_316_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_proposed_is_given_to_nobody() {
    let world = World::new().await;
    let digest = world.propose(NINGBO, &next_year("0.75")).await;
    let node = world.caller("/region/510100/node", NINGBO).await;
    let mut node = v1::policy_service_client::PolicyServiceClient::new(node);
    let fetch = v1::FetchPolicyRequest { digest };
    let refused = node.fetch_policy(fetch).await.unwrap_err();
    assert_eq!(code(&refused), "policy.missing");
}
