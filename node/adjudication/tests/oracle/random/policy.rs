//! A random policy that stands: every construct of the grammar, in any mixture that publishing would let
//! through.

use std::collections::BTreeMap;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::sha256;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::condition::Condition;
use huitong_core::policy::layer::{Axis, Layer, Left};
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Draft, Scope};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{
    Administration, Grade, InstitutionType, Part, Place, Scheme, Setting,
};

use super::dice::{Dice, name};
use super::layer::layers;
use super::rules::{Asks, Declared, Position};
use super::words::{HOME, INDEXES, TAGS, TIERS};

/// The draft of a random policy, and the size of its amounts.
pub fn draft(dice: &mut Dice) -> (Draft, i64) {
    draft_asking(dice, Asks::Anything)
}

/// A draft whose rules ask for no more than this.
pub fn draft_asking(dice: &mut Dice, asks: Asks) -> (Draft, i64) {
    // Small amounts make every rounding and every tie matter, large ones look like real bills.
    let scale = dice.of(&[20, 300, 10_000, 1_000_000, 30_000_000]);
    let amounts: Vec<Name> = (0..dice.count(4))
        .map(|at| name(&format!("sum_{at}")))
        .collect();
    let ordinal = dice.percent(50);
    let mut counts: Vec<Name> = (0..dice.count(1))
        .map(|at| name(&format!("times_{at}")))
        .collect();
    if asks == Asks::WhatStays {
        counts.clear();
    }
    if ordinal {
        counts.push(name("admissions"));
    }
    let mut declared = Declared {
        asks,
        amounts,
        counts,
        given: vec![],
        ordinal,
        tiers: dice.percent(70),
        scale,
    };
    let layers = layers(dice, &mut declared);
    let totals = totals(dice, &declared, &layers);
    let draft = Draft {
        title: "随机政策".to_owned(),
        source: "a seed".to_owned(),
        scope: Scope {
            region: RegionCode::parse(HOME).unwrap(),
            scheme: Scheme::Resident,
            settings: Setting::ALL.to_vec(),
            effective: DateInterval::new(ServiceDate::parse("2023-01-01").unwrap(), None).unwrap(),
        },
        supersedes: dice.list(0, 1, |_| sha256(b"an earlier document")),
        benefit_date: dice.of(&[
            BenefitDate::Discharge,
            BenefitDate::Admission,
            BenefitDate::Split,
        ]),
        indexes: indexes(dice, scale),
        tiers: if declared.tiers { tiers(dice) } else { vec![] },
        tags: BTreeMap::new(),
        totals,
        layers,
        provisional: None,
    };
    (draft, scale)
}

fn indexes(dice: &mut Dice, scale: i64) -> BTreeMap<Name, BTreeMap<u16, Fen>> {
    let years = |dice: &mut Dice| {
        [2023, 2024]
            .map(|year| (year, Fen::new(dice.between(1, scale)).unwrap()))
            .into()
    };
    INDEXES
        .iter()
        .map(|index| (name(index), years(dice)))
        .collect()
}

fn tiers(dice: &mut Dice) -> Vec<TierRow> {
    let mut rows = dice.list(0, 3, |dice| TierRow {
        place: dice
            .maybe(40, |dice| dice.some(Place::ALL))
            .unwrap_or_default(),
        grade: dice
            .maybe(60, |dice| dice.some(Grade::ALL))
            .unwrap_or_default(),
        administration: dice
            .maybe(20, |dice| dice.some(Administration::ALL))
            .unwrap_or_default(),
        kind: dice
            .maybe(20, |dice| dice.some(InstitutionType::ALL))
            .unwrap_or_default(),
        networked: dice.maybe(20, |dice| dice.percent(50)),
        tier: name(dice.of(&TIERS)),
        title: "级".to_owned(),
    });
    let all = TierRow {
        place: vec![],
        grade: vec![],
        administration: vec![],
        kind: vec![],
        networked: None,
        tier: name("top"),
        title: "top".to_owned(),
    };
    for tier in TIERS {
        rows.push(TierRow {
            tier: name(tier),
            title: tier.to_owned(),
            ..all.clone()
        });
    }
    rows
}

fn totals(dice: &mut Dice, declared: &Declared, layers: &[Layer]) -> Vec<TotalRule> {
    let mut totals = Vec::new();
    for total in &declared.amounts {
        let moves = |layer: &&Layer| layer.axis == Axis::Total(*total);
        let mut adds: Vec<Adds> = layers
            .iter()
            .filter(moves)
            .map(|layer| Adds::Base(layer.name))
            .collect();
        if adds.is_empty() || dice.percent(30) {
            adds.extend(dice.list(1, 2, |dice| amount_added(dice, layers)));
        }
        totals.push(total_rule(dice, declared, *total, adds));
    }
    for count in &declared.counts {
        let adds = if *count == name("admissions") || dice.percent(30) {
            Adds::Admission
        } else {
            Adds::One
        };
        totals.push(total_rule(dice, declared, *count, vec![adds]));
    }
    totals.sort_by_key(|total| total.name);
    totals
}

fn amount_added(dice: &mut Dice, layers: &[Layer]) -> Adds {
    let places: Vec<usize> = (0..layers.len()).collect();
    let layer = layers[dice.of(&places)].name;
    match dice.between(0, 7) {
        0 => Adds::Base(layer),
        1 => Adds::StartCharged(layer),
        2 => Adds::Left(layer, dice.of(Left::ALL)),
        3 => Adds::Bill(
            dice.maybe(80, |dice| dice.of(Part::ALL)),
            dice.maybe(30, |dice| name(dice.of(&TAGS))),
        ),
        _ => Adds::Paid(layer),
    }
}

fn total_rule(dice: &mut Dice, declared: &Declared, called: Name, adds: Vec<Adds>) -> TotalRule {
    let periods = [
        Period::Visit,
        Period::Episode,
        Period::Month,
        Period::Quarter,
        Period::Year,
        Period::Year,
        Period::DiseaseYear,
        Period::Life,
    ];
    let admissions = called == name("admissions");
    TotalRule {
        name: called,
        adds,
        when: dice
            .maybe(15, |dice| declared.condition(dice, Position::Total))
            .unwrap_or(Condition::ALWAYS),
        period: if admissions {
            Period::Year
        } else {
            dice.of(&periods)
        },
        key: if admissions || dice.percent(70) {
            TotalKey::Person
        } else {
            dice.of(&[TotalKey::Disease, TotalKey::Package, TotalKey::Institution])
        },
    }
}
