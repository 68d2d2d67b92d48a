//! The law of institutions' own accounts, day by day: what a node answers a hospital of a span is what the hospital was told
//! of each settlement; what differs is named, in sums and line by line, and nothing else.
//!
//! It is reckoned from what the hospital was told of each id, and not from the node's rows. Left out: kinds of care, pages,
//! and the moment at which anything was said.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::id::SettlementId;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{AccountBooked, AccountFigure, LineFinding};

use super::account_months::Month;
use super::{Audit, Law};
use crate::account_desk::{Line, sums};
use crate::accounts::{OfAccount, Reconciled};
use crate::books::BOOKED_AGAIN;
use crate::register::hospital;

/// An id, what is booked under it, and how it differs.
type AsFound = (String, AccountBooked, LineFinding);

impl<'a> Audit<'a> {
    pub(super) fn accounts_are_what_hospitals_were_told(&mut self) {
        let exhibits = self.exhibits;
        let mut months: BTreeMap<(usize, &str), Month<'_>> = BTreeMap::new();
        for (number, told) in &exhibits.accounts {
            match told {
                OfAccount::Reconciled(of) => self.is_reconciled(*number, of),
                OfAccount::Listed { month, own, lines } => {
                    let of = months.entry((*number, month.as_str())).or_default();
                    of.lines = u64::try_from(lines.len()).unwrap();
                    self.is_listed((*number, month.as_str()), own, lines, of);
                }
                OfAccount::Confirmed { month, said, told } => {
                    let of = months.entry((*number, month.as_str())).or_default();
                    self.is_said((*number, month.as_str()), said, told, of);
                }
                OfAccount::TakenBack {
                    month,
                    confirmation,
                    told,
                } => {
                    let of = months.entry((*number, month.as_str())).or_default();
                    self.is_taken_back((*number, confirmation.as_str()), told, of);
                }
                OfAccount::Closed { month } => {
                    months
                        .entry((*number, month.as_str()))
                        .or_default()
                        .is_closed = true;
                }
                OfAccount::Stands(month) => {
                    let of = months.entry((*number, month.month.as_str())).or_default();
                    self.stands_so(*number, month, of);
                }
            }
        }
        self.confirmations_are_in_the_books(&months);
    }

    pub(super) fn is_otherwise(&mut self, number: usize, story: &str) {
        let story = format!("{}: {story}", hospital(number));
        self.report(Law::Account, story);
    }

    fn is_reconciled(&mut self, number: usize, of: &Reconciled) {
        self.is_what_was_told(number, of);
        let own: Vec<&Line> = of.own.iter().filter(|line| of.span.has(line)).collect();
        let booked = [AccountBooked::Settlement, AccountBooked::Reversal];
        let expected = booked.map(|booked| sums(own.iter().copied(), booked));
        let answered = [of.sums.settled, of.sums.reversed];
        let answered = answered.map(|sums| sums.unwrap());
        let answered = answered.map(|sums| (sums.count, sums.amounts.unwrap()));
        if answered != expected {
            let story = format!(
                "{:?} was answered {answered:?}, and it was told {expected:?}",
                of.span
            );
            self.is_otherwise(number, &story);
        }
        let stated = booked.map(|booked| sums(&of.stated, booked));
        let differences: Vec<_> = booked
            .into_iter()
            .zip(stated.into_iter().zip(expected))
            .flat_map(|(booked, (stated, own))| differing(booked, figures(stated), figures(own)))
            .collect();
        if of.sums.differences != differences {
            let found = &of.sums.differences;
            let story = format!("{:?} differs in {found:?}, not in {differences:?}", of.span);
            self.is_otherwise(number, &story);
        }
        let findings = findings(&own, &of.stated);
        let found = self.named_by_the_hospital(number, of);
        if found != findings || !of.lines.answered_to.is_empty() {
            let story = format!("{:?} has {found:?} otherwise, not {findings:?}", of.span);
            self.is_otherwise(number, &story);
        }
        self.is_found_in_parts(number, of, &findings);
        self.days_stand_so(number, of, &own);
    }

    /// By settlement the same is found, in order and once, in however many parts: what was booked again after a restore too,
    /// whether or not the hospital states it.
    fn is_found_in_parts(&mut self, number: usize, of: &Reconciled, findings: &[AsFound]) {
        let lines = || of.own.iter().chain(&of.stated);
        let settlement = |(id, booked, finding): &AsFound| {
            let line = lines().find(|line| line.request_id == *id).unwrap();
            (line.id(number), *booked, *finding)
        };
        let mut expected: Vec<_> = findings.iter().map(settlement).collect();
        expected.sort();
        let found = of.parts.iter().map(|line| {
            let id = SettlementId::parse(&line.settlement).unwrap();
            (id, line.of(), line.finding())
        });
        let found: Vec<_> = found.collect();
        let is_named = |line: &v1::FoundLine| {
            let own = lines().find(|own| own.id(number).to_string() == line.settlement);
            own.is_some_and(|own| {
                [&own.request_id, &own.shown_as].contains(&&line.request_id)
                    || self.has_no_name(number, line)
            })
        };
        if found != expected || !of.parts.iter().all(is_named) {
            let parts = &of.parts;
            let story = format!("{:?} in parts is {parts:?}, not {expected:?}", of.span);
            self.is_otherwise(number, &story);
        }
    }

    /// Whether a line has the id of all that was booked again after a restore, and is of that.
    fn has_no_name(&self, number: usize, line: &v1::FoundLine) -> bool {
        let booked_again = &self.exhibits.nodes[number].booked_again;
        let settlement = SettlementId::parse(&line.settlement);
        line.request_id == BOOKED_AGAIN && settlement.is_ok_and(|id| booked_again.contains(&id))
    }

    /// What was found, under the ids that the hospital knows: what a restored node booked again is under no id of it before
    /// the hospital states one.
    fn named_by_the_hospital(&self, number: usize, of: &Reconciled) -> Vec<AsFound> {
        let named = |line: &v1::FoundLine| {
            let mut own = of.own.iter().filter(|_| self.has_no_name(number, line));
            let own = own.find(|own| own.settlement == line.settlement);
            let id = own.map_or(&line.request_id, |own| &own.request_id);
            (id.clone(), line.of(), line.finding())
        };
        let mut named: Vec<AsFound> = of.lines.found.iter().map(named).collect();
        named.sort();
        named
    }

    /// The hospital's own lines are of what it was told, and it has a line of each settlement that it was told of.
    fn is_what_was_told(&mut self, number: usize, of: &Reconciled) {
        let told: BTreeMap<_, _> = self
            .told_settled()
            .into_iter()
            .map(|(asked, told)| (asked.request_id.as_str(), told))
            .collect();
        let is_told = |line: &&Line| {
            told.get(line.request_id.as_str()).is_some_and(|told| {
                let paid: i64 = told.amounts.iter().map(|(_, fen)| fen).sum();
                let amounts = line.amounts;
                told.settlement == line.settlement
                    && paid == amounts.funds_fen + amounts.accounts_fen
            })
        };
        let strange: Vec<_> = of.own.iter().filter(|line| !is_told(line)).collect();
        if !strange.is_empty() {
            self.is_otherwise(number, &format!("it was told nothing of {strange:?}"));
        }
        let is_there = |(id, settlement): &(&String, &String)| {
            of.own.iter().any(|line| {
                line.of == AccountBooked::Settlement
                    && (&line.request_id, &line.settlement) == (*id, *settlement)
            })
        };
        let lost: Vec<_> = of.told.iter().filter(|told| !is_there(told)).collect();
        if !lost.is_empty() {
            self.is_otherwise(number, &format!("it was told of {lost:?}, which are gone"));
        }
    }

    fn days_stand_so(&mut self, number: usize, of: &Reconciled, own: &[&Line]) {
        let differs = !of.sums.differences.is_empty();
        let standing = if differs {
            v1::ReconciledStanding::Differs
        } else {
            v1::ReconciledStanding::Equal
        };
        let kinds = [AccountBooked::Settlement, AccountBooked::Reversal];
        let stated = kinds.map(|kind| sums(&of.stated, kind).0);
        let mut counted = 0;
        for day in &of.days {
            let on_day = || own.iter().copied().filter(|line| line.day == day.day);
            let expected = kinds.map(|kind| sums(on_day(), kind).0);
            counted += on_day().count();
            let is_so = (day.standing(), [day.settled, day.reversed]) == (standing, expected)
                && [day.stated_settled, day.stated_reversed] == stated;
            if !is_so {
                let story = format!("{day:?} should be {standing:?}, {expected:?} of {stated:?}");
                self.is_otherwise(number, &story);
            }
        }
        if counted != own.len() {
            let story = format!("{:?} has {counted} of {} lines", of.days, own.len());
            self.is_otherwise(number, &story);
        }
    }
}

/// The figures of a sum, in the order in which they are told.
fn figures((count, sum): (u64, v1::AccountAmounts)) -> [(AccountFigure, i64); 5] {
    [
        (AccountFigure::Count, i64::try_from(count).unwrap()),
        (AccountFigure::Total, sum.total_fen),
        (AccountFigure::Funds, sum.funds_fen),
        (AccountFigure::Accounts, sum.accounts_fen),
        (AccountFigure::Cash, sum.cash_fen),
    ]
}

fn differing(
    of: AccountBooked,
    stated: [(AccountFigure, i64); 5],
    own: [(AccountFigure, i64); 5],
) -> Vec<v1::AccountDifference> {
    let pairs = stated.into_iter().zip(own);
    let differ = pairs.filter(|((_, stated), (_, own))| stated != own);
    let differ = differ.map(|((figure, institution), (_, node))| v1::AccountDifference {
        of: of.into(),
        figure: figure.into(),
        institution,
        node,
    });
    differ.collect()
}

/// What is to be found of lines that are stated otherwise than they are.
fn findings(own: &[&Line], stated: &[Line]) -> Vec<AsFound> {
    let own: BTreeMap<_, _> = own.iter().map(|line| (line.key(), line.amounts)).collect();
    let stated: BTreeMap<_, _> = stated
        .iter()
        .map(|line| (line.key(), line.amounts))
        .collect();
    let keys: BTreeSet<_> = own.keys().chain(stated.keys()).collect();
    let found = keys.into_iter().filter_map(|key| {
        let finding = match (own.get(key), stated.get(key), key.1) {
            (Some(own), Some(stated), _) if own == stated => return None,
            (Some(_), Some(_), _) => LineFinding::AmountsDiffer,
            (Some(_), None, AccountBooked::Reversal) => LineFinding::ReversedAtNode,
            (Some(_), None, _) => LineFinding::OnlyAtNode,
            (None, _, _) => LineFinding::OnlyAtInstitution,
        };
        Some((key.0.clone(), key.1, finding))
    });
    found.collect()
}
