//! Checks of layers, each by itself and among those before it.

use rust_decimal::Decimal;

use super::{Check, FaultKind, Position, RESERVED, plainly_overlap};
use crate::fund::Fund;
use crate::policy::condition::Table;
use crate::policy::fact::NumberFact;
use crate::policy::layer::{
    Axis, Bounds, Ceiling, LabelRef, Layer, MetBy, Payer, Segment, Start, Take,
};
use crate::policy::limits;
use crate::policy::path::FaultPath;
use crate::policy::quantity::{Linear, Quantity};
use crate::policy::total::Adds;
use crate::ratio::Ratio;

impl Check<'_> {
    pub(super) fn layers(&mut self) {
        let root = FaultPath::ROOT.key("layer");
        let layers = &self.draft.layers;
        if layers.is_empty() {
            self.fault(&root, FaultKind::NoLayer);
        }
        self.at_most(&root, layers.len(), limits::LAYERS);
        for (at, layer) in layers.iter().enumerate() {
            let earlier = layers.get(..at).unwrap_or_default();
            let path = root.index(at);
            self.names(&path, layer, earlier);
            self.take(&path.key("take"), layer, earlier);
            self.layer(&path, layer, earlier);
        }
    }

    fn names(&mut self, path: &FaultPath, layer: &Layer, earlier: &[Layer]) {
        for (key, name) in [("name", layer.name), ("label", layer.label)] {
            if RESERVED.contains(&name.as_str()) {
                self.fault(&path.key(key), FaultKind::ReservedName(name));
            }
        }
        if earlier.iter().any(|other| other.name == layer.name) {
            self.fault(&path.key("name"), FaultKind::RepeatedName(layer.name));
            return;
        }
        let shares = |other: &&Layer| {
            other.label == layer.label && plainly_overlap(&other.when, &layer.when)
        };
        if let Some(other) = earlier.iter().find(shares) {
            self.fault(&path.key("label"), FaultKind::SharedLabel(other.name));
        }
    }

    fn take(&mut self, path: &FaultPath, layer: &Layer, earlier: &[Layer]) {
        if layer.take.is_empty() {
            self.fault(path, FaultKind::NoTake);
        }
        self.at_most(path, layer.take.len(), limits::ROWS);
        for (at, take) in layer.take.iter().enumerate() {
            let path = path.index(at);
            self.take_entry(&path, take, earlier);
        }
    }

    fn take_entry(&mut self, path: &FaultPath, take: &Take, earlier: &[Layer]) {
        if take.parts.is_empty() {
            self.fault(&path.key("part"), FaultKind::NoTake);
        }
        let tags = take.tagged.len().saturating_add(take.not_tagged.len());
        self.at_most(path, tags, limits::TAGS);
        if take.tagged.iter().any(|tag| take.not_tagged.contains(tag)) {
            self.fault(&path.key("not_tagged"), FaultKind::Contradiction);
        }
        if take.left.iter().any(|label| take.not_left.contains(label)) {
            self.fault(&path.key("not_left"), FaultKind::Contradiction);
        }
        for (key, labels) in [("left", &take.left), ("not_left", &take.not_left)] {
            self.at_most(&path.key(key), labels.len(), limits::ROWS);
            for (at, label) in labels.iter().enumerate() {
                if !leaves(earlier, *label) {
                    self.fault(&path.key(key).index(at), FaultKind::UnknownLabel(*label));
                }
            }
        }
        self.table(
            &path.key("weight"),
            &take.weight,
            Position::BeforeTake,
            |_, _, _| {},
        );
    }

    fn layer(&mut self, path: &FaultPath, layer: &Layer, earlier: &[Layer]) {
        self.text(&path.key("title"), &layer.title);
        self.text(&path.key("source"), &layer.source);
        if let Some(jump) = &layer.accepted_jump {
            let path = path.key("accepted_jump");
            self.text(&path.key("reason"), &jump.reason);
            self.text(&path.key("source"), &jump.source);
        }
        self.condition(&path.key("when"), &layer.when, Position::BeforeTake);
        self.axis(&path.key("axis"), layer);
        let threshold = match layer.axis {
            Axis::Visit => Position::AfterTake,
            Axis::Total(_) => Position::ThresholdOnAxis,
        };
        if let Some(start) = &layer.start {
            self.start(&path.key("start"), start, layer.axis, threshold);
        }
        self.segments(&path.key("segments"), &layer.segments, threshold);
        self.adjustments(path, layer);
        if let Some(floor) = &layer.floor {
            let path = path.key("floor");
            self.number(&path.key("of"), floor.of, Position::AfterTake);
            if !matches!(
                floor.of,
                NumberFact::Base | NumberFact::Bill | NumberFact::Part(_, _)
            ) {
                self.fault(&path.key("of"), FaultKind::FloorOf(floor.of));
            }
            self.table(
                &path.key("ratio"),
                &floor.ratio,
                Position::AfterTake,
                |_, _, _| {},
            );
        }
        self.at_most(
            &path.key("ceilings"),
            layer.ceilings.len(),
            limits::SEGMENTS,
        );
        for (at, ceiling) in layer.ceilings.iter().enumerate() {
            self.ceiling(&path.key("ceilings").index(at), ceiling, layer.axis);
        }
        self.given(&path.key("payer"), layer, earlier);
    }

    fn given(&mut self, path: &FaultPath, layer: &Layer, earlier: &[Layer]) {
        if layer.payer == Payer::Fund(Fund::ProvisionalLoss) {
            self.fault(path, FaultKind::LossPays);
        }
        let Payer::Given(name) = layer.payer else {
            return;
        };
        if !is_plain(layer) {
            self.fault(path, FaultKind::GivenHasRules);
        }
        let counts_too =
            |other: &Layer| other.payer == layer.payer && plainly_overlap(&other.when, &layer.when);
        if earlier.iter().any(counts_too) {
            self.fault(path, FaultKind::RepeatedGiven(name));
        }
    }

    fn axis(&mut self, path: &FaultPath, layer: &Layer) {
        let Axis::Total(name) = layer.axis else {
            return;
        };
        self.amount_total(path, name);
        let moves = |adds: &[Adds]| adds.contains(&Adds::Base(layer.name));
        if self
            .totals
            .get(&name)
            .is_some_and(|total| !moves(&total.adds))
        {
            self.fault(path, FaultKind::AxisNotAdded(name, layer.name));
        }
    }

    fn start(&mut self, path: &FaultPath, start: &Start, axis: Axis, position: Position) {
        self.quantity(&path.key("amount"), &start.amount, position);
        for (at, row) in start.amount.rows.iter().enumerate() {
            for term in &row.value.terms {
                if term.fact.is_of_this_bill() && term.coefficient < Decimal::ZERO {
                    let path = path
                        .key("amount")
                        .index(at)
                        .key("value")
                        .key("of")
                        .key(term.fact);
                    self.fault(&path, FaultKind::FallingStart(term.fact));
                }
            }
        }
        let path = path.key("met_by");
        match start.met_by {
            MetBy::Nothing => {}
            MetBy::Scope(name) | MetBy::Charged(name) => {
                self.amount_total(&path, name);
                if axis != Axis::Visit {
                    self.fault(&path, FaultKind::MetByOnAxis);
                }
            }
        }
    }

    fn segments(&mut self, path: &FaultPath, segments: &[Segment], position: Position) {
        if segments.is_empty() {
            self.fault(path, FaultKind::NoSegment);
        }
        self.at_most(path, segments.len(), limits::SEGMENTS);
        let last = segments.len().saturating_sub(1);
        let mut below = Decimal::ZERO;
        for (at, segment) in segments.iter().enumerate() {
            let path = path.index(at);
            if segment.to.is_none() != (at == last) {
                self.fault(&path, FaultKind::OpenSegment);
            }
            if let Some(to) = &segment.to {
                self.quantity(&path.key("to"), to, position);
                if let Some(fixed) = fixed(to) {
                    if fixed <= below {
                        self.fault(&path.key("to"), FaultKind::SegmentOrder);
                    }
                    below = fixed;
                }
            }
            self.table(
                &path.key("ratio"),
                &segment.ratio,
                Position::AfterTake,
                |_, _, _| {},
            );
        }
    }

    fn adjustments(&mut self, path: &FaultPath, layer: &Layer) {
        if layer.ratio_at_least > layer.ratio_at_most {
            self.fault(&path.key("ratio_at_least"), FaultKind::BoundsOrder);
        }
        let path = path.key("adjust");
        self.at_most(&path, layer.adjustments.len(), limits::SEGMENTS);
        for (at, adjustment) in layer.adjustments.iter().enumerate() {
            let path = path.index(at);
            self.text(&path.key("why"), &adjustment.source);
            self.condition(&path.key("when"), &adjustment.when, Position::AfterTake);
            self.at_most(&path.key("per"), adjustment.per.len(), limits::SEGMENTS);
            for term in &adjustment.per {
                let path = path.key("per").key(term.fact);
                self.number(&path, term.fact, Position::AfterTake);
                if self.is_amount(term.fact) {
                    self.fault(&path, FaultKind::PerAmount(term.fact));
                }
            }
        }
    }

    fn ceiling(&mut self, path: &FaultPath, ceiling: &Ceiling, axis: Axis) {
        let key = match ceiling.bounds {
            Bounds::Scope => "scope",
            Bounds::Payment => "payment",
        };
        // A ceiling of scope on the axis itself is a position on it, as a start is.
        let on_axis = ceiling.total.is_some_and(|name| axis == Axis::Total(name));
        let position = if on_axis {
            Position::ThresholdOnAxis
        } else {
            Position::AfterTake
        };
        self.table(
            &path.key(key),
            &ceiling.amount,
            position,
            |check, path, amount| {
                if let Some(linear) = amount {
                    check.linear(path, linear, position);
                }
            },
        );
        let Some(name) = ceiling.total else { return };
        self.amount_total(&path.key("total"), name);
        if ceiling.bounds == Bounds::Payment && axis == Axis::Total(name) {
            self.fault(&path.key("total"), FaultKind::PaymentCeilingOnAxis(name));
        }
    }

    fn quantity(&mut self, path: &FaultPath, quantity: &Quantity, position: Position) {
        self.table(path, quantity, position, |check, path, linear: &Linear| {
            check.linear(path, linear, position);
        });
    }
}

/// Whether an earlier layer leaves a label.
fn leaves(earlier: &[Layer], label: LabelRef) -> bool {
    earlier.iter().any(|layer| layer.label == label.layer)
}

/// The amount of a quantity that depends on nothing.
fn fixed(quantity: &Quantity) -> Option<Decimal> {
    match quantity.rows.as_slice() {
        [row] if row.when.any.is_empty() && row.value.terms.is_empty() => Some(row.value.constant),
        [] | [_, ..] => None,
    }
}

/// Whether a layer has nothing but a take and one open segment that pays all.
fn is_plain(layer: &Layer) -> bool {
    let pays_all =
        |ratio: &Table<Ratio>| matches!(ratio.rows.as_slice(), [row] if row.value == Ratio::ONE);
    let whole =
        matches!(layer.segments.as_slice(), [only] if only.to.is_none() && pays_all(&only.ratio));
    whole
        && layer.axis == Axis::Visit
        && layer.start.is_none()
        && layer.floor.is_none()
        && layer.ceilings.is_empty()
        && layer.adjustments.is_empty()
}
