//! A settlement taken back after its cycle.

use super::*;
use crate::testing::reversed;

#[test]
fn a_reversal_after_its_settlement_was_netted_lands_in_the_next_cycle_and_cancels_it() {
    let house = House::new(9);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let first = house.net(1).unwrap();
    let back = reversed(&debt(1, 2, 3, 1_316_000), 2);
    // The treatment region owes now, and nobody else may say so.
    assert_eq!(
        code(house.report(3, &[receivable(2, &back)])),
        "leg.other_region"
    );
    house.report(3, &[payable(2, &back)]).unwrap();
    house.report(2, &[receivable(2, &back)]).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    let second = house.net(2).unwrap();
    assert_eq!((first.legs(), second.legs()), (1, 1));
    for (one, other) in first.region_nets().iter().zip(second.region_nets()) {
        assert_eq!((one.region, one.fund), (other.region, other.fund));
        assert_eq!(one.amount.checked_add(other.amount).unwrap().get(), 0);
    }
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}
