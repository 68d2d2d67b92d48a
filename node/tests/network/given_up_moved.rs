//! A late claim of somebody who has moved, lost with the old home's disk: an officer there gives it up and names the person,
//! and the new home puts back into the account what it had counted in. What the hospital itself had sent is settled then.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::change_person_request::Change;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::people_service_client::PeopleServiceClient;
use huitong_proto::settlement::v1::transfer_service_client::TransferServiceClient;
use huitong_proto::settlement::v1::{State, TransferState};

use crate::bills::settle;
use crate::filings::{EMPLOYEE, bill, change};
use crate::patience::until;
use crate::regained::without_receipt;
use crate::relay::Commits;
use crate::typed::types;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// The employee's number at the new home.
const NUMBER: &str = "510100000000000009";

/// 70 % from the pool and the rest from the own account.
fn policy(region: &str) -> String {
    format!(
        r#"
title = "employees {region}"
source = "http://dingguangqun.cn/?id=972"
region = "{region}"
scheme = "employee"
settings = ["inpatient"]
effective = {{ from = 2023-01-01, until = 2023-12-31 }}

[[layer]]
name = "basic"
take = ["in"]
ratio = "0.70"
payer = "employee_pool"

[[layer]]
name = "own"
take = ["in"]
payer = "own_account"
"#
    )
}

/// The relationship of somebody, under this number, goes to another region, where it has that one, from the next day on.
pub async fn moves(
    world: &mut World,
    (psn_no, from): (&str, &str),
    (new_psn_no, to): (&str, &str),
    card: &str,
    (scheme, category): (v1::Scheme, &str),
) {
    let start = v1::StartTransferRequest {
        request_id: "t-1".to_owned(),
        psn_no: psn_no.to_owned(),
        from_region: from.to_owned(),
        to_region: to.to_owned(),
        new_psn_no: new_psn_no.to_owned(),
        credential: format!("social_card:{card}"),
        from_day: "2023-03-11".to_owned(),
        scheme: scheme.into(),
        category: category.to_owned(),
        retired: false,
    };
    let officer = format!("/region/{to}/officer/li.wei");
    let mut desk = TransferServiceClient::new(world.caller(&officer, to).await);
    desk.start_transfer(start).await.unwrap();
    world.clock.set("2023-03-11T04:00:00.000Z");
    for region in [from, to] {
        let officer = format!("/region/{region}/officer/li.wei");
        let mut desk = TransferServiceClient::new(world.caller(&officer, region).await);
        until(async || {
            let all = v1::ListTransfersRequest::default();
            let listed = desk.list_transfers(all).await.unwrap().into_inner();
            let is_done = listed.transfers[0].state() == TransferState::Done;
            if is_done { Ok(()) } else { Err(listed) }
        })
        .await;
    }
}

/// The employee with 1,000 yuan in the account, whose relationship has gone to Chengdu.
async fn moved() -> World {
    let mut world = World::new().await;
    world.clearinghouse().await;
    for region in [NINGBO, CHENGDU] {
        world.publish(region, &policy(region)).await;
    }
    let holds = Change::SetBalances(v1::SetBalances {
        own_fen: 100_000,
        family_fen: 0,
        origin: Some(v1::Origin {
            as_of: "2023-03-01".to_owned(),
            source: "core".to_owned(),
        }),
    });
    change(&world, "m-1", EMPLOYEE, holds).await.unwrap();
    let scheme = (v1::Scheme::Employee, "in_service");
    moves(
        &mut world,
        (EMPLOYEE, NINGBO),
        (NUMBER, CHENGDU),
        "NB3",
        scheme,
    )
    .await;
    world
}

/// Waits until the account at the new home holds so much.
async fn holds(world: &World, fen: i64) {
    let officer = "/region/510100/officer/li.wei";
    let mut people = PeopleServiceClient::new(world.caller(officer, CHENGDU).await);
    until(async || {
        let of = v1::GetPersonRequest {
            psn_no: NUMBER.to_owned(),
        };
        let record = people.get_person(of).await.unwrap().into_inner();
        if record.own_fen == fen {
            Ok(())
        } else {
            Err(record)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_home_puts_back_what_it_had_counted_in_once_the_officer_names_the_person() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = moved().await;
    world.back_up(NINGBO, backup.path()).await;
    world.relay().await;
    world.stop(CHENGDU).await;
    world.start(CHENGDU).await;
    holds(&world, 100_000).await;

    // Care of the old cover: what stands at home is an id that the treatment region has nothing of, as after a lost disk.
    world.commits(Commits::Lost);
    let mut hospital = world.hospital(HOSPITAL).await;
    let unknown = hospital.settle(settle("r-1", bill("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let mut commit = world.relay.as_ref().unwrap().last();
    let last = commit.settlement.pop().unwrap();
    commit.settlement.push(if last == 'a' { 'b' } else { 'a' });
    let lost = commit.settlement.clone();
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let outcome = home.commit(commit).await.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Receipt(_))), "{outcome:?}");
    holds(&world, 10_000).await;
    let are_held =
        |it: &v1::NodeStatusResponse| it.legs_written > 0 && it.legs_held == it.legs_written;
    world.status_when(NINGBO, are_held).await;

    world.lose_and_restore(NINGBO, backup.path()).await;
    world.recovered(NINGBO).await;
    assert_eq!(
        without_receipt(&world).await,
        (lost.clone(), "open".to_owned())
    );
    // Said without the person it would be buried here, and the new home would count it for ever.
    holds(&world, 10_000).await;
    let of = ["give-up", &lost, "--treatment", CHENGDU];
    let why = ["--reason", "wrong_bill", "--psn-no", EMPLOYEE];
    for _ in 0..2 {
        let printed = types(&world, NINGBO, &[&of[..], &why].concat()).await;
        assert!(printed.contains("is given up"), "{printed}");
        holds(&world, 100_000).await;
    }
    assert_eq!(without_receipt(&world).await, (lost, "given_up".to_owned()));

    // The visit is free at both homes: under the hospital's own id it is settled, and counted in once.
    world.commits(Commits::Pass);
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), State::Settled);
    let decision = settled.decision.unwrap();
    assert_eq!(
        (decision.fund_total_fen, decision.own_account_fen),
        (210_000, 90_000)
    );
    holds(&world, 10_000).await;
}
