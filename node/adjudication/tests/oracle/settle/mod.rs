//! Adjudication a second time, naively: what each layer of a policy pays of a bill, and what is left.
//!
//! Written from the documents of the layer algebra, not from the engine, and built otherwise: exact
//! rationals without bound, facts in a dictionary, money as piles that carry their lines, positions
//! searched for instead of computed. It is slow and has no limits; both engines must agree to the fen.

mod covering;
mod exact;
mod person;
mod piles;
mod reading;
mod ruler;
mod spreading;

use std::collections::BTreeMap;

use huitong_adjudication::Fault;
use huitong_adjudication::fault::{Asked, RuleFault};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::{Layer, Left, Payer};
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::ratio::Ratio;
use huitong_core::totals::TotalSlot;

use covering::{Cover, cover};
use exact::{decimal, half_up, in_proportion, whole};
use person::{in_bed, person, slot};
use piles::{Kind, Pile, Table, Told, draw, height};
use reading::{Moment, of_bill};
pub use ruler::Covered;
use spreading::{Fate, NOTHING, spread};

/// What came of a claim.
pub struct Settled {
    pub layers: Vec<Done>,
    /// What each total grows by; totals that do not grow are left out.
    pub totals: BTreeMap<TotalSlot, i64>,
    /// What is left to be paid of each line.
    pub cash: Vec<i64>,
}

/// What one layer did.
pub struct Done {
    pub name: Name,
    pub payer: Payer,
    pub cover: Cover,
    pub paid: i64,
    /// Left as start, share, above and none.
    pub left: [i64; 4],
    pub by_line: Pile,
}

impl Settled {
    /// What layers paid whose payer is one of these.
    pub fn paid_by(&self, payer: impl Fn(Payer) -> bool) -> i64 {
        self.layers
            .iter()
            .filter(|done| payer(done.payer))
            .map(|done| done.paid)
            .sum()
    }
}

/// A claim under way.
struct Claiming<'a> {
    moment: Moment<'a>,
    told: Told,
    table: Table,
    slots: BTreeMap<Name, TotalSlot>,
    grows: BTreeMap<Name, i64>,
    /// What was paid so far, by the kind that it had.
    paid: BTreeMap<Kind, i64>,
    /// Label names of the layers that applied.
    applied: Vec<Name>,
    booked: Vec<Name>,
    settled: Settled,
    /// Whether the bill is the first of a stay in bed.
    begins_stay: bool,
}

/// The most piles that the engine follows.
const PILES_AT_MOST: usize = 4_096;

/// Settles a claim.
pub fn settle(
    policy: &Policy,
    claim: &Claim,
    coverage: &Coverage,
    stored: &BTreeMap<TotalSlot, i64>,
    balances: Balances,
) -> Result<Settled, Fault> {
    let person = person(policy, claim, coverage)?;
    let given: BTreeMap<Name, i64> = claim
        .given
        .iter()
        .map(|(name, fen)| (*name, fen.get()))
        .collect();
    let slots: BTreeMap<Name, TotalSlot> = policy
        .totals()
        .iter()
        .filter_map(|rule| Some((rule.name, slot(rule, &person, claim)?)))
        .collect();
    let standing = |rule: &TotalRule| {
        let stored = slots.get(&rule.name).and_then(|slot| stored.get(slot));
        (rule.name, stored.copied().unwrap_or(0))
    };
    let told = Told::apart_by(policy);
    let mut claiming = Claiming {
        table: told.laid_out(&claim.bill),
        told,
        moment: Moment {
            policy,
            person: &person,
            bill: &claim.bill,
            given: &given,
            totals: policy.totals().iter().map(standing).collect(),
            held: [balances.own.get(), balances.family.get()],
            balances: [balances.own.get(), balances.family.get()],
            base: 0,
        },
        grows: BTreeMap::new(),
        paid: BTreeMap::new(),
        applied: vec![],
        booked: vec![],
        settled: Settled {
            layers: vec![],
            totals: BTreeMap::new(),
            cash: vec![0; claim.bill.lines().len()],
        },
        slots,
        begins_stay: in_bed(claim.visit.setting) && !coverage.continued,
    };
    claiming.growing_totals(policy)?;
    for layer in policy.layers() {
        claiming.layer(layer)?;
    }
    claiming.close(policy)
}

impl Claiming<'_> {
    /// Which totals this settlement adds to at all.
    fn growing_totals(&mut self, policy: &Policy) -> Result<(), Fault> {
        for rule in policy.totals() {
            let holds = self.moment.holds(&rule.when);
            let holds = holds.map_err(|fault| Fault::Total {
                total: rule.name,
                fault,
            })?;
            if holds && self.slots.contains_key(&rule.name) {
                self.grows.insert(rule.name, 0);
            }
        }
        Ok(())
    }

    fn layer(&mut self, layer: &Layer) -> Result<(), Fault> {
        let blame = |fault: RuleFault| Fault::Layer {
            layer: layer.name,
            fault,
        };
        if !self.moment.holds(&layer.when).map_err(blame)? {
            return Ok(());
        }
        if self.applied.contains(&layer.label) {
            return Err(blame(RuleFault::LabelTwice(layer.label)));
        }
        self.applied.push(layer.label);
        let entries = self.take(layer).map_err(blame)?;
        self.moment.base = entries.iter().flatten().map(|(_, fen)| fen).sum();
        let cover = match layer.payer {
            Payer::Given(name) => self.give(name)?,
            _ if self.moment.base == 0 => Cover::given(0, 0),
            _ => cover(layer, &self.moment, |part| self.paid_of(part)).map_err(blame)?,
        };
        let taken: Vec<Vec<i64>> = entries
            .iter()
            .map(|piles| piles.iter().map(|(_, fen)| *fen).collect())
            .collect();
        let fates = spread(&cover, &taken);
        let mut fate_of: BTreeMap<&Kind, Fate> = BTreeMap::new();
        for (entry, fates) in entries.iter().zip(fates) {
            fate_of.extend(entry.iter().map(|(kind, _)| kind).zip(fates));
        }
        self.pay(layer, cover, &fate_of);
        if self.table.len() > PILES_AT_MOST {
            return Err(Fault::TooManyBuckets {
                layer: layer.name,
                limit: PILES_AT_MOST,
            });
        }
        Ok(())
    }

    fn paid_of(&self, part: huitong_core::policy::fact::NumberFact) -> i64 {
        self.paid
            .iter()
            .filter(|(kind, _)| kind.is_of(part))
            .map(|(_, fen)| fen)
            .sum()
    }

    /// What each entry takes of each pile.
    fn take(&self, layer: &Layer) -> Result<Vec<Vec<(Kind, i64)>>, RuleFault> {
        let mut entries = Vec::new();
        for (at, take) in layer.take.iter().enumerate() {
            let first = |kind: &&Kind| {
                layer
                    .take
                    .iter()
                    .position(|take| self.told.matches(take, kind))
                    == Some(at)
            };
            let kinds: Vec<&Kind> = self.table.keys().filter(first).collect();
            if kinds.is_empty() {
                entries.push(vec![]);
                continue;
            }
            let heights: Vec<i64> = kinds
                .iter()
                .map(|kind| height(&self.table[*kind]))
                .collect();
            let weight: Ratio = *self.moment.first(&take.weight, Asked::Weight(at))?;
            let matched: i64 = heights.iter().sum();
            let taken = half_up(&(decimal(weight.get()) * whole(matched)));
            let taken = in_proportion(taken, &heights);
            entries.push(kinds.into_iter().cloned().zip(taken).collect());
        }
        Ok(entries)
    }

    /// What was paid elsewhere covers from the bottom; more than is left for it is refused.
    fn give(&mut self, name: Name) -> Result<Cover, Fault> {
        let (mut given, left) = (
            self.moment.given.get(&name).copied().unwrap_or(0),
            self.moment.base,
        );
        if self.booked.contains(&name) {
            given = 0;
        }
        if given > left {
            return Err(Fault::GivenTooLarge { name, given, left });
        }
        self.booked.push(name);
        Ok(Cover::given(left, given))
    }

    /// Moves the money: what is paid leaves the table, what is left is labelled.
    fn pay(&mut self, layer: &Layer, cover: Cover, fate_of: &BTreeMap<&Kind, Fate>) {
        let mut table = Table::new();
        let mut by_line = Pile::new();
        let mut left = [0; 4];
        for (kind, mut pile) in std::mem::take(&mut self.table) {
            let fate = fate_of.get(&kind).copied().unwrap_or(NOTHING);
            *self.paid.entry(kind.clone()).or_default() += fate.paid;
            for (line, fen) in draw(&mut pile, fate.paid) {
                *by_line.entry(line).or_default() += fen;
            }
            let labels = [
                (Left::Start, fate.start),
                (Left::Share, fate.share),
                (Left::Above, fate.above),
            ];
            let rest = height(&pile) - fate.start - fate.share - fate.above;
            for (at, (label, fen)) in labels.into_iter().chain([(Left::None, rest)]).enumerate() {
                if fen == 0 {
                    continue;
                }
                left[at] += fen;
                let there = table
                    .entry(self.told.labelled(&kind, layer.label, label))
                    .or_default();
                for (line, fen) in draw(&mut pile, fen) {
                    *Pile::entry(there, line).or_default() += fen;
                }
            }
        }
        table.retain(|_, pile| height(pile) > 0);
        self.table = table;
        let paid = by_line.values().sum();
        let done = Done {
            name: layer.name,
            payer: layer.payer,
            cover,
            paid,
            left,
            by_line,
        };
        self.after(&done);
        // A layer that found nothing to take has labelled what is there, and is not spoken of.
        if done.cover.base > 0 {
            self.settled.layers.push(done);
        }
    }

    /// Totals and balances as they stand for later layers.
    fn after(&mut self, done: &Done) {
        for rule in self.moment.policy.totals() {
            let Some(grows) = self.grows.get_mut(&rule.name) else {
                continue;
            };
            for adds in &rule.adds {
                let fen = match adds {
                    Adds::Base(layer) if *layer == done.name => done.cover.base,
                    Adds::Paid(layer) if *layer == done.name => done.paid,
                    Adds::StartCharged(layer) if *layer == done.name => done.cover.start,
                    Adds::Left(layer, left) if *layer == done.name => {
                        done.left[Left::ALL.iter().position(|each| each == left).unwrap()]
                    }
                    _ => 0,
                };
                *grows += fen;
                *self.moment.totals.get_mut(&rule.name).unwrap() += fen;
            }
        }
        match done.payer {
            Payer::Fund(Fund::OwnAccount) => self.moment.balances[0] -= done.paid,
            Payer::Fund(Fund::FamilyAccount) => self.moment.balances[1] -= done.paid,
            _ => {}
        }
    }

    /// Counts and raw parts of the bill are added at the end; what is left is cash.
    fn close(mut self, policy: &Policy) -> Result<Settled, Fault> {
        for (name, given) in self.moment.given {
            if !self.booked.contains(name) && *given > 0 {
                return Err(Fault::GivenUnknown { name: *name });
            }
        }
        for rule in policy.totals() {
            let Some(mut grows) = self.grows.get(&rule.name).copied() else {
                continue;
            };
            for adds in &rule.adds {
                match adds {
                    Adds::One => grows += 1,
                    Adds::Admission if self.begins_stay => grows += 1,
                    Adds::Bill(part, tag) => grows += of_bill(self.moment.bill, *part, *tag),
                    _ => {}
                }
            }
            if grows != 0 {
                self.settled
                    .totals
                    .insert(self.slots[&rule.name].clone(), grows);
            }
        }
        for pile in self.table.values() {
            for (line, fen) in pile {
                self.settled.cash[*line] += fen;
            }
        }
        Ok(self.settled)
    }
}
