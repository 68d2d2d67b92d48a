//! Bounds documents: limits set from above for the policies of regions (GRAMMAR.md, "Bounds").

use std::collections::BTreeMap;

use huitong_core::bounds::{Amount, Bounds, Draft, Extent, Limit, Passing, Rule};
use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::condition::Condition;
use huitong_core::ratio::{Coefficient, Ratio};
use huitong_core::vocabulary::{Scheme, Setting};

use crate::fault::Faults;
use crate::policy::condition::{Declared, condition, when};
use crate::reader::{BYTES_AT_MOST, Document, Field, Section};
use crate::scalar::Scalar;

/// A bounds document.
#[derive(Debug, Clone)]
pub struct BoundsDocument {
    bounds: Bounds,
}

impl BoundsDocument {
    /// Reads a bounds document; `file` names it in its faults.
    ///
    /// # Errors
    /// Every fault of the document.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Faults> {
        let document = Document::parse_bytes(file, bytes, BYTES_AT_MOST)?;
        let draft = draft(&document);
        let bounds = draft.and_then(|draft| checked(&document, draft));
        document.finish(|| Some(Self { bounds: bounds? }))
    }

    /// The limits.
    #[must_use]
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }
}

fn checked(document: &Document, draft: Draft) -> Option<Bounds> {
    if document.has_faults() {
        return None;
    }
    match Bounds::new(draft) {
        Ok(bounds) => Some(bounds),
        Err(faults) => {
            let places = document.places();
            for fault in faults {
                let place = places.find(&fault.path);
                document.note_at(place, &fault.kind.to_string(), &fault.kind.zh());
            }
            None
        }
    }
}

fn draft(document: &Document) -> Option<Draft> {
    let root = document.root();
    let kind = root.required::<KindWord>("kind");
    let title = root.required::<String>("title");
    let source = root.required::<String>("source");
    let extent = root.required::<ExtentWord>("region");
    let effective = effective(&root.section("effective"));
    let inherited = source.as_deref().unwrap_or("-");
    let _ = root.need("bound", "at least one [[bound]]", "至少一个 [[bound]]");
    let rules: Vec<_> = root
        .tables("bound")
        .iter()
        .map(|section| rule(section, inherited))
        .collect();
    let rules: Option<Vec<_>> = rules.into_iter().collect();
    kind?;
    Some(Draft {
        title: title?,
        source: source?,
        extent: extent?.0,
        effective: effective?,
        rules: rules?,
    })
}

fn effective(section: &Section<'_>) -> Option<DateInterval> {
    let from = section.required::<ServiceDate>("from");
    let until = section.optional::<ServiceDate>("until");
    match DateInterval::new(from?, until) {
        Ok(interval) => Some(interval),
        Err(error) => {
            section.fault(error.to_string(), "终止日期早于起始日期");
            None
        }
    }
}

/// Bounds know no totals.
fn nothing_declared() -> Declared {
    Declared {
        totals: BTreeMap::new(),
    }
}

fn rule(section: &Section<'_>, source: &str) -> Option<Rule> {
    let name = section.required::<Name>("name");
    let title = section.required::<String>("title");
    let source = section.or("source", source.to_owned());
    let schemes = section.any::<Scheme>("scheme");
    let settings = section.any::<Setting>("settings");
    let funds = section.some::<Fund>("funds");
    let when = when(section, &nothing_declared());
    let refuse = section.flag("refuse");
    let limit = limit(section);
    Some(Rule {
        name: name?,
        title: title?,
        source: source?,
        schemes,
        settings,
        funds: funds?,
        when: when?,
        limit: limit?,
        passing: if refuse? {
            Passing::Refused
        } else {
            Passing::Reported
        },
    })
}

const LIMITS: [&str; 6] = [
    "points_below",
    "ratio_at_least",
    "share_at_least",
    "start_at_most",
    "ceiling_at_least",
    "ceiling_at_most",
];

/// The one limit that a rule sets.
fn limit(section: &Section<'_>) -> Option<Limit> {
    let given: Vec<(&str, Field<'_>)> = LIMITS
        .iter()
        .filter_map(|key| Some((*key, section.get(key)?)))
        .collect();
    let [(key, field)] = given.as_slice() else {
        let all = LIMITS.map(|key| format!("`{key}`")).join(", ");
        section.fault(
            format!("a rule sets exactly one of {all}"),
            format!("每条规则应写明且只写明其一：{all}"),
        );
        return None;
    };
    match *key {
        "points_below" => points_below(&field.section()?),
        "ratio_at_least" => field.scalar().map(Limit::RatioAtLeast),
        "share_at_least" => {
            let section = field.section()?;
            let ratio = section.required::<Ratio>("ratio");
            let bill = section.required::<Fen>("bill");
            Some(Limit::ShareAtLeast {
                ratio: ratio?,
                bill: bill?,
            })
        }
        "start_at_most" => amount(field).map(Limit::StartAtMost),
        "ceiling_at_least" => amount(field).map(Limit::CeilingAtLeast),
        _ => amount(field).map(Limit::CeilingAtMost),
    }
}

fn points_below(section: &Section<'_>) -> Option<Limit> {
    let most = section.required::<Coefficient>("most");
    let than = section
        .need("than", "what is compared with", "比较对象")
        .map_or(Some(Condition::ALWAYS), |field| {
            condition(&field, &nothing_declared())
        });
    Some(Limit::PointsBelow {
        most: most?,
        than: than?,
    })
}

/// `"30000"`, or `{ times = "6", index = "income", at_least = "50000" }`.
fn amount(field: &Field<'_>) -> Option<Amount> {
    if !field.is_table() {
        return field.scalar().map(Amount::Fixed);
    }
    let section = field.section()?;
    let times = section.required::<Coefficient>("times");
    let index = section.required::<Name>("index");
    let at_least = section.or("at_least", Fen::ZERO);
    Some(Amount::OfIndex {
        times: times?,
        index: index?,
        at_least: at_least?,
    })
}

struct KindWord;
impl Scalar for KindWord {
    const EXPECTED: (&'static str, &'static str) = ("kind = \"bounds\"", " \"bounds\"");
    fn read(text: &str) -> Result<Self, String> {
        if text == "bounds" {
            Ok(Self)
        } else {
            Err("a bounds document says kind = \"bounds\"".to_owned())
        }
    }
}

struct ExtentWord(Extent);
impl Scalar for ExtentWord {
    const EXPECTED: (&'static str, &'static str) = (
        "\"nation\", or the first 2, 4 or 6 digits of region codes such as \"37\"",
        " \"nation\"，或统筹区代码的前 2、4、6 位，如 \"37\"",
    );
    const IS_NUMBER: bool = true;
    fn read(text: &str) -> Result<Self, String> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text {
            "nation" => Ok(Self(Extent::Nation)),
            _ if digits && [2, 4, 6].contains(&text.len()) => {
                Ok(Self(Extent::Within(text.to_owned())))
            }
            _ => Err(format!("expected {}", Self::EXPECTED.0)),
        }
    }
}

impl Scalar for Fund {
    const EXPECTED: (&'static str, &'static str) = (
        "a fund such as \"resident_pool\"",
        "基金，如 \"resident_pool\"",
    );
    fn expected_zh() -> String {
        let words: Vec<_> = Self::ALL.iter().map(|fund| fund.as_str()).collect();
        format!(" {} 之一", words.join("、"))
    }
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.to_string())
    }
}
