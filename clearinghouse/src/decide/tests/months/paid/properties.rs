//! Whatever was netted: a month's payments are the sum of its days' nets for each member and fund, and sum to zero for each.

use std::collections::BTreeMap;

use huitong_core::fund::Fund;
use huitong_core::money::SignedFen;
use proptest::prelude::*;

use super::*;
use crate::payments::Payment;

/// The days on which something is netted; the last is the last of the month.
const DAYS: [u8; 4] = [3, 9, 17, 31];
const FUNDS: [Fund; 3] = [Fund::ResidentPool, Fund::EmployeePool, Fund::OwnAccount];

/// Debtor, distance to the creditor, amount, fund and day.
type Debt = (usize, usize, i64, usize, usize);

fn debts() -> impl Strategy<Value = Vec<Debt>> {
    let debt = (0_usize..4, 1_usize..4, 1_i64..1_000, 0_usize..3, 0_usize..4);
    prop::collection::vec(debt, 0..24)
}

/// Nets by member and fund.
type Sums = BTreeMap<(RegionCode, Fund), i64>;

/// Nets the days, and gives each day's nets.
fn netted_days(house: &House, debts: &[Debt]) -> Vec<Sums> {
    let mut legs: BTreeMap<usize, Vec<(Leg, usize, usize)>> = BTreeMap::new();
    for (id, (debtor, distance, fen, fund, on)) in (1_u8..).zip(debts) {
        let creditor = (debtor + distance) % 4;
        let leg = Leg {
            business_day: day(DAYS[*on]),
            fund: FUNDS[*fund],
            ..debt(id, *debtor, creditor, *fen)
        };
        legs.entry(*on).or_default().push((leg, *debtor, creditor));
    }
    let mut nets = Vec::new();
    for (on, date) in DAYS.iter().enumerate() {
        for (leg, debtor, creditor) in legs.get(&on).into_iter().flatten() {
            let next = house.position(*creditor) + 1;
            house.report(*creditor, &[receivable(next, leg)]).unwrap();
            let next = house.position(*debtor) + 1;
            house.report(*debtor, &[payable(next, leg)]).unwrap();
        }
        house.cut_off(*date, Condition::Deadline(0)).unwrap();
        let plan = house.net(*date).unwrap();
        let of_day = plan.member_nets().iter();
        nets.push(
            of_day
                .map(|net| ((net.member.code(), net.fund), net.amount.get()))
                .collect(),
        );
    }
    nets
}

fn month_payments(house: &House) -> Vec<Payment> {
    let wanted = Wanted {
        month: Some(of("2026-03")),
        ..Wanted::default()
    };
    let page = house.ask(move |context| payments(context, wanted, None));
    page.unwrap().rows
}

fn signed(payment: &Payment) -> i64 {
    let amount = SignedFen::from(payment.instruction.amount).get();
    match payment.instruction.direction {
        Direction::PayIn => -amount,
        Direction::PayOut => amount,
    }
}

/// Pays what is ordered, and is open: what is owed first.
fn pay_all(house: &House) {
    let all = house.ask(|context| payments(context, Wanted::default(), None));
    let mut all = all.unwrap().rows;
    all.sort_by_key(|payment| (payment.instruction.direction == PAY_OUT, payment.turn()));
    for (nth, payment) in all.iter().enumerate() {
        let instruction = payment.instruction;
        let line = BankLine {
            bank_reference: format!("B-{nth}").parse().unwrap(),
            member: instruction.reference.member,
            fund: instruction.reference.fund,
            direction: instruction.direction,
            amount: instruction.amount,
            on: "2026-04-01".parse().unwrap(),
        };
        let entered = enter(
            house,
            today(house, line),
            &instruction.reference.to_string(),
        );
        assert_eq!(entered.unwrap().why, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_months_payments_are_the_sum_of_its_days_nets_and_sum_to_zero_for_each_fund(
        debts in debts(),
        already in 0_usize..4,
    ) {
        let mut house = House::new(17);
        house.clock.put("2026-04-05T04:00:00.000Z");
        let nets = netted_days(&house, &debts);
        for date in &DAYS[..already] {
            by_day(&house, *date);
        }
        let looked_at = approved(&house, "2026-03");
        by_month(&house, looked_at).unwrap();
        let mut expected = Sums::new();
        for (of, amount) in nets[already..].iter().flatten() {
            *expected.entry(*of).or_default() += amount;
        }
        expected.retain(|_, amount| *amount != 0);
        let ordered = month_payments(&house);
        let found: Sums = ordered
            .iter()
            .map(|payment| {
                let of = payment.instruction.reference;
                ((of.member, of.fund), signed(payment))
            })
            .collect();
        prop_assert_eq!(&found, &expected);
        for fund in FUNDS {
            let of_fund = found.iter().filter(|((_, of), _)| *of == fund);
            prop_assert_eq!(of_fund.map(|(_, amount)| amount).sum::<i64>(), 0);
        }
        pay_all(&house);
        for how in [Return::Stopped, Return::IndexLost] {
            house.come_back(how);
            prop_assert!(DAYS.iter().all(|date| is_final(&house, *date)));
            prop_assert!(open(&house).is_empty());
            prop_assert!(house.trial_balance().values().all(|sum| *sum == 0));
            for member in ["310000", "330000", "510100"] {
                prop_assert_eq!(net_position(&house, member), 0);
            }
        }
    }
}
