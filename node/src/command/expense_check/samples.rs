//! A check as it is told, made up for tests of commands.

use huitong_core::date::BusinessDay;
use huitong_core::id::{CheckId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::vocabulary::{CheckReason, CheckStanding};

use crate::grpc::expense_check_client::CheckTold;

/// Answered by a region, settled on a day.
pub(in crate::command) fn told(
    treatment: &str,
    standing: CheckStanding,
    late: u32,
    settled_on: &str,
) -> CheckTold {
    let settled_on: BusinessDay = settled_on.parse().unwrap();
    CheckTold {
        check: CheckId::from_bytes([1; 16]),
        settlement: SettlementId::from_bytes([2; 16]),
        home: "330200".parse().unwrap(),
        treatment: treatment.parse().unwrap(),
        reason: CheckReason::Other,
        standing,
        settled_on,
        bill: Fen::new(3_200_000).unwrap(),
        paid: Vec::new(),
        asked_on: settled_on,
        take_up_on: None,
        answer_by: None,
        late,
        finding: None,
        answered_on: None,
        confirm_by: None,
        sent_back: None,
        deduction: None,
        to_send: 0,
        refusal: None,
        digest: huitong_core::digest::Digest::from_bytes([3; 32]),
        is_of_another: false,
        held: None,
    }
}
