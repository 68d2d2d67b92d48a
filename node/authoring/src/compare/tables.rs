//! Tables row by row: which values change for whom.

use huitong_core::policy::Policy;
use huitong_core::policy::condition::Table;
use huitong_explanation::Sentence;
use huitong_explanation::wording::condition;

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

/// Old and new in one sentence, or nothing when both are said alike.
pub(super) fn change(pair: &Pair<Sentence>) -> Option<Sentence> {
    if pair.old == pair.new {
        return None;
    }
    let Pair { old, new } = pair;
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

/// For whom, and what: a row in words.
type Said = (Sentence, Sentence);

/// Every row that changes.
pub(super) fn changes<T>(
    policies: Pair<&Policy>,
    tables: Pair<&Table<T>>,
    value: impl Fn(&Policy, &T) -> Sentence,
) -> Vec<Sentence> {
    let said = Pair::new(
        rows(policies.old, tables.old, &value),
        rows(policies.new, tables.new, &value),
    );
    let find = |rows: &[Said], whom: &Sentence| {
        let mut rows = rows.iter();
        rows.find(|(of, _)| of == whom)
            .map(|(_, what)| what.clone())
    };
    let mut found = Vec::new();
    for (whom, old) in &said.old {
        let told = match find(&said.new, whom) {
            Some(new) => change(&Pair::new(old.clone(), new)),
            None => Some(Sentence {
                zh: format!("取消 {}", old.zh),
                en: format!("{} is dropped", old.en),
            }),
        };
        found.extend(told.map(|what| of_whom(whom, &what)));
    }
    for (whom, new) in &said.new {
        if find(&said.old, whom).is_none() {
            let what = Sentence {
                zh: format!("新增 {}", new.zh),
                en: format!("{} is new", new.en),
            };
            found.push(of_whom(whom, &what));
        }
    }
    if found.is_empty() && said.old != said.new {
        found.push(Sentence {
            zh: "各行的先后次序改变".to_owned(),
            en: "the order of the rows changes".to_owned(),
        });
    }
    found
}

fn of_whom(whom: &Sentence, what: &Sentence) -> Sentence {
    Sentence {
        zh: format!("{}：{}", whom.zh, what.zh),
        en: format!("{}: {}", whom.en, what.en),
    }
}

/// The rows in words. A row for all whom no row before it fits is called so.
fn rows<T>(
    policy: &Policy,
    table: &Table<T>,
    value: impl Fn(&Policy, &T) -> Sentence,
) -> Vec<Said> {
    let rows = table.rows.iter().enumerate();
    rows.map(|(at, row)| {
        let whom = if row.when.any.is_empty() && at > 0 {
            Sentence {
                zh: "其他情形".to_owned(),
                en: "all others".to_owned(),
            }
        } else {
            condition(policy, &row.when)
        };
        (whom, value(policy, &row.value))
    })
    .collect()
}
