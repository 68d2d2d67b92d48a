//! What is asked of the other parties when the end of the journal was set aside at a start: how far they hold what this node
//! gave them. A torn end is either a write that nobody was told of, or the last acknowledged frame, damaged: the journal
//! alone cannot tell.
//!
//! They are asked before the port opens, all at once and for a bounded time; who cannot be reached then is asked until they
//! answer, while the node serves. Deliberately absent: what is done when they hold more (`ledger::gone`), and the questions
//! in passing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::region::RegionCode;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Heart;
use crate::chance::{Chance, jittered};
use crate::error::NodeError;
use crate::home::HomeRole;
use crate::ledger::{RecordsGone, WriteError};
use crate::peers::Peer;

/// How long a party has for its answer.
const WITHIN: Duration = Duration::from_secs(3);
/// The wait before those are asked again that did not answer.
const AGAIN: Duration = Duration::from_secs(10);

/// Regions that are to be asked.
pub(super) type Unasked = Vec<(RegionCode, Arc<Peer>)>;

impl Heart {
    /// Asks everyone how far they hold what this node gave them; who did not answer.
    ///
    /// # Errors
    /// [`RecordsGone`]: somebody holds more than is here.
    pub(super) async fn ask_others(&self) -> Result<Unasked, RecordsGone> {
        let clearing = async {
            if let Some(reporter) = &self.in_touch.reporter
                && let Err(error) = reporter.look(WITHIN).await
            {
                tracing::warn!(%error, "the clearinghouse does not say how far it holds the legs of this node");
            }
        };
        let regions = self.homes.others().collect();
        let ((), unasked) = tokio::join!(clearing, ask(&self.home, regions));
        match self.ledger.records_gone() {
            Some(gone) => Err(gone),
            None => Ok(unasked),
        }
    }
}

/// Asks until all have answered, or until told to stop.
pub(super) async fn ask_again(
    home: Arc<HomeRole>,
    mut unasked: Unasked,
    chance: Arc<dyn Chance>,
    stop: CancellationToken,
) {
    while !unasked.is_empty() {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(jittered(&*chance, AGAIN)) => {}
        }
        unasked = ask(&home, unasked).await;
    }
}

/// Asks regions at once; those of which it is not known then what they hold.
async fn ask(home: &Arc<HomeRole>, regions: Unasked) -> Unasked {
    let mut asked = JoinSet::new();
    for (region, peer) in &regions {
        let (home, region, peer) = (Arc::clone(home), *region, Arc::clone(peer));
        asked.spawn(async move {
            // A delivery of nothing: the answer says up to which number all is held.
            match peer.deliver(&[], WITHIN).await {
                Ok(held) => {
                    let compared = home.acknowledge(region, held);
                    if let Err(error) = &compared {
                        tracing::error!(%region, %error, "a region's answer cannot be held against the journal");
                    }
                    // That records are gone is known as well, and closes the node.
                    let is_gone = |error: &NodeError| {
                        matches!(error, NodeError::Write(WriteError::RecordsGone(_)))
                    };
                    let is_known = compared.as_ref().err().is_none_or(is_gone);
                    is_known.then_some(region)
                }
                Err(fault) => {
                    tracing::warn!(%region, %fault, "a region does not say how far it holds what this node gave it");
                    None
                }
            }
        });
    }
    let mut known = BTreeSet::new();
    while let Some(answer) = asked.join_next().await {
        known.extend(answer.ok().flatten());
    }
    let mut unasked = regions;
    unasked.retain(|(region, _)| !known.contains(region));
    unasked
}
