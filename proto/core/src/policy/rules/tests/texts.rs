//! What a policy says for people, which documents it replaces, and how long its lists may be.

use super::*;
use crate::digest::sha256;
use crate::policy::layer::AcceptedJump;

#[test]
fn a_document_is_superseded_once() {
    check(
        |draft| draft.supersedes = vec![sha256(b"one"), sha256(b"two"), sha256(b"one")],
        "supersedes[2]",
        &FaultKind::RepeatedDigest,
    );
    let many = |draft: &mut Draft| {
        draft.supersedes = (0..=limits::SUPERSEDED)
            .map(|at| sha256(&at.to_be_bytes()))
            .collect();
    };
    check(many, "supersedes", &FaultKind::TooMany(limits::SUPERSEDED));
}

#[test]
fn texts_for_people_are_there() {
    check(
        |draft| draft.layers[0].title = String::new(),
        "layer[0].title",
        &FaultKind::Text,
    );
    let jump = AcceptedJump {
        reason: "the notice says so".to_owned(),
        source: String::new(),
    };
    check(
        |draft| draft.layers[1].accepted_jump = Some(jump),
        "layer[1].accepted_jump.source",
        &FaultKind::Text,
    );
}

#[test]
fn lists_have_limits() {
    check(
        |draft| {
            let more = (0..limits::LAYERS).map(|at| layer(&format!("layer_{at}")));
            draft.layers.extend(more.collect::<Vec<_>>());
        },
        "layer",
        &FaultKind::TooMany(limits::LAYERS),
    );
}
