//! A decision looked at again: what each rule read when its turn came.
//!
//! Every number, condition and row is worked out from what the decision was made of and what earlier
//! layers did, as the engine worked it out; a test holds the two against each other. No amount of a
//! decision is computed here.

use huitong_adjudication::Case;
use huitong_core::decision::{Decision, LayerResult, SkipReason, Step};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::{Account, FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::{Layer, Left, Payer};
use huitong_core::policy::quantity::Linear;
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::vocabulary::Part;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::vocabulary::Up;

/// A policy, what a decision was made of, and the decision.
#[derive(Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) case: &'a Case<'a>,
    pub(crate) decision: &'a Decision,
}

/// A moment of the adjudication: how many layers came before, and what the layer at work took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) layers_before: usize,
    pub(crate) base: Fen,
}

impl Moment {
    /// Before the first layer.
    pub(crate) const OUTSET: Self = Self {
        layers_before: 0,
        base: Fen::ZERO,
    };
}

impl<'a> Standing<'a> {
    /// What a layer did, if it did anything.
    pub(crate) fn result(&self, layer: Name) -> Option<&'a LayerResult> {
        self.decision
            .layers
            .iter()
            .find(|result| result.id == layer)
    }

    /// Why a layer did nothing.
    pub(crate) fn skipped(&self, layer: Name) -> Option<SkipReason> {
        self.decision.trace.iter().find_map(|step| match step {
            Step::Skipped { layer: of, reason } if *of == layer => Some(*reason),
            Step::Skipped { .. }
            | Step::Split { .. }
            | Step::Tier { .. }
            | Step::Took { .. }
            | Step::Start { .. }
            | Step::Adjusted { .. }
            | Step::Segment { .. }
            | Step::Floor { .. }
            | Step::Ceiling { .. }
            | Step::Balance { .. }
            | Step::Paid { .. }
            | Step::Total { .. }
            | Step::Closed { .. } => None,
        })
    }

    /// The words that a fact of the visit has.
    pub(crate) fn words(&self, fact: WordFact) -> Vec<String> {
        let facts = self.case.facts;
        let one = |word: &dyn std::fmt::Display| vec![word.to_string()];
        match fact {
            WordFact::Setting => one(&facts.setting),
            WordFact::Scheme => one(&facts.scheme),
            WordFact::Category => one(&facts.category),
            WordFact::Tier => facts.tier.iter().map(Name::to_string).collect(),
            WordFact::Place => one(&facts.place),
            WordFact::Filing => one(&facts.filing),
            WordFact::FilingTime => one(&facts.filing_time),
            WordFact::Identity => facts.identities.iter().map(ToString::to_string).collect(),
            WordFact::Disease => facts.diseases.iter().map(Name::to_string).collect(),
            WordFact::Package => facts.package.iter().map(Name::to_string).collect(),
        }
    }

    /// Whether a flag is up.
    pub(crate) const fn flag(&self, fact: FlagFact) -> Up {
        let is_up = match fact {
            FlagFact::Retired => self.case.facts.retired,
            FlagFact::Networked => self.case.facts.networked,
            FlagFact::Referred => self.case.facts.referred,
            FlagFact::Continued => self.case.facts.continued,
        };
        if is_up { Up::Yes } else { Up::No }
    }

    /// A number as a rule reads it then, amounts in fen; `None` for a figure of a year that is not
    /// published.
    pub(crate) fn number(&self, fact: NumberFact, then: Moment) -> Option<Decimal> {
        let facts = self.case.facts;
        Some(match fact {
            NumberFact::Bill => amount(self.decision.total),
            NumberFact::Part(part, None) => amount(self.decision.split.get(part)),
            NumberFact::Part(part, Some(tag)) => amount(self.tagged(Some(part), Some(tag))),
            NumberFact::Base => amount(then.base),
            NumberFact::Age => facts.age.into(),
            NumberFact::YearsPaid => facts.years_paid.into(),
            NumberFact::CoveredDays => facts.covered_days.into(),
            NumberFact::CoveredYears => facts.covered_years.into(),
            NumberFact::ClaimFreeYears => facts.claim_free_years.into(),
            NumberFact::Days => facts.days.into(),
            NumberFact::Sessions => facts.sessions.into(),
            NumberFact::Ordinal => facts.ordinal.into(),
            NumberFact::Index(name) => {
                let years = self.policy.indexes().get(&name)?;
                amount(*years.get(&facts.benefit_date.year())?)
            }
            NumberFact::Total(name) => self.total(name, then.layers_before).into(),
            NumberFact::Balance(account) => amount(self.balance(account, then.layers_before)),
            NumberFact::Given(name) => {
                amount(self.case.given.get(&name).copied().unwrap_or(Fen::ZERO))
            }
        })
    }

    /// What of a part, or of the whole bill, carries a tag.
    fn tagged(&self, part: Option<Part>, tag: Option<Name>) -> Fen {
        let lines = self.case.bill.lines().iter();
        let lines = lines.filter(|line| tag.is_none_or(|tag| line.tags.contains(&tag)));
        let amounts = lines.map(|line| match part {
            Some(part) => line.parts.get(part),
            None => line.parts.total().unwrap_or(Fen::ZERO),
        });
        Fen::sum(amounts).unwrap_or(Fen::ZERO)
    }

    /// What of these parts and tags the bill has at all.
    pub(crate) fn on_the_bill(&self, parts: &[Part], tagged: &[Name], not_tagged: &[Name]) -> Fen {
        let lines = self.case.bill.lines().iter();
        let lines = lines.filter(|line| {
            tagged.iter().all(|tag| line.tags.contains(tag))
                && !not_tagged.iter().any(|tag| line.tags.contains(tag))
        });
        let amounts = lines.flat_map(|line| parts.iter().map(|part| line.parts.get(*part)));
        Fen::sum(amounts).unwrap_or(Fen::ZERO)
    }

    /// A total as it was stored.
    pub(crate) fn stored(&self, name: Name) -> i64 {
        self.case.totals.get(&name).map_or(0, |total| total.value)
    }

    /// A total with what the first layers added (ALGEBRA rule 10).
    fn total(&self, name: Name, layers: usize) -> i64 {
        let stored = self.stored(name);
        let rule = self.policy.totals().iter().find(|rule| rule.name == name);
        let grows = |rule: &&TotalRule| {
            self.case.totals.contains_key(&name) && self.holds(&rule.when, Moment::OUTSET)
        };
        let Some(rule) = rule.filter(grows) else {
            return stored;
        };
        let before = self.policy.layers().iter().take(layers).enumerate();
        before.fold(stored, |sum, (place, layer)| {
            let added = rule.adds.iter().map(|adds| self.adds(*adds, place, layer));
            added.fold(sum, |sum, fen| sum.saturating_add(fen.get()))
        })
    }

    /// What a layer adds to a total.
    fn adds(&self, adds: Adds, place: usize, layer: &Layer) -> Fen {
        let of = match adds {
            Adds::Base(of) | Adds::Left(of, _) | Adds::StartCharged(of) | Adds::Paid(of) => of,
            Adds::Bill(..) | Adds::One | Adds::Admission => return Fen::ZERO,
        };
        if of != layer.name || self.skipped(of) == Some(SkipReason::When) {
            return Fen::ZERO;
        }
        let result = self.result(of);
        let get = |figure: fn(&LayerResult) -> Fen| result.map_or(Fen::ZERO, figure);
        match adds {
            Adds::Base(_) => get(|result| result.base),
            Adds::Left(_, Left::Start) => get(|result| result.left.start),
            Adds::Left(_, Left::Share) => get(|result| result.left.share),
            Adds::Left(_, Left::Above) => get(|result| result.left.above),
            Adds::Left(_, Left::None) => {
                self.unpaid(place).saturating_sub(get(|result| result.base))
            }
            Adds::StartCharged(_) => get(|result| result.start),
            Adds::Paid(_) => get(|result| result.paid),
            Adds::Bill(..) | Adds::One | Adds::Admission => Fen::ZERO,
        }
    }

    /// What is unpaid of the bill after the first layers.
    pub(crate) fn unpaid(&self, layers: usize) -> Fen {
        self.paid(layers, |_| true)
            .map_or(Fen::ZERO, |paid| self.decision.total.saturating_sub(paid))
    }

    /// What the chosen of the first layers paid.
    fn paid(&self, layers: usize, chosen: impl Fn(&LayerResult) -> bool) -> Option<Fen> {
        let before = self.policy.layers().iter().take(layers);
        let results = before.filter_map(|layer| self.result(layer.name));
        let paid = results
            .filter(|result| chosen(result))
            .map(|result| result.paid);
        Fen::sum(paid).ok()
    }

    /// What an account still held after the first layers (ALGEBRA rule 17).
    fn balance(&self, account: Account, layers: usize) -> Fen {
        let (held, fund) = match account {
            Account::Own => (self.case.balances.own, Fund::OwnAccount),
            Account::Family => (self.case.balances.family, Fund::FamilyAccount),
        };
        let drawn = self.paid(layers, |result| result.payer == Payer::Fund(fund));
        held.saturating_sub(drawn.unwrap_or(Fen::ZERO))
    }

    /// Whether one clause holds then.
    pub(crate) fn clause_holds(&self, clause: &Clause, then: Moment) -> bool {
        match clause {
            Clause::IsOneOf(fact, listed) => self.has_one(*fact, listed),
            Clause::IsNoneOf(fact, listed) => !self.has_one(*fact, listed),
            Clause::Between {
                fact,
                at_least,
                at_most,
            } => self.number(*fact, then).is_some_and(|number| {
                at_least.is_none_or(|least| number >= least)
                    && at_most.is_none_or(|most| number <= most)
            }),
            Clause::Holds(fact) => self.flag(*fact) == Up::Yes,
            Clause::HoldsNot(fact) => self.flag(*fact) == Up::No,
        }
    }

    fn has_one(&self, fact: WordFact, listed: &[String]) -> bool {
        self.words(fact).iter().any(|word| listed.contains(word))
    }

    /// The first alternative that holds then; an empty one for a condition that always holds.
    pub(crate) fn alternative<'c>(
        &self,
        condition: &'c Condition,
        then: Moment,
    ) -> Option<&'c [Clause]> {
        if condition.any.is_empty() {
            return Some(&[]);
        }
        let holds =
            |clauses: &&Vec<Clause>| clauses.iter().all(|clause| self.clause_holds(clause, then));
        condition.any.iter().find(holds).map(Vec::as_slice)
    }

    /// Whether a condition holds then.
    pub(crate) fn holds(&self, condition: &Condition, then: Moment) -> bool {
        self.alternative(condition, then).is_some()
    }

    /// The row of a table that counts then, with its place.
    pub(crate) fn row<'t, T>(
        &self,
        table: &'t Table<T>,
        then: Moment,
    ) -> Option<(usize, &'t Row<T>)> {
        let mut rows = table.rows.iter().enumerate();
        rows.find(|(_, row)| self.holds(&row.when, then))
    }

    /// A quantity as a threshold: rounded half up to the fen, never below zero.
    pub(crate) fn threshold(&self, linear: &Linear, then: Moment) -> Option<Decimal> {
        let mut sum = linear.constant;
        for term in &linear.terms {
            let product = term
                .coefficient
                .checked_mul(self.number(term.fact, then)?)?;
            sum = sum.checked_add(product)?;
        }
        let raised = linear.at_least.map_or(sum, |least| sum.max(least));
        let held = linear.at_most.map_or(raised, |most| raised.min(most));
        let rounded = held.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        Some(rounded.max(Decimal::ZERO))
    }
}

fn amount(fen: Fen) -> Decimal {
    fen.get().into()
}
