//! A random claim under a policy: a person, a visit, a bill, totals, balances and payments made elsewhere,
//! with a leaning towards the edges of that policy's own figures.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::bill::{Arrival, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::date::ServiceDate;
use huitong_core::digest::sha256;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::policy::Policy;
use huitong_core::policy::layer::Payer;
use huitong_core::policy::quantity::Linear;
use huitong_core::region::RegionCode;
use huitong_core::totals::TotalSlot;
use huitong_core::vocabulary::{
    Administration, AssistanceIdentity, FilingClass, FilingTime, Grade, InstitutionType, Scheme,
    Setting,
};
use rust_decimal::prelude::ToPrimitive;

use super::dice::{Dice, name, names};
use super::words::{CATEGORIES, DISEASES, ELSEWHERE, HOME, PACKAGES, TAGS, TREATMENT, UNASKED_TAG};

/// All that a decision depends on besides its policy, in the forms that a journal keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub claim: Claim,
    pub coverage: Coverage,
    pub totals: BTreeMap<TotalSlot, i64>,
    pub balances: Balances,
}

/// What is drawn for one policy: its own figures, and the size of its amounts.
pub struct Claims<'p> {
    policy: &'p Policy,
    edges: Vec<i64>,
    scale: i64,
}

impl<'p> Claims<'p> {
    pub fn under(policy: &'p Policy, scale: i64) -> Self {
        Self {
            policy,
            edges: edges(policy),
            scale,
        }
    }

    pub fn draw(&self, dice: &mut Dice) -> Trial {
        let claim = self.claim(dice);
        let coverage = coverage(dice);
        let mut trial = Trial {
            claim,
            coverage,
            totals: BTreeMap::new(),
            balances: Balances {
                own: self.fen(dice),
                family: self.fen(dice),
            },
        };
        if let Ok(facts) = huitong_adjudication::facts(self.policy, &trial.claim, &trial.coverage) {
            for (called, slot) in huitong_adjudication::slots(self.policy, &facts, &trial.claim) {
                let counts = self.policy.totals().iter().any(|rule| {
                    rule.name == called
                        && rule.dimension() == huitong_core::policy::fact::Dimension::Count
                });
                let value = if counts {
                    dice.between(0, 3)
                } else {
                    self.amount(dice)
                };
                if value > 0 {
                    trial.totals.insert(slot, value);
                }
            }
        }
        trial
    }

    fn claim(&self, dice: &mut Dice) -> Claim {
        let treatment = RegionCode::parse(dice.of(&TREATMENT)).unwrap();
        let visit = visit(dice);
        Claim {
            treatment,
            institution: Institution {
                code: InstitutionCode::parse(&format!("H{treatment}00001")).unwrap(),
                kind: dice.of(InstitutionType::ALL),
                grade: dice.of(Grade::ALL),
                price_grade: dice.of(Grade::ALL),
                administration: dice.of(Administration::ALL),
                networked: dice.percent(85),
            },
            person: PersonRef {
                home: RegionCode::parse(HOME).unwrap(),
                psn_no: PsnNo::parse("330200000000000001").unwrap(),
            },
            visit,
            bill: self.bill(dice),
            catalogue: sha256(b"a catalogue"),
            given: self.given(dice),
        }
    }

    pub fn bill(&self, dice: &mut Dice) -> SplitBill {
        let many = if dice.percent(5) {
            20
        } else {
            1 + dice.count(4)
        };
        let mut all_tags = names(&TAGS);
        all_tags.push(name(UNASKED_TAG));
        let lines = (1..=many).map(|number| {
            let tags: BTreeSet<Name> = dice
                .maybe(40, |dice| dice.some(&all_tags))
                .unwrap_or_default()
                .into_iter()
                .collect();
            let mut part = |times| {
                if dice.percent(times) {
                    self.fen(dice)
                } else {
                    Fen::ZERO
                }
            };
            SplitLine {
                number: u32::try_from(number).unwrap(),
                parts: Parts {
                    in_scope: part(90),
                    first_pay: part(30),
                    over_limit: part(15),
                    out_of_scope: part(30),
                },
                tags: tags.into_iter().collect(),
            }
        });
        SplitBill::new(lines.collect()).unwrap()
    }

    /// Seldom more than the bill has, so that most are not refused.
    fn given(&self, dice: &mut Dice) -> BTreeMap<Name, Fen> {
        let mut given = BTreeMap::new();
        for layer in self.policy.layers() {
            if let Payer::Given(called) = layer.payer
                && layer.when.any.is_empty()
                && dice.percent(60)
            {
                let fen = if dice.percent(70) {
                    dice.between(0, self.scale / 20 + 1)
                } else {
                    self.amount(dice)
                };
                given.insert(called, Fen::new(fen).unwrap());
            }
        }
        given
    }

    fn fen(&self, dice: &mut Dice) -> Fen {
        Fen::new(self.amount(dice)).unwrap()
    }

    /// An amount, often just at a figure of the policy or a fen beside it.
    pub fn amount(&self, dice: &mut Dice) -> i64 {
        match dice.between(0, 9) {
            0 => 0,
            1 => 1,
            2..=4 => (dice.of(&self.edges) + dice.between(-1, 1)).max(0),
            5 | 6 => dice.between(1, 30) * self.scale / 10,
            _ => dice.between(0, self.scale * 2),
        }
    }
}

/// Every figure that the rules name.
fn edges(policy: &Policy) -> Vec<i64> {
    let mut edges = vec![0];
    let mut linear = |linear: &Linear| {
        let figures = [Some(linear.constant), linear.at_least, linear.at_most];
        edges.extend(
            figures
                .into_iter()
                .flatten()
                .filter_map(|figure| figure.abs().to_i64()),
        );
    };
    for layer in policy.layers() {
        layer
            .start
            .iter()
            .flat_map(|start| &start.amount.rows)
            .for_each(|row| linear(&row.value));
        let bounds = layer
            .segments
            .iter()
            .filter_map(|segment| segment.to.as_ref());
        bounds
            .flat_map(|to| &to.rows)
            .for_each(|row| linear(&row.value));
        let ceilings = layer
            .ceilings
            .iter()
            .flat_map(|ceiling| &ceiling.amount.rows);
        ceilings
            .filter_map(|row| row.value.as_ref())
            .for_each(&mut linear);
    }
    edges
}

fn visit(dice: &mut Dice) -> Visit {
    let setting = if dice.percent(50) {
        Setting::Inpatient
    } else {
        dice.of(Setting::ALL)
    };
    let after = |day: ServiceDate, days| day.plus_days(i32::try_from(days).unwrap()).unwrap();
    let new_year = ServiceDate::parse("2023-01-01").unwrap();
    let admitted = after(new_year, dice.between(0, 364));
    let nights = match setting {
        Setting::Inpatient | Setting::Maternity => dice.between(0, 20),
        Setting::Outpatient | Setting::Chronic | Setting::Pharmacy => 0,
    };
    let billed = if dice.percent(30) {
        dice.between(0, nights)
    } else {
        0
    };
    let number = VisitNumber::parse("V1").unwrap();
    Visit {
        episode: number.clone(),
        number,
        setting,
        episode_at: dice.maybe(15, |_| InstitutionCode::parse(ELSEWHERE).unwrap()),
        interim: 0,
        admitted,
        billed_from: after(admitted, billed),
        discharged: after(admitted, nights),
        arrival: dice.of(&[Arrival::Direct, Arrival::Referred, Arrival::Emergency]),
        sessions: u32::try_from(dice.between(1, 12)).unwrap(),
        diseases: dice
            .maybe(40, |dice| dice.some(&names(&DISEASES)))
            .unwrap_or_default(),
        package: dice.maybe(20, |dice| name(dice.of(&PACKAGES))),
    }
}

fn coverage(dice: &mut Dice) -> Coverage {
    let identities = dice
        .maybe(30, |dice| dice.some(AssistanceIdentity::ALL))
        .unwrap_or_default();
    Coverage {
        scheme: Scheme::Resident,
        category: name(dice.of(&CATEGORIES)),
        retired: dice.percent(30),
        continued: dice.percent(25),
        age: u16::try_from(dice.between(0, 99)).unwrap(),
        years_paid: u16::try_from(dice.between(0, 40)).unwrap(),
        identities: identities.into_iter().collect(),
        filing: dice.of(FilingClass::ALL),
        filing_time: dice.of(FilingTime::ALL),
        covered_days: u32::try_from(dice.between(1, 120)).unwrap(),
        covered_years: u16::try_from(dice.between(0, 9)).unwrap(),
        claim_free_years: u16::try_from(dice.between(0, 3)).unwrap(),
        ordinal: u16::try_from(dice.between(1, 4)).unwrap(),
    }
}
