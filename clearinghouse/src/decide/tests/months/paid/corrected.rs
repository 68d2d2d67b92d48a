//! A payment of a month that is taken out again: what members owe each other comes back as one sum, not day by day.

use std::collections::BTreeMap;

use huitong_core::money::Fen;
use huitong_core::record::clearing::PaymentRecord;

use super::*;

#[test]
fn what_a_correction_opens_of_a_month_is_written_once_for_all_of_its_days() {
    let house = march();
    by_month(&house, approved(&house, "2026-03")).unwrap();
    pay(&house, "IN-1", (PAY_IN, 1_200), IN);
    let out = pay(&house, "OUT-1", (PAY_OUT, 1_200), OUT).line;
    let reopened = house.ask(move |context| {
        let by = officer_name("zhao.min");
        let decided = correct(context, out, CorrectionReason::Bounced, by)?;
        let Some(ClearingRecord::Payment(PaymentRecord::Corrected(corrected))) = decided.record
        else {
            panic!("it is taken out")
        };
        Ok(Decided::answer(corrected.reopened))
    });
    let prefund = prefunds::ZHEJIANG.parse().unwrap();
    let owed = BTreeMap::from([(prefund, Fen::new(1_200).unwrap())]);
    assert_eq!(reopened.unwrap(), BTreeMap::from([(day(2), owed)]));
}
