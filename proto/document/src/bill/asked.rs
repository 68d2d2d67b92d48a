//! The section of facts beside what the policy asks for: a fact that is asked for must be stated.

use std::ops::RangeInclusive;

use huitong_core::policy::Needs;
use huitong_core::policy::fact::{NumberFact, WordFact};

use crate::reader::Section;
use crate::scalar::Scalar;

/// The section of facts and what the policy asks of it.
pub(super) struct Asked<'d, 'n> {
    pub(super) section: Section<'d>,
    pub(super) needs: &'n Needs,
}

impl Asked<'_, '_> {
    /// A word that must be stated when the policy asks for it.
    pub(super) fn word<T: Scalar>(&self, key: &str, fact: WordFact, neutral: T) -> Option<T> {
        if self.needs.words.contains(&fact) {
            self.asked(key);
        }
        self.section.or(key, neutral)
    }

    /// A count that must be stated when the policy asks for it.
    pub(super) fn count<T: TryFrom<i64>>(
        &self,
        key: &str,
        fact: NumberFact,
        range: RangeInclusive<i64>,
        neutral: T,
    ) -> Option<T> {
        if self.needs.numbers.contains(&fact) {
            self.asked(key);
        }
        self.section.integer_or(key, range, neutral)
    }

    fn asked(&self, key: &str) {
        let _ = self
            .section
            .need(key, "the policy asks for it", "政策需要此项");
    }
}
