//! The engine and the oracle on random bills: 20,000 whenever tests run, as many as one likes by
//! `cargo xtask oracle --bills N`.

use huitong_core::policy::Policy;

use super::random::{Claims, Dice, document, draft};
use super::shrink::{Failing, shrink};
use super::trial::{compiled, differ};

/// How many bills, from the environment of the test.
const BILLS: &str = "HUITONG_ORACLE_BILLS";
/// The first seed, from the environment of the test.
const SEED: &str = "HUITONG_ORACLE_SEED";
/// Bills under one policy.
const UNDER_ONE_POLICY: u64 = 30;
/// Failures that are made small and printed.
const SHOWN: u64 = 3;

fn asked(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect(variable))
}

/// Both engines settle every random bill to the same fen: parts, layers, totals, funds, accounts, cash and
/// the shares of lines; or refuse it for the same reason.
#[test]
fn both_engines_agree_on_random_bills() {
    let (bills, first) = (asked(BILLS, 20_000), asked(SEED, 1));
    let (mut agreed, mut differed, mut seed) = (0, 0, first);
    while agreed + differed < bills {
        let mut dice = Dice::new(seed);
        let (draft, scale) = draft(&mut dice);
        let policy = Policy::new(draft.clone()).expect("a random policy stands");
        let compiled = compiled(&policy);
        let claims = Claims::under(&policy, scale);
        for _ in 0..UNDER_ONE_POLICY.min(bills - agreed - differed) {
            let trial = claims.draw(&mut dice);
            if differ(&compiled, &trial).is_empty() {
                agreed += 1;
                continue;
            }
            differed += 1;
            if differed <= SHOWN {
                report(
                    seed,
                    Failing {
                        draft: draft.clone(),
                        trial,
                    },
                );
            }
        }
        seed += 1;
    }
    println!("{agreed} agreed, {differed} differed");
    assert_eq!(differed, 0, "seeds {first} to {}", seed - 1);
}

/// Prints a failure, made as small as it gets while its first figure stays the same.
fn report(seed: u64, failing: Failing) {
    let figure = |differences: &[String]| {
        differences
            .first()
            .and_then(|first| first.split(':').next().map(str::to_owned))
    };
    let differences = |policy: &Policy, trial: &_| differ(&compiled(policy), trial);
    let policy = Policy::new(failing.draft.clone()).unwrap();
    let was = figure(&differences(&policy, &failing.trial));
    let small = shrink(failing, |policy, trial| {
        figure(&differences(policy, trial)) == was
    });
    let policy = Policy::new(small.draft.clone()).unwrap();
    println!("seed {seed}, made small:\n{}", document::text(&small.draft));
    println!("{:#?}", small.trial);
    println!("{}\n", differences(&policy, &small.trial).join("\n"));
}
