//! One `[[layer]]` of a policy document.

use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::policy::condition::Table;
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::policy::layer::{
    AcceptedJump, Adjustment, Axis, Bounds, Ceiling, Floor, Layer, Measure, MetBy, Payer, Segment,
    Start,
};
use huitong_core::ratio::{Coefficient, Ratio};
use rust_decimal::Decimal;

use super::condition::{Declared, when};
use super::header::title;
use super::quantity::{linear, quantity, terms};
use super::table::table;
use super::take;
use crate::reader::{Field, Section, sound};
use crate::scalar::Scalar;

/// Reads one layer; `source` stands in for one that the layer does not name.
pub(super) fn layer(section: &Section<'_>, declared: &Declared, source: &str) -> Option<Layer> {
    let name = section.required::<Name>("name");
    let label = section.get("label").map_or(name, |field| field.scalar());
    let title = title(section, name);
    let source = section.or("source", source.to_owned());
    let accepted_jump = section
        .get("accepted_jump")
        .map(|field| accepted_jump(&field));
    let condition = when(section, declared);
    let take = take::takes(section, declared);
    let axis = section.or("axis", AxisWord(Axis::Visit));
    let start = section.get("start").map(|field| start(&field, declared));
    let payer = section.required::<PayerWord>("payer").map(|word| word.0);
    let segments = segments(section, declared, payer);
    let ceilings = list(section, "ceilings", |section| ceiling(section, declared));
    let measure = measure(section, segments.as_deref(), ceilings.as_deref());
    let adjustments = list(section, "adjust", |section| adjustment(section, declared));
    let ratio_at_least = section.or("ratio_at_least", Ratio::ZERO);
    let ratio_at_most = section.or("ratio_at_most", Ratio::ONE);
    let floor = section.get("floor").map(|field| floor(&field, declared));
    Some(Layer {
        name: name?,
        title: title?,
        label: label?,
        source: source?,
        when: condition?,
        take: take?,
        axis: axis?.0,
        start: sound(start)?,
        measure: measure?,
        segments: segments?,
        adjustments: adjustments?,
        ratio_at_least: ratio_at_least?,
        ratio_at_most: ratio_at_most?,
        floor: sound(floor)?,
        ceilings: ceilings?,
        payer: payer?,
        accepted_jump: sound(accepted_jump)?,
    })
}

/// `{ reason = "…", source = "…" }`.
fn accepted_jump(field: &Field<'_>) -> Option<AcceptedJump> {
    let section = field.section()?;
    let (reason, source) = (section.required("reason"), section.required("source"));
    Some(AcceptedJump {
        reason: reason?,
        source: source?,
    })
}

/// Tables of a list that may be missing.
fn list<T>(
    section: &Section<'_>,
    key: &str,
    read: impl Fn(&Section<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(field) = section.get(key) else {
        return Some(Vec::new());
    };
    let items: Vec<_> = field
        .one_or_many()
        .iter()
        .map(|field| field.section().and_then(|section| read(&section)))
        .collect();
    items.into_iter().collect()
}

fn ratio(field: &Field<'_>, declared: &Declared) -> Option<Table<Ratio>> {
    table(field, declared, &|field| field.scalar())
}

/// `"1200"`, any quantity, or `{ amount = QUANTITY, met_by = "charged.TOTAL" }`.
fn start(field: &Field<'_>, declared: &Declared) -> Option<Start> {
    let Some(section) = field.section_with("amount") else {
        return Some(Start {
            amount: quantity(field, declared)?,
            met_by: MetBy::Nothing,
        });
    };
    let amount = section
        .get("amount")
        .and_then(|field| quantity(&field, declared));
    let met_by = section.or("met_by", MetByWord(MetBy::Nothing));
    Some(Start {
        amount: amount?,
        met_by: met_by?.0,
    })
}

/// `segments`, or `ratio` for a single open one. An account and a payment made elsewhere pay all they
/// can unless the layer says otherwise.
fn segments(
    section: &Section<'_>,
    declared: &Declared,
    payer: Option<Payer>,
) -> Option<Vec<Segment>> {
    let (short, long) = (section.get("ratio"), section.get("segments"));
    if let (Some(_), Some(long)) = (&short, &long) {
        long.fault(
            "give either `ratio` or `segments`",
            "`ratio` 与 `segments` 只能写一个",
        );
        return None;
    }
    if let Some(field) = short {
        return Some(vec![Segment {
            to: None,
            ratio: ratio(&field, declared)?,
        }]);
    }
    if long.is_some() {
        return list(section, "segments", |section| segment(section, declared));
    }
    let pays_all = match payer? {
        Payer::Fund(fund) => fund.is_account(),
        Payer::Hospital => false,
        Payer::Given(_) => true,
    };
    if pays_all {
        return Some(vec![Segment {
            to: None,
            ratio: Table::always(Ratio::ONE),
        }]);
    }
    section.need(
        "ratio",
        "`ratio = \"0.70\"`, or `segments`",
        "`ratio = \"0.70\"` 或 `segments`",
    )?;
    None
}

fn segment(section: &Section<'_>, declared: &Declared) -> Option<Segment> {
    let to = section.get("to").map(|field| quantity(&field, declared));
    let ratio = section
        .need("ratio", Ratio::EXPECTED.0, Ratio::EXPECTED.1)
        .and_then(|field| ratio(&field, declared));
    Some(Segment {
        to: sound(to)?,
        ratio: ratio?,
    })
}

/// Where bounds are measured from. It must be said where it changes a figure: with a start, and more
/// than one segment or a ceiling on scope.
fn measure(
    section: &Section<'_>,
    segments: Option<&[Segment]>,
    ceilings: Option<&[Ceiling]>,
) -> Option<Measure> {
    if let Some(field) = section.get("measure") {
        return field.scalar::<MeasureWord>().map(|word| word.0);
    }
    let bounds_scope = |ceiling: &Ceiling| ceiling.bounds == Bounds::Scope;
    let matters = segments?.len() > 1 || ceilings?.iter().any(bounds_scope);
    if section.get("start").is_some() && matters {
        section.need("measure", MeasureWord::EXPECTED.0, MeasureWord::EXPECTED.1)?;
    }
    Some(Measure::Absolute)
}

/// `times`, `plus` and `per`, or `points = "-10"`, or `copay_times = "0.8"`.
fn adjustment(section: &Section<'_>, declared: &Declared) -> Option<Adjustment> {
    let condition = when(section, declared);
    let source = section.required::<String>("why");
    let decimal = |key: &str| section.get(key).map(|field| field.scalar::<Coefficient>());
    let (times, plus, points, copay) = (
        decimal("times"),
        decimal("plus"),
        decimal("points"),
        decimal("copay_times"),
    );
    let per = section
        .get("per")
        .map(|field| terms(&field, declared, Dimension::Count));
    let affine = [&times, &plus].iter().any(|value| value.is_some()) || per.is_some();
    let forms = [affine, points.is_some(), copay.is_some()]
        .into_iter()
        .filter(|form| *form)
        .count();
    if forms != 1 {
        section.fault(
            "say one of: `times`, `plus` and `per` together, `points`, or `copay_times`",
            "请写明其一：`times`、`plus`、`per`（可合用），或 `points`，或 `copay_times`",
        );
        return None;
    }
    let (times, plus) = (sound(times)?, sound(plus)?);
    let (points, copay) = (sound(points)?, sound(copay)?);
    let (times, plus) = match (points, copay) {
        (Some(points), _) => (
            Decimal::ONE,
            points.get().checked_div(Decimal::ONE_HUNDRED)?,
        ),
        // 1 − c·(1 − r) = c·r + (1 − c).
        (None, Some(copay)) => (copay.get(), Decimal::ONE.checked_sub(copay.get())?),
        (None, None) => (
            times.map_or(Decimal::ONE, Coefficient::get),
            plus.map_or(Decimal::ZERO, Coefficient::get),
        ),
    };
    let per = sound(per)?.unwrap_or_default();
    Some(Adjustment {
        when: condition?,
        times,
        plus,
        per,
        source: source?,
    })
}

fn floor(field: &Field<'_>, declared: &Declared) -> Option<Floor> {
    let section = field.section()?;
    let of = section.or("of", NumberFact::Base);
    let ratio = section
        .need("ratio", Ratio::EXPECTED.0, Ratio::EXPECTED.1)
        .and_then(|field| ratio(&field, declared));
    Some(Floor {
        of: of?,
        ratio: ratio?,
    })
}

/// `{ payment = QUANTITY, total = "NAME" }` or `{ scope = … }`; an amount of `"none"` sets no bound.
fn ceiling(section: &Section<'_>, declared: &Declared) -> Option<Ceiling> {
    let total = section.get("total").map(|field| field.scalar::<Name>());
    let (bounds, field) = match (section.get("payment"), section.get("scope")) {
        (Some(field), None) => (Bounds::Payment, field),
        (None, Some(field)) => (Bounds::Scope, field),
        (Some(_), Some(_)) | (None, None) => {
            section.fault(
                "a ceiling bounds either `payment` or `scope`",
                "限额只能限制 `payment` 或 `scope` 之一",
            );
            return None;
        }
    };
    let amount = table(&field, declared, &|field| {
        if field.as_text() == Some("none") {
            Some(None)
        } else {
            linear(field, declared).map(Some)
        }
    });
    Some(Ceiling {
        bounds,
        amount: amount?,
        total: sound(total)?,
    })
}

/// Words that only a layer uses.
macro_rules! words {
    ($($name:ident($type:ty): $en:literal, $zh:literal, $read:expr;)+) => {
        $(
            struct $name($type);
            impl Scalar for $name {
                const EXPECTED: (&'static str, &'static str) = ($en, $zh);
                fn read(text: &str) -> Result<Self, String> {
                    let read: fn(&str) -> Option<$type> = $read;
                    read(text).map($name).ok_or_else(|| format!("expected {}", $en))
                }
            }
        )+
    };
}

words! {
    AxisWord(Axis): "\"visit\" or \"total.NAME\"", " \"visit\" 或 \"total.名称\"", |text| match text {
        "visit" => Some(Axis::Visit),
        _ => named(text, "total.").map(Axis::Total),
    };
    MeasureWord(Measure): "\"absolute\" (the start eats the lowest segment) or \"above_start\"",
        " \"absolute\"（起付线占用最低段）或 \"above_start\"", |text| match text {
        "absolute" => Some(Measure::Absolute),
        "above_start" => Some(Measure::AboveStart),
        _ => None,
    };
    MetByWord(MetBy): "\"nothing\", \"scope.TOTAL\" or \"charged.TOTAL\"",
        " \"nothing\"、\"scope.累计\" 或 \"charged.累计\"", |text| match text {
        "nothing" => Some(MetBy::Nothing),
        _ => named(text, "scope.").map(MetBy::Scope).or_else(|| named(text, "charged.").map(MetBy::Charged)),
    };
    PayerWord(Payer): "a fund such as \"resident_pool\", \"own_account\", \"family_account\", \"hospital\" or \"given.NAME\"",
        "基金（如 \"resident_pool\"）、\"own_account\"、\"family_account\"、\"hospital\" 或 \"given.名称\"", |text| match text {
        "hospital" => Some(Payer::Hospital),
        _ => Fund::parse(text).ok().map(Payer::Fund).or_else(|| named(text, "given.").map(Payer::Given)),
    };
}

fn named(text: &str, prefix: &str) -> Option<Name> {
    text.strip_prefix(prefix)
        .and_then(|name| Name::parse(name).ok())
}

impl Scalar for NumberFact {
    const EXPECTED: (&'static str, &'static str) = (
        "a number such as \"base\" or \"part.in\"",
        "数值事实，如 \"base\" 或 \"part.in\"",
    );
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|error: huitong_core::policy::fact::FactError| error.to_string())
    }
}
