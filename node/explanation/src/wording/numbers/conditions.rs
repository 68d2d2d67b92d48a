//! Conditions: for whom or when a rule applies.

use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::vocabulary::FilingClass;
use rust_decimal::Decimal;

use super::super::names::{pair, word};
use super::{measured, number};
use crate::sentence::{Sentence, say};
use crate::vocabulary::{Noun, Up, flag};

/// For whom or when a rule applies: `always` for a condition without clauses.
#[must_use]
pub fn condition(policy: &Policy, condition: &Condition) -> Sentence {
    if condition.any.is_empty() {
        return say!("所有情形", "always");
    }
    let alternatives: Vec<Sentence> = condition
        .any
        .iter()
        .map(|clauses| {
            let clauses: Vec<Sentence> = clauses.iter().map(|it| clause(policy, it)).collect();
            Sentence::joined(&clauses, "，且", " and ")
        })
        .collect();
    Sentence::joined(&alternatives, "；或者", "; or ")
}

/// What one clause asks.
#[must_use]
pub fn clause(policy: &Policy, clause: &Clause) -> Sentence {
    let listed = |fact: WordFact, words: &[String]| {
        let words: Vec<Sentence> = words.iter().map(|text| word(policy, fact, text)).collect();
        Sentence::joined(&words, "或", " or ")
    };
    match clause {
        Clause::IsNoneOf(WordFact::Filing, words) if words == &[FilingClass::Unfiled.word()] => {
            say!("已办理备案", "filing: any")
        }
        Clause::IsOneOf(fact, words) => say!(
            "{fact}为{words}",
            "{fact}: {words}",
            fact = fact.noun(),
            words = listed(*fact, words)
        ),
        Clause::IsNoneOf(fact, words) => say!(
            "{fact}不是{words}",
            "{fact}: not {words}",
            fact = fact.noun(),
            words = listed(*fact, words)
        ),
        Clause::Between {
            fact,
            at_least,
            at_most,
        } => between(policy, *fact, *at_least, *at_most),
        Clause::Holds(fact) => asked(*fact, Up::Yes),
        Clause::HoldsNot(fact) => asked(*fact, Up::No),
    }
}

fn asked(fact: FlagFact, is_up: Up) -> Sentence {
    pair(flag(fact, is_up))
}

fn between(
    policy: &Policy,
    fact: NumberFact,
    at_least: Option<Decimal>,
    at_most: Option<Decimal>,
) -> Sentence {
    if fact == NumberFact::Ordinal {
        return nth(at_least, at_most);
    }
    let name = number(policy, fact);
    let value = |bound| measured(policy, fact, bound);
    match (at_least, at_most) {
        (Some(least), Some(most)) if least == most => {
            say!(
                "{name}为 {least}",
                "{name}: {least}",
                name = name,
                least = value(least)
            )
        }
        (Some(least), Some(most)) => say!(
            "{name}为 {least} 至 {most}",
            "{name}: {least} to {most}",
            name = name,
            least = value(least),
            most = value(most)
        ),
        (Some(least), None) => {
            say!(
                "{name}至少为 {least}",
                "{name}: at least {least}",
                name = name,
                least = value(least)
            )
        }
        (None, Some(most)) => {
            say!(
                "{name}至多为 {most}",
                "{name}: at most {most}",
                name = name,
                most = value(most)
            )
        }
        (None, None) => say!("{name}不限", "{name}: any", name = name),
    }
}

/// Which admissions of the year.
fn nth(at_least: Option<Decimal>, at_most: Option<Decimal>) -> Sentence {
    match (at_least, at_most) {
        (Some(least), Some(most)) if least == most => say!(
            "本年度第 {least} 次住院",
            "admission {least} of the year",
            least = least.normalize().to_string()
        ),
        (Some(least), Some(most)) => say!(
            "本年度第 {least} 至 {most} 次住院",
            "admissions {least} to {most} of the year",
            least = least.normalize().to_string(),
            most = most.normalize().to_string()
        ),
        (Some(least), None) => say!(
            "本年度第 {least} 次及以后的住院",
            "admission {least} of the year or a later one",
            least = least.normalize().to_string()
        ),
        (None, Some(most)) => say!(
            "本年度前 {most} 次住院",
            "the first {most} admissions of the year",
            most = most.normalize().to_string()
        ),
        (None, None) => say!("本年度任一次住院", "any admission of the year"),
    }
}
