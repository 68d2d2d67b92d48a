//! Those who go on settling while somebody misbehaves: a hospital of the node's own region, and one of another region whose
//! patient is the node's own, so that the node is asked as a home too. What they are told in that time is counted.
//!
//! Not here: what is done to the node.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use huitong_tests::bills::inpatient;
use huitong_tests::hospital::Hospital;
use huitong_tests::refused::Again;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::world::World;
use tokio::time::sleep;

/// How long a hospital asks on for one settlement, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it waits before it sends an id again.
const PAUSE: Duration = Duration::from_millis(50);
/// How often is looked whether they have settled enough.
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(super) struct Others {
    here: Other,
    elsewhere: Other,
    is_over: Cell<bool>,
}

/// A hospital that settles for one patient, visit after visit.
struct Other {
    hospital: Hospital,
    home: &'static Region,
    settled: Cell<usize>,
    told: RefCell<Told>,
}

/// What one hospital was told while something went on.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) settled: usize,
    /// What it was told that it had to send again for.
    pub(super) again: BTreeMap<String, usize>,
    /// The longest from a bill to its receipt, with all that was sent again.
    pub(super) longest: Duration,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.longest.as_millis();
        write!(f, "{} settled, the longest {longest} ms", self.settled)?;
        if !self.again.is_empty() {
            write!(f, ", sent again for {:?}", self.again)?;
        }
        Ok(())
    }
}

impl Others {
    pub(super) fn of(world: &World) -> Self {
        let other = |region, home| Other {
            hospital: Hospital::of(world, region, Desk::Three),
            home,
            settled: Cell::new(0),
            told: RefCell::default(),
        };
        Self {
            here: other(&CHENGDU, &NINGBO),
            elsewhere: other(&NINGBO, &CHENGDU),
            is_over: Cell::new(false),
        }
    }

    /// Lets both settle for as long as something goes on: what that came to, and what both were told.
    pub(super) async fn beside<T>(&self, what_goes_on: impl Future<Output = T>) -> (T, [Told; 2]) {
        self.is_over.set(false);
        let until_then = async {
            let came_to = what_goes_on.await;
            self.is_over.set(true);
            came_to
        };
        let (came_to, (), ()) = tokio::join!(
            until_then,
            self.here.settles_until(&self.is_over),
            self.elsewhere.settles_until(&self.is_over),
        );
        (came_to, [self.here.told.take(), self.elsewhere.told.take()])
    }

    /// Waits until each has settled so often from now on. Whoever does not get to settle ends the test by itself.
    pub(super) async fn have_settled(&self, times: usize) {
        let mark = self.mark();
        while !self.have_settled_since(mark, times) {
            sleep(LOOK_EVERY).await;
        }
    }

    /// How often each has settled until now.
    pub(super) fn mark(&self) -> [usize; 2] {
        [self.here.settled.get(), self.elsewhere.settled.get()]
    }

    pub(super) fn have_settled_since(&self, mark: [usize; 2], times: usize) -> bool {
        let mut both = self.mark().into_iter().zip(mark);
        both.all(|(now, then)| now >= then + times)
    }
}

impl Other {
    async fn settles_until(&self, is_over: &Cell<bool>) {
        while !is_over.get() {
            self.settles_one().await;
        }
    }

    async fn settles_one(&self) {
        let id = format!("honest-{}", self.settled.get());
        let bill = inpatient(self.home, 0, &id, &[(Item::Drug, 50_000)]);
        let begun = Instant::now();
        loop {
            let refused = match self.hospital.settle(&id, bill.clone()).await {
                Ok(settled) => {
                    assert!(settled.receipt.is_some(), "{id}");
                    break;
                }
                Err(refused) => refused,
            };
            assert_eq!(refused.again, Again::SameId, "{id}: {refused:?}");
            let told = &self.told;
            assert!(begun.elapsed() < PATIENCE, "{id}: {refused:?}, {told:?}");
            *told.borrow_mut().again.entry(refused.code).or_default() += 1;
            sleep(PAUSE).await;
        }
        self.settled.set(self.settled.get() + 1);
        let mut told = self.told.borrow_mut();
        told.settled += 1;
        told.longest = told.longest.max(begun.elapsed());
    }
}
