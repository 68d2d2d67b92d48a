//! One table of a document and typed access to its keys.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::reader::{Document, Field, join};
use crate::scalar::Scalar;
use crate::tree::{Node, Table, Value};

/// One table. Asking for a key makes it a known one.
#[derive(Debug, Clone)]
pub struct Section<'d> {
    document: &'d Document,
    node: &'d Node,
    path: String,
    present: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Here,
    /// Missing, and nothing is wrong with that: faults are noted where the table would stand.
    LeftOut,
    /// Missing though it must be there: its fields give nothing and note nothing more.
    Missing,
}

impl<'d> Field<'d> {
    /// A table.
    #[must_use]
    pub fn section(&self) -> Option<Section<'d>> {
        if let Value::Table(_) = self.value() {
            let (document, node) = self.node();
            return Some(Section::new(document, node, self.path().to_owned()));
        }
        self.expected("a table", "表");
        None
    }

    /// The table, when it is one and has this key; no fault otherwise.
    pub(crate) fn section_with(&self, key: &str) -> Option<Section<'d>> {
        match self.value() {
            Value::Table(table) if table.peek(key).is_some() => self.section(),
            Value::Table(_)
            | Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Flag(_)
            | Value::Moment(_)
            | Value::List(_) => None,
        }
    }
}

impl<'d> Section<'d> {
    pub(crate) fn new(document: &'d Document, node: &'d Node, path: String) -> Self {
        let section = Self {
            document,
            node,
            path,
            present: Presence::Here,
        };
        if let Some(table) = section.table() {
            table.opened.set(true);
        }
        section
    }

    fn table(&self) -> Option<&'d Table> {
        match (&self.node.value, self.present) {
            (Value::Table(table), Presence::Here) => Some(table),
            (_, Presence::Here | Presence::LeftOut | Presence::Missing) => None,
        }
    }

    /// Where it stands; empty for the outermost table.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Notes a fault of the table as a whole.
    pub fn fault(&self, en: impl Into<String>, zh: impl Into<String>) {
        if self.present != Presence::Missing {
            self.document.note(self.node.at, &self.path, en, zh);
        }
    }

    /// Notes a fault of one key: at its value when it is there, else at the table.
    pub fn fault_of(&self, key: &str, en: impl Into<String>, zh: impl Into<String>) {
        match self.get(key) {
            Some(field) => field.fault(en, zh),
            None if self.present != Presence::Missing => {
                self.document
                    .note(self.node.at, &join(&self.path, key), en, zh);
            }
            None => {}
        }
    }

    /// A value that may be missing.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Field<'d>> {
        let entry = self.table()?.get(key)?;
        Some(Field::new(
            self.document,
            &entry.node,
            join(&self.path, key),
        ))
    }

    /// A value that must be there; `en` and `zh` say what it holds.
    #[must_use]
    pub fn need(&self, key: &str, en: &str, zh: &str) -> Option<Field<'d>> {
        let found = self.get(key);
        if found.is_none() {
            self.fault_of(
                key,
                format!("missing: {en}"),
                format!("缺少：{}", zh.trim_start()),
            );
        }
        found
    }

    /// A scalar that must be there.
    #[must_use]
    pub fn required<T: Scalar>(&self, key: &str) -> Option<T> {
        self.need(key, T::EXPECTED.0, T::EXPECTED.1)?.scalar()
    }

    /// A scalar that may be missing.
    #[must_use]
    pub fn optional<T: Scalar>(&self, key: &str) -> Option<T> {
        self.get(key)?.scalar()
    }

    /// A scalar with a value for when it is missing.
    #[must_use]
    pub fn or<T: Scalar>(&self, key: &str, otherwise: T) -> Option<T> {
        self.get(key)
            .map_or(Some(otherwise), |field| field.scalar())
    }

    /// The scalars of a list that must be there and not be empty; one scalar stands for a list of one.
    #[must_use]
    pub fn some<T: Scalar>(&self, key: &str) -> Option<Vec<T>> {
        let field = self.need(key, T::EXPECTED.0, T::EXPECTED.1)?;
        let scalars = field.scalars();
        if field.one_or_many().is_empty() {
            field.fault(
                "the list is empty; it needs at least one entry",
                "列表为空，至少需要一项",
            );
        }
        Some(scalars)
    }

    /// The scalars of a list that may be missing or empty.
    #[must_use]
    pub fn any<T: Scalar>(&self, key: &str) -> Vec<T> {
        self.get(key)
            .map(|field| field.scalars())
            .unwrap_or_default()
    }

    /// A whole number that must be there.
    #[must_use]
    pub fn integer<T: TryFrom<i64>>(&self, key: &str, range: RangeInclusive<i64>) -> Option<T> {
        self.need(key, "a whole number", "整数")?.integer(range)
    }

    /// A whole number with a value for when it is missing.
    #[must_use]
    pub fn integer_or<T: TryFrom<i64>>(
        &self,
        key: &str,
        range: RangeInclusive<i64>,
        otherwise: T,
    ) -> Option<T> {
        self.get(key)
            .map_or(Some(otherwise), |field| field.integer(range))
    }

    /// A length of time in milliseconds, with a value for when it is missing.
    #[must_use]
    pub fn duration_ms(
        &self,
        key: &str,
        range: RangeInclusive<i64>,
        otherwise: Duration,
    ) -> Option<Duration> {
        let Some(field) = self.get(key) else {
            return Some(otherwise);
        };
        field.integer::<u64>(range).map(Duration::from_millis)
    }

    /// `true` or `false`, false when missing.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.get(key).map_or(Some(false), |field| field.flag())
    }

    /// A table that must be there. A missing one is one fault, not one for each of its keys.
    #[must_use]
    pub fn section(&self, key: &str) -> Self {
        let field = self.need(key, "a table", "表");
        match field.and_then(|field| field.section()) {
            Some(section) => section,
            None => Self {
                present: Presence::Missing,
                path: join(&self.path, key),
                ..self.clone()
            },
        }
    }

    /// A table that may be left out, which then is as an empty one.
    #[must_use]
    pub fn section_or_empty(&self, key: &str) -> Self {
        match (self.get(key), self.present) {
            (Some(_), _) | (None, Presence::Missing) => self.section(key),
            (None, Presence::Here | Presence::LeftOut) => Self {
                present: Presence::LeftOut,
                path: join(&self.path, key),
                ..self.clone()
            },
        }
    }

    /// A table that may be missing.
    #[must_use]
    pub fn optional_section(&self, key: &str) -> Option<Self> {
        self.get(key)?.section()
    }

    /// The tables of a list (`[[key]]`); none when missing.
    #[must_use]
    pub fn tables(&self, key: &str) -> Vec<Self> {
        let Some(field) = self.get(key) else {
            return Vec::new();
        };
        field
            .one_or_many()
            .iter()
            .filter_map(Field::section)
            .collect()
    }

    /// The keys that are there. Looking at them makes none of them a known one.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'d str> {
        let entries = self.table().map(|table| table.entries.as_slice());
        entries
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.key.as_str())
    }

    /// Every key and value of a table whose keys the writer chooses, in the order written.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'d str, Field<'d>)> {
        let Some(table) = self.table() else {
            return Vec::new();
        };
        table
            .all()
            .iter()
            .map(|entry| {
                let field = Field::new(self.document, &entry.node, join(&self.path, &entry.key));
                (entry.key.as_str(), field)
            })
            .collect()
    }
}
