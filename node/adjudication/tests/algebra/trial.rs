//! A policy and everything a bill needs, ready to be changed and run.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::{Case, Compiled, Facts, Fault, StoredTotal, adjudicate};
use huitong_core::bill::{SplitBill, SplitLine};
use huitong_core::coverage::Balances;
use huitong_core::decision::{Decision, LayerResult};
use huitong_core::digest::{Digest, sha256};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::layer::Layer;
use huitong_core::policy::total::TotalRule;
use huitong_core::policy::{Draft, Policy};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::{FilingClass, FilingTime, Part, Place, Scheme, Setting};

use super::policy_words::{date, draft, fen, name};

pub fn facts() -> Facts {
    Facts {
        setting: Setting::Inpatient,
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 20,
        covered_days: 3_000,
        covered_years: 8,
        claim_free_years: 2,
        days: 8,
        sessions: 1,
        ordinal: 1,
        continued: false,
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
