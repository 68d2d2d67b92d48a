//! What decided a figure: the facts that the row in effect hangs on, and whether another way of going for
//! care would have found a better row.

use huitong_core::policy::condition::{Clause, Condition, Table};

use crate::standing::{Moment, Standing};
use crate::state::Asked;

/// The facts that decided which row of a table counts. A row for all others hangs on the way the person
/// went for care, as far as the rows above it ask for that.
pub(crate) fn of_row<T>(standing: &Standing<'_>, table: &Table<T>, then: Moment) -> Vec<Asked> {
    let Some((place, row)) = standing.row(table, then) else {
        return Vec::new();
    };
    let own = of_condition(standing, &row.when, then);
    if !own.is_empty() {
        return own;
    }
    let above = table.rows.iter().take(place);
    let clauses = above.flat_map(|row| row.when.any.iter().flatten());
    once(clauses.map(Asked::by).filter(|asked| asked.is_of_the_way()))
}

/// The facts that a condition holds by.
pub(crate) fn of_condition(
    standing: &Standing<'_>,
    condition: &Condition,
    then: Moment,
) -> Vec<Asked> {
    let clauses = standing.alternative(condition, then).unwrap_or_default();
    once(clauses.iter().map(Asked::by))
}

/// The facts of the way the person went for care that keep a better row from counting: a row whose other
/// clauses hold and whose value is better than that of the row in effect.
pub(crate) fn against<T>(
    standing: &Standing<'_>,
    table: &Table<T>,
    then: Moment,
    is_better: impl Fn(&T, &T) -> bool,
) -> Vec<Asked> {
    let Some((_, counts)) = standing.row(table, then) else {
        return Vec::new();
    };
    let of_the_way = |asked: Vec<Asked>| asked.into_iter().filter(|asked| asked.is_of_the_way());
    let mut causes = Vec::new();
    for row in table
        .rows
        .iter()
        .filter(|row| is_better(&row.value, &counts.value))
    {
        if standing.holds(&row.when, then) {
            // It would count if the row in effect, above it, did not.
            causes.extend(of_the_way(of_condition(standing, &counts.when, then)));
        }
        for clauses in &row.when.any {
            let failing = failing(standing, clauses, then);
            if failing.iter().all(|asked| asked.is_of_the_way()) {
                causes.extend(failing);
            }
        }
    }
    once(causes.into_iter())
}

/// What the clauses that do not hold ask for.
pub(crate) fn failing(standing: &Standing<'_>, clauses: &[Clause], then: Moment) -> Vec<Asked> {
    let failing = clauses
        .iter()
        .filter(|clause| !standing.clause_holds(clause, then));
    failing.map(Asked::by).collect()
}

fn once(asked: impl Iterator<Item = Asked>) -> Vec<Asked> {
    let mut told = Vec::new();
    for asked in asked {
        if !told.contains(&asked) {
            told.push(asked);
        }
    }
    told
}
