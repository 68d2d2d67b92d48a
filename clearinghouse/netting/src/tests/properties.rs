//! What holds of every plan, and that the proof refuses every changed one.

use huitong_core::leg::{NumberedLeg, Side};
use proptest::prelude::*;

use super::*;

/// Streams of all regions, as the clearinghouse would hold them.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    pub(super) held: BTreeMap<RegionCode, u64>,
    pub(super) agreed: Vec<AgreedLeg>,
    /// What each region reported, under its numbers.
    pub(super) books: BTreeMap<RegionCode, Vec<NumberedLeg>>,
}

/// One debt: who, whom, which fund, how much, and whether the other side reported it too.
pub(super) type Debt = (usize, usize, usize, i64, bool);

pub(super) fn streams(debts: &[Debt]) -> Streams {
    let mut held: BTreeMap<_, _> = (0..REGIONS.len()).map(|index| (region(index), 0)).collect();
    let mut agreed = Vec::new();
    let mut books: BTreeMap<_, Vec<NumberedLeg>> = BTreeMap::new();
    for (id, (debtor, distance, fund, fen, both)) in (0_u8..).zip(debts) {
        let creditor = (debtor + 1 + distance) % REGIONS.len();
        let leg = leg(id, *debtor, creditor, FUNDS[*fund], *fen, day(1));
        let mut next = |region, side| {
            let number = held.get_mut(&region).unwrap();
            *number += 1;
            let numbered = NumberedLeg {
                number: *number,
                side,
                leg: leg.clone(),
            };
            books.entry(region).or_default().push(numbered);
            *number
        };
        let receivable = next(leg.creditor, Side::Receivable);
        if *both {
            let payable = next(leg.debtor, Side::Payable);
            agreed.push(AgreedLeg::new(receivable, payable, &leg));
        }
    }
    Streams {
        held,
        agreed,
        books,
    }
}

impl Streams {
    /// Marks at so many tenths of each stream.
    pub(super) fn marks(&self, tenths: u64) -> BTreeMap<RegionCode, u64> {
        self.held
            .iter()
            .map(|(region, held)| (*region, held * tenths / 10))
            .collect()
    }

    /// The agreeing legs inside the marks that the parent did not take.
    pub(super) fn inside(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        parent: Option<&NettingPlan>,
    ) -> Vec<AgreedLeg> {
        let ends = |leg: &AgreedLeg| [(leg.creditor, leg.receivable), (leg.debtor, leg.payable)];
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

pub(super) fn debts() -> impl Strategy<Value = Vec<Debt>> {
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
            let found = check(&wrong, &inputs);
            prop_assert!(found.is_err(), "{:?}\n{:?}", wrong, right);
            let turned_around = crate::check_beside(&wrong, &inputs, |one, other| {
                let other = other();
                (one(), other)
            });
            prop_assert_eq!(turned_around, found);
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
