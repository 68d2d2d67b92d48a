//! A reader over a document's tree that collects every fault instead of stopping at the first.
//!
//! A getter that finds a fault notes it and answers `None`; so does one whose value is missing. A reader
//! therefore asks for all fields first and only then puts them together. What nobody asked for is
//! reported at the end, which makes the list of known keys and the code that reads them one thing.

mod field;
mod places;
mod reading;
mod section;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::fault::{FAULTS_AT_MOST, Fault, Faults};
use crate::nearest::nearest;
use crate::syntax;
use crate::tree::{self, Node, Table, Value};

pub use field::Field;
use places::line_and_column;
pub use places::{Place, Places, Reach};
pub(crate) use reading::{key_name, sound};
pub use section::Section;

/// The largest document, in bytes.
pub const BYTES_AT_MOST: usize = 1024 * 1024;

/// A parsed document and the faults found in it so far.
#[derive(Debug)]
pub struct Document {
    file: String,
    /// Offsets at which lines begin.
    lines: Vec<usize>,
    text: String,
    root: Node,
    faults: RefCell<Vec<Fault>>,
    /// Offsets and paths of the rows of tables that are written in a short form, by the table's path.
    rows: RefCell<BTreeMap<String, Vec<(usize, String)>>>,
}

impl Document {
    /// Parses TOML. `file` names the document in its faults.
    ///
    /// A repeated key is noted and reported with all other faults by [`Document::finish`].
    ///
    /// # Errors
    /// Too long, or faults of syntax: after those nothing else can be said of the document.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        Self::parse_within(file, text, BYTES_AT_MOST)
    }

    /// As [`Document::parse`], with a size limit of its own.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_within(file: &str, text: &str, bytes_at_most: usize) -> Result<Self, Faults> {
        if text.len() > bytes_at_most {
            let (found, most) = (text.len(), bytes_at_most);
            return Err(Faults::of_whole(
                file,
                format!("the document has {found} bytes, at most {most} are read"),
                format!("文件有 {found} 字节，最多允许 {most} 字节"),
            ));
        }
        let (root, syntax) = tree::parse(text);
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at.saturating_add(1)))
            .collect();
        let document = Self {
            file: file.to_owned(),
            lines,
            text: text.to_owned(),
            root,
            faults: RefCell::new(Vec::new()),
            rows: RefCell::new(BTreeMap::new()),
        };
        for fault in &syntax {
            document.note_syntax(fault);
        }
        if syntax.iter().all(tree::SyntaxFault::is_repetition) {
            Ok(document)
        } else {
            Err(Faults::new(&document.file, document.faults.into_inner()))
        }
    }

    /// As [`Document::parse_within`], for bytes.
    ///
    /// # Errors
    /// As [`Document::parse`], and bytes that are no UTF-8.
    pub fn parse_bytes(file: &str, bytes: &[u8], bytes_at_most: usize) -> Result<Self, Faults> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let at = error.valid_up_to();
            Faults::of_whole(
                file,
                format!("byte {at} is no UTF-8; save the document as UTF-8"),
                format!("第 {at} 字节不是 UTF-8 编码，请以 UTF-8 保存"),
            )
        })?;
        Self::parse_within(file, text, bytes_at_most)
    }

    /// The outermost table.
    #[must_use]
    pub fn root(&self) -> Section<'_> {
        Section::new(self, &self.root, String::new())
    }

    /// The value that `build` makes of what was read, when no fault was found.
    ///
    /// # Errors
    /// Every fault noted, unknown keys among them.
    pub fn finish<T>(&self, build: impl FnOnce() -> Option<T>) -> Result<T, Faults> {
        self.report_unknown(&self.root, "");
        match (self.has_faults(), build()) {
            (false, Some(value)) => Ok(value),
            (true, Some(_) | None) => Err(Faults::new(&self.file, self.faults.take())),
            // A getter answered None without a fault: a missing optional value that the caller needs.
            (false, None) => Err(Faults::of_whole(
                &self.file,
                "a value is missing",
                "缺少必需的内容",
            )),
        }
    }

    /// The text as it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many faults were noted so far.
    pub(crate) fn noted(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Every fault noted so far.
    pub(crate) fn into_faults(self) -> Faults {
        Faults::new(&self.file, self.faults.into_inner())
    }

    /// Reports what nobody asked for below one value.
    pub(crate) fn report_unknown_below(&self, field: &Field<'_>) {
        self.report_unknown(field.node().1, field.path());
    }

    /// Whether a fault was noted so far.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        !self.faults.borrow().is_empty()
    }

    /// Notes a fault of the checked value at a place that [`Document::places`] found.
    pub(crate) fn note_at(&self, place: Place, en: &str, zh: &str) {
        self.push(Fault {
            line: place.line,
            column: place.column,
            path: place.path,
            en: en.to_owned(),
            zh: zh.to_owned(),
            file: self.file.clone(),
        });
    }

    /// Where everything stands, for whoever looks at the checked value later.
    #[must_use]
    pub fn places(&self) -> Places {
        let rows = self.rows.borrow().clone();
        Places::new(&self.text, &self.lines, &self.root, rows)
    }

    /// Remembers where the rows of a table stand whose short form has other steps than the checked value.
    pub(crate) fn rows_stand(&self, table: &str, rows: Vec<(usize, String)>) {
        self.rows.borrow_mut().insert(table.to_owned(), rows);
    }

    /// Where the rows of the table at this path stand, when that was remembered.
    pub(crate) fn rows_of(&self, table: &str) -> Option<Vec<(usize, String)>> {
        self.rows.borrow().get(table).cloned()
    }

    /// Notes a fault at an offset.
    pub(crate) fn note(&self, at: usize, path: &str, en: impl Into<String>, zh: impl Into<String>) {
        // Counting columns takes a while in a long line: not for faults that nobody is told.
        if self.is_full() {
            return;
        }
        let (line, column) = self.place(at);
        self.push(Fault {
            line,
            column,
            path: path.to_owned(),
            en: en.into(),
            zh: zh.into(),
            file: self.file.clone(),
        });
    }

    fn is_full(&self) -> bool {
        self.faults.borrow().len() > FAULTS_AT_MOST
    }

    fn push(&self, fault: Fault) {
        if !self.is_full() {
            self.faults.borrow_mut().push(fault);
        }
    }

    fn note_syntax(&self, fault: &tree::SyntaxFault) {
        let message = &fault.message;
        if fault.is_repetition() {
            let en = "this key is given twice; keep one of them";
            self.note(fault.at, "", en, "此键重复出现，请只保留一处");
        } else {
            self.note(
                fault.at,
                "",
                format!("no TOML: {message}"),
                syntax::in_chinese(message),
            );
        }
    }

    /// Line and column, from 1; the column in characters.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        line_and_column(&self.text, &self.lines, at)
    }

    fn report_unknown(&self, node: &Node, path: &str) {
        match &node.value {
            Value::Table(table) if table.opened.get() => self.report_unknown_in(table, path),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.report_unknown(item, &format!("{path}[{at}]"));
                }
            }
            // A table that nobody opened stands where another value was expected: that is the fault.
            Value::Table(_)
            | Value::Text(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Flag(_)
            | Value::Moment(_) => {}
        }
    }

    fn report_unknown_in(&self, table: &Table, path: &str) {
        let asked = table.asked.borrow();
        for entry in &table.entries {
            let path = join(path, &entry.key);
            if asked.contains(&entry.key) {
                self.report_unknown(&entry.node, &path);
                continue;
            }
            let known = || asked.iter().map(String::as_str);
            let (en, zh) = match nearest(&entry.key, known()) {
                Some(near) => (
                    format!("did you mean `{near}`?"),
                    format!("是否应为 `{near}`？"),
                ),
                None => {
                    let all = known().collect::<Vec<_>>().join(", ");
                    (format!("known here: {all}"), format!("此处可用：{all}"))
                }
            };
            let (en, zh) = (format!("unknown key; {en}"), format!("未知的键；{zh}"));
            self.note(entry.key_at, &path, en, zh);
        }
    }
}

/// The path of a key below a path; keys that are no bare keys are quoted.
pub(crate) fn join(path: &str, key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let dot = if path.is_empty() { "" } else { "." };
    if !key.is_empty() && key.bytes().all(bare) {
        format!("{path}{dot}{key}")
    } else {
        let short: String = key.chars().take(64).collect();
        format!("{path}{dot}\"{}\"", short.escape_debug())
    }
}
