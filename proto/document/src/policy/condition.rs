//! Conditions of a policy document: what `when` says.
//!
//! A table of clauses that must all hold, or a list of such tables of which one must hold.

use std::collections::BTreeMap;

use huitong_core::money::SignedFen;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition};
use huitong_core::policy::fact::{Dimension, FlagFact, NumberFact, WordFact};
use rust_decimal::Decimal;

use crate::nearest::nearest;
use crate::reader::{Field, Section, sound};

/// The widest count that a rule may name.
const COUNT: std::ops::RangeInclusive<i64> = 0..=1_000_000;

/// What the declared totals measure: fen or a count.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) totals: BTreeMap<Name, Dimension>,
}

impl Declared {
    /// What a fact measures; a total that nobody declares is a fault of `field`.
    pub(super) fn dimension(&self, fact: NumberFact, field: &Field<'_>) -> Option<Dimension> {
        let dimension = fact.dimension(|total| self.totals.get(&total).copied());
        if dimension.is_none() {
            let (en, zh) = (
                format!("`{fact}` is not declared in [totals]"),
                format!("[totals] 中未声明 `{fact}`"),
            );
            field.fault(en, zh);
        }
        dimension
    }
}

/// The condition under `when`; always, when there is none.
pub(crate) fn when(section: &Section<'_>, declared: &Declared) -> Option<Condition> {
    section
        .get("when")
        .map_or(Some(Condition::ALWAYS), |field| condition(&field, declared))
}

/// A table of clauses, or a list of such tables.
pub(crate) fn condition(field: &Field<'_>, declared: &Declared) -> Option<Condition> {
    let alternatives: Vec<_> = field
        .one_or_many()
        .iter()
        .map(|field| clauses(field, declared))
        .collect();
    if alternatives.is_empty() {
        field.fault(
            "an empty condition asks nothing; leave it out",
            "空条件没有意义，请去掉",
        );
    }
    Some(Condition {
        any: alternatives.into_iter().collect::<Option<_>>()?,
    })
}

fn clauses(field: &Field<'_>, declared: &Declared) -> Option<Vec<Clause>> {
    let section = field.section()?;
    let clauses: Vec<_> = section
        .entries()
        .iter()
        .map(|(key, field)| clause(key, field, declared))
        .collect();
    if clauses.is_empty() {
        field.fault(
            "an empty condition asks nothing; leave it out",
            "空条件没有意义，请去掉",
        );
    }
    clauses.into_iter().collect()
}

fn clause(key: &str, field: &Field<'_>, declared: &Declared) -> Option<Clause> {
    match fact(key, field)? {
        Fact::Word(fact) if field.is_table() => {
            let section = field.section()?;
            let words = section.need("not", "words that must not hold", "须排除的词")?;
            Some(Clause::IsNoneOf(fact, words.scalars()))
        }
        Fact::Word(fact) => Some(Clause::IsOneOf(fact, field.scalars())),
        Fact::Flag(fact) => Some(if field.flag()? {
            Clause::Holds(fact)
        } else {
            Clause::HoldsNot(fact)
        }),
        Fact::Number(fact) => {
            let dimension = declared.dimension(fact, field)?;
            if !field.is_table() {
                let exactly = number(field, dimension)?;
                return Some(Clause::Between {
                    fact,
                    at_least: Some(exactly),
                    at_most: Some(exactly),
                });
            }
            let section = field.section()?;
            let bound = |key: &str| section.get(key).map(|field| number(&field, dimension));
            let (at_least, at_most) = (bound("at_least"), bound("at_most"));
            if at_least.is_none() && at_most.is_none() {
                section.fault(
                    "say `at_least`, `at_most` or both",
                    "请写明 `at_least`、`at_most` 或两者",
                );
            }
            Some(Clause::Between {
                fact,
                at_least: sound(at_least)?,
                at_most: sound(at_most)?,
            })
        }
    }
}

/// A fact that a key names.
pub(super) enum Fact {
    Word(WordFact),
    Flag(FlagFact),
    Number(NumberFact),
}

/// The fact of a key in a condition.
pub(super) fn fact(key: &str, field: &Field<'_>) -> Option<Fact> {
    if let Some(word) = WordFact::ALL.iter().find(|fact| fact.key() == key) {
        return Some(Fact::Word(*word));
    }
    if let Some(flag) = FlagFact::ALL.iter().find(|fact| fact.key() == key) {
        return Some(Fact::Flag(*flag));
    }
    if let Ok(number) = key.parse() {
        return Some(Fact::Number(number));
    }
    let numbers = NumberFact::PLAIN.iter().map(|(key, _)| *key);
    let words = WordFact::ALL.iter().map(|fact| fact.key());
    let known: Vec<_> = words
        .chain(FlagFact::ALL.iter().map(|fact| fact.key()))
        .chain(numbers)
        .collect();
    if ["part", "total", "index", "balance", "given"].contains(&key) {
        field.fault(
            format!("write the fact as one key in quotes, such as \"{key}.…\""),
            format!("请把整个事实名加引号写成一个键，如 \"{key}.…\""),
        );
    } else if let Some(near) = nearest(key, known.iter().copied()) {
        field.fault(
            format!("unknown fact; did you mean `{near}`?"),
            format!("未知的事实；是否应为 `{near}`？"),
        );
    } else {
        let all = known.join(", ");
        field.fault(
            format!("unknown fact; known are {all}, and in quotes \"part.…\", \"total.…\", \"index.…\", \"balance.…\", \"given.…\""),
            format!("未知的事实；可用 {all}，以及加引号的 \"part.…\"、\"total.…\"、\"index.…\"、\"balance.…\"、\"given.…\""),
        );
    }
    None
}

/// A number as its dimension is written: yuan in quotes, given back in fen, or a whole count.
pub(super) fn number(field: &Field<'_>, dimension: Dimension) -> Option<Decimal> {
    match dimension {
        Dimension::Money => field
            .scalar::<SignedFen>()
            .map(|fen| Decimal::from(fen.get())),
        Dimension::Count => field.integer::<i64>(COUNT).map(Decimal::from),
    }
}
