//! Where everything stands in a document, kept after it was read.
//!
//! A check that looks at the checked value knows paths of that value, long forms everywhere. A document's
//! short forms leave steps out: those are passed over, so a path leads as far as the document goes. Rows of
//! a table that is written by one fact, or inside another table, are found by what the reader remembered.

use std::collections::BTreeMap;

use huitong_core::policy::{FaultPath, PathStep};

use super::join;
use crate::tree::{Node, Value};

/// Line, column and path of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The field as the document writes it, such as `layer[0].start.three`.
    pub path: String,
    /// Whether the document writes the very value that was asked for.
    pub reach: Reach,
}

/// How far a path led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To its end: the document writes this value.
    Whole,
    /// To what stands around it.
    Around,
}

/// The places of every value of a document. Lines and columns are counted when somebody asks.
#[derive(Debug, Clone)]
pub struct Places {
    text: String,
    lines: Vec<usize>,
    root: Spot,
    rows: Rows,
}

/// Offsets and paths of the rows of tables in a short form, by the path of the table.
pub(super) type Rows = BTreeMap<String, Vec<(usize, String)>>;

#[derive(Debug, Clone)]
struct Spot {
    at: usize,
    inside: Inside,
}

#[derive(Debug, Clone)]
enum Inside {
    Nothing,
    List(Vec<Spot>),
    Table(Vec<(String, Spot)>),
}

impl Places {
    pub(super) fn new(text: &str, lines: &[usize], root: &Node, rows: Rows) -> Self {
        Self {
            text: text.to_owned(),
            lines: lines.to_vec(),
            root: spot(root),
            rows,
        }
    }

    /// The place that `path` leads to, as far as it leads.
    #[must_use]
    pub fn find(&self, path: &FaultPath) -> Place {
        let (mut spot, mut written, mut reach) = (&self.root, String::new(), Reach::Whole);
        for step in path.steps() {
            if let (PathStep::Index(at), Some(rows)) = (step, self.rows.get(&written))
                && let Some((offset, path)) = rows.get(*at)
            {
                return self.place(*offset, path.clone(), Reach::Around);
            }
            match spot.inside.step(step) {
                Some(inside) => {
                    spot = inside;
                    written = match step {
                        PathStep::Key(key) => join(&written, key),
                        PathStep::Index(at) => format!("{written}[{at}]"),
                    };
                }
                None => reach = Reach::Around,
            }
        }
        self.place(spot.at, written, reach)
    }

    /// Whether the rows of the table at this path stand where the path says, and not in a short form.
    #[must_use]
    pub fn is_written_row_by_row(&self, table: &FaultPath) -> bool {
        let place = self.find(table);
        !self.rows.contains_key(&place.path)
    }

    fn place(&self, at: usize, path: String, reach: Reach) -> Place {
        let (line, column) = line_and_column(&self.text, &self.lines, at);
        Place {
            line,
            column,
            path,
            reach,
        }
    }
}

impl Inside {
    fn step(&self, step: &PathStep) -> Option<&Spot> {
        match (self, step) {
            (Self::List(items), PathStep::Index(at)) => items.get(*at),
            (Self::Table(entries), PathStep::Key(key)) => {
                let mut named = entries.iter().filter(|(own, _)| own == key);
                named.next().map(|(_, spot)| spot)
            }
            (
                Self::Nothing | Self::List(_) | Self::Table(_),
                PathStep::Key(_) | PathStep::Index(_),
            ) => None,
        }
    }
}

/// Line and column, from 1; the column in characters.
pub(super) fn line_and_column(text: &str, lines: &[usize], at: usize) -> (usize, usize) {
    let line = lines.partition_point(|begin| *begin <= at).max(1);
    let begin = lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
    let before = text.get(begin..at).unwrap_or_default();
    (line, before.chars().count().saturating_add(1))
}

fn spot(node: &Node) -> Spot {
    let inside = match &node.value {
        Value::Table(table) => {
            let entries = table.entries.iter();
            Inside::Table(
                entries
                    .map(|entry| (entry.key.clone(), spot(&entry.node)))
                    .collect(),
            )
        }
        Value::List(items) => Inside::List(items.iter().map(spot).collect()),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Flag(_)
        | Value::Moment(_) => Inside::Nothing,
    };
    Spot {
        at: node.at,
        inside,
    }
}
