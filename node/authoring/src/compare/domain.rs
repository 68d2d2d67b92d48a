//! How the conditions of two rows stand to each other, as far as their clauses show it.
//!
//! Read off the clauses alone, without trying facts: an answer is right whenever it is given, and what is
//! not seen is not claimed. Different words of one fact are taken to be different cases, as a reader of the
//! tables takes them, though a person may have two identities at once.

use huitong_core::policy::condition::{Clause, Condition};

/// Whether all cases of `inner` are cases of `outer`.
pub(super) fn includes(outer: &Condition, inner: &Condition) -> bool {
    if outer.any.is_empty() {
        return true;
    }
    let holds = |case: &Vec<Clause>| {
        let of_case = |clauses: &Vec<Clause>| {
            let is_asked = |clause: &Clause| case.iter().any(|own| implies(own, clause));
            clauses.iter().all(is_asked)
        };
        outer.any.iter().any(of_case)
    };
    !inner.any.is_empty() && inner.any.iter().all(holds)
}

/// Whether no case is one of both.
pub(super) fn excludes(one: &Condition, other: &Condition) -> bool {
    if one.any.is_empty() || other.any.is_empty() {
        return false;
    }
    one.any.iter().all(|clauses| {
        other.any.iter().all(|others| {
            let clash = |clause: &Clause| others.iter().any(|it| contradict(clause, it));
            clauses.iter().any(clash)
        })
    })
}

/// Whether wherever `own` holds, `asked` does.
fn implies(own: &Clause, asked: &Clause) -> bool {
    match (own, asked) {
        (Clause::IsOneOf(fact, words), Clause::IsOneOf(of, all)) => {
            fact == of && words.iter().all(|word| all.contains(word))
        }
        (
            Clause::Between {
                fact,
                at_least,
                at_most,
            },
            Clause::Between {
                fact: of,
                at_least: least,
                at_most: most,
            },
        ) => {
            let from = least.is_none_or(|least| at_least.is_some_and(|own| own >= least));
            let to = most.is_none_or(|most| at_most.is_some_and(|own| own <= most));
            fact == of && from && to
        }
        (own, asked) => own == asked,
    }
}

fn contradict(one: &Clause, other: &Clause) -> bool {
    match (one, other) {
        (Clause::IsOneOf(fact, words), Clause::IsOneOf(of, others)) => {
            fact == of && !words.iter().any(|word| others.contains(word))
        }
        (Clause::IsOneOf(fact, words), Clause::IsNoneOf(of, others))
        | (Clause::IsNoneOf(of, others), Clause::IsOneOf(fact, words)) => {
            fact == of && words.iter().all(|word| others.contains(word))
        }
        (
            Clause::Between {
                fact,
                at_least,
                at_most,
            },
            Clause::Between {
                fact: of,
                at_least: least,
                at_most: most,
            },
        ) => {
            let is_above = |low: &Option<_>, high: &Option<_>| match (low, high) {
                (Some(low), Some(high)) => low > high,
                (None, _) | (_, None) => false,
            };
            fact == of && (is_above(at_least, most) || is_above(least, at_most))
        }
        (Clause::Holds(fact), Clause::HoldsNot(of))
        | (Clause::HoldsNot(fact), Clause::Holds(of)) => fact == of,
        (
            Clause::IsOneOf(..)
            | Clause::IsNoneOf(..)
            | Clause::Between { .. }
            | Clause::Holds(_)
            | Clause::HoldsNot(_),
            _,
        ) => false,
    }
}
