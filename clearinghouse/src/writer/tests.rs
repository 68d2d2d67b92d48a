//! Opening on what a store holds, with another directory than before.

use huitong_netting::{Member, Members};

use crate::decide::Condition;
use crate::testing::{House, debt, members, payable, receivable, region};

fn close_all(house: &House, on: u8) {
    for of in 0..4 {
        let held = house.position(of);
        assert_eq!(house.close(of, on, held), Ok(true));
    }
}

#[test]
fn a_region_that_took_part_stays_in_the_directory_and_others_may_join() {
    let mut house = House::new(12);
    let leg = debt(1, 2, 3, 1_000);
    house.report(3, &[receivable(1, &leg)]).unwrap();
    house.report(2, &[payable(1, &leg)]).unwrap();
    let without = |left: usize| {
        let others = members()
            .iter()
            .filter(|(code, _)| *code != region(left))
            .collect();
        Members::new(others).unwrap()
    };
    // Hangzhou (1) has done nothing so far: it may leave and join again.
    house.come_back_with(without(1)).unwrap();
    assert!(
        house
            .come_back_with(without(2))
            .unwrap_err()
            .contains("330200")
    );
    house.come_back_with(members()).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    assert!(
        house
            .come_back_with(without(1))
            .unwrap_err()
            .contains("330100")
    );

    let guangzhou = "440100".parse().unwrap();
    let joined = members()
        .iter()
        .chain([(guangzhou, Member::new(guangzhou))])
        .collect();
    house.come_back_with(Members::new(joined).unwrap()).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::Deadline(0)).unwrap();
    assert_eq!(house.net(2).unwrap().windows().len(), 5);
}
