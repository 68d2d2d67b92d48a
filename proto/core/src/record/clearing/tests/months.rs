//! The bytes of the order to pay a month.

use std::collections::BTreeSet;

use super::*;

#[test]
fn golden_bytes_of_the_order_to_pay_a_month() {
    let instruction = Instruction {
        reference: "M202603-330000-resident_pool".parse().unwrap(),
        direction: Direction::PayIn,
        amount: Fen::new(1_316_000).unwrap(),
    };
    let instructed = MonthInstructed {
        month: "2026-03".parse().unwrap(),
        digest: sha256(b"month"),
        days: BTreeSet::from([day()]),
        due: "2026-05-08".parse().unwrap(),
        instructions: vec![instruction],
        by: "li.wei".parse().unwrap(),
        at: at(),
    };
    let record = ClearingRecord::Payment(PaymentRecord::MonthInstructed(instructed));
    golden_file("clearing_month_instructed", &record);
}
