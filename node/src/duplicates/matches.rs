//! Whom another region insures too, as the clearinghouse has it now, compared with what is known.
//!
//! Matches are few beside people; they are read whole, bounded, and what differs is written down. One is gone only
//! when both regions have all their people reported: while one of them reports anew, who is missing may yet come. The own
//! region's are when the clearinghouse has looked through the stream that goes on, up to its last batch.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::duplicate::{Reach, Tag};
use huitong_core::person::PsnNo;
use huitong_core::record::duplicate::Match;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use super::records::NoteMatches;
use super::report::{RegionTold, TagClient};
use super::{DuplicateDesk, DuplicateRule};
use crate::error::NodeError;
use crate::store::{Key, Row, Rows, Table, TagHead, incarnation};

/// The most matches of a region. One with more has another trouble than people who are insured twice.
const MATCHES_AT_MOST: usize = 1_000_000;
/// What is written at once.
const AT_ONCE: usize = 256;

/// All matches at one time.
struct Now {
    matches: BTreeMap<(PsnNo, RegionCode), Tag>,
    /// The regions under the own key all of whose people are reported, on every page.
    whole: BTreeSet<RegionCode>,
}

impl DuplicateDesk {
    /// Looks whom another region insures too, and writes down what differs.
    pub(super) async fn look(
        &self,
        rule: &DuplicateRule,
        client: &TagClient,
    ) -> Result<(), NodeError> {
        let now = self.matches_now(rule, client).await?;
        let found: Vec<Match> = now
            .matches
            .iter()
            .map(|((psn_no, region), tag)| Match {
                psn_no: *psn_no,
                region: *region,
                tag: *tag,
            })
            .collect();
        for found in found.chunks(AT_ONCE) {
            let command = NoteMatches {
                found: found.to_vec(),
                gone: Vec::new(),
            };
            self.writer.run(command).await?;
        }
        self.watch.looked(Instant::now());
        if !now.whole.contains(&self.region) {
            return Ok(());
        }
        let mut after = None;
        loop {
            let rows = match &after {
                None => self.ledger.scan(Table::Duplicate, AT_ONCE)?,
                Some(after) => self.ledger.scan_after(Table::Duplicate, after, AT_ONCE)?,
            };
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            let gone: Vec<_> = rows.iter().filter_map(|row| now.is_gone(row)).collect();
            if !gone.is_empty() {
                let found = Vec::new();
                self.writer.run(NoteMatches { found, gone }).await?;
            }
        }
    }

    async fn matches_now(
        &self,
        rule: &DuplicateRule,
        client: &TagClient,
    ) -> Result<Now, NodeError> {
        let (key, incarnation) = (rule.key.id(), incarnation(&*self.ledger)?);
        let (mut matches, mut whole, mut next) = (BTreeMap::new(), None, Vec::new());
        loop {
            let page = client.matches(incarnation, next).await?;
            for (tag, region) in page.matches {
                let head = self.ledger.tag_head()?;
                let row = self.ledger.tag(tag)?;
                let own = row.filter(|row| {
                    head.as_ref()
                        .is_some_and(|head| row.is_covered_in(head.stream))
                });
                if let Some(row) = own {
                    matches.insert((row.psn_no, region), tag);
                }
            }
            if matches.len() > MATCHES_AT_MOST {
                self.note(|known| known.too_many = Some(matches.len()));
                tracing::error!(
                    matches = matches.len(),
                    "more people are insured elsewhere too than can be listed"
                );
                return Err(NodeError::refused(RefusalCode::RecordFull, self.region));
            }
            let regions = page.regions.iter();
            let head = self.ledger.tag_head()?;
            let here: BTreeSet<RegionCode> = regions
                .filter(|(region, told)| {
                    let is_own = **region == self.region;
                    (told.stream.key, told.reach) == (key, Reach::Whole)
                        && (!is_own || head.as_ref().is_some_and(|head| is_level(head, told)))
                })
                .map(|(region, _)| *region)
                .collect();
            whole = Some(match whole {
                None => here,
                Some(before) => &before & &here,
            });
            let keys = page.regions.into_iter();
            let keys = keys.filter(|(region, _)| *region != self.region);
            let keys = keys.map(|(region, told)| (region, told.stream.key));
            let keys = keys.collect();
            self.note(|known| known.keys = keys);
            next = page.next;
            if next.is_empty() {
                self.note(|known| known.too_many = None);
                let whole = whole.unwrap_or_default();
                return Ok(Now { matches, whole });
            }
        }
    }
}

/// Whether all that is written of the own stream was looked through, and that is all people.
fn is_level(head: &TagHead, told: &RegionTold) -> bool {
    head.reach == Reach::Whole && (head.stream, head.written) == (told.stream, told.held)
}

impl Now {
    /// Which match is no more, if a row's is not.
    fn is_gone(&self, (key, row): &(Key, Row)) -> Option<(PsnNo, RegionCode)> {
        let (Key::Duplicate(psn_no, region), Row::Duplicate(row)) = (key, row) else {
            return None;
        };
        let is_here = self.matches.contains_key(&(*psn_no, *region));
        let is_gone = row.gone.is_none() && !is_here && self.whole.contains(region);
        is_gone.then_some((*psn_no, *region))
    }
}
