//! The tables of assistance on a year's totals.

use huitong_core::id::ActId;
use huitong_core::person::PsnNo;
use huitong_journal::Position;

use super::super::{AssistanceRow, Key, Location, Row};

/// A grant that stands, and one that was withdrawn.
pub(super) fn assistance() -> Vec<(Key, Row)> {
    let psn_no = PsnNo::parse("330200000000000001").unwrap();
    let act = |nth| ActId::from_bytes([nth; 16]);
    let row = |withdrawn: Option<u32>| {
        Row::Assistance(AssistanceRow {
            psn_no,
            on: "2023-06-01".parse().unwrap(),
            granted: Location::at(Position::START, 3),
            withdrawn: withdrawn.map(|nth| Location::at(Position::START, nth)),
        })
    };
    vec![
        (Key::Assistance(act(1)), row(Some(4))),
        (Key::Assistance(act(2)), row(None)),
        (Key::AssistanceOf(psn_no, 2023), Row::AssistanceOf(act(2))),
        (Key::AssistanceOf(psn_no, 2022), Row::AssistanceOf(act(3))),
        (Key::AssistanceAt(psn_no, 4), Row::AssistanceAt(act(1))),
        (Key::AssistanceAt(psn_no, 260), Row::AssistanceAt(act(2))),
    ]
}
