//! The names and identities that conditions tell apart.

use std::collections::BTreeSet;

use huitong_core::name::Name;
use huitong_core::policy::condition::Clause;
use huitong_core::policy::fact::WordFact;
use huitong_core::vocabulary::AssistanceIdentity;

/// Names of diseases up to which pairs of them are tried too.
const PAIRS_UP_TO: usize = 12;

/// The names that conditions give for a fact, in order.
pub(super) fn mentioned<'p>(clauses: impl Iterator<Item = &'p Clause>, of: WordFact) -> Vec<Name> {
    let words = clauses.filter_map(|clause| match clause {
        Clause::IsOneOf(fact, words) | Clause::IsNoneOf(fact, words) if *fact == of => Some(words),
        Clause::IsOneOf(..)
        | Clause::IsNoneOf(..)
        | Clause::Between { .. }
        | Clause::Holds(_)
        | Clause::HoldsNot(_) => None,
    });
    let names: BTreeSet<Name> = words
        .flatten()
        .filter_map(|word| Name::parse(word).ok())
        .collect();
    names.into_iter().collect()
}

/// A name that none of these is.
pub(super) fn stranger(names: &[Name]) -> Option<Name> {
    let mut candidates = (0..=names.len()).filter_map(|number| {
        let text = match number {
            0 => "any_other".to_owned(),
            _ => format!("any_other_{number}"),
        };
        Name::parse(&text).ok()
    });
    candidates.find(|name| !names.contains(name))
}

/// Every set of the identities that are named: there are six at most.
pub(super) fn identities<'p>(
    clauses: impl Iterator<Item = &'p Clause>,
) -> Vec<BTreeSet<AssistanceIdentity>> {
    let words = clauses.filter_map(|clause| match clause {
        Clause::IsOneOf(WordFact::Identity, words)
        | Clause::IsNoneOf(WordFact::Identity, words) => Some(words),
        Clause::IsOneOf(..)
        | Clause::IsNoneOf(..)
        | Clause::Between { .. }
        | Clause::Holds(_)
        | Clause::HoldsNot(_) => None,
    });
    let named: BTreeSet<AssistanceIdentity> = words
        .flatten()
        .filter_map(|word| word.parse().ok())
        .collect();
    let mut sets: Vec<BTreeSet<AssistanceIdentity>> = vec![BTreeSet::new()];
    for identity in named {
        let with = sets.clone().into_iter().map(|mut set| {
            set.insert(identity);
            set
        });
        let with: Vec<_> = with.collect();
        sets.extend(with);
    }
    sets.sort_by_key(BTreeSet::len);
    sets
}

/// None, each alone, and pairs while there are few.
pub(super) fn diseases<'p>(clauses: impl Iterator<Item = &'p Clause>) -> Vec<Vec<Name>> {
    let names = mentioned(clauses, WordFact::Disease);
    let mut sets = vec![Vec::new()];
    sets.extend(names.iter().map(|name| vec![*name]));
    if names.len() <= PAIRS_UP_TO {
        for (at, one) in names.iter().enumerate() {
            let others = names.iter().skip(at.saturating_add(1));
            sets.extend(others.map(|other| vec![*one, *other]));
        }
    }
    sets
}
