//! Checkpoints, months and what disputes come to: signed by the writer, in their order, and outside decisions, since they sign
//! nothing.
//!
//! Neither a netted cycle, a month nor a settled dispute waits for a signature. Where none can be made it stands without, and what
//! was left is made up for at the next of them, at a start, and when somebody asks for it.

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::record::clearing::{ClearingRecord, MonthRecord, Proven};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use super::{Desk, Writer, stopped};
use crate::decide::{Context, Unsigned, prove};
use crate::refusal::Refusal;
use crate::store::Proofs;

impl Writer {
    /// What is proven, when all that can be signed now is signed, on disk and indexed.
    pub(crate) async fn proofs(&self) -> Result<Proofs, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.submit(Box::new(move |desk| {
            while desk.prove_next() {}
            // Who asked may have gone.
            _ = answer.send(desk.appended);
        }))?;
        let number = answered.await.map_err(|_| stopped())?;
        if !self.indexed.wait_for(number).await {
            return Err(stopped());
        }
        Ok(self.proofs.clone())
    }
}

impl Desk {
    /// Signs the next that is to be signed, a checkpoint, a month or what is settled in a dispute; whether it did.
    pub(super) fn prove_next(&mut self) -> bool {
        self.broken.get().is_none()
            && (self.prove_cycle() || self.prove_month() || self.prove_dispute())
    }

    /// Signs the next month, if one is drawn up and not signed and can be; whether it did.
    fn prove_month(&mut self) -> bool {
        let Some(unsigned) = self.state.months.unsigned() else {
            return false;
        };
        let signed = unsigned.drawn.month.clone();
        let month = signed.month.clone();
        let certified = match self.signer.sign_month(signed, self.clock.now()) {
            Ok(certified) => certified,
            Err(fault) => {
                error!(%fault, %month, "a month is not signed");
                return false;
            }
        };
        let record = MonthRecord::Signed(certified);
        match self.append(ClearingRecord::Month(record)) {
            Ok(()) => {
                info!(%month, "month signed");
                true
            }
            Err(refusal) => {
                let code = refusal.code.code();
                error!(code, detail = refusal.detail, %month, "a month is not signed");
                false
            }
        }
    }

    /// Signs what the next settled dispute came to, if it is not signed and can be; whether it did.
    fn prove_dispute(&mut self) -> bool {
        let Some(outcome) = self.state.disputes.unsigned() else {
            return false;
        };
        let (dispute, number) = (outcome.dispute, outcome.number);
        let certified = match self.signer.sign_outcome(outcome, self.clock.now()) {
            Ok(certified) => certified,
            Err(fault) => {
                error!(%fault, %dispute, number, "what a dispute came to is not signed");
                return false;
            }
        };
        match self.append(ClearingRecord::DisputeSigned(certified)) {
            Ok(()) => {
                info!(%dispute, number, "what a dispute came to is signed");
                true
            }
            Err(refusal) => {
                let code = refusal.code.code();
                error!(code, detail = refusal.detail, %dispute, "what a dispute came to is not signed");
                false
            }
        }
    }

    /// Signs the next checkpoint, if a netted cycle has none and one can be signed; whether it did.
    fn prove_cycle(&mut self) -> bool {
        let context = Context {
            state: &self.state,
            store: &*self.store,
            calendar: &self.calendar,
            now: self.clock.now(),
        };
        let at = context.now;
        let Unsigned {
            checkpoint,
            pair_roots,
            misfit,
            tree,
        } = match prove(&context) {
            Ok(Some(unsigned)) => unsigned,
            Ok(None) => return false,
            Err(fault) => {
                error!(%fault, "a netted cycle stands without its checkpoint");
                return false;
            }
        };
        let (day, plan) = (checkpoint.day, checkpoint.plan);
        if let Some(misfit) = misfit {
            warn!(
                %misfit, %day, plan,
                "rows that were found beside the plan do not fit it: its checkpoint was made from the legs themselves and holds; \
                 keep this log and report it, since both are made of the same legs"
            );
        }
        let CertifiedCheckpoint { signed, signer } = match self.signer.sign(checkpoint, at) {
            Ok(certified) => certified,
            Err(fault) => {
                error!(%fault, %day, plan, "a netted cycle stands without its checkpoint");
                return false;
            }
        };
        let proven = Proven {
            pair_roots,
            signed,
            signer,
        };
        match self.append(ClearingRecord::Proven(proven)) {
            Ok(()) => {
                self.proofs.keep_tree(plan, tree);
                info!(%day, plan, "checkpoint signed");
                true
            }
            Err(refusal) => {
                let code = refusal.code.code();
                error!(code, detail = refusal.detail, %day, plan, "a netted cycle stands without its checkpoint");
                false
            }
        }
    }
}
