//! A decision from its stored inputs, as a journal keeps them.

use std::collections::BTreeMap;

use huitong_adjudication::Engine;
use huitong_core::canonical::{Artifact, decode_exact, encode_to_vec};
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::decision::Decision;
use huitong_core::policy::Policy;
use huitong_core::totals::TotalSlot;

use super::decided;
use crate::random::{Claims, Dice, document, draft};
use huitong_adjudication::Compiled;
use huitong_document::policy::PolicyDocument;

/// A decision is made again to the byte from the bytes of its inputs: the policy as published, and the
/// claim, coverage, totals and balances as a journal keeps them, by the engine that the decision names.
#[test]
fn a_stored_decision_is_made_again_to_the_byte() {
    let mut decisions = 0;
    for seed in 2_000..2_200 {
        let mut dice = Dice::new(seed);
        let (draft, scale) = draft(&mut dice);
        let published = document::text(&draft).into_bytes();
        let policy = Policy::new(draft).unwrap();
        let digest = huitong_core::digest::sha256(&published);
        let compiled = Compiled::new(policy.clone(), digest).unwrap();
        let claims = Claims::under(&policy, scale);
        for _ in 0..5 {
            let trial = claims.draw(&mut dice);
            let Ok(decision) = decided(&compiled, &trial) else {
                continue;
            };
            let stored = decision.to_bytes();
            let inputs = [
                trial.claim.to_bytes(),
                encode_to_vec(&trial.coverage),
                encode_to_vec(&trial.totals),
                encode_to_vec(&trial.balances),
            ];
            assert_eq!(again(&published, &inputs, &stored), stored, "seed {seed}");
            decisions += 1;
        }
    }
    assert!(decisions > 500, "only {decisions} claims were decided");
}

/// Nothing but bytes goes in.
fn again(published: &[u8], inputs: &[Vec<u8>; 4], decision: &[u8]) -> Vec<u8> {
    let document = PolicyDocument::parse(published).unwrap();
    let was = Decision::from_bytes(decision).unwrap();
    assert_eq!(document.digest(), was.policy);
    let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
    let claim = Claim::from_bytes(&inputs[0]).unwrap();
    let coverage: Coverage = decode_exact(&inputs[1]).unwrap();
    let totals: BTreeMap<TotalSlot, i64> = decode_exact(&inputs[2]).unwrap();
    let balances: Balances = decode_exact(&inputs[3]).unwrap();
    let engine = Engine::of(was.engine).unwrap();
    engine
        .decide(&compiled, &claim, &coverage, &totals, balances)
        .unwrap()
        .to_bytes()
}
