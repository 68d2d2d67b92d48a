//! What is asked of the other parties when the end of the journal was set aside at a start: how far they hold what this node
//! gave them. A torn end is either a write that nobody was told of, or the last acknowledged frame, damaged: the journal
//! alone cannot tell.
//!
//! They are asked before the port opens, all at once and for a bounded time; who cannot be reached then is asked until they
//! answer, while the node serves. Deliberately absent: what is done when they hold more (`ledger::gone`), and the questions
//! in passing.

use std::sync::Arc;
use std::time::Duration;

use huitong_core::region::RegionCode;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Heart;
use crate::chance::{Chance, jittered};
use crate::home::HomeRole;
use crate::ledger::RecordsGone;
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

/// Asks regions at once; those that did not answer.
async fn ask(home: &Arc<HomeRole>, regions: Unasked) -> Unasked {
    let mut asked = JoinSet::new();
    for (region, peer) in regions {
        let home = Arc::clone(home);
        asked.spawn(async move {
            // A delivery of nothing: the answer says up to which number all is held.
            match peer.deliver(&[], WITHIN).await {
                Ok(held) => {
                    if let Err(error) = home.acknowledge(region, held) {
                        tracing::error!(%region, %error, "a region's answer cannot be held against the journal");
                    }
                    None
                }
                Err(fault) => {
                    tracing::warn!(%region, %fault, "a region does not say how far it holds what this node gave it");
                    Some((region, peer))
                }
            }
        });
    }
    let mut silent = Vec::new();
    while let Some(answer) = asked.join_next().await {
        silent.extend(answer.ok().flatten());
    }
    silent
}
