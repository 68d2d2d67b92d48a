//! The treatment role: what a region does for a bill that one of its institutions sends.
//!
//! | module | its question |
//! |---|---|
//! | [`order`] | What is asked, and what does its id bind? |
//! | [`settle`] | How does a bill become a prepared settlement? (rules 1, 5) |
//! | [`attempt`] | What was adjudicated last? |
//! | [`drive`] | How does a prepared one come to its outcome? (rules 1, 2, 4) |
//! | `credentials` | What was read for a claim that is open? |
//! | [`cancel`] | How is an id given up? (rule 6) |
//! | [`reverse`] | How is a settlement taken back? (rules 9, 10) |
//! | [`resolve`] | Who comes back to what was left open? |
//! | [`deliver`] | Which receipts and reversals came by the other way? (rule 8) |
//! | [`deduct`] | What does an audit take off a settlement? |
//! | [`notice`] | Which reversals has an institution not seen? |
//! | [`provisional`] | What is settled while the home region cannot be reached? (rule 22) |
//! | [`records`], [`reversals`] | The decisions of the writer, pure |
//! | [`fence`] | What does a home region's restore make void? (rule 15) |
//! | [`regained`] | What does an own restore bring back? (rules 16, 17) |
//! | [`unprepared`] | Which ids end of which a restore lost what was prepared? (rules 6, 16) |
//! | `proof` | Is a fetched policy what its region published? |
//! | [`verify`] | Is a receipt or reversal the home region's, and for this claim? |
//! | [`view`] | How does a settlement stand? |

mod anew;
pub mod attempt;
pub mod cancel;
mod credentials;
pub mod deduct;
pub mod deliver;
pub mod drive;
pub mod driving;
pub mod fence;
pub mod notice;
mod open;
pub mod order;
mod proof;
pub mod provisional;
pub mod records;
pub mod regained;
pub mod resolve;
pub mod reversals;
pub mod reverse;
pub mod settle;
#[cfg(test)]
mod testing;
pub mod unprepared;
pub mod verify;
pub mod view;
pub mod visit;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::catalogue::Catalogue;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::peers::Homes;
use crate::policies::PolicyBook;
use crate::store::{HeldReceipts, Rows, StoreError};
use crate::writer::Writer;

use credentials::Credentials;
use driving::Driving;
use verify::VerifiedRoots;

pub use order::Order;
pub use settle::Estimate;
pub use view::{ProvisionalView, TruedUpView};
pub use view::{RefusedView, Replaced, ReversedView, SettledView, SettlementView, ViewState};

/// How long the treatment role waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For a snapshot or a policy.
    pub ask: Duration,
    /// For a commit or an abandon.
    pub commit: Duration,
    /// How long after it was prepared a settlement without a not-after time is given up. One that has legs with the
    /// clearinghouse since before a restore of its home region never is.
    pub settle_limit: Duration,
    /// How often open settlements are looked at again.
    pub resolve_every: Duration,
}

impl Timing {
    /// What a server uses.
    pub const STANDARD: Self = Self {
        ask: Duration::from_secs(5),
        commit: Duration::from_secs(10),
        settle_limit: Duration::from_secs(24 * 3_600),
        resolve_every: Duration::from_secs(5),
    };
}

/// The treatment role of a node.
pub struct TreatmentRole {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
    homes: Homes,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    timing: Timing,
    catalogue: RwLock<Option<Arc<Catalogue>>>,
    verified: VerifiedRoots,
    driving: Driving,
    credentials: Credentials,
    tasks: TaskTracker,
    cut: CancellationToken,
}

/// What a treatment role is made of.
pub struct Parts {
    /// The node's region.
    pub region: RegionCode,
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The home regions, the own one among them.
    pub homes: Homes,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for the jitter of its rounds.
    pub chance: Arc<dyn Chance>,
    /// The waits.
    pub timing: Timing,
    /// The catalogue in use.
    pub catalogue: Option<Arc<Catalogue>>,
}

impl TreatmentRole {
    /// The treatment role of a region.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts {
            region,
            ledger,
            writer,
            policies,
            homes,
            clock,
            chance,
            timing,
            catalogue,
        } = parts;
        Self {
            region,
            ledger,
            writer,
            policies,
            homes,
            clock,
            chance,
            timing,
            catalogue: RwLock::new(catalogue),
            verified: VerifiedRoots::default(),
            driving: Driving::default(),
            credentials: Credentials::default(),
            tasks: TaskTracker::new(),
            cut: CancellationToken::new(),
        }
    }

    /// The catalogue in use.
    #[must_use]
    pub fn catalogue(&self) -> Option<Arc<Catalogue>> {
        self.catalogue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts another catalogue in use, for bills that come from now on.
    pub fn use_catalogue(&self, catalogue: Arc<Catalogue>) {
        *self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(catalogue);
    }

    /// Up to which number the receipts of a home region are held without a gap, on disk: what a home region is told is
    /// held it never sends again (PROTOCOL 8).
    ///
    /// # Errors
    /// [`StoreError`] when the row cannot be read.
    pub fn receipts_held(&self, home: RegionCode) -> Result<u64, StoreError> {
        let held = self.ledger.on_disk().held(home)?;
        Ok(held.unwrap_or(HeldReceipts::NONE).up_to)
    }

    /// Cuts off whatever is under way, as a killed process does.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    /// Waits until no settlement is being driven; none is begun by whoever calls this.
    pub async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
