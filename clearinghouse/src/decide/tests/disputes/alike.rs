//! What two others call as two regions do theirs: it is another debt, in a dispute and when a region leaves.

use huitong_core::membership::MemberChange;

use super::*;
use crate::decide::change_member;
use crate::testing::reversed;

/// A debt between the two first regions, under another one's id.
fn theirs(leg: &Leg, on: u8) -> Leg {
    Leg {
        debtor: region(0),
        creditor: region(1),
        amount: fen(7_777),
        business_day: day(on),
        ..leg.clone()
    }
}

/// Both regions report a debt, each as its next.
fn report(house: &House, leg: &Leg) {
    let of = |code| (0..4).find(|of| region(*of) == code).unwrap();
    let (debtor, creditor) = (of(leg.debtor), of(leg.creditor));
    let next = |of| house.position(of) + 1;
    let owed = receivable(next(creditor), leg);
    house.report(creditor, &[owed]).unwrap();
    house.report(debtor, &[payable(next(debtor), leg)]).unwrap();
}

fn net(house: &House, on: u8) -> u64 {
    close_all(house, on);
    house.cut_off(on, Condition::AllClosed).unwrap();
    house.net(on).unwrap().legs()
}

const AGAIN: [Option<Return>; 3] = [None, Some(Return::Stopped), Some(Return::IndexLost)];

#[test]
fn a_debt_is_disputed_in_no_cycle_that_took_what_two_others_call_the_same() {
    for how in AGAIN {
        let mut house = House::new(98);
        let own = debt(1, NINGBO, CHENGDU, 1_316_000);
        report(&house, &theirs(&own, 1));
        report(&house, &debt(2, NINGBO, CHENGDU, 100));
        assert_eq!(net(&house, 1), 2);
        report(&house, &own);
        if let Some(how) = how {
            house.come_back(how);
        }
        // It is in no row of the first day, neither for itself nor beside what else is disputed of it.
        let of_own = claim(of_debt(&own), 1_316_000);
        assert!(say(&house, NINGBO, "330200/own", of_own).is_ok(), "{how:?}");
        let row = Subject::Row {
            day: day(1),
            pair: pair(),
        };
        let of_row = say(&house, NINGBO, "330200/row", claim(row, 100));
        assert!(of_row.is_ok(), "{how:?}");
    }
}

#[test]
fn a_debt_is_not_given_back_by_what_two_others_call_its_reversal() {
    for how in AGAIN {
        let mut house = House::new(99);
        let own = debt(1, NINGBO, CHENGDU, 1_316_000);
        report(&house, &own);
        // Two others settled under the same id, and took it back.
        let settled = Leg {
            debtor: region(1),
            creditor: region(0),
            ..theirs(&own, 1)
        };
        report(&house, &settled);
        report(&house, &theirs(&reversed(&own, 1), 1));
        assert_eq!(net(&house, 1), 3);
        if let Some(how) = how {
            house.come_back(how);
        }
        assert!(say(&house, NINGBO, NAME, all()).is_ok(), "{how:?}");
    }
}

#[test]
fn a_region_leaves_by_no_plan_that_took_what_two_others_call_its_correction() {
    for how in AGAIN {
        let mut house = netted(100);
        say(&house, NINGBO, NAME, all()).unwrap();
        say(&house, CHENGDU, NAME, Says::Answer(Reply::Accepted)).unwrap();
        let correction = corrections(&house, NINGBO).remove(0);
        report(&house, &theirs(&correction, 31));
        assert_eq!(net(&house, 31), 1);
        if let Some(how) = how {
            house.come_back(how);
        }
        let change = |change: MemberChange, by: &'static str| {
            let by = officer_name(by);
            house.ask(move |context| change_member(context, region(NINGBO), change, by))
        };
        for by in ["wang.fang", "zhao.min"] {
            change(MemberChange::Suspend, by).unwrap();
        }
        let open = change(MemberChange::Leave, "wang.fang").unwrap_err().detail;
        let named = "dispute 330200/2026-03-001 is settled and in no plan";
        assert!(open.contains(named), "{how:?}: {open}");
    }
}
