//! A TOML document as a tree that knows where everything stands.
//!
//! The tree owns its texts, keeps keys in the order written, and remembers which keys a reader asked
//! for, so that what nobody asked for can be reported. It checks syntax and nesting, nothing else.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// The deepest nesting of tables and lists; real documents need six.
const DEPTH_AT_MOST: usize = 16;

/// The longest document, in bytes, of which every fault of syntax is looked for: that of policies.
const RECOVERED_AT_MOST: usize = 1024 * 1024;

/// One value and where it begins.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(Option<i64>),
    Float(String),
    Flag(bool),
    Moment(String),
    List(Vec<Node>),
    Table(Table),
}

/// Keys and values in the order written.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
    /// Whether a reader looked into the table at all.
    pub(crate) opened: Cell<bool>,
    /// Every key a reader asked for, present or not.
    pub(crate) asked: RefCell<BTreeSet<String>>,
}

/// One key of a table.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_at: usize,
    pub(crate) node: Node,
}

/// A fault of syntax: an offset and what the parser says.
#[derive(Debug)]
pub(crate) struct SyntaxFault {
    pub(crate) at: usize,
    pub(crate) message: String,
    rest: Rest,
}

/// What is known of a document beside a fault of its syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// What stands around it was read.
    Read,
    /// Nothing: reading ended there.
    Unread,
}

impl SyntaxFault {
    /// A repeated key leaves the rest of the tree as good as it was; any other fault does not.
    pub(crate) fn is_repetition(&self) -> bool {
        self.rest == Rest::Read && self.message.starts_with("duplicate key")
    }
}

/// Parses a document; the tree is what could be recovered when there are faults. Of a long document only the
/// first fault is looked for: each one that is kept takes more room than the text that it is about.
pub(crate) fn parse(text: &str) -> (Node, Vec<SyntaxFault>) {
    let fault = |error: &Error, rest: Rest| SyntaxFault {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
        rest,
    };
    let (root, mut faults) = if text.len() > RECOVERED_AT_MOST {
        match DeTable::parse(text) {
            Ok(root) => (root, Vec::new()),
            Err(error) => {
                let nothing = Spanned::new(0..0, DeTable::new());
                (nothing, vec![fault(&error, Rest::Unread)])
            }
        }
    } else {
        let (root, errors) = DeTable::parse_recoverable(text);
        let faults = errors.iter().map(|error| fault(error, Rest::Read));
        (root, faults.collect())
    };
    let root = Node {
        at: 0,
        value: Value::Table(table(root.get_ref(), 1, &mut faults)),
    };
    (root, faults)
}

fn table(source: &DeTable<'_>, depth: usize, faults: &mut Vec<SyntaxFault>) -> Table {
    let mut entries: Vec<Entry> = source
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_at: key.span().start,
            node: node(value, depth, faults),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_at);
    Table {
        entries,
        opened: Cell::new(false),
        asked: RefCell::new(BTreeSet::new()),
    }
}

fn node(source: &Spanned<DeValue<'_>>, depth: usize, faults: &mut Vec<SyntaxFault>) -> Node {
    let at = source.span().start;
    let deeper = depth.saturating_add(1);
    if deeper > DEPTH_AT_MOST {
        let message = format!("nested more than {DEPTH_AT_MOST} deep");
        if faults.last().is_none_or(|fault| fault.message != message) {
            faults.push(SyntaxFault {
                at,
                message,
                rest: Rest::Read,
            });
        }
        return Node {
            at,
            value: Value::List(Vec::new()),
        };
    }
    let value = match source.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(digits) => {
            Value::Integer(i64::from_str_radix(digits.as_str(), digits.radix()).ok())
        }
        DeValue::Float(float) => Value::Float(float.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node(item, deeper, faults))
                .collect(),
        ),
        DeValue::Table(entries) => Value::Table(table(entries, deeper, faults)),
    };
    Node { at, value }
}

impl Table {
    /// Looks a key up and remembers that it is known.
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.opened.set(true);
        if !self.asked.borrow().contains(key) {
            self.asked.borrow_mut().insert(key.to_owned());
        }
        self.peek(key)
    }

    /// Looks a key up without making it a known one.
    pub(crate) fn peek(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Every entry; all their keys count as known.
    pub(crate) fn all(&self) -> &[Entry] {
        self.opened.set(true);
        self.asked
            .borrow_mut()
            .extend(self.entries.iter().map(|entry| entry.key.clone()));
        &self.entries
    }
}
