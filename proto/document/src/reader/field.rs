//! One value of a document, its place, and the faults it may have.

use std::ops::RangeInclusive;

use crate::reader::Document;
use crate::scalar::Scalar;
use crate::tree::{Node, Value};

/// One value and where it stands.
#[derive(Debug, Clone)]
pub struct Field<'d> {
    document: &'d Document,
    node: &'d Node,
    path: String,
}

impl<'d> Field<'d> {
    pub(crate) const fn new(document: &'d Document, node: &'d Node, path: String) -> Self {
        Self {
            document,
            node,
            path,
        }
    }

    pub(crate) const fn node(&self) -> (&'d Document, &'d Node) {
        (self.document, self.node)
    }

    pub(crate) const fn value(&self) -> &'d Value {
        &self.node.value
    }

    /// Where it stands, such as `layer[0].start`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Line and column where it begins, from 1; the column in characters.
    #[must_use]
    pub fn place(&self) -> (usize, usize) {
        self.document.place(self.node.at)
    }

    pub(crate) const fn at(&self) -> usize {
        self.node.at
    }

    /// Remembers where the rows of the table that stands here stand.
    pub(crate) fn rows_stand(&self, rows: Vec<(usize, String)>) {
        self.document.rows_stand(&self.path, rows);
    }

    /// Where the rows of the table here stand, when that was remembered.
    pub(crate) fn rows(&self) -> Option<Vec<(usize, String)>> {
        self.document.rows_of(&self.path)
    }

    /// Notes a fault of this value.
    pub fn fault(&self, en: impl Into<String>, zh: impl Into<String>) {
        self.document.note(self.node.at, &self.path, en, zh);
    }

    /// Notes that something else is expected, and what was found.
    pub fn expected(&self, en: &str, zh: &str) {
        let (found, found_zh) = self.found();
        self.fault(
            format!("expected {en}, found {found}"),
            format!("应为{zh}，实为{found_zh}"),
        );
    }

    /// A scalar written as text, such as an amount, a ratio or a region.
    #[must_use]
    pub fn scalar<T: Scalar>(&self) -> Option<T> {
        let text = match self.value() {
            Value::Text(text) => text,
            Value::Moment(text) if T::MAY_BE_BARE_DATE => text,
            Value::Integer(_) | Value::Float(_) if T::IS_NUMBER => {
                self.unquoted_number::<T>();
                return None;
            }
            Value::Moment(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Flag(_)
            | Value::List(_)
            | Value::Table(_) => {
                self.expected(T::EXPECTED.0, T::EXPECTED.1);
                return None;
            }
        };
        match T::read(text) {
            Ok(value) => Some(value),
            Err(why) => {
                let text = short(text);
                let mut zh = T::refused_zh(&text).map_or_else(
                    || format!("“{text}”不正确：应为{}", T::expected_zh()),
                    |refused| format!("`{}` 的值 “{text}” 不正确：{refused}", self.path),
                );
                let mut en = if why.starts_with('"') {
                    why
                } else {
                    format!("\"{text}\": {why}")
                };
                if let Some(meant) = T::meant(&text) {
                    en = format!("{en}; write \"{meant}\"");
                    zh = format!("{zh}；请写 \"{meant}\"");
                }
                self.fault(en, zh);
                None
            }
        }
    }

    fn unquoted_number<T: Scalar>(&self) {
        let (number, _) = self.found();
        let digits = number.trim_start_matches("the number ");
        if let Some(meant) = T::meant(digits) {
            self.fault(
                format!("a number without quotes is not read, and {digits} is no ratio from 0 to 1; write \"{meant}\""),
                format!("不加引号的数字不予读取，且 {digits} 不是 0 至 1 的比例，请写 \"{meant}\""),
            );
            return;
        }
        self.fault(
            format!(
                "a number without quotes is not read; write {}",
                T::EXPECTED.0
            ),
            format!("不加引号的数字不予读取，请写成{}", T::EXPECTED.1),
        );
    }

    /// A whole number within a range.
    #[must_use]
    pub fn integer<T: TryFrom<i64>>(&self, range: RangeInclusive<i64>) -> Option<T> {
        let (least, most) = (range.start(), range.end());
        let en = format!("a whole number from {least} to {most}");
        let zh = format!(" {least} 至 {most} 的整数");
        let Value::Integer(Some(number)) = self.value() else {
            self.expected(&en, &zh);
            return None;
        };
        if !range.contains(number) {
            self.fault(
                format!("{number} is out of range: expected {en}"),
                format!("{number} 超出范围：应为{zh}"),
            );
            return None;
        }
        T::try_from(*number).ok()
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        if let Value::Flag(flag) = self.value() {
            return Some(*flag);
        }
        self.expected("true or false", " true 或 false");
        None
    }

    /// The values of a list; a value that is no list stands for a list of one.
    #[must_use]
    pub fn one_or_many(&self) -> Vec<Self> {
        let Value::List(items) = self.value() else {
            return vec![self.clone()];
        };
        items
            .iter()
            .enumerate()
            .map(|(at, node)| Self::new(self.document, node, format!("{}[{at}]", self.path)))
            .collect()
    }

    /// The scalars of a list, or the only one.
    #[must_use]
    pub fn scalars<T: Scalar>(&self) -> Vec<T> {
        self.one_or_many().iter().filter_map(Self::scalar).collect()
    }

    /// Whether it is a list.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.value(), Value::List(_))
    }

    /// Whether it is a table.
    #[must_use]
    pub const fn is_table(&self) -> bool {
        matches!(self.value(), Value::Table(_))
    }

    /// The text, when it is one; no fault otherwise.
    #[must_use]
    pub fn as_text(&self) -> Option<&'d str> {
        if let Value::Text(text) = self.value() {
            Some(text)
        } else {
            None
        }
    }

    fn found(&self) -> (String, String) {
        match self.value() {
            Value::Text(text) => (format!("\"{}\"", short(text)), format!("“{}”", short(text))),
            Value::Integer(Some(number)) => (number.to_string(), number.to_string()),
            Value::Integer(None) => (
                "a number out of range".to_owned(),
                "超出范围的数".to_owned(),
            ),
            Value::Float(float) => (format!("the number {float}"), format!("数字 {float}")),
            Value::Flag(flag) => (flag.to_string(), flag.to_string()),
            Value::Moment(moment) => (format!("the date {moment}"), format!("日期 {moment}")),
            Value::List(_) => ("a list".to_owned(), "列表".to_owned()),
            Value::Table(_) => ("a table".to_owned(), "表".to_owned()),
        }
    }
}

/// As much of a text as a fault quotes.
fn short(text: &str) -> String {
    text.chars()
        .take(64)
        .collect::<String>()
        .escape_debug()
        .to_string()
}
