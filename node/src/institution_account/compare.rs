//! An institution's lines against the node's book, a part of the request ids at a time.
//!
//! A call holds so many of the node's lines and no more: when there are more in the ids it is asked about, it answers up to an
//! id and says so. Nothing is kept between two calls.
//!
//! What has no outcome yet is in no day's book. Begun on a day of the span it is named as that, whether or not the institution
//! states it.
//!
//! Lines lie by day and settlement, so that each such call reads all rows of its span; [`by_settlement`] does not.
//!
//! A settlement's id follows from the institution and the id under which it asked. So one that was booked again after a restore,
//! when nobody knew that id any more, is found by what the institution states.

pub mod by_settlement;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{Amounts, Booked, Difference, LineFinding, Span};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Setting;

use super::AccountDesk;
use super::book::Entry;
use crate::store::{ProvisionalState, Rows, SettlementState, StoreError};
use crate::treatment::order::settlement_id;

/// The most lines of the node's that one call looks at.
const OWN: usize = 2_000;

/// A line that the two do not have alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which settlement.
    pub settlement: SettlementId,
    /// Under which id the institution asked.
    pub request: RequestId,
    /// Of what.
    pub of: Booked,
    /// What was found.
    pub finding: LineFinding,
    /// In which amounts they differ.
    pub differences: Vec<Difference>,
    /// As the institution states it.
    pub institution: Option<Amounts>,
    /// As the node has it.
    pub node: Option<(BusinessDay, Amounts)>,
}

/// What is asked about: request ids after one, and up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// After this one; none for all from the first.
    pub after: Option<RequestId>,
    /// Up to this one; none for all to the last.
    pub up_to: Option<RequestId>,
}

impl Part {
    /// Whether it is about all ids.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.after.is_none() && self.up_to.is_none()
    }

    /// Whether it is about an id.
    #[must_use]
    pub fn contains(&self, request: RequestId) -> bool {
        self.after.is_none_or(|after| request > after)
            && self.up_to.is_none_or(|up_to| request <= up_to)
    }
}

/// Lines by request id, a settlement before its reversal.
pub type Stated = BTreeMap<(RequestId, Booked), Amounts>;

impl AccountDesk {
    /// The lines that the two do not have alike, by request id, and up to which id that is all when it is not all that was
    /// asked about.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn compare(
        &self,
        institution: InstitutionCode,
        of: (Span, Option<Setting>),
        part: Part,
        stated: &Stated,
    ) -> Result<(Vec<Found>, Option<RequestId>), StoreError> {
        let mut own = Own::new((self.region, institution), part, stated);
        // What is booked between the two readings is in both, and in neither the other way round.
        self.open(institution, of, |request| own.take_open(request))?;
        self.entries(institution, of, |entry| {
            own.take(entry);
            Ok(())
        })?;
        let answered = own.answered;
        let id = |request| settlement_id(self.region, institution, request);
        let stated = stated.iter().filter(|((request, _), _)| {
            let is_answered = answered.is_none_or(|answered| *request <= answered);
            part.contains(*request) && is_answered
        });
        let mut found = Vec::new();
        for (key, amounts) in stated {
            own.open.remove(&key.0);
            found.extend(match own.lines.remove(key) {
                Some(entry) => differing(amounts, &entry),
                None => Some(Found {
                    institution: Some(*amounts),
                    ..bare((id(key.0), *key), self.not_in_span(id(key.0), key.1)?)
                }),
            });
        }
        let open = std::mem::take(&mut own.open).into_iter();
        let open = open.filter(|request| {
            let is_answered = answered.is_none_or(|answered| *request <= answered);
            is_answered && !own.lines.contains_key(&(*request, Booked::Settlement))
        });
        found.extend(open.map(|request| still_open(id(request), request)));
        found.extend(own.rest().map(only_here));
        found.sort_by_key(|line| (line.request, line.of));
        Ok((found, answered))
    }

    /// What the node says of a line that its book does not have in the span.
    fn not_in_span(&self, id: SettlementId, of: Booked) -> Result<LineFinding, StoreError> {
        let Some(row) = self.ledger.settlement(id)? else {
            return Ok(LineFinding::OnlyAtInstitution);
        };
        let provisional = self.ledger.provisional(id)?;
        let provisional = provisional.map(|row| row.state);
        Ok(out_of_book(&row.state, provisional, of))
    }
}

/// What a settlement comes to that the book does not have in the span.
fn out_of_book(
    state: &SettlementState,
    provisional: Option<ProvisionalState>,
    of: Booked,
) -> LineFinding {
    match (state, of) {
        (SettlementState::Prepared, _) => LineFinding::StillOpen,
        (SettlementState::Settled(_), Booked::Settlement) | (SettlementState::Reversed(_), _) => {
            LineFinding::Elsewhere
        }
        (SettlementState::Settled(_), Booked::Reversal) => LineFinding::OnlyAtInstitution,
        (SettlementState::Refused(_) | SettlementState::Abandoned(_), of) => {
            match (provisional, of) {
                (Some(ProvisionalState::Borne(_)), Booked::Settlement) => {
                    LineFinding::BorneByRegion
                }
                (Some(ProvisionalState::TakenBack), _) => LineFinding::TakenBack,
                (Some(ProvisionalState::Borne(_)), Booked::Reversal)
                | (Some(ProvisionalState::Open | ProvisionalState::TruedUp(_)) | None, _) => {
                    LineFinding::OnlyAtInstitution
                }
            }
        }
    }
}

/// The node's lines of a part, as they are read one by one.
struct Own {
    whose: (RegionCode, InstitutionCode),
    part: Part,
    /// Which settlements the institution names, and under which ids it asked for them.
    named: BTreeMap<SettlementId, RequestId>,
    lines: BTreeMap<(RequestId, Booked), Entry>,
    /// Under which ids settlements have no outcome yet.
    open: BTreeSet<RequestId>,
    /// Those that were booked again after a restore, by ids that are not the institution's, and that it does not name.
    nameless: Vec<Entry>,
    /// Up to which id that is all, when it is not all of the part.
    answered: Option<RequestId>,
}

impl Own {
    fn new(whose: (RegionCode, InstitutionCode), part: Part, stated: &Stated) -> Self {
        let named = stated.keys().map(|(request, _)| *request);
        Self {
            whose,
            part,
            named: named
                .map(|request| (settlement_id(whose.0, whose.1, request), request))
                .collect(),
            lines: BTreeMap::new(),
            open: BTreeSet::new(),
            nameless: Vec::new(),
            answered: None,
        }
    }

    fn take(&mut self, mut entry: Entry) {
        if let Some(request) = self.named.get(&entry.settlement) {
            entry.request = *request;
        } else if entry.settlement != settlement_id(self.whose.0, self.whose.1, entry.request) {
            // In a part of the ids nobody knows whether it is one of another part's.
            if self.part.is_all() && self.nameless.len() < OWN {
                self.nameless.push(entry);
            }
            return;
        }
        let key = (entry.request, entry.of);
        let is_asked = self.part.contains(key.0);
        if is_asked && self.answered.is_none_or(|answered| key.0 <= answered) {
            self.lines.insert(key, entry);
        }
        if self.lines.len() > OWN {
            self.answered = cut(&mut self.lines);
        }
    }

    /// Notes one that has no outcome yet, if it is asked about.
    fn take_open(&mut self, request: RequestId) {
        if self.part.contains(request) && self.answered.is_none_or(|answered| request <= answered) {
            self.open.insert(request);
        }
        if self.open.len() > OWN {
            self.open.pop_last();
            self.answered = self.open.last().copied().or(self.answered);
        }
    }

    /// What is left of them; the nameless too, when all was asked about and is answered.
    fn rest(self) -> impl Iterator<Item = Entry> {
        let is_whole = self.answered.is_none();
        let nameless = self.nameless.into_iter().filter(move |_| is_whole);
        self.lines.into_values().chain(nameless)
    }
}

fn only_here(entry: Entry) -> Found {
    let finding = match entry.of {
        Booked::Settlement => LineFinding::OnlyAtNode,
        Booked::Reversal => LineFinding::ReversedAtNode,
    };
    Found {
        node: Some((entry.on, entry.amounts)),
        ..bare((entry.settlement, (entry.request, entry.of)), finding)
    }
}

/// Drops the last request of all, whole; up to which one what is left is complete.
fn cut(own: &mut BTreeMap<(RequestId, Booked), Entry>) -> Option<RequestId> {
    let ((dropped, _), _) = own.pop_last()?;
    while let Some(((last, _), _)) = own.last_key_value() {
        if *last != dropped {
            return Some(*last);
        }
        own.pop_last();
    }
    None
}

/// What there is to say of a line that both have; nothing when it is the same.
fn differing(stated: &Amounts, entry: &Entry) -> Option<Found> {
    let differences = stated.differences(&entry.amounts, entry.of);
    let key = (entry.settlement, (entry.request, entry.of));
    (!differences.is_empty()).then(|| Found {
        differences,
        institution: Some(*stated),
        node: Some((entry.on, entry.amounts)),
        ..bare(key, LineFinding::AmountsDiffer)
    })
}

const fn still_open(settlement: SettlementId, request: RequestId) -> Found {
    let key = (settlement, (request, Booked::Settlement));
    bare(key, LineFinding::StillOpen)
}

const fn bare(
    (settlement, (request, of)): (SettlementId, (RequestId, Booked)),
    finding: LineFinding,
) -> Found {
    Found {
        settlement,
        request,
        of,
        finding,
        differences: Vec::new(),
        institution: None,
        node: None,
    }
}

#[cfg(test)]
mod tests;
