//! Totals: what is remembered of a person from one settlement to the next.
//!
//! A total belongs to the region's dictionary and outlives a change of policy, so a policy declares every
//! total that it reads or adds to, and two policies of one region declare a total alike.

use super::condition::Condition;
use super::fact::Dimension;
use super::layer::Left;
use crate::name::Name;
use crate::vocabulary::Part;

/// The total that counts a person's admissions of the year. From it the home region derives the ordinal.
pub const ADMISSIONS: &str = "admissions";

/// A declared sum or count over a person's standing settlements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalRule {
    /// Its name.
    pub name: Name,
    /// What a settlement adds: the sum of these.
    pub adds: Vec<Adds>,
    /// Which settlements add at all.
    pub when: Condition,
    /// The stretch of time it runs over.
    pub period: Period,
    /// What else tells one running total from another.
    pub key: TotalKey,
}

/// One thing that a settlement adds to a total. Layers are meant by their name, not by their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adds {
    /// What a layer took, before it paid.
    Base(Name),
    /// What a layer left of a kind, right after it.
    Left(Name, Left),
    /// The start that a layer charged.
    StartCharged(Name),
    /// What a layer paid.
    Paid(Name),
    /// A part of the bill, or what of it carries a tag; `None` is the whole bill.
    Bill(Option<Part>, Option<Name>),
    /// One for each bill, for a count.
    One,
    /// One for each admission, for a count: its first bill adds it, one that goes on with it adds nothing,
    /// and care without a stay adds nothing either.
    Admission,
}

impl Adds {
    /// Whether it is a number of something, not an amount.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Self::One | Self::Admission => true,
            Self::Base(_)
            | Self::Left(..)
            | Self::StartCharged(_)
            | Self::Paid(_)
            | Self::Bill(..) => false,
        }
    }
}

impl TotalRule {
    /// Whether it is the one that admissions are counted by.
    #[must_use]
    pub fn counts_admissions(&self) -> bool {
        self.name.as_str() == ADMISSIONS
            && self.adds == [Adds::Admission]
            && self.period == Period::Year
    }

    /// Whether it counts or sums; it counts when all it adds is one.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        if self.adds.iter().all(|adds| adds.counts()) {
            Dimension::Count
        } else {
            Dimension::Money
        }
    }
}

/// The stretch of time a total runs over. The benefit date of a visit decides which stretch it falls in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// One visit, through its interim bills.
    Visit,
    /// One admission with its linked transfers.
    Episode,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// The benefit year.
    Year,
    /// The benefit year, for each listed disease.
    DiseaseYear,
    /// For life.
    Life,
}

/// What else tells one running total from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TotalKey {
    /// Nothing: one total for the person.
    Person,
    /// The visit's first listed disease.
    Disease,
    /// The visit's package.
    Package,
    /// The institution.
    Institution,
}
