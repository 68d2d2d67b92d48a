//! Rows of provisional settlements, in both roles and in each state.

use huitong_core::provisional::TrueUp;

use super::*;
use crate::samples::{claim, fen, id, now};
use crate::store::{KeptRow, ProvisionalRow, ProvisionalState, SignedRow};

pub(super) fn provisional() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (person, at) = (claim.person, Location::at(Position::START, 3));
    let true_up = TrueUp::of(fen(100), fen(300), fen(50));
    let states = [
        ProvisionalState::Open,
        ProvisionalState::TruedUp(true_up),
        ProvisionalState::Borne(TrueUp::refused(fen(100), fen(900))),
        ProvisionalState::TakenBack,
    ];
    let given = (1_u8..).zip(states).map(|(nth, state)| {
        let row = ProvisionalRow {
            institution: claim.institution.code,
            request: "r-1".parse().unwrap(),
            person,
            told: fen(100),
            advanced: fen(900),
            since: now(),
            state,
        };
        (Key::Provisional(id(nth)), Row::Provisional(row.into()))
    });
    let mut rows: Vec<(Key, Row)> = given.collect();
    let usable_until = now();
    let signed = SignedRow {
        treatment: claim.treatment,
        visit: claim.visit_key(),
        usable_until,
        at,
    };
    rows.extend([
        (
            Key::ProvisionalOf(person.home, person.psn_no),
            Row::ProvisionalOf(id(1)),
        ),
        (
            Key::Kept(person.home, person.psn_no),
            Row::Kept(KeptRow { at, usable_until }),
        ),
        (Key::Signed(person.psn_no), Row::Signed(signed)),
        (Key::TruedUp(claim.treatment, id(1)), Row::TruedUp(true_up)),
    ]);
    rows
}
