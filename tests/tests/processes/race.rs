//! Two hospitals in two regions race for one person's deductible and account: each is used once, in one long race
//! and in many short ones, of which `cargo xtask race --rounds N` runs as many as one likes.

use huitong_proto::settlement::v1::{Decision, ReversalReason, State};
use huitong_tests::audit::{self, Told};
use huitong_tests::bills::outpatient;
use huitong_tests::environment;
use huitong_tests::hospital::Hospital;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region, SHANGHAI};
use huitong_tests::start;
use tokio::task::JoinSet;

/// Whose deductible it is; the account holds 70 yuan.
const PERSON: u32 = 7;
/// Bills in each of both regions, of 50 yuan each: the deductible of 200 ends in the middle of the race.
const BILLS: u32 = 8;

#[tokio::test]
async fn one_deductible_is_used_once_by_two_regions() {
    let world = start::start(&[&CHENGDU, &NINGBO, &SHANGHAI]).await;
    let hospital = |region: &Region| Hospital::of(&world, region, Desk::Two);
    let mut racing = JoinSet::new();
    for number in 0..BILLS {
        for treatment in [&NINGBO, &SHANGHAI] {
            let hospital = hospital(treatment);
            racing.spawn(async move {
                let id = format!("{}-{number}", treatment.code);
                let bill = outpatient(&CHENGDU, PERSON, &id, &[(Item::Drug, 5_000)]);
                let settlement = hospital.settle_for_sure(&id, bill).await.unwrap();
                Told {
                    treatment,
                    home: &CHENGDU,
                    person: PERSON,
                    request_id: id,
                    settlement,
                }
            });
        }
    }
    let told = racing.join_all().await;

    let sum = |what: fn(&Decision) -> i64| -> i64 {
        told.iter()
            .map(|told| what(told.settlement.decision.as_ref().unwrap()))
            .sum()
    };
    let total = i64::from(2 * BILLS) * 5_000;
    assert_eq!(sum(|decision| decision.total_fen), total);
    assert_eq!(
        told.iter()
            .map(|told| start_taken(told.settlement.decision.as_ref().unwrap()))
            .sum::<i64>(),
        20_000
    );
    assert_eq!(
        sum(|decision| decision.fund_total_fen),
        (total - 20_000) * 6 / 10
    );
    assert_eq!(sum(|decision| decision.own_account_fen), 7_000);

    let held = audit::both_sides_hold_once(&world, &told, Desk::Two).await;
    assert_eq!(held, told.len());
    audit::the_day_nets_to_what_was_told(&world, &told).await;
    world.stop_all().await;
}

/// Pairs of hospitals that race at once, each for a person of its own.
const LANES: u32 = 8;
/// Rounds, unless the environment says how many.
const ROUNDS: u32 = 48;
/// What each of two bills comes to, in fen: one alone does not use up the start of 200.00.
const SHORT_BILL: i64 = 15_000;
const START: i64 = 20_000;

/// What went wrong in rounds, each counted by itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wrong {
    start_taken_twice: u32,
    account_overdrawn: u32,
    paid_otherwise: u32,
}

impl Wrong {
    /// Judges the two settlements of a round, whatever their order was.
    fn judge(&mut self, both: &[Told; 2], balance: i64) {
        let decisions = both
            .each_ref()
            .map(|told| told.settlement.decision.as_ref().unwrap());
        let sum = |what: fn(&Decision) -> i64| decisions.iter().map(|it| what(it)).sum::<i64>();
        let pool = (2 * SHORT_BILL - START) * 6 / 10;
        let account = sum(|decision| decision.own_account_fen);
        let due = balance.min(2 * SHORT_BILL - pool);
        self.start_taken_twice += u32::from(sum(start_taken) != START);
        self.account_overdrawn += u32::from(account > balance);
        let as_due = account == due && sum(|decision| decision.fund_total_fen) == pool;
        self.paid_otherwise += u32::from(!as_due);
    }
}

fn start_taken(decision: &Decision) -> i64 {
    let layer = decision.layers.iter().find(|it| it.id == "outpatient");
    layer.unwrap().left_start_fen
}

/// Both hospitals settle at the same time, and take it back at the same time: the next round begins anew.
async fn round(hospitals: &[(&'static Region, Hospital); 2], person: u32, id: &str) -> [Told; 2] {
    let settle = async |(treatment, hospital): &(&'static Region, Hospital)| {
        let request_id = format!("{id}-{}", treatment.code);
        let bill = outpatient(&CHENGDU, person, &request_id, &[(Item::Drug, SHORT_BILL)]);
        let settlement = hospital.settle_for_sure(&request_id, bill).await.unwrap();
        assert_eq!(settlement.state(), State::Settled);
        Told {
            treatment,
            home: &CHENGDU,
            person,
            request_id,
            settlement,
        }
    };
    let [one, other] = hospitals;
    let both = tokio::join!(settle(one), settle(other));
    let take_back = async |(_, hospital): &(&'static Region, Hospital), mut told: Told| {
        let back = format!("{}-back", told.request_id);
        let reversed =
            hospital.reverse_for_sure(&back, &told.request_id, ReversalReason::WrongBill);
        told.settlement = reversed.await.unwrap();
        assert_eq!(told.settlement.state(), State::Reversed);
        told
    };
    let both = tokio::join!(take_back(one, both.0), take_back(other, both.1));
    both.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_every_round_each_is_used_once() {
    let rounds = environment::number("HUITONG_RACE_ROUNDS").unwrap_or(ROUNDS);
    let world = start::start(&[&CHENGDU, &NINGBO, &SHANGHAI]).await;
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let of = |region| (region, Hospital::of(&world, region, Desk::Two));
        let hospitals = [of(&NINGBO), of(&SHANGHAI)];
        // Accounts of up to 560 yuan: some are used up in a round, some are not.
        let (person, balance) = (lane * 8, i64::from(lane) * 8_000);
        lanes.spawn(async move {
            let (mut wrong, mut told) = (Wrong::default(), Vec::new());
            for number in (0..rounds).filter(|number| number % LANES == lane) {
                let both = round(&hospitals, person, &format!("r{number}")).await;
                wrong.judge(&both, balance);
                told.extend(both);
            }
            (wrong, told)
        });
    }
    let (mut wrong, mut told) = (Wrong::default(), Vec::new());
    while let Some(lane) = lanes.join_next().await {
        let (of_lane, told_there) = lane.unwrap();
        wrong.start_taken_twice += of_lane.start_taken_twice;
        wrong.account_overdrawn += of_lane.account_overdrawn;
        wrong.paid_otherwise += of_lane.paid_otherwise;
        told.extend(told_there);
    }
    audit::the_day_nets_to_what_was_told(&world, &told).await;
    world.stop_all().await;
    println!(
        "{rounds} rounds, {} settled and taken back, {} times the start twice, {} accounts overdrawn, {} \
         otherwise wrong",
        told.len(),
        wrong.start_taken_twice,
        wrong.account_overdrawn,
        wrong.paid_otherwise
    );
    assert_eq!(u32::try_from(told.len()), Ok(2 * rounds));
    assert_eq!(wrong, Wrong::default());
}
