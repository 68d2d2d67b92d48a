//! Bytes of what is signed, what amounts and notes may be, what an id binds, and which way legs run.

use proptest::prelude::*;

use super::*;
use crate::canonical::testing::{golden, laws};
use crate::digest::sha256;
use crate::leg::{Leg, LegKind};

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

pub(super) fn body(act: DeductionAct) -> DeductionBody {
    DeductionBody {
        deduction: DeductionId::from_bytes([7; 16]),
        settlement: SettlementId::from_bytes([1; 16]),
        home: "330200".parse().unwrap(),
        treatment: "510100".parse().unwrap(),
        institution: "H51010400001".parse().unwrap(),
        receipt: sha256(b"receipt"),
        amounts: DeductionAmounts::new(vec![(Fund::ResidentPool, fen(120_000))]).unwrap(),
        act,
        officer: "li.wei".parse().unwrap(),
        ordered_at: Timestamp::from_millis(1_700_000_000_000).unwrap(),
    }
}

fn deduct() -> DeductionBody {
    body(DeductionAct::Deduct(DeductionReason::NoIndication))
}

fn withdraw() -> DeductionBody {
    body(DeductionAct::Withdraw(DeductionEndReason::AppealUpheld))
}

fn lifted() -> Lifted {
    Lifted {
        deduction: deduct().deduction,
        settlement: deduct().settlement,
        home: deduct().home,
        treatment: deduct().treatment,
        amounts: deduct().amounts,
        reversal: sha256(b"reversal"),
        business_day: "2023-11-16".parse().unwrap(),
    }
}

#[test]
fn golden_bytes() {
    golden(&DeductionReason::Overcharged, "01");
    golden(&DeductionReason::OtherBreach, "0c");
    golden(&DeductionEndReason::Ordered, "03");
    golden(&LegKind::Deduction, "03");
    golden(&LegKind::DeductionEnd, "04");
}

#[test]
fn every_part_has_one_form() {
    laws(&deduct());
    laws(&withdraw());
    laws(&lifted());
    laws(&DeductionVerdict::Accepted("2023-11-15".parse().unwrap()));
    laws(&DeductionNote::parse("第三行按甲类核减").unwrap());
}

#[test]
fn amounts_are_above_zero_in_order_and_of_no_account() {
    let amounts = |amounts: &[(Fund, i64)]| {
        let amounts = amounts.iter().map(|(fund, amount)| (*fund, fen(*amount)));
        DeductionAmounts::new(amounts.collect())
    };
    let (pool, critical) = (Fund::ResidentPool, Fund::ResidentCriticalIllness);
    assert!(amounts(&[(pool, 1), (critical, 2)]).is_ok());
    assert_eq!(amounts(&[]), Err(AmountsError::Empty));
    assert_eq!(amounts(&[(pool, 0)]), Err(AmountsError::Zero(pool)));
    assert_eq!(
        amounts(&[(critical, 1), (pool, 1)]),
        Err(AmountsError::Order)
    );
    assert_eq!(amounts(&[(pool, 1), (pool, 1)]), Err(AmountsError::Order));
    for account in [Fund::OwnAccount, Fund::FamilyAccount] {
        let refused = amounts(&[(account, 1)]);
        assert_eq!(refused, Err(AmountsError::Account(account)));
    }
}

#[test]
fn a_note_is_one_line_of_at_most_200_characters() {
    assert!(DeductionNote::parse(&"核".repeat(200)).is_ok());
    for bad in ["", " a", "a\nb", &"a".repeat(201)] {
        assert_eq!(DeductionNote::parse(bad), Err(NoteError), "{bad:?}");
    }
}

#[test]
fn what_is_left_is_what_was_paid_less_what_was_deducted_and_never_an_account() {
    let paid = [
        (Fund::OwnAccount, fen(500)),
        (Fund::ResidentPool, fen(200_000)),
    ];
    let before = deduct().amounts;
    let left = left_of(&paid, [&before]);
    assert_eq!(left, [(Fund::ResidentPool, fen(80_000))].into());
    let over = deduct().amounts.first_over(&left);
    assert_eq!(over, Some((Fund::ResidentPool, fen(80_000))));
    let rest = DeductionAmounts::new(vec![(Fund::ResidentPool, fen(80_000))]).unwrap();
    assert_eq!(rest.first_over(&left), None);
    let other = DeductionAmounts::new(vec![(Fund::Maternity, fen(1))]).unwrap();
    assert_eq!(other.first_over(&left), Some((Fund::Maternity, Fen::ZERO)));
}

#[test]
fn an_id_binds_what_is_deducted_and_why_but_not_when_and_by_whom() {
    let again = DeductionBody {
        officer: "wang.fang".parse().unwrap(),
        ordered_at: Timestamp::from_millis(1_800_000_000_000).unwrap(),
        ..deduct()
    };
    assert_eq!(deduct().first_difference(&again), None);
    let check = |change: fn(&mut DeductionBody), field| {
        let mut other = deduct();
        change(&mut other);
        assert_eq!(deduct().first_difference(&other), Some(field));
    };
    check(
        |it| it.settlement = SettlementId::from_bytes([2; 16]),
        DeductionField::Settlement,
    );
    check(
        |it| it.receipt = sha256(b"another"),
        DeductionField::Settlement,
    );
    check(
        |it| it.amounts = DeductionAmounts(vec![(Fund::ResidentPool, fen(1))]),
        DeductionField::Amounts,
    );
    check(
        |it| it.act = DeductionAct::Deduct(DeductionReason::Overcharged),
        DeductionField::Reason,
    );
}

#[test]
fn the_legs_of_a_deduction_run_back_and_those_of_its_end_the_original_way() {
    let day = "2023-11-15".parse().unwrap();
    let [back] = &Leg::of_deduction(&deduct(), day)[..] else {
        panic!("one fund, one leg");
    };
    assert_eq!(
        (back.debtor, back.creditor),
        (deduct().treatment, deduct().home)
    );
    assert_eq!(back.settlement.to_bytes(), deduct().deduction.to_bytes());
    let of_withdrawal = Leg::of_deduction(&withdraw(), day);
    let of_reversal = Leg::of_lifted(&lifted());
    assert_eq!((of_withdrawal.len(), of_reversal.len()), (1, 1));
    for end in of_withdrawal.iter().chain(&of_reversal) {
        assert_eq!(
            (end.debtor, end.creditor),
            (deduct().home, deduct().treatment)
        );
        assert_eq!((end.amount, end.fund), (back.amount, back.fund));
        assert_eq!(end.debt().1, LegKind::DeductionEnd);
        assert_eq!(end.debt().0, back.debt().0);
    }
    let at_home = DeductionBody {
        home: deduct().treatment,
        ..deduct()
    };
    assert!(Leg::of_deduction(&at_home, day).is_empty());
    let at_home = Lifted {
        home: deduct().treatment,
        ..lifted()
    };
    assert!(Leg::of_lifted(&at_home).is_empty());
}

proptest! {
    /// However a settlement is deducted from, a deduction that is within what is left leaves at least nothing.
    #[test]
    fn deductions_within_what_is_left_never_exceed_what_was_paid(
        paid in 1_i64..1_000_000, asked in prop::collection::vec(1_i64..400_000, 0..8),
    ) {
        let paid = [(Fund::ResidentPool, fen(paid))];
        let mut taken = Vec::new();
        for amount in asked {
            let amounts = DeductionAmounts::new(vec![(Fund::ResidentPool, fen(amount))]).unwrap();
            if amounts.first_over(&left_of(&paid, &taken)).is_none() {
                taken.push(amounts);
            }
        }
        let sum = Fen::sum(taken.iter().map(|amounts| amounts.as_slice()[0].1)).unwrap();
        prop_assert!(sum <= paid[0].1);
        let left = left_of(&paid, &taken)[&Fund::ResidentPool];
        prop_assert_eq!(left, paid[0].1.checked_sub(sum).unwrap());
    }
}
