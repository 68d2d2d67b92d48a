//! One declared total in the form the engine runs: which layers feed it.

use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::Left;
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::vocabulary::Part;

use super::names::undeclared;
use super::{ConditionForm, Names};
use crate::fault::RuleFault;

#[derive(Debug)]
pub(crate) struct TotalForm {
    pub(crate) name: Name,
    pub(crate) when: ConditionForm,
    pub(crate) adds: Vec<AddForm>,
}

/// What is added; a layer is a bit by its place in the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddForm {
    Base(u64),
    Left(u64, Left),
    StartCharged(u64),
    Paid(u64),
    /// A part, or the whole bill, of what carries these tag bits.
    Bill(Option<Part>, u64),
    One,
    Admission,
}

impl TotalForm {
    pub(crate) fn new(rule: &TotalRule, policy: &Policy, names: &Names) -> Result<Self, RuleFault> {
        let adds = rule.adds.iter().map(|adds| {
            Ok(match adds {
                Adds::Base(name) => AddForm::Base(layer(*name, policy)?),
                Adds::Left(name, left) => AddForm::Left(layer(*name, policy)?, *left),
                Adds::StartCharged(name) => AddForm::StartCharged(layer(*name, policy)?),
                Adds::Paid(name) => AddForm::Paid(layer(*name, policy)?),
                Adds::Bill(part, tag) => AddForm::Bill(*part, tag.map_or(0, |tag| names.tag(tag))),
                Adds::One => AddForm::One,
                Adds::Admission => AddForm::Admission,
            })
        });
        Ok(Self {
            name: rule.name,
            when: ConditionForm::new(&rule.when, names)?,
            adds: adds.collect::<Result<_, _>>()?,
        })
    }
}

/// The bit of the layer of a name.
fn layer(name: Name, policy: &Policy) -> Result<u64, RuleFault> {
    let place = policy.layers().iter().position(|layer| layer.name == name);
    place.map(layer_bit).ok_or_else(|| undeclared(name))
}

/// The bit of a layer by its place.
pub(crate) fn layer_bit(place: usize) -> u64 {
    u32::try_from(place)
        .ok()
        .and_then(|place| 1_u64.checked_shl(place))
        .unwrap_or(0)
}
