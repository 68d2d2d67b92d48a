//! The law of institutions' own accounts, month by month: the lines of a month are what the hospital was told of, less what
//! bureaus were told to be deducted; what it said of lines is there once, counts while it stands, and is said of no line
//! twice.
//!
//! Left out: pages, and whether a closed month is opened again.

use std::collections::BTreeMap;

use huitong_core::record::institution_account::MonthConfirmed;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{AccountBooked, MonthLine};

use super::Audit;
use crate::account_desk::Line;
use crate::accounts::{CLOSED, CONFIRMED, Said};
use crate::bureau::{Ending, Wanted};
use crate::register::{hospital, region};

/// A confirmation, as its hospital knows it.
struct Confirmation<'a> {
    said: &'a Said,
    stands: bool,
}

/// A hospital's month, as it follows from what the hospital was told.
#[derive(Default)]
pub(super) struct Month<'a> {
    /// How many lines were listed last.
    pub(super) lines: u64,
    confirmations: BTreeMap<&'a str, Confirmation<'a>>,
    pub(super) is_closed: bool,
}

impl<'a> Month<'a> {
    fn standing(&self) -> impl Iterator<Item = (&'a str, &'a Said)> {
        let all = self.confirmations.iter();
        all.filter(|(_, of)| of.stands)
            .map(|(id, of)| (*id, of.said))
    }

    /// What was said of a settlement's line, and under which id.
    fn said_of(&self, settlement: &str) -> Option<(&'a str, v1::MonthVerdict)> {
        self.standing().find_map(|(id, said)| {
            let mut said = said.iter();
            let (_, verdict) = said.find(|(line, _)| line.settlement == settlement)?;
            Some((id, *verdict))
        })
    }

    /// What is to be answered to what a hospital says; no id where it is a new one.
    fn answers(&self, said: &Said) -> Result<Option<&'a str>, &'static str> {
        if let Some((id, _)) = self.standing().find(|(_, of)| *of == said) {
            return Ok(Some(id));
        }
        if self.is_closed {
            return Err(CLOSED);
        }
        let is_said = |(line, _): &(MonthLine, _)| self.said_of(&line.settlement).is_some();
        if said.iter().any(is_said) {
            return Err(CONFIRMED);
        }
        Ok(None)
    }

    /// How many lines were confirmed and what is left to be paid for those, and how many were objected to.
    fn in_all(&self) -> (u64, i64, u64) {
        let (mut confirmed, mut applied, mut objected) = (0, 0, 0);
        for (line, verdict) in self.standing().flat_map(|(_, said)| said) {
            match verdict.says {
                Some(v1::month_verdict::Says::Confirmed(_)) => {
                    confirmed += 1;
                    applied += line.pays_fen - line.deducted_fen - line.reversed_fen;
                }
                Some(v1::month_verdict::Says::Objected(_)) | None => objected += 1,
            }
        }
        (confirmed, applied, objected)
    }
}

impl Audit<'_> {
    /// What was deducted of a settlement and not given again, by what bureaus were told.
    fn deducted_of(&self, settlement: &str) -> i64 {
        let acts = &self.exhibits.acts;
        let is_back = |id: &str| {
            acts.iter().any(|(wanted, done)| {
                matches!(wanted, Wanted::GivenAgain { deduction, .. } if deduction == id)
                    && *done == Some(Ending::Done)
            })
        };
        let taken = acts.iter().filter_map(|act| match act {
            (Wanted::Deducted(wanted), Some(Ending::Deducted(id))) => {
                (wanted.settlement == settlement && !is_back(id)).then_some(wanted.fen)
            }
            _ => None,
        });
        taken.sum()
    }

    pub(super) fn is_listed(
        &mut self,
        (number, month): (usize, &str),
        own: &[Line],
        lines: &[MonthLine],
        of: &Month<'_>,
    ) {
        let reversed = |settlement: &str| {
            let mut own = own.iter();
            own.any(|line| line.of == AccountBooked::Reversal && line.settlement == settlement)
        };
        let is_of_month = |line: &&Line| {
            line.of == AccountBooked::Settlement
                && line.home != number
                && line.day.starts_with(month)
        };
        let mut expected = BTreeMap::new();
        for line in own.iter().filter(is_of_month) {
            let pays = line.amounts.funds_fen + line.amounts.accounts_fen;
            let (deducted, back) = if reversed(&line.settlement) {
                (0, pays)
            } else {
                (self.deducted_of(&line.settlement), 0)
            };
            let said = of.said_of(&line.settlement);
            let money = [line.amounts.total_fen, pays, deducted, back];
            let whose = (line.day.as_str(), region(line.home).to_string());
            let said = said.map(|(id, verdict)| (id.to_owned(), Some(verdict)));
            let said = said.unwrap_or_default();
            expected.insert(line.settlement.as_str(), (whose, money, said));
        }
        let found: BTreeMap<_, _> = lines
            .iter()
            .map(|line| {
                let whose = (line.business_day.as_str(), line.home_region.clone());
                let money = [
                    line.total_fen,
                    line.pays_fen,
                    line.deducted_fen,
                    line.reversed_fen,
                ];
                let said = (line.confirmation.clone(), line.verdict);
                (line.settlement.as_str(), (whose, money, said))
            })
            .collect();
        let changed = lines.iter().any(|line| line.changed_since);
        if found != expected || found.len() != lines.len() || changed {
            let story = format!("{month} lists {found:?}, and it was told {expected:?}");
            self.is_otherwise(number, &story);
        }
    }

    pub(super) fn is_said<'b>(
        &mut self,
        (number, month): (usize, &str),
        said: &'b Said,
        told: &'b Result<String, String>,
        of: &mut Month<'b>,
    ) {
        let expected = of.answers(said);
        let is_right = match (&expected, told) {
            (Ok(Some(known)), Ok(id)) => known == id,
            (Ok(None), Ok(id)) => !of.confirmations.contains_key(id.as_str()),
            (Err(expected), Err(code)) => expected == code,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        };
        if !is_right {
            let lines: Vec<_> = said.iter().map(|(line, _)| &line.settlement).collect();
            let story = format!("{month}, {lines:?}: {told:?}, where it is {expected:?}");
            self.is_otherwise(number, &story);
        }
        if let Ok(id) = told {
            let stands = true;
            let of = &mut of.confirmations;
            of.insert(id, Confirmation { said, stands });
        }
    }

    pub(super) fn is_taken_back(
        &mut self,
        (number, confirmation): (usize, &str),
        told: &Result<(), String>,
        of: &mut Month<'_>,
    ) {
        let is_closed = of.is_closed;
        let Some(known) = of.confirmations.get_mut(confirmation) else {
            self.is_otherwise(number, &format!("{confirmation} was told to nobody"));
            return;
        };
        let expected = if known.stands && is_closed {
            Err(CLOSED.to_owned())
        } else {
            known.stands = false;
            Ok(())
        };
        if *told != expected {
            let story = format!("{confirmation} is taken back: {told:?}, not {expected:?}");
            self.is_otherwise(number, &story);
        }
    }

    pub(super) fn stands_so(
        &mut self,
        number: usize,
        month: &v1::InstitutionMonth,
        of: &Month<'_>,
    ) {
        let (confirmed, applied, objected) = of.in_all();
        // Of a line that is answered twice it is told already.
        let waiting = of.lines.saturating_sub(confirmed + objected);
        let expected = (of.lines, waiting, confirmed, applied, objected);
        let found = (
            month.lines,
            month.waiting,
            month.confirmed,
            month.applied_fen,
            month.objected,
        );
        let stands: BTreeMap<&str, bool> = month
            .confirmations
            .iter()
            .map(|of| (of.confirmation.as_str(), of.rolled_back_ms == 0))
            .collect();
        let all = of.confirmations.iter();
        let all: BTreeMap<&str, bool> = all.map(|(id, of)| (*id, of.stands)).collect();
        let is_closed = !month.closed_by.is_empty();
        let is_so = found == expected
            && stands == all
            && is_closed == of.is_closed
            && month.institution == hospital(number)
            && month.changed_since == 0;
        if !is_so {
            let story = format!("{month:?}, where {expected:?} of {all:?} was told");
            self.is_otherwise(number, &story);
        }
    }

    /// Each confirmation that a hospital was told of is in its node's book once, with its lines, and no other.
    pub(super) fn confirmations_are_in_the_books(
        &mut self,
        months: &BTreeMap<(usize, &str), Month<'_>>,
    ) {
        for (number, books) in self.exhibits.nodes.iter().enumerate() {
            let own = months.iter().filter(|((of, _), _)| *of == number);
            let of_month = own.flat_map(|((_, month), of)| {
                let all = of.confirmations.iter();
                all.map(|(id, of)| {
                    (
                        (*id).to_owned(),
                        ((*month).to_owned(), settlements(of.said)),
                    )
                })
            });
            let expected: BTreeMap<_, _> = of_month.collect();
            let found = books.confirmed.iter().map(in_book);
            let found: BTreeMap<_, _> = found.collect();
            if found != expected || found.len() != books.confirmed.len() {
                let story = format!("the book has {found:?}, and it was told {expected:?}");
                self.is_otherwise(number, &story);
            }
        }
    }
}

fn settlements(said: &Said) -> Vec<String> {
    let lines = said.iter();
    lines.map(|(line, _)| line.settlement.clone()).collect()
}

fn in_book(record: &MonthConfirmed) -> (String, (String, Vec<String>)) {
    let lines = record.lines.iter();
    let lines = lines.map(|line| line.settlement.to_string()).collect();
    let month = record.month.to_string();
    (record.confirmation.to_string(), (month, lines))
}
