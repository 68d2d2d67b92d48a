//! Movements of money that were entered wrongly, or that the bank took back.

use huitong_core::vocabulary::CorrectionReason;

use super::*;

fn correct_as(house: &House, line: BankLine, why: CorrectionReason) -> Result<(), Refusal> {
    house.ask(move |context| correct(context, line, why, name("zhao.min")))
}

fn wrong_amount(house: &House, line: BankLine) -> Result<(), Refusal> {
    correct_as(house, line, CorrectionReason::WrongAmount)
}

fn suspense(house: &House) -> i128 {
    balance(house, "330000", AccountClass::Suspense)
}

#[test]
fn what_was_typed_wrongly_is_taken_out_with_all_it_counted_for_and_said_again_changes_nothing() {
    let mut house = House::new(80);
    ordered(&house, 1, 1_000);
    let wrong = line("IN-1", Direction::PayIn, 900);
    let right = line("IN-1", Direction::PayIn, 90);
    enter(&house, wrong, IN).unwrap();
    assert_eq!(
        code(wrong_amount(&house, right)),
        "payment.bank_reference_taken",
        "what is corrected is said as it was entered"
    );
    wrong_amount(&house, wrong).unwrap();
    assert_eq!(open(&house)[0], (IN.to_owned(), 1_000));
    enter(&house, right, IN).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        wrong_amount(&house, wrong).unwrap();
        house.come_back(how);
        assert_eq!(
            open(&house)[0],
            (IN.to_owned(), 910),
            "the right one stands"
        );
        let told = house
            .ask(|context| movements(context, Openness::All, None))
            .unwrap();
        let told = told.rows.iter();
        let told = told.map(|of| (of.line, of.corrected.is_some(), of.counted.len()));
        assert!(told.eq([(wrong, true, 1), (right, false, 1)]));
        assert_eq!(balance(&house, "330000", AccountClass::SettlementCash), -90);
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
    let never = line("IN-9", Direction::PayIn, 1);
    assert_eq!(
        code(wrong_amount(&house, never)),
        "payment.bank_reference_unknown"
    );
}

#[test]
fn what_was_parked_or_counts_in_part_leaves_suspense_too() {
    let house = House::new(81);
    ordered(&house, 1, 1_000);
    let parked = line("P-1", Direction::PayIn, 700);
    enter(&house, parked, "").unwrap();
    apply(&house, "P-1", &[(IN, 600)]).unwrap();
    assert_ne!(suspense(&house), 0);
    correct_as(&house, parked, CorrectionReason::EnteredTwice).unwrap();
    let again = wrong_amount(&house, parked).unwrap_err();
    assert_eq!(again.code.code(), "payment.bank_reference_unknown");
    assert!(
        again.detail.contains("taken out again by"),
        "{}",
        again.detail
    );
    assert!(again.detail.contains("as entered_twice, it was 330000"));
    assert_eq!((suspense(&house), open(&house).len()), (0, 2));
    assert_eq!(open(&house)[0], (IN.to_owned(), 1_000));
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn a_payment_out_that_the_bank_returns_opens_its_cycle_again() {
    let mut house = House::new(82);
    ordered(&house, 1, 1_000);
    let (paid_in, paid_out) = (
        line("IN-1", Direction::PayIn, 1_000),
        line("OUT-1", Direction::PayOut, 1_000),
    );
    enter(&house, paid_in, IN).unwrap();
    enter(&house, paid_out, OUT).unwrap();
    let of = |house: &House| {
        let used = house.ask(|context| {
            let prefund = "330000-510100-resident_pool".parse().unwrap();
            Ok(Decided::answer(context.state.prefunds.used(prefund)))
        });
        (progress(house, 1), used.unwrap().get())
    };
    assert!(matches!(
        of(&house),
        (CycleState::Netted(Progress::Final(_)), 0)
    ));
    let refused = wrong_amount(&house, paid_in).unwrap_err();
    assert_eq!(refused.code.code(), "payment.paid_out");
    assert_eq!(refused.detail, format!("{IN}: 0.00"));
    correct_as(&house, paid_out, CorrectionReason::Bounced).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        let found = of(&house);
        let expected = (CycleState::Netted(Progress::Instructed), 1_000);
        assert_eq!(found, expected, "what is owed uses the prefund again");
    }
    // Paid again by another movement, or now also taken back from the payer.
    enter(&house, line("OUT-2", Direction::PayOut, 1_000), OUT).unwrap();
    assert!(matches!(
        of(&house),
        (CycleState::Netted(Progress::Final(_)), 0)
    ));
}

#[test]
fn what_went_back_stays_as_it_is() {
    let house = House::new(83);
    ordered(&house, 1, 1_000);
    let parked = line("P-1", Direction::PayIn, 100);
    enter(&house, parked, "").unwrap();
    let way_back = BankLine {
        direction: Direction::PayOut,
        ..line("P-2", Direction::PayIn, 100)
    };
    enter(&house, way_back, "").unwrap();
    back(&house, "P-1", "P-2").unwrap();
    for of in [parked, way_back] {
        assert_eq!(code(wrong_amount(&house, of)), "payment.sent_back");
    }
}
