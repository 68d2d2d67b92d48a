//! Debts are found, made and let go of as in a map.

use std::collections::BTreeMap;

use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use proptest::prelude::*;

use super::*;
use crate::testing::region;

fn debt(number: u16) -> Debt {
    let [high, low] = number.to_be_bytes();
    let id = SettlementId::from_parts(1_772_000_000_000, [high, low, 0, 0, 0, 0, 0, 0, 0, 0]);
    (id, LegKind::Settlement, Fund::ResidentPool)
}

fn reports(number: u64) -> Reports {
    Reports::begun((region(0), number), None)
}

/// What is done with debts.
#[derive(Debug, Clone)]
enum Step {
    /// Asked for together, then each is known or begun.
    Take(Vec<u16>),
    /// Those stay that are no multiple of this.
    Sieve(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(0..600_u16, 0..300).prop_map(Step::Take),
        1 => (1..6_u16).prop_map(Step::Sieve),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn they_are_what_a_map_would_hold(steps in proptest::collection::vec(step(), 1..12)) {
        let (mut debts, mut map) = (Debts::default(), BTreeMap::new());
        let mut next = 1;
        for step in steps {
            match step {
                Step::Take(numbers) => {
                    let asked = debts.ask(numbers.iter().map(|number| debt(*number)));
                    let unknown: Vec<_> = numbers.iter().filter(|it| !map.contains_key(*it)).collect();
                    prop_assert_eq!(&asked.unknown, &unknown.iter().map(|it| debt(**it)).collect::<Vec<_>>());
                    for (number, sought) in numbers.iter().zip(asked.each) {
                        let known = debts.known_or((sought, debt(*number)), || reports(next));
                        let known = known.map(|reports| reports.places().collect::<Vec<_>>());
                        let expected = map.get(number).map(|held| vec![(region(0), *held)]);
                        prop_assert_eq!(known, expected);
                        map.entry(*number).or_insert(next);
                        next += 1;
                    }
                }
                Step::Sieve(by) => {
                    map.retain(|number, _| number % by != 0);
                    let kept: Vec<Debt> = map.keys().map(|number| debt(*number)).collect();
                    debts.retain(|debt, _| kept.contains(debt));
                }
            }
            prop_assert_eq!(debts.len(), map.len());
            for number in 0..600 {
                let found = debts.get(&debt(number)).map(|reports| reports.places().collect::<Vec<_>>());
                let expected = map.get(&number).map(|held| vec![(region(0), *held)]);
                prop_assert_eq!(&found, &expected);
                let again = debts.get_mut(&debt(number)).map(|reports| reports.places().collect::<Vec<_>>());
                prop_assert_eq!(again, expected);
            }
        }
    }
}

/// Debts whose hashes begin at the same place, also at the end of the table, stand one after the other.
#[test]
fn a_table_that_is_as_full_as_it_may_be_finds_each() {
    for count in [1, 7, 8, 9, 31, 32, 33, 511, 512, 513] {
        let mut debts = Debts::default();
        let all = (0..count).map(debt);
        let asked = debts.ask(all.clone());
        debts.reserve(asked.unknown.len());
        for ((number, debt), sought) in (1..).zip(all.clone()).zip(asked.each) {
            assert!(debts.known_or((sought, debt), || reports(number)).is_none());
        }
        assert!(debts.rows.len() * 2 <= debts.cells.len(), "{count}");
        for (number, debt) in (1..).zip(all) {
            let found = debts.get(&debt).unwrap().places().next();
            assert_eq!(found, Some((region(0), number)));
        }
        assert!(debts.get(&debt(u16::MAX)).is_none());
    }
}

#[test]
fn nothing_is_found_where_nothing_was_put() {
    let mut debts = Debts::default();
    assert!(debts.get(&debt(1)).is_none() && debts.get_mut(&debt(1)).is_none());
    assert_eq!(debts.ask([debt(1)].into_iter()).unknown, [debt(1)]);
}
