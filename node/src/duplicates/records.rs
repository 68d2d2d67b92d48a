//! The decisions of the writer about tags and duplicates: each looks again at what stands, so that each may be
//! repeated.

use huitong_core::canonical::Artifact;
use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::duplicate::{
    CoverDays, KeyId, Reach, ResolutionNote, STRETCHES_AT_MOST, Tag, TagBatch, TagChange,
    TagStanding, TagStream, ToldCover,
};
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::duplicate::{
    CoverTold, DuplicateResolved, Match, MatchesSeen, Resolution, TagsBegun, TagsWritten,
};
use huitong_core::record::registry::Member;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DuplicateReason;

use crate::people::act::day_of;
use crate::store::{Rows, StoreError, incarnation};
use crate::writer::{Command, Verdict};

/// Within how many days cover that is said to be ended here must have its end.
pub(super) const ENDS_WITHIN: i32 = 31;

/// Cover of a person that has not ended.
pub(super) fn cover_from(member: Option<&Member>, today: ServiceDate) -> Vec<CoverDays> {
    let periods = member.into_iter().flat_map(|member| &member.periods);
    let left = periods.filter(|period| period.days.until().is_none_or(|until| until >= today));
    let left = left.map(|period| CoverDays {
        scheme: period.scheme,
        days: period.days,
    });
    left.take(STRETCHES_AT_MOST).collect()
}

/// Whether a person has cover in force on a day.
pub(super) fn is_covered(member: &Member, today: ServiceDate) -> bool {
    member
        .periods
        .iter()
        .any(|period| period.days.contains(today))
}

/// Whether cover ends so soon after a day that it may be called ended.
pub(super) fn ends_soon(cover: &[CoverDays], day: ServiceDate) -> bool {
    let last = day.plus_days(ENDS_WITHIN).unwrap_or(day);
    cover
        .iter()
        .all(|stretch| stretch.days.until().is_some_and(|until| until <= last))
}

/// Begins the stream of tags, or begins it anew. One in which nothing is written yet has just begun.
pub(super) struct Begin {
    pub(super) key: KeyId,
    pub(super) by: Option<OfficerName>,
    /// The stream that the clearinghouse holds, if it is known to be a newer one.
    pub(super) newest: Option<TagStream>,
}

impl Command for Begin {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let before = rows.tag_head()?;
        let incarnation = incarnation(rows)?;
        let is_begun = before.as_ref().is_some_and(|head| {
            let named = (head.stream.incarnation, head.stream.key);
            let is_newest = self
                .newest
                .is_none_or(|newest| head.stream.succeeds(&newest));
            named == (incarnation, self.key) && head.written == 0 && is_newest
        });
        let held = self.newest.map_or(0, |newest| newest.generation);
        if is_begun {
            return Ok(Verdict::Answer(()));
        }
        let stream = TagStream {
            incarnation,
            generation: before
                .map_or(0, |head| head.stream.generation)
                .max(held)
                .saturating_add(1),
            key: self.key,
        };
        let record = TagsBegun {
            stream,
            by: self.by,
            at: now,
        };
        Ok(Verdict::Append(vec![NodeRecord::TagsBegun(record)], ()))
    }
}

/// Writes the next batch: what of the changes is not so already.
pub(super) struct WriteTags {
    pub(super) stream: TagStream,
    pub(super) changes: Vec<(Tag, PsnNo, TagStanding)>,
    pub(super) says: Says,
}

/// What a batch says of all people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing.
    Part,
    /// That all are reported, if that was not said.
    Whole,
    /// The same, though it was said.
    WholeAgain,
}

/// Whether the stream still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    Yes,
    No,
}

impl Command for WriteTags {
    type Answer = GoesOn;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<GoesOn>, StoreError> {
        let stream = self.stream;
        let Some(head) = rows.tag_head()?.filter(|head| head.stream == stream) else {
            return Ok(Verdict::Answer(GoesOn::No));
        };
        let (mut changes, mut people) = (Vec::new(), Vec::new());
        // In the order of tags, which says nothing of people: the batch lies in the clear beside their keys.
        let mut looked = self.changes;
        looked.sort_by_key(|(tag, ..)| *tag);
        for (tag, psn_no, standing) in looked {
            let row = rows.tag(tag)?;
            let is_covered = row.is_some_and(|row| row.is_covered_in(stream));
            if is_covered != (standing == TagStanding::Covered) {
                changes.push(TagChange { tag, standing });
                people.push(psn_no);
            }
        }
        let (reach, says_whole) = match self.says {
            Says::Part => (Reach::Part, false),
            Says::Whole => (Reach::Whole, head.reach == Reach::Part),
            Says::WholeAgain => (Reach::Whole, true),
        };
        if changes.is_empty() && !says_whole {
            return Ok(Verdict::Answer(GoesOn::Yes));
        }
        let batch = TagBatch {
            stream,
            number: head.written.saturating_add(1),
            before: head.chain,
            changes,
            reach,
        };
        let record = TagsWritten { batch, people };
        Ok(Verdict::Append(
            vec![NodeRecord::TagsWritten(record)],
            GoesOn::Yes,
        ))
    }
}

/// Writes down which matches there are now, and which are no more.
pub(super) struct NoteMatches {
    pub(super) found: Vec<Match>,
    pub(super) gone: Vec<(PsnNo, RegionCode)>,
}

impl Command for NoteMatches {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for one in self.found {
            let row = rows.duplicate(one.psn_no, one.region)?;
            if row.is_none_or(|row| row.gone.is_some() || row.tag != one.tag) {
                found.push(one);
            }
        }
        for (psn_no, region) in self.gone {
            let row = rows.duplicate(psn_no, region)?;
            if row.is_some_and(|row| row.gone.is_none()) {
                gone.push((psn_no, region));
            }
        }
        if found.is_empty() && gone.is_empty() {
            return Ok(Verdict::Answer(()));
        }
        let at = now;
        let record = MatchesSeen { found, gone, at };
        Ok(Verdict::Append(vec![NodeRecord::MatchesSeen(record)], ()))
    }
}

/// Writes down what another region says, where it is news.
pub(super) struct NoteTold {
    pub(super) region: RegionCode,
    pub(super) told: Vec<(PsnNo, ToldCover)>,
}

impl Command for NoteTold {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let region = self.region;
        let mut records = Vec::new();
        for (psn_no, told) in self.told {
            let row = rows.duplicate(psn_no, region)?;
            if row.is_some_and(|row| row.gone.is_none() && row.told.as_ref() != Some(&told)) {
                let record = CoverTold {
                    psn_no,
                    region,
                    told,
                    at: now,
                };
                records.push(NodeRecord::CoverTold(record));
            }
        }
        if records.is_empty() {
            return Ok(Verdict::Answer(()));
        }
        Ok(Verdict::Append(records, ()))
    }
}

/// An officer says what becomes of a duplicate. The same again changes nothing.
pub(super) struct Resolve {
    pub(super) psn_no: PsnNo,
    pub(super) region: RegionCode,
    pub(super) reason: DuplicateReason,
    pub(super) note: Option<ResolutionNote>,
    pub(super) by: OfficerName,
}

impl Command for Resolve {
    type Answer = Option<Refusal>;

    fn decide(
        self,
        rows: &dyn Rows,
        now: Timestamp,
    ) -> Result<Verdict<Option<Refusal>>, StoreError> {
        let Self {
            psn_no,
            region,
            reason,
            note,
            by,
        } = self;
        let refuse = |code| Ok(Verdict::Answer(Some(Refusal::new(code, region))));
        let Some(row) = rows.duplicate(psn_no, region)? else {
            return refuse(RefusalCode::DuplicateUnknown);
        };
        let cover = cover_from(rows.member(psn_no)?.as_ref(), day_of(now)?);
        if reason == DuplicateReason::EndedHere && !ends_soon(&cover, day_of(now)?) {
            return refuse(RefusalCode::StillCovered);
        }
        let stands = row.resolution;
        if stands.is_some_and(|said| (said.reason, &said.note) == (reason, &note)) {
            return Ok(Verdict::Answer(None));
        }
        let resolution = Resolution {
            reason,
            note,
            by,
            at: now,
        };
        let record = DuplicateResolved {
            psn_no,
            region,
            resolution,
        };
        Ok(Verdict::Append(
            vec![NodeRecord::DuplicateResolved(record)],
            None,
        ))
    }
}

/// Whether two batches are the same one.
pub(super) fn is_batch(batch: &TagBatch, chain: huitong_core::digest::Digest) -> bool {
    batch.digest() == chain
}
