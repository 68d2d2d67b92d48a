//! The auditor's laws. It knows what hospitals asked and were told, and reads the books at the end; it asks
//! no server how something came about, and reckons amounts by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use huitong_core::canonical::encode_to_vec;
use huitong_core::id::SettlementId;
use huitong_core::leg::Side;
use huitong_core::record::home::Committed;

use crate::books::{ClearingBooks, NodeBooks};
use crate::callers::{Answer, Told};
use crate::register::region;
use crate::saboteurs::Saboteur;
use crate::workload::{ALREADY_SETTLED, Asked};
use crate::year::Year;

/// What must hold, whatever failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Every acknowledged settlement exists once in both regions' books, with the same amounts.
    BothBooks,
    /// The legs of every settlement are once in the clearing, and no others are.
    Legs,
    /// Nothing abandoned, refused or never acknowledged is paid.
    PaidUnasked,
    /// No visit is paid twice, under whatever ids.
    VisitTwice,
    /// No deductible, ceiling or balance is used twice.
    UsedTwice,
    /// Totals and balances equal the sum of what stands.
    Totals,
    /// Every leg is netted in exactly one cycle, and a cycle pays what its legs say.
    Netted,
    /// Over all members each fund's nets are zero.
    ZeroSum,
    /// Every answer that a hospital got stays true.
    AnswerChanged,
    /// Everything comes to an end: every id has an outcome, every receipt and leg arrives.
    Unended,
    /// Every journal can be read to its end.
    Unreadable,
}

/// A law that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub law: Law,
    pub story: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.law, self.story)
    }
}

/// The laws that a saboteur breaks, of which one must catch it.
pub const fn broken_by(saboteur: Saboteur) -> &'static [Law] {
    match saboteur {
        Saboteur::StaleRecord => &[Law::UsedTwice],
        Saboteur::NoTombstone => &[Law::PaidUnasked],
        Saboteur::LyingSync => &[Law::BothBooks, Law::AnswerChanged, Law::Unreadable],
        Saboteur::OldBackup => &[Law::BothBooks, Law::AnswerChanged],
        Saboteur::DroppedLeg => &[Law::Legs],
        Saboteur::ForgottenId => &[Law::PaidUnasked, Law::BothBooks],
        Saboteur::UncheckedVisit => &[Law::VisitTwice],
    }
}

/// All that the auditor looks at.
pub struct Exhibits {
    pub asked: Vec<Asked>,
    pub answers: Vec<(String, Answer)>,
    pub nodes: Vec<NodeBooks>,
    pub clearing: ClearingBooks,
}

struct Audit<'a> {
    exhibits: &'a Exhibits,
    violations: Vec<Violation>,
}

/// Every violation.
pub fn audit(exhibits: &Exhibits) -> Vec<Violation> {
    let mut audit = Audit {
        exhibits,
        violations: Vec::new(),
    };
    audit.answers_stay_true();
    audit.visits_said_settled_are();
    audit.both_books_agree();
    audit.nothing_is_paid_unasked();
    audit.no_visit_is_paid_twice();
    audit.nothing_is_used_twice();
    audit.legs_are_in_the_clearing_once();
    audit.cycles_net_what_stands();
    audit.violations
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
                Some(Answer::Settled(told)) => Some((asked, told)),
                _ => None,
            })
            .collect()
    }

    fn answers_stay_true(&mut self) {
        let first = self.final_answers();
        for (id, answer) in &self.exhibits.answers {
            let Some(first) = first.get(id.as_str()) else {
                continue;
            };
            let is_same = !answer.is_final() || answer == *first;
            if !is_same {
                let story = format!("{id} was told {first:?}, and then {answer:?}");
                self.report(Law::AnswerChanged, story);
            }
        }
        // The last word on an id that had an outcome is that outcome, not that nobody knows it.
        let mut last = BTreeMap::new();
        for (id, answer) in &self.exhibits.answers {
            last.insert(id.as_str(), answer);
        }
        for (id, first) in first {
            let last = last[id];
            if last != first {
                let story = format!("{id} was told {first:?}, and in the end {last:?}");
                self.report(Law::AnswerChanged, story);
            }
        }
    }

    /// Who is told that another id has the visit can look there.
    fn visits_said_settled_are(&mut self) {
        let settled: BTreeSet<(usize, &str)> = self
            .told_settled()
            .iter()
            .map(|(asked, _)| (asked.treatment, asked.visit.as_str()))
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
            if !settled.contains(id.as_str()) {
                let story =
                    format!("{id} of visit {visit} is paid; its hospital was told {told:?}");
                self.report(Law::PaidUnasked, story);
            }
        }
    }

    fn no_visit_is_paid_twice(&mut self) {
        let mut paid: BTreeMap<String, Vec<SettlementId>> = BTreeMap::new();
        for record in self.committed() {
            let key = format!("{:?}", record.claim.visit_key());
            let ids = paid.entry(key).or_default();
            ids.push(record.body().clearing.settlement);
        }
        for (visit, ids) in paid {
            let distinct: BTreeSet<_> = ids.iter().collect();
            if distinct.len() != 1 {
                let story = format!("{visit} is paid under {ids:?}");
                self.report(Law::VisitTwice, story);
            }
        }
    }

    /// A person's year, reckoned again by hand in the order of versions.
    fn nothing_is_used_twice(&mut self) {
        let mut years: BTreeMap<String, Vec<&Committed>> = BTreeMap::new();
        for record in self.committed() {
            let person = psn(record);
            years.entry(person).or_default().push(record);
        }
        for (person, mut year) in years {
            year.sort_by_key(|record| (record.after.change, record.body().clearing.settlement));
            let mut reckoned = Year::default();
            for record in year {
                let (pool, account) = reckoned.next(record.decision.total.get());
                let booked = (
                    record.decision.fund_total.get(),
                    record.decision.own_account.get(),
                );
                let id = record.body().clearing.settlement;
                if booked != (pool, account) {
                    let story = format!(
                        "{person}, {id} at version {}: paid {booked:?}, and {pool} from the pool and \
                         {account} from the account were left to pay",
                        record.after.change
                    );
                    self.report(Law::UsedTwice, story);
                }
                let balance = record.balances.own.get();
                if balance != reckoned.balance {
                    let story = format!(
                        "{person}, {id}: the account holds {balance}, not {}",
                        reckoned.balance
                    );
                    self.report(Law::Totals, story);
                }
                for (slot, total) in &record.totals {
                    let expected = match slot.name.as_str() {
                        "paid" => reckoned.paid,
                        "charged" => reckoned.charged,
                        "admissions" => reckoned.admissions,
                        other => panic!("the rule has no total {other}"),
                    };
                    if *total != expected {
                        let story =
                            format!("{person}, {id}: {} is {total}, not {expected}", slot.name);
                        self.report(Law::Totals, story);
                    }
                }
            }
        }
    }

    fn legs_are_in_the_clearing_once(&mut self) {
        let clearing = &self.exhibits.clearing;
        let mut expected = 0;
        for record in self.committed() {
            let part = &record.body().clearing;
            if part.home == part.treatment {
                continue;
            }
            expected += 2 * part.amounts.len();
            for side in [Side::Receivable, Side::Payable] {
                let mut legs: Vec<_> = clearing
                    .legs_of(part.settlement, side)
                    .iter()
                    .map(|leg| (leg.leg.fund, leg.leg.amount))
                    .collect();
                legs.sort_unstable_by_key(|(fund, _)| *fund);
                if legs != part.amounts {
                    let id = part.settlement;
                    let story = format!(
                        "{id} pays {:?}; its {side:?} legs are {legs:?}",
                        part.amounts
                    );
                    self.report(Law::Legs, story);
                }
            }
        }
        let held = clearing.legs.len();
        if !(held == expected && clearing.halted == 0) {
            let story = format!("the clearinghouse holds {held} legs of {expected}");
            self.report(Law::Legs, story);
        }
    }

    fn cycles_net_what_stands(&mut self) {
        let clearing = &self.exhibits.clearing;
        let mut owed: BTreeMap<_, i64> = BTreeMap::new();
        for record in self.committed() {
            let part = &record.body().clearing;
            if part.home != part.treatment {
                for (fund, amount) in &part.amounts {
                    let pair = (part.home, part.treatment, *fund);
                    *owed.entry(pair).or_default() += amount.get();
                }
            }
        }
        let (mut netted, mut taken): (BTreeMap<_, i64>, u64) = (BTreeMap::new(), 0);
        for plan in &clearing.plans {
            taken += plan
                .windows()
                .iter()
                .map(|window| window.taken)
                .sum::<u64>();
            for gross in plan.gross() {
                let pair = (gross.debtor, gross.creditor, gross.fund);
                *netted.entry(pair).or_default() += gross.amount.get();
            }
            let mut sums: BTreeMap<_, i64> = BTreeMap::new();
            for net in plan.member_nets() {
                *sums.entry(net.fund).or_default() += net.amount.get();
            }
            if !sums.values().all(|sum| *sum == 0) {
                let story = format!("plan {} nets to {sums:?}", plan.number());
                self.report(Law::ZeroSum, story);
            }
        }
        let legs = u64::try_from(clearing.legs.len()).unwrap();
        if !(taken == legs && netted == owed) {
            let story =
                format!("{taken} of {legs} legs are netted: {netted:?}, where {owed:?} is owed");
            self.report(Law::Netted, story);
        }
    }
}

fn amounts<F>(amounts: &[(F, huitong_core::money::Fen)]) -> Vec<i64> {
    amounts.iter().map(|(_, fen)| fen.get()).collect()
}

/// A person's number, which does not print itself.
fn psn(record: &Committed) -> String {
    let bytes = encode_to_vec(&record.claim.person.psn_no);
    String::from_utf8_lossy(&bytes[4..]).into_owned()
}
