//! What would be, beside what is.

use proptest::prelude::*;

use super::*;
use crate::{Scenario, Supposing, what_if};

fn member(code: &str) -> Member {
    Member::new(code.parse().unwrap())
}

/// Two cycles: Ningbo owes Chengdu 100 and Beijing 10 on the first day; Chengdu owes Ningbo 40 on the second.
fn two_cycles() -> [NettingPlan; 2] {
    let members = members();
    let mut marks: BTreeMap<_, _> = (0..REGIONS.len()).map(|index| (region(index), 0)).collect();
    let agreed = |receivable, payable, leg| AgreedLeg::new(receivable, payable, &leg);
    let pool = Fund::ResidentPool;
    let first = [
        agreed(1, 1, leg(1, 3, 4, pool, 100, day(1))),
        agreed(1, 2, leg(2, 3, 0, pool, 10, day(1))),
    ];
    marks.extend([(region(3), 2), (region(4), 1), (region(0), 1)]);
    let one = plan(&Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &first,
    });
    let one = one.unwrap();
    let second = [agreed(3, 2, leg(3, 4, 3, pool, 40, day(2)))];
    marks.extend([(region(3), 3), (region(4), 2)]);
    let two = plan(&Inputs {
        day: day(2),
        parent: Some(&one),
        members: &members,
        marks: &marks,
        legs: &second,
    });
    let two = two.unwrap();
    [one, two]
}

fn nets(rows: &[crate::MemberNet]) -> Vec<(String, i64)> {
    let row = |row: &crate::MemberNet| (row.member.to_string(), row.amount.get());
    rows.iter().map(row).collect()
}

fn owned(rows: [(&str, i64); 3]) -> Vec<(String, i64)> {
    rows.map(|(member, fen)| (member.to_owned(), fen)).to_vec()
}

#[test]
fn nothing_supposed_is_what_is_and_cycles_add_up() {
    let [one, two] = two_cycles();
    let found = what_if(&[&one, &two], &Scenario::default()).unwrap();
    assert_eq!(found.planned, found.supposed);
    assert_eq!(
        nets(&found.planned),
        owned([("110000", 10), ("330000", -70), ("510100", 60)])
    );
    assert!(found.shortfalls.is_empty());
}

#[test]
fn who_drops_out_is_in_nobodys_net_and_who_does_not_pay_is_missed() {
    let [one, _] = two_cycles();
    let without = Scenario {
        without: [member("110000")].into(),
        ..Scenario::default()
    };
    let found = what_if(&[&one], &without).unwrap();
    assert_eq!(
        nets(&found.supposed),
        owned([("110000", 0), ("330000", -100), ("510100", 100)])
    );
    let unpaid = Scenario {
        unpaid: [member("330000"), member("510100")].into(),
        ..Scenario::default()
    };
    let found = what_if(&[&one], &unpaid).unwrap();
    assert_eq!(found.planned, found.supposed);
    let [shortfall] = found.shortfalls[..] else {
        panic!("{:?}", found.shortfalls)
    };
    assert_eq!((shortfall.owed.get(), shortfall.missing.get()), (110, 110));
}

#[test]
fn cycles_as_they_are_and_as_they_are_supposed_may_be_others_and_none_is_kept() {
    let [one, two] = two_cycles();
    let scenario = Scenario::default();
    let mut supposing = Supposing::new(&scenario);
    supposing.plans(&one).unwrap();
    supposing.plans(&two).unwrap();
    supposing.supposes(&two).unwrap();
    assert!(supposing.is_known(member("110000")) && !supposing.is_known(member("440000")));
    let found = supposing.ends().unwrap();
    assert_eq!(
        nets(&found.planned),
        owned([("110000", 10), ("330000", -70), ("510100", 60)])
    );
    assert_eq!(
        nets(&found.supposed),
        owned([("110000", 0), ("330000", 40), ("510100", -40)])
    );
    let debtor = [member("510100")].into();
    let owing = found.owing(&debtor);
    assert!(owing.iter().all(|(of, _)| *of == member("510100")) && owing.len() == 1);
    assert!(found.owing(&[member("330000")].into()).is_empty());
    let missing = found.missing(&debtor).unwrap();
    assert_eq!((missing[0].owed.get(), missing[0].missing.get()), (40, 40));
    let short = found.short(&debtor).unwrap();
    let short: Vec<_> = short
        .iter()
        .map(|of| (of.member, of.owed.get(), of.missing.get()))
        .collect();
    assert_eq!(short, [(member("330000"), 40, 40)]);
}

#[test]
fn days_that_come_to_more_than_is_counted_are_an_error() {
    let [mut one, mut two] = two_cycles();
    for plan in [&mut one, &mut two] {
        plan.member_nets[0].amount = SignedFen::from(Fen::MAX);
        plan.member_nets[0].member = member("510100");
    }
    let found = what_if(&[&one, &two], &Scenario::default());
    assert_eq!(
        found.unwrap_err(),
        huitong_core::money::MoneyError::OutOfRange
    );
}

proptest! {
    /// Whoever is left out, the rest still sums to zero for each fund, and nobody who is left out has a net.
    #[test]
    fn what_would_be_sums_to_zero(without in prop::collection::btree_set(0_usize..5, 0..5)) {
        let [one, two] = two_cycles();
        let left_out: std::collections::BTreeSet<_> = without
            .into_iter()
            .filter_map(|index| members().of(region(index)))
            .collect();
        let scenario = Scenario { without: left_out.clone(), ..Scenario::default() };
        let found = what_if(&[&one, &two], &scenario).unwrap();
        let sum: i64 = found.supposed.iter().map(|net| net.amount.get()).sum();
        prop_assert_eq!(sum, 0);
        for net in &found.supposed {
            prop_assert!(!left_out.contains(&net.member) || net.amount.is_zero());
        }
    }
}
