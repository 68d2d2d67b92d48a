//! A clearinghouse that nobody calls: store, writer and state as the server has them, without the network.
//!
//! Benches, and whoever holds decoded legs, take this way in. What is decided, journaled and answered is what the server
//! decides, journals and answers. Deliberately absent: who may do what, which is what certificates are for.

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::leg::NumberedLeg;
use huitong_core::record::clearing::Actor;
use huitong_core::region::RegionCode;
use huitong_netting::{Member, NettingPlan};
use huitong_transport::aside;

use crate::config::Config;
use crate::decide::{self, Condition, Context, Decision, Expected, Report, Told};
use crate::platform::Platform;
use crate::refusal::Refusal;
use crate::server::{StartError, open_writer};
use crate::state::FIRST_INCARNATION;
use crate::store::StoreError;
use crate::writer::Writer;

/// Without the network no region attests, so netting waits for none.
const NO_WAIT: u32 = 0;

/// A clearinghouse without its network.
#[derive(Debug)]
pub struct Offline(Writer);

/// Why a statement is not written.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// What is proven cannot be asked for.
    #[error("{0:?}")]
    Refused(Refusal),
    /// What is proven cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cycle has no checkpoint.
    #[error("{0} has no checkpoint")]
    NotProven(BusinessDay),
    /// A thread of the program was lost.
    #[error("a task of the clearinghouse ended unexpectedly: {0}")]
    Lost(#[from] tokio::task::JoinError),
}

impl Offline {
    /// Opens the store of a configuration.
    ///
    /// # Errors
    /// [`StartError`] when it cannot be opened.
    pub async fn open(platform: Platform, config: Config) -> Result<Self, StartError> {
        let opened = aside(move || open_writer(&config, &platform));
        Ok(Self(opened.await??))
    }

    /// Takes the next legs of a region's stream, as from a node that was never restored. Answers with the highest
    /// number held, once all of them are on disk.
    ///
    /// # Errors
    /// [`Refusal`] as the server's, also of the first leg that is not taken.
    pub async fn report(&self, region: RegionCode, legs: Vec<NumberedLeg>) -> Result<u64, Refusal> {
        let report = Report::new(told_by(region), (legs, Vec::new()));
        let taken = self.decide(move |context| decide::report_legs(context, report));
        taken.await?.whole()
    }

    /// Takes a region's word that a business day is complete up to a number.
    ///
    /// # Errors
    /// [`Refusal`] as the server's.
    pub async fn close_day(
        &self,
        region: RegionCode,
        day: BusinessDay,
        up_to: u64,
    ) -> Result<bool, Refusal> {
        let by = told_by(region);
        self.decide(move |context| decide::close_day(context, by, day, up_to))
            .await
    }

    /// Cuts off a cycle whose regions have all closed.
    ///
    /// # Errors
    /// [`Refusal`] as the server's.
    pub async fn cut_off(&self, day: BusinessDay) -> Result<(), Refusal> {
        self.decide(move |context| {
            decide::cut_off(context, day, Condition::AllClosed, Actor::AllClosed)
        })
        .await
    }

    /// Nets a cycle that is cut off, and signs its checkpoint.
    ///
    /// # Errors
    /// [`Refusal`] as the server's.
    pub async fn net(&self, day: BusinessDay) -> Result<NettingPlan, Refusal> {
        self.decide(move |context| {
            decide::net(context, day, Expected::Unknown, NO_WAIT, Actor::AllClosed)
        })
        .await
    }

    /// A member's statement of a proven cycle, as its file is.
    ///
    /// # Errors
    /// [`StatementError`].
    pub async fn statement(
        &self,
        day: BusinessDay,
        member: Member,
    ) -> Result<Vec<u8>, StatementError> {
        let proofs = self.0.proofs().await.map_err(StatementError::Refused)?;
        let written = aside(move || {
            let cycle = proofs.cycle(day)?;
            let cycle = cycle.ok_or(StatementError::NotProven(day))?;
            Ok(proofs.statement(&cycle, member)?.to_bytes())
        });
        written.await?
    }

    /// Makes all that was taken durable, and closes the store.
    pub fn close(self) {
        self.0.stop();
    }

    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Refusal> {
        self.0.decide(decide).await
    }
}

const fn told_by(region: RegionCode) -> Told {
    Told {
        region,
        incarnation: FIRST_INCARNATION,
    }
}
