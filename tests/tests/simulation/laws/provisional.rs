//! The law of what was settled while a home region was away: what was told stands, the patient pays the lower of the
//! two, and the difference equals what is borne of it.

use std::collections::BTreeMap;

use huitong_core::provisional::TrueUp;
use huitong_proto::common::v1::Fund;

use super::moves::order;
use super::{Audit, Law};
use crate::callers::{Answer, Difference, Given, Told};
use crate::register::{HOME_BEARS, Somebody, region};
use crate::workload::Asked;

impl Audit<'_> {
    pub(super) fn differences_are_borne(&mut self) {
        let mut given: BTreeMap<&str, Given> = BTreeMap::new();
        for (id, answer) in &self.exhibits.answers {
            let of = match answer {
                Answer::Provisional(of) | Answer::Borne(of, _) => Some(*of),
                Answer::Settled(told) | Answer::Reversed(told) => {
                    told.trued_up.map(|(given, _)| given)
                }
                Answer::Refused(_) | Answer::Abandoned | Answer::Open | Answer::None(_) => None,
            };
            if let Some(of) = of {
                let first = *given.entry(id).or_insert(of);
                if first != of {
                    let story = format!("{id} was given {first:?}, and then {of:?}");
                    self.report(Law::Loss, story);
                }
            }
        }
        let answers = self.final_answers();
        for asked in &self.exhibits.asked {
            let given = given.get(asked.request_id.as_str());
            match (given, answers.get(asked.request_id.as_str())) {
                (Some(given), Some(Answer::Settled(told) | Answer::Reversed(told))) => {
                    self.is_borne(asked, *given, told);
                }
                (Some(given), Some(Answer::Borne(_, of))) => {
                    let is_whole = of.treatment_bears == given.advanced
                        && of.patient == given.told
                        && (of.refund, of.home_bears) == (0, 0);
                    if !is_whole {
                        self.is_wrong(asked, &format!("{given:?} is borne as {of:?}"));
                    }
                }
                (Some(given), Some(Answer::Refused(_) | Answer::Abandoned)) => {
                    let is_wanted = self.exhibits.reversals.contains(&asked.request_id);
                    let story = format!("{given:?} is gone, and nobody asked");
                    if !is_wanted {
                        self.is_wrong(asked, &story);
                    }
                }
                (None, Some(Answer::Settled(told) | Answer::Reversed(told))) => {
                    let lost = loss(told);
                    if lost != 0 {
                        self.is_wrong(asked, &format!("{lost} of nothing is borne"));
                    }
                }
                (Some(given), None) => {
                    self.is_wrong(asked, &format!("{given:?} has no outcome"));
                }
                (None, Some(Answer::Borne(given, _))) => {
                    self.is_wrong(asked, &format!("{given:?} is borne, and was never told"));
                }
                (None, Some(Answer::Refused(_) | Answer::Abandoned) | None)
                // Not final.
                | (_, Some(Answer::Open | Answer::Provisional(_) | Answer::None(_))) => {}
            }
        }
    }

    fn is_borne(&mut self, asked: &Asked, given: Given, told: &Told) {
        let Some((_, of)) = told.trued_up else {
            self.is_wrong(asked, &format!("{given:?} was never trued up"));
            return;
        };
        let (decided, patient) = (told.cash_fen, given.told.min(told.cash_fen));
        let short = decided - patient;
        // What was promised of whoever was handed over since was promised on totals that are another home's now.
        let is_late = self.is_late(asked.of, &told.settlement);
        let home_bears = if is_late { 0 } else { short.min(HOME_BEARS) };
        let expected = Difference {
            decided,
            patient,
            refund: given.told - patient,
            home_bears,
            treatment_bears: short - home_bears,
        };
        let story = format!("{of:?}, where {expected:?} is the difference");
        if of != expected {
            self.is_wrong(asked, &story);
        }
        let booked = loss(told);
        let story = format!("{booked} is paid for {of:?}");
        if booked != of.home_bears {
            self.is_wrong(asked, &story);
        }
        let paid: i64 = told.amounts.iter().map(|(_, fen)| fen).sum();
        let is_whole =
            given.told + given.advanced == asked.fen && paid - booked + decided == asked.fen;
        let story = format!("{given:?} and {told:?} are not a bill of {}", asked.fen);
        if !is_whole {
            self.is_wrong(asked, &story);
        }
        for (books, wants) in [(asked.treatment, true), (asked.of.home, !is_late)] {
            let booked = self.exhibits.nodes[books].trued_up.iter();
            let booked = booked.filter(|record| record.settlement.to_string() == told.settlement);
            let booked: Vec<_> = booked.map(|record| record.true_up).collect();
            let is_same = |true_up: &TrueUp| {
                let found = Difference {
                    decided: true_up.decided.get(),
                    patient: true_up.patient.get(),
                    refund: true_up.refund.get(),
                    home_bears: true_up.home_bears.get(),
                    treatment_bears: true_up.treatment_bears.get(),
                };
                true_up.told.get() == given.told && found == expected
            };
            if !(booked.len() == usize::from(wants) && booked.iter().all(is_same)) {
                let story = format!("{} has booked {booked:?}", region(books));
                self.is_wrong(asked, &story);
            }
        }
    }

    /// Whether the old home of somebody decided a settlement after it had handed them over.
    fn is_late(&self, of: Somebody, settlement: &str) -> bool {
        let mut moves = self.exhibits.moves.iter();
        let handed = moves.find(|wanted| wanted.of == of);
        let Some(handed) = handed.and_then(|wanted| self.handed(wanted)) else {
            return false;
        };
        let mut committed = self.exhibits.nodes[of.home].committed.iter();
        let record =
            committed.find(|record| record.body().clearing.settlement.to_string() == settlement);
        record.is_some_and(|record| order(record.after) >= order(handed.version))
    }

    fn is_wrong(&mut self, asked: &Asked, story: &str) {
        self.report(Law::Loss, format!("{}: {story}", asked.request_id));
    }
}

/// What the home region pays of a loss by a receipt.
fn loss(told: &Told) -> i64 {
    let amounts = told.amounts.iter();
    let of_loss = amounts.filter(|(fund, _)| *fund == i32::from(Fund::ProvisionalLoss));
    of_loss.map(|(_, fen)| fen).sum()
}
