//! An XML file as elements with their lines, as far as a statement needs it: names of one namespace, texts and currencies.
//!
//! Elements of another namespace are left out with all that is in them: banks add their own. Nothing is fetched or
//! expanded: a document type, or an entity that XML does not have by itself, is a fault. Bytes, depth and elements are
//! bounded.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::NAMESPACE;
use super::fault::{BankFileFault, Wrong};

/// The most bytes of a file.
const BYTES_AT_MOST: usize = 64 << 20;
/// The deepest that elements lie in each other.
const DEPTH_AT_MOST: usize = 32;
/// The most elements: some hundred thousand entries.
const ELEMENTS_AT_MOST: usize = 4_000_000;

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// Its currency, where it has one.
    pub(super) currency: Option<String>,
    pub(super) line: u64,
    text: String,
    of: Vec<Element>,
}

impl Element {
    /// What stands in it, without the blanks around.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// A fault of it.
    pub(super) fn fault(&self, wrong: Wrong) -> BankFileFault {
        BankFileFault {
            line: self.line,
            place: self.name.clone(),
            wrong,
        }
    }

    /// All elements of a name directly in it.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + Clone {
        self.of.iter().filter(move |element| element.name == name)
    }

    /// The one element of a name directly in it, if there is one.
    ///
    /// # Errors
    /// There are more.
    pub(super) fn one(&self, name: &str) -> Result<Option<&Self>, BankFileFault> {
        let mut all = self.of.iter().filter(|element| element.name == name);
        let first = all.next();
        match all.next() {
            Some(second) => Err(second.fault(Wrong::Repeated)),
            None => Ok(first),
        }
    }

    /// The one element of a name directly in it.
    ///
    /// # Errors
    /// There is none, or more.
    pub(super) fn need(&self, name: &str) -> Result<&Self, BankFileFault> {
        let found = self.one(name)?;
        found.ok_or_else(|| BankFileFault {
            line: self.line,
            place: format!("{}/{name}", self.name),
            wrong: Wrong::Missing,
        })
    }
}

/// What is read so far.
struct Reading<'a> {
    text: &'a str,
    /// Up to where lines are counted, and how many.
    counted: usize,
    line: u64,
    open: Vec<Element>,
    /// So many elements of another namespace are open.
    foreign: usize,
    elements: usize,
    root: Option<Element>,
}

/// The root of a file, which is of the right namespace.
///
/// # Errors
/// [`BankFileFault`].
pub(super) fn read(bytes: &[u8]) -> Result<Element, BankFileFault> {
    let of_file = |wrong| BankFileFault {
        line: 1,
        place: "Document".to_owned(),
        wrong,
    };
    if bytes.len() > BYTES_AT_MOST {
        return Err(of_file(Wrong::TooLarge));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| of_file(Wrong::NotUtf8))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut reading = Reading {
        text,
        counted: 0,
        line: 1,
        open: Vec::new(),
        foreign: 0,
        elements: 0,
        root: None,
    };
    loop {
        let from = reader.buffer_position();
        reading.count_lines(from);
        let event = reader.read_resolved_event();
        let (namespace, event) = match event {
            Ok(event) => event,
            Err(fault) => return Err(reading.fault(Wrong::NotXml(fault.to_string()))),
        };
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.into_inner(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
        };
        match event {
            Event::Start(start) | Event::Empty(start) => reading.start(&start, namespace)?,
            Event::End(_) => reading.end(),
            Event::Text(text) => reading.text(&text.xml10_content())?,
            Event::CData(text) => reading.text(&text.xml10_content())?,
            Event::GeneralRef(of) => reading.reference(&of)?,
            Event::DocType(_) => return Err(reading.fault(Wrong::DocumentType)),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let cut = reading.fault(Wrong::NotXml(String::new()));
    let is_whole = reading.open.is_empty() && reading.foreign == 0;
    reading.root.filter(|_| is_whole).ok_or(cut)
}

impl Reading<'_> {
    fn fault(&self, wrong: Wrong) -> BankFileFault {
        let names: Vec<_> = self.open.iter().map(|open| open.name.as_str()).collect();
        BankFileFault {
            line: self.line,
            place: names.join("/"),
            wrong,
        }
    }

    fn count_lines(&mut self, to: u64) {
        let to = usize::try_from(to).unwrap_or(usize::MAX);
        let passed = self.text.get(self.counted..to).unwrap_or_default();
        let lines = passed.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u64::try_from(lines).unwrap_or(u64::MAX));
        self.counted = self.counted.max(to);
    }

    fn start(&mut self, start: &BytesStart<'_>, namespace: &str) -> Result<(), BankFileFault> {
        self.elements = self.elements.saturating_add(1);
        let depth = self.open.len().saturating_add(self.foreign);
        if self.elements > ELEMENTS_AT_MOST || depth >= DEPTH_AT_MOST {
            return Err(self.fault(Wrong::TooLarge));
        }
        let is_first = self.open.is_empty() && self.foreign == 0;
        if is_first && self.root.is_some() {
            return Err(self.fault(Wrong::Repeated));
        }
        if is_first && namespace != NAMESPACE {
            return Err(self.fault(Wrong::Namespace(namespace.to_owned())));
        }
        if self.foreign > 0 || namespace != NAMESPACE {
            self.foreign = self.foreign.saturating_add(1);
            return Ok(());
        }
        let mut currency = None;
        for attribute in start.attributes() {
            let attribute =
                attribute.map_err(|fault| self.fault(Wrong::NotXml(fault.to_string())))?;
            if attribute.key.into_inner() == "Ccy" {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                let value = value.map_err(|fault| self.fault(Wrong::NotXml(fault.to_string())))?;
                currency = Some(value.into_owned());
            }
        }
        self.open.push(Element {
            name: start.local_name().into_inner().to_owned(),
            currency,
            line: self.line,
            text: String::new(),
            of: Vec::new(),
        });
        Ok(())
    }

    /// That the names of beginning and end are the same was held by the reader.
    fn end(&mut self) {
        if self.foreign > 0 {
            self.foreign = self.foreign.saturating_sub(1);
            return;
        }
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.of.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), BankFileFault> {
        if self.foreign > 0 {
            return Ok(());
        }
        match self.open.last_mut() {
            Some(open) => open.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.fault(Wrong::NotXml(text.trim().chars().take(20).collect()))),
        }
        Ok(())
    }

    fn reference(&mut self, of: &BytesRef<'_>) -> Result<(), BankFileFault> {
        let letter = of.resolve_char_ref();
        let letter = letter.map_err(|fault| self.fault(Wrong::NotXml(fault.to_string())))?;
        let letter = match (letter, &*of.xml10_content()) {
            (Some(letter), _) => letter,
            (None, "amp") => '&',
            (None, "lt") => '<',
            (None, "gt") => '>',
            (None, "quot") => '"',
            (None, "apos") => '\'',
            (None, _) => return Err(self.fault(Wrong::DocumentType)),
        };
        self.text(letter.encode_utf8(&mut [0; 4]))
    }
}
