//! Deductions name nobody: they stand when the person of their settlement is erased, and hold that up while they wait.

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{DeductionVerdict, DeductionWord, SignedAnswer};
use huitong_core::record::clearing::DeductionOf;
use huitong_core::record::deduction::{DeductionAnswered, DeductionOrdered};
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};

use super::*;
use crate::home::deduct::tests::{deduct, signed};
use crate::legs::stream::told_from;
use crate::store::{DeductionState, Deductions};

/// A settlement with a deduction, which the home region has answered or not.
fn deducted(is_answered: DeductionState) -> Vec<NodeRecord> {
    use huitong_core::deduction::{AnswerBody, DeductionAmounts, DeductionBody};
    let receipt = receipt(1).body;
    let legs = u64::try_from(receipt.clearing.amounts.len()).unwrap();
    let body = DeductionBody {
        deduction: huitong_core::id::DeductionId::from_bytes([5; 16]),
        settlement: id(1),
        home: receipt.clearing.home,
        treatment: receipt.clearing.treatment,
        institution: prepared(1, "V1").institution,
        receipt: receipt.digest(),
        amounts: DeductionAmounts::new(vec![(
            huitong_core::fund::Fund::ResidentPool,
            crate::samples::fen(100),
        )])
        .unwrap(),
        act: deduct(),
        officer: "li.wei".parse().unwrap(),
        ordered_at: now(),
    };
    let order = signed(body.clone());
    let answer = AnswerBody {
        deduction: body.deduction,
        home: body.home,
        treatment: body.treatment,
        order: body.digest(),
        verdict: DeductionVerdict::Accepted("2023-03-10".parse().unwrap()),
        answered_at: now(),
    };
    let word = DeductionWord {
        answer: SignedAnswer {
            body: answer,
            group: order.group.clone(),
            index: 0,
            path: Vec::new(),
        },
        order,
    };
    let mut records = vec![
        prepared_for(person(), 1),
        settled(1, 1),
        NodeRecord::DeductionOrdered(DeductionOrdered::new(body, None)),
    ];
    if is_answered == DeductionState::Stands {
        records.push(NodeRecord::DeductionAnswered(DeductionAnswered {
            word,
            legs_from: legs.saturating_add(1),
            at: now(),
        }));
    }
    records.push(closed("2023-03-10"));
    records
}

#[test]
fn a_deduction_without_an_answer_keeps_its_settlements_person() {
    let disk = FakeDisk::new(1);
    write(&disk, deducted(DeductionState::Asked));
    assert_eq!(obstacles(&disk, rule(365)), [Obstacle::Open(id(1))]);
}

#[test]
fn a_deduction_and_its_leg_stand_when_the_person_is_erased() {
    let disk = FakeDisk::new(1);
    write(&disk, deducted(DeductionState::Stands));
    let deduction = huitong_core::id::DeductionId::from_bytes([5; 16]);
    let ledger = open(&disk, &fresh()).unwrap();
    let (legs, row) = (
        legs_from(&ledger, 1, 99).unwrap(),
        ledger.deduction(deduction).unwrap().unwrap(),
    );
    ledger.close();
    drop(ledger);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    assert!(is_erased(&ledger, id(1)).unwrap());
    let (told, said) = told_from(&ledger, 1, 99).unwrap();
    assert_eq!(told, legs);
    // Of which settlement it is stays known, and of no other leg anything is said.
    let number = legs.last().unwrap().number;
    let settlement = id(1);
    assert_eq!(said, [DeductionOf { number, settlement }]);
    // Nor of a leg that is not asked for.
    assert_eq!(told_from(&ledger, 1, legs.len() - 1).unwrap().1, []);
    let last = told_from(&ledger, number, 1).unwrap();
    assert_eq!(last, (legs[legs.len() - 1..].to_vec(), said));
    assert_eq!(ledger.deduction(deduction).unwrap(), Some(row));
    let counted = ledger.deductions(id(1)).unwrap();
    assert_eq!(counted.map_or(0, |Deductions(all)| all.len()), 1);
}

/// A node that was restored has its legs back, and books them again under their numbers: the clearinghouse, restored as
/// well, is told each once, and of which settlement a deduction is.
#[test]
fn a_deduction_that_came_back_and_is_booked_again_is_told_once_with_its_settlement() {
    let (disk, before) = (FakeDisk::new(1), FakeDisk::new(2));
    write(&before, deducted(DeductionState::Stands));
    let ledger = open(&before, &fresh()).unwrap();
    let (legs, said) = told_from(&ledger, 1, 99).unwrap();
    ledger.close();
    assert_eq!(said.len(), 1);
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    let came_back = LegsRegained {
        legs: legs.clone(),
        at: now(),
    };
    let mut records = vec![
        NodeRecord::RestoreBegan(began),
        NodeRecord::LegsRegained(came_back),
    ];
    records.extend(deducted(DeductionState::Stands));
    write(&disk, records);
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(told_from(&ledger, 1, 99).unwrap(), (legs.clone(), said));
    // Of what is not told nothing is said.
    let first = legs.len() - 1;
    let told = told_from(&ledger, 1, first).unwrap();
    assert_eq!(told, (legs[..first].to_vec(), Vec::new()));
    ledger.close();
}

/// What came back fills a report by itself; that a deduction of it was booked again stands in frames long after it.
#[test]
fn what_fills_a_report_before_the_deduction_is_booked_again_hides_not_its_settlement() {
    let (disk, before) = (FakeDisk::new(1), FakeDisk::new(2));
    write(&before, deducted(DeductionState::Stands));
    let ledger = open(&before, &fresh()).unwrap();
    let (legs, said) = told_from(&ledger, 1, 99).unwrap();
    ledger.close();
    assert_eq!(said.len(), 1);
    let came_back = LegsRegained {
        legs: legs.clone(),
        at: now(),
    };
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    write(&disk, vec![NodeRecord::RestoreBegan(began)]);
    write(&disk, vec![NodeRecord::LegsRegained(came_back)]);
    let ledger = open(&disk, &fresh()).unwrap();
    let told = told_from(&ledger, 1, legs.len()).unwrap();
    assert_eq!(told, (legs.clone(), Vec::new()), "not booked again yet");
    ledger.close();
    drop(ledger);
    write(&disk, deducted(DeductionState::Stands));
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(told_from(&ledger, 1, legs.len()).unwrap(), (legs, said));
    ledger.close();
}
