//! Where stored decisions come from: worked examples of the documents under `deploy/`, and random claims
//! under random policies.

use std::path::Path;

use huitong_adjudication::{Case, Compiled, Engine, facts, slots, stored_totals};
use huitong_authoring::case::Inputs;
use huitong_authoring::source::read;
use huitong_core::policy::Policy;
use huitong_document::policy::PolicyDocument;

use super::random::{Claims, Dice, document, draft};
use super::store::files;
use super::stored::Stored;

/// Folders of policy documents, below `deploy`.
const FOLDERS: [&str; 3] = ["policies", "cases", "cases/mechanisms"];
/// Tables that stand beside the documents.
const TABLES: [&str; 2] = ["published.toml", "inconsistent.toml"];
/// Seeds of random policies.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=24;
/// Random claims that are tried under each.
const CLAIMS: usize = 6;

/// Limits for policies, which are none themselves.
const BOUNDS: &str = "bounds-";

/// Every entry with the published text of its policy.
pub fn all(engine: Engine) -> Vec<(Vec<u8>, Stored)> {
    let mut all = Vec::new();
    for folder in FOLDERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../deploy")
            .join(folder);
        for file in files(&path) {
            let name = file.file_name().unwrap().to_str().unwrap();
            let is_policy = !TABLES.contains(&name) && !name.starts_with(BOUNDS);
            if name.ends_with(".toml") && is_policy {
                examples(engine, &format!("{folder}/{name}"), &file, &mut all);
            }
        }
    }
    for seed in SEEDS {
        random_claims(engine, seed, &mut all);
    }
    all
}

fn examples(engine: Engine, shown: &str, file: &Path, all: &mut Vec<(Vec<u8>, Stored)>) {
    // What is published is the text with its parts in place.
    let resolved = read(file).unwrap_or_else(|fault| panic!("{fault}"));
    let source = resolved.bytes().to_vec();
    let document = PolicyDocument::parse(&source).unwrap_or_else(|faults| panic!("{faults}"));
    let compiled = Compiled::new(document.policy().clone(), document.digest()).unwrap();
    for example in document.examples() {
        let inputs = Inputs::of(compiled.policy(), &example.bill).unwrap();
        let decision = engine.adjudicate(&compiled, &inputs.case()).unwrap();
        let name = format!("{shown}: {}", example.name);
        let entry = Stored::new(name, document.digest(), &inputs.case(), &decision);
        all.push((source.clone(), entry));
    }
}

/// Claims that are refused have no decision to store.
fn random_claims(engine: Engine, seed: u64, all: &mut Vec<(Vec<u8>, Stored)>) {
    let mut dice = Dice::new(seed);
    let (draft, scale) = draft(&mut dice);
    let source = document::text(&draft).into_bytes();
    let policy = Policy::new(draft).unwrap();
    let digest = huitong_core::digest::sha256(&source);
    let compiled = Compiled::new(policy.clone(), digest).unwrap();
    let claims = Claims::under(&policy, scale);
    for at in 0..CLAIMS {
        let trial = claims.draw(&mut dice);
        let Ok(facts) = facts(&policy, &trial.claim, &trial.coverage) else {
            continue;
        };
        let totals = stored_totals(slots(&policy, &facts, &trial.claim), &trial.totals);
        let case = Case {
            bill: &trial.claim.bill,
            facts: &facts,
            totals: &totals,
            balances: trial.balances,
            given: &trial.claim.given,
            catalogue: trial.claim.catalogue,
        };
        if let Ok(decision) = engine.adjudicate(&compiled, &case) {
            let entry = Stored::new(format!("seed {seed} claim {at}"), digest, &case, &decision);
            all.push((source.clone(), entry));
        }
    }
}
