//! A cycle from its first leg to its statements.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::digest::sha256;
use huitong_netting::NettingPlan;
use huitong_proto::clearing::v1;
use huitong_proto::common::v1::Fund;

use crate::world::{
    CHENGDU, Clearing, NINGBO, Officer, World, close, cut_off, debt, held, net, payable,
    receivable, refusal, report, status,
};

const FIRST: &str = "2026-03-01";
const SECOND: &str = "2026-03-02";

struct Parties {
    ningbo: Clearing,
    chengdu: Clearing,
    officer: Officer,
}

async fn parties(world: &World) -> Parties {
    Parties {
        ningbo: world.region(NINGBO).await,
        chengdu: world.region(CHENGDU).await,
        officer: world.officer().await,
    }
}

impl Parties {
    /// Both regions report a debt under these numbers.
    async fn both_report(&mut self, number: u64, fen: i64) {
        let leg = debt(u8::try_from(number).unwrap(), fen);
        report(&mut self.chengdu, vec![receivable(number, &leg)])
            .await
            .unwrap();
        report(&mut self.ningbo, vec![payable(number, &leg)])
            .await
            .unwrap();
    }

    async fn both_close(&mut self, day: &str) {
        for region in [&mut self.ningbo, &mut self.chengdu] {
            let up_to = held(region).await;
            assert!(close(region, day, up_to).await.unwrap());
        }
    }

    async fn statement(
        &mut self,
        day: &str,
        member: &str,
    ) -> Result<v1::StatementResponse, tonic::Status> {
        let request = v1::StatementRequest {
            business_day: day.to_owned(),
            member: member.to_owned(),
            as_of_ms: 0,
        };
        Ok(self.officer.statement(request).await?.into_inner())
    }
}

#[tokio::test]
async fn a_day_is_cut_off_when_all_have_closed_and_netted_once() {
    let world = World::begin().await;
    let mut parties = parties(&world).await;
    parties.both_report(1, 1_316_000).await;
    let refused = net(&mut parties.officer, FIRST).await;
    assert_eq!(refusal(refused).0, "cycle.not_cut_off");

    assert!(close(&mut parties.ningbo, FIRST, 1).await.unwrap());
    let refused = cut_off(&mut parties.officer, FIRST).await;
    assert_eq!(
        refusal(refused),
        ("cycle.regions_open".to_owned(), CHENGDU.to_owned())
    );
    // Chengdu has closed only when all that it closed is held.
    assert!(!close(&mut parties.chengdu, FIRST, 2).await.unwrap());
    let refused = cut_off(&mut parties.officer, FIRST).await;
    assert_eq!(refusal(refused).0, "cycle.regions_open");
    let late = debt(2, 500);
    report(&mut parties.chengdu, vec![receivable(2, &late)])
        .await
        .unwrap();
    let cut = cut_off(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!(cut.state(), v1::CycleState::CutOff);
    assert_eq!(
        cut.regions
            .iter()
            .map(|region| region.mark)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!((cut.agreed_legs, cut.waiting_legs), (1, 1));

    // Ningbo's counterpart comes past its mark, under its own day: it belongs to the next cycle.
    report(&mut parties.ningbo, vec![payable(2, &late)])
        .await
        .unwrap();
    let plan = net(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!(
        (plan.number, plan.legs, plan.legs_total_fen),
        (1, 1, 1_316_000)
    );
    let again = net(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!(again.canonical, plan.canonical);

    parties.both_close(SECOND).await;
    cut_off(&mut parties.officer, SECOND).await.unwrap();
    let second = net(&mut parties.officer, SECOND).await.unwrap();
    assert_eq!(
        (second.number, second.legs, second.legs_total_fen),
        (2, 1, 500)
    );
    assert_eq!(second.parent, plan.digest);
    let refused = close(&mut parties.ningbo, FIRST, 2).await;
    assert_eq!(
        refusal(refused),
        ("cycle.cut_off".to_owned(), "2026-03-01, mark 1".to_owned())
    );
}

#[tokio::test]
async fn a_plan_can_be_read_and_checked_by_whoever_gets_it() {
    let world = World::begin().await;
    let mut parties = parties(&world).await;
    parties.both_report(1, 1_316_000).await;
    parties.both_close(FIRST).await;
    cut_off(&mut parties.officer, FIRST).await.unwrap();
    let told = net(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!(sha256(&told.canonical).as_bytes().as_slice(), told.digest);
    let plan = NettingPlan::from_bytes(&told.canonical).unwrap();
    assert_eq!(plan.number(), told.number);
    let row = v1::PairGross {
        debtor: NINGBO.to_owned(),
        creditor: CHENGDU.to_owned(),
        fund: Fund::ResidentPool.into(),
        amount_fen: 1_316_000,
        legs: 1,
    };
    assert_eq!(told.pairs, [row]);
    let nets = told
        .nets
        .iter()
        .map(|net| (net.member.as_str(), net.amount_fen));
    assert_eq!(
        nets.collect::<Vec<_>>(),
        [("330000", -1_316_000), (CHENGDU, 1_316_000)]
    );
}

#[tokio::test]
async fn a_member_gets_the_statement_of_its_regions_with_what_was_posted() {
    let world = World::begin().await;
    let mut parties = parties(&world).await;
    parties.both_report(1, 1_316_000).await;
    parties.both_close(FIRST).await;
    assert_eq!(
        refusal(parties.statement(FIRST, "330000").await).0,
        "cycle.not_cut_off"
    );
    cut_off(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!(
        refusal(parties.statement(FIRST, "330000").await).0,
        "cycle.not_netted"
    );
    net(&mut parties.officer, FIRST).await.unwrap();
    // Ningbo clears through its province and is no member itself.
    assert_eq!(
        refusal(parties.statement(FIRST, NINGBO).await).0,
        "cycle.unknown_member"
    );

    let told = parties.statement(FIRST, "330000").await.unwrap();
    assert_eq!((told.plan, told.pairs.len()), (1, 1));
    assert_eq!(
        (told.regions[0].member.as_str(), told.regions[0].amount_fen),
        (NINGBO, -1_316_000)
    );
    assert_eq!(
        (told.nets[0].member.as_str(), told.nets[0].amount_fen),
        ("330000", -1_316_000)
    );
    let mut sums = std::collections::BTreeMap::new();
    for member in ["330000", CHENGDU] {
        for posting in parties.statement(FIRST, member).await.unwrap().postings {
            let sign = if posting.side() == v1::PostingSide::Debit {
                1
            } else {
                -1
            };
            let key = (posting.holder, posting.account);
            *sums.entry(key).or_insert(0) += sign * posting.amount_fen;
        }
    }
    let key = |holder: &str, account: &str| (holder.to_owned(), account.to_owned());
    assert_eq!(sums.values().sum::<i64>(), 0, "the trial balance");
    assert_eq!(sums[&key("member/510100", "net_position")], 1_316_000);
    assert_eq!(sums[&key("member/330000", "net_position")], -1_316_000);
    assert_eq!(sums[&key("region/330200", "claims_payable")], 0);
    assert_eq!(sums[&key("region/510100", "claims_receivable")], 0);
}

#[tokio::test]
async fn an_officer_sees_what_waits_and_may_cut_off_at_the_deadline() {
    let world = World::begin().await;
    let mut parties = parties(&world).await;
    let (right, wrong) = (debt(1, 1_000), debt(1, 999));
    report(
        &mut parties.chengdu,
        vec![receivable(1, &right), receivable(2, &debt(2, 5))],
    )
    .await
    .unwrap();
    report(&mut parties.ningbo, vec![payable(1, &wrong)])
        .await
        .unwrap();
    let told = status(&mut parties.officer, FIRST).await;
    assert_eq!(
        (told.agreed_legs, told.waiting_legs, told.differing_legs),
        (0, 1, 2)
    );
    let legs: Vec<_> = told
        .oldest_waiting
        .iter()
        .map(|leg| {
            (
                leg.region.as_str(),
                leg.number,
                leg.reason(),
                leg.field.as_str(),
            )
        })
        .collect();
    assert_eq!(
        legs,
        [
            (NINGBO, 1, v1::WaitingReason::Differs, "amount"),
            (CHENGDU, 1, v1::WaitingReason::Differs, "amount"),
            (CHENGDU, 2, v1::WaitingReason::CounterpartMissing, ""),
        ]
    );

    let request = v1::CutOffRequest {
        business_day: FIRST.to_owned(),
        at_deadline: true,
        marks: Vec::new(),
    };
    parties.officer.cut_off(request).await.unwrap();
    let plan = net(&mut parties.officer, FIRST).await.unwrap();
    assert_eq!((plan.legs, plan.nets.len()), (0, 0));
    // Corrected by the debtor under a new number, the debt goes with the next cycle.
    report(&mut parties.ningbo, vec![payable(2, &right)])
        .await
        .unwrap();
    parties.both_close(SECOND).await;
    cut_off(&mut parties.officer, SECOND).await.unwrap();
    assert_eq!(
        net(&mut parties.officer, SECOND)
            .await
            .unwrap()
            .legs_total_fen,
        1_000
    );
}

#[tokio::test]
async fn no_officer_cuts_a_day_off_before_the_deadline_that_is_configured() {
    let world = World::begin().await;
    // One minute before one in the morning of the second, Shanghai time.
    world.clock.put("2026-03-01T16:59:00.000Z");
    let mut parties = parties(&world).await;
    parties.both_report(1, 1_000).await;
    assert!(close(&mut parties.ningbo, FIRST, 1).await.unwrap());
    let request = v1::CutOffRequest {
        business_day: FIRST.to_owned(),
        at_deadline: true,
        marks: Vec::new(),
    };
    let (code, detail) = refusal(parties.officer.cut_off(request.clone()).await);
    assert_eq!(code, "cycle.before_deadline");
    let left = "2026-03-01: 1 minutes until the deadline, not closed: 510100";
    assert_eq!(detail, left);
    let state = status(&mut parties.officer, FIRST).await.state();
    assert_eq!(state, v1::CycleState::Open);
    world.clock.put("2026-03-01T17:00:00.000Z");
    parties.officer.cut_off(request).await.unwrap();
}

/// Asks until a cycle is cut off.
async fn cut_off_by_itself(officer: &mut Officer, day: &str) {
    let wait = async {
        while status(officer, day).await.state() != v1::CycleState::CutOff {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait)
        .await
        .expect("it is cut off");
}

#[tokio::test]
async fn the_clearinghouse_cuts_off_by_itself_when_all_have_closed_or_at_the_deadline() {
    let world = World::begin_with("when_all_closed").await;
    // Before one in the morning of the second, Shanghai time.
    world.clock.put("2026-03-01T16:30:00.000Z");
    let mut parties = parties(&world).await;
    parties.both_report(1, 1_000).await;
    assert!(close(&mut parties.ningbo, FIRST, 1).await.unwrap());
    assert_eq!(
        status(&mut parties.officer, FIRST).await.state(),
        v1::CycleState::Open
    );
    assert!(close(&mut parties.chengdu, FIRST, 1).await.unwrap());
    cut_off_by_itself(&mut parties.officer, FIRST).await;

    // Nobody closes the second day; its deadline passes.
    let mut leg = debt(2, 7);
    leg.business_day = SECOND.parse().unwrap();
    report(&mut parties.chengdu, vec![receivable(2, &leg)])
        .await
        .unwrap();
    world.clock.put("2026-03-02T17:00:00.000Z");
    cut_off_by_itself(&mut parties.officer, SECOND).await;
}
