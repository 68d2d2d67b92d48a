//! One layer in the form the engine runs.

use huitong_core::fund::Fund;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::Account;
use huitong_core::policy::layer::{
    Adjustment, Axis, Bounds, Ceiling, Floor, LabelRef, Layer, Measure, MetBy, Payer, Segment,
    Start, Take,
};
use huitong_core::ratio::Ratio;
use huitong_core::vocabulary::Part;

use super::names::undeclared;
use super::number::{LinearForm, Number};
use super::{ConditionForm, LABEL_BITS, Names, TableForm, label_code, layer_bit};
use crate::exact::Exact;
use crate::fault::RuleFault;

#[derive(Debug)]
pub(crate) struct LayerForm {
    pub(crate) name: Name,
    pub(crate) label: Name,
    /// One bit for all layers of its label name.
    pub(crate) label_bit: u64,
    /// Where its label's field begins, when a take asks for it.
    pub(crate) label_shift: Option<u32>,
    pub(crate) when: ConditionForm,
    pub(crate) take: Vec<EntryForm>,
    pub(crate) axis: AxisForm,
    pub(crate) start: Option<StartForm>,
    pub(crate) measure: Measure,
    pub(crate) segments: Vec<SegmentForm>,
    pub(crate) adjustments: Vec<AdjustmentForm>,
    pub(crate) ratio_at_least: Ratio,
    pub(crate) ratio_at_most: Ratio,
    pub(crate) floor: Option<FloorForm>,
    pub(crate) ceilings: Vec<CeilingForm>,
    pub(crate) payer: PayerForm,
    /// The payer as the policy names it, for results.
    pub(crate) named_payer: Payer,
}

#[derive(Debug)]
pub(crate) struct EntryForm {
    parts: u8,
    tagged: u64,
    not_tagged: u64,
    left: Option<Vec<LabelForm>>,
    not_left: Vec<LabelForm>,
    pub(crate) weight: TableForm<Ratio>,
}

#[derive(Debug, Clone, Copy)]
struct LabelForm {
    shift: u32,
    code: u128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AxisForm {
    Visit,
    Total(usize),
}

#[derive(Debug)]
pub(crate) struct StartForm {
    pub(crate) amount: TableForm<LinearForm>,
    pub(crate) met: MetForm,
}

/// What meets a start; scope and charged starts are both read as totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetForm {
    Nothing,
    Total(usize),
}

#[derive(Debug)]
pub(crate) struct SegmentForm {
    /// `None` in the last one.
    pub(crate) to: Option<TableForm<LinearForm>>,
    pub(crate) ratio: TableForm<Ratio>,
}

/// r ↦ times·r + plus + Σ c·count.
#[derive(Debug)]
pub(crate) struct AdjustmentForm {
    pub(crate) when: ConditionForm,
    times: Exact,
    plus: Exact,
    per: Vec<(Exact, Number)>,
}

#[derive(Debug)]
pub(crate) struct FloorForm {
    pub(crate) of: Number,
    pub(crate) ratio: TableForm<Ratio>,
}

#[derive(Debug)]
pub(crate) struct CeilingForm {
    pub(crate) bounds: Bounds,
    pub(crate) amount: TableForm<Option<LinearForm>>,
    pub(crate) used_up_in: UsedUpIn,
}

/// Where a ceiling is used up (rule 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UsedUpIn {
    /// In this settlement alone.
    Settlement,
    /// On the axis: it is a position there.
    Axis,
    /// In a total.
    Total(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayerForm {
    Fund(Fund),
    Account(Account),
    Hospital,
    Given(usize),
}

impl LayerForm {
    pub(crate) fn new(layer: &Layer, policy: &Policy, names: &Names) -> Result<Self, RuleFault> {
        let axis = match layer.axis {
            Axis::Visit => AxisForm::Visit,
            Axis::Total(name) => AxisForm::Total(names.total(name)?),
        };
        let payer = match layer.payer {
            Payer::Fund(fund) => {
                Account::of(fund).map_or(PayerForm::Fund(fund), PayerForm::Account)
            }
            Payer::Hospital => PayerForm::Hospital,
            Payer::Given(name) => {
                PayerForm::Given(names.given_place(name).ok_or_else(|| undeclared(name))?)
            }
        };
        Ok(Self {
            name: layer.name,
            label: layer.label,
            label_bit: policy
                .layers()
                .iter()
                .position(|other| other.label == layer.label)
                .map_or(0, layer_bit),
            label_shift: names.label(layer.label),
            when: ConditionForm::new(&layer.when, names)?,
            take: layer
                .take
                .iter()
                .map(|take| EntryForm::new(take, names))
                .collect::<Result<_, _>>()?,
            axis,
            start: layer
                .start
                .as_ref()
                .map(|start| StartForm::new(start, names))
                .transpose()?,
            measure: layer.measure,
            segments: layer
                .segments
                .iter()
                .map(|segment| SegmentForm::new(segment, names))
                .collect::<Result<_, _>>()?,
            adjustments: layer
                .adjustments
                .iter()
                .map(|adjustment| AdjustmentForm::new(adjustment, names))
                .collect::<Result<_, _>>()?,
            ratio_at_least: layer.ratio_at_least,
            ratio_at_most: layer.ratio_at_most,
            floor: layer
                .floor
                .as_ref()
                .map(|floor| FloorForm::new(floor, names))
                .transpose()?,
            ceilings: layer
                .ceilings
                .iter()
                .map(|ceiling| CeilingForm::new(ceiling, axis, names))
                .collect::<Result<_, _>>()?,
            payer,
            named_payer: layer.payer,
        })
    }
}

pub(crate) const fn part_bit(part: Part) -> u8 {
    match part {
        Part::InScope => 1,
        Part::FirstPay => 2,
        Part::OverLimit => 4,
        Part::OutOfScope => 8,
    }
}

impl EntryForm {
    fn new(take: &Take, names: &Names) -> Result<Self, RuleFault> {
        let tags = |tags: &[Name]| tags.iter().fold(0, |bits, tag| bits | names.tag(*tag));
        let labels = |labels: &[LabelRef]| {
            labels
                .iter()
                .map(|label| LabelForm::new(*label, names))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            parts: take
                .parts
                .iter()
                .fold(0, |bits, part| bits | part_bit(*part)),
            tagged: tags(&take.tagged),
            not_tagged: tags(&take.not_tagged),
            left: if take.left.is_empty() {
                None
            } else {
                Some(labels(&take.left)?)
            },
            not_left: labels(&take.not_left)?,
            weight: TableForm::new(&take.weight, names, |ratio| Ok(*ratio))?,
        })
    }

    /// Whether a bucket of this part, these tags and these labels is taken by this entry.
    pub(crate) fn takes(&self, part: Part, tags: u64, labels: u128) -> bool {
        self.parts & part_bit(part) != 0
            && tags & self.tagged == self.tagged
            && tags & self.not_tagged == 0
            && self
                .left
                .as_ref()
                .is_none_or(|left| left.iter().any(|label| label.is_on(labels)))
            && !self.not_left.iter().any(|label| label.is_on(labels))
    }
}

impl LabelForm {
    fn new(label: LabelRef, names: &Names) -> Result<Self, RuleFault> {
        let shift = names
            .label(label.layer)
            .ok_or_else(|| undeclared(label.layer))?;
        Ok(Self {
            shift,
            code: label_code(label.left),
        })
    }

    fn is_on(self, labels: u128) -> bool {
        let field = labels.checked_shr(self.shift).unwrap_or(0);
        field & ((1 << LABEL_BITS) - 1) == self.code
    }
}

impl StartForm {
    fn new(start: &Start, names: &Names) -> Result<Self, RuleFault> {
        let met = match start.met_by {
            MetBy::Nothing => MetForm::Nothing,
            MetBy::Scope(name) | MetBy::Charged(name) => MetForm::Total(names.total(name)?),
        };
        let amount = TableForm::new(&start.amount, names, |linear| {
            LinearForm::new(linear, names)
        })?;
        Ok(Self { amount, met })
    }
}

impl SegmentForm {
    fn new(segment: &Segment, names: &Names) -> Result<Self, RuleFault> {
        let to = segment
            .to
            .as_ref()
            .map(|to| TableForm::new(to, names, |linear| LinearForm::new(linear, names)));
        let ratio = TableForm::new(&segment.ratio, names, |ratio| Ok(*ratio))?;
        Ok(Self {
            to: to.transpose()?,
            ratio,
        })
    }
}

impl AdjustmentForm {
    fn new(adjustment: &Adjustment, names: &Names) -> Result<Self, RuleFault> {
        Ok(Self {
            when: ConditionForm::new(&adjustment.when, names)?,
            times: Exact::new(adjustment.times),
            plus: Exact::new(adjustment.plus),
            per: adjustment
                .per
                .iter()
                .map(|term| {
                    let number = Number::new(term.fact, names)?;
                    Ok((Exact::new(term.coefficient), number))
                })
                .collect::<Result<_, _>>()?,
        })
    }

    /// The ratio after this change, exactly.
    pub(crate) fn apply(
        &self,
        ratio: Exact,
        read: &impl Fn(Number) -> Result<i64, RuleFault>,
    ) -> Result<Exact, RuleFault> {
        let scaled = ratio
            .times(self.times)
            .and_then(|scaled| scaled.plus(self.plus));
        let mut changed = scaled.ok_or(RuleFault::Overflow)?;
        for (coefficient, number) in &self.per {
            let term = coefficient.times_whole(read(*number)?);
            changed = term
                .and_then(|term| changed.plus(term))
                .ok_or(RuleFault::Overflow)?;
        }
        Ok(changed)
    }
}

impl FloorForm {
    fn new(floor: &Floor, names: &Names) -> Result<Self, RuleFault> {
        Ok(Self {
            of: Number::new(floor.of, names)?,
            ratio: TableForm::new(&floor.ratio, names, |ratio| Ok(*ratio))?,
        })
    }
}

impl CeilingForm {
    fn new(ceiling: &Ceiling, axis: AxisForm, names: &Names) -> Result<Self, RuleFault> {
        let used_up_in = match ceiling.total {
            None => UsedUpIn::Settlement,
            Some(name) => {
                let place = names.total(name)?;
                if axis == AxisForm::Total(place) {
                    UsedUpIn::Axis
                } else {
                    UsedUpIn::Total(place)
                }
            }
        };
        let amount = TableForm::new(&ceiling.amount, names, |linear| {
            linear
                .as_ref()
                .map(|linear| LinearForm::new(linear, names))
                .transpose()
        })?;
        Ok(Self {
            bounds: ceiling.bounds,
            amount,
            used_up_in,
        })
    }
}
