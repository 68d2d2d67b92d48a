//! Decisions of every engine version, stored with their inputs and made again to the byte (DESIGN
//! invariant 6). `engine_1/README.md` says what is stored and how.
//!
//! Nothing stored is ever written again. `cargo xtask corpus` adds what is not stored yet: the worked
//! examples of the documents under `deploy/`, and random claims under random policies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_macros,
    missing_docs,
    unreachable_pub,
    reason = "tests stop at the first thing that is not as expected"
)]

mod pack;
#[path = "../../../adjudication/tests/oracle/random/mod.rs"]
mod random;
mod sources;
mod store;
mod stored;

use huitong_adjudication::{Engine, UnknownEngine};
use huitong_core::canonical::Artifact;
use huitong_core::decision::{Decision, EngineVersion};

use store::Store;
use stored::Stored;

/// Says that entries are to be added, from the environment of the test.
const ADD: &str = "HUITONG_CORPUS_ADD";

/// Every stored decision comes out again from its stored policy and inputs, byte for byte.
#[test]
fn every_stored_decision_is_made_again_to_the_byte() {
    for engine in Engine::ALL {
        let store = Store::of(*engine);
        assert!(
            store.entries().len() >= 200,
            "too few decisions of {engine:?} are stored"
        );
        for entry in store.entries() {
            let again = entry
                .decide(*engine, &store)
                .unwrap_or_else(|fault| panic!("{}: {fault}", entry.name));
            let was = Decision::from_bytes(&entry.decision).unwrap();
            assert_eq!(again, was, "{}", entry.name);
            assert_eq!(again.to_bytes(), entry.decision, "{}", entry.name);
        }
    }
}

/// Inputs survive their own bytes: what is stored is what was decided.
#[test]
fn inputs_are_read_back_as_they_were_stored() {
    for engine in Engine::ALL {
        let store = Store::of(*engine);
        for entry in store.entries() {
            let read = Stored::from_bytes(&entry.to_bytes()).unwrap();
            assert_eq!(&read, entry, "{}", entry.name);
        }
    }
}

/// A decision by an engine that this program does not have is not made again by another.
#[test]
fn a_decision_of_an_unknown_engine_is_refused_by_name() {
    let store = Store::of(Engine::One);
    let mut decision = Decision::from_bytes(&store.entries()[0].decision).unwrap();
    decision.engine = EngineVersion(2);
    let decision = Decision::from_bytes(&decision.to_bytes()).unwrap();
    assert_eq!(
        Engine::of(decision.engine),
        Err(UnknownEngine(EngineVersion(2)))
    );
}

/// What the documents and seeds of today give is stored under the same name with the same bytes, or is
/// not stored; when it is asked for, what is not stored is added.
#[test]
fn nothing_stored_is_written_again() {
    let engine = *Engine::ALL.last().unwrap();
    let mut store = Store::of(engine);
    let mut added = 0;
    for (source, entry) in sources::all(engine) {
        let same = |stored: &&Stored| stored.name == entry.name && stored.policy == entry.policy;
        match store.entries().iter().find(same) {
            Some(stored) => assert_eq!(stored, &entry, "stored otherwise: {}", entry.name),
            None => {
                store.add(&source, entry);
                added += 1;
            }
        }
    }
    if std::env::var_os(ADD).is_some() {
        store.write();
        println!("{added} added, {} stored", store.entries().len());
    }
}
