//! An institution's lines against the node's book, a part of the request ids at a time.
//!
//! A call holds so many of the node's lines and no more: when there are more in the ids it is asked about, it answers up to an
//! id and says so. Nothing is kept between two calls.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::id::RequestId;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{Amounts, Booked, Difference, LineFinding, Span};
use huitong_core::vocabulary::Setting;

use super::AccountDesk;
use super::book::Entry;
use crate::store::{Rows, SettlementState, StoreError};
use crate::treatment::order::settlement_id;

/// The most lines that an institution sends at once.
pub const LINES: usize = 500;
/// The most lines of the node's that one call looks at.
const OWN: usize = 2_000;

/// A line that the two do not have alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
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
        let mut own: BTreeMap<(RequestId, Booked), Entry> = BTreeMap::new();
        let mut answered = None;
        self.entries(institution, of, |entry| {
            let key = (entry.request, entry.of);
            let is_asked = part.contains(key.0);
            if is_asked && answered.is_none_or(|answered| key.0 <= answered) {
                own.insert(key, entry);
            }
            if own.len() > OWN {
                answered = cut(&mut own);
            }
            Ok(())
        })?;
        let stated = stated.iter().filter(|((request, _), _)| {
            let is_answered = answered.is_none_or(|answered| *request <= answered);
            part.contains(*request) && is_answered
        });
        let mut found = BTreeMap::new();
        for (key, amounts) in stated {
            let line = match own.remove(key) {
                Some(entry) => differing(amounts, &entry),
                None => Some(Found {
                    institution: Some(*amounts),
                    ..bare(*key, self.not_in_span(institution, *key)?)
                }),
            };
            found.extend(line.map(|line| (*key, line)));
        }
        for (key, entry) in own {
            let finding = match key.1 {
                Booked::Settlement => LineFinding::OnlyAtNode,
                Booked::Reversal => LineFinding::ReversedAtNode,
            };
            let line = Found {
                node: Some((entry.on, entry.amounts)),
                ..bare(key, finding)
            };
            found.insert(key, line);
        }
        Ok((found.into_values().collect(), answered))
    }

    /// What the node says of a line that its book does not have in the span.
    fn not_in_span(
        &self,
        institution: InstitutionCode,
        (request, of): (RequestId, Booked),
    ) -> Result<LineFinding, StoreError> {
        let id = settlement_id(self.region, institution, request);
        let Some(row) = self.ledger.settlement(id)? else {
            return Ok(LineFinding::OnlyAtInstitution);
        };
        Ok(match (row.state, of) {
            (SettlementState::Prepared, _) => LineFinding::StillOpen,
            (SettlementState::Settled(_), Booked::Settlement)
            | (SettlementState::Reversed(_), _) => LineFinding::Elsewhere,
            (SettlementState::Settled(_), Booked::Reversal)
            | (SettlementState::Refused(_) | SettlementState::Abandoned(_), _) => {
                LineFinding::OnlyAtInstitution
            }
        })
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
    let key = (entry.request, entry.of);
    (!differences.is_empty()).then(|| Found {
        differences,
        institution: Some(*stated),
        node: Some((entry.on, entry.amounts)),
        ..bare(key, LineFinding::AmountsDiffer)
    })
}

const fn bare((request, of): (RequestId, Booked), finding: LineFinding) -> Found {
    Found {
        request,
        of,
        finding,
        differences: Vec::new(),
        institution: None,
        node: None,
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::money::Fen;

    use super::*;

    fn request(text: &str) -> RequestId {
        text.parse().unwrap()
    }

    fn entry(text: &str, of: Booked) -> ((RequestId, Booked), Entry) {
        let entry = Entry {
            of,
            on: "2023-03-09".parse().unwrap(),
            request: request(text),
            setting: Setting::Inpatient,
            amounts: Amounts::ZERO,
        };
        ((entry.request, of), entry)
    }

    #[test]
    fn what_is_cut_off_is_whole_requests() {
        let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
        let mut own: BTreeMap<_, _> = [
            entry("a", settled),
            entry("b", settled),
            entry("b", reversed),
        ]
        .into();
        assert_eq!(cut(&mut own), Some(request("a")));
        assert_eq!(own.len(), 1);
        assert_eq!(cut(&mut own), None);
    }

    #[test]
    fn a_part_is_after_one_id_and_up_to_another() {
        let part = Part {
            after: Some(request("b")),
            up_to: Some(request("d")),
        };
        let held = ["a", "b", "c", "d", "e"].map(|id| part.contains(request(id)));
        assert_eq!(held, [false, false, true, true, false]);
        let all = Part {
            after: None,
            up_to: None,
        };
        assert!(all.contains(request("a")));
    }

    #[test]
    fn equal_lines_are_nothing_to_say() {
        let (_, entry) = entry("a", Booked::Settlement);
        assert_eq!(differing(&Amounts::ZERO, &entry), None);
        let other = Amounts {
            cash: Fen::MAX,
            ..Amounts::ZERO
        };
        let found = differing(&other, &entry).unwrap();
        assert_eq!(found.finding, LineFinding::AmountsDiffer);
        assert_eq!(found.differences.len(), 1);
    }
}
