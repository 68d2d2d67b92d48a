//! The auditor's laws. It knows what hospitals asked and were told, and reads the books at the end; it asks
//! no server how something came about, and reckons amounts by hand.

mod account_months;
mod accounts;
mod bureau;
mod checks;
mod clearing;
mod deductions;
mod disputes;
mod duplicates;
mod law;
mod money;
mod months;
mod moves;
mod people;
mod provisional;
mod statements;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::id::SettlementId;
use huitong_core::record::home::Committed;
use huitong_core::record::reversal::ReversalOrdered;

use crate::accounts::OfAccount;
use crate::books::{ClearingBooks, NodeBooks};
use crate::bureau::Errands;
use crate::callers::{Answer, Told};
use crate::money::Ledger;
use crate::months::OfMonth;
use crate::papers::Paper;
use crate::register::region;
use crate::statements::Verified;
use crate::twins::{Note, Pair};
use crate::workload::{ALREADY_SETTLED, Asked, Move};

pub use law::{Law, Violation, broken_by};

/// All that the auditor looks at.
pub struct Exhibits {
    pub asked: Vec<Asked>,
    pub answers: Vec<(String, Answer)>,
    /// The ids whose settlements somebody wanted taken back.
    pub reversals: BTreeSet<String>,
    /// The transfers that officers wanted.
    pub moves: Vec<Move>,
    /// What officers wanted for their own people, and were told.
    pub acts: Errands,
    /// What the clearing officer was told of cycles.
    pub papers: Vec<Paper>,
    /// What regions found in their parts of cycles.
    pub verified: Vec<Verified>,
    /// What was told of months.
    pub months: Vec<(String, OfMonth)>,
    /// What is known of the money that moved.
    pub money: Ledger,
    /// What hospitals were told of their own accounts, each in order.
    pub accounts: Vec<(usize, OfAccount)>,
    /// Who is in the registers of two regions, and what bureaus did about it and were shown.
    pub pairs: Vec<Pair>,
    pub twins: Vec<Note>,
    pub nodes: Vec<NodeBooks>,
    pub clearing: ClearingBooks,
}

struct Audit<'a> {
    exhibits: &'a Exhibits,
    violations: Vec<Violation>,
    sums_compared: usize,
}

/// What came of an audit.
pub struct Audited {
    /// Every violation.
    pub violations: Vec<Violation>,
    /// How many totals and balances were compared with the sums of what stands.
    pub sums_compared: usize,
}

/// Holds the books to every law.
pub fn audit(exhibits: &Exhibits) -> Audited {
    let mut audit = Audit {
        exhibits,
        violations: Vec::new(),
        sums_compared: 0,
    };
    audit.answers_stay_true();
    audit.visits_said_settled_are();
    audit.both_books_agree();
    audit.nothing_is_paid_unasked();
    audit.reversals_are_of_one_mind();
    audit.no_visit_is_paid_twice();
    audit.nothing_is_used_twice();
    audit.only_whom_a_story_tells_of_is_released();
    audit.whoever_is_released_had_a_gap();
    audit.what_bureaus_did_is_there_once();
    audit.nobody_is_helped_twice();
    audit.what_is_deducted_is_in_both_books_once();
    audit.what_ends_was_deducted();
    audit.no_more_is_deducted_than_was_paid();
    audit.disputes_end_as_was_said();
    audit.disputes_are_refused_rightly();
    audit.disputes_are_corrected_once();
    audit.no_debt_is_corrected_by_more_than_it_was();
    audit.no_row_is_corrected_by_more_than_it_was();
    audit.checks_are_in_both_books();
    audit.checks_say_what_officers_said();
    audit.checks_stand_alike();
    audit.differences_are_borne();
    audit.whoever_moves_has_one_year();
    audit.nothing_passes_while_left_out();
    audit.legs_are_in_the_clearing_once();
    audit.cycles_net_what_stands();
    audit.cycles_are_what_was_told();
    audit.cycles_are_proven();
    audit.every_region_verified_every_day();
    audit.every_node_saw_every_checkpoint();
    audit.payments_are_what_cycles_come_to();
    audit.what_counts_was_told_to();
    audit.months_are_what_their_days_come_to();
    audit.months_stay_as_they_were_told();
    audit.months_have_what_was_said_of_them();
    audit.accounts_are_what_hospitals_were_told();
    audit.twins_are_shown_to_both();
    audit.twins_are_matched_while_they_are();
    audit.no_number_is_known_to_the_clearinghouse();
    Audited {
        violations: audit.violations,
        sums_compared: audit.sums_compared,
    }
}

impl<'a> Audit<'a> {
    fn report(&mut self, law: Law, story: String) {
        self.violations.push(Violation { law, story });
    }

    /// What stands at home, everywhere.
    fn committed(&self) -> impl Iterator<Item = &'a Committed> + use<'a> {
        let nodes = self.exhibits.nodes.iter();
        nodes.flat_map(|books| books.committed.iter())
    }

    /// What was taken back at home, everywhere.
    fn ordered(&self) -> impl Iterator<Item = &'a ReversalOrdered> + use<'a> {
        let nodes = self.exhibits.nodes.iter();
        nodes.flat_map(|books| books.ordered.iter())
    }

    /// The first final answer of each id.
    fn final_answers(&self) -> BTreeMap<&'a str, &'a Answer> {
        let mut answers = BTreeMap::new();
        for (id, answer) in &self.exhibits.answers {
            if answer.is_final() {
                answers.entry(id.as_str()).or_insert(answer);
            }
        }
        answers
    }

    fn told_settled(&self) -> Vec<(&'a Asked, &'a Told)> {
        let answers = self.final_answers();
        let asked = self.exhibits.asked.iter();
        asked
            .filter_map(|asked| match answers.get(asked.request_id.as_str()) {
                Some(answer) => answer.settlement().map(|told| (asked, told)),
                None => None,
            })
            .collect()
    }

    /// An outcome stays, but for a settlement that is taken back: once and for ever.
    fn answers_stay_true(&mut self) {
        let mut last: BTreeMap<&str, &Answer> = BTreeMap::new();
        let mut ever: BTreeMap<&str, &Answer> = BTreeMap::new();
        for (id, answer) in &self.exhibits.answers {
            last.insert(id, answer);
            if !answer.is_final() {
                continue;
            }
            let before = ever.insert(id, answer);
            let stays = before.is_none_or(|before| match (before, answer) {
                (Answer::Settled(one), Answer::Reversed(other)) => one == other,
                (before, answer) => before == answer,
            });
            if !stays {
                let story = format!("{id} was told {before:?}, and then {answer:?}");
                self.report(Law::AnswerChanged, story);
            }
        }
        // The last word on an id that had an outcome is that outcome, not that nobody knows it.
        for (id, outcome) in ever {
            let last = last[id];
            if last != outcome {
                let story = format!("{id} was told {outcome:?}, and in the end {last:?}");
                self.report(Law::AnswerChanged, story);
            }
        }
    }

    /// Who is told that another id has the visit can look there.
    fn visits_said_settled_are(&mut self) {
        let answers = self.final_answers();
        let stands = |asked: &&Asked| {
            let answer = answers.get(asked.request_id.as_str());
            answer.is_some_and(|answer| {
                answer.settlement().is_some() || matches!(answer, Answer::Borne(..))
            })
        };
        let asked = self.exhibits.asked.iter();
        let settled: BTreeSet<(usize, &str)> = asked
            .filter(stands)
            .map(|asked| (asked.treatment, asked.visit.as_str()))
            .collect();
        let told = |id: &str| {
            let already = Answer::None(ALREADY_SETTLED.to_owned());
            let answers = self.exhibits.answers.iter();
            answers
                .filter(|(of, answer)| of == id && *answer == already)
                .count()
                > 0
        };
        let asked = self.exhibits.asked.iter();
        let wrong: Vec<&Asked> = asked
            .filter(|asked| told(&asked.request_id))
            .filter(|asked| !settled.contains(&(asked.treatment, asked.visit.as_str())))
            .collect();
        for asked in wrong {
            let id = &asked.request_id;
            let story = format!("{id} was told that its visit is settled, and it is not");
            self.report(Law::AnswerChanged, story);
        }
    }

    fn both_books_agree(&mut self) {
        for (asked, told) in self.told_settled() {
            let id: SettlementId = told.settlement.parse().unwrap();
            let home = self.exhibits.nodes[asked.of.home].committed.iter();
            let home: Vec<_> = home
                .filter(|record| record.body().clearing.settlement == id)
                .map(|record| amounts(&record.body().clearing.amounts))
                .collect();
            let treatment = self.exhibits.nodes[asked.treatment].settled.iter();
            let treatment: Vec<_> = treatment
                .filter(|record| record.settlement == id)
                .map(|record| amounts(&record.receipt.body.clearing.amounts))
                .collect();
            let expected: Vec<i64> = told.amounts.iter().map(|(_, fen)| *fen).collect();
            let agrees = home == [expected.clone()] && treatment == [expected.clone()];
            if !agrees {
                let id = &asked.request_id;
                let story = format!(
                    "{id} was told {expected:?}; home has {home:?}, treatment {treatment:?}"
                );
                self.report(Law::BothBooks, story);
            }
        }
    }

    fn nothing_is_paid_unasked(&mut self) {
        let answers = self.final_answers();
        let mut by_visit: BTreeMap<(usize, &str), Vec<&Asked>> = BTreeMap::new();
        for asked in &self.exhibits.asked {
            let visit = (asked.treatment, asked.visit.as_str());
            by_visit.entry(visit).or_default().push(asked);
        }
        let settled: BTreeSet<&str> = self
            .told_settled()
            .iter()
            .map(|(_, told)| told.settlement.as_str())
            .collect();
        for record in self.committed() {
            let id = record.body().clearing.settlement.to_string();
            let visit = record.claim.visit.number.to_string();
            let told: Vec<_> = by_visit
                .iter()
                .filter(|((treatment, number), _)| {
                    region(*treatment) == record.claim.treatment && *number == visit
                })
                .flat_map(|(_, asked)| asked)
                .map(|asked| answers.get(asked.request_id.as_str()))
                .collect();
            if !settled.contains(id.as_str()) && !self.is_by_hand(&id) {
                let story =
                    format!("{id} of visit {visit} is paid; its hospital was told {told:?}");
                self.report(Law::PaidUnasked, story);
            }
        }
    }

    /// What was taken back was wanted back, on both sides once and in full, and its hospital knows.
    fn reversals_are_of_one_mind(&mut self) {
        let told = self.told_settled();
        for record in self.ordered() {
            let body = record.body();
            let id = body.clearing.settlement;
            let of = told
                .iter()
                .find(|(_, told)| told.settlement == id.to_string());
            let Some((asked, told)) = of else {
                if self.is_by_hand(&id.to_string()) {
                    continue;
                }
                self.report(
                    Law::BothBooks,
                    format!("{id} is taken back, and nobody had it"),
                );
                continue;
            };
            let wanted = self.exhibits.reversals.contains(&asked.request_id);
            if !wanted {
                let story = format!("{} is taken back, and nobody asked", asked.request_id);
                self.report(Law::AnswerChanged, story);
            }
            let back = amounts(&body.clearing.amounts);
            let given: Vec<i64> = told.amounts.iter().map(|(_, fen)| *fen).collect();
            let booked = self.exhibits.nodes[asked.treatment].reversed.iter();
            let booked: Vec<_> = booked
                .filter(|reversal| reversal.body.clearing.settlement == id)
                .map(|reversal| amounts(&reversal.body.clearing.amounts))
                .collect();
            if !(back == given && booked == [given.clone()]) {
                let story = format!(
                    "{} of {given:?} is taken back: home {back:?}, treatment {booked:?}",
                    asked.request_id
                );
                self.report(Law::BothBooks, story);
            }
        }
        for (asked, told) in told {
            let id = &asked.request_id;
            let mut answers = self.exhibits.answers.iter();
            let last = answers.rfind(|(of, _)| of == id).map(|(_, answer)| answer);
            let stands_no_more = self
                .ordered()
                .any(|record| record.body().clearing.settlement.to_string() == told.settlement);
            if stands_no_more != matches!(last, Some(Answer::Reversed(_))) {
                let story = format!("{id}: taken back: {stands_no_more}; the last word: {last:?}");
                self.report(Law::AnswerChanged, story);
            }
        }
    }
}

fn amounts<F>(amounts: &[(F, huitong_core::money::Fen)]) -> Vec<i64> {
    amounts.iter().map(|(_, fen)| fen.get()).collect()
}
