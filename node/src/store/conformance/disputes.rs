//! A row of every table of disputes.

use huitong_core::digest::sha256;
use huitong_core::dispute::word::SignedWord;

use super::super::{CorrectionRow, DisputeWordRow, Key, Row};

/// One of each.
pub(super) fn disputes() -> Vec<(Key, Row)> {
    let name = "330200/2026-03-001".parse().unwrap();
    let signed = SignedWord {
        bytes: vec![1, 2],
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![3; 4],
        signer: vec![vec![5]],
    };
    let correction = CorrectionRow {
        outcome: sha256(b"outcome"),
        leg: 7,
    };
    vec![
        (
            Key::DisputeWord(name, 1),
            Row::DisputeWord(DisputeWordRow { signed }),
        ),
        (Key::Correction(name), Row::Correction(correction)),
    ]
}
