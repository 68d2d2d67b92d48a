//! What officers see of people whom another region insures too, and what they say of them.
//!
//! Whether there is anything to do is judged by days: cover that follows upon the other's is none, whatever the
//! clearinghouse matched.

use huitong_core::date::{DateInterval, ServiceDate, Timestamp};
use huitong_core::duplicate::{CoverDays, ResolutionNote, overlap};
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DuplicateReason;

use super::DuplicateDesk;
use super::records::{Resolve, cover_from, ends_soon};
use crate::error::NodeError;
use crate::people::act::day_of;
use crate::store::{DuplicateRow, Key, Row, Rows, StoreError, Table};

/// Duplicates of a page, at most.
pub const PAGE: usize = 200;
/// Rows that one page is looked for in, at most: a page may be short, and another follow.
const ROWS_AT_MOST: usize = 2_000;

/// Which duplicates are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that ever were.
    All,
    /// Those with which there is something to do.
    Open,
}

/// How a duplicate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// The other region's days are not known yet.
    Asking,
    /// Both insure the person on the same days, and nothing is said of it here.
    Open,
    /// It is.
    Resolved,
    /// One cover follows upon the other.
    Sequential,
    /// One of the two has ended.
    Ended,
}

/// A duplicate as it is shown.
#[derive(Debug, Clone)]
pub struct DuplicateSeen {
    /// Who.
    pub psn_no: PsnNo,
    /// The other region.
    pub region: RegionCode,
    /// The row.
    pub row: DuplicateRow,
    /// How it stands.
    pub stands: Stands,
    /// Cover here.
    pub here: Vec<CoverDays>,
    /// The first days that both cover.
    pub overlap: Option<DateInterval>,
    /// When it was looked at.
    pub now: Timestamp,
}

/// A duplicate's name: where a page ends.
pub type Named = (PsnNo, RegionCode);

/// How a duplicate stands on a day.
fn stands(row: &DuplicateRow, here: &[CoverDays], today: ServiceDate) -> Stands {
    if row.gone.is_some() || here.is_empty() {
        return Stands::Ended;
    }
    // Cover that was to end, and goes on, is as open as before.
    let said = row
        .resolution
        .as_ref()
        .filter(|said| said.reason != DuplicateReason::EndedHere || ends_soon(here, today));
    let Some(told) = &row.told else {
        return if said.is_some() {
            Stands::Resolved
        } else {
            Stands::Asking
        };
    };
    if told.cover.is_empty() {
        Stands::Ended
    } else if overlap(here, &told.cover).is_none() {
        Stands::Sequential
    } else if said.is_some() {
        Stands::Resolved
    } else {
        Stands::Open
    }
}

impl DuplicateDesk {
    /// A page of duplicates after one, and where the next begins.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn list(
        &self,
        after: Option<Named>,
        limit: usize,
        which: Which,
    ) -> Result<(Vec<DuplicateSeen>, Option<Named>), NodeError> {
        let rows = match after {
            None => self.ledger.scan(Table::Duplicate, ROWS_AT_MOST)?,
            Some((psn_no, region)) => {
                let after = Key::Duplicate(psn_no, region);
                self.ledger
                    .scan_after(Table::Duplicate, &after, ROWS_AT_MOST)?
            }
        };
        self.ledger.barrier().await?;
        let is_full = rows.len() >= ROWS_AT_MOST;
        let (mut seen, mut last) = (Vec::new(), None);
        for (key, row) in rows {
            let (Key::Duplicate(psn_no, region), Row::Duplicate(row)) = (key, row) else {
                continue;
            };
            if seen.len() >= limit {
                return Ok((seen, last));
            }
            last = Some((psn_no, region));
            let one = self.seen(psn_no, region, *row)?;
            if which == Which::All || matches!(one.stands, Stands::Asking | Stands::Open) {
                seen.push(one);
            }
        }
        Ok((seen, last.filter(|_| is_full)))
    }

    fn seen(
        &self,
        psn_no: PsnNo,
        region: RegionCode,
        row: DuplicateRow,
    ) -> Result<DuplicateSeen, StoreError> {
        let now = self.clock.now();
        let today = day_of(now)?;
        let here = cover_from(self.ledger.member(psn_no)?.as_ref(), today);
        let there = row.told.as_ref().map_or(&[][..], |told| &told.cover);
        Ok(DuplicateSeen {
            psn_no,
            region,
            stands: stands(&row, &here, today),
            overlap: overlap(&here, there),
            here,
            row,
            now,
        })
    }

    /// Says what becomes of a duplicate. The same again changes nothing.
    ///
    /// # Errors
    /// `duplicates.unknown`, `duplicates.still_covered`, `request.malformed`, or the node's own trouble.
    pub async fn resolve(
        &self,
        by: OfficerName,
        (psn_no, region): Named,
        reason: DuplicateReason,
        note: Option<ResolutionNote>,
    ) -> Result<DuplicateSeen, NodeError> {
        if reason == DuplicateReason::Lawful && note.is_none() {
            let why = "note: name the rule by which both stand 请注明可同时参保的依据";
            return Err(NodeError::refused(RefusalCode::Malformed, why));
        }
        let command = Resolve {
            psn_no,
            region,
            reason,
            note,
            by,
        };
        if let Some(refusal) = self.writer.run(command).await?.answer {
            return Err(refusal.into());
        }
        let row = self.ledger.duplicate(psn_no, region)?;
        let row = row.ok_or(StoreError::Inconsistent("a duplicate that is none"))?;
        Ok(self.seen(psn_no, region, row)?)
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::duplicate::{Tag, ToldCover};
    use huitong_core::record::duplicate::Resolution;
    use huitong_core::vocabulary::Scheme;

    use super::*;

    fn cover(from: &str, until: Option<&str>) -> Vec<CoverDays> {
        let until = until.map(|day| day.parse().unwrap());
        let days = DateInterval::new(from.parse().unwrap(), until).unwrap();
        vec![CoverDays {
            scheme: Scheme::Resident,
            days,
        }]
    }

    fn row(there: Option<Vec<CoverDays>>, said: Option<DuplicateReason>) -> DuplicateRow {
        DuplicateRow {
            tag: Tag::from_bytes([9; 16]),
            since: Timestamp::EPOCH,
            gone: None,
            resolution: said.map(|reason| Resolution {
                reason,
                note: None,
                by: "li.wei".parse().unwrap(),
                at: Timestamp::EPOCH,
            }),
            told: there.map(|cover| ToldCover {
                cover,
                resolution: None,
            }),
        }
    }

    #[test]
    fn a_duplicate_is_open_only_on_days_that_both_cover() {
        use DuplicateReason::{EndedHere, KeptHere};
        let today = "2026-06-01".parse().unwrap();
        let year = || cover("2026-01-01", Some("2026-12-31"));
        let open = || cover("2020-01-01", None);
        let month = || cover("2026-01-01", Some("2026-06-30"));
        let next_year = || cover("2027-01-01", None);
        let cases = [
            (open(), None, None, Stands::Asking),
            (open(), Some(year()), None, Stands::Open),
            (open(), Some(year()), Some(KeptHere), Stands::Resolved),
            (open(), None, Some(KeptHere), Stands::Resolved),
            (open(), Some(Vec::new()), None, Stands::Ended),
            (Vec::new(), Some(year()), None, Stands::Ended),
            (year(), Some(next_year()), None, Stands::Sequential),
            // Said to be ended, and it ends; or it goes on after all.
            (month(), Some(year()), Some(EndedHere), Stands::Resolved),
            (open(), Some(year()), Some(EndedHere), Stands::Open),
        ];
        for (here, there, said, expected) in cases {
            let row = row(there, said);
            assert_eq!(stands(&row, &here, today), expected, "{here:?} {row:?}");
        }
        let gone = DuplicateRow {
            gone: Some(Timestamp::EPOCH),
            ..row(Some(year()), None)
        };
        assert_eq!(stands(&gone, &open(), today), Stands::Ended);
    }
}
