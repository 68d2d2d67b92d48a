//! Conditions and tables of a policy document.
//!
//! `when` is a table of clauses that must all hold, or a list of such tables of which one must hold. A
//! table value is one plain value, a list of `{ when, value }` rows, or `{ by = FACT, WORD = value, …,
//! otherwise = value }`, which is short for rows that ask one fact.

use std::collections::BTreeMap;

use huitong_core::money::SignedFen;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::{Dimension, FlagFact, NumberFact, WordFact};
use rust_decimal::Decimal;

use crate::nearest::nearest;
use crate::reader::{Field, Section};

/// The widest count that a rule may name.
const COUNT: std::ops::RangeInclusive<i64> = 0..=1_000_000;

/// What the declared totals measure: fen or a count.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) totals: BTreeMap<Name, Dimension>,
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
pub(super) fn when(section: &Section<'_>, declared: &Declared) -> Option<Condition> {
    section
        .get("when")
        .map_or(Some(Condition::ALWAYS), |field| condition(&field, declared))
}

fn condition(field: &Field<'_>, declared: &Declared) -> Option<Condition> {
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

/// Turns "given, and perhaps faulty" into "perhaps given", or nothing when faulty.
pub(super) fn sound<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

enum Fact {
    Word(WordFact),
    Flag(FlagFact),
    Number(NumberFact),
}

/// The fact of a key in a condition.
fn fact(key: &str, field: &Field<'_>) -> Option<Fact> {
    if let Some(word) = WordFact::ALL.iter().find(|fact| fact.key() == key) {
        return Some(Fact::Word(*word));
    }
    if let Some(flag) = FlagFact::ALL.iter().find(|fact| fact.key() == key) {
        return Some(Fact::Flag(*flag));
    }
    if let Ok(number) = key.parse() {
        return Some(Fact::Number(number));
    }
    let words = WordFact::ALL.iter().map(|fact| fact.key());
    let flags = FlagFact::ALL.iter().map(|fact| fact.key());
    let counts = ["age", "years_paid", "days", "sessions", "ordinal", "base"];
    let prefixes = ["part", "total", "index", "balance", "given"];
    if prefixes.contains(&key) {
        field.fault(
            format!("write the fact as one key in quotes, such as \"{key}.…\""),
            format!("请把整个事实名加引号写成一个键，如 \"{key}.…\""),
        );
    } else if let Some(near) = nearest(key, words.chain(flags).chain(counts)) {
        field.fault(
            format!("unknown fact; did you mean `{near}`?"),
            format!("未知的事实；是否应为 `{near}`？"),
        );
    } else {
        field.fault(
            "unknown fact; GRAMMAR.md lists them",
            "未知的事实，见 GRAMMAR.md",
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

/// A value by condition.
pub(super) fn table<T>(
    field: &Field<'_>,
    declared: &Declared,
    value: &dyn Fn(&Field<'_>) -> Option<T>,
) -> Option<Table<T>> {
    if field.is_list() {
        let rows: Vec<_> = field
            .one_or_many()
            .iter()
            .map(|field| row(field, declared, value))
            .collect();
        if rows.is_empty() {
            field.fault("a table needs at least one row", "表至少要有一行");
        }
        return Some(Table {
            rows: rows.into_iter().collect::<Option<_>>()?,
        });
    }
    match field.section_with("by") {
        Some(section) => by_fact(&section, value),
        None => value(field).map(Table::always),
    }
}

fn row<T>(
    field: &Field<'_>,
    declared: &Declared,
    value: &dyn Fn(&Field<'_>) -> Option<T>,
) -> Option<Row<T>> {
    let section = field.section()?;
    let when = when(&section, declared);
    let value = section
        .need("value", "what the row gives", "本行的取值")
        .and_then(|field| value(&field));
    Some(Row {
        when: when?,
        value: value?,
    })
}

/// `{ by = "tier", one = …, two = …, otherwise = … }`.
fn by_fact<T>(section: &Section<'_>, value: &dyn Fn(&Field<'_>) -> Option<T>) -> Option<Table<T>> {
    const OTHERWISE: &str = "otherwise";
    let by = section.get("by")?;
    let name = by.scalar::<String>()?;
    let asked = fact(&name, &by)?;
    let read = |(key, field): &(&str, Field<'_>)| {
        let when = if *key == OTHERWISE {
            Some(Condition::ALWAYS)
        } else {
            one_fact(&asked, key, field)
        };
        let value = value(field);
        Some(Row {
            when: when?,
            value: value?,
        })
    };
    let mut entries = section.entries();
    entries.retain(|(key, _)| *key != "by");
    entries.sort_by_key(|(key, _)| *key == OTHERWISE);
    if entries.is_empty() {
        section.fault("a table needs at least one row", "表至少要有一行");
    }
    let rows: Vec<_> = entries.iter().map(read).collect();
    Some(Table {
        rows: rows.into_iter().collect::<Option<_>>()?,
    })
}

/// The condition that one fact has this value.
fn one_fact(fact: &Fact, key: &str, field: &Field<'_>) -> Option<Condition> {
    let wrong = |en: &str, zh: &str| {
        field.fault(
            format!("the key must be {en} or `otherwise`"),
            format!("键应为{zh}或 `otherwise`"),
        );
    };
    let clause = match fact {
        Fact::Word(fact) => Clause::IsOneOf(*fact, vec![key.to_owned()]),
        Fact::Flag(fact) if key == "true" => Clause::Holds(*fact),
        Fact::Flag(fact) if key == "false" => Clause::HoldsNot(*fact),
        Fact::Flag(_) => {
            wrong("`true`, `false`", " `true`、`false` ");
            return None;
        }
        Fact::Number(fact) => {
            let is_count = fact.dimension(|_| None) == Some(Dimension::Count);
            let count = key
                .parse::<u32>()
                .ok()
                .filter(|_| is_count)
                .map(Decimal::from);
            if count.is_none() {
                wrong("a whole number of a count", "计数的整数");
            }
            Clause::Between {
                fact: *fact,
                at_least: Some(count?),
                at_most: Some(count?),
            }
        }
    };
    Some(Condition {
        any: vec![vec![clause]],
    })
}
