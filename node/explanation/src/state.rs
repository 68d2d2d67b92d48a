//! What the visit was, where a rule asked: "no filing was made", "the hospital is of level three".

use huitong_core::policy::condition::Clause;
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};

use crate::sentence::{Sentence, say};
use crate::standing::{Moment, Standing};
use crate::vocabulary::{Noun, filed, filed_when, flag, treated};
use crate::wording::{measured, number, pair, word};

/// A fact that a clause asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Word(WordFact),
    Number(NumberFact),
    Flag(FlagFact),
}

impl Asked {
    pub(crate) const fn by(clause: &Clause) -> Self {
        match clause {
            Clause::IsOneOf(fact, _) | Clause::IsNoneOf(fact, _) => Self::Word(*fact),
            Clause::Between { fact, .. } => Self::Number(*fact),
            Clause::Holds(fact) | Clause::HoldsNot(fact) => Self::Flag(*fact),
        }
    }

    /// Whether it is about how the person went for care, or is recorded: what could have been otherwise
    /// with the same illness and the same bill.
    pub(crate) const fn is_of_the_way(self) -> bool {
        match self {
            Self::Word(
                WordFact::Place | WordFact::Filing | WordFact::FilingTime | WordFact::Identity,
            )
            | Self::Flag(FlagFact::Networked | FlagFact::Referred) => true,
            Self::Word(
                WordFact::Setting
                | WordFact::Scheme
                | WordFact::Category
                | WordFact::Tier
                | WordFact::Disease
                | WordFact::Package,
            )
            | Self::Flag(FlagFact::Retired | FlagFact::Continued)
            | Self::Number(_) => false,
        }
    }
}

/// What the visit was.
pub(crate) fn of(standing: &Standing<'_>, asked: Asked, then: Moment) -> Sentence {
    let facts = standing.case.facts;
    match asked {
        Asked::Word(WordFact::Place) => pair(treated(facts.place)),
        Asked::Word(WordFact::Filing) => pair(filed(facts.filing)),
        Asked::Word(WordFact::FilingTime) => pair(filed_when(facts.filing_time)),
        Asked::Word(WordFact::Identity) if facts.identities.is_empty() => {
            say!("没有登记救助身份", "no assistance identity is on record")
        }
        Asked::Word(
            fact @ (WordFact::Setting
            | WordFact::Scheme
            | WordFact::Category
            | WordFact::Tier
            | WordFact::Identity
            | WordFact::Disease
            | WordFact::Package),
        ) => {
            let words = standing.words(fact);
            let said: Vec<Sentence> = words
                .iter()
                .map(|text| word(standing.policy, fact, text))
                .collect();
            if said.is_empty() {
                return say!("没有{fact}", "no {fact}", fact = fact.noun());
            }
            let words = Sentence::joined(&said, "、", " and ");
            say!(
                "{fact}为{words}",
                "{fact}: {words}",
                fact = fact.noun(),
                words = words
            )
        }
        Asked::Number(NumberFact::Ordinal) => say!(
            "本年度第 {nth} 次住院",
            "admission {nth} of the year",
            nth = i64::from(facts.ordinal)
        ),
        Asked::Number(fact) => {
            let name = number(standing.policy, fact);
            let value = standing.number(fact, then);
            value.map_or_else(
                || say!("{name}未公布", "{name} is not published", name = name),
                |value| {
                    let value = measured(standing.policy, fact, value);
                    say!(
                        "{name}为 {value}",
                        "{name}: {value}",
                        name = name,
                        value = value
                    )
                },
            )
        }
        Asked::Flag(fact) => pair(flag(fact, standing.flag(fact))),
    }
}

/// Several, each once.
pub(crate) fn all(standing: &Standing<'_>, asked: &[Asked], then: Moment) -> Sentence {
    let mut told: Vec<Sentence> = Vec::new();
    for asked in asked {
        let said = of(standing, *asked, then);
        if !told.contains(&said) {
            told.push(said);
        }
    }
    Sentence::joined(&told, "，", ", ")
}

/// The same in brackets, to stand behind a figure; nothing when nothing decided it.
pub(crate) fn in_brackets(standing: &Standing<'_>, asked: &[Asked], then: Moment) -> Sentence {
    let said = all(standing, asked, then);
    if said.is_nothing() {
        return said;
    }
    say!("（{said}）", " ({said})", said = said)
}
