//! The `[[part]]` tables of a document: which lines each of them takes up, and what must not follow one.

use super::{LISTS, PARTS_AT_MOST};
use crate::reader::{Document, Field};
use crate::tree::{self, Entry, Node, Value};

/// One `[[part]]` and the lines it takes up, from 1.
pub(super) struct Slot<'d> {
    /// The line `[[part]]`.
    pub(super) heading: usize,
    /// The line `file = "…"`.
    pub(super) names: usize,
    /// The file's name.
    pub(super) file: Field<'d>,
}

/// Every part in the order written; what is wrong with one is noted.
pub(super) fn slots(document: &Document) -> Vec<Slot<'_>> {
    let Some(field) = document.root().get("part") else {
        return Vec::new();
    };
    let fields = field.one_or_many();
    if fields.len() > PARTS_AT_MOST {
        let found = fields.len();
        field.fault(
            format!("a document has at most {PARTS_AT_MOST} parts, this one {found}"),
            format!("一个文件最多引用 {PARTS_AT_MOST} 个部件，此处有 {found} 个"),
        );
        return Vec::new();
    }
    let slots = fields
        .iter()
        .filter_map(|field| slot(document, field))
        .collect();
    for field in &fields {
        document.report_unknown_below(field);
        strays(document, field.node().1.at);
    }
    slots
}

fn slot<'d>(document: &'d Document, field: &Field<'d>) -> Option<Slot<'d>> {
    let section = field.section()?;
    let file = section.need(
        "file",
        "the part's file, such as \"parts/tilt.toml\"",
        "部件文件，如 \"parts/tilt.toml\"",
    )?;
    let _name: String = file.scalar()?;
    let (heading, names) = (field.place().0, file.place().0);
    let is_heading = line(document, heading).trim_start().starts_with("[[");
    if !is_heading || names <= heading || !names_a_file(line(document, names)) {
        field.fault(
            "write a part as two lines: [[part]], and below it file = \"parts/tilt.toml\"",
            "部件应写成两行：[[part]]，其下为 file = \"parts/tilt.toml\"",
        );
        return None;
    }
    Some(Slot {
        heading,
        names,
        file,
    })
}

fn line(document: &Document, number: usize) -> &str {
    let at = number.saturating_sub(1);
    document.text().split('\n').nth(at).unwrap_or_default()
}

/// Whether a line says `file = "…"` and nothing else, so that it can be taken out whole.
fn names_a_file(line: &str) -> bool {
    let (root, faults) = tree::parse(line);
    match &root.value {
        Value::Table(table) => match table.all() {
            [entry] => faults.is_empty() && matches!(entry.node.value, Value::Text(_)),
            [] | [_, ..] => false,
        },
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Flag(_)
        | Value::Moment(_)
        | Value::List(_) => false,
    }
}

/// Notes what stands behind a part and belongs to a layer, tier or example before it: in the text put
/// together it would fall to the last one of the part.
fn strays(document: &Document, part_at: usize) {
    let root = document.root();
    for key in LISTS {
        let items = root.get(key).map(|field| field.one_or_many());
        let before = items
            .unwrap_or_default()
            .into_iter()
            .rfind(|field| field.node().1.at < part_at);
        let stray = before
            .as_ref()
            .and_then(|field| first_behind(field.node().1, part_at));
        if let Some((field, stray)) = before.zip(stray) {
            let path = crate::reader::join(field.path(), &stray.key);
            document.note(
                stray.key_at,
                &path,
                format!("this belongs to a [[{key}]] above the part: write it before the part"),
                format!("此项属于部件之上的 [[{key}]]，请写在部件之前"),
            );
        }
    }
}

/// The first key below a value that stands behind an offset.
fn first_behind(node: &Node, offset: usize) -> Option<&Entry> {
    match &node.value {
        Value::Table(table) => table.entries.iter().find_map(|entry| {
            if entry.key_at > offset {
                Some(entry)
            } else {
                first_behind(&entry.node, offset)
            }
        }),
        Value::List(items) => items.iter().find_map(|item| first_behind(item, offset)),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Flag(_)
        | Value::Moment(_) => None,
    }
}
