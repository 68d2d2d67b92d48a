//! Worked examples: are there enough, does each come out, and do they show every layer paying and every
//! fact at work?

use std::collections::BTreeSet;

use huitong_adjudication::Compiled;
use huitong_core::name::Name;
use huitong_core::policy::FaultPath;
use huitong_core::policy::fact::Account;
use huitong_core::policy::layer::{Layer, Payer};
use huitong_core::ratio::Ratio;
use huitong_document::bill::Example;

use super::finding::{Finding, Kind, Said};
use super::report::Report;
use super::stated::{Optional, asked, left_out, never};
use crate::examples::{Failure, run};

/// An ordinary bill, one away from home, one at a limit.
const EXAMPLES_AT_LEAST: usize = 3;

/// Runs every example; the layers that none of them pays from are noted.
pub(super) fn check(compiled: &Compiled, examples: &[Example], report: &mut Report<'_>) {
    let mut paying: BTreeSet<Name> = BTreeSet::new();
    let mut failing = false;
    let asked = asked(compiled.policy());
    few(&asked, examples, report);
    for (at, example) in examples.iter().enumerate() {
        let mut note = |below: &str, kind: Kind| {
            let (line, column) = example.place;
            let path = format!("example[{at}]{below}");
            report.put(Finding {
                line,
                column,
                path,
                kind,
            });
        };
        let failed = match run(compiled, example) {
            Ok(decision) => {
                let layers = decision.layers.iter();
                let paid = layers.filter(|layer| !layer.paid.is_zero());
                paying.extend(paid.map(|layer| layer.id));
                continue;
            }
            Err(failure) => failure,
        };
        failing = true;
        match failed {
            Failure::Refused(fault) => {
                let fault = Said(fault);
                note("", Kind::ExampleRefused { fault });
            }
            Failure::Deviates(deviations) => {
                for deviation in deviations {
                    let kind = Kind::ExampleDeviates {
                        figure: deviation.figure,
                        stated: deviation.stated.to_string(),
                        given: deviation.given.to_string(),
                    };
                    note(".expect", kind);
                }
            }
        }
        let facts = left_out(&asked, example);
        if !facts.is_empty() {
            note("", Kind::ExampleLeavesOut { facts });
        }
    }
    // An example that does not come out shows nothing yet; mend it first.
    if failing {
        return;
    }
    let root = FaultPath::ROOT.key("layer");
    for (at, layer) in compiled.policy().layers().iter().enumerate() {
        let path = root.index(at);
        let shown = paying.contains(&layer.name) || report.has_refusal_below(&path);
        if !shown && is_to_be_shown(layer) {
            report.note(&path.key("name"), Kind::NoExamplePays {});
        }
    }
}

/// Too few examples, and facts that none of them states.
fn few(asked: &[Optional], examples: &[Example], report: &mut Report<'_>) {
    let first = FaultPath::ROOT.key("example").index(0);
    let count = examples.len();
    if count < EXAMPLES_AT_LEAST {
        let least = EXAMPLES_AT_LEAST;
        report.note(&first, Kind::FewExamples { count, least });
    }
    if !examples.is_empty() {
        for facts in never(asked, examples) {
            report.note(&first, Kind::NeverStated { facts });
        }
    }
}

/// Whether a layer has figures of its own: not an account that pays what it can, nor one that never pays.
fn is_to_be_shown(layer: &Layer) -> bool {
    let account = match layer.payer {
        Payer::Fund(fund) => Account::of(fund).is_some(),
        Payer::Hospital | Payer::Given(_) => false,
    };
    let never = layer.adjustments.is_empty()
        && layer.floor.is_none()
        && layer
            .segments
            .iter()
            .flat_map(|segment| &segment.ratio.rows)
            .all(|row| row.value == Ratio::ZERO);
    !account && !never
}
