//! What home regions signed of debts on which two regions do not agree, as regions showed it.
//!
//! Kept for good: it is of exceptions, which are few. A home region that signed two words on one debt has both here.

use std::collections::BTreeMap;

use huitong_core::canonical_struct;
use huitong_core::clearing_evidence::SignedDebt;
use huitong_core::digest::Digest;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegField, LegKind};
use huitong_core::record::clearing::EvidenceGiven;
use huitong_core::region::RegionCode;

/// Of which settlement, and whether of its reversal.
pub(crate) type About = (SettlementId, LegKind);

/// Words that one home region may have signed on one debt before no more of them are taken: two show that it says two
/// things.
const WORDS_AT_MOST: usize = 2;

/// A word, as far as legs are held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) home: RegionCode,
    /// What both regions are to report.
    pub(crate) legs: Vec<Leg>,
}

canonical_struct!(Word { home, legs });

impl Word {
    pub(crate) fn of(debt: &SignedDebt) -> Self {
        Self {
            home: debt.home(),
            legs: debt.legs(),
        }
    }

    /// What names it beside another word on the same debt.
    pub(crate) fn digest(&self) -> Option<Digest> {
        self.legs.first().map(|leg| leg.receipt)
    }

    fn leg(&self, fund: Fund) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.fund == fund)
    }
}

/// How a leg stands to what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// It is what was signed.
    AsReported,
    /// It is another in this field.
    Otherwise(LegField),
    /// Nothing is owed of this fund.
    NotOwed,
    /// Two words were signed that do not go together.
    TwoWords,
}

/// What is taken of a word that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is new.
    New,
    /// It is here already.
    Known,
    /// So many others are here that it says nothing more.
    Full,
}

/// All words, by what they are about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(BTreeMap<About, Vec<Word>>);

impl Words {
    /// Takes in what was journaled.
    pub(crate) fn apply(&mut self, given: &EvidenceGiven) {
        let word = &given.evidence.word;
        self.keep(word.about(), Word::of(word));
    }

    pub(crate) fn keep(&mut self, about: About, word: Word) {
        let words = self.0.entry(about).or_default();
        if !words.contains(&word) {
            words.push(word);
        }
    }

    /// Whether any word on a debt is here.
    pub(crate) fn has(&self, about: About) -> bool {
        self.0.contains_key(&about)
    }

    /// Whether a word adds to what is here.
    pub(crate) fn place(&self, about: About, word: &Word) -> Place {
        let words = self.0.get(&about).map_or(&[][..], Vec::as_slice);
        if words.contains(word) {
            Place::Known
        } else if words.len() >= WORDS_AT_MOST {
            Place::Full
        } else {
            Place::New
        }
    }

    /// How a leg stands to what was signed; none while no word is here.
    pub(crate) fn says(&self, leg: &Leg) -> Option<Says> {
        let words = self.0.get(&(leg.settlement, leg.kind))?;
        let [word] = words.as_slice() else {
            return Some(Says::TwoWords);
        };
        Some(match word.leg(leg.fund) {
            None => Says::NotOwed,
            Some(signed) => signed
                .first_difference(leg)
                .map_or(Says::AsReported, Says::Otherwise),
        })
    }
}
