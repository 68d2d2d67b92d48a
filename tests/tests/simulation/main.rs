//! The simulation: twelve regions and more, and the clearinghouse, in one process on one thread, over a
//! simulated network and disks that misbehave; the servers are the real ones, started as they always are.
//!
//! One seed gives one story: which bills are sent when, what fails when, and so what comes of it. Only the
//! keys and bytes of TLS are drawn elsewhere, and nothing depends on them. An auditor then looks at what
//! hospitals asked and were told and at the books.
//!
//! | module | its question |
//! |---|---|
//! | [`platform`], [`network`] | What do servers stand on here? |
//! | [`storage`], [`party`] | What is a server started from, and what outlives it? |
//! | [`certificates`], [`register`] | Who is there? |
//! | [`callers`], [`desks`], [`dispute_desk`], [`check_desk`], [`leg_book`], [`clearing_officer`], [`workload`], [`bureau`] | Who calls, and what for? |
//! | [`parts`], [`late_commits`] | What of stays that are billed in parts, and of claims that arrive when they are given up? |
//! | [`audits`] | What is deducted after an audit? |
//! | [`account_desk`], [`accounts`] | What do hospitals reconcile and confirm? |
//! | [`quarrels`], [`suspicions`] | What do regions dispute, and what do they check? |
//! | [`twins`], [`twin_desk`], [`twin_bureaus`] | Who is in two registers, and what do bureaus do about it? |
//! | [`cut_off`], [`moving`], [`left_out`], [`lost_clearing`] | What while a region is away, while somebody moves, and when the clearinghouse loses its disk? |
//! | [`given_up`] | What of which a receipt is lost, and that does not stand again? |
//! | [`wire`], [`echo`] | Which calls are lost, and what arrives twice? |
//! | [`faults`], [`orders`] | What goes wrong when? |
//! | [`papers`], [`months`], [`money`], [`statements`] | What was said of cycles and months, what is paid, and what do regions verify? |
//! | [`phases`], [`day`], [`later`], [`driver`], [`simulation`] | How does it go? |
//! | [`books`], [`gaps`], [`laws`], [`year`] | Is it one story, and a just one? |
//! | [`saboteurs`] | Would the auditor notice? |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "a test says what must hold by panicking"
)]

mod account_desk;
mod accounts;
mod audits;
mod books;
mod bureau;
mod callers;
mod certificates;
mod chance;
mod check_desk;
mod clearing_officer;
mod cut_off;
mod day;
mod desks;
mod dispute_desk;
mod driver;
mod echo;
mod faults;
mod gaps;
mod given_up;
mod late_commits;
mod later;
mod laws;
mod left_out;
mod leg_book;
mod lost_clearing;
mod money;
mod months;
mod moving;
mod network;
mod orders;
mod papers;
mod parts;
mod party;
mod phases;
mod platform;
mod quarrels;
mod register;
mod saboteurs;
mod simulation;
mod statements;
mod storage;
mod suspicions;
mod twin_bureaus;
mod twin_desk;
mod twins;
mod wire;
mod workload;
mod year;

use std::time::{SystemTime, UNIX_EPOCH};

use saboteurs::Saboteur;
use simulation::{DAYS, Outcome, Setup, simulate};
use storage::KeepsImages;

const REGIONS: usize = 12;
/// Saboteurs are noticed in a small world too, and sooner.
const FEW_REGIONS: usize = 5;
/// Seeds within which every saboteur must be caught.
const SEEDS_OF_A_SABOTEUR: u64 = 200;

fn run(seed: u64) -> Outcome {
    simulate(Setup {
        seed,
        regions: REGIONS,
        days: DAYS,
        saboteur: None,
        images: KeepsImages::Some,
    })
}

/// What was met in some seeds.
#[derive(Debug, Default)]
struct Met {
    sums_compared: usize,
    from_images: usize,
    events: Vec<String>,
}

/// Everything holds on these seeds; what does not is told with all that happened.
fn holds(seeds: impl IntoIterator<Item = u64>) -> Met {
    let mut met = Met::default();
    for seed in seeds {
        let outcome = run(seed);
        if !outcome.violations.is_empty() {
            outcome.events.iter().for_each(|event| println!("{event}"));
            panic!("cargo xtask sim --seed {seed}: {:?}", outcome.violations);
        }
        assert!(outcome.stand > 0, "seed {seed}: nothing was settled");
        met.sums_compared += outcome.sums_compared;
        met.from_images += outcome.from_images;
        met.events.extend(outcome.events);
    }
    met
}

#[test]
fn seeds_1_to_5_hold_and_meet_what_they_are_for() {
    let met = holds(1..=5);
    assert!(met.sums_compared > 0, "no sum was compared");
    assert!(met.from_images > 0, "no node started from an image");
    // What comes twice is of a server, later, or of a person, at once.
    for met_in_them in [
        "NeverArrives",
        "IsNotAnswered",
        "ComesTwice(Some",
        "ComesTwice(None)",
        driver::STOPPED_COLLECTING,
    ] {
        let mut events = met.events.iter();
        let is_met = events.any(|event| event.contains(met_in_them));
        assert!(is_met, "nothing {met_in_them}");
    }
}

#[test]
fn seeds_6_to_10_hold() {
    holds(6..=10);
}

#[test]
fn seeds_11_to_15_hold() {
    holds(11..=15);
}

#[test]
fn seeds_16_to_20_hold() {
    holds(16..=20);
}

#[test]
fn a_fresh_seed_holds() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = now.as_secs();
    println!("fresh seed: cargo xtask sim --seed {seed}");
    holds([seed]);
}

#[test]
fn one_seed_run_twice_gives_the_same_events() {
    // A node loses its disk in it, and comes back from a backup.
    let seed = 4;
    let (once, twice) = (run(seed), run(seed));
    assert!(once.events.len() > 100, "{} events", once.events.len());
    for (one, other) in once.events.iter().zip(&twice.events) {
        assert_eq!(one, other);
    }
    assert_eq!(once.events.len(), twice.events.len());
}

/// Lets a saboteur in until the auditor names one of the laws that it breaks; the same world without it breaks none.
fn is_caught(saboteur: Saboteur) {
    is_caught_from(saboteur, 1);
}

/// The same for one that seldom shows itself. The seed that caught it when this was written is tried first, which is only
/// quicker: when it does so no more, all are tried.
fn is_caught_from(saboteur: Saboteur, first: u64) {
    let broken = |seed, saboteur| {
        let outcome = simulate(Setup {
            seed,
            regions: FEW_REGIONS,
            days: DAYS,
            saboteur,
            images: KeepsImages::None,
        });
        outcome.violations
    };
    let mut seeds = std::iter::once(first).chain(1..=SEEDS_OF_A_SABOTEUR);
    let caught = seeds.find(|seed| {
        let of_it = broken(*seed, Some(saboteur)).into_iter();
        of_it
            .filter(|violation| laws::broken_by(saboteur).contains(&violation.law))
            .inspect(|violation| println!("{saboteur:?} at seed {seed}: {violation}"))
            .count()
            > 0
    });
    let Some(seed) = caught else {
        panic!("{saboteur:?} was not caught");
    };
    let without: Vec<_> = broken(seed, None);
    let without: Vec<String> = without.iter().map(ToString::to_string).collect();
    assert_eq!(without, Vec::<String>::new(), "{saboteur:?} at seed {seed}");
}

#[test]
fn a_record_that_never_changes_is_caught() {
    is_caught(Saboteur::StaleRecord);
}

#[test]
fn forgotten_deductions_are_caught() {
    is_caught_from(Saboteur::ForgottenDeduction, 2);
}

#[test]
fn another_amount_given_again_than_was_deducted_is_caught() {
    is_caught(Saboteur::OtherAmount);
}

#[test]
fn what_disputes_came_to_and_nobody_booked_is_caught() {
    is_caught_from(Saboteur::ForgottenCorrection, 2);
}

#[test]
fn words_of_checks_that_are_never_sent_are_caught() {
    is_caught(Saboteur::UnsentWord);
}

#[test]
fn matches_of_people_who_are_insured_twice_that_are_forgotten_are_caught() {
    is_caught_from(Saboteur::ForgottenMatch, 3);
}

#[test]
fn what_a_bureau_said_of_them_and_the_other_is_not_told_is_caught() {
    is_caught_from(Saboteur::UntoldWord, 3);
}

#[test]
fn a_part_of_a_day_that_is_changed_on_its_way_is_caught() {
    is_caught(Saboteur::MeddledPart);
}

#[test]
fn a_line_of_the_bank_that_is_not_entered_is_caught() {
    is_caught(Saboteur::SwallowedLine);
}

#[test]
fn a_month_that_a_region_forgot_to_have_confirmed_is_caught() {
    is_caught(Saboteur::ForgottenMonthWord);
}

#[test]
fn what_was_taken_back_and_is_not_booked_for_its_institution_is_caught() {
    is_caught(Saboteur::UnbookedReversal);
}

#[test]
fn what_an_institution_said_of_its_month_and_is_forgotten_is_caught() {
    is_caught(Saboteur::ForgottenConfirmation);
}

#[test]
fn sums_that_are_less_after_a_release_are_caught() {
    is_caught_from(Saboteur::ForgottenSums, 2);
}

#[test]
fn forgotten_tombstones_are_caught() {
    is_caught_from(Saboteur::NoTombstone, 3);
}

#[test]
fn a_disk_that_lies_is_caught() {
    is_caught(Saboteur::LyingSync);
}

#[test]
fn a_dropped_leg_is_caught() {
    is_caught(Saboteur::DroppedLeg);
}

#[test]
fn a_forgotten_id_is_caught() {
    is_caught(Saboteur::ForgottenId);
}

#[test]
fn a_forgotten_reversal_is_caught() {
    is_caught(Saboteur::ForgottenReversal);
}

#[test]
fn unchecked_visits_are_caught() {
    is_caught(Saboteur::UncheckedVisit);
}

#[test]
fn stays_that_are_paid_whole_and_in_parts_are_caught() {
    is_caught(Saboteur::UncheckedWhole);
}

#[test]
fn a_person_handed_over_twice_is_caught() {
    is_caught(Saboteur::HandOverTwice);
}

#[test]
fn a_forgotten_hand_over_is_caught() {
    is_caught(Saboteur::ForgottenHandOver);
}

#[test]
fn a_forgotten_grant_is_caught() {
    is_caught(Saboteur::ForgottenGrant);
}

#[test]
fn a_forgotten_left_out_region_is_caught() {
    is_caught_from(Saboteur::ForgottenLeftOut, 4);
}

#[test]
fn cycles_that_were_lost_and_not_brought_back_are_caught() {
    is_caught(Saboteur::LostCycles);
}

#[test]
fn a_lost_difference_is_caught() {
    is_caught_from(Saboteur::LostDifference, 2);
}

#[test]
fn serving_from_an_old_backup_is_caught() {
    is_caught(Saboteur::OldBackup);
}

#[test]
fn whoever_is_held_and_released_for_nothing_is_caught() {
    is_caught_from(Saboteur::HeldForNothing, 2);
}

#[test]
fn an_id_that_nobody_comes_back_to_is_caught() {
    is_caught(Saboteur::SkippedId);
}

#[test]
fn another_outcome_than_was_told_is_caught() {
    is_caught(Saboteur::OtherOutcome);
}

#[test]
fn a_net_that_is_off_by_a_fen_is_caught() {
    is_caught(Saboteur::NetOff);
}

#[test]
fn a_journal_that_cannot_be_read_to_its_end_is_caught() {
    is_caught(Saboteur::RottenDisk);
}
