//! A CSV file as rows of named cells; every row is read, every fault noted.
//!
//! Columns go by the names in the heading, in any order; a name that is not known is refused, so that a
//! misspelt column is not silently left out. A byte order mark is skipped and blanks around a cell do not
//! count. What a cell means is not known here ([`super::cell`]).

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use csv::{ByteRecord, ReaderBuilder};
use huitong_core::date::DateInterval;

use super::cell::{self, Wrong};
use super::fault::Findings;

/// The most rows of one file.
pub(super) const ROWS_AT_MOST: u64 = 500_000;
/// The most bytes of one cell.
const CELL_BYTES_AT_MOST: usize = 8 * 1024;
/// What spreadsheets write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a column may be left out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A column by its name.
pub(super) type Column = (&'static str, Need);

/// A row that could be read, and its line.
#[derive(Debug)]
pub(super) struct Lined<T> {
    pub(super) line: u64,
    pub(super) row: T,
}

/// A file, read as far as it can be.
#[derive(Debug)]
pub(super) struct Sheet<T> {
    /// The rows without a fault of their own.
    pub(super) rows: Vec<Lined<T>>,
    /// All rows, those with faults included.
    pub(super) count: u64,
    pub(super) findings: Findings,
}

impl<T> Sheet<T> {
    /// Reads a file; `read` makes a value of each row, or notes faults and answers `None`.
    pub(super) fn read(
        bytes: &[u8],
        columns: &[Column],
        read: impl Fn(&Row<'_>) -> Option<T>,
    ) -> Self {
        let mut sheet = Self {
            rows: Vec::new(),
            count: 0,
            findings: Findings::none(),
        };
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let mut record = ByteRecord::new();
        let Some(places) = sheet.heading(&mut reader, &mut record, columns) else {
            return sheet;
        };
        let width = record.len();
        let findings = RefCell::new(std::mem::replace(&mut sheet.findings, Findings::none()));
        // Reading from memory fails on nothing but the end: cells are bytes and rows of any length.
        while matches!(reader.read_byte_record(&mut record), Ok(true)) {
            sheet.count = sheet.count.saturating_add(1);
            let line = line_of(text, &record);
            if sheet.count > ROWS_AT_MOST {
                let (en, zh) = too_many_rows();
                findings.borrow_mut().add(line, "", en, zh);
                break;
            }
            let row = Row {
                line,
                columns,
                places: &places,
                record: &record,
                findings: &findings,
            };
            if row.is_whole(width)
                && let Some(value) = read(&row)
            {
                sheet.rows.push(Lined { line, row: value });
            }
        }
        sheet.findings = findings.into_inner();
        sheet
    }

    /// Notes every row with a key that an earlier row has.
    pub(super) fn once<K: Eq + Hash>(&mut self, column: &str, keys: impl Fn(&T) -> Vec<K>) {
        let mut seen: HashMap<K, u64> = HashMap::new();
        for Lined { line, row } in &self.rows {
            for key in keys(row) {
                match seen.entry(key) {
                    Entry::Vacant(place) => {
                        place.insert(*line);
                    }
                    Entry::Occupied(place) => {
                        let earlier = place.get();
                        let en = format!("the same stands on line {earlier}: keep one of them");
                        self.findings.add(
                            *line,
                            column,
                            en,
                            format!("与第 {earlier} 行重复，请只保留一处"),
                        );
                    }
                }
            }
        }
    }

    /// Where each column stands; `None` when the rows cannot be told.
    fn heading(
        &mut self,
        reader: &mut csv::Reader<&[u8]>,
        record: &mut ByteRecord,
        columns: &[Column],
    ) -> Option<Vec<Option<usize>>> {
        if !matches!(reader.read_byte_record(record), Ok(true)) {
            let names = named(columns);
            self.findings.add(
                0,
                "",
                format!("the file is empty; its first line names the columns: {names}"),
                format!("文件为空；首行应为列名：{names}"),
            );
            return None;
        }
        let mut places = vec![None; columns.len()];
        for (at, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell).map(str::trim) else {
                let (en, zh) = not_utf8();
                self.findings.add(1, "", en, zh);
                return None;
            };
            match columns
                .iter()
                .position(|(known, _)| *known == name)
                .and_then(|at| places.get_mut(at))
            {
                Some(place @ None) => *place = Some(at),
                Some(Some(_)) => {
                    self.findings
                        .add(1, name, "this column stands twice", "此列重复");
                }
                None => self.unknown(name, columns),
            }
        }
        for ((name, need), place) in columns.iter().zip(&places) {
            if *need == Need::Required && place.is_none() {
                self.findings
                    .add(1, name, "this column is missing", "缺少此列");
            }
        }
        self.findings.is_empty().then_some(places)
    }

    fn unknown(&mut self, name: &str, columns: &[Column]) {
        let (shown, names): (String, String) = (name.chars().take(64).collect(), named(columns));
        self.findings.add(
            1,
            &shown,
            format!("there is no such column; the columns are {names}"),
            format!("没有此列；可用的列为：{names}"),
        );
    }
}

/// The line a record begins on. The parser's own place may be that of empty lines before it.
fn line_of(text: &[u8], record: &ByteRecord) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let begin = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = text.get(begin..).unwrap_or_default().iter();
    let newlines = skipped
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n');
    position
        .line()
        .saturating_add(u64::try_from(newlines.count()).unwrap_or(0))
}

fn named(columns: &[Column]) -> String {
    columns
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn not_utf8() -> (&'static str, &'static str) {
    (
        "this is not UTF-8: save the file as \"CSV UTF-8\"",
        "不是 UTF-8 编码：请另存为“CSV UTF-8”格式",
    )
}

fn too_many_rows() -> (String, String) {
    (
        format!("a file has at most {ROWS_AT_MOST} rows: split it"),
        format!("一个文件最多 {ROWS_AT_MOST} 行，请拆分后分别导入"),
    )
}

/// One row, and where its faults are noted.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    line: u64,
    columns: &'r [Column],
    places: &'r [Option<usize>],
    record: &'r ByteRecord,
    findings: &'r RefCell<Findings>,
}

impl<'r> Row<'r> {
    /// A cell that must be filled.
    pub(super) fn required<T>(
        &self,
        column: &str,
        read: impl Fn(&'r str) -> Result<T, Wrong>,
    ) -> Option<T> {
        match self.cell(column)? {
            "" => {
                self.fault(column, "missing: this cell must be filled", "不能为空");
                None
            }
            text => self.taken(column, read(text)),
        }
    }

    /// A cell that may be empty: then it is `otherwise`.
    pub(super) fn or<T>(
        &self,
        column: &str,
        otherwise: T,
        read: impl Fn(&'r str) -> Result<T, Wrong>,
    ) -> Option<T> {
        match self.cell(column)? {
            "" => Some(otherwise),
            text => self.taken(column, read(text)),
        }
    }

    /// A cell that may be empty.
    pub(super) fn optional<T>(
        &self,
        column: &str,
        read: impl Fn(&'r str) -> Result<T, Wrong>,
    ) -> Option<Option<T>> {
        self.or(column, None, |text| read(text).map(Some))
    }

    /// The parts of a cell between semicolons; none when it is empty. Each that cannot be read is a fault.
    pub(super) fn list<T>(
        &self,
        column: &str,
        at_most: usize,
        read: impl Fn(&'r str) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let text = self.cell(column)?;
        let parts: Vec<&str> = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        if parts.len() > at_most {
            let found = parts.len();
            let en = format!("{found} entries; at most {at_most} are read");
            self.fault(column, en, format!("有 {found} 项，最多 {at_most} 项"));
            return None;
        }
        let read: Vec<Option<T>> = parts
            .into_iter()
            .map(|part| self.taken(column, read(part)))
            .collect();
        read.into_iter().collect()
    }

    /// The days between two cells, of which the second may be empty.
    pub(super) fn days(&self, from: &str, until: &str) -> Option<DateInterval> {
        let first = self.required(from, cell::scalar);
        let last = self.optional(until, cell::scalar);
        self.taken(until, cell::days(first?, last?))
    }

    /// Notes a fault.
    pub(super) fn fault(&self, column: &str, en: impl Into<String>, zh: impl Into<String>) {
        self.findings.borrow_mut().add(self.line, column, en, zh);
    }

    fn taken<T>(&self, column: &str, read: Result<T, Wrong>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.fault(column, wrong.en, wrong.zh);
                None
            }
        }
    }

    /// The cell without blanks around it; empty when the file does not have the column.
    fn cell(&self, column: &str) -> Option<&'r str> {
        let at = self.columns.iter().position(|(name, _)| *name == column)?;
        let Some(place) = self.places.get(at).copied().flatten() else {
            return Some("");
        };
        let bytes = self.record.get(place)?;
        if bytes.len() > CELL_BYTES_AT_MOST {
            let en = format!("a cell has at most {CELL_BYTES_AT_MOST} bytes");
            self.fault(column, en, format!("单元格最多 {CELL_BYTES_AT_MOST} 字节"));
            return None;
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Some(text.trim());
        }
        let (en, zh) = not_utf8();
        self.fault(column, en, zh);
        None
    }

    /// Whether it has a cell for each column; anything else is one fault of the row.
    fn is_whole(&self, width: usize) -> bool {
        let found = self.record.len();
        if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            self.fault("", "the row is empty: delete it", "空行，请删除");
            false
        } else if found != width {
            let en = format!(
                "{found} cells, but the heading has {width}: look for a missing quote or comma"
            );
            self.fault(
                "",
                en,
                format!("本行有 {found} 格，表头为 {width} 格；请检查引号和逗号"),
            );
            false
        } else {
            true
        }
    }
}
