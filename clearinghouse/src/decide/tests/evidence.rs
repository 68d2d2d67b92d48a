//! What is called up, from whom, and what it says of the legs that wait.

use huitong_core::clearing_evidence::{ClearingEvidence, SignedDebt};
use huitong_core::date::Timestamp;
use huitong_core::decision::EngineVersion;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::receipt::{ClearingPart, GroupSignature, ReceiptBody};

use super::*;
use crate::state::Says;

/// What Ningbo (2) signed of a settlement in Chengdu (3).
fn body(id: u8, fen: i64) -> ReceiptBody {
    ReceiptBody {
        number: u64::from(id),
        clearing: ClearingPart {
            settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
            home: region(2),
            treatment: region(3),
            amounts: vec![(Fund::ResidentPool, Fen::new(fen).unwrap())],
            business_day: day(1),
            policy: sha256(b"policy"),
            catalogue: sha256(b"catalogue"),
            engine: EngineVersion(1),
        },
        personal: sha256(b"personal"),
        incarnation: 1,
        committed_at: Timestamp::parse("2026-03-01T01:00:00.000Z").unwrap(),
    }
}

fn leg(body: &ReceiptBody) -> Leg {
    Leg::of(body).pop().unwrap()
}

/// Nothing here looks at the signature.
fn shown(body: &ReceiptBody) -> ClearingEvidence {
    ClearingEvidence {
        word: SignedDebt::Receipt(body.clone()),
        group: GroupSignature {
            root: body.leaf(),
            size: 1,
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: Vec::new(),
        },
        index: 0,
        path: Vec::new(),
        signer: Vec::new(),
    }
}

fn asked(house: &House, of: usize) -> Vec<(SettlementId, LegKind)> {
    let wanted = house.ask(move |context| wanted(context, region(of), 0));
    let named = wanted.unwrap().legs.into_iter();
    named.map(|leg| (leg.settlement, leg.kind)).collect()
}

fn show(house: &House, of: usize, body: &ReceiptBody) -> Result<(), Refusal> {
    let evidence = shown(body);
    house.ask(move |context| give(context, region(of), evidence))
}

/// What is said of each leg that waits, by region and number.
fn said(house: &House) -> Vec<(huitong_core::region::RegionCode, u64, Option<Says>)> {
    let rows = excepted(house, Asked::default(), None).rows.into_iter();
    let mut said: Vec<_> = rows
        .map(|row| (row.leg.region, row.leg.numbered.number, row.says))
        .collect();
    said.sort_by_key(|(region, number, _)| (*region, *number));
    said
}

fn over(house: &House) {
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
}

/// A region that is not in the directory reports nothing, whatever was signed.
#[test]
fn of_a_debt_with_a_region_outside_the_directory_nothing_is_called_up() {
    let house = House::new(59);
    let missing = leg(&body(2, 40));
    let stranger = Leg {
        debtor: "440100".parse().unwrap(),
        ..leg(&body(1, 700))
    };
    let told = [receivable(1, &stranger), receivable(2, &missing)];
    house.report(3, &told).unwrap();
    over(&house);
    assert_eq!(asked(&house, 3), [(missing.settlement, missing.kind)]);
}

#[test]
fn what_nobody_disputes_is_not_called_up_and_a_missing_side_is() {
    let mut house = House::new(60);
    let (agreed, missing) = (body(1, 700), body(2, 40));
    house
        .report(
            3,
            &[receivable(1, &leg(&agreed)), receivable(2, &leg(&missing))],
        )
        .unwrap();
    house.report(2, &[payable(1, &leg(&agreed))]).unwrap();
    assert_eq!(asked(&house, 3), [], "the day is not over");
    over(&house);
    let about = (missing.clearing.settlement, LegKind::Settlement);
    assert_eq!(asked(&house, 3), [about]);
    assert_eq!(asked(&house, 2), [], "it reported nothing of it");
    assert_eq!(said(&house), [(region(3), 2, None)]);
    show(&house, 3, &missing).unwrap();
    show(&house, 3, &missing).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(asked(&house, 3), [], "it is here");
        assert_eq!(said(&house), [(region(3), 2, Some(Says::AsReported))]);
        house.come_back(how);
    }
    // Evidence nets nothing; the missing side does.
    house.report(2, &[payable(2, &leg(&missing))]).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 1);
    assert_eq!(said(&house), []);
}

#[test]
fn of_two_that_differ_the_signed_word_says_which_is_wrong() {
    let house = House::new(61);
    let (signed, told) = (body(1, 700), body(1, 701));
    house.report(3, &[receivable(1, &leg(&told))]).unwrap();
    let other = Leg {
        fund: Fund::EmployeePool,
        ..leg(&signed)
    };
    house
        .report(2, &[payable(1, &leg(&signed)), payable(2, &other)])
        .unwrap();
    over(&house);
    let about = (signed.clearing.settlement, LegKind::Settlement);
    assert_eq!(
        (asked(&house, 3), asked(&house, 2)),
        (vec![about], vec![about])
    );
    show(&house, 2, &signed).unwrap();
    assert_eq!(
        said(&house),
        [
            (region(2), 1, Some(Says::AsReported)),
            (region(2), 2, Some(Says::NotOwed)),
            (
                region(3),
                1,
                Some(Says::Otherwise(huitong_core::leg::LegField::Amount))
            ),
        ]
    );
    // The treatment region has another word with the home region's signature.
    show(&house, 3, &told).unwrap();
    assert!(
        said(&house)
            .iter()
            .all(|(.., says)| *says == Some(Says::TwoWords))
    );
    assert_eq!(code(show(&house, 3, &body(1, 702))), "evidence.not_wanted");
}

#[test]
fn what_nobody_waits_for_and_what_is_not_theirs_is_not_taken() {
    let house = House::new(62);
    let missing = body(2, 40);
    house.report(3, &[receivable(1, &leg(&missing))]).unwrap();
    over(&house);
    assert_eq!(code(show(&house, 3, &body(3, 40))), "evidence.not_wanted");
    assert_eq!(code(show(&house, 0, &missing)), "evidence.not_wanted");
    assert_eq!(said(&house), [(region(3), 1, None)]);
    show(&house, 2, &missing).unwrap();
    assert_eq!(said(&house), [(region(3), 1, Some(Says::AsReported))]);
}

#[test]
fn a_word_by_which_nothing_is_owed_is_taken_from_its_two_regions() {
    let house = House::new(63);
    let told = body(2, 40);
    house.report(3, &[receivable(1, &leg(&told))]).unwrap();
    over(&house);
    let mut signed = body(2, 40);
    signed.clearing.amounts.clear();
    assert_eq!(code(show(&house, 0, &signed)), "evidence.not_wanted");
    show(&house, 3, &signed).unwrap();
    show(&house, 2, &signed).unwrap();
    assert_eq!(said(&house), [(region(3), 1, Some(Says::NotOwed))]);
}

#[test]
fn what_cannot_be_shown_hides_nothing_that_came_after_it() {
    let house = House::new(64);
    let legs: Vec<_> = (1..=300_u64)
        .map(|number| {
            let id = i64::try_from(number).unwrap();
            let leg = Leg {
                settlement: SettlementId::from_parts(id, [0; 10]),
                ..leg(&body(1, 700))
            };
            receivable(number, &leg)
        })
        .collect();
    house.report(3, &legs).unwrap();
    over(&house);
    let page = |after| {
        let page = house.ask(move |context| wanted(context, region(3), after));
        let page = page.unwrap();
        let settlements: Vec<_> = page.legs.iter().map(|leg| leg.settlement).collect();
        (settlements, page.next)
    };
    let of = |numbers: std::ops::Range<usize>| {
        let legs = legs[numbers].iter();
        legs.map(|numbered| numbered.leg.settlement)
            .collect::<Vec<_>>()
    };
    assert_eq!(page(0), (of(0..256), Some(256)));
    assert_eq!(page(256), (of(256..300), None));
    assert_eq!(page(44), (of(44..300), None));
}
