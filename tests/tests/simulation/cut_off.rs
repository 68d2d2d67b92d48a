//! What hospitals do while a home region cannot be reached from where they are: an emergency is settled on what
//! that region had signed, while the same person goes on being treated elsewhere, and is made good afterwards. All
//! of it follows from the seed.

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::callers::{Answer, Officers};
use crate::chance::Seeded;
use crate::faults::{is_left_alone, leaving_out, losing_its_disk, loss_by_story};
use crate::left_out::{LOOK_EVERY, Whom, released};
use crate::orders::{Order, Orders};
use crate::party::host;
use crate::register::{PEOPLE, Somebody, Stay};
use crate::workload::{Asked, BEGIN_WITHIN_MS, HOMES, Hospitals, PATIENCE};

/// Stories of one seed.
const STORIES: u64 = 3;
/// The one of them in which the home region loses its disk, if a story of the seed says when it does.
const TELLS_OF_A_LOSS: u64 = 0;

/// All stories of a seed, to their ends.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), orders: &Orders) {
    let mut stories = JoinSet::new();
    for number in 0..STORIES {
        let (hospitals, chance) = (hospitals.clone(), Seeded::new(seed, 2_000 + number));
        let losing = loss_by_story(seed, regions).filter(|_| number == TELLS_OF_A_LOSS);
        let losing = losing.map(|home| (home, orders.clone()));
        stories.spawn_local(async move {
            sleep(chance.millis(0..BEGIN_WITHIN_MS)).await;
            story(&hospitals, (seed, number), regions, (&chance, losing)).await;
        });
    }
    let looks = async {
        let Some(home) = losing_its_disk(seed, regions) else {
            return std::future::pending().await;
        };
        let mut officers = Officers::of(home);
        loop {
            // Whether anybody was held is asked again anyway.
            drop(released(&mut officers, home, Whom::WhoeverStays).await);
            sleep(LOOK_EVERY).await;
        }
    };
    let go = async {
        while let Some(ended) = stories.join_next().await {
            ended.unwrap();
        }
    };
    tokio::select! {
        biased;
        () = go => {}
        () = looks => {}
    }
}

async fn story(
    hospitals: &Hospitals,
    (seed, number): (u64, u64),
    regions: usize,
    (chance, losing): (&Seeded, Option<(usize, Orders)>),
) {
    // What is provisional and not booked yet is gone with the disk of where it was settled. What the home region had
    // booked and told nobody is gone with its own, and holds the person until an officer has looked.
    let lost = losing_its_disk(seed, regions);
    let next_but = |first, not: &[Option<usize>]| next_but(regions, first, not);
    // What is signed for one of these stories is of no use to another one of the same person.
    // Nor may the two be brought together of which another story wants that one serves without the other.
    let is_left_alone = leaving_out(seed, regions).is_some() && is_left_alone(seed);
    let is_lost = match loss_by_story(seed, regions) {
        Some(_) => losing.is_some(),
        None => lost.is_some() && !is_left_alone && chance.one_in(2),
    };
    let home = match lost {
        Some(lost) if is_lost => lost,
        Some(_) | None => next_but(chance.place(regions.min(HOMES)), &[lost]),
    };
    let person = chance.within(0..PEOPLE);
    let of = Somebody { home, person };
    let treatment = next_but(chance.place(regions), &[Some(home), lost]);
    let elsewhere = next_but(chance.place(regions), &[Some(home), Some(treatment), lost]);
    let asked = |treatment, name: String, stay| Asked {
        treatment,
        request_id: name.clone(),
        visit: name,
        of,
        stay,
        fen: i64::try_from(chance.within(2_000..9_000)).unwrap() * 100,
    };
    let first = asked(treatment, format!("c{number}"), Stay::Emergency);
    let rival = asked(elsewhere, format!("c{number}.rival"), Stay::Before);
    hospitals.history.ask(&first);
    hospitals.estimate_with_patience(&first, chance).await;
    turmoil::partition(host(treatment), host(home));
    let log = &hospitals.log;
    log.note(&first.request_id, format_args!("cut off {of:?}"));
    let there = async {
        // What was signed is not what stands any more.
        if chance.within(0..4) > 0 {
            hospitals.history.ask(&rival);
            hospitals.settle_with_patience(&rival, chance).await;
        }
    };
    tokio::join!(given(hospitals, &first, chance), there);
    if chance.one_in(4) {
        // Another id for the same visit, whatever the first was told.
        let request_id = format!("c{number}.again");
        let again = Asked {
            request_id,
            ..first.clone()
        };
        hospitals.history.ask(&again);
        hospitals.settle(&again, 0).await;
    }
    if let Some((home, orders)) = &losing {
        orders.give(Order::BackUp(*home)).await;
    }
    comes_back(hospitals, &first, chance).await;
    if let Some((home, orders)) = losing {
        // What was trued up is known where it was given, and comes back from there.
        let back = chance.millis(300..2_500);
        orders.give(Order::Lose(home, back)).await;
        let after = asked(elsewhere, format!("c{number}.after"), Stay::Before);
        hospitals.history.ask(&after);
        hospitals.settle_with_patience(&after, chance).await;
    }
}

/// The first of so many regions, from one on, that is none of these.
fn next_but(regions: usize, first: usize, not: &[Option<usize>]) -> usize {
    let mut places = (0..regions).map(|step| (first + step) % regions);
    // With fewer than four regions there may be no other one.
    places
        .find(|place| !not.contains(&Some(*place)))
        .unwrap_or(first)
}

/// The home region can be reached again, perhaps while what was given is taken back.
async fn comes_back(hospitals: &Hospitals, first: &Asked, chance: &Seeded) {
    let log = &hospitals.log;
    let is_taken_back = chance.one_in(4);
    if is_taken_back {
        hospitals.history.ask_back(first);
    }
    tokio::join!(
        async {
            if is_taken_back {
                let back = hospitals.reverse_with_patience(first, ".back", chance);
                back.await;
            }
        },
        async {
            sleep(chance.millis(0..1_500)).await;
            turmoil::repair(host(first.treatment), host(first.of.home));
            log.note(&first.request_id, "not cut off any more");
        }
    );
    hospitals.settle_with_patience(first, chance).await;
    if !is_taken_back && chance.one_in(3) && hospitals.history.settlement(first).is_some() {
        hospitals.history.ask_back(first);
        let back = hospitals.reverse_with_patience(first, ".later", chance);
        back.await;
    }
}

/// Settles until something is given, or it takes too long.
pub async fn given(hospitals: &Hospitals, asked: &Asked, chance: &Seeded) {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE / 2 {
        let answer = hospitals.settle(asked, 0).await;
        if answer.is_final() || matches!(answer, Answer::Provisional(_)) {
            return;
        }
        sleep(chance.millis(200..900)).await;
    }
}
