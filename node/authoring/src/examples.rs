//! A policy's worked examples against the engine, figure by figure, to the fen.
//!
//! What the text itself says wrongly is found by `huitong-document`; here only figures are compared. A
//! layer that does not apply has taken, charged and paid nothing.

use std::collections::BTreeMap;
use std::fmt;

use huitong_adjudication::{Compiled, Fault};
use huitong_core::decision::{Decision, LayerResult};
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_document::bill::{Example, Expected};

use crate::case::decide;

/// A figure that came out otherwise than an example states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// The figure, as the example writes it: `paid.basic`, `patient_total`.
    pub figure: String,
    /// What the example states.
    pub stated: Fen,
    /// What the engine gives.
    pub given: Fen,
}

/// Why a worked example does not come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The engine gives no result.
    Refused(Fault),
    /// It gives other figures; at least one.
    Deviates(Vec<Deviation>),
}

/// One `en / 中文` sentence.
impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            figure,
            stated,
            given,
        } = self;
        write!(
            f,
            "{figure}: the example states {stated}, the rules give {given} / 示例为 {stated}，按规则应为 {given}"
        )
    }
}

/// Runs one worked example; `Ok` with the decision when every figure it states comes out.
///
/// # Errors
/// [`Failure`].
pub fn run(compiled: &Compiled, example: &Example) -> Result<Decision, Failure> {
    let decision = decide(compiled, &example.bill).map_err(Failure::Refused)?;
    let deviations = deviations(&decision, &example.expected);
    if deviations.is_empty() {
        Ok(decision)
    } else {
        Err(Failure::Deviates(deviations))
    }
}

/// Every stated figure that the decision does not have.
#[must_use]
pub fn deviations(decision: &Decision, expected: &Expected) -> Vec<Deviation> {
    let of_layers = [
        layers("base", &expected.base, decision, |layer| layer.base),
        layers("start", &expected.start, decision, |layer| layer.start),
        layers("paid", &expected.paid, decision, |layer| layer.paid),
    ];
    let of_bill = [
        ("fund_total", expected.fund_total, decision.fund_total),
        ("own_account", expected.own_account, decision.own_account),
        (
            "family_account",
            expected.family_account,
            decision.family_account,
        ),
        ("hospital", expected.hospital, decision.hospital),
        ("cash", expected.cash, decision.cash),
        (
            "patient_total",
            expected.patient_total,
            decision.patient_total,
        ),
    ];
    let of_bill = of_bill
        .into_iter()
        .filter_map(|(figure, stated, given)| Some((figure.to_owned(), stated?, given)));
    of_layers
        .into_iter()
        .flatten()
        .chain(of_bill)
        .filter(|(_, stated, given)| stated != given)
        .map(|(figure, stated, given)| Deviation {
            figure,
            stated,
            given,
        })
        .collect()
}

fn layers(
    figure: &str,
    stated: &BTreeMap<Name, Fen>,
    decision: &Decision,
    given: impl Fn(&LayerResult) -> Fen,
) -> Vec<(String, Fen, Fen)> {
    let given = |name: &Name| {
        let layer = decision.layers.iter().find(|layer| layer.id == *name);
        layer.map_or(Fen::ZERO, &given)
    };
    stated
        .iter()
        .map(|(name, fen)| (format!("{figure}.{name}"), *fen, given(name)))
        .collect()
}
