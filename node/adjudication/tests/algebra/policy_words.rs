//! Small policies in a few words. Amounts are yuan as text, ratios plain decimals.

use std::collections::BTreeMap;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::{
    Adjustment, Axis, Bounds, Ceiling, Floor, LabelRef, Layer, Left, Measure, MetBy, Payer,
    Segment, Start, Take,
};
use huitong_core::policy::quantity::{Linear, Quantity, Term};
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Draft, Scope};
use huitong_core::ratio::Ratio;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Part, Scheme, Setting};
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
        title: called.to_owned(),
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
        accepted_jump: None,
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
        supersedes: Vec::new(),
        indexes: BTreeMap::new(),
        tiers: Vec::new(),
        tags: BTreeMap::new(),
        totals: Vec::new(),
        layers,
        provisional: None,
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
        title: tier.to_owned(),
    }
}
