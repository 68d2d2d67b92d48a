//! The laws of disputes: what one was told to be settled at is what was said in it, is corrected once in the books of both
//! regions, and nothing else is; and no debt, and no row of a cycle, is corrected by more than it was. It is reckoned from
//! what bureaus and officers said and were told, and not from the clearinghouse's courses.
//!
//! Left out: reasons, terms, and in which order things were said.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::dispute::name::Subject;
use huitong_core::fund::Fund;
use huitong_core::leg::{LegKind, Side};
use huitong_core::money::Fen;
use huitong_core::record::dispute::CorrectionBooked;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::{DisputeStage, SettledBy};
use huitong_proto::conversion::Path;
use huitong_proto::conversion::common::fund_from_wire;

use super::clearing::{Owed, legs_taken};
use super::{Audit, Law};
use crate::bureau::{Ending, Wanted};
use crate::dispute_desk::{About, Disputed, Says, Stands};
use crate::platform::BEGINNING;
use crate::register::region;

/// What a dispute is told that claims more than is left.
const EXCEEDS: &str = "dispute.exceeds";

/// A dispute, as those who spoke in it know it.
struct Told<'a> {
    of: &'a Disputed,
    /// What was said, whether it was taken or not.
    said: Vec<Says>,
    /// How it was told to stand, when that was known.
    stands: Vec<&'a Stands>,
    /// How it stood when it was looked at last.
    last: Option<&'a Stands>,
    /// It was raised again after it was lost, and refused, since nothing is left of what it was about. Whether that is so is
    /// looked at by itself.
    is_gone: bool,
}

impl Told<'_> {
    /// At how much it was told to be settled, and by what.
    fn settled(&self) -> BTreeSet<(i64, SettledBy)> {
        let stands = self.stands.iter();
        stands.filter_map(|stands| stands.settled).collect()
    }

    fn is_said(&self, says: Says) -> bool {
        self.said.contains(&says)
    }

    /// So much was answered.
    fn is_answered(&self, fen: i64) -> bool {
        self.is_said(Says::Partly(fen)) || (fen == 0 && self.is_said(Says::Reject))
    }

    /// Whether it may be settled so by what was said.
    fn may_be_settled(&self, (fen, by): (i64, SettledBy)) -> bool {
        match by {
            SettledBy::Conceded => fen == self.of.claimed && self.is_said(Says::Concede),
            SettledBy::Accepted => self.is_answered(fen) && self.is_said(Says::Accept(fen)),
            SettledBy::Stood => self.is_answered(fen),
            SettledBy::Decided => {
                let by_two = [Says::Escalate, Says::Propose(fen), Says::Confirm(fen)];
                by_two.iter().all(|says| self.is_said(*says))
            }
            SettledBy::Unspecified => false,
        }
    }
}

/// A correction, as a region has it.
#[derive(Debug, PartialEq, Eq)]
struct Corrected {
    dispute: String,
    about: String,
    debtor: RegionCode,
    creditor: RegionCode,
    fund: Fund,
    fen: i64,
    side: Side,
}

impl Corrected {
    fn held(booked: &CorrectionBooked) -> Option<Self> {
        let outcome = &booked.history.outcome.as_ref()?.outcome;
        let about = match outcome.subject {
            Subject::Debt { settlement, .. } => settlement.to_string(),
            Subject::Row { day, .. } => day.to_string(),
        };
        Some(Self {
            dispute: outcome.dispute.to_string(),
            about,
            debtor: outcome.respondent,
            creditor: outcome.dispute.raiser,
            fund: outcome.subject.pair().fund,
            fen: outcome.amount.get(),
            side: booked.side,
        })
    }

    fn told(of: &Disputed, fen: i64, side: Side) -> Self {
        Self {
            dispute: of.name.clone(),
            about: of.about.named().to_owned(),
            debtor: region(of.respondent()),
            creditor: region(of.raiser),
            fund: fund(of),
            fen,
            side,
        }
    }
}

/// Whether two disputes of one region are about the same row, or debts that may be in one.
fn is_beside(one: &Disputed, other: &Disputed) -> bool {
    let pair = |of: &Disputed| (of.raiser, of.debtor, of.creditor, of.fund);
    one.name != other.name && pair(one) == pair(other)
}

/// Whether others that were taken after a dispute leave less of the debt than it claims.
fn is_crowded_out(of: &Disputed, taken: &[&Disputed]) -> bool {
    let after = taken.iter().rev().take_while(|known| known.name != of.name);
    let named: BTreeMap<&str, i64> = after
        .filter(|known| is_beside(known, of) && known.about == of.about)
        .map(|known| (known.name.as_str(), known.claimed))
        .collect();
    named.into_values().sum::<i64>() + of.claimed > of.owed
}

fn fund(of: &Disputed) -> Fund {
    fund_from_wire(of.fund, Path::root("fund")).unwrap()
}

impl<'a> Audit<'a> {
    /// The disputes that anybody raised, by name.
    fn disputes(&self) -> BTreeMap<&'a str, Told<'a>> {
        let mut disputes: BTreeMap<&str, Told<'_>> = BTreeMap::new();
        for (wanted, done) in &self.exhibits.acts {
            let Wanted::Said(of, says) = wanted else {
                continue;
            };
            let told = disputes.entry(&of.name).or_insert_with(|| Told {
                of,
                said: Vec::new(),
                stands: Vec::new(),
                last: None,
                is_gone: false,
            });
            told.said.push(*says);
            if *says == Says::Raise {
                told.is_gone = matches!(done, Some(Ending::Refused(_)));
            }
            if let Some(Ending::Stands(stands)) = done {
                told.stands.push(stands);
                if *says == Says::Look {
                    told.last = Some(stands);
                }
            }
        }
        disputes
    }

    /// What disputes were told to be settled at, each once.
    fn settled(&self) -> Vec<(&'a Disputed, i64)> {
        let disputes = self.disputes().into_values();
        let settled = disputes.filter_map(|told| {
            let (fen, _) = told.settled().pop_first()?;
            (fen > 0).then_some((told.of, fen))
        });
        settled.collect()
    }

    /// What regions owe each other by settled disputes.
    pub(super) fn owed_by_disputes(&self) -> impl Iterator<Item = Owed> + use<'a> {
        let settled = self.settled().into_iter();
        settled.map(|(of, fen)| Owed {
            of: (of.correction().parse().unwrap(), LegKind::Correction),
            debtor: region(of.respondent()),
            creditor: region(of.raiser),
            amounts: vec![(fund(of), Fen::new(fen).unwrap())],
        })
    }

    /// A dispute is settled once, by what was said in it; and what is settled, or withdrawn, stays so.
    pub(super) fn disputes_end_as_was_said(&mut self) {
        for (name, told) in self.disputes() {
            let settled = told.settled();
            let is_right = settled.iter().all(|settled| told.may_be_settled(*settled));
            if settled.len() > 1 || !is_right {
                let said = &told.said;
                let story = format!("{name} was told to be settled at {settled:?}, by {said:?}");
                self.report(Law::Disputed, story);
            }
            let withdrawn = |stands: &&Stands| stands.stage == DisputeStage::Withdrawn;
            let is_over = |stands: &&Stands| stands.settled.is_some() || withdrawn(stands);
            let over = told.stands.iter().copied().filter(is_over);
            // Nothing that was settled is ever gone.
            let over = over.filter(|over| !told.is_gone || over.settled.is_some());
            for over in over.filter(|over| told.last != Some(*over)) {
                let last = told.last;
                let story = format!("{name} was told to be over by {over:?}, and is {last:?}");
                self.report(Law::Disputed, story);
            }
        }
    }

    /// A dispute is refused only where too little is left of what it is about: that was taken back, or the same region
    /// disputes what the other owes it by others too, when it raises the dispute first. One that was taken and then lost with
    /// the clearinghouse's disk is raised again on the first day: what was taken back by then is a reason to refuse it, and
    /// that what was taken since, while it was lost, leaves too little.
    pub(super) fn disputes_are_refused_rightly(&mut self) {
        let first = Timestamp::parse(BEGINNING).unwrap().business_day_shanghai();
        let ordered = self.ordered().map(|record| {
            let body = record.body();
            let day = body.reversed_at.business_day_shanghai();
            (body.clearing.settlement.to_string(), day)
        });
        let back: BTreeMap<String, BusinessDay> = ordered.collect();
        let mut taken: Vec<&Disputed> = Vec::new();
        for (wanted, done) in &self.exhibits.acts {
            let (Wanted::Said(of, Says::Raise), Some(done)) = (wanted, done) else {
                continue;
            };
            let Ending::Refused(code) = done else {
                taken.push(of);
                continue;
            };
            let again = taken.iter().any(|known| known.name == of.name);
            let beside = taken.iter().any(|known| is_beside(known, of));
            let back = match &of.about {
                About::Settlement(settlement) => back.get(settlement),
                About::RowOf(_) => None,
            };
            let is_right = if again {
                back.is_some_and(|day| *day <= first) || is_crowded_out(of, &taken)
            } else {
                back.is_some() || beside
            };
            if code != EXCEEDS || !is_right {
                let name = &of.name;
                let story = format!("{name} is refused by {code}, raised again: {again}");
                self.report(Law::Disputed, story);
            }
        }
    }

    /// Both regions have what each settled dispute came to once, and nothing else.
    pub(super) fn disputes_are_corrected_once(&mut self) {
        let settled = self.settled();
        for (number, books) in self.exhibits.nodes.iter().enumerate() {
            let expected = settled.iter().filter_map(|(of, fen)| {
                let side = if of.raiser == number {
                    Side::Receivable
                } else if of.respondent() == number {
                    Side::Payable
                } else {
                    return None;
                };
                Some(Corrected::told(of, *fen, side))
            });
            let expected: Vec<_> = expected.collect();
            let mut found = Vec::new();
            for booked in &books.corrections {
                match Corrected::held(booked) {
                    Some(corrected) => found.push(corrected),
                    None => self.report(Law::Disputed, format!("{booked:?} corrects nothing")),
                }
            }
            found.sort_by(|one, other| one.dispute.cmp(&other.dispute));
            if found != expected {
                let own = region(number);
                let story = format!("{own} has corrected {found:?}, where {expected:?} is settled");
                self.report(Law::Disputed, story);
            }
        }
    }

    /// Over all disputes a region gets back of a debt, or more of it, no more than it was.
    pub(super) fn no_debt_is_corrected_by_more_than_it_was(&mut self) {
        let mut sums: BTreeMap<_, (i64, i64)> = BTreeMap::new();
        for (of, fen) in self.settled() {
            let pair = (of.debtor, of.creditor, of.fund);
            let debt = (of.about.named(), pair, of.raiser);
            let (sum, owed) = sums.entry(debt).or_default();
            *sum += fen;
            *owed = of.owed;
        }
        for ((about, (.., fund), raiser), (sum, owed)) in sums {
            if sum > owed {
                let raiser = region(raiser);
                let story = format!("{raiser} has {sum} of {about} {fund}, which was {owed}");
                self.report(Law::Disputed, story);
            }
        }
    }

    /// Over all disputes about it and about debts in it, a region gets back of a row no more than it was.
    pub(super) fn no_row_is_corrected_by_more_than_it_was(&mut self) {
        let (mut rows, mut days) = (BTreeMap::new(), BTreeMap::new());
        for (plan, legs) in legs_taken(&self.exhibits.clearing) {
            let day = plan.day().to_string();
            for of in plan.gross() {
                let row = (day.clone(), of.debtor, of.creditor, of.fund);
                rows.insert(row, of.amount.get());
            }
            let settled = legs.iter().map(|leg| &leg.leg);
            for leg in settled.filter(|leg| leg.kind == LegKind::Settlement) {
                days.insert((leg.settlement.to_string(), leg.fund), day.clone());
            }
        }
        let mut sums: BTreeMap<_, i64> = BTreeMap::new();
        for (of, fen) in self.settled() {
            let day = match &of.about {
                About::RowOf(day) => Some(day),
                About::Settlement(settlement) => days.get(&(settlement.clone(), fund(of))),
            };
            if let Some(day) = day {
                let pair = (region(of.debtor), region(of.creditor));
                let row = (day.clone(), pair.0, pair.1, fund(of));
                *sums.entry((row, of.raiser)).or_default() += fen;
            }
        }
        for ((row, raiser), sum) in sums {
            let there_is = rows.get(&row).copied().unwrap_or_default();
            if sum > there_is {
                let raiser = region(raiser);
                let story = format!("{raiser} has {sum} of {row:?}, which was {there_is}");
                self.report(Law::Disputed, story);
            }
        }
    }
}
