//! Of which settlement, claim and receipt a word must be.

use huitong_core::refusal::RefusalCode;
use huitong_core::reversal::BegunBy;
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::samples::{claim, fen, id, person, receipt, refusal, reversal};

#[test]
fn a_settlement_ends_only_by_a_refusal_of_its_own_id_and_claim() {
    let word = refusal(
        1,
        RefusalCode::DecisionDiffers,
        RefusedRequest::Claim(claim("V1").binding()),
    );
    let about = |word: &FinalRefusal| about_refusal(word, id(1), &claim("V1"));
    assert_eq!(about(&word), Ok(()));
    assert!(word.is_in_group());
    let buried = refusal(1, RefusalCode::Abandoned, RefusedRequest::Unseen);
    assert_eq!(about(&buried), Ok(()));
    let check = |other: FinalRefusal, what| {
        assert_eq!(about(&other), Err(ReceiptFault::Other(what)));
    };
    let mut other = word.clone();
    other.body.settlement = id(2);
    check(other, "settlement");
    let mut other = word.clone();
    other.body.home = "310000".parse().unwrap();
    check(other, "home region");
    let mut other = word.clone();
    other.body.treatment = "310000".parse().unwrap();
    check(other, "treatment region");
    let of_another = RefusedRequest::Claim(claim("V2").binding());
    check(
        refusal(1, RefusalCode::DecisionDiffers, of_another),
        "request",
    );
    check(
        refusal(1, RefusalCode::DecisionDiffers, RefusedRequest::Unseen),
        "request",
    );
    let mut other = word;
    other.salt = [1; 16];
    check(other, "request");
}

#[test]
fn without_its_claim_an_id_ends_only_by_a_refusal_of_just_that_id_between_these_two() {
    let of_claim = RefusedRequest::Claim(claim("V2").binding());
    let word = refusal(1, RefusalCode::DecisionDiffers, of_claim);
    let between = (person().home, claim("V1").treatment);
    assert_eq!(about_unprepared(&word, id(1), between), Ok(()));
    let check = |other: &FinalRefusal, of, between, what| {
        let expected = Err(ReceiptFault::Other(what));
        assert_eq!(about_unprepared(other, of, between), expected);
    };
    let (home, treatment) = between;
    check(&word, id(2), between, "settlement");
    check(&word, id(1), (treatment, treatment), "home region");
    check(&word, id(1), (home, home), "treatment region");
    let mut other = word;
    other.salt = [1; 16];
    check(&other, id(1), between, "request");
    // What says that a settlement is not reversed does not end it.
    let order = ReversalOrder {
        settlement: id(1),
        treatment,
        reason: ReversalReason::Duplicate,
        begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
    };
    let reversal = ReversalId::from_bytes([7; 16]);
    let wish = RefusedRequest::Reversal(RefusedReversal { reversal, order });
    let mut other = refusal(1, RefusalCode::DecisionDiffers, wish);
    other.body.reversal = Some(reversal);
    check(&other, id(1), between, "request");
}

#[test]
fn a_reversal_is_booked_only_for_the_receipt_amounts_and_person_that_are_booked_here() {
    let begun_by = BegunBy::Officer("li.wei".parse().unwrap());
    let word = reversal(1, 2, ReversalId::from_bytes([7; 16]), begun_by);
    let booked = receipt(1);
    assert_eq!(about_reversal(&word, &booked, person()), Ok(()));
    assert!(word.is_in_group());
    let check = |change: fn(&mut Reversal), what| {
        let mut other = word.clone();
        change(&mut other);
        let expected = Err(ReceiptFault::Other(what));
        assert_eq!(about_reversal(&other, &booked, person()), expected);
    };
    check(|it| it.body.clearing.settlement = id(2), "settlement");
    let other = "310000".parse().unwrap();
    let mut elsewhere = word.clone();
    elsewhere.body.clearing.home = other;
    assert_eq!(
        about_reversal(&elsewhere, &booked, person()),
        Err(ReceiptFault::Other("home region"))
    );
    check(
        |it| it.body.clearing.receipt = sha256(b"another"),
        "receipt",
    );
    check(|it| it.body.clearing.amounts[1].1 = fen(6_999), "amount");
    check(|it| it.body.clearing.amounts.truncate(1), "amount");
    check(|it| it.person.version.change = 8, "person");
    check(|it| it.salt = [1; 16], "person");
}
