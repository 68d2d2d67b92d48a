//! A policy in the form the engine runs: names turned into places, coefficients into integers.
//!
//! Built once for each policy. Nothing is decided here; what a form means stands in `engine`. Faults that
//! would make every bill fail (an unknown total, a word that no vocabulary has) are found here.

mod condition;
mod layer;
mod names;
mod number;
mod total;

use std::collections::BTreeMap;

use huitong_core::digest::Digest;
use huitong_core::name::Name;
use huitong_core::policy::{Needs, Policy};

use crate::fault::Fault;

pub(crate) use condition::{ConditionForm, TableForm};
pub(crate) use layer::{AxisForm, LayerForm, MetForm, PayerForm, SegmentForm, UsedUpIn};
pub(crate) use names::{LABEL_BITS, Names, label_code};
pub(crate) use number::Number;
pub(crate) use total::{AddForm, TotalForm, layer_bit};

/// A policy ready to run.
///
/// Cheap to share behind an `Arc`; a node builds one for each policy digest it serves.
#[derive(Debug)]
pub struct Compiled {
    policy: Policy,
    needs: Needs,
    digest: Digest,
    names: Names,
    figures: Vec<(Name, BTreeMap<u16, i64>)>,
    totals: Vec<TotalForm>,
    layers: Vec<LayerForm>,
}

impl Compiled {
    /// Turns a policy, published under `digest`, into the form the engine runs.
    ///
    /// # Errors
    /// The first [`Fault`] that would make every bill fail.
    pub fn new(policy: Policy, digest: Digest) -> Result<Self, Fault> {
        let names = Names::of(&policy)?;
        let figures = policy
            .indexes()
            .iter()
            .map(|(name, years)| {
                (
                    *name,
                    years.iter().map(|(year, fen)| (*year, fen.get())).collect(),
                )
            })
            .collect();
        let layers = policy
            .layers()
            .iter()
            .map(|layer| {
                LayerForm::new(layer, &policy, &names).map_err(|fault| Fault::Layer {
                    layer: layer.name,
                    fault,
                })
            })
            .collect::<Result<_, _>>()?;
        let totals = policy
            .totals()
            .iter()
            .map(|rule| {
                TotalForm::new(rule, &policy, &names).map_err(|fault| Fault::Total {
                    total: rule.name,
                    fault,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            needs: policy.needs(),
            policy,
            digest,
            names,
            figures,
            totals,
            layers,
        })
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The facts that its rules read: what the home region tells of a person, and no more.
    #[must_use]
    pub const fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The digest of the bytes it was published as.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    pub(crate) const fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn totals(&self) -> &[TotalForm] {
        &self.totals
    }

    pub(crate) fn layers(&self) -> &[LayerForm] {
        &self.layers
    }

    /// A published figure for a year, by its place.
    pub(crate) fn figure(&self, place: usize, year: u16) -> Result<i64, crate::fault::RuleFault> {
        let (name, years) = self
            .figures
            .get(place)
            .ok_or_else(|| names::undeclared("index"))?;
        years
            .get(&year)
            .copied()
            .ok_or(crate::fault::RuleFault::IndexMissing { name: *name, year })
    }
}
