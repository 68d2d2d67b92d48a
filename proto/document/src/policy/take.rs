//! What a layer takes: `"in"`, or `{ part, tagged, not_tagged, left, not_left, weight }`.

use huitong_core::name::Name;
use huitong_core::policy::condition::Table;
use huitong_core::policy::layer::{LabelRef, Left, Take};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;

use super::condition::Declared;
use super::table::table;
use crate::reader::{Field, Section};
use crate::scalar::Scalar;

/// Every entry, in order; one entry stands for a list of one.
pub(super) fn takes(section: &Section<'_>, declared: &Declared) -> Option<Vec<Take>> {
    let field = section.need(
        "take",
        "what the layer takes, such as [\"in\"]",
        "纳入的费用，如 [\"in\"]",
    )?;
    let takes: Vec<_> = field
        .one_or_many()
        .iter()
        .map(|field| take(field, declared))
        .collect();
    takes.into_iter().collect()
}

fn take(field: &Field<'_>, declared: &Declared) -> Option<Take> {
    if !field.is_table() {
        return Some(Take {
            parts: vec![field.scalar::<Part>()?],
            tagged: Vec::new(),
            not_tagged: Vec::new(),
            left: Vec::new(),
            not_left: Vec::new(),
            weight: Table::always(Ratio::ONE),
        });
    }
    let section = field.section()?;
    let parts = section.some::<Part>("part");
    let tagged = section.any::<Name>("tagged");
    let not_tagged = section.any::<Name>("not_tagged");
    let left = section.any::<LabelRef>("left");
    let not_left = section.any::<LabelRef>("not_left");
    let weight = match section.get("weight") {
        Some(field) => table(&field, declared, &|field| field.scalar()),
        None => Some(Table::always(Ratio::ONE)),
    };
    Some(Take {
        parts: parts?,
        tagged,
        not_tagged,
        left,
        not_left,
        weight: weight?,
    })
}

impl Scalar for LabelRef {
    const EXPECTED: (&'static str, &'static str) = (
        "a label such as \"basic.share\" (start, share, above or none)",
        "标签，如 \"basic.share\"（start、share、above 或 none）",
    );
    fn read(text: &str) -> Result<Self, String> {
        let read = || {
            let (layer, left) = text.split_once('.')?;
            let left = Left::ALL.iter().copied().find(|kind| kind.word() == left)?;
            Some(Self {
                layer: Name::parse(layer).ok()?,
                left,
            })
        };
        read().ok_or_else(|| format!("expected {}", Self::EXPECTED.0))
    }
}
