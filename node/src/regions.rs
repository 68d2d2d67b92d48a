//! One piece of work for each region, side by side: a region that is slow, or does not answer, keeps no other waiting.
//!
//! Of each region at most one is under way, and of all so many; the next begin in the order in which they were handed in.
//! Deliberately absent: what is done, and when it is due again.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;

use huitong_core::region::RegionCode;
use tokio::task::{Id, JoinSet};

/// Regions that are worked for at once. One that does not answer holds its place until its call is given up.
const AT_ONCE: usize = 32;

/// What becomes of work that is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// It begins now, or as soon as there is a place.
    Now,
    /// Something is under way for the region, which may be past what is due now.
    UnderWay,
}

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What is under way, and what waits for a place. What is under way when it is dropped is cut off.
pub(crate) struct SideBySide<T> {
    tasks: JoinSet<T>,
    under_way: BTreeMap<RegionCode, Id>,
    waiting: VecDeque<(RegionCode, Work<T>)>,
}

impl<T: Send + 'static> SideBySide<T> {
    /// Nothing is under way.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            under_way: BTreeMap::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Begins what is to be done for a region, as soon as there is a place. Nothing is, while something is under way for it,
    /// or waits.
    pub(crate) fn begin<W>(&mut self, region: RegionCode, work: impl FnOnce() -> W) -> Begun
    where
        W: Future<Output = T> + Send + 'static,
    {
        let waits = |(other, _): &(RegionCode, _)| *other == region;
        if self.under_way.contains_key(&region) {
            return Begun::UnderWay;
        }
        if !self.waiting.iter().any(waits) {
            self.waiting.push_back((region, Box::pin(work())));
            self.fill();
        }
        Begun::Now
    }

    fn fill(&mut self) {
        while self.under_way.len() < AT_ONCE
            && let Some((region, work)) = self.waiting.pop_front()
        {
            let task = self.tasks.spawn(work);
            self.under_way.insert(region, task.id());
        }
    }

    /// The next that is done, and with what; nothing when it broke off. Waits for ever while nothing is under way.
    pub(crate) async fn done(&mut self) -> (RegionCode, Option<T>) {
        loop {
            let (id, with) = match self.tasks.join_next_with_id().await {
                None => std::future::pending().await,
                Some(Ok((id, with))) => (id, Some(with)),
                Some(Err(broken)) => (broken.id(), None),
            };
            let region = self.under_way.iter().find(|(_, of)| **of == id);
            let Some(region) = region.map(|(region, _)| *region) else {
                continue;
            };
            self.under_way.remove(&region);
            self.fill();
            return (region, with);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    /// The nth code of a city.
    fn region(nth: usize) -> RegionCode {
        let codes = (1_100..=6_500).filter_map(|code| RegionCode::parse(&format!("{code}00")).ok());
        codes.take(nth.saturating_add(1)).last().unwrap()
    }

    async fn all(work: &mut SideBySide<usize>) -> Vec<(RegionCode, Option<usize>)> {
        let mut done = Vec::new();
        while let Ok(one) = timeout(Duration::from_secs(60), work.done()).await {
            done.push(one);
        }
        done
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_never_ends_keeps_no_other_waiting_and_is_not_begun_twice() {
        let mut work = SideBySide::new();
        assert_eq!(work.begin(region(1), pending), Begun::Now);
        let begun = Instant::now();
        for (nth, takes) in [(2, 5), (3, 1)] {
            work.begin(region(nth), move || async move {
                sleep(Duration::from_secs(takes)).await;
                nth
            });
        }
        assert_eq!(work.begin(region(1), || async { 9 }), Begun::UnderWay);
        assert_eq!(work.begin(region(3), || async { 9 }), Begun::UnderWay);
        assert_eq!(work.done().await, (region(3), Some(3)));
        assert_eq!(begun.elapsed(), Duration::from_secs(1));
        work.begin(region(3), || async { 4 });
        let done = all(&mut work).await;
        assert_eq!(done, [(region(3), Some(4)), (region(2), Some(2))]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_no_place_waits_its_turn_and_what_breaks_off_gives_its_place_back() {
        let mut work = SideBySide::new();
        for nth in 0..AT_ONCE {
            work.begin(region(nth), pending);
        }
        work.begin(region(98), || async { 98 });
        work.begin(region(99), || async { 99 });
        // What waits for a place sees what is due by then.
        assert_eq!(work.begin(region(98), || async { 0 }), Begun::Now);
        assert_eq!(all(&mut work).await, []);
        let mut work = SideBySide::new();
        for nth in 0..AT_ONCE {
            work.begin(region(nth), || async { panic!("it breaks off") });
        }
        work.begin(region(99), || async { 99 });
        let done = all(&mut work).await;
        assert_eq!(done.len(), AT_ONCE + 1);
        assert_eq!(done.last(), Some(&(region(99), Some(99))));
    }
}
