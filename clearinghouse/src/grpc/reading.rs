//! What is read beside the calls that are served meanwhile, and beside the writer: plans, proofs, months.

use huitong_core::date::BusinessDay;
use huitong_core::refusal::RefusalCode;
use huitong_netting::NettingPlan;
use huitong_transport::aside;
use tonic::Status;

use super::status::status;
use crate::decide::Fault;
use crate::refusal::Refusal;
use crate::store::{Proofs, StoreError};
use crate::writer::Writer;

/// Why something is not told.
pub(super) enum Untold {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for Untold {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

impl From<Fault> for Untold {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(fault) => Self::Store(fault),
            Fault::Broken(why) => Self::Store(StoreError::Foreign(why)),
        }
    }
}

impl From<Refusal> for Untold {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads beside the calls that are served meanwhile.
pub(super) async fn read<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Untold> + Send + 'static,
) -> Result<T, Status> {
    let broken = |fault: &dyn std::fmt::Display| {
        tracing::error!(%fault, "a proof cannot be read");
        status(&Refusal::general(RefusalCode::StoreBroken, fault))
    };
    match aside(work).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(Untold::Refused(refusal))) => Err(status(&refusal)),
        Ok(Err(Untold::Store(fault))) => Err(broken(&fault)),
        Err(lost) => Err(broken(&lost)),
    }
}

/// Where plans, proofs and months are read: all that is netted when it is asked for is there.
pub(super) async fn proofs(writer: &Writer) -> Result<Proofs, Status> {
    let proofs = writer.proofs().await;
    proofs.map_err(|refusal| status(&refusal))
}

/// The plan of a cycle that is netted, so that it is long journaled; the index may still be on its way to it.
pub(super) fn plan(proofs: &Proofs, day: BusinessDay) -> Result<NettingPlan, Untold> {
    let plan = proofs.plan(day)?;
    plan.ok_or_else(|| Refusal::being_indexed().into())
}
