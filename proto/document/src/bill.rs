//! Bill documents: what is settled, on which facts, under a given policy.
//!
//! A bill document is a list of split lines, or amounts by part and tag, with the person's and the visit's
//! facts, totals before, balances and payments given. A policy's worked examples have the same form and
//! add what is expected. Read under a policy, so that a fact which the policy asks for cannot be left
//! out, and one it has no word for cannot slip in. No engine is known here.

mod amounts;
mod asked;
mod example;
mod facts;
mod stay;

use std::collections::BTreeMap;

use huitong_core::bill::SplitBill;
use huitong_core::coverage::Balances;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Dimension;
use huitong_core::policy::layer::Payer;

use crate::fault::Faults;
use crate::nearest::nearest;
use crate::reader::{Document, Field, Section, key_name};

pub use example::{Example, Expected};
pub use facts::{Facts, Networked};

/// The largest bill document, in bytes; a bill of 20,000 lines needs about two million.
const BILL_BYTES_AT_MOST: usize = 8 * 1024 * 1024;
/// The highest count a total before may stand at.
const COUNT: std::ops::RangeInclusive<i64> = 0..=1_000_000;

/// A bill with all that an adjudication needs beside the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillDocument {
    /// The bill, split by the treatment catalogue.
    pub bill: SplitBill,
    /// The person, the visit and the institution.
    pub facts: Facts,
    /// Totals as they stand before, by name: fen, or a count. A total that is not named stands at zero.
    pub totals: BTreeMap<Name, i64>,
    /// What the accounts hold.
    pub balances: Balances,
    /// What others have paid already.
    pub given: BTreeMap<Name, Fen>,
}

impl BillDocument {
    /// Reads a bill document under the policy that it is settled by.
    ///
    /// # Errors
    /// Every fault of the document.
    pub fn parse(file: &str, text: &str, policy: &Policy) -> Result<Self, Faults> {
        let document = Document::parse_within(file, text, BILL_BYTES_AT_MOST)?;
        let bill = Self::read(&document.root(), policy);
        document.finish(|| bill)
    }

    /// Reads the tables `amounts` or `line`, `facts`, `totals`, `balances` and `given` of a section.
    pub(crate) fn read(section: &Section<'_>, policy: &Policy) -> Option<Self> {
        let bill = amounts::bill(section);
        let facts = Facts::read(section, policy);
        let totals = totals(section, policy);
        let balances = balances(section);
        let given = given(section, policy);
        Some(Self {
            bill: bill?,
            facts: facts?,
            totals: totals?,
            balances: balances?,
            given: given?,
        })
    }
}

/// `[totals]`: amounts in yuan, counts as whole numbers.
fn totals(section: &Section<'_>, policy: &Policy) -> Option<BTreeMap<Name, i64>> {
    named(section, "totals", |name, field| {
        let Some(total) = policy.totals().iter().find(|total| total.name == name) else {
            unknown(field, name, policy.totals().iter().map(|total| total.name));
            return None;
        };
        match total.dimension() {
            Dimension::Money => field.scalar::<Fen>().map(Fen::get),
            Dimension::Count => field.integer(COUNT),
        }
    })
}

/// `[given]`: what others have paid, by the names the policy gives them.
fn given(section: &Section<'_>, policy: &Policy) -> Option<BTreeMap<Name, Fen>> {
    let payers = || {
        policy
            .layers()
            .iter()
            .filter_map(|layer| match layer.payer {
                Payer::Given(name) => Some(name),
                Payer::Fund(_) | Payer::Hospital => None,
            })
    };
    named(section, "given", |name, field| {
        if payers().any(|payer| payer == name) {
            return field.scalar();
        }
        unknown(field, name, payers());
        None
    })
}

/// `[balances]`: `own_account` and `family_account`.
fn balances(section: &Section<'_>) -> Option<Balances> {
    let Some(section) = section.optional_section("balances") else {
        return Some(Balances::NONE);
    };
    let own = section.or("own_account", Fen::ZERO);
    let family = section.or("family_account", Fen::ZERO);
    Some(Balances {
        own: own?,
        family: family?,
    })
}

/// A table whose keys are names that the policy declares.
fn named<T>(
    section: &Section<'_>,
    key: &str,
    read: impl Fn(Name, &Field<'_>) -> Option<T>,
) -> Option<BTreeMap<Name, T>> {
    let Some(section) = section.optional_section(key) else {
        return Some(BTreeMap::new());
    };
    let entry = |(key, field): &(&str, Field<'_>)| {
        let name = key_name(key, field)?;
        Some((name, read(name, field)?))
    };
    let entries: Vec<_> = section.entries().iter().map(entry).collect();
    entries.into_iter().collect()
}

/// A name that the policy does not declare.
fn unknown(field: &Field<'_>, name: Name, known: impl Iterator<Item = Name>) {
    let known: Vec<Name> = known.collect();
    let all = known
        .iter()
        .map(Name::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let (en, zh) = match nearest(name.as_str(), known.iter().map(Name::as_str)) {
        Some(near) => (
            format!("did you mean `{near}`?"),
            format!("是否应为 `{near}`？"),
        ),
        None if all.is_empty() => ("it has none".to_owned(), "该政策没有此类名称".to_owned()),
        None => (format!("it has {all}"), format!("该政策有 {all}")),
    };
    field.fault(
        format!("the policy has no `{name}`; {en}"),
        format!("政策中没有 `{name}`；{zh}"),
    );
}
