//! The bill itself: `[amounts]` by part and tag, or `[[line]]` with the split of each line.

use std::collections::BTreeMap;

use huitong_core::bill::{LINES_AT_MOST, Parts, SplitBill, SplitLine};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::vocabulary::Part;

use crate::reader::{Field, Section};

/// Reads whichever of the two the section has.
pub(super) fn bill(section: &Section<'_>) -> Option<SplitBill> {
    let (amounts, lines) = (section.get("amounts"), section.get("line"));
    match (amounts, lines) {
        (Some(amounts), None) => by_part(&amounts),
        (None, Some(lines)) => by_line(&lines),
        (Some(_), Some(_)) | (None, None) => {
            section.fault(
                "give the bill once: [amounts] by part, or a [[line]] for each line",
                "请只用一种方式给出费用：按部分写 [amounts]，或逐行写 [[line]]",
            );
            None
        }
    }
}

/// `in = "20000"`, `"in.implant" = "5000"`.
fn by_part(field: &Field<'_>) -> Option<SplitBill> {
    let section = field.section()?;
    let mut amounts: BTreeMap<(Part, Vec<Name>), Fen> = BTreeMap::new();
    let mut sound = true;
    for (key, field) in section.entries() {
        let (bucket, amount) = (bucket(key, &field), field.scalar::<Fen>());
        let (Some(bucket), Some(amount)) = (bucket, amount) else {
            sound = false;
            continue;
        };
        if amounts.insert(bucket, amount).is_some() {
            field.fault(
                "this part with these tags is given twice",
                "同一部分和标识重复出现",
            );
        }
    }
    if sound {
        built(field, SplitBill::from_amounts(amounts))
    } else {
        None
    }
}

/// A part of the bill, and the tags after it.
fn bucket(key: &str, field: &Field<'_>) -> Option<(Part, Vec<Name>)> {
    let mut words = key.split('.');
    let part = words.next().and_then(|word| word.parse::<Part>().ok());
    let tags: Result<Vec<Name>, _> = words.map(Name::parse).collect();
    let bucket = part.zip(tags.ok()).map(|(part, tags)| (part, sorted(tags)));
    if bucket.is_none() {
        field.fault(
            "the key must be `in`, `first`, `over` or `out`, with tags after a point: \"in.implant\"",
            "键应为 `in`、`first`、`over` 或 `out`，标识写在点号之后，如 \"in.implant\"",
        );
    }
    bucket
}

fn sorted(mut tags: Vec<Name>) -> Vec<Name> {
    tags.sort();
    tags.dedup();
    tags
}

/// `[[line]]` tables, numbered from 1 unless they say otherwise.
fn by_line(field: &Field<'_>) -> Option<SplitBill> {
    let fields = field.one_or_many();
    if fields.len() > LINES_AT_MOST {
        let found = fields.len();
        field.fault(
            format!("a bill has at most {LINES_AT_MOST} lines, this one {found}"),
            format!("费用明细最多 {LINES_AT_MOST} 行，此处有 {found} 行"),
        );
        return None;
    }
    let lines: Vec<_> = fields
        .iter()
        .zip(1_u32..)
        .map(|(field, number)| line(field, number))
        .collect();
    built(
        field,
        SplitBill::new(lines.into_iter().collect::<Option<_>>()?),
    )
}

fn line(field: &Field<'_>, position: u32) -> Option<SplitLine> {
    let section = field.section()?;
    let number = section.integer_or("number", 1..=i64::from(u32::MAX), position);
    let part = |key: &str| section.or(key, Fen::ZERO);
    let (in_scope, first_pay, over_limit, out_of_scope) =
        (part("in"), part("first"), part("over"), part("out"));
    let tags = section.any::<Name>("tags");
    Some(SplitLine {
        number: number?,
        parts: Parts {
            in_scope: in_scope?,
            first_pay: first_pay?,
            over_limit: over_limit?,
            out_of_scope: out_of_scope?,
        },
        tags: sorted(tags),
    })
}

fn built(
    field: &Field<'_>,
    bill: Result<SplitBill, huitong_core::bill::BillError>,
) -> Option<SplitBill> {
    match bill {
        Ok(bill) => Some(bill),
        Err(error) => {
            field.fault(error.to_string(), "费用合计超出范围");
            None
        }
    }
}
