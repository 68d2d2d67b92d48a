//! A pass over all people: whoever has cover in force has their tags reported as covered, and nobody else has.
//!
//! First everybody is looked at for tags that are missing, then every tag that is reported for cover that is no more.
//! A page is looked at, what it changes is one batch, and then there is a pause: neither the writer nor the disk is
//! held up, and no more than a page is in memory. What a pass misses because somebody changed meanwhile, the next
//! finds. Two records of one person in the own region are one tag; it stands while one of them has cover, a pass
//! later at the latest.

use std::collections::BTreeSet;

use huitong_core::date::ServiceDate;
use huitong_core::duplicate::{CHANGES_AT_MOST, Tag, TagKey, TagStanding, TagStream};
use huitong_core::person::PsnNo;
use huitong_core::record::registry::Member;

use super::records::{GoesOn, Says, WriteTags, is_covered};
use super::{DuplicateDesk, DuplicateRule, Passed};
use crate::compute::long;
use crate::error::NodeError;
use crate::people::act::day_of;
use crate::store::{Key, Row, Rows, StoreError, Table};

/// Rows of one page. Somebody has a handful of documents at most, so that its changes are a few batches.
const PAGE: usize = 256;

/// What a page comes to: the tags that change, and the key of its last row.
type Page = (Vec<(Tag, PsnNo, TagStanding)>, Option<Key>);

impl DuplicateDesk {
    /// One pass.
    pub(super) async fn pass(&self, rule: &DuplicateRule) -> Result<(), NodeError> {
        let Some(stream) = self.stream(rule).await? else {
            return Ok(());
        };
        for table in [Table::Member, Table::Tag] {
            let mut after = None;
            loop {
                let today = day_of(self.clock.now())?;
                let page = long(|| self.page(&rule.key, stream, table, after.as_ref(), today));
                let (changes, last) = page?;
                if self.write(stream, changes, Says::Part).await? == GoesOn::No {
                    return Ok(());
                }
                if last.is_none() {
                    break;
                }
                after = last;
                tokio::time::sleep(rule.pause).await;
            }
        }
        self.write(stream, Vec::new(), Says::Whole).await?;
        self.note(|known| known.passed = Passed::Yes);
        Ok(())
    }

    /// Writes what has changed.
    async fn write(
        &self,
        stream: TagStream,
        changes: Vec<(Tag, PsnNo, TagStanding)>,
        says: Says,
    ) -> Result<GoesOn, NodeError> {
        let mut goes_on = GoesOn::Yes;
        let batches = changes.chunks(CHANGES_AT_MOST);
        // What says that everybody was reported has no changes of its own.
        let last = (says == Says::Whole).then_some(&[][..]);
        for changes in batches.chain(last) {
            let command = WriteTags {
                stream,
                changes: changes.to_vec(),
                says,
            };
            goes_on = self.writer.run(command).await?.answer;
        }
        Ok(goes_on)
    }

    /// What a page of a table comes to.
    fn page(
        &self,
        key: &TagKey,
        stream: TagStream,
        table: Table,
        after: Option<&Key>,
        today: ServiceDate,
    ) -> Result<Page, StoreError> {
        let rows = match after {
            None => self.ledger.scan(table, PAGE)?,
            Some(after) => self.ledger.scan_after(table, after, PAGE)?,
        };
        let (mut changes, mut last) = (Vec::new(), None);
        for (row_key, row) in rows {
            if let Row::Member(member) = &row {
                self.missing(key, stream, member, today, &mut changes)?;
            }
            if let (Key::Tag(tag), Row::Tag(row)) = (&row_key, &row)
                && row.is_covered_in(stream)
            {
                let member = self.ledger.member(row.psn_no)?;
                let stands = member.is_some_and(|member| {
                    is_covered(&member, today) && tags_of(key, &member).contains(tag)
                });
                if !stands {
                    changes.push((*tag, row.psn_no, TagStanding::Ended));
                }
            }
            last = Some(row_key);
        }
        Ok((changes, last))
    }

    /// The tags of somebody with cover that are not reported.
    fn missing(
        &self,
        key: &TagKey,
        stream: TagStream,
        member: &Member,
        today: ServiceDate,
        changes: &mut Vec<(Tag, PsnNo, TagStanding)>,
    ) -> Result<(), StoreError> {
        if !is_covered(member, today) {
            return Ok(());
        }
        for tag in tags_of(key, member) {
            let row = self.ledger.tag(tag)?;
            if !row.is_some_and(|row| row.is_covered_in(stream)) {
                changes.push((tag, member.psn_no, TagStanding::Covered));
            }
        }
        Ok(())
    }
}

/// The tags of a person's documents.
fn tags_of(key: &TagKey, member: &Member) -> BTreeSet<Tag> {
    let documents = member.credentials.iter();
    documents
        .filter_map(|credential| Tag::of_credential(key, credential))
        .collect()
}
