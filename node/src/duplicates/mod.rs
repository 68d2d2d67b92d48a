//! People whom two regions insure at once (重复参保), found without their numbers leaving the region.
//!
//! | module | its question |
//! |---|---|
//! | `pass` | Whose tags have to be reported, as things stand now? |
//! | `records` | The decisions of the writer |
//! | [`report`] | How does the clearinghouse come to hold the tags, and what does it say? |
//! | `matches` | Whom does another region insure too? |
//! | `compare` | On which days, as the two nodes tell each other? |
//! | `watch` | Does somebody ask about people at random? |
//! | [`seen`] | What does an officer see of it, and say? |
//!
//! A pass looks at every person and writes down what has changed, a page at a time with a pause between; so what a
//! file, an act, a death or a transfer did to somebody's cover is found the same way, and so is a day on which cover
//! begins or ends. Not here: ending cover, which is an act on the person's record (`people`).

mod compare;
mod matches;
mod pass;
mod records;
pub mod report;
pub mod seen;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use huitong_core::duplicate::{KeyId, TagKey, TagStream};
use huitong_core::officer::OfficerName;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::chance::{Chance, jittered};
use crate::clock::Clock;
use crate::error::NodeError;
use crate::home::watch::WatchLimits;
use crate::ledger::Ledger;
use crate::peers::Homes;
use crate::store::{Rows, TagHead, incarnation};
use crate::writer::Writer;

use records::Begin;
use report::TagClient;
use watch::GuessWatch;

/// The waits after failures, from one failure to many.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// With what duplicates are looked for.
#[derive(Debug, Clone)]
pub struct DuplicateRule {
    /// The key that the regions share.
    pub key: TagKey,
    /// How long to wait after all people were looked at before they are again, and as long for matches.
    pub every: Duration,
    /// How long to wait after each page of people.
    pub pause: Duration,
}

/// What is known beside the journal, since the node was started.
#[derive(Debug, Clone, Default)]
struct Known {
    /// How far the clearinghouse holds the stream.
    held: Option<(TagStream, u64)>,
    /// The stream that it holds, when that is newer than the own one.
    newest: Option<TagStream>,
    /// Why it takes nothing more.
    trouble: Option<String>,
    /// The other regions' keys.
    keys: BTreeMap<RegionCode, KeyId>,
    /// Whether a pass has ended since matches were looked at.
    passed: Passed,
    /// How many there are, when they are more than can be listed.
    too_many: Option<usize>,
}

/// Whether a pass has ended since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Passed {
    #[default]
    No,
    Yes,
}

/// Where duplicates are looked for, listed and settled.
pub struct DuplicateDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    homes: Homes,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    rule: Option<DuplicateRule>,
    client: Option<TagClient>,
    watch: GuessWatch,
    known: Mutex<Known>,
    /// A stream has begun: people are to be looked at now.
    begun: Notify,
    /// What kept the clearinghouse from taking more is over: it is told now.
    mended: Notify,
    /// What a pass has found is held by the clearinghouse: matches are to be looked at now.
    reported: Notify,
}

/// What a desk is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The other regions.
    pub homes: Homes,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// For jitter.
    pub chance: Arc<dyn Chance>,
    /// Key and pace; none where duplicates are not looked for.
    pub rule: Option<DuplicateRule>,
    /// The way to the clearinghouse.
    pub client: Option<TagClient>,
    /// How many guesses are borne.
    pub watch: WatchLimits,
}

impl DuplicateDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            region: parts.region,
            ledger: parts.ledger,
            writer: parts.writer,
            homes: parts.homes,
            clock: parts.clock,
            chance: parts.chance,
            rule: parts.rule,
            client: parts.client,
            watch: GuessWatch::new(parts.watch.window, parts.watch.unknown_per_region),
            known: Mutex::default(),
            begun: Notify::new(),
            mended: Notify::new(),
            reported: Notify::new(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Looks for duplicates until told to stop; at once over where there is no key or no clearinghouse.
    pub async fn run(self: Arc<Self>, report_every: Duration, stop: CancellationToken) {
        let (Some(rule), Some(client)) = (&self.rule, &self.client) else {
            return;
        };
        let passing = self.over_and_over(rule.every, &self.begun, || self.pass(rule));
        let reporting = self.over_and_over(report_every, &self.mended, || self.report(client));
        let comparing =
            self.over_and_over(rule.every, &self.reported, || self.compare(rule, client));
        // In this order: one that rotates hangs on how often the task was woken, and a seed of the simulation would not be
        // one story.
        let all = async { tokio::join!(biased; passing, reporting, comparing) };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            _ = all => {}
        }
    }

    /// Does something again and again, also when it is due earlier; later and later while it fails.
    async fn over_and_over<F: Future<Output = Result<(), NodeError>>>(
        &self,
        every: Duration,
        due: &Notify,
        round: impl Fn() -> F,
    ) {
        let mut failed = SHORTEST_WAIT;
        loop {
            let wait = match round().await {
                Ok(()) => {
                    failed = SHORTEST_WAIT;
                    every
                }
                Err(error) => {
                    tracing::warn!(%error, "duplicate cover is not looked for now");
                    failed = failed.saturating_mul(2).min(LONGEST_WAIT);
                    failed
                }
            };
            tokio::select! {
                biased;
                () = due.notified() => {}
                () = tokio::time::sleep(jittered(&*self.chance, wait)) => {}
            }
        }
    }

    /// The stream that goes on, under the configured key and in the node's incarnation. After a restore the node
    /// begins it anew by itself; before the first beginning, and under a key that nobody began with, there is none.
    async fn stream(&self, rule: &DuplicateRule) -> Result<Option<TagStream>, NodeError> {
        let Some(head) = self.ledger.tag_head()? else {
            return Ok(None);
        };
        if head.stream.key != rule.key.id() {
            return Ok(None);
        }
        if head.stream.incarnation == incarnation(&*self.ledger)? {
            return Ok(Some(head.stream));
        }
        let begin = Begin {
            key: rule.key.id(),
            by: None,
            newest: self.known().newest,
        };
        self.writer.run(begin).await?;
        Ok(self.ledger.tag_head()?.map(|head| head.stream))
    }

    /// Begins the stream anew for an officer, under the configured key.
    ///
    /// # Errors
    /// `duplicates.off`, or the node's own trouble.
    pub async fn begin(&self, by: OfficerName) -> Result<Standing, NodeError> {
        let (Some(rule), Some(_)) = (&self.rule, &self.client) else {
            return Err(NodeError::refused(RefusalCode::DuplicatesOff, self.region));
        };
        let begin = Begin {
            key: rule.key.id(),
            by: Some(by),
            newest: self.known().newest,
        };
        self.writer.run(begin).await?;
        self.note(|known| known.trouble = None);
        self.begun.notify_one();
        self.mended.notify_one();
        self.standing()
    }

    /// How far the reporting is.
    ///
    /// # Errors
    /// The node's own trouble.
    pub fn standing(&self) -> Result<Standing, NodeError> {
        let head = self.ledger.tag_head()?;
        let known = self.known();
        let own = head.as_ref().map(|head| head.stream);
        let held = known.held.filter(|(stream, _)| Some(*stream) == own);
        let configured = self.rule.as_ref().map(|rule| rule.key.id());
        let others = known.keys.into_iter();
        let others = others.filter(|(_, key)| Some(*key) != configured);
        Ok(Standing {
            configured,
            head,
            held: held.map_or(0, |(_, held)| held),
            others: others.collect(),
            trouble: known.trouble.or(known.too_many.map(unlisted)),
        })
    }

    fn known(&self) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn note(&self, note: impl FnOnce(&mut Known)) {
        note(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Why matches are not compared.
fn unlisted(matches: usize) -> String {
    format!(
        "{matches} people are insured elsewhere too, more than can be compared: is it the right key?"
    )
}

/// How far the reporting of tags is.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The fingerprint of the configured key.
    pub configured: Option<KeyId>,
    /// The stream as it is written.
    pub head: Option<TagHead>,
    /// The last batch of it that the clearinghouse holds.
    pub held: u64,
    /// Regions under another key.
    pub others: BTreeMap<RegionCode, KeyId>,
    /// Why the clearinghouse takes nothing more, or why matches are not compared.
    pub trouble: Option<String>,
}
