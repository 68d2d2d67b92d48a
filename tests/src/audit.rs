//! The auditor: what hospitals were told, what both nodes hold and what the clearinghouse nets must be one
//! story. It asks each of them over its own certificate and believes none of them.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::Artifact as _;
use huitong_core::reversal::Reversal;
use huitong_proto::common::v1::{Fund, Person};
use huitong_proto::settlement::v1::Settlement;
use prost::Message as _;

use crate::hospital::{Hospital, receipt};
use crate::officer::{ClearingOfficer, RegionOfficer};
use crate::peer::Peer;
use crate::register::{Desk, Region};
use crate::world::World;

/// A settlement as a hospital was told of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The region of the hospital.
    pub treatment: &'static Region,
    /// The region of the person.
    pub home: &'static Region,
    /// The person.
    pub person: u32,
    /// The hospital's id.
    pub request_id: String,
    /// What it was told.
    pub settlement: Settlement,
}

impl Told {
    fn is_out_of_area(&self) -> bool {
        self.treatment.code != self.home.code
    }

    /// What each fund pays.
    fn amounts(&self) -> Vec<(Fund, i64)> {
        let paid = &self.settlement.receipt.as_ref().unwrap().amounts;
        paid.iter()
            .map(|paid| (paid.fund(), paid.amount_fen))
            .collect()
    }
}

/// Both nodes hold what hospitals were told, once: the treatment node shows the same settlement, byte for
/// byte; the home node has the same receipt under its id, and its receipts to each region are numbered
/// without gap or repetition, reversals among them. All were told to institutions of one kind. How many of either
/// both hold: it is for the caller to compare with how many were told.
pub async fn both_sides_hold_once(world: &World, told: &[Told], desk: Desk) -> usize {
    let numbers = numbers_held(world, told, desk).await;
    let mut held = BTreeSet::new();
    for ((home, treatment), mut numbers) in numbers {
        numbers.sort_unstable();
        let expected: Vec<u64> = (1..).take(numbers.len()).collect();
        assert_eq!(
            numbers, expected,
            "receipts of {home} to {treatment}: lost, doubled or unknown"
        );
        held.extend(numbers.into_iter().map(|number| (home, treatment, number)));
    }
    held.len()
}

/// Both nodes hold what hospitals were told, as [`both_sides_hold_once`] has it, where a stream holds more than
/// the hospitals told of: reversals, and what was reversed. How many numbers of streams they have, each once.
pub async fn held_at_both(world: &World, told: &[Told], desk: Desk) -> usize {
    let numbers = numbers_held(world, told, desk).await;
    let each = numbers.into_values().map(|numbers| {
        let all = numbers.len();
        let once: BTreeSet<u64> = numbers.into_iter().collect();
        assert_eq!(once.len(), all, "a number stands for two receipts");
        all
    });
    each.sum()
}

/// What both nodes hold of each stream, by its numbers.
async fn numbers_held(
    world: &World,
    told: &[Told],
    desk: Desk,
) -> BTreeMap<(&'static str, &'static str), Vec<u64>> {
    let ids: BTreeSet<&str> = told
        .iter()
        .map(|told| told.settlement.settlement.as_str())
        .collect();
    assert_eq!(ids.len(), told.len(), "an id was given twice");
    let mut numbers: BTreeMap<(&'static str, &'static str), Vec<u64>> = BTreeMap::new();
    let mut hospitals: BTreeMap<&str, Hospital> = BTreeMap::new();
    let mut peers: BTreeMap<(&str, &str), Peer> = BTreeMap::new();
    for told in told {
        let id = &told.request_id;
        let (treatment, home) = (told.treatment, told.home);
        let hospital = hospitals.entry(treatment.code);
        let hospital = hospital.or_insert_with(|| Hospital::of(world, treatment, desk));
        let shown = hospital.get(id).await.unwrap();
        assert_eq!(
            shown.encode_to_vec(),
            told.settlement.encode_to_vec(),
            "{id}: shown otherwise later"
        );
        let receipt = receipt(&told.settlement);
        assert!(receipt.is_in_group(), "{id}: not in its signed group");
        assert_eq!(
            receipt.body.clearing.settlement.to_string(),
            told.settlement.settlement
        );
        let pair = (home.code, treatment.code);
        let given = numbers.entry(pair).or_default();
        given.push(receipt.body.number);
        if let Some(reversal) = &told.settlement.reversal {
            let reversal = Reversal::from_bytes(&reversal.canonical).unwrap();
            assert_eq!(
                reversal.body.clearing.settlement.to_string(),
                told.settlement.settlement
            );
            given.push(reversal.body.number);
        }
        if told.is_out_of_area() {
            let person = Person {
                home_region: home.code.to_owned(),
                psn_no: home.psn_no(told.person),
            };
            let peer = peers
                .entry(pair)
                .or_insert_with(|| Peer::of(world, treatment, home));
            let held = peer.abandon(&told.settlement.settlement, person).await;
            assert_eq!(
                held, told.settlement.receipt,
                "{id}: the home region holds another receipt"
            );
        }
    }
    numbers
}

/// Every region closes its day, the day is netted, and it equals what hospitals were told: every leg once, those
/// of what was taken back the other way round as well, every pair to the fen, Σ of the nets zero for each fund.
pub async fn the_day_nets_to_what_was_told(world: &World, told: &[Told]) {
    let away: Vec<&Told> = told.iter().filter(|told| told.is_out_of_area()).collect();
    let mut legs: BTreeMap<&str, u64> = BTreeMap::new();
    let mut owed: BTreeMap<(String, String, i32), i64> = BTreeMap::new();
    for told in &away {
        let (home, treatment) = (told.home.code, told.treatment.code);
        let mut owes = |debtor: &str, creditor: &str| {
            for (fund, amount) in told.amounts() {
                *legs.entry(home).or_default() += 1;
                *legs.entry(treatment).or_default() += 1;
                let pair = (debtor.to_owned(), creditor.to_owned(), fund.into());
                *owed.entry(pair).or_default() += amount;
            }
        };
        owes(home, treatment);
        if told.settlement.reversal.is_some() {
            owes(treatment, home);
        }
    }
    let mut days = BTreeSet::new();
    for (region, _) in world.regions() {
        let (day, up_to) = RegionOfficer::of(world, region).close_day().await;
        let expected = legs.get(region.code).copied().unwrap_or_default();
        assert_eq!(up_to, expected, "legs of {}", region.code);
        days.insert(day);
    }
    assert_eq!(
        days.len(),
        1,
        "midnight in Shanghai passed in the middle of the test: run it again"
    );
    let day = days.first().unwrap();
    let officer = ClearingOfficer::of(world);
    let count: u64 = legs.values().sum::<u64>() / 2;
    let status = officer.status(day).await;
    assert_eq!(
        (status.waiting_legs, status.differing_legs),
        (0, 0),
        "{:?}",
        status.oldest_waiting
    );
    let plan = officer.net(day).await;
    let pairs: BTreeMap<_, _> = plan
        .pairs
        .iter()
        .map(|pair| {
            (
                (pair.debtor.clone(), pair.creditor.clone(), pair.fund),
                pair.amount_fen,
            )
        })
        .collect();
    assert_eq!(pairs, owed);
    assert_eq!(
        (plan.legs, plan.legs_total_fen),
        (count, owed.values().sum::<i64>())
    );
    let mut sums: BTreeMap<i32, i64> = BTreeMap::new();
    for net in &plan.nets {
        *sums.entry(net.fund).or_default() += net.amount_fen;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    assert!(!sums.is_empty(), "nothing was netted");
}
