//! Tables of a policy document: values by condition.
//!
//! One plain value, a list of `{ when, value }` rows, or `{ by = FACT, WORD = value, …, otherwise = value }`,
//! which is short for rows that ask one fact. A value may be a table itself; its rows then hold when
//! theirs and the outer condition do, and where none of them does, the outer table goes on.

use huitong_core::policy::condition::{Clause, Condition, Row, Table};
use huitong_core::policy::fact::Dimension;
use huitong_core::policy::limits;
use rust_decimal::Decimal;

use super::condition::{Declared, Fact, fact, when};
use crate::reader::{Field, Section};

/// The key of a row for everything else.
const OTHERWISE: &str = "otherwise";

/// A value by condition.
pub(super) fn table<T: Clone>(
    field: &Field<'_>,
    declared: &Declared,
    value: &dyn Fn(&Field<'_>) -> Option<T>,
) -> Option<Table<T>> {
    let rows = if field.is_list() {
        let fields = field.one_or_many();
        let rows: Vec<_> = fields
            .iter()
            .map(|field| row(field, declared, value))
            .collect();
        if rows.iter().flatten().any(|inner| inner.len() != 1) {
            stand(field, fields.iter().zip(&rows));
        }
        rows
    } else if let Some(section) = field.section_with("by") {
        let (fields, rows) = by_fact(&section, declared, value)?;
        stand(field, fields.iter().zip(&rows));
        rows
    } else {
        return value(field).map(Table::always);
    };
    if rows.is_empty() {
        field.fault("a table needs at least one row", "表至少要有一行");
    }
    let rows: Vec<Row<T>> = rows
        .into_iter()
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    let alternatives = rows
        .iter()
        .map(|row| row.when.any.len().max(1))
        .fold(0_usize, usize::saturating_add);
    if alternatives > limits::ROWS {
        let most = limits::ROWS;
        field.fault(
            format!("the table has {alternatives} rows and alternatives, at most {most}"),
            format!("表共有 {alternatives} 行（含并列条件），最多 {most} 行"),
        );
        return None;
    }
    Some(Table { rows })
}

/// Remembers where rows stand that have become more, or others, than the document has at this step.
fn stand<'a, 'd: 'a, T: 'a>(
    table: &Field<'_>,
    written: impl Iterator<Item = (&'a Field<'d>, &'a Rows<T>)>,
) {
    let mut rows = Vec::new();
    for (field, inner) in written {
        let count = inner.as_ref().map_or(0, Vec::len);
        let value = field.section_with("value").and_then(|row| row.get("value"));
        let own = value.as_ref().unwrap_or(field).rows();
        match own.filter(|own| own.len() == count) {
            Some(own) => rows.extend(own),
            None => rows.extend(std::iter::repeat_n(
                (field.at(), field.path().to_owned()),
                count,
            )),
        }
    }
    table.rows_stand(rows);
}

/// One row, or the rows of the table that is its value.
type Rows<T> = Option<Vec<Row<T>>>;

fn row<T: Clone>(
    field: &Field<'_>,
    declared: &Declared,
    value: &dyn Fn(&Field<'_>) -> Option<T>,
) -> Rows<T> {
    let section = field.section()?;
    let when = when(&section, declared);
    let gives = section.need("value", "what the row gives", "本行的取值");
    let inner = gives.and_then(|field| table(&field, declared, value));
    Some(under(&when?, inner?))
}

/// `{ by = "tier", one = …, two = …, otherwise = … }`.
fn by_fact<'d, T: Clone>(
    section: &Section<'d>,
    declared: &Declared,
    value: &dyn Fn(&Field<'_>) -> Option<T>,
) -> Option<(Vec<Field<'d>>, Vec<Rows<T>>)> {
    let by = section.get("by")?;
    // Asked for first: a wrong `by` is one fault, not one for each row.
    let mut entries = section.entries();
    entries.retain(|(key, _)| *key != "by");
    entries.sort_by_key(|(key, _)| *key == OTHERWISE);
    let name = by.scalar::<String>()?;
    let asked = fact(&name, &by)?;
    let counts = match &asked {
        Fact::Number(fact) => declared.dimension(*fact, &by)? == Dimension::Count,
        Fact::Word(_) | Fact::Flag(_) => false,
    };
    if matches!(asked, Fact::Number(_)) && !counts {
        by.fault(
            format!("`{name}` is an amount: write rows with `when` instead of `by`"),
            format!("`{name}` 是金额：请改用带 `when` 的行"),
        );
        return None;
    }
    let rows = entries.iter().map(|(key, field)| {
        let when = if *key == OTHERWISE {
            Some(Condition::ALWAYS)
        } else {
            one_fact(&asked, key, field)
        };
        let inner = table(field, declared, value);
        Some(under(&when?, inner?))
    });
    let rows = rows.collect();
    let fields = entries.into_iter().map(|(_, field)| field);
    Some((fields.collect(), rows))
}

/// The rows of an inner table, each under an outer condition as well.
fn under<T: Clone>(outer: &Condition, inner: Table<T>) -> Vec<Row<T>> {
    let both = |row: Row<T>| Row {
        when: both(outer, &row.when),
        value: row.value,
    };
    inner.rows.into_iter().map(both).collect()
}

/// The condition that two conditions hold. Grows past its limit no further than is needed to refuse it.
fn both(one: &Condition, other: &Condition) -> Condition {
    if one.any.is_empty() {
        return other.clone();
    }
    if other.any.is_empty() {
        return one.clone();
    }
    let joined = one.any.iter().flat_map(|clauses| {
        other
            .any
            .iter()
            .map(|more| clauses.iter().chain(more).cloned().collect::<Vec<Clause>>())
    });
    Condition {
        any: joined.take(limits::ROWS.saturating_add(1)).collect(),
    }
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
            let count = key.parse::<u32>().ok().map(Decimal::from);
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
