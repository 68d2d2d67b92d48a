//! The laws of netting, and the one byte form of a plan.

mod originals;
mod properties;
mod statement;
mod what_if;

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::money::{Fen, SignedFen};
use huitong_core::region::RegionCode;

use crate::{
    AgreedLeg, Inputs, Member, Members, NettingPlan, PlanError, PlanFault, Run, Runs, check, plan,
};

const REGIONS: [&str; 5] = ["110000", "310000", "330100", "330200", "510100"];
const FUNDS: [Fund; 3] = [
    Fund::EmployeePool,
    Fund::ResidentPool,
    Fund::ResidentCriticalIllness,
];

fn region(index: usize) -> RegionCode {
    REGIONS[index].parse().unwrap()
}

fn day(day: u8) -> BusinessDay {
    BusinessDay::new(2026, 3, day).unwrap()
}

/// Both regions of Zhejiang clear through their province, the others for themselves.
fn members() -> Members {
    let member = |index| match REGIONS[index] {
        "330100" | "330200" => "330000".parse().unwrap(),
        own => own.parse().unwrap(),
    };
    let pairs = (0..REGIONS.len()).map(|index| (region(index), Member::new(member(index))));
    Members::new(pairs.collect()).unwrap()
}

fn leg(id: u8, debtor: usize, creditor: usize, fund: Fund, fen: i64, on: BusinessDay) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
        kind: LegKind::Settlement,
        debtor: region(debtor),
        creditor: region(creditor),
        fund,
        amount: Fen::new(fen).unwrap(),
        business_day: on,
        receipt: sha256(&[id]),
    }
}

/// The leg that both reported.
fn whole(agreed: &AgreedLeg) -> Leg {
    Leg {
        settlement: agreed.settlement,
        kind: agreed.kind,
        debtor: agreed.debtor,
        creditor: agreed.creditor,
        fund: agreed.fund,
        amount: agreed.amount,
        business_day: agreed.business_day,
        receipt: sha256(&agreed.settlement.to_bytes()[15..]),
    }
}

/// The worked example: Ningbo owes Chengdu 13,160.00 for the resident pool, Chengdu owes Hangzhou
/// 160.00, and one leg of Ningbo's stream waits.
fn example() -> (BTreeMap<RegionCode, u64>, Vec<AgreedLeg>) {
    let marks = (0..REGIONS.len()).map(|index| (region(index), 0));
    let mut marks: BTreeMap<_, _> = marks.collect();
    marks.extend([(region(2), 1), (region(3), 2), (region(4), 2)]);
    let fund = Fund::ResidentPool;
    let legs = vec![
        AgreedLeg::new(1, 2, &leg(1, 3, 4, fund, 1_316_000, day(1))),
        AgreedLeg::new(1, 2, &leg(2, 4, 2, fund, 16_000, day(1))),
    ];
    (marks, legs)
}

#[test]
fn a_worked_example() {
    let ((marks, legs), members) = (example(), members());
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let plan = plan(&inputs).unwrap();
    check(&plan, &inputs).unwrap();
    let regions: Vec<_> = plan
        .region_nets()
        .iter()
        .map(|net| format!("{} {} {}", net.region, net.fund, net.amount))
        .collect();
    assert_eq!(
        regions,
        [
            "330100 resident_pool 160.00",
            "330200 resident_pool -13160.00",
            "510100 resident_pool 13000.00",
        ]
    );
    let members: Vec<_> = plan
        .member_nets()
        .iter()
        .map(|net| format!("{} {}", net.member, net.amount))
        .collect();
    assert_eq!(members, ["330000 -13000.00", "510100 13000.00"]);
    let ningbo = plan.window(region(3)).unwrap();
    assert_eq!((ningbo.from, ningbo.to, ningbo.taken), (0, 2, 1));
    assert_eq!(ningbo.carried.as_slice(), [Run { first: 1, last: 1 }]);
    assert_eq!(
        (plan.legs(), plan.total().unwrap().to_string().as_str()),
        (2, "13320.00")
    );
}

#[test]
fn golden_bytes() {
    let ((marks, legs), members) = (example(), members());
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let bytes = plan(&inputs).unwrap().to_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("golden/plan.hex").trim());
}

#[test]
fn inputs_that_hold_together_in_no_cycle_are_refused() {
    let ((marks, legs), members) = (example(), members());
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let first = plan(&inputs).unwrap();
    let refused = |inputs: &Inputs<'_>| plan(inputs).unwrap_err();
    let next = Inputs {
        day: day(2),
        parent: Some(&first),
        legs: &[],
        ..inputs
    };
    assert!(plan(&next).is_ok());
    assert_eq!(
        refused(&Inputs {
            day: day(1),
            ..next
        }),
        PlanError::NotAfterParent {
            day: day(1),
            parent: day(1)
        }
    );
    let mut fewer = marks.clone();
    fewer.remove(&region(0));
    assert_eq!(
        refused(&Inputs {
            marks: &fewer,
            ..next
        }),
        PlanError::NoMark(region(0))
    );
    let mut back = marks.clone();
    back.insert(region(3), 1);
    assert_eq!(
        refused(&Inputs {
            marks: &back,
            ..next
        }),
        PlanError::Mark {
            region: region(3),
            mark: 1,
            least: 2
        }
    );
    let alone = Members::new(BTreeMap::new()).unwrap();
    assert_eq!(
        refused(&Inputs {
            members: &alone,
            ..next
        }),
        PlanError::NoMember(region(0))
    );
}

#[test]
fn a_number_is_given_once() {
    let ((mut marks, legs), members) = (example(), members());
    // Ningbo's number 2 once more, as a debt to Beijing.
    let other = leg(9, 3, 0, Fund::ResidentPool, 1, day(1));
    let twice = [&*legs, &[AgreedLeg::new(1, 2, &other)]].concat();
    marks.insert(region(0), 1);
    let twice = Inputs {
        legs: &twice,
        marks: &marks,
        day: day(1),
        parent: None,
        members: &members,
    };
    assert_eq!(
        plan(&twice).unwrap_err(),
        PlanError::NotToBeTaken {
            region: region(3),
            number: 2
        }
    );
}

#[test]
fn a_leg_that_does_not_belong_is_refused() {
    let ((marks, legs), members) = (example(), members());
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let first = plan(&inputs).unwrap();
    let with = |change: fn(&mut AgreedLeg)| {
        let mut legs = legs.clone();
        change(&mut legs[0]);
        let wrong = Inputs {
            legs: &legs,
            ..inputs
        };
        assert!(check(&first, &wrong).is_err());
        plan(&wrong).unwrap_err()
    };
    let chengdu = region(4);
    assert_eq!(
        with(|leg| leg.receivable = 3),
        PlanError::NotToBeTaken {
            region: chengdu,
            number: 3
        }
    );
    assert_eq!(
        with(|leg| leg.payable = 0),
        PlanError::NotToBeTaken {
            region: region(3),
            number: 0
        }
    );
    assert_eq!(
        with(|leg| leg.business_day = day(2)),
        PlanError::LaterDay {
            region: chengdu,
            number: 1,
            day: day(2)
        }
    );
    assert_eq!(
        with(|leg| leg.debtor = leg.creditor),
        PlanError::OwnLeg {
            region: chengdu,
            number: 1
        }
    );
    let stranger = "440100".parse().unwrap();
    assert_eq!(
        with(|leg| leg.debtor = "440100".parse().unwrap()),
        PlanError::UnknownRegion(stranger)
    );
}

#[test]
fn a_settlement_under_other_numbers_is_taken_once() {
    let ((mut marks, mut legs), members) = (example(), members());
    legs.push(AgreedLeg {
        receivable: 3,
        payable: 3,
        ..legs[0].clone()
    });
    marks.extend([(region(3), 3), (region(4), 3)]);
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    assert_eq!(
        check(&plan(&inputs).unwrap(), &inputs),
        Err(PlanFault::TakenTwice)
    );
}

#[test]
fn a_settlement_and_its_reversal_cancel_out_and_each_is_taken_once() {
    let ((mut marks, mut legs), members) = (example(), members());
    let back = |receivable, payable| AgreedLeg {
        receivable,
        payable,
        kind: LegKind::Reversal,
        debtor: region(4),
        creditor: region(3),
        ..legs[0].clone()
    };
    let (once, twice) = (back(3, 3), back(4, 4));
    marks.extend([(region(3), 4), (region(4), 4)]);
    legs.push(once);
    let planned = |legs: &[AgreedLeg]| {
        let inputs = Inputs {
            day: day(1),
            parent: None,
            members: &members,
            marks: &marks,
            legs,
        };
        let planned = plan(&inputs).unwrap();
        check(&planned, &inputs).map(|()| planned)
    };
    let once_taken = planned(&legs).unwrap();
    let ningbo = once_taken
        .region_nets()
        .iter()
        .find(|net| net.region == region(3));
    assert_eq!(ningbo.unwrap().amount, SignedFen::ZERO);
    assert_eq!(once_taken.gross().len(), 3, "both ways are shown");
    legs.push(twice);
    assert_eq!(planned(&legs), Err(PlanFault::TakenTwice));
}

#[test]
fn a_sum_beyond_all_money_is_refused() {
    let ((marks, mut legs), members) = (example(), members());
    legs[0].amount = Fen::MAX;
    (legs[1].debtor, legs[1].amount) = (region(3), Fen::MAX);
    legs[1].payable = 1;
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    assert!(matches!(plan(&inputs), Err(PlanError::Sum { .. })));
}

#[test]
fn what_a_cycle_carries_the_next_may_take() {
    let ((marks, legs), members) = (example(), members());
    let inputs = Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &legs,
    };
    let first = plan(&inputs).unwrap();
    let mut later = marks.clone();
    later.insert(region(0), 1);
    let late = AgreedLeg::new(1, 1, &leg(3, 3, 0, Fund::ResidentPool, 5, day(1)));
    let inputs = Inputs {
        day: day(2),
        parent: Some(&first),
        members: &members,
        marks: &later,
        legs: std::slice::from_ref(&late),
    };
    let second = plan(&inputs).unwrap();
    check(&second, &inputs).unwrap();
    assert_eq!(second.window(region(3)).unwrap().taken, 1);
    assert_eq!(second.window(region(3)).unwrap().carried, Runs::EMPTY);
}
