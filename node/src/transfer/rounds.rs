//! When new homes are delivered to again: at intervals, and as soon as something is to be handed over.
//!
//! A notice is never used up by a delivery that was under way when it came, and may be past what it is about: as soon as that
//! ends, there is another round. Deliberately absent: what a round does.

use std::collections::BTreeSet;
use std::time::Duration;

use huitong_core::region::RegionCode;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::regions::{Begun, SideBySide};

/// What is under way, and for which regions a notice came meanwhile.
pub(super) struct Rounds {
    delivering: SideBySide<()>,
    /// Whether this round was begun by a notice.
    is_noticed: bool,
    missed: BTreeSet<RegionCode>,
}

impl Rounds {
    /// The first round, at the start.
    pub(super) fn new() -> Self {
        Self {
            delivering: SideBySide::new(),
            is_noticed: false,
            missed: BTreeSet::new(),
        }
    }

    /// Begins what a round does for a region.
    pub(super) fn begin<W>(&mut self, region: RegionCode, work: impl FnOnce() -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        match self.delivering.begin(region, work) {
            Begun::Now => {
                self.missed.remove(&region);
            }
            Begun::UnderWay if self.is_noticed => {
                self.missed.insert(region);
            }
            // What is done at intervals is done at the next one.
            Begun::UnderWay => {}
        }
    }

    /// Waits for the next round; `false` when told to stop.
    pub(super) async fn next(
        &mut self,
        due: &Notify,
        wait: Duration,
        stop: &CancellationToken,
    ) -> bool {
        let timer = tokio::time::sleep(wait);
        tokio::pin!(timer);
        loop {
            let (region, broken) = tokio::select! {
                biased;
                () = stop.cancelled() => return false,
                done = self.delivering.done() => done,
                () = due.notified() => {
                    self.is_noticed = true;
                    return true;
                }
                () = &mut timer => {
                    self.is_noticed = false;
                    return true;
                }
            };
            if broken.is_none() {
                tracing::error!(%region, "a delivery broke off");
            }
            // No notice began this round: were others that are under way to miss it too, rounds would follow upon each other for ever.
            if self.missed.remove(&region) {
                self.is_noticed = false;
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, sleep};

    use super::*;

    const TIMER: Duration = Duration::from_secs(60);

    async fn busy() {
        sleep(Duration::from_secs(10)).await;
    }

    /// After how many seconds each of these rounds began; `noticed` of them begin by a notice that came after two seconds.
    async fn begun(noticed: usize, rounds: usize) -> Vec<u64> {
        let region = "510100".parse().unwrap();
        let (due, stop) = (Notify::new(), CancellationToken::new());
        let (since, mut begun) = (Instant::now(), Vec::new());
        let mut work = Rounds::new();
        work.begin(region, busy);
        for nth in 0..rounds {
            let next = work.next(&due, TIMER, &stop);
            if nth < noticed {
                let notice = async {
                    sleep(Duration::from_secs(2)).await;
                    due.notify_one();
                };
                assert!(tokio::join!(next, notice).0);
            } else {
                assert!(next.await);
            }
            begun.push(since.elapsed().as_secs());
            work.begin(region, busy);
        }
        begun
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_that_comes_while_a_region_is_delivered_to_is_seen_to_as_soon_as_that_ends() {
        // The round that follows at 10 is begun for it, and none after that before the timer.
        assert_eq!(begun(1, 3).await, [2, 10, 70]);
        // Of two notices one round is enough.
        assert_eq!(begun(2, 4).await, [2, 4, 10, 70]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_two_regions_missed_is_seen_to_once_for_each() {
        let regions: [RegionCode; 2] = ["310000", "510100"].map(|code| code.parse().unwrap());
        let (due, stop) = (Notify::new(), CancellationToken::new());
        let (since, mut begun) = (Instant::now(), Vec::new());
        let mut work = Rounds::new();
        for _ in 0..5 {
            for (region, takes) in regions.into_iter().zip([10, 11]) {
                work.begin(region, || sleep(Duration::from_secs(takes)));
            }
            if begun.is_empty() {
                due.notify_one();
            }
            assert!(work.next(&due, TIMER, &stop).await);
            begun.push(since.elapsed().as_secs());
        }
        // The notice, the end of either's delivery, and the timer.
        assert_eq!(begun, [0, 10, 11, 71, 131]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_at_intervals_does_not_follow_upon_itself_at_once() {
        let region = "510100".parse().unwrap();
        let (due, stop) = (Notify::new(), CancellationToken::new());
        let since = Instant::now();
        let mut work = Rounds::new();
        work.begin(region, busy);
        for after in [4, 8, 12] {
            assert!(work.next(&due, Duration::from_secs(4), &stop).await);
            assert_eq!(since.elapsed().as_secs(), after);
            work.begin(region, busy);
        }
        stop.cancel();
        assert!(!work.next(&due, TIMER, &stop).await);
    }
}
