//! The treatment catalogue in memory: what it says of a code on a day.
//!
//! It is built whole from the rules of one file and replaced whole by the next. A code that no rule speaks
//! of on a day has no answer here, and the settlement is refused: a line falls out of scope only where the
//! catalogue says so. Deliberately absent: reading files ([`crate::import`]) and splitting a line
//! (`huitong-adjudication`).

use std::collections::HashMap;
use std::ops::Range;

use huitong_core::catalogue::{CatalogueEntry, CatalogueRule, Listing, Unlisted};
use huitong_core::catalogue_code::{CatalogueCode, CatalogueKind};
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::Digest;

/// A region's catalogue: for each code, rules whose days do not overlap.
#[derive(Debug)]
pub struct Catalogue {
    digest: Digest,
    /// By code, then by first day.
    entries: Vec<CatalogueEntry>,
    /// Where the entries of a code stand.
    codes: HashMap<CatalogueCode, Range<usize>>,
    unlisted: Vec<Unlisted>,
}

impl Catalogue {
    /// A catalogue of these rules, named by the digest of the file they were read from.
    ///
    /// # Errors
    /// The first [`Overlap`].
    pub fn new(digest: Digest, rules: Vec<CatalogueRule>) -> Result<Self, Overlap> {
        if let Some(overlap) = overlaps(&rules).into_iter().next() {
            return Err(overlap);
        }
        let mut entries = Vec::with_capacity(rules.len());
        let mut unlisted = Vec::new();
        for rule in rules {
            match rule {
                CatalogueRule::Listed(entry) => entries.push(entry),
                CatalogueRule::Unlisted(rule) => unlisted.push(rule),
            }
        }
        entries.sort_by(|one, other| {
            (one.code, one.effective.from()).cmp(&(other.code, other.effective.from()))
        });
        let mut codes: HashMap<CatalogueCode, Range<usize>> = HashMap::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            codes.entry(entry.code).or_insert(at..at).end = at.saturating_add(1);
        }
        Ok(Self {
            digest,
            entries,
            codes,
            unlisted,
        })
    }

    /// SHA-256 of the file it was read from: its name in every decision.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// How many entries it has; rules for what is not listed do not count.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it lists nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What it says of a code on a day; `None` when it says nothing, and the claim must be refused.
    #[must_use]
    pub fn lookup(&self, code: CatalogueCode, day: ServiceDate) -> Option<Listing<'_>> {
        if let Some(entry) = self.entry(code, day) {
            return Some(Listing::Entry(entry));
        }
        let holds = |rule: &&Unlisted| {
            rule.effective.contains(day) && rule.kind.is_none_or(|kind| kind == code.kind())
        };
        self.unlisted
            .iter()
            .find(holds)
            .map(|_| Listing::OutOfScope)
    }

    fn entry(&self, code: CatalogueCode, day: ServiceDate) -> Option<&CatalogueEntry> {
        let of_code = self.entries.get(self.codes.get(&code)?.clone())?;
        let begun = of_code.partition_point(|entry| entry.effective.from() <= day);
        let last = of_code.get(begun.checked_sub(1)?)?;
        last.effective.contains(day).then_some(last)
    }
}

/// Two rules speak of the same codes on the same day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rules {earlier} and {later} of the catalogue speak of the same codes on the same days")]
pub struct Overlap {
    /// The place of the first among the rules, from 0.
    pub earlier: usize,
    /// The place of the other.
    pub later: usize,
}

/// What a rule speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Code(CatalogueCode),
    Unlisted(Option<CatalogueKind>),
}

fn subject(rule: &CatalogueRule) -> (Subject, DateInterval) {
    match rule {
        CatalogueRule::Listed(entry) => (Subject::Code(entry.code), entry.effective),
        CatalogueRule::Unlisted(rule) => (Subject::Unlisted(rule.kind), rule.effective),
    }
}

/// Every rule that speaks of what an earlier one (by first day, then by place) speaks of.
#[must_use]
pub fn overlaps(rules: &[CatalogueRule]) -> Vec<Overlap> {
    let mut order: Vec<(Subject, DateInterval, usize)> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let (subject, days) = subject(rule);
            (subject, days, at)
        })
        .collect();
    order.sort_unstable_by_key(|(subject, days, at)| (*subject, days.from(), *at));
    let mut found = Vec::new();
    // Of the rules seen of a subject, the one that reaches furthest.
    let mut furthest: Option<(Subject, DateInterval, usize)> = None;
    for (subject, days, at) in order {
        match furthest {
            Some((seen, reach, earlier)) if seen == subject => {
                if reach.overlaps(days) {
                    found.push(Overlap { earlier, later: at });
                }
                let is_further = reach
                    .until()
                    .is_some_and(|reach| days.until().is_none_or(|until| until > reach));
                if is_further {
                    furthest = Some((subject, days, at));
                }
            }
            Some(_) | None => furthest = Some((subject, days, at)),
        }
    }
    found
}

#[cfg(test)]
mod tests;
