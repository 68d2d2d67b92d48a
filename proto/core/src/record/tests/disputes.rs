//! The bytes of what is journaled of disputes.

use crate::canonical::testing::golden_file;
use crate::date::Timestamp;
use crate::dispute::step::{DisputeProposed, DisputeStep, Ruling};
use crate::dispute::tests::history;
use crate::leg::Side;
use crate::money::Fen;
use crate::record::NodeRecord;
use crate::record::clearing::ClearingRecord;
use crate::record::dispute::{CorrectionBooked, DisputeWordSigned};
use crate::vocabulary::DecisionReason;

#[test]
fn records_of_disputes_keep_their_bytes() {
    let history = history();
    let at = Timestamp::from_millis(1_775_000_000_000).unwrap();
    let proposed = DisputeStep::Proposed(DisputeProposed {
        dispute: "330200/2026-03-001".parse().unwrap(),
        ruling: Ruling {
            amount: Fen::new(700).unwrap(),
            reason: DecisionReason::PartlyProven,
        },
        by: "wang.fang".parse().unwrap(),
        at,
    });
    let said = ClearingRecord::Dispute(history.steps[0].clone());
    golden_file("clearing_dispute_said", &said);
    golden_file(
        "clearing_dispute_proposed",
        &ClearingRecord::Dispute(proposed),
    );
    let outcome = history.outcome.clone().unwrap();
    golden_file(
        "clearing_dispute_signed",
        &ClearingRecord::DisputeSigned(outcome),
    );
    let signed = history.words().next().unwrap().clone();
    let signed = DisputeWordSigned { signed };
    golden_file(
        "record_dispute_word",
        &NodeRecord::DisputeWordSigned(signed),
    );
    let booked = CorrectionBooked {
        history,
        side: Side::Receivable,
        legs_from: 12,
        at,
    };
    golden_file(
        "record_correction_booked",
        &NodeRecord::CorrectionBooked(booked),
    );
}
