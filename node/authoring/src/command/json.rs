//! A decision as one JSON document. Amounts are yuan as text with two decimals, ratios plain decimals as
//! text; keys stand in a fixed order. A step of the trace has `rule`, `layer` and `source` (null where the
//! step is no layer's), its operands, and `result`.

use std::io::{self, Write};

use huitong_core::decision::{
    CeilingResult, Decision, LayerResult, SegmentResult, SkipReason, Step,
};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Dimension;
use huitong_core::policy::layer::{Bounds, Payer};
use huitong_core::totals::TotalChange;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Writes a decision, with a line end.
pub(super) fn write(policy: &Policy, decision: &Decision, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &bill(policy, decision))?;
    writeln!(out)
}

/// How a payer is written in documents.
pub(super) fn payer_word(payer: Payer) -> String {
    match payer {
        Payer::Fund(fund) => fund.as_str().to_owned(),
        Payer::Hospital => "hospital".to_owned(),
        Payer::Given(name) => format!("given.{name}"),
    }
}

/// How the bounds of a ceiling are written in documents.
pub(super) const fn bounds_word(bounds: Bounds) -> &'static str {
    match bounds {
        Bounds::Scope => "scope",
        Bounds::Payment => "payment",
    }
}

/// What others gave. The `fund_total` of decisions and examples is with it.
pub(super) fn given_total(decision: &Decision) -> Fen {
    let layers = decision.layers.iter();
    let given = layers.filter(|layer| match layer.payer {
        Payer::Given(_) => true,
        Payer::Fund(_) | Payer::Hospital => false,
    });
    Fen::sum(given.map(|layer| layer.paid)).unwrap_or(Fen::ZERO)
}

/// A value, with the keys of an object in the order given.
enum Json {
    Null,
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

fn text(value: impl ToString) -> Json {
    Json::Text(value.to_string())
}

fn bill(policy: &Policy, decision: &Decision) -> Json {
    let split = &decision.split;
    let trace = decision.trace.iter().map(|taken| step(policy, taken));
    Json::Object(vec![
        ("total", text(decision.total)),
        ("out_of_scope", text(split.out_of_scope)),
        ("over_limit", text(split.over_limit)),
        ("first_pay", text(split.first_pay)),
        ("in_scope", text(split.in_scope)),
        (
            "layers",
            Json::List(decision.layers.iter().map(layer).collect()),
        ),
        ("fund_total", text(decision.fund_total)),
        ("given_total", text(given_total(decision))),
        ("account", text(decision.own_account)),
        ("family_account", text(decision.family_account)),
        ("hospital", text(decision.hospital)),
        ("cash", text(decision.cash)),
        ("patient_total", text(decision.patient_total)),
        ("trace", Json::List(trace.collect())),
    ])
}

fn layer(layer: &LayerResult) -> Json {
    let left = Json::Object(vec![
        ("start", text(layer.left.start)),
        ("share", text(layer.left.share)),
        ("above", text(layer.left.above)),
    ]);
    Json::Object(vec![
        ("id", text(layer.id)),
        ("payer", Json::Text(payer_word(layer.payer))),
        ("base", text(layer.base)),
        ("before", text(layer.before)),
        ("start", text(layer.start)),
        (
            "segments",
            Json::List(layer.segments.iter().map(segment).collect()),
        ),
        (
            "ceiling",
            layer.ceiling.as_ref().map_or(Json::Null, ceiling),
        ),
        ("left", left),
        ("paid", text(layer.paid)),
    ])
}

fn segment(segment: &SegmentResult) -> Json {
    Json::Object(vec![
        ("from", text(segment.from)),
        ("to", text(segment.to)),
        ("ratio", text(segment.ratio)),
        ("amount", text(segment.amount)),
    ])
}

fn ceiling(ceiling: &CeilingResult) -> Json {
    Json::Object(vec![
        ("bounds", text(bounds_word(ceiling.bounds))),
        ("limit", text(ceiling.limit)),
        ("room", text(ceiling.room)),
    ])
}

fn step(policy: &Policy, step: &Step) -> Json {
    let Said {
        rule,
        layer,
        operands,
        result,
    } = said(policy, step);
    let written = layer.and_then(|name| policy.layers().iter().find(|layer| layer.name == name));
    let mut entries = vec![
        ("rule", text(rule)),
        ("layer", layer.map_or(Json::Null, text)),
        (
            "source",
            written.map_or(Json::Null, |layer| text(&layer.source)),
        ),
    ];
    entries.extend(
        operands
            .into_iter()
            .map(|(key, value)| (key, Json::Text(value))),
    );
    entries.push(("result", Json::Text(result)));
    Json::Object(entries)
}

/// A step in words: its rule, whose it is, its operands and its result.
struct Said {
    rule: &'static str,
    layer: Option<Name>,
    operands: Vec<(&'static str, String)>,
    result: String,
}

/// `said!("start", layer; standard, met => charged)`: operands under their own names.
macro_rules! said {
    ($rule:literal, $layer:expr; $($operand:ident),* => $result:expr) => {
        Said {
            rule: $rule,
            layer: $layer,
            operands: vec![$((stringify!($operand), $operand.to_string())),*],
            result: $result.to_string(),
        }
    };
}

#[rustfmt::skip]
fn said(policy: &Policy, step: &Step) -> Said {
    match step {
        Step::Split { total, out_of_scope, over_limit, first_pay, in_scope } =>
            said!("split", None; total, out_of_scope, over_limit, first_pay => in_scope),
        Step::Tier { tier } => said!("tier", None; => tier),
        Step::Skipped { layer, reason } => {
            let word = match reason {
                SkipReason::When => "does_not_apply",
                SkipReason::NothingToTake => "nothing_to_take",
            };
            said!("skipped", Some(*layer); => word)
        }
        Step::Took { layer, matched, weight, taken } =>
            said!("take", Some(*layer); matched, weight => taken),
        Step::Start { layer, standard, met, charged } =>
            said!("start", Some(*layer); standard, met => charged),
        Step::Adjusted { layer, table, adjusted } =>
            said!("adjust", Some(*layer); table => adjusted),
        Step::Segment { layer, from, to, ratio, amount } =>
            said!("segment", Some(*layer); from, to, ratio => amount),
        Step::Floor { layer, of, ratio, guaranteed, extra } =>
            said!("floor", Some(*layer); of, ratio, guaranteed => extra),
        Step::Ceiling { layer, bounds, limit, room, cut } => {
            let bounds = bounds_word(*bounds);
            said!("ceiling", Some(*layer); bounds, limit, room => cut)
        }
        Step::Balance { layer, held } => said!("balance", Some(*layer); => held),
        Step::Paid { layer, payer, amount, start, share, above } => {
            let payer = payer_word(*payer);
            said!("pay", Some(*layer); payer, start, share, above => amount)
        }
        Step::Total { change } => {
            let total = change.slot.name;
            said!("total", None; total => grows_by(policy, change))
        }
        Step::Closed { fund_total, own_account, family_account, hospital, cash } => {
            let account = own_account;
            said!("close", None; fund_total, account, family_account, hospital => cash)
        }
    }
}

/// Yuan, or a plain number for a count.
fn grows_by(policy: &Policy, change: &TotalChange) -> String {
    let rule = policy
        .totals()
        .iter()
        .find(|rule| rule.name == change.slot.name);
    let money = rule.is_some_and(|rule| rule.dimension() == Dimension::Money);
    match huitong_core::money::Fen::new(change.adds) {
        Ok(fen) if money => fen.to_string(),
        Ok(_) | Err(_) => change.adds.to_string(),
    }
}
