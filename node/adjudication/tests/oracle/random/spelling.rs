//! How a document spells single values.

use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::total::Adds;
use rust_decimal::Decimal;

pub fn adds(adds: &Adds) -> String {
    match adds {
        Adds::Base(layer) => format!("{layer}.base"),
        Adds::Left(layer, left) => format!("{layer}.{}", left.word()),
        Adds::StartCharged(layer) => format!("{layer}.charged"),
        Adds::Paid(layer) => format!("{layer}.paid"),
        Adds::Bill(part, tag) => {
            let part = part.map_or("total".to_owned(), |part| part.to_string());
            format!(
                "part.{part}{}",
                tag.map_or(String::new(), |tag| format!(".{tag}"))
            )
        }
        Adds::One => "one".to_owned(),
        Adds::Admission => "admission".to_owned(),
    }
}

pub fn quoted(value: &impl ToString) -> String {
    format!("\"{}\"", value.to_string())
}

pub fn list<T: ToString>(values: &[T]) -> String {
    format!(
        "[{}]",
        values.iter().map(quoted).collect::<Vec<_>>().join(", ")
    )
}

pub fn key(fact: NumberFact) -> String {
    let key = fact.to_string();
    if key.contains('.') {
        format!("\"{key}\"")
    } else {
        key
    }
}

/// Fen as yuan.
pub fn yuan(fen: Decimal) -> String {
    (fen / Decimal::ONE_HUNDRED).to_string()
}
