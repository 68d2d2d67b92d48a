//! A home node and a treatment node in one test, and the law that holds of their legs.

use std::collections::BTreeMap;

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{AnswerBody, DeductionVerdict, SignedAnswer};
use huitong_core::fund::Fund;
use huitong_core::leg::{Debt, Leg, NumberedLeg};
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::home::Committed;
use huitong_core::refusal::Refusal;
use huitong_core::reversal::{HomeWord, Reversal};

use super::super::*;
use crate::home::deduct::DeductVerdict;
use crate::home::deduct::tests::{decide, reverse, settled, signed};
use crate::home::reverse::ReverseVerdict;
use crate::home::testing::Home;
use crate::samples::{fen, id, now, prepared, receipt};
use crate::store::HomeDeductionState;
use crate::treatment::records::{Book, Prepare, Step};

const POOL: Fund = Fund::ResidentPool;
/// What the pool pays of the settlement.
pub(super) const PAID: i64 = 7_000;

/// A home node and a treatment node, with what travels between them.
pub(super) struct World {
    pub(super) home: Home,
    pub(super) treatment: Home,
    pub(super) original: Committed,
    pub(super) legs_home: Vec<NumberedLeg>,
    pub(super) legs_treatment: Vec<NumberedLeg>,
    /// The home region's words by deduction, for what is asked again.
    pub(super) words: Vec<DeductionWord>,
    /// The reversal, once home ordered it.
    pub(super) reversal: Option<Reversal>,
    pub(super) is_reversal_booked: bool,
}

fn legs_of(records: &[NodeRecord]) -> Vec<NumberedLeg> {
    let legs = records.iter().map(crate::legs::stream::of_record);
    legs.flat_map(Result::unwrap).collect()
}

impl World {
    pub(super) fn new() -> Self {
        let (home, original) = settled();
        let treatment = Home::at(original.claim.treatment);
        let mut receipt = receipt(1);
        receipt.body = original.body().clone();
        let legs_home = legs_of(&[NodeRecord::Committed(original.clone())]);
        treatment.run(Prepare(prepared(1, "V1")));
        let book = Book {
            word: HomeWord {
                receipt,
                reversal: None,
            },
            cash: Fen::ZERO,
        };
        let (_, records) = treatment.run(book);
        let legs_treatment = legs_of(&records);
        Self {
            home,
            treatment,
            original,
            legs_home,
            legs_treatment,
            words: Vec::new(),
            reversal: None,
            is_reversal_booked: false,
        }
    }

    pub(super) fn wish(&self, nth: u8, amount: i64) -> Deduct {
        let body = self.original.body();
        Deduct {
            deduction: DeductionId::from_bytes([nth; 16]),
            treatment: self.original.claim.treatment,
            settlement: id(1),
            amounts: DeductionAmounts::new(vec![(POOL, fen(amount))]).unwrap(),
            reason: DeductionReason::Overcharged,
            note: None,
            officer: "li.wei".parse().unwrap(),
            receipted: Some(Receipted {
                receipt: body.digest(),
                amounts: body.clearing.amounts.clone(),
            }),
        }
    }

    pub(super) fn deduct(&mut self, nth: u8, amount: i64) -> Ordered {
        let (ordered, records) = self.treatment.run(self.wish(nth, amount));
        assert!(
            legs_of(&records).is_empty(),
            "no leg leaves before home has accepted"
        );
        self.keep(&records);
        ordered
    }

    pub(super) fn withdraw(&mut self, nth: u8) -> Ordered {
        let command = Withdraw {
            deduction: DeductionId::from_bytes([nth; 16]),
            treatment: self.original.claim.treatment,
            reason: DeductionEndReason::AppealUpheld,
            note: None,
            officer: "li.wei".parse().unwrap(),
            before: Some(DeductionEndReason::AppealUpheld),
        };
        let (ordered, records) = self.treatment.run(command);
        assert!(legs_of(&records).is_empty());
        self.keep(&records);
        ordered
    }

    /// Orders travel as they were signed.
    pub(super) fn keep(&mut self, records: &[NodeRecord]) {
        for record in records {
            if let NodeRecord::DeductionOrdered(record) = record {
                let order = signed(record.body().clone());
                let answer = SignedAnswer {
                    body: AnswerBody {
                        deduction: order.body.deduction,
                        home: order.body.home,
                        treatment: order.body.treatment,
                        order: order.body.digest(),
                        verdict: DeductionVerdict::Refused(Refusal::new(RefusalCode::NotFound, "")),
                        answered_at: now(),
                    },
                    group: order.group.clone(),
                    index: 0,
                    path: Vec::new(),
                };
                self.words.push(DeductionWord { order, answer });
            }
        }
    }

    /// Home hears the nth open order; its word, which may never arrive.
    pub(super) fn hear(&mut self, nth: u8) -> Option<DeductionWord> {
        let row = self
            .treatment
            .rows
            .deduction(DeductionId::from_bytes([nth; 16]));
        let row = row.unwrap()?;
        open_order(&row)?;
        let of_it = |word: &&DeductionWord| word.order.body.deduction.to_bytes() == [nth; 16];
        let order = self.words.iter().rev().find(of_it).unwrap().order.clone();
        let (verdict, records) = self.home.run(decide(order.clone(), Some(&self.original)));
        self.legs_home.extend(legs_of(&records));
        match verdict {
            DeductVerdict::Decided(record) => {
                let word = DeductionWord {
                    order,
                    answer: SignedAnswer {
                        body: record.body().clone(),
                        group: receipt(1).group,
                        index: 0,
                        path: Vec::new(),
                    },
                };
                self.words.push(word.clone());
                Some(word)
            }
            DeductVerdict::Repeated => {
                let said = |word: &&DeductionWord| {
                    of_it(word)
                        && word.order.body.act == order.body.act
                        && matches!(word.answer.body.verdict, DeductionVerdict::Accepted(_))
                };
                let first = self.words.iter().find(said);
                let refused = self.words.iter().rfind(of_it);
                Some(first.or(refused).unwrap().clone())
            }
            other @ (DeductVerdict::Conflict(_)
            | DeductVerdict::OldIncarnation(_)
            | DeductVerdict::LeftOut(_)) => panic!("{other:?}"),
        }
    }

    pub(super) fn book(&mut self, word: DeductionWord) -> Booking {
        let reversal = self.reversal.as_ref().filter(|_| self.is_reversal_booked);
        let command = BookDeduction {
            word,
            reversal: reversal.map(|reversal| reversal.body.clone()),
            said_in: Some(1),
        };
        let (booking, records) = self.treatment.run(command);
        self.legs_treatment.extend(legs_of(&records));
        booking
    }

    pub(super) fn ask(&mut self, nth: u8) {
        if let Some(word) = self.hear(nth) {
            self.book(word);
        }
    }

    pub(super) fn reverse(&mut self) {
        let (verdict, records) = self.home.run(reverse(&self.original));
        self.legs_home.extend(legs_of(&records));
        if let ReverseVerdict::Reversed { body, person, salt } = verdict {
            self.reversal = Some(Reversal {
                body,
                person,
                salt,
                group: receipt(1).group,
                index: 0,
                path: Vec::new(),
            });
        }
    }

    pub(super) fn book_reversal(&mut self) {
        let Some(reversal) = self.reversal.clone() else {
            return;
        };
        let mut receipt = receipt(1);
        receipt.body = self.original.body().clone();
        let book = Book {
            word: HomeWord {
                receipt,
                reversal: Some(reversal),
            },
            cash: Fen::ZERO,
        };
        let (step, records) = self.treatment.run(book);
        self.is_reversal_booked |= step == Step::Taken;
        self.legs_treatment.extend(legs_of(&records));
    }

    /// Everything that is open comes to its outcome.
    pub(super) fn settle_down(&mut self) {
        self.book_reversal();
        for nth in 0..=u8::MAX {
            self.ask(nth);
        }
    }

    pub(super) fn state(&self, nth: u8) -> Option<DeductionState> {
        let row = self
            .treatment
            .rows
            .deduction(DeductionId::from_bytes([nth; 16]));
        row.unwrap().map(|row| row.state)
    }

    /// The law: the same legs on both sides, each debt once, numbers without gaps, and sums of what stands.
    pub(super) fn holds(&self) {
        let by_debt = |legs: &[NumberedLeg]| {
            let mut map: BTreeMap<Debt, Leg> = BTreeMap::new();
            for numbered in legs {
                let twice = map.insert(numbered.leg.debt(), numbered.leg.clone());
                assert_eq!(twice, None, "a debt is written twice");
            }
            let numbers: Vec<u64> = legs.iter().map(|leg| leg.number).collect();
            let all: Vec<u64> = (1..).take(legs.len()).collect();
            assert_eq!(numbers, all);
            map
        };
        let (home, treatment) = (by_debt(&self.legs_home), by_debt(&self.legs_treatment));
        assert_eq!(home, treatment);
        for (one, other) in self.legs_home.iter().flat_map(|one| {
            let same = self.legs_treatment.iter();
            same.filter(|other| other.leg.debt() == one.leg.debt())
                .map(move |other| (one, other))
        }) {
            assert_ne!(one.side, other.side);
        }
        let pool = home.values().filter(|leg| leg.fund == POOL);
        let owed: i64 = pool
            .map(|leg| {
                if leg.creditor == self.original.claim.treatment {
                    leg.amount.get()
                } else {
                    leg.amount.get().saturating_neg()
                }
            })
            .sum();
        let counted = self.treatment.rows.deductions(id(1)).unwrap();
        let counted = counted.iter().flat_map(|row| row.amounts());
        let deducted: i64 = counted.map(|amounts| amounts.as_slice()[0].1.get()).sum();
        let stands = if self.is_reversal_booked { 0 } else { PAID };
        assert_eq!(owed, stands.saturating_sub(deducted));
        assert!(!self.is_reversal_booked || deducted == 0);
        let treatment = self.original.claim.treatment;
        for nth in 0..=u8::MAX {
            let at_home = self
                .home
                .rows
                .home_deduction(treatment, DeductionId::from_bytes([nth; 16]));
            let at_home = at_home.unwrap().map(|row| row.state);
            let expected = self.state(nth).map(|state| match state {
                DeductionState::Stands => HomeDeductionState::Stands,
                DeductionState::Refused => HomeDeductionState::Refused,
                DeductionState::Withdrawn => HomeDeductionState::Withdrawn,
                DeductionState::Lifted => HomeDeductionState::Lifted,
                open @ (DeductionState::Asked | DeductionState::Withdrawing) => {
                    panic!("{open:?} after everything came to its outcome")
                }
            });
            assert_eq!(at_home, expected, "{nth}");
        }
    }
}
