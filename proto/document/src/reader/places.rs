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

/// The places of every value of a document.
#[derive(Debug, Clone)]
pub struct Places {
    root: Spot,
    rows: Rows,
}

/// Where rows stand, by the path of their table.
pub(super) type Rows = BTreeMap<String, Vec<Place>>;

#[derive(Debug, Clone)]
struct Spot {
    place: (usize, usize),
    inside: Vec<(PathStep, Self)>,
}

impl Places {
    pub(super) fn new(root: &Node, at: &dyn Fn(usize) -> (usize, usize), rows: Rows) -> Self {
        Self {
            root: spot(root, at),
            rows,
        }
    }

    /// The place that `path` leads to, as far as it leads.
    #[must_use]
    pub fn find(&self, path: &FaultPath) -> Place {
        let (mut spot, mut written, mut reach) = (&self.root, String::new(), Reach::Whole);
        for step in path.steps() {
            if let (PathStep::Index(at), Some(rows)) = (step, self.rows.get(&written))
                && let Some(place) = rows.get(*at)
            {
                return place.clone();
            }
            match spot.inside.iter().find(|(inside, _)| inside == step) {
                Some((_, inside)) => {
                    spot = inside;
                    written = match step {
                        PathStep::Key(key) => join(&written, key),
                        PathStep::Index(at) => format!("{written}[{at}]"),
                    };
                }
                None => reach = Reach::Around,
            }
        }
        let (line, column) = spot.place;
        Place {
            line,
            column,
            path: written,
            reach,
        }
    }

    /// Whether the rows of the table at this path stand where the path says, and not in a short form.
    #[must_use]
    pub fn is_written_row_by_row(&self, table: &FaultPath) -> bool {
        let place = self.find(table);
        place.reach == Reach::Whole && !self.rows.contains_key(&place.path)
    }
}

fn spot(node: &Node, at: &dyn Fn(usize) -> (usize, usize)) -> Spot {
    let inside = match &node.value {
        Value::Table(table) => table
            .entries
            .iter()
            .map(|entry| (PathStep::Key(entry.key.clone()), spot(&entry.node, at)))
            .collect(),
        Value::List(items) => items
            .iter()
            .enumerate()
            .map(|(place, item)| (PathStep::Index(place), spot(item, at)))
            .collect(),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Flag(_)
        | Value::Moment(_) => Vec::new(),
    };
    Spot {
        place: at(node.at),
        inside,
    }
}
