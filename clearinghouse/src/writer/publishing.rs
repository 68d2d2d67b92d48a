//! The directory's versions: signed by the writer in their order, since each names the one before, and outside decisions,
//! since signing decides nothing.
//!
//! A change is in force here from when it was decided; nodes learn of it once its version is signed. Where none can be
//! signed that is made up for at the next change and at a start. None is dated before the one before it, which no node
//! would take: where the clock was set back since, it is dated like that one.

use huitong_core::record::clearing::ClearingRecord;
use tracing::{error, info, warn};

use super::Desk;

impl Desk {
    /// Signs the next version of the directory, if there is one and it can be signed; whether it did.
    pub(super) fn publish_next(&mut self) -> bool {
        if self.broken.get().is_some() {
            return false;
        }
        let Some(directory) = self.state.directory.unsigned().cloned() else {
            return false;
        };
        let number = directory.number;
        let now = self.clock.now();
        let at = self.state.directory.dated(now);
        if at > now {
            warn!(
                number, %now, %at,
                "the clock is behind the moment at which the version before was signed: this one is dated like that one"
            );
        }
        let signed = match self.signer.sign_directory(directory, at) {
            Ok(signed) => signed,
            Err(fault) => {
                error!(%fault, number, "a version of the directory is not signed");
                return false;
            }
        };
        match self.append(ClearingRecord::DirectorySigned(signed)) {
            Ok(()) => {
                info!(number, "a version of the directory is signed");
                true
            }
            Err(refusal) => {
                let code = refusal.code.code();
                error!(
                    code,
                    detail = refusal.detail,
                    number,
                    "a version of the directory is not signed"
                );
                false
            }
        }
    }
}
