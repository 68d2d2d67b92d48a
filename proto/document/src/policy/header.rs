//! The head of a policy document: title, source, scope, indexes, tiers and totals.

use std::collections::BTreeMap;

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::digest::Digest;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::fact::Dimension;
use huitong_core::policy::layer::Left;
use huitong_core::policy::tier::TierRow;
use huitong_core::policy::total::{Adds, Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Scope};
use huitong_core::vocabulary::Part;

use super::condition::{Declared, when};
use crate::reader::{Field, Section, key_name, sound};
use crate::scalar::Scalar;

/// `region`, `scheme`, `settings` and `effective`.
pub(super) fn scope(root: &Section<'_>) -> Option<Scope> {
    let region = root.required("region");
    let scheme = root.required("scheme");
    let settings = root.some("settings");
    let effective = root.section("effective");
    let from = effective.required::<ServiceDate>("from");
    let until = effective.optional::<ServiceDate>("until");
    let effective = match DateInterval::new(from?, until) {
        Ok(interval) => Some(interval),
        Err(error) => {
            effective.fault(error.to_string(), "终止日期早于起始日期");
            None
        }
    };
    Some(Scope {
        region: region?,
        scheme: scheme?,
        settings: settings?,
        effective: effective?,
    })
}

/// `benefit_date`; discharge unless the policy says otherwise.
pub(super) fn benefit_date(root: &Section<'_>) -> Option<BenefitDate> {
    root.or("benefit_date", BenefitDateWord(BenefitDate::Discharge))
        .map(|word| word.0)
}

/// `supersedes`: digests of the documents that this one replaces.
pub(super) fn supersedes(root: &Section<'_>) -> Vec<Digest> {
    root.any("supersedes")
}

/// `[indexes]`: `NAME = { 2023 = "42404" }`.
pub(super) fn indexes(root: &Section<'_>) -> BTreeMap<Name, BTreeMap<u16, Fen>> {
    let Some(section) = root.optional_section("indexes") else {
        return BTreeMap::new();
    };
    let mut indexes = BTreeMap::new();
    for (key, field) in section.entries() {
        let (name, years) = (key_name(key, &field), field.section());
        let years = years.map(|years| years.entries()).unwrap_or_default();
        let figures: BTreeMap<u16, Fen> = years
            .iter()
            .filter_map(|(year, field)| figure(year, field))
            .collect();
        if let Some(name) = name {
            indexes.insert(name, figures);
        }
    }
    indexes
}

fn figure(year: &str, field: &Field<'_>) -> Option<(u16, Fen)> {
    let number = year
        .parse::<u16>()
        .ok()
        .filter(|number| (1990..=2199).contains(number));
    if number.is_none() {
        field.fault(
            format!("`{year}` is no benefit year: use 1990 to 2199"),
            format!("`{year}` 不是待遇年度，应为 1990 至 2199"),
        );
    }
    let figure = field.scalar();
    Some((number?, figure?))
}

/// `[[tier]]` rows.
pub(super) fn tiers(root: &Section<'_>) -> Option<Vec<TierRow>> {
    let rows: Vec<_> = root.tables("tier").iter().map(tier).collect();
    rows.into_iter().collect()
}

fn tier(section: &Section<'_>) -> Option<TierRow> {
    let name = section.required::<Name>("name");
    let title = title(section, name);
    let (place, grade) = (section.any("place"), section.any("grade"));
    let (administration, kind) = (section.any("administration"), section.any("kind"));
    let networked = section.get("networked").map(|field| field.flag());
    Some(TierRow {
        place,
        grade,
        administration,
        kind,
        networked: sound(networked)?,
        tier: name?,
        title: title?,
    })
}

/// `[tags]`: `NAME = "title"`.
pub(super) fn tags(root: &Section<'_>) -> BTreeMap<Name, String> {
    let Some(section) = root.optional_section("tags") else {
        return BTreeMap::new();
    };
    let titles = section.entries().into_iter().filter_map(|(key, field)| {
        let (name, title) = (key_name(key, &field), field.scalar());
        Some((name?, title?))
    });
    titles.collect()
}

/// `title`: the name for people of what has a `name`, which stands in for it.
pub(super) fn title(section: &Section<'_>, name: Option<Name>) -> Option<String> {
    match section.get("title") {
        Some(field) => field.scalar(),
        None => name.map(|name| name.to_string()),
    }
}

/// What `[totals]` declares, by what it adds alone, so that conditions can be read after it.
pub(super) fn declared(root: &Section<'_>) -> Declared {
    let Some(section) = root.optional_section("totals") else {
        return Declared {
            totals: BTreeMap::new(),
        };
    };
    let dimension = |field: &Field<'_>| {
        let counts = |adds: &Field<'_>| matches!(adds.as_text(), Some("one" | "admission"));
        let adds = field
            .section_with("adds")
            .and_then(|section| section.get("adds"));
        match adds.map(|adds| adds.one_or_many()) {
            Some(adds) if adds.iter().all(counts) => Dimension::Count,
            Some(_) | None => Dimension::Money,
        }
    };
    let entries = section.entries();
    let totals = entries
        .iter()
        .filter_map(|(key, field)| Some((Name::parse(key).ok()?, dimension(field))));
    Declared {
        totals: totals.collect(),
    }
}

/// `[totals.NAME]` tables.
pub(super) fn totals(root: &Section<'_>, declared: &Declared) -> Option<Vec<TotalRule>> {
    let Some(section) = root.optional_section("totals") else {
        return Some(Vec::new());
    };
    let totals: Vec<_> = section
        .entries()
        .iter()
        .map(|(key, field)| total(key, field, declared))
        .collect();
    totals.into_iter().collect()
}

fn total(key: &str, field: &Field<'_>, declared: &Declared) -> Option<TotalRule> {
    let name = key_name(key, field);
    let section = field.section()?;
    let adds = section.some::<Adds>("adds");
    let condition = when(&section, declared);
    let period = section.required::<PeriodWord>("period");
    let key = section.or("key", TotalKeyWord(TotalKey::Person));
    Some(TotalRule {
        name: name?,
        adds: adds?,
        when: condition?,
        period: period?.0,
        key: key?.0,
    })
}

impl Scalar for Adds {
    const EXPECTED: (&'static str, &'static str) = (
        "\"one\", \"admission\", \"part.in\", \"part.total\", or of a layer \"LAYER.base\", \"LAYER.paid\", \"LAYER.charged\", \
         \"LAYER.start\", \"LAYER.share\", \"LAYER.above\" or \"LAYER.none\"",
        " \"one\"、\"admission\"、\"part.in\"、\"part.total\"，或某层的 \"层.base\"、\"层.paid\"、\"层.charged\"、\"层.start\"、\
         \"层.share\"、\"层.above\"、\"层.none\"",
    );
    fn read(text: &str) -> Result<Self, String> {
        adds(text).ok_or_else(|| format!("expected {}", Self::EXPECTED.0))
    }
}

fn adds(text: &str) -> Option<Adds> {
    match text {
        "one" => return Some(Adds::One),
        "admission" => return Some(Adds::Admission),
        _ => {}
    }
    let (layer, what) = text.split_once('.')?;
    if layer == "part" {
        let (part, tag) = match what.split_once('.') {
            Some((part, tag)) => (part, Some(Name::parse(tag).ok()?)),
            None => (what, None),
        };
        let part = if part == "total" {
            None
        } else {
            Some(part.parse::<Part>().ok()?)
        };
        return Some(Adds::Bill(part, tag));
    }
    let layer = Name::parse(layer).ok()?;
    match what {
        "base" => Some(Adds::Base(layer)),
        "paid" => Some(Adds::Paid(layer)),
        "charged" => Some(Adds::StartCharged(layer)),
        _ => {
            let left = Left::ALL.iter().find(|left| left.word() == what)?;
            Some(Adds::Left(layer, *left))
        }
    }
}

/// Words that only a policy's head uses.
macro_rules! words {
    ($($wrapper:ident($type:ty): $en:literal, $zh:literal, { $($word:literal => $value:expr),+ };)+) => {
        $(
            struct $wrapper($type);
            impl Scalar for $wrapper {
                const EXPECTED: (&'static str, &'static str) = ($en, $zh);
                fn read(text: &str) -> Result<Self, String> {
                    match text {
                        $($word => Ok(Self($value)),)+
                        _ => Err(format!("expected {}", $en)),
                    }
                }
            }
        )+
    };
}

words! {
    BenefitDateWord(BenefitDate): "\"discharge\", \"admission\" or \"split\"",
        " \"discharge\"、\"admission\" 或 \"split\"", {
        "discharge" => BenefitDate::Discharge, "admission" => BenefitDate::Admission,
        "split" => BenefitDate::Split
    };
    PeriodWord(Period): "\"visit\", \"episode\", \"month\", \"quarter\", \"year\", \"disease_year\" or \"life\"",
        " \"visit\"、\"episode\"、\"month\"、\"quarter\"、\"year\"、\"disease_year\" 或 \"life\"", {
        "visit" => Period::Visit, "episode" => Period::Episode, "month" => Period::Month,
        "quarter" => Period::Quarter, "year" => Period::Year, "disease_year" => Period::DiseaseYear,
        "life" => Period::Life
    };
    TotalKeyWord(TotalKey): "\"person\", \"disease\", \"package\" or \"institution\"",
        " \"person\"、\"disease\"、\"package\" 或 \"institution\"", {
        "person" => TotalKey::Person, "disease" => TotalKey::Disease, "package" => TotalKey::Package,
        "institution" => TotalKey::Institution
    };
}
