//! A policy that stands, and one change at a time that makes it fall.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::*;
use crate::date::{DateInterval, ServiceDate};
use crate::fund::Fund;
use crate::policy::condition::{Clause, Row, Table};
use crate::policy::fact::WordFact;
use crate::policy::layer::{
    Axis, Bounds, Ceiling, Floor, LabelRef, Left, Measure, MetBy, Segment, Start, Take,
};
use crate::policy::quantity::{Linear, Term};
use crate::policy::total::{Period, TotalKey};
use crate::policy::{BenefitDate, Policy, Scope};
use crate::ratio::Ratio;
use crate::region::RegionCode;
use crate::vocabulary::{Part, Scheme, Setting};

mod texts;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn fixed(fen: i64) -> Table<Linear> {
    Table::always(Linear::fixed(Decimal::from(fen)))
}

fn of(fact: NumberFact, coefficient: i64) -> Table<Linear> {
    let terms = vec![Term {
        coefficient: Decimal::from(coefficient),
        fact,
    }];
    Table::always(Linear {
        terms,
        ..Linear::fixed(Decimal::ZERO)
    })
}

fn layer(called: &str) -> Layer {
    let ratio = Table::always(Ratio::parse("0.7").unwrap());
    let take = Take {
        parts: vec![Part::InScope],
        tagged: Vec::new(),
        not_tagged: Vec::new(),
        left: Vec::new(),
        not_left: Vec::new(),
        weight: Table::always(Ratio::ONE),
    };
    Layer {
        name: name(called),
        title: called.to_owned(),
        label: name(called),
        source: "a notice".to_owned(),
        when: Condition::ALWAYS,
        take: vec![take],
        axis: Axis::Visit,
        start: Some(Start {
            amount: fixed(120_000),
            met_by: MetBy::Nothing,
        }),
        measure: Measure::Absolute,
        segments: vec![
            Segment {
                to: Some(fixed(500_000)),
                ratio: ratio.clone(),
            },
            Segment { to: None, ratio },
        ],
        adjustments: Vec::new(),
        ratio_at_least: Ratio::ZERO,
        ratio_at_most: Ratio::ONE,
        floor: None,
        ceilings: Vec::new(),
        payer: Payer::Fund(Fund::ResidentPool),
        accepted_jump: None,
    }
}

fn total(called: &str, adds: Vec<Adds>) -> TotalRule {
    TotalRule {
        name: name(called),
        adds,
        when: Condition::ALWAYS,
        period: Period::Year,
        key: TotalKey::Person,
    }
}

/// A basic layer by visit, and a critical-illness layer on a yearly axis.
fn standing() -> Draft {
    let mut severe = layer("severe");
    severe.axis = Axis::Total(name("severe"));
    severe.ceilings = vec![Ceiling {
        bounds: Bounds::Payment,
        amount: Table::always(Some(Linear::fixed(Decimal::from(40_000_000)))),
        total: Some(name("severe_paid")),
    }];
    Draft {
        title: "title".to_owned(),
        source: "source".to_owned(),
        scope: Scope {
            region: RegionCode::parse("330200").unwrap(),
            scheme: Scheme::Resident,
            settings: vec![Setting::Inpatient],
            effective: DateInterval::new(ServiceDate::parse("2023-01-01").unwrap(), None).unwrap(),
        },
        benefit_date: BenefitDate::Discharge,
        supersedes: Vec::new(),
        indexes: BTreeMap::new(),
        tiers: Vec::new(),
        tags: BTreeMap::new(),
        totals: vec![
            total("severe", vec![Adds::Base(name("severe"))]),
            total("severe_paid", vec![Adds::Paid(name("severe"))]),
            total("visits", vec![Adds::One]),
        ],
        layers: vec![layer("basic"), severe],
        provisional: None,
    }
}

/// The faults of the standing policy after one change, as `path: sentence`.
fn after(change: impl FnOnce(&mut Draft)) -> Vec<String> {
    let mut draft = standing();
    change(&mut draft);
    Policy::new(draft)
        .err()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[track_caller]
pub(super) fn check(change: impl FnOnce(&mut Draft), path: &str, kind: &FaultKind) {
    assert_eq!(after(change), [format!("{path}: {kind}")]);
    assert!(!kind.zh().is_ascii());
}

#[test]
fn the_policy_stands() {
    assert_eq!(after(|_| {}), Vec::<String>::new());
}

#[test]
fn names_and_what_they_refer_to() {
    check(
        |draft| draft.totals.push(total("visits", vec![Adds::One])),
        "totals.visits",
        &FaultKind::RepeatedName(name("visits")),
    );
    check(
        |draft| {
            draft.totals[1]
                .adds
                .push(Adds::StartCharged(name("nobody")))
        },
        "totals.severe_paid.adds[1]",
        &FaultKind::UndeclaredLayer(name("nobody")),
    );
    check(
        |draft| {
            draft.layers[0].start = Some(Start {
                amount: fixed(1),
                met_by: MetBy::Scope(name("visits")),
            })
        },
        "layer[0].start.met_by",
        &FaultKind::CountedTotal(name("visits")),
    );
    check(
        |draft| draft.layers[0].name = name("one"),
        "layer[0].name",
        &FaultKind::ReservedName(name("one")),
    );
}

#[test]
fn labels_come_from_layers_above() {
    let label = LabelRef {
        layer: name("severe"),
        left: Left::Share,
    };
    check(
        |draft| draft.layers[0].take[0].left = vec![label],
        "layer[0].take[0].left[0]",
        &FaultKind::UnknownLabel(label),
    );
    let own = LabelRef {
        layer: name("basic"),
        left: Left::Start,
    };
    assert!(after(|draft| draft.layers[1].take[0].not_left = vec![own]).is_empty());
}

#[test]
fn a_label_is_shared_only_by_layers_that_exclude_each_other() {
    let share = |draft: &mut Draft| draft.layers[1].label = name("basic");
    check(
        share,
        "layer[1].label",
        &FaultKind::SharedLabel(name("basic")),
    );
    let when = |word: &str| Condition {
        any: vec![vec![Clause::IsOneOf(
            WordFact::Setting,
            vec![word.to_owned()],
        )]],
    };
    let apart = after(|draft| {
        share(draft);
        draft.layers[0].when = when("inpatient");
        draft.layers[1].when = when("chronic");
    });
    assert!(apart.is_empty(), "{apart:?}");
}

#[test]
fn a_yearly_axis_has_thresholds_that_no_bill_moves() {
    let part = NumberFact::Part(Part::InScope, None);
    check(
        |draft| {
            draft.layers[1].start = Some(Start {
                amount: of(part, 1),
                met_by: MetBy::Nothing,
            })
        },
        "layer[1].start.amount[0].value.of.\"part.in\"",
        &FaultKind::BillFactOnAxis(part),
    );
    check(
        |draft| draft.layers[1].segments[0].to = Some(of(NumberFact::Base, 1)),
        "layer[1].segments[0].to[0].value.of.base",
        &FaultKind::BillFactOnAxis(NumberFact::Base),
    );
    check(
        |draft| draft.totals[0].adds = vec![Adds::Base(name("basic"))],
        "layer[1].axis",
        &FaultKind::AxisNotAdded(name("severe"), name("severe")),
    );
    check(
        |draft| draft.layers[1].ceilings[0].total = Some(name("severe")),
        "layer[1].ceilings[0].total",
        &FaultKind::PaymentCeilingOnAxis(name("severe")),
    );
    check(
        |draft| {
            let met_by = MetBy::Charged(name("severe_paid"));
            draft.layers[1].start = Some(Start {
                amount: fixed(1),
                met_by,
            });
        },
        "layer[1].start.met_by",
        &FaultKind::MetByOnAxis,
    );
}

#[test]
fn on_a_visit_a_start_may_follow_the_bill_upwards_only() {
    let start = |coefficient| {
        let amount = of(NumberFact::Bill, coefficient);
        move |draft: &mut Draft| {
            draft.layers[0].start = Some(Start {
                amount,
                met_by: MetBy::Nothing,
            })
        }
    };
    assert!(after(start(1)).is_empty());
    check(
        start(-1),
        "layer[0].start.amount[0].value.of.\"part.total\"",
        &FaultKind::FallingStart(NumberFact::Bill),
    );
}

#[test]
fn segments_end_open_and_ascend() {
    check(
        |draft| draft.layers[0].segments.clear(),
        "layer[0].segments",
        &FaultKind::NoSegment,
    );
    check(
        |draft| drop(draft.layers[0].segments.pop()),
        "layer[0].segments[0]",
        &FaultKind::OpenSegment,
    );
    check(
        |draft| {
            let repeated = draft.layers[0].segments[0].clone();
            draft.layers[0].segments.insert(0, repeated);
        },
        "layer[0].segments[1].to",
        &FaultKind::SegmentOrder,
    );
}

#[test]
fn facts_are_read_only_where_they_are_known() {
    let asks = |fact| Condition {
        any: vec![vec![Clause::Between {
            fact,
            at_least: Some(Decimal::ONE),
            at_most: None,
        }]],
    };
    check(
        |draft| draft.layers[0].when = asks(NumberFact::Base),
        "layer[0].when[0].base",
        &FaultKind::BaseTooEarly,
    );
    let read = NumberFact::Total(name("severe"));
    check(
        |draft| draft.totals[2].when = asks(read),
        "totals.visits.when[0].\"total.severe\"",
        &FaultKind::FactInTotal(read),
    );
    check(
        |draft| draft.layers[0].when = asks(NumberFact::Ordinal),
        "layer[0].when[0].ordinal",
        &FaultKind::NoAdmissions,
    );
    let counted = after(|draft| {
        draft.layers[0].when = asks(NumberFact::Ordinal);
        draft
            .totals
            .push(total("admissions", vec![Adds::Admission]));
    });
    assert!(counted.is_empty(), "{counted:?}");
    check(
        |draft| {
            let ratio = Table::always(Ratio::ONE);
            draft.layers[0].floor = Some(Floor {
                of: NumberFact::Age,
                ratio,
            });
        },
        "layer[0].floor.of",
        &FaultKind::FloorOf(NumberFact::Age),
    );
}

#[test]
fn tables_have_rows_that_can_be_reached() {
    let rows = |count: usize| {
        let row = Row {
            when: Condition::ALWAYS,
            value: Ratio::ONE,
        };
        move |draft: &mut Draft| draft.layers[0].take[0].weight.rows = vec![row; count]
    };
    check(rows(0), "layer[0].take[0].weight", &FaultKind::EmptyTable);
    check(
        rows(2),
        "layer[0].take[0].weight[1]",
        &FaultKind::UnreachableRow,
    );
}

#[test]
fn what_is_given_elsewhere_is_taken_as_it_is() {
    let given = |draft: &mut Draft| draft.layers[0].payer = Payer::Given(name("injury"));
    check(given, "layer[0].payer", &FaultKind::GivenHasRules);
    let plain = after(|draft| {
        given(draft);
        draft.layers[0].start = None;
        draft.layers[0].segments = vec![Segment {
            to: None,
            ratio: Table::always(Ratio::ONE),
        }];
    });
    assert!(plain.is_empty(), "{plain:?}");
    check(
        |draft| {
            for layer in &mut draft.layers {
                layer.payer = Payer::Given(name("injury"));
                layer.axis = Axis::Visit;
                layer.start = None;
                layer.ceilings.clear();
                layer.segments = vec![Segment {
                    to: None,
                    ratio: Table::always(Ratio::ONE),
                }];
            }
        },
        "layer[1].payer",
        &FaultKind::RepeatedGiven(name("injury")),
    );
}
