//! `[[example]]`: a worked example of a policy, with the figures its notice or bureau states.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;

use super::{BillDocument, named, unknown};
use crate::reader::{Field, Section, sound};

/// One worked example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its name, for people.
    pub name: String,
    /// Line and column where it stands in its document, from 1.
    pub place: (usize, usize),
    /// Where it is published, when it is.
    pub source: Option<String>,
    /// What is settled.
    pub bill: BillDocument,
    /// What is written out beside the bill: keys of `facts`, and `totals.NAME`, `balances.NAME`, `given.NAME`.
    /// All else is as it is where nothing is said.
    pub stated: BTreeSet<String>,
    /// What must come out.
    pub expected: Expected,
}

/// The figures that an example states; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What a layer took.
    pub base: BTreeMap<Name, Fen>,
    /// The start that a layer charged.
    pub start: BTreeMap<Name, Fen>,
    /// What a layer paid.
    pub paid: BTreeMap<Name, Fen>,
    /// Σ of funds, accounts not counted.
    pub fund_total: Option<Fen>,
    /// The own account.
    pub own_account: Option<Fen>,
    /// A family account.
    pub family_account: Option<Fen>,
    /// The hospital's part.
    pub hospital: Option<Fen>,
    /// What is paid at the counter.
    pub cash: Option<Fen>,
    /// Cash and both accounts.
    pub patient_total: Option<Fen>,
}

impl Example {
    pub(crate) fn read(field: &Field<'_>, policy: &Policy) -> Option<Self> {
        let section = field.section()?;
        let name = section.required("name");
        let source = section.get("source").map(|field| field.scalar::<String>());
        let bill = BillDocument::read(&section, policy);
        let expected = Expected::read(&section.section("expect"), policy);
        Some(Self {
            name: name?,
            place: field.place(),
            source: sound(source)?,
            bill: bill?,
            stated: stated(&section),
            expected: expected?,
        })
    }
}

fn stated(section: &Section<'_>) -> BTreeSet<String> {
    let tables = [
        ("facts", ""),
        ("totals", "totals."),
        ("balances", "balances."),
        ("given", "given."),
    ];
    let keys = tables.iter().flat_map(|(table, before)| {
        let below = section.optional_section(table);
        let keys: Vec<_> = below.iter().flat_map(Section::keys).collect();
        keys.into_iter().map(move |key| format!("{before}{key}"))
    });
    keys.collect()
}

impl Expected {
    fn read(section: &Section<'_>, policy: &Policy) -> Option<Self> {
        let layers = |key: &str| {
            named(section, key, |name, field| {
                if policy.layers().iter().any(|layer| layer.name == name) {
                    return field.scalar::<Fen>();
                }
                unknown(field, name, policy.layers().iter().map(|layer| layer.name));
                None
            })
        };
        let (base, start, paid) = (layers("base"), layers("start"), layers("paid"));
        let figure = |key: &str| section.optional::<Fen>(key);
        let expected = Self {
            fund_total: figure("fund_total"),
            own_account: figure("own_account"),
            family_account: figure("family_account"),
            hospital: figure("hospital"),
            cash: figure("cash"),
            patient_total: figure("patient_total"),
            base: base?,
            start: start?,
            paid: paid?,
        };
        if section.entries().is_empty() {
            section.fault(
                "an example states at least one figure",
                "示例至少要写明一个结果",
            );
        }
        Some(expected)
    }
}
