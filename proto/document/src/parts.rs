//! Named parts: a policy written in several files, put together into the one text that is published.
//!
//! `[[part]]` with `file = "parts/tilt.toml"` stands for the text of that file, at the place where it
//! stands. Parts are put in as text and by whole lines, so that order, comments and columns stay as they
//! were written, and whoever reads the published bytes reads no other language. What would mean something
//! else once it is put together is refused: a part that begins without a heading of its own, lines of the
//! document that would fall to a layer of the part, a part within a part. Files are read by the caller.

mod host;

use std::path::{Component, Path};

use huitong_core::digest::sha256;

use crate::fault::Faults;
use crate::origin::Origins;
use crate::reader::{BYTES_AT_MOST, Document, Field};
use host::{Slot, slots};

/// The most parts of one document.
pub const PARTS_AT_MOST: usize = 64;
/// What a part may declare: lists of tables, and tables of names.
const LISTS: [&str; 3] = ["layer", "tier", "example"];
const TABLES: [&str; 2] = ["totals", "indexes"];
/// The place of the document itself among the files of its origins.
const HOST: usize = 0;

/// The file of a part, as the caller found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartFile {
    /// What faults call it, such as `deploy/policies/parts/tilt.toml`.
    pub shown: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why the file of a part could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

/// A policy with all its parts in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    file: String,
    text: Vec<u8>,
    origins: Origins,
}

impl Resolved {
    /// What the document is called.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text: what is published, digested and fetched. A document without parts is as it was.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// Where each line was written.
    #[must_use]
    pub const fn origins(&self) -> &Origins {
        &self.origins
    }
}

/// Puts a document together. `read` is given each file name as the document writes it, relative to the
/// document.
///
/// # Errors
/// Every fault of syntax of the document, of its `[[part]]` tables and of the parts, at its place.
pub fn resolve(
    file: &str,
    bytes: &[u8],
    read: &mut dyn FnMut(&str) -> Result<PartFile, Unreadable>,
) -> Result<Resolved, Faults> {
    let document = Document::parse_bytes(file, bytes, BYTES_AT_MOST)?;
    let noted = document.noted();
    let slots = slots(&document);
    if document.noted() > noted {
        return Err(document.into_faults());
    }
    let mut of_parts: Option<Faults> = None;
    let mut found = Vec::with_capacity(slots.len());
    for slot in slots {
        let Some(part) = fetch(&slot.file, read) else {
            continue;
        };
        match checked(&part) {
            Ok(()) => found.push((slot, part)),
            Err(faults) => {
                of_parts = Some(match of_parts {
                    None => faults,
                    Some(earlier) => earlier.and(faults),
                });
            }
        }
    }
    let unread = document.noted() > noted;
    match (unread, of_parts) {
        (true, Some(faults)) => Err(document.into_faults().and(faults)),
        (true, None) => Err(document.into_faults()),
        (false, Some(faults)) => Err(faults),
        (false, None) => within_limits(put_together(file, document.text(), &found)),
    }
}

fn within_limits(resolved: Resolved) -> Result<Resolved, Faults> {
    let (found, most) = (resolved.text.len(), BYTES_AT_MOST);
    if found <= most {
        return Ok(resolved);
    }
    Err(Faults::of_whole(
        &resolved.file,
        format!("with its parts the document has {found} bytes, at most {most} are read"),
        format!("文件连同部件共有 {found} 字节，最多允许 {most} 字节"),
    ))
}

/// The file of a part, or a fault where the document names it.
fn fetch(
    field: &Field<'_>,
    read: &mut dyn FnMut(&str) -> Result<PartFile, Unreadable>,
) -> Option<PartFile> {
    let name = field.as_text()?;
    let plain = |component: Component<'_>| match component {
        Component::Normal(_) | Component::ParentDir | Component::CurDir => true,
        Component::Prefix(_) | Component::RootDir => false,
    };
    if !Path::new(name).components().all(plain) || name.contains('\\') {
        field.fault(
            "name the file relative to this document, with `/`: \"parts/tilt.toml\"",
            "请以 `/` 写出相对于本文件的路径，如 \"parts/tilt.toml\"",
        );
        return None;
    }
    match read(name) {
        Ok(part) => Some(part),
        Err(Unreadable { en, zh }) => {
            field.fault(en, zh);
            None
        }
    }
}

/// A part holds nothing but what stays its own wherever it is put.
fn checked(part: &PartFile) -> Result<(), Faults> {
    let document = Document::parse_bytes(&part.shown, &part.bytes, BYTES_AT_MOST)?;
    if let Some((line, column)) = bare_beginning(document.text()) {
        return Err(Faults::at(
            &part.shown,
            (line, column),
            "a part begins with a table of its own such as [[layer]]: this line would fall to whatever stands above the part",
            "部件须以自己的表（如 [[layer]]）开头，否则此行会归入部件之上的内容",
        ));
    }
    for (key, field) in document.root().entries() {
        if key == "part" {
            field.fault(
                "a part cannot name further parts; name them in the document itself",
                "部件不得再引用部件，请在文件本身中引用",
            );
        } else if LISTS.contains(&key) && !field.is_list() {
            field.fault(
                format!("begin with [[{key}]]: this would fall to the last {key} above the part"),
                format!("请以 [[{key}]] 开头，否则会归入部件之上最后一个 {key}"),
            );
        } else if !LISTS.contains(&key) && !TABLES.contains(&key) {
            field.fault(
                "a part holds [[layer]], [[tier]], [[example]], [totals.NAME] and [indexes.NAME]; this belongs to the document itself",
                "部件只能含有 [[layer]]、[[tier]]、[[example]]、[totals.名称] 和 [indexes.名称]，此项应写在文件本身",
            );
        }
    }
    if document.noted() > 0 {
        return Err(document.into_faults());
    }
    Ok(())
}

/// Where a text begins, when that is no heading.
fn bare_beginning(text: &str) -> Option<(usize, usize)> {
    let (at, line) = text.lines().enumerate().find(|(_, line)| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    })?;
    let begun = line.trim_start();
    let indent = line.chars().count().saturating_sub(begun.chars().count());
    (!begun.starts_with('[')).then_some((at.saturating_add(1), indent.saturating_add(1)))
}

/// The text with each part in the place of its table, introduced by its name and digest.
fn put_together(file: &str, text: &str, found: &[(Slot<'_>, PartFile)]) -> Resolved {
    let mut origins = Origins::whole(file);
    let host: Vec<&str> = text.split_inclusive('\n').collect();
    let mut lines: Vec<String> = Vec::with_capacity(host.len());
    let mut copied = 0;
    for (slot, part) in found {
        let (heading, names) = (slot.heading, slot.names);
        copy(&host, copied, heading.saturating_sub(1), &mut lines);
        // Remarks between the two lines of the table stay.
        origins.go_on(next(&lines), HOST, heading.saturating_add(1));
        copy(&host, heading, names.saturating_sub(1), &mut lines);
        let name = slot.file.as_text().unwrap_or_default();
        origins.go_on(next(&lines), HOST, names);
        lines.push(format!("# part {name} sha256 {}\n", sha256(&part.bytes)));
        let index = origins.add_file(&part.shown);
        origins.go_on(next(&lines), index, 1);
        lines.extend(whole_lines(&part.bytes));
        origins.go_on(next(&lines), HOST, names);
        lines.push(format!("# end of part {name}\n"));
        origins.go_on(next(&lines), HOST, names.saturating_add(1));
        copied = names;
    }
    copy(&host, copied, host.len(), &mut lines);
    Resolved {
        file: file.to_owned(),
        text: lines.concat().into_bytes(),
        origins,
    }
}

/// The number of the next line, from 1.
fn next(lines: &[String]) -> usize {
    lines.len().saturating_add(1)
}

fn copy(host: &[&str], from: usize, to: usize, lines: &mut Vec<String>) {
    let between = host.get(from..to).unwrap_or_default();
    lines.extend(between.iter().map(|line| (*line).to_owned()));
}

/// The lines of a part that was read as UTF-8 before, the last one ended too.
fn whole_lines(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = String::from_utf8_lossy(bytes)
        .split_inclusive('\n')
        .map(str::to_owned)
        .collect();
    if let Some(last) = lines.last_mut().filter(|last| !last.ends_with('\n')) {
        last.push('\n');
    }
    lines
}
