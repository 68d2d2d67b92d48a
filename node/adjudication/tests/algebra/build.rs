//! Small policies and bills in a few words, for tests. Amounts are yuan as text, ratios plain decimals.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::{Case, Compiled, Facts, Fault, StoredTotal, adjudicate};
use huitong_core::bill::{SplitBill, SplitLine};
use huitong_core::coverage::Balances;
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::decision::{Decision, LayerResult};
use huitong_core::digest::{Digest, sha256};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::*;
use huitong_core::policy::quantity::{Linear, Quantity, Term};
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Draft, Policy, Scope};
use huitong_core::ratio::Ratio;
use huitong_core::region::RegionCode;
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::*;
use rust_decimal::Decimal;

pub fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub fn fen(yuan: &str) -> Fen {
    Fen::parse_yuan(yuan).unwrap()
}

/// Fen as the decimal of a quantity.
pub fn money(yuan: &str) -> Decimal {
    Decimal::from(fen(yuan).get())
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

pub fn date(text: &str) -> ServiceDate {
    ServiceDate::parse(text).unwrap()
}

/// A condition of one alternative.
pub fn when(clauses: Vec<Clause>) -> Condition {
    Condition { any: vec![clauses] }
}

pub fn is(fact: WordFact, word: &str) -> Clause {
    Clause::IsOneOf(fact, vec![word.to_owned()])
}

pub fn is_none_of(fact: WordFact, words: &[&str]) -> Clause {
    Clause::IsNoneOf(fact, words.iter().map(|word| (*word).to_owned()).collect())
}

pub fn retired() -> Clause {
    Clause::Holds(FlagFact::Retired)
}

pub fn rows<T>(rows: Vec<(Condition, T)>) -> Table<T> {
    Table {
        rows: rows
            .into_iter()
            .map(|(when, value)| Row { when, value })
            .collect(),
    }
}

pub fn fixed(yuan: &str) -> Quantity {
    Table::always(Linear::fixed(money(yuan)))
}

/// c·fact.
pub fn times(coefficient: &str, fact: NumberFact) -> Linear {
    Linear {
        constant: Decimal::ZERO,
        terms: vec![Term {
            coefficient: dec(coefficient),
            fact,
        }],
        at_least: None,
        at_most: None,
    }
}

pub fn label(layer: &str, left: Left) -> LabelRef {
    LabelRef {
        layer: name(layer),
        left,
    }
}

/// All of a part.
pub fn take(part: Part) -> Take {
    Take {
        parts: vec![part],
        tagged: vec![],
        not_tagged: vec![],
        left: vec![],
        not_left: vec![],
        weight: Table::always(Ratio::ONE),
    }
}

/// In-scope money under one of these labels.
pub fn left(labels: &[LabelRef]) -> Take {
    Take {
        left: labels.to_vec(),
        ..take(Part::InScope)
    }
}

pub trait TakeWords: Sized {
    fn tagged(self, tag: &str) -> Self;
    fn not_tagged(self, tag: &str) -> Self;
    fn weight(self, weight: &str) -> Self;
}

impl TakeWords for Take {
    fn tagged(mut self, tag: &str) -> Self {
        self.tagged.push(name(tag));
        self
    }
    fn not_tagged(mut self, tag: &str) -> Self {
        self.not_tagged.push(name(tag));
        self
    }
    fn weight(mut self, weight: &str) -> Self {
        self.weight = Table::always(ratio(weight));
        self
    }
}

/// A layer of the resident pool that pays all that is in scope; narrowed by [`LayerWords`].
pub fn layer(called: &str) -> Layer {
    Layer {
        name: name(called),
        label: name(called),
        source: "a notice".to_owned(),
        when: Condition::ALWAYS,
        take: vec![take(Part::InScope)],
        axis: Axis::Visit,
        start: None,
        measure: Measure::Absolute,
        segments: vec![Segment {
            to: None,
            ratio: Table::always(Ratio::ONE),
        }],
        adjustments: vec![],
        ratio_at_least: Ratio::ZERO,
        ratio_at_most: Ratio::ONE,
        floor: None,
        ceilings: vec![],
        payer: Payer::Fund(Fund::ResidentPool),
    }
}

pub trait LayerWords: Sized {
    fn when(self, clauses: Vec<Clause>) -> Self;
    fn takes(self, take: Vec<Take>) -> Self;
    fn along(self, total: &str) -> Self;
    fn starts(self, yuan: &str) -> Self;
    fn starts_at(self, amount: Quantity, met_by: MetBy) -> Self;
    fn above_start(self) -> Self;
    fn pays(self, ratio: &str) -> Self;
    /// Ends in yuan and ratios; the last end is empty.
    fn segments(self, segments: &[(&str, &str)]) -> Self;
    fn adjusts(self, clauses: Vec<Clause>, times: &str, plus: &str, per: Vec<Term>) -> Self;
    fn floor(self, of: NumberFact, ratio: &str) -> Self;
    fn ceiling(self, bounds: Bounds, yuan: &str, total: Option<&str>) -> Self;
    fn by(self, payer: Payer) -> Self;
}

impl LayerWords for Layer {
    fn when(mut self, clauses: Vec<Clause>) -> Self {
        self.when = when(clauses);
        self
    }
    fn takes(mut self, take: Vec<Take>) -> Self {
        self.take = take;
        self
    }
    fn along(mut self, total: &str) -> Self {
        self.axis = Axis::Total(name(total));
        self
    }
    fn starts(self, yuan: &str) -> Self {
        self.starts_at(fixed(yuan), MetBy::Nothing)
    }
    fn starts_at(mut self, amount: Quantity, met_by: MetBy) -> Self {
        self.start = Some(Start { amount, met_by });
        self
    }
    fn above_start(mut self) -> Self {
        self.measure = Measure::AboveStart;
        self
    }
    fn pays(self, ratio: &str) -> Self {
        self.segments(&[("", ratio)])
    }
    fn segments(mut self, segments: &[(&str, &str)]) -> Self {
        let segment = |(to, share): &(&str, &str)| Segment {
            to: if to.is_empty() { None } else { Some(fixed(to)) },
            ratio: Table::always(ratio(share)),
        };
        self.segments = segments.iter().map(segment).collect();
        self
    }
    fn adjusts(mut self, clauses: Vec<Clause>, times: &str, plus: &str, per: Vec<Term>) -> Self {
        self.adjustments.push(Adjustment {
            when: if clauses.is_empty() {
                Condition::ALWAYS
            } else {
                when(clauses)
            },
            times: dec(times),
            plus: dec(plus),
            per,
            source: "a notice".to_owned(),
        });
        self
    }
    fn floor(mut self, of: NumberFact, share: &str) -> Self {
        self.floor = Some(Floor {
            of,
            ratio: Table::always(ratio(share)),
        });
        self
    }
    fn ceiling(mut self, bounds: Bounds, yuan: &str, total: Option<&str>) -> Self {
        let amount = Table::always(Some(Linear::fixed(money(yuan))));
        self.ceilings.push(Ceiling {
            bounds,
            amount,
            total: total.map(name),
        });
        self
    }
    fn by(mut self, payer: Payer) -> Self {
        self.payer = payer;
        self
    }
}

pub fn total(called: &str, adds: Vec<Adds>) -> TotalRule {
    TotalRule {
        name: name(called),
        adds,
        when: Condition::ALWAYS,
        period: Period::Year,
        key: TotalKey::Person,
    }
}

pub fn draft(layers: Vec<Layer>) -> Draft {
    Draft {
        title: "test".to_owned(),
        source: "a notice".to_owned(),
        scope: Scope {
            region: RegionCode::parse("330200").unwrap(),
            scheme: Scheme::Resident,
            settings: Setting::ALL.to_vec(),
            effective: DateInterval::new(date("2023-01-01"), None).unwrap(),
        },
        benefit_date: BenefitDate::Discharge,
        indexes: BTreeMap::new(),
        tiers: Vec::new(),
        totals: Vec::new(),
        layers,
    }
}

pub fn tier_row(tier: &str) -> TierRow {
    TierRow {
        place: vec![],
        grade: vec![],
        administration: vec![],
        kind: vec![],
        networked: None,
        tier: name(tier),
    }
}

pub fn facts() -> Facts {
    Facts {
        setting: Setting::Inpatient,
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 20,
        days: 8,
        sessions: 1,
        ordinal: 1,
        tier: None,
        place: Place::OtherProvince,
        networked: true,
        filing: FilingClass::Referral,
        filing_time: FilingTime::Before,
        referred: true,
        identities: BTreeSet::new(),
        diseases: vec![],
        package: None,
        benefit_date: date("2023-06-01"),
    }
}

/// A policy and everything a bill needs, ready to be changed and run.
#[derive(Debug, Clone)]
pub struct Trial {
    pub draft: Draft,
    pub facts: Facts,
    pub lines: Vec<SplitLine>,
    pub totals: BTreeMap<Name, StoredTotal>,
    pub balances: Balances,
    pub given: BTreeMap<Name, Fen>,
}

pub fn catalogue() -> Digest {
    sha256(b"a catalogue")
}

pub fn trial(layers: Vec<Layer>) -> Trial {
    Trial {
        draft: draft(layers),
        facts: facts(),
        lines: Vec::new(),
        totals: BTreeMap::new(),
        balances: Balances::NONE,
        given: BTreeMap::new(),
    }
}

impl Trial {
    /// One more line, with an amount in one part.
    pub fn with(self, part: Part, yuan: &str, tags: &[&str]) -> Self {
        self.line(&[(part, fen(yuan))], tags)
    }

    pub fn in_scope(self, yuan: &str) -> Self {
        self.with(Part::InScope, yuan, &[])
    }

    pub fn line(mut self, amounts: &[(Part, Fen)], tags: &[&str]) -> Self {
        let mut parts = huitong_core::bill::Parts::ZERO;
        for (part, amount) in amounts {
            match part {
                Part::InScope => parts.in_scope = *amount,
                Part::FirstPay => parts.first_pay = *amount,
                Part::OverLimit => parts.over_limit = *amount,
                Part::OutOfScope => parts.out_of_scope = *amount,
            }
        }
        let number = u32::try_from(self.lines.len()).unwrap() + 1;
        let tags: BTreeSet<Name> = tags.iter().map(|tag| name(tag)).collect();
        self.lines.push(SplitLine {
            number,
            parts,
            tags: tags.into_iter().collect(),
        });
        self
    }

    /// Declares a total that stands at this many fen (or units).
    pub fn total(mut self, rule: TotalRule, value: i64) -> Self {
        self.stand(rule.name, value);
        self.draft.totals.push(rule);
        self
    }

    pub fn stand(&mut self, total: Name, value: i64) {
        let slot = TotalSlot {
            name: total,
            stretch: Stretch::Year(2023),
            key: None,
        };
        self.totals.insert(total, StoredTotal { slot, value });
    }

    pub fn holding(mut self, own: &str, family: &str) -> Self {
        self.balances = Balances {
            own: fen(own),
            family: fen(family),
        };
        self
    }

    pub fn given(mut self, called: &str, yuan: &str) -> Self {
        self.given.insert(name(called), fen(yuan));
        self
    }

    pub fn compiled(&self) -> Compiled {
        Compiled::new(
            Policy::new(self.draft.clone()).unwrap(),
            sha256(b"a policy"),
        )
        .unwrap()
    }

    pub fn bill(&self) -> SplitBill {
        SplitBill::new(self.lines.clone()).unwrap()
    }

    pub fn case<'a>(&'a self, bill: &'a SplitBill) -> Case<'a> {
        Case {
            bill,
            facts: &self.facts,
            totals: &self.totals,
            balances: self.balances,
            given: &self.given,
            catalogue: catalogue(),
        }
    }

    pub fn try_run(&self) -> Result<Decision, Fault> {
        adjudicate(&self.compiled(), &self.case(&self.bill()))
    }

    pub fn run(&self) -> Decision {
        self.try_run().unwrap()
    }

    /// The totals after a decision, for the next bill of the year.
    pub fn after(&mut self, decision: &Decision) {
        for change in &decision.totals {
            let stored = self.totals.get_mut(&change.slot.name).unwrap();
            stored.value += change.adds;
        }
    }
}

/// What a layer did.
pub fn of<'a>(decision: &'a Decision, layer: &str) -> &'a LayerResult {
    decision
        .layers
        .iter()
        .find(|result| result.id == name(layer))
        .unwrap()
}

/// What a layer paid, in yuan; a layer that did nothing paid nothing.
pub fn paid(decision: &Decision, layer: &str) -> String {
    let result = decision
        .layers
        .iter()
        .find(|result| result.id == name(layer));
    result.map_or(Fen::ZERO, |result| result.paid).to_string()
}

/// What a layer left as start, share and above, in yuan.
pub fn left_of(decision: &Decision, layer: &str) -> [String; 3] {
    let left = of(decision, layer).left;
    [left.start, left.share, left.above].map(|amount| amount.to_string())
}
