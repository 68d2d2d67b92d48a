//! The two nodes tell each other on which days they insure somebody, and what their officers said.
//!
//! The clearinghouse learns no day. A node tells only a region with which the clearinghouse matched it, of the person
//! by whom; of anybody else it says nothing, insured here or not, and counts who asks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use huitong_core::duplicate::{Tag, ToldCover, ToldResolution};
use huitong_core::person::PsnNo;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use super::records::{NoteTold, cover_from};
use super::report::TagClient;
use super::{DuplicateDesk, DuplicateRule};
use crate::error::NodeError;
use crate::people::act::day_of;
use crate::store::{FIRST_INCARNATION, Key, Row, Rows, StoreError, Table, incarnation};

/// Tags of one question, at most.
const TAGS_AT_ONCE: usize = 200;
/// How long the other node has for its answer.
const WITHIN: Duration = Duration::from_secs(5);

impl DuplicateDesk {
    /// Looks for matches, and asks the other regions about them.
    pub(super) async fn compare(
        &self,
        rule: &DuplicateRule,
        client: &TagClient,
    ) -> Result<(), NodeError> {
        if self.stream(rule).await?.is_none() {
            return Ok(());
        }
        self.look(rule, client).await?;
        let mut silent = BTreeSet::new();
        let mut after = None;
        loop {
            let rows = match &after {
                None => self.ledger.scan(Table::Duplicate, TAGS_AT_ONCE)?,
                Some(after) => self
                    .ledger
                    .scan_after(Table::Duplicate, after, TAGS_AT_ONCE)?,
            };
            let Some((last, _)) = rows.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            for (region, asked) in by_region(rows) {
                if silent.contains(&region) {
                    continue;
                }
                if let Err(error) = self.ask(region, asked).await {
                    tracing::warn!(%region, %error, "another region says nothing of people whom both insure");
                    silent.insert(region);
                }
            }
        }
    }

    /// Asks a region about some people, and writes down what is news.
    async fn ask(&self, region: RegionCode, asked: Vec<(PsnNo, Tag)>) -> Result<(), NodeError> {
        let peer = self.homes.other(region);
        let peer = peer.ok_or_else(|| NodeError::refused(RefusalCode::UnknownRegion, region))?;
        let tags: Vec<Tag> = asked.iter().map(|(_, tag)| *tag).collect();
        let incarnation = incarnation(&*self.ledger)?;
        let told = peer.compare_cover(&tags, incarnation, WITHIN).await;
        let told = told.map_err(|fault| {
            NodeError::refused(
                RefusalCode::HomeUnreachable,
                format_args!("{region}: {fault}"),
            )
        })?;
        let people = asked.into_iter().map(|(psn_no, _)| psn_no);
        let told = people.zip(told);
        let told = told.filter_map(|(psn_no, told)| Some((psn_no, told?)));
        let told: Vec<_> = told.collect();
        if told.is_empty() {
            return Ok(());
        }
        self.writer.run(NoteTold { region, told }).await?;
        Ok(())
    }

    /// What a region is told of people: of each whom the clearinghouse matched with it, and of nobody else.
    ///
    /// # Errors
    /// `duplicates.off`, `recovery.old_incarnation`, `snapshot.too_many`, `request.too_large`, `overloaded` until
    /// matches were looked at, or the node's own trouble.
    pub async fn tell(
        &self,
        (region, incarnation): (RegionCode, u32),
        tags: &[Tag],
    ) -> Result<Vec<Option<ToldCover>>, NodeError> {
        if self.rule.is_none() {
            return Err(NodeError::refused(RefusalCode::DuplicatesOff, self.region));
        }
        if tags.len() > TAGS_AT_ONCE {
            let why = format!("tags: at most {TAGS_AT_ONCE}");
            return Err(NodeError::refused(RefusalCode::TooLarge, why));
        }
        let known = self.ledger.restored_peer(region)?;
        let known = known.map_or(FIRST_INCARNATION, |row| row.incarnation);
        if incarnation < known {
            return Err(NodeError::refused(RefusalCode::OldIncarnation, known));
        }
        self.watch.admit(region, Instant::now())?;
        let told = tags.iter().map(|tag| self.told(region, *tag));
        let told = told.collect::<Result<Vec<_>, _>>()?;
        let guesses = told.iter().filter(|told| told.is_none()).count();
        if let Err(early) = self.watch.guessed(region, guesses, Instant::now()) {
            if self.watch.is_look_due(Instant::now()) {
                self.reported.notify_one();
            }
            return Err(early);
        }
        self.ledger.barrier().await?;
        Ok(told)
    }

    fn told(&self, region: RegionCode, tag: Tag) -> Result<Option<ToldCover>, StoreError> {
        let Some(psn_no) = self.ledger.tag(tag)?.map(|row| row.psn_no) else {
            return Ok(None);
        };
        let row = self.ledger.duplicate(psn_no, region)?;
        let Some(row) = row.filter(|row| row.gone.is_none() && row.tag == tag) else {
            return Ok(None);
        };
        let today = day_of(self.clock.now())?;
        let member = self.ledger.member(psn_no)?;
        let resolution = row.resolution.map(|said| ToldResolution {
            reason: said.reason,
            on: said.at.business_day_shanghai(),
        });
        Ok(Some(ToldCover {
            cover: cover_from(member.as_ref(), today),
            resolution,
        }))
    }
}

/// The people of rows who are insured elsewhere too now, by the other region.
fn by_region(rows: Vec<(Key, Row)>) -> BTreeMap<RegionCode, Vec<(PsnNo, Tag)>> {
    let mut asked: BTreeMap<RegionCode, Vec<(PsnNo, Tag)>> = BTreeMap::new();
    for (key, row) in rows {
        if let (Key::Duplicate(psn_no, region), Row::Duplicate(row)) = (key, row)
            && row.gone.is_none()
        {
            asked.entry(region).or_default().push((psn_no, row.tag));
        }
    }
    asked
}
