//! Facts that an example leaves out: what is taken in their place is taken silently.
//!
//! Most facts that rules ask for must be stated. Those that most people are without may be left out: then
//! somebody is not retired, has no identity, and nothing was paid before. That is told of an example which
//! does not come out, and once for all where no example says otherwise.

use std::collections::BTreeSet;

use huitong_core::policy::fact::{Account, FlagFact, NumberFact, WordFact};
use huitong_core::policy::layer::Payer;
use huitong_core::policy::{Needs, Policy};
use huitong_document::bill::Example;

/// A fact that rules ask for and an example may leave out, and what is taken then.
pub(super) struct Optional {
    /// As an example states it: a key of `facts`, or `totals.NAME`, `given.NAME`, `balances.NAME`.
    key: String,
    neutral: &'static str,
}

/// Every such fact that the rules of a policy ask for, in the order of their keys.
pub(super) fn asked(policy: &Policy) -> Vec<Optional> {
    let needs = policy.needs();
    let mut asked: BTreeSet<(String, &'static str)> = BTreeSet::new();
    let mut add = |key: String, neutral: &'static str| {
        asked.insert((key, neutral));
    };
    for fact in &needs.words {
        match fact {
            WordFact::Identity | WordFact::Disease | WordFact::Package => {
                add(fact.key().to_owned(), "none");
            }
            WordFact::FilingTime => add(fact.key().to_owned(), "before, or absent if unfiled"),
            // These must be stated, or can be one thing only.
            WordFact::Setting
            | WordFact::Scheme
            | WordFact::Category
            | WordFact::Tier
            | WordFact::Place
            | WordFact::Filing => {}
        }
    }
    // Counting admissions asks whether a bill goes on with one; that decides no figure of the bill itself.
    let is_read = |fact: &&FlagFact| {
        let of_layers = policy.layers().iter().map(Needs::of_layer);
        let totals = policy.totals().iter();
        let of_totals = totals.map(|total| Needs::of_condition(&total.when));
        of_layers.chain(of_totals).any(|it| it.flags.contains(fact))
    };
    for fact in needs.flags.iter().filter(is_read) {
        let neutral = match fact {
            FlagFact::Retired | FlagFact::Referred | FlagFact::Continued => "false",
            FlagFact::Networked => "true",
        };
        add(fact.key().to_owned(), neutral);
    }
    for fact in &needs.numbers {
        match fact {
            NumberFact::Total(name) => add(format!("totals.{name}"), "0"),
            NumberFact::Given(_) => add(fact.to_string(), "0"),
            // Accounts follow below; the rest must be stated, or is the bill's own.
            NumberFact::Bill
            | NumberFact::Part(_, _)
            | NumberFact::Base
            | NumberFact::Age
            | NumberFact::YearsPaid
            | NumberFact::CoveredDays
            | NumberFact::CoveredYears
            | NumberFact::ClaimFreeYears
            | NumberFact::Days
            | NumberFact::Sessions
            | NumberFact::Ordinal
            | NumberFact::Index(_)
            | NumberFact::Balance(_) => {}
        }
    }
    for account in &needs.accounts {
        let key = match account {
            Account::Own => "balances.own_account",
            Account::Family => "balances.family_account",
        };
        add(key.to_owned(), "0");
    }
    for layer in policy.layers() {
        if let Payer::Given(name) = layer.payer {
            add(NumberFact::Given(name).to_string(), "0");
        }
    }
    let optional = |(key, neutral)| Optional { key, neutral };
    asked.into_iter().map(optional).collect()
}

/// Those that an example leaves out, for people; empty when it leaves out none.
pub(super) fn left_out(asked: &[Optional], example: &Example) -> String {
    shown(asked.iter().filter(|fact| !states(example, fact)))
}

/// Those that every example leaves out, each for people.
pub(super) fn never(asked: &[Optional], examples: &[Example]) -> Vec<String> {
    let is_never = |fact: &&Optional| !examples.iter().any(|example| states(example, fact));
    let never = asked.iter().filter(is_never);
    never.map(|fact| shown([fact].into_iter())).collect()
}

fn states(example: &Example, fact: &Optional) -> bool {
    // A filing for a referral counts as referred.
    let implied = fact.key == FlagFact::Referred.key() && example.stated.contains("filing");
    implied || example.stated.contains(&fact.key)
}

fn shown<'f>(facts: impl Iterator<Item = &'f Optional>) -> String {
    let shown: Vec<String> = facts
        .map(|Optional { key, neutral }| format!("`{key}` = {neutral}"))
        .collect();
    shown.join(", ")
}
