//! Random layers of a policy.

use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::policy::condition::{Condition, Table};
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::{
    AcceptedJump, Adjustment, Axis, Bounds, Ceiling, Floor, LabelRef, Layer, Left, Measure, MetBy,
    Payer, Segment, Start, Take,
};
use huitong_core::policy::quantity::{Linear, Term};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;
use rust_decimal::Decimal;

use super::dice::{Dice, name, names};
use super::rules::{Declared, Position, ratio, tags};
use super::words::{GIVEN, TAGS};

pub fn layers(dice: &mut Dice, declared: &mut Declared) -> Vec<Layer> {
    let many = 1 + dice.count(5);
    let mut layers: Vec<Layer> = Vec::new();
    for at in 0..many {
        let layer = layer(dice, declared, &layers, at);
        if let Payer::Given(given) = layer.payer {
            declared.given.push(given);
        }
        layers.push(layer);
    }
    layers
}

fn layer(dice: &mut Dice, declared: &Declared, earlier: &[Layer], at: usize) -> Layer {
    let mut layer = plain(dice, declared, earlier, at);
    // A layer that shares the label of one before it, where `when` lets it.
    if let Some(before) = earlier.last()
        && !before.when.any.is_empty()
        && dice.percent(8)
    {
        let when = declared.condition(dice, Position::BeforeTake);
        let sharing = earlier.iter().filter(|other| other.label == before.label);
        let mut alternatives = sharing.flat_map(|other| &other.when.any);
        if !alternatives.any(|alternative| when.any.contains(alternative)) {
            layer.label = before.label;
            layer.when = when;
        }
    }
    let free = |given: &Name| !declared.given.contains(given);
    if let Some(given) = names(&GIVEN).into_iter().find(free)
        && dice.percent(8)
    {
        layer.payer = Payer::Given(given);
        return layer;
    }
    if !declared.amounts.is_empty() && dice.percent(35) {
        layer.axis = Axis::Total(dice.of(&declared.amounts));
    }
    layer.start = dice.maybe(60, |dice| start(dice, declared, layer.axis));
    layer.measure = dice.of(&[Measure::Absolute, Measure::AboveStart]);
    let accounts = [Fund::OwnAccount, Fund::FamilyAccount].map(Payer::Fund);
    if !accounts.contains(&layer.payer) || dice.percent(20) {
        rate(dice, declared, &mut layer);
    }
    let ceilings = dice.maybe(50, |dice| {
        dice.list(1, 3, |dice| ceiling(dice, declared, layer.axis))
    });
    layer.ceilings = ceilings.unwrap_or_default();
    layer
}

/// A layer that pays all of what it takes.
fn plain(dice: &mut Dice, declared: &Declared, earlier: &[Layer], at: usize) -> Layer {
    let called = name(&format!("layer_{at}"));
    let when = dice.maybe(20, |dice| declared.condition(dice, Position::BeforeTake));
    Layer {
        name: called,
        label: called,
        source: "a seed".to_owned(),
        when: when.unwrap_or(Condition::ALWAYS),
        take: dice.list(1, 3, |dice| take(dice, declared, earlier)),
        axis: Axis::Visit,
        start: None,
        measure: Measure::Absolute,
        segments: vec![Segment {
            to: None,
            ratio: Table::always(Ratio::ONE),
        }],
        adjustments: vec![],
        ratio_at_least: Ratio::ZERO,
        ratio_at_most: Ratio::ONE,
        floor: None,
        ceilings: vec![],
        payer: payer(dice),
        title: dice.of(&["层", called.as_str()]).to_owned(),
        accepted_jump: dice.maybe(5, |_| AcceptedJump {
            reason: "a seed".to_owned(),
            source: "a seed".to_owned(),
        }),
    }
}

/// Gives a layer segments, adjustments, bounds of its ratio and a floor.
fn rate(dice: &mut Dice, declared: &Declared, layer: &mut Layer) {
    layer.segments = segments(dice, declared, layer.axis);
    let adjustments = dice.maybe(30, |dice| {
        dice.list(1, 3, |dice| adjustment(dice, declared))
    });
    layer.adjustments = adjustments.unwrap_or_default();
    if dice.percent(15) {
        layer.ratio_at_least = ratio(dice);
    }
    if dice.percent(15) {
        layer.ratio_at_most = ratio(dice).max(layer.ratio_at_least);
    }
    layer.floor = dice.maybe(15, |dice| floor(dice, declared));
}

fn payer(dice: &mut Dice) -> Payer {
    match dice.between(0, 9) {
        0 => Payer::Fund(Fund::OwnAccount),
        1 => Payer::Fund(Fund::FamilyAccount),
        2 => Payer::Hospital,
        _ => loop {
            let payers: Vec<Fund> = Fund::ALL
                .iter()
                .copied()
                .filter(|fund| *fund != Fund::ProvisionalLoss)
                .collect();
            let fund = dice.of(&payers);
            if !fund.is_account() {
                return Payer::Fund(fund);
            }
        },
    }
}

fn take(dice: &mut Dice, declared: &Declared, earlier: &[Layer]) -> Take {
    let labels: Vec<LabelRef> = earlier
        .iter()
        .flat_map(|layer| {
            Left::ALL.iter().map(|left| LabelRef {
                layer: layer.label,
                left: *left,
            })
        })
        .collect();
    let tagged = dice.maybe(20, tags).unwrap_or_default();
    let not_tagged = dice.maybe(20, tags).unwrap_or_default();
    let left = dice
        .maybe(35, |dice| few(dice, &labels))
        .unwrap_or_default();
    let not_left = dice
        .maybe(20, |dice| few(dice, &labels))
        .unwrap_or_default();
    Take {
        parts: if dice.percent(70) {
            vec![Part::InScope]
        } else {
            dice.some(Part::ALL)
        },
        not_tagged: not_tagged
            .into_iter()
            .filter(|tag| !tagged.contains(tag))
            .collect(),
        tagged,
        not_left: not_left
            .into_iter()
            .filter(|label| !left.contains(label))
            .collect(),
        left,
        weight: if dice.percent(70) {
            Table::always(Ratio::ONE)
        } else {
            declared.table(dice, Position::BeforeTake, |_, dice| ratio(dice))
        },
    }
}

fn few<T: Copy + PartialEq>(dice: &mut Dice, choices: &[T]) -> Vec<T> {
    let mut few = Vec::new();
    if !choices.is_empty() {
        for _ in 0..=dice.count(2) {
            let one = dice.of(choices);
            if !few.contains(&one) {
                few.push(one);
            }
        }
    }
    few
}

fn on(axis: Axis) -> Position {
    match axis {
        Axis::Visit => Position::AfterTake,
        Axis::Total(_) => Position::OnAxis,
    }
}

fn start(dice: &mut Dice, declared: &Declared, axis: Axis) -> Start {
    let amount = declared.quantity(dice, on(axis));
    let met_by = match declared.amounts.as_slice() {
        [] => MetBy::Nothing,
        _ if axis != Axis::Visit || dice.percent(50) => MetBy::Nothing,
        amounts => {
            let total = dice.of(amounts);
            dice.of(&[MetBy::Scope(total), MetBy::Charged(total)])
        }
    };
    Start { amount, met_by }
}

/// Bounds ascend when they are fixed; the ones that facts move may cross, which is a fault of the claim.
fn segments(dice: &mut Dice, declared: &Declared, axis: Axis) -> Vec<Segment> {
    let mut bounds: Vec<i64> = dice.list(0, 3, |dice| declared.amount(dice).max(1));
    bounds.sort_unstable();
    bounds.dedup();
    let mut segments: Vec<Segment> = Vec::new();
    // Where facts move one bound they move all, for a fixed one must lie above a fixed one.
    let moved = dice.percent(6);
    for bound in bounds {
        let to = Table::always(if moved {
            declared.moved(dice, on(axis), bound)
        } else {
            Linear::fixed(Decimal::from(bound))
        });
        segments.push(Segment {
            to: Some(to),
            ratio: declared.ratios(dice),
        });
    }
    segments.push(Segment {
        to: None,
        ratio: declared.ratios(dice),
    });
    segments
}

fn adjustment(dice: &mut Dice, declared: &Declared) -> Adjustment {
    let (times, plus, per) = match dice.between(0, 3) {
        0 => (Decimal::ONE, Decimal::new(dice.between(-20, 10), 2), None),
        // The patient's share × c.
        1 => {
            let copay = Decimal::new(dice.between(5, 12), 1);
            (copay, Decimal::ONE - copay, None)
        }
        2 => (Decimal::ONE, Decimal::ZERO, Some(NumberFact::Age)),
        _ => (
            Decimal::new(dice.between(50, 150), 2),
            Decimal::new(dice.between(-10, 10), 3),
            dice.maybe(30, |dice| {
                dice.of(&[
                    NumberFact::YearsPaid,
                    NumberFact::Days,
                    NumberFact::Sessions,
                ])
            }),
        ),
    };
    let term = |fact| Term {
        coefficient: Decimal::new(2, 3),
        fact,
    };
    Adjustment {
        when: dice
            .maybe(60, |dice| declared.condition(dice, Position::AfterTake))
            .unwrap_or(Condition::ALWAYS),
        times,
        plus,
        per: per.into_iter().map(term).collect(),
        source: "a seed".to_owned(),
    }
}

fn floor(dice: &mut Dice, declared: &Declared) -> Floor {
    let of = match dice.between(0, 3) {
        0 | 1 => NumberFact::Base,
        2 => NumberFact::Part(
            dice.of(Part::ALL),
            dice.maybe(30, |dice| name(dice.of(&TAGS))),
        ),
        _ => NumberFact::Bill,
    };
    Floor {
        of,
        ratio: declared.ratios(dice),
    }
}

fn ceiling(dice: &mut Dice, declared: &Declared, axis: Axis) -> Ceiling {
    let bounds = dice.of(&[Bounds::Scope, Bounds::Payment, Bounds::Payment]);
    let total = match (axis, declared.amounts.as_slice()) {
        (_, []) => None,
        (Axis::Total(axis), _) if bounds == Bounds::Scope && dice.percent(50) => Some(axis),
        (_, amounts) => dice.maybe(60, |dice| dice.of(amounts)),
    };
    let total = total.filter(|total| bounds == Bounds::Scope || axis != Axis::Total(*total));
    let position = match total {
        Some(total) if axis == Axis::Total(total) => Position::OnAxis,
        _ => Position::AfterTake,
    };
    let amount = declared.table(dice, position, |declared, dice| {
        dice.maybe(90, |dice| declared.linear(dice, position))
    });
    Ceiling {
        bounds,
        amount,
        total,
    }
}
