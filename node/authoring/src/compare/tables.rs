//! Tables row by row: which values change for whom.
//!
//! A row is laid beside the row of the other table that decides the same cases, however either is written.
//! Where no single row does, rows are matched by their words, and what is left has come or gone.

use std::collections::BTreeSet;

use huitong_core::policy::Policy;
use huitong_core::policy::condition::{Clause, Condition, Table};
use huitong_explanation::Sentence;
use huitong_explanation::wording::{clause, condition};

use super::domain::{excludes, includes};

/// So many exceptions are named; more are "others".
const BUT_AT_MOST: usize = 2;

/// An old and a new state of one thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<T> {
    pub(super) old: T,
    pub(super) new: T,
}

impl<T> Pair<T> {
    pub(super) const fn new(old: T, new: T) -> Self {
        Self { old, new }
    }

    /// Both seen in the same way.
    pub(super) fn map<U>(self, see: impl Fn(T) -> U) -> Pair<U> {
        Pair {
            old: see(self.old),
            new: see(self.new),
        }
    }
}

/// Old and new in one sentence, or nothing when both are said alike. Where there is nothing, that is said.
pub(super) fn change(pair: &Pair<Sentence>) -> Option<Sentence> {
    if pair.old == pair.new {
        return None;
    }
    let said = |it: &Sentence| {
        if it.zh.is_empty() {
            both("无", "none")
        } else {
            it.clone()
        }
    };
    let (old, new) = (said(&pair.old), said(&pair.new));
    Some(Sentence {
        zh: format!("由 {} 改为 {}", old.zh, new.zh),
        en: format!("from {} to {}", old.en, new.en),
    })
}

pub(super) fn both(zh: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence {
        zh: zh.into(),
        en: en.into(),
    }
}

/// A change under a heading.
pub(super) fn under(zh: &str, en: &str, what: &Sentence) -> Sentence {
    both(format!("{zh}：{}", what.zh), format!("{en}: {}", what.en))
}

/// A row: its cases, for whom in words, and what.
struct Said<'t> {
    when: &'t Condition,
    whom: Sentence,
    what: Sentence,
}

/// Every row that changes.
pub(super) fn changes<T>(
    policies: Pair<&Policy>,
    tables: Pair<&Table<T>>,
    value: impl Fn(&Policy, &T) -> Sentence,
) -> Vec<Sentence> {
    let old = rows(policies.old, tables.old, &value);
    let new = rows(policies.new, tables.new, &value);
    let mut met = Pair::new(BTreeSet::new(), BTreeSet::new());
    let mut found = beside(&old, &new, &mut met);
    found.extend(rest(&old, &new, &met));
    if found.is_empty() && is_reordered(&old, &new) {
        found.push(both("各行的先后次序改变", "the order of the rows changes"));
    }
    found
}

/// Rows laid beside the row that decides their cases in the other table; `met` are those that were.
fn beside(old: &[Said<'_>], new: &[Said<'_>], met: &mut Pair<BTreeSet<usize>>) -> Vec<Sentence> {
    let mut found = Vec::new();
    for (at, row) in new.iter().enumerate() {
        if let Some((before, decides)) = deciding(old, new, at) {
            met.old.insert(before);
            met.new.insert(at);
            found.extend(told(&row.whom, decides, row));
            continue;
        }
        // More than one old row decides its cases: those whose cases are all its own tell of it.
        for (before, row) in old.iter().enumerate() {
            if let Some((after, decides)) = deciding(new, old, before)
                && after == at
            {
                met.old.insert(before);
                met.new.insert(at);
                found.extend(told(&row.whom, row, decides));
            }
        }
    }
    found
}

/// Rows that no row of the other table decides: by their words, and else come or gone.
fn rest(old: &[Said<'_>], new: &[Said<'_>], met: &Pair<BTreeSet<usize>>) -> Vec<Sentence> {
    fn unmet<'r, 't>(rows: &'r [Said<'t>], met: &BTreeSet<usize>) -> Vec<&'r Said<'t>> {
        let rows = rows.iter().enumerate();
        rows.filter(|(at, _)| !met.contains(at))
            .map(|(_, row)| row)
            .collect()
    }
    let mut come = unmet(new, &met.new);
    let mut found = Vec::new();
    for row in unmet(old, &met.old) {
        let same = come.iter().position(|it| it.whom == row.whom);
        if let Some(at) = same {
            found.extend(told(&row.whom, row, come.remove(at)));
        } else {
            let zh = format!("取消 {}", row.what.zh);
            let en = format!("{} is dropped", row.what.en);
            found.push(of_whom(&row.whom, &both(zh, en)));
        }
    }
    found.extend(come.into_iter().map(|row| {
        let zh = format!("新增 {}", row.what.zh);
        of_whom(&row.whom, &both(zh, format!("{} is new", row.what.en)))
    }));
    found
}

fn told(whom: &Sentence, old: &Said<'_>, new: &Said<'_>) -> Option<Sentence> {
    let told = change(&Pair::new(old.what.clone(), new.what.clone()));
    told.map(|what| of_whom(whom, &what))
}

/// The row of another table that decides all the cases which a row decides in its own.
fn deciding<'r, 't>(
    others: &'r [Said<'t>],
    own: &[Said<'_>],
    at: usize,
) -> Option<(usize, &'r Said<'t>)> {
    let row = own.get(at)?;
    let before = own.get(..at).unwrap_or_default();
    let is_open = |(_, other): &(usize, &Said<'_>)| {
        let is_taken = before.iter().any(|it| includes(it.when, other.when));
        !excludes(other.when, row.when) && !is_taken
    };
    let (at, first) = others.iter().enumerate().find(is_open)?;
    includes(first.when, row.when).then_some((at, first))
}

/// Whether the same rows stand in another order.
fn is_reordered(old: &[Said<'_>], new: &[Said<'_>]) -> bool {
    let pairs = |rows: &[Said<'_>]| -> Vec<(Sentence, Sentence)> {
        let said = rows.iter().map(|row| (row.whom.clone(), row.what.clone()));
        said.collect()
    };
    let (old, new) = (pairs(old), pairs(new));
    old != new && old.len() == new.len() && old.iter().all(|row| new.contains(row))
}

fn of_whom(whom: &Sentence, what: &Sentence) -> Sentence {
    Sentence {
        zh: format!("{}：{}", whom.zh, what.zh),
        en: format!("{}: {}", whom.en, what.en),
    }
}

/// The rows in words. One that decides only what rows before it leave says which cases those are.
fn rows<'t, T>(
    policy: &Policy,
    table: &'t Table<T>,
    value: impl Fn(&Policy, &T) -> Sentence,
) -> Vec<Said<'t>> {
    let rows = table.rows.iter().enumerate();
    rows.map(|(at, row)| {
        let before = table.rows.get(..at).unwrap_or_default();
        let before = before.iter().map(|it| &it.when);
        let before: Vec<_> = before.filter(|it| !excludes(it, &row.when)).collect();
        Said {
            when: &row.when,
            whom: whom(policy, &row.when, &before),
            what: value(policy, &row.value),
        }
    })
    .collect()
}

/// The cases of a condition but those of others before it.
fn whom(policy: &Policy, when: &Condition, before: &[&Condition]) -> Sentence {
    let all = condition(policy, when);
    if before.is_empty() {
        return all;
    }
    match (but(policy, when, before), when.any.is_empty()) {
        (Some(but), true) => both(format!("除{}外", but.zh), format!("all but {}", but.en)),
        (Some(but), false) => both(
            format!("{}（{}除外）", all.zh, but.zh),
            format!("{} (but not {})", all.en, but.en),
        ),
        (None, true) => both("其他情形", "all others"),
        (None, false) => both(
            format!("{}的其他情形", all.zh),
            format!("{}, all others", all.en),
        ),
    }
}

/// What those before ask beyond a condition, where that is short to say.
fn but(policy: &Policy, when: &Condition, before: &[&Condition]) -> Option<Sentence> {
    let own: &[Clause] = match when.any.as_slice() {
        [] => &[],
        [only] => only,
        [_, _, ..] => return None,
    };
    let mut said: Vec<Sentence> = Vec::new();
    for clauses in before.iter().flat_map(|it| &it.any) {
        let beyond = clauses.iter().filter(|it| !own.contains(it));
        let beyond: Vec<_> = beyond.map(|it| clause(policy, it)).collect();
        let sentence = Sentence::joined(&beyond, "，且", " and ");
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    let is_short = (1..=BUT_AT_MOST).contains(&said.len());
    is_short.then(|| Sentence::joined(&said, "或", " or "))
}
