//! The laws of netting, and the one byte form of a plan.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::Leg;
use huitong_core::money::{Fen, SignedFen};
use huitong_core::region::RegionCode;
use proptest::prelude::*;

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
        debtor: region(debtor),
        creditor: region(creditor),
        fund,
        amount: Fen::new(fen).unwrap(),
        business_day: on,
        receipt: sha256(&[id]),
    }
}

/// Streams of all regions, as the clearinghouse would hold them.
#[derive(Debug, Clone)]
struct Streams {
    held: BTreeMap<RegionCode, u64>,
    agreed: Vec<AgreedLeg>,
}

/// One debt: who, whom, which fund, how much, and whether the other side reported it too.
type Debt = (usize, usize, usize, i64, bool);

fn streams(debts: &[Debt]) -> Streams {
    let mut held: BTreeMap<_, _> = (0..REGIONS.len()).map(|index| (region(index), 0)).collect();
    let mut agreed = Vec::new();
    for (id, (debtor, distance, fund, fen, both)) in (0_u8..).zip(debts) {
        let creditor = (debtor + 1 + distance) % REGIONS.len();
        let leg = leg(id, *debtor, creditor, FUNDS[*fund], *fen, day(1));
        let mut next = |region| {
            let number = held.get_mut(&region).unwrap();
            *number += 1;
            *number
        };
        let receivable = next(leg.creditor);
        if *both {
            let payable = next(leg.debtor);
            agreed.push(AgreedLeg {
                receivable,
                payable,
                leg,
            });
        }
    }
    Streams { held, agreed }
}

impl Streams {
    /// Marks at so many tenths of each stream.
    fn marks(&self, tenths: u64) -> BTreeMap<RegionCode, u64> {
        self.held
            .iter()
            .map(|(region, held)| (*region, held * tenths / 10))
            .collect()
    }

    /// The agreeing legs inside the marks that the parent did not take.
    fn inside(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        parent: Option<&NettingPlan>,
    ) -> Vec<AgreedLeg> {
        let ends = |leg: &AgreedLeg| {
            [
                (leg.leg.creditor, leg.receivable),
                (leg.leg.debtor, leg.payable),
            ]
        };
        let inside = |leg: &&AgreedLeg| {
            ends(leg)
                .iter()
                .all(|(region, number)| number <= &marks[region])
        };
        let open = |leg: &&AgreedLeg| {
            parent.is_none_or(|parent| {
                ends(leg)
                    .iter()
                    .any(|(region, number)| *number > parent.window(*region).unwrap().to)
            })
        };
        self.agreed
            .iter()
            .filter(inside)
            .filter(open)
            .cloned()
            .collect()
    }
}

fn debts() -> impl Strategy<Value = Vec<Debt>> {
    prop::collection::vec(
        (
            0_usize..5,
            0_usize..4,
            0_usize..3,
            1_i64..100_000,
            any::<bool>(),
        ),
        0..60,
    )
}

fn zero_for_each_fund(plan: &NettingPlan) {
    for fund in Fund::ALL {
        let members = plan.member_nets().iter().filter(|net| net.fund == *fund);
        assert_eq!(
            SignedFen::sum(members.map(|net| net.amount)),
            Ok(SignedFen::ZERO)
        );
        let regions = plan.region_nets().iter().filter(|net| net.fund == *fund);
        assert_eq!(
            SignedFen::sum(regions.map(|net| net.amount)),
            Ok(SignedFen::ZERO)
        );
    }
}

proptest! {
    /// The order of the legs is irrelevant to the plan, netting twice equals once, every fund's nets sum
    /// to zero, and the proof agrees.
    #[test]
    fn a_plan_follows_from_its_inputs_alone(debts in debts(), order in any::<prop::sample::Index>()) {
        let (streams, members) = (streams(&debts), members());
        let marks = streams.marks(10);
        let legs = streams.inside(&marks, None);
        let inputs = Inputs { day: day(1), parent: None, members: &members, marks: &marks, legs: &legs };
        let first = plan(&inputs).unwrap();
        check(&first, &inputs).unwrap();
        zero_for_each_fund(&first);
        prop_assert_eq!(first.to_bytes(), plan(&inputs).unwrap().to_bytes());
        prop_assert_eq!(NettingPlan::from_bytes(&first.to_bytes()), Ok(first.clone()));

        let mut other = legs.clone();
        other.reverse();
        if !other.is_empty() {
            let middle = order.index(other.len());
            other.rotate_left(middle);
        }
        let reordered = Inputs { legs: &other, ..inputs };
        prop_assert_eq!(&plan(&reordered).unwrap(), &first);
        check(&first, &reordered).unwrap();

        // A leg that was taken is refused by the next cycle, even when it is offered again.
        if let Some(taken) = legs.first() {
            let again = Inputs { day: day(2), parent: Some(&first), ..inputs };
            let offered = std::slice::from_ref(taken);
            let refused = plan(&Inputs { legs: offered, ..again });
            prop_assert!(matches!(refused, Err(PlanError::NotToBeTaken { .. })), "{:?}", refused);
            let none = plan(&Inputs { legs: &[], ..again }).unwrap();
            let proven = check(&none, &Inputs { legs: offered, ..again });
            prop_assert!(proven.is_err());
        }
    }

    /// Two cycles net what one would: every agreed leg once, whichever side of the first mark it fell on.
    #[test]
    fn cycles_add_up(debts in debts(), tenths in 0_u64..=10) {
        let (streams, members) = (streams(&debts), members());
        let (early, late) = (streams.marks(tenths), streams.marks(10));
        let legs = streams.inside(&early, None);
        let inputs = Inputs { day: day(1), parent: None, members: &members, marks: &early, legs: &legs };
        let first = plan(&inputs).unwrap();
        check(&first, &inputs).unwrap();

        let rest = streams.inside(&late, Some(&first));
        prop_assert_eq!(legs.len() + rest.len(), streams.agreed.len());
        let inputs =
            Inputs { day: day(2), parent: Some(&first), members: &members, marks: &late, legs: &rest };
        let second = plan(&inputs).unwrap();
        check(&second, &inputs).unwrap();
        zero_for_each_fund(&second);
        prop_assert_eq!(second.number(), 2);
        prop_assert_eq!(second.parent(), Some(first.digest()));

        let whole = Inputs {
            day: day(2), parent: None, members: &members, marks: &late, legs: &streams.agreed,
        };
        let whole = plan(&whole).unwrap();
        prop_assert_eq!(first.legs() + second.legs(), whole.legs());
        for row in whole.member_nets() {
            let parts = [&first, &second].map(|plan| {
                let same = plan.member_nets().iter().filter(|net| (net.member, net.fund) == (row.member, row.fund));
                SignedFen::sum(same.map(|net| net.amount)).unwrap()
            });
            prop_assert_eq!(SignedFen::sum(parts), Ok(row.amount));
        }
        // What is still carried is exactly what one side alone reported.
        for window in second.windows() {
            prop_assert_eq!(&window.carried, &whole.window(window.region).unwrap().carried);
        }
    }
}

proptest! {
    // Each case tries every byte of a plan.
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// A plan with any bit of it changed, any row dropped, doubled or moved, is refused.
    #[test]
    fn no_change_of_a_plan_passes_the_proof(debts in debts(), tenths in 0_u64..=10, seed in any::<u64>()) {
        let (streams, members) = (streams(&debts), members());
        let (early, late) = (streams.marks(tenths), streams.marks(10));
        let legs = streams.inside(&early, None);
        let first = Inputs { day: day(1), parent: None, members: &members, marks: &early, legs: &legs };
        let first = plan(&first).unwrap();
        let rest = streams.inside(&late, Some(&first));
        let inputs =
            Inputs { day: day(2), parent: Some(&first), members: &members, marks: &late, legs: &rest };
        let right = plan(&inputs).unwrap();
        let bytes = right.to_bytes();
        for (at, _) in bytes.iter().enumerate().skip(6) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << ((seed >> (at % 32)) % 8);
            if let Ok(wrong) = NettingPlan::from_bytes(&changed) {
                prop_assert!(check(&wrong, &inputs).is_err(), "byte {} of {:?}", at, right);
            }
        }
        for wrong in with_rows_changed(&right) {
            prop_assert!(check(&wrong, &inputs).is_err(), "{:?}\n{:?}", wrong, right);
        }
    }
}

/// The plan with each list shortened, doubled at its end, and turned around.
fn with_rows_changed(right: &NettingPlan) -> Vec<NettingPlan> {
    fn change<T: Clone>(
        right: &NettingPlan,
        list: impl Fn(&mut NettingPlan) -> &mut Vec<T>,
        wrong: &mut Vec<NettingPlan>,
    ) {
        let changes: [fn(&mut Vec<T>); 3] = [
            |rows| drop(rows.pop()),
            |rows| rows.extend(rows.last().cloned()),
            |rows| {
                if rows.len() > 1 {
                    rows.rotate_left(1)
                } else {
                    rows.clear()
                }
            },
        ];
        for apply in changes {
            let mut plan = right.clone();
            let rows = list(&mut plan);
            if !rows.is_empty() {
                apply(rows);
                wrong.push(plan);
            }
        }
    }
    let mut wrong = Vec::new();
    change(right, |plan| &mut plan.windows, &mut wrong);
    change(right, |plan| &mut plan.gross, &mut wrong);
    change(right, |plan| &mut plan.region_nets, &mut wrong);
    change(right, |plan| &mut plan.member_nets, &mut wrong);
    wrong
}

/// The worked example: Ningbo owes Chengdu 13,160.00 for the resident pool, Chengdu owes Hangzhou
/// 160.00, and one leg of Ningbo's stream waits.
fn example() -> (BTreeMap<RegionCode, u64>, Vec<AgreedLeg>) {
    let marks = (0..REGIONS.len()).map(|index| (region(index), 0));
    let mut marks: BTreeMap<_, _> = marks.collect();
    marks.extend([(region(2), 1), (region(3), 2), (region(4), 2)]);
    let fund = Fund::ResidentPool;
    let legs = vec![
        AgreedLeg {
            receivable: 1,
            payable: 2,
            leg: leg(1, 3, 4, fund, 1_316_000, day(1)),
        },
        AgreedLeg {
            receivable: 1,
            payable: 2,
            leg: leg(2, 4, 2, fund, 16_000, day(1)),
        },
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
        with(|leg| leg.leg.business_day = day(2)),
        PlanError::LaterDay {
            region: chengdu,
            number: 1,
            day: day(2)
        }
    );
    assert_eq!(
        with(|leg| leg.leg.debtor = leg.leg.creditor),
        PlanError::OwnLeg {
            region: chengdu,
            number: 1
        }
    );
    let stranger = "440100".parse().unwrap();
    assert_eq!(
        with(|leg| leg.leg.debtor = "440100".parse().unwrap()),
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
fn a_sum_beyond_all_money_is_refused() {
    let ((marks, mut legs), members) = (example(), members());
    legs[0].leg.amount = Fen::MAX;
    legs[1].leg = Leg {
        debtor: region(3),
        amount: Fen::MAX,
        ..legs[1].leg.clone()
    };
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
    let late = AgreedLeg {
        receivable: 1,
        payable: 1,
        leg: leg(3, 3, 0, Fund::ResidentPool, 5, day(1)),
    };
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
