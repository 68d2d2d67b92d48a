//! Numbers that a rule asks for, and the quantities made of them.
//!
//! A quantity's coefficients share one power of ten, so Σ cᵢ·factᵢ + c is a sum of integers; it is rounded
//! once, by whoever makes it a threshold.

use huitong_core::policy::fact::{Account, NumberFact};
use huitong_core::policy::quantity::Linear;
use huitong_core::vocabulary::Part;
use rust_decimal::Decimal;

use super::Names;
use crate::exact::{Exact, round};
use crate::fault::RuleFault;

/// A number by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Bill,
    Part(Part),
    /// A part, of what carries this bit.
    Tagged(Part, u64),
    Base,
    Age,
    YearsPaid,
    CoveredDays,
    CoveredYears,
    ClaimFreeYears,
    Days,
    Sessions,
    Ordinal,
    Figure(usize),
    Total(usize),
    Balance(Account),
    /// By place; `None` is a payment that no layer books, which is never above zero.
    Given(Option<usize>),
}

impl Number {
    pub(crate) fn new(fact: NumberFact, names: &Names) -> Result<Self, RuleFault> {
        Ok(match fact {
            NumberFact::Bill => Self::Bill,
            NumberFact::Part(part, None) => Self::Part(part),
            NumberFact::Part(part, Some(tag)) => Self::Tagged(part, names.tag(tag)),
            NumberFact::Base => Self::Base,
            NumberFact::Age => Self::Age,
            NumberFact::YearsPaid => Self::YearsPaid,
            NumberFact::CoveredDays => Self::CoveredDays,
            NumberFact::CoveredYears => Self::CoveredYears,
            NumberFact::ClaimFreeYears => Self::ClaimFreeYears,
            NumberFact::Days => Self::Days,
            NumberFact::Sessions => Self::Sessions,
            NumberFact::Ordinal => Self::Ordinal,
            NumberFact::Index(name) => Self::Figure(names.figure(name)?),
            NumberFact::Total(name) => Self::Total(names.total(name)?),
            NumberFact::Balance(account) => Self::Balance(account),
            NumberFact::Given(name) => Self::Given(names.given_place(name)),
        })
    }
}

/// Σ cᵢ·factᵢ + c between two bounds, all over one power of ten.
#[derive(Debug)]
pub(crate) struct LinearForm {
    in_one_fen: i128,
    constant: i128,
    terms: Vec<(i128, Number)>,
    at_least: Option<i128>,
    at_most: Option<i128>,
}

impl LinearForm {
    pub(crate) fn new(linear: &Linear, names: &Names) -> Result<Self, RuleFault> {
        let decimals = linear
            .terms
            .iter()
            .map(|term| term.coefficient)
            .chain([linear.constant]);
        let places = decimals
            .chain(linear.at_least)
            .chain(linear.at_most)
            .map(|value| Exact::new(value).places())
            .max()
            .unwrap_or(0);
        let over = |value: Decimal| Exact::new(value).over(places).ok_or(RuleFault::Overflow);
        Ok(Self {
            in_one_fen: 10_i128.checked_pow(places).ok_or(RuleFault::Overflow)?,
            constant: over(linear.constant)?,
            terms: linear
                .terms
                .iter()
                .map(|term| Ok((over(term.coefficient)?, Number::new(term.fact, names)?)))
                .collect::<Result<_, _>>()?,
            at_least: linear.at_least.map(over).transpose()?,
            at_most: linear.at_most.map(over).transpose()?,
        })
    }

    /// The threshold that this is: rounded once, then held at zero or above (rule 7).
    pub(crate) fn threshold(
        &self,
        read: impl Fn(Number) -> Result<i64, RuleFault>,
    ) -> Result<i64, RuleFault> {
        let mut sum = self.constant;
        for (coefficient, number) in &self.terms {
            let term = coefficient
                .checked_mul(i128::from(read(*number)?))
                .ok_or(RuleFault::Overflow)?;
            sum = sum.checked_add(term).ok_or(RuleFault::Overflow)?;
        }
        let low = self.at_least.map_or(sum, |bound| sum.max(bound));
        let held = self.at_most.map_or(low, |bound| low.min(bound));
        if held <= 0 {
            Ok(0)
        } else {
            round(held, self.in_one_fen)
        }
    }
}
