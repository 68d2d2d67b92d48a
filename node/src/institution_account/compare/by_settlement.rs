//! An institution's lines against the node's book, a part of the settlements at a time: a call reads what it lists.
//!
//! Of each day and kind the rows lie by settlement. Those of a part are read from where it begins, of all days of the span at
//! once, and no more of them than one call looks at. So it is known which of the node's lines belong to the part, also of
//! those that were booked again after a restore. Nothing is kept between two calls.

use std::collections::{BTreeMap, VecDeque};

use huitong_core::date::BusinessDay;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{Amounts, Booked, Span};
use huitong_core::leg::LegKind;
use huitong_core::vocabulary::Setting;

use super::{Found, bare, differing, only_here, still_open};
use crate::institution_account::AccountDesk;
use crate::institution_account::book::{Entry, entry};
use crate::store::{DueRow, Key, Row, StoreError, Table};

/// The most rows of one kind that a call looks at.
const LOOKED_AT: usize = 2_000;
/// Rows of one day and kind that are read at once: a span has sixty-two of these.
const ROWS: usize = 32;
/// Before every settlement.
const FIRST: SettlementId = SettlementId::from_bytes([0; 16]);

/// Which settlements: after one, and up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// After this one; none for all from the first.
    pub after: Option<SettlementId>,
    /// Up to this one; none for all to the last.
    pub up_to: Option<SettlementId>,
}

impl Part {
    /// Whether it is about a settlement.
    #[must_use]
    pub fn contains(&self, settlement: SettlementId) -> bool {
        self.after.is_none_or(|after| settlement > after)
            && self.up_to.is_none_or(|up_to| settlement <= up_to)
    }

    /// As much of it as was looked at.
    const fn looked_at(self, to: Option<SettlementId>) -> Self {
        Self {
            after: self.after,
            up_to: if to.is_some() { to } else { self.up_to },
        }
    }
}

/// Lines by settlement, a settlement before its reversal, each with the id under which the institution asked.
pub type Stated = BTreeMap<(SettlementId, Booked), (RequestId, Amounts)>;

/// Entries of the book, by settlement.
type Entries = BTreeMap<(SettlementId, Booked), Entry>;
/// What there is of a part, and up to which settlement that is all, when it is not all of it.
type UpTo<T> = (T, Option<SettlementId>);

impl AccountDesk {
    /// The lines that the two do not have alike, by settlement, and up to which one that is all when it is not all that was
    /// asked about.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn compare_by_settlement(
        &self,
        institution: InstitutionCode,
        of: (Span, Option<Setting>),
        part: Part,
        stated: &Stated,
    ) -> Result<(Vec<Found>, Option<SettlementId>), StoreError> {
        // What is booked between the two readings is in both, and in neither the other way round.
        let (mut open, opened) = self.open_of(institution, of, part)?;
        let part = part.looked_at(opened);
        let (mut own, booked) = self.booked_of(institution, of, part)?;
        let answered = booked.or(opened);
        let part = part.looked_at(answered);
        open.retain(|id, _| part.contains(*id));
        let mut found = Vec::new();
        for (key, (request, amounts)) in stated.iter().filter(|(key, _)| part.contains(key.0)) {
            let (id, of) = *key;
            open.remove(&id);
            found.extend(match own.remove(key) {
                Some(entry) => {
                    let request = *request;
                    differing(amounts, &Entry { request, ..entry })
                }
                None => Some(Found {
                    institution: Some(*amounts),
                    ..bare((id, (*request, of)), self.not_in_span(id, of)?)
                }),
            });
        }
        open.retain(|id, _| !own.contains_key(&(*id, Booked::Settlement)));
        found.extend(
            open.into_iter()
                .map(|(id, request)| still_open(id, request)),
        );
        // Of one that it states under an id of its own, the other line is told under that id too.
        let named: BTreeMap<_, _> = stated
            .iter()
            .map(|((id, _), (request, _))| (*id, *request))
            .collect();
        found.extend(own.into_values().map(|entry| {
            let request = named.get(&entry.settlement).copied();
            let request = request.unwrap_or(entry.request);
            only_here(Entry { request, ..entry })
        }));
        found.sort_by_key(|line| (line.settlement, line.of));
        Ok((found, answered))
    }

    /// What an institution began in a span and has no outcome yet. What is open of all institutions is looked through.
    fn open_of(
        &self,
        institution: InstitutionCode,
        of: (Span, Option<Setting>),
        part: Part,
    ) -> Result<UpTo<BTreeMap<SettlementId, RequestId>>, StoreError> {
        let scan = |after: &Key| self.ledger.scan_after(Table::Open, after, LOOKED_AT);
        opened(part, scan, |id, begun| {
            self.begun_in(institution, of, (id, begun))
        })
    }

    /// What the book has of a span, settlement by settlement.
    fn booked_of(
        &self,
        institution: InstitutionCode,
        (span, setting): (Span, Option<Setting>),
        part: Part,
    ) -> Result<UpTo<Entries>, StoreError> {
        let mut own = BTreeMap::new();
        let scan = |after: &Key| self.ledger.scan_after(Table::Due, after, ROWS);
        let take = |(day, of): Of, id, due: &DueRow| {
            let booked = entry(&*self.ledger, (of, day), (id, due))?;
            if setting.is_none_or(|setting| setting == booked.setting) {
                own.insert((id, of), booked);
            }
            Ok(())
        };
        let last = merged((institution, span, part), scan, take)?;
        Ok((own, last))
    }
}

/// What is open of a part and is the institution's own, and up to which settlement that is all, when so much is that it is not.
/// Others' are passed over, however many: to end at one of them would tell its id.
fn opened(
    part: Part,
    mut scan: impl FnMut(&Key) -> Result<Vec<(Key, Row)>, StoreError>,
    begun_in: impl Fn(SettlementId, BusinessDay) -> Result<Option<RequestId>, StoreError>,
) -> Result<UpTo<BTreeMap<SettlementId, RequestId>>, StoreError> {
    let mut open = BTreeMap::new();
    let mut after = part.after.unwrap_or(FIRST);
    loop {
        let rows = scan(&Key::Open(after))?;
        let is_full = rows.len() >= LOOKED_AT;
        for (key, row) in rows {
            let (Key::Open(id), Row::Open(row)) = (key, row) else {
                return Err(StoreError::WrongRow("Open"));
            };
            if !part.contains(id) {
                return Ok((open, None));
            }
            if let Some(request) = begun_in(id, row.since.business_day_shanghai())? {
                open.insert(id, request);
                if open.len() >= LOOKED_AT {
                    return Ok((open, Some(id)));
                }
            }
            after = id;
        }
        if !is_full {
            return Ok((open, None));
        }
    }
}

/// Of which day, and of what.
type Of = (BusinessDay, Booked);

/// Takes the rows of a part in the order of their settlements, from where each day's begin; up to which settlement that is
/// all, when so many were looked at that it is not.
fn merged(
    (institution, span, part): (InstitutionCode, Span, Part),
    mut scan: impl FnMut(&Key) -> Result<Vec<(Key, Row)>, StoreError>,
    mut take: impl FnMut(Of, SettlementId, &DueRow) -> Result<(), StoreError>,
) -> Result<Option<SettlementId>, StoreError> {
    let of_day = |day| [Booked::Settlement, Booked::Reversal].map(|of| (day, of));
    let after = part.after.unwrap_or(FIRST);
    let of = span.days().flat_map(of_day);
    let mut streams: Vec<_> = of.map(|of| Stream::new(institution, of, after)).collect();
    // The next row of each stream, by settlement.
    let mut next = BTreeMap::new();
    for (nth, stream) in streams.iter_mut().enumerate() {
        let row = stream.next(&mut scan)?;
        next.extend(row.map(|(id, row)| ((id, nth), row)));
    }
    let (mut last, mut looked_at) = (None, 0_usize);
    while let Some(((id, nth), due)) = next.pop_first() {
        if !part.contains(id) {
            break;
        }
        // A settlement and its reversal are looked at together.
        if looked_at >= LOOKED_AT && last != Some(id) {
            return Ok(last);
        }
        (last, looked_at) = (Some(id), looked_at.saturating_add(1));
        let Some(stream) = streams.get_mut(nth) else {
            continue;
        };
        take(stream.of, id, &due)?;
        let row = stream.next(&mut scan)?;
        next.extend(row.map(|(id, row)| ((id, nth), row)));
    }
    Ok(None)
}

/// The rows of a day and kind, as they lie.
struct Stream {
    institution: InstitutionCode,
    of: Of,
    /// After which the next are read; none when all are.
    after: Option<SettlementId>,
    read: VecDeque<(SettlementId, DueRow)>,
}

impl Stream {
    const fn new(institution: InstitutionCode, of: Of, after: SettlementId) -> Self {
        Self {
            institution,
            of,
            after: Some(after),
            read: VecDeque::new(),
        }
    }

    fn next(
        &mut self,
        scan: &mut impl FnMut(&Key) -> Result<Vec<(Key, Row)>, StoreError>,
    ) -> Result<Option<(SettlementId, DueRow)>, StoreError> {
        if let (true, Some(after)) = (self.read.is_empty(), self.after) {
            let after = Key::Due(self.institution, self.of.0, self.kind(), after);
            self.read_on(scan(&after)?)?;
        }
        Ok(self.read.pop_front())
    }

    const fn kind(&self) -> LegKind {
        match self.of.1 {
            Booked::Settlement => LegKind::Settlement,
            Booked::Reversal => LegKind::Reversal,
        }
    }

    fn read_on(&mut self, rows: Vec<(Key, Row)>) -> Result<(), StoreError> {
        self.after = None;
        let is_full = rows.len() >= ROWS;
        for (key, row) in rows {
            let (Key::Due(institution, day, kind, id), Row::Due(row)) = (key, row) else {
                return Err(StoreError::WrongRow("Due"));
            };
            if (institution, day, kind) != (self.institution, self.of.0, self.kind()) {
                self.after = None;
                return Ok(());
            }
            self.after = is_full.then_some(id);
            self.read.push_back((id, row));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
