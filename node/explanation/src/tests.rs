//! What is read of a visit for an explanation is what the engine read: conditions, starts, weights, totals.

use huitong_adjudication::Compiled;
use huitong_authoring::case::Inputs;
use huitong_authoring::examples::run;
use huitong_core::decision::{SkipReason, Step};
use huitong_core::money::Fen;
use huitong_core::policy::fact::NumberFact;
use huitong_core::policy::layer::Axis;
use huitong_document::policy::PolicyDocument;
use rust_decimal::Decimal;

use super::*;
use standing::Moment;

const DOCUMENTS: [&str; 6] = [
    include_str!("../../../proto/document/tests/fixtures/good/every_construct.toml"),
    include_str!("../../../deploy/policies/beijing-employee.toml"),
    include_str!("../../../deploy/policies/chongqing-resident.toml"),
    include_str!("../../../deploy/policies/ningbo-employee.toml"),
    include_str!("../../../deploy/policies/shanghai-employee.toml"),
    include_str!("../tests/explanations/every_way.toml"),
];

#[test]
fn what_is_read_again_is_what_the_engine_read() {
    let mut compared = [0_usize; 4];
    for text in DOCUMENTS {
        let document = PolicyDocument::parse(text.as_bytes()).unwrap();
        let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
        for example in document.examples() {
            let inputs = Inputs::of(document.policy(), &example.bill).unwrap();
            let case = inputs.case();
            let decision = run(&compiled, example).unwrap();
            let standing = Standing {
                policy: document.policy(),
                case: &case,
                decision: &decision,
            };
            for (place, layer) in document.policy().layers().iter().enumerate() {
                let then = |base| Moment {
                    layers_before: place,
                    base,
                };
                let is_skipped = standing.skipped(layer.name) == Some(SkipReason::When);
                let holds = standing.holds(&layer.when, then(Fen::ZERO));
                assert_eq!(holds, !is_skipped, "{}: {}", example.name, layer.name);
                compared[0] += 1;
                let Some(result) = standing.result(layer.name) else {
                    continue;
                };
                if let Axis::Total(total) = layer.axis {
                    let read = standing.number(NumberFact::Total(total), then(Fen::ZERO));
                    assert_eq!(read, Some(Decimal::from(result.before.get())));
                    compared[1] += 1;
                }
                let applied = Applied::new(standing, place, layer, result);
                for step in applied.steps() {
                    if let Step::Start { standard, .. } = step {
                        let table = &layer.start.as_ref().unwrap().amount;
                        let (_, row) = standing.row(table, then(result.base)).unwrap();
                        let read = standing.threshold(&row.value, then(result.base));
                        assert_eq!(
                            read,
                            Some(Decimal::from(standard.get())),
                            "{}",
                            example.name
                        );
                        compared[2] += 1;
                    }
                }
                let took = applied.took();
                if let Some(entries) = applied::entries(&applied, &took) {
                    assert_eq!(entries.len(), took.len());
                    compared[3] += 1;
                }
            }
        }
    }
    // Each kind of comparison was made; the figures fall only when documents lose examples.
    assert!(compared.iter().all(|count| *count >= 3), "{compared:?}");
}
