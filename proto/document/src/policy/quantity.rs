//! Quantities of a policy document: an amount in yuan, or a linear sum of facts between two bounds.

use huitong_core::money::{Fen, SignedFen};
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::policy::quantity::{Linear, Quantity, Term};
use huitong_core::ratio::Coefficient;
use rust_decimal::Decimal;

use super::condition::Declared;
use super::table::table;
use crate::reader::{Field, sound};

/// An amount by condition.
pub(super) fn quantity(field: &Field<'_>, declared: &Declared) -> Option<Quantity> {
    table(field, declared, &|field| linear(field, declared))
}

/// `"1200"`, or `{ of = { FACT = "0.2" }, plus = "100", at_least = "2000", at_most = "10000" }`.
pub(super) fn linear(field: &Field<'_>, declared: &Declared) -> Option<Linear> {
    if !field.is_table() {
        return field
            .scalar::<SignedFen>()
            .map(|fen| Linear::fixed(Decimal::from(fen.get())));
    }
    let section = field.section()?;
    let terms = section
        .need("of", "the facts and their coefficients", "事实及其系数")
        .and_then(|field| terms(&field, declared, Dimension::Money));
    let plus = section.get("plus").map(|field| field.scalar::<SignedFen>());
    let at_least = section.get("at_least").map(|field| field.scalar::<Fen>());
    let at_most = section.get("at_most").map(|field| field.scalar::<Fen>());
    let fen = |amount: Fen| Decimal::from(amount.get());
    Some(Linear {
        constant: sound(plus)?.map_or(Decimal::ZERO, |amount| Decimal::from(amount.get())),
        terms: terms?,
        at_least: sound(at_least)?.map(fen),
        at_most: sound(at_most)?.map(fen),
    })
}

/// Facts with their coefficients. In an amount, the coefficient of a count is in yuan for each unit.
pub(super) fn terms(field: &Field<'_>, declared: &Declared, of: Dimension) -> Option<Vec<Term>> {
    let section = field.section()?;
    let terms: Vec<_> = section
        .entries()
        .iter()
        .map(|(key, field)| term(key, field, declared, of))
        .collect();
    if terms.is_empty() {
        field.fault("name at least one fact", "至少列出一个事实");
    }
    terms.into_iter().collect()
}

fn term(key: &str, field: &Field<'_>, declared: &Declared, of: Dimension) -> Option<Term> {
    let fact = match key.parse::<NumberFact>() {
        Ok(fact) => fact,
        Err(error) => {
            field.fault(
                error.to_string(),
                format!("`{key}` 不是可用的数值事实，见 GRAMMAR.md"),
            );
            return None;
        }
    };
    let dimension = declared.dimension(fact, field);
    let coefficient = field.scalar::<Coefficient>()?.get();
    let coefficient = match (of, dimension?) {
        // Yuan for each unit are a hundred fen for each unit.
        (Dimension::Money, Dimension::Count) => coefficient.checked_mul(Decimal::ONE_HUNDRED)?,
        (Dimension::Money, Dimension::Money) | (Dimension::Count, _) => coefficient,
    };
    Some(Term { coefficient, fact })
}
