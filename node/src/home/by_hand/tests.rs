//! What stands in the way of a bill that is settled by hand.

use super::*;
use crate::home::testing::Home;
use crate::samples::{claim, id};
use crate::store::{Key, Row};

#[test]
fn a_whole_stay_looks_for_each_part_that_a_bill_can_be() {
    let whole = claim("V1");
    assert!(is_whole_stay(&whole.visit));
    for interim in [1, 32, INTERIM_AT_MOST] {
        let home = Home::new();
        let stands = || standing_of(&home.rows, &whole.visit_key(), &whole.visit).unwrap();
        assert_eq!(stands(), None);
        let part = VisitKey {
            interim,
            ..whole.visit_key()
        };
        home.put(Key::HomeVisit(part), Row::HomeVisit(id(1)));
        assert_eq!(stands(), Some(id(1)));
    }
}
