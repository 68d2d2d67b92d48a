//! The rules of ARCHITECTURE.md that a compiler does not keep: who may know whom, what a pure crate must
//! not name, where generated types and the index database may appear, how long a file may be, and that
//! no modules import each other in a circle; and that what SAFETY.md names is there.
//!
//! Each rule is a function from text to faults, tried on bad samples in its own file, so that a rule
//! which has stopped looking is noticed. Rules that clippy keeps (length of functions, no `unwrap`, no
//! `as`) are not repeated here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

mod circles;
mod dependencies;
mod hazards;
mod licences;
mod names;
mod sources;
mod versions;
mod workspace;

use workspace::{Workspace, none};

#[test]
fn crates_know_only_whom_they_may() {
    none(dependencies::faults(&Workspace::here().metadata));
}

#[test]
fn each_direct_dependency_has_one_version() {
    let here = Workspace::here();
    none(versions::of_direct_dependencies(
        &here.metadata,
        &versions::versions(&here.tree),
    ));
}

#[test]
fn every_other_double_is_listed_with_its_reason() {
    let here = Workspace::here();
    none(versions::not_listed(
        &versions::versions(&here.tree),
        &here.deny,
    ));
}

#[test]
fn dependencies_come_from_the_registry_under_an_allowed_licence() {
    let here = Workspace::here();
    none(licences::faults(&here.metadata, &here.deny));
}

#[test]
fn sources_keep_to_their_rooms() {
    let here = Workspace::here();
    assert!(
        here.files.len() > 50,
        "only {} files were read",
        here.files.len()
    );
    none(here.files.iter().flat_map(sources::faults).collect());
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let here = Workspace::here();
    let crates = here.crates();
    assert!(crates.len() > 10, "only {} crates were read", crates.len());
    none(
        crates
            .iter()
            .flat_map(|(name, files)| circles::faults(name, files))
            .collect(),
    );
}

#[test]
fn what_guards_a_hazard_is_there() {
    let here = Workspace::here();
    none(hazards::faults(&here.safety, &hazards::known(&here)));
}
