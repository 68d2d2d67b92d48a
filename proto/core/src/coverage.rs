//! What the home region says of a person for one visit: coverage, totals as they stand, balances.
//!
//! A snapshot carries it to the treatment region; the home region works it out again at commit. Facts are
//! resolved to the visit (which filing holds, which identities are valid on the day), so the treatment
//! region never sees a person's history; of these it is told what the policy asks for. The rest stands at
//! a neutral value, which decides nothing, because no rule reads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical_struct;
use crate::digest::Digest;
use crate::money::Fen;
use crate::name::Name;
use crate::person::PersonRef;
use crate::policy::Needs;
use crate::policy::fact::{Account, FlagFact, NumberFact, WordFact};
use crate::totals::TotalSlot;
use crate::vocabulary::{AssistanceIdentity, FilingClass, FilingTime, Scheme};

/// A person's standing on the days of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The scheme that covers the visit.
    pub scheme: Scheme,
    /// The region's own class of insured people.
    pub category: Name,
    /// Whether retired by the scheme's rules.
    pub retired: bool,
    /// Whole years of age on the day of admission.
    pub age: u16,
    /// Years of contribution.
    pub years_paid: u16,
    /// Days of unbroken cover, the day of admission among them.
    pub covered_days: u32,
    /// Whole years of the same unbroken cover.
    pub covered_years: u16,
    /// Years in a row before this one without a claim.
    pub claim_free_years: u16,
    /// Assistance identities valid on the day of admission.
    pub identities: BTreeSet<AssistanceIdentity>,
    /// The filing that holds for the treatment region on the day of admission.
    pub filing: FilingClass,
    /// When that filing was made.
    pub filing_time: FilingTime,
    /// The visit is the person's nth admission of the benefit year, from 1.
    pub ordinal: u16,
    /// Whether an earlier bill of the same admission stands.
    pub continued: bool,
}

canonical_struct!(Coverage {
    scheme,
    category,
    retired,
    age,
    years_paid,
    covered_days,
    covered_years,
    claim_free_years,
    identities,
    filing,
    filing_time,
    ordinal,
    continued
});

impl Coverage {
    /// The facts that a policy asks for; any other stands at its neutral value.
    #[must_use]
    pub fn as_asked(&self, needs: &Needs) -> Self {
        let mut told = Self {
            scheme: self.scheme,
            category: Name::ANY,
            retired: self.retired && needs.flags.contains(&FlagFact::Retired),
            age: 0,
            years_paid: 0,
            covered_days: 0,
            covered_years: 0,
            claim_free_years: 0,
            identities: BTreeSet::new(),
            filing: FilingClass::Unfiled,
            filing_time: FilingTime::Absent,
            ordinal: 1,
            continued: false,
        };
        for fact in &needs.words {
            match fact {
                WordFact::Category => told.category = self.category,
                WordFact::Identity => told.identities.clone_from(&self.identities),
                WordFact::Filing => told.filing = self.filing,
                // Whether an emergency counts as filed in time hangs on the filing there is.
                WordFact::FilingTime => {
                    (told.filing, told.filing_time) = (self.filing, self.filing_time);
                }
                WordFact::Setting
                | WordFact::Scheme
                | WordFact::Tier
                | WordFact::Place
                | WordFact::Disease
                | WordFact::Package => {}
            }
        }
        // Who counts admissions is told which one this is.
        if needs.flags.contains(&FlagFact::Continued) {
            (told.ordinal, told.continued) = (self.ordinal, self.continued);
        }
        // A filing for a referral counts as referred.
        if needs.flags.contains(&FlagFact::Referred) {
            told.filing = self.filing;
        }
        for fact in &needs.numbers {
            match fact {
                NumberFact::Age => told.age = self.age,
                NumberFact::YearsPaid => told.years_paid = self.years_paid,
                NumberFact::CoveredDays => told.covered_days = self.covered_days,
                NumberFact::CoveredYears => told.covered_years = self.covered_years,
                NumberFact::ClaimFreeYears => told.claim_free_years = self.claim_free_years,
                NumberFact::Ordinal => told.ordinal = self.ordinal,
                NumberFact::Bill
                | NumberFact::Part(_, _)
                | NumberFact::Base
                | NumberFact::Days
                | NumberFact::Sessions
                | NumberFact::Index(_)
                | NumberFact::Total(_)
                | NumberFact::Balance(_)
                | NumberFact::Given(_) => {}
            }
        }
        told
    }
}

/// What the accounts hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    /// The person's own account.
    pub own: Fen,
    /// What a family member's account may pay for this person.
    pub family: Fen,
}

canonical_struct!(Balances { own, family });

impl Balances {
    /// Nothing in either account.
    pub const NONE: Self = Self {
        own: Fen::ZERO,
        family: Fen::ZERO,
    };

    /// The accounts that a policy draws on or reads; any other holds nothing.
    #[must_use]
    pub fn as_asked(&self, needs: &Needs) -> Self {
        let mut told = Self::NONE;
        for account in &needs.accounts {
            match account {
                Account::Own => told.own = self.own,
                Account::Family => told.family = self.family,
            }
        }
        told
    }
}

/// The version of a person's record at home. Any change of it is a new version.
///
/// A node restored from a backup raises its incarnation, so a version is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonVersion {
    /// How often the home node was restored.
    pub incarnation: u32,
    /// Changes of this person's record.
    pub change: u64,
}

canonical_struct!(PersonVersion {
    incarnation,
    change
});

/// What the home region answers before an adjudication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Whom it is about.
    pub person: PersonRef,
    /// The version that a commit must name.
    pub version: PersonVersion,
    /// Standing on the days of the visit.
    pub coverage: Coverage,
    /// The totals that the policy reads, as they stand.
    pub totals: BTreeMap<TotalSlot, i64>,
    /// The accounts.
    pub balances: Balances,
    /// The policy that decides the visit.
    pub policy: Digest,
    /// The engine versions the home region accepts, ascending.
    pub engines: Vec<u16>,
}

canonical_struct!(Snapshot {
    person,
    version,
    coverage,
    totals,
    balances,
    policy,
    engines
});

impl crate::canonical::Artifact for Snapshot {
    const KIND: [u8; 4] = *b"SNAP";
    const VERSION: u16 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Needs = Needs {
        words: BTreeSet::new(),
        numbers: BTreeSet::new(),
        flags: BTreeSet::new(),
        accounts: BTreeSet::new(),
    };

    fn somebody() -> Coverage {
        Coverage {
            scheme: Scheme::Resident,
            category: Name::parse("student").unwrap(),
            retired: true,
            age: 59,
            years_paid: 12,
            covered_days: 425,
            covered_years: 1,
            claim_free_years: 3,
            identities: BTreeSet::from([AssistanceIdentity::Fringe]),
            filing: FilingClass::Referral,
            filing_time: FilingTime::Before,
            ordinal: 4,
            continued: true,
        }
    }

    fn words(words: &[WordFact]) -> Needs {
        Needs {
            words: words.iter().copied().collect(),
            ..NOTHING
        }
    }

    #[test]
    fn nothing_is_told_that_nobody_asks_for() {
        let told = somebody().as_asked(&NOTHING);
        let neutral = Coverage {
            scheme: Scheme::Resident,
            category: Name::ANY,
            retired: false,
            age: 0,
            years_paid: 0,
            covered_days: 0,
            covered_years: 0,
            claim_free_years: 0,
            identities: BTreeSet::new(),
            filing: FilingClass::Unfiled,
            filing_time: FilingTime::Absent,
            ordinal: 1,
            continued: false,
        };
        assert_eq!(told, neutral);
        let held = Balances {
            own: Fen::MAX,
            family: Fen::MAX,
        };
        assert_eq!(held.as_asked(&NOTHING), Balances::NONE);
        assert_eq!(Name::ANY, Name::parse("any").unwrap());
    }

    #[test]
    fn what_is_asked_for_is_told() {
        let all = Needs {
            words: WordFact::ALL.iter().copied().collect(),
            numbers: NumberFact::PLAIN.iter().map(|(_, fact)| *fact).collect(),
            flags: FlagFact::ALL.iter().copied().collect(),
            accounts: BTreeSet::from([Account::Own]),
        };
        assert_eq!(somebody().as_asked(&all), somebody());
        let held = Balances {
            own: Fen::MAX,
            family: Fen::MAX,
        };
        let told = held.as_asked(&all);
        assert_eq!((told.own, told.family), (Fen::MAX, Fen::ZERO));
    }

    /// Whether an emergency was filed in time, and whether a patient was referred, hang on the filing.
    #[test]
    fn a_filing_is_told_to_whoever_asks_for_what_hangs_on_it() {
        let referred = Needs {
            flags: BTreeSet::from([FlagFact::Referred]),
            ..NOTHING
        };
        for (needs, filing, time) in [
            (
                words(&[WordFact::Filing]),
                FilingClass::Referral,
                FilingTime::Absent,
            ),
            (
                words(&[WordFact::FilingTime]),
                FilingClass::Referral,
                FilingTime::Before,
            ),
            (referred, FilingClass::Referral, FilingTime::Absent),
            (
                words(&[WordFact::Place]),
                FilingClass::Unfiled,
                FilingTime::Absent,
            ),
        ] {
            let told = somebody().as_asked(&needs);
            assert_eq!((told.filing, told.filing_time), (filing, time), "{needs:?}");
        }
    }
}
