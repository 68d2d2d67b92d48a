//! `catalogue.csv`: the treatment catalogue.
//!
//! `essential` and `packages` become tags of the entry: policies ask for an essential drug (国家基本药物) and
//! for a package as for any other tag. A row with code `*`, or `*kind`, and class c says that what is not listed is out of scope.

use huitong_core::catalogue::{CatalogueEntry, CatalogueRule, ESSENTIAL_DRUG, Unlisted};
use huitong_core::catalogue_code::{CatalogueCode, CatalogueKind};
use huitong_core::date::DateInterval;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::{CatalogueClass, Grade};

use super::cell::{self, Codes};
use super::table::{Column, Lined, Need, Row, Sheet};
use crate::catalogue::overlaps;

const COLUMNS: &[Column] = &[
    ("code", Need::Required),
    ("name", Need::Optional),
    ("from", Need::Required),
    ("until", Need::Optional),
    ("class", Need::Required),
    ("first_pay", Need::Optional),
    ("limit_ungraded", Need::Optional),
    ("limit_primary", Need::Optional),
    ("limit_one", Need::Optional),
    ("limit_two", Need::Optional),
    ("limit_three", Need::Optional),
    ("restricted", Need::Optional),
    ("essential", Need::Optional),
    ("packages", Need::Optional),
    ("tags", Need::Optional),
];
const LIMITS: [(&str, Grade); 5] = [
    ("limit_ungraded", Grade::Ungraded),
    ("limit_primary", Grade::Primary),
    ("limit_one", Grade::One),
    ("limit_two", Grade::Two),
    ("limit_three", Grade::Three),
];
const TAGS_AT_MOST: usize = 16;
const PACKAGES_AT_MOST: usize = 16;

pub(super) fn read(bytes: &[u8]) -> Sheet<CatalogueRule> {
    let mut sheet = Sheet::read(bytes, COLUMNS, rule);
    let (lines, rules): (Vec<u64>, Vec<CatalogueRule>) = std::mem::take(&mut sheet.rows)
        .into_iter()
        .map(|lined| (lined.line, lined.row))
        .unzip();
    let line = |at: usize| lines.get(at).copied().unwrap_or(0);
    for overlap in overlaps(&rules) {
        let earlier = line(overlap.earlier);
        sheet.findings.add(
            line(overlap.later),
            "from",
            format!("line {earlier} speaks of the same code on the same days: end one before the other begins"),
            format!("与第 {earlier} 行为同一编码且日期重叠，请使前一条先行截止"),
        );
    }
    if sheet.count == 0 && sheet.findings.is_empty() {
        // It would replace a whole catalogue with nothing.
        sheet.findings.add(
            0,
            "",
            "there is no row under the heading",
            "表头之下没有数据行",
        );
    }
    sheet.rows = lines
        .into_iter()
        .zip(rules)
        .map(|(line, row)| Lined { line, row })
        .collect();
    sheet
}

fn rule(row: &Row<'_>) -> Option<CatalogueRule> {
    let codes = row.required("code", cell::codes);
    let name = row.or("name", String::new(), cell::text);
    let effective = row.days("from", "until");
    let class = row.required("class", cell::class);
    let first_pay = row.optional("first_pay", cell::scalar::<Ratio>);
    let limits = limits(row);
    let restricted = row.or("restricted", false, cell::yes_no);
    let tags = tags(row);
    drop(name?);
    let (effective, class) = (effective?, class?);
    let said = Said {
        first_pay: first_pay?,
        limits: limits?,
        restricted: restricted?,
        tags: tags?,
    };
    match codes? {
        Codes::One(code) => entry(row, code, effective, class, said).map(CatalogueRule::Listed),
        Codes::Unlisted(kind) => {
            unlisted(row, kind, effective, class, &said).map(CatalogueRule::Unlisted)
        }
    }
}

/// What a row says beside code, days and class.
struct Said {
    first_pay: Option<Ratio>,
    limits: Vec<(Grade, Fen)>,
    restricted: bool,
    tags: Vec<Name>,
}

/// What policies may ask for: the tags of the row, its packages, and whether it is an essential drug.
/// Ascending, each once.
fn tags(row: &Row<'_>) -> Option<Vec<Name>> {
    let own = row.list("tags", TAGS_AT_MOST, cell::scalar::<Name>);
    let packages = row.list("packages", PACKAGES_AT_MOST, cell::scalar::<Name>);
    let essential = row.or("essential", false, cell::yes_no);
    let (own, packages, essential) = (own?, packages?, essential?);
    for (column, names) in [("tags", &own), ("packages", &packages)] {
        if names.iter().any(|name| name.as_str() == ESSENTIAL_DRUG) {
            let en = "an essential drug is said in the column `essential`: yes";
            row.fault(column, en, "国家基本药物请在 `essential` 列填 yes");
            return None;
        }
    }
    let mut tags = own;
    tags.extend(packages);
    if essential {
        tags.push(Name::parse(ESSENTIAL_DRUG).ok()?);
    }
    tags.sort_unstable();
    tags.dedup();
    Some(tags)
}

fn limits(row: &Row<'_>) -> Option<Vec<(Grade, Fen)>> {
    let read = LIMITS.map(|(column, grade)| {
        let limit = row.optional(column, cell::yuan)?;
        Some(limit.map(|limit| (grade, limit)))
    });
    let read: Option<Vec<_>> = read.into_iter().collect();
    Some(read?.into_iter().flatten().collect())
}

fn entry(
    row: &Row<'_>,
    code: CatalogueCode,
    effective: DateInterval,
    class: CatalogueClass,
    said: Said,
) -> Option<CatalogueEntry> {
    let first_pay = match (class, said.first_pay) {
        (CatalogueClass::B, Some(ratio)) => ratio,
        (CatalogueClass::B, None) => {
            let en = "class b needs a ratio, such as 0.10, or 0 when nothing is borne first";
            row.fault(
                "first_pay",
                en,
                "乙类须填先行自付比例，如 0.10；无先行自付时填 0",
            );
            return None;
        }
        (CatalogueClass::A | CatalogueClass::C, None) => Ratio::ZERO,
        (CatalogueClass::A | CatalogueClass::C, Some(ratio)) => {
            if ratio != Ratio::ZERO {
                let en = "only class b has a first-pay ratio: leave the cell empty";
                row.fault("first_pay", en, "仅乙类有先行自付比例，请留空");
                return None;
            }
            ratio
        }
    };
    let (limits, restricted, tags) = (said.limits, said.restricted, said.tags);
    Some(CatalogueEntry {
        code,
        effective,
        class,
        first_pay,
        limits,
        restricted,
        tags,
    })
}

fn unlisted(
    row: &Row<'_>,
    kind: Option<CatalogueKind>,
    effective: DateInterval,
    class: CatalogueClass,
    said: &Said,
) -> Option<Unlisted> {
    let is_bare = said.first_pay.is_none_or(|ratio| ratio == Ratio::ZERO)
        && said.limits.is_empty()
        && !said.restricted
        && said.tags.is_empty();
    if class == CatalogueClass::C && is_bare {
        return Some(Unlisted { kind, effective });
    }
    let en = "what is not listed can only be class c, without first-pay, limits, restriction, essential, packages or tags";
    row.fault(
        "class",
        en,
        "未列项目只能为丙类，且不得填写先行自付、限价、限定支付、基本药物、病种包或标签",
    );
    None
}
