//! Whether a receipt, a refusal or a reversal is the home region's word, and about this claim.
//!
//! A group's signature is checked once and remembered by its root: one check serves everyone who waited for
//! one sync. What is not compared with our own figures are the amounts: they are the home region's to say.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use huitong_core::canonical::{Artifact, encode_to_vec};
use huitong_core::claim::Claim;
use huitong_core::coverage::PersonVersion;
use huitong_core::digest::{Digest, sha256};
use huitong_core::final_refusal::{FinalRefusal, RefusedRequest, RefusedReversal};
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::person::PersonRef;
use huitong_core::provisional::SignedSnapshot;
use huitong_core::receipt::{GroupSignature, PersonalPart, Receipt};
use huitong_core::region::RegionCode;
use huitong_core::reversal::{Reversal, ReversalOrder};

use super::attempt::Attempt;
use crate::group::is_signed;
use crate::peers::{Home, Homes};

/// Groups that are remembered.
const REMEMBERED: usize = 4_096;

/// Why a receipt, a refusal or a reversal is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// It is about something else.
    #[error("its {0} is another one than the claim's")]
    Other(&'static str),
    /// It is not a leaf of the group it names.
    #[error("it does not belong to the group that was signed")]
    NotInGroup,
    /// The group was not signed by the home region.
    #[error("its group is not signed by the home region's key")]
    Signature,
}

/// The groups whose signatures were checked.
#[derive(Debug, Default)]
pub struct VerifiedRoots {
    state: Mutex<(BTreeSet<Digest>, VecDeque<Digest>)>,
}

impl VerifiedRoots {
    /// Checks a receipt for what was prepared.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn check(
        &self,
        receipt: &Receipt,
        attempt: &Attempt,
        home: &Home,
    ) -> Result<(), ReceiptFault> {
        about(receipt, attempt)?;
        self.signed(receipt, home)
    }

    /// Checks that a receipt is a home region's, whatever it is about.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn signed(&self, receipt: &Receipt, home: &Home) -> Result<(), ReceiptFault> {
        if !receipt.is_in_group() {
            return Err(ReceiptFault::NotInGroup);
        }
        self.group(&receipt.group, home)
    }

    /// Checks that a reversal is a home region's, whatever it is about.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn signed_reversal(&self, reversal: &Reversal, home: &Home) -> Result<(), ReceiptFault> {
        if !reversal.is_in_group() {
            return Err(ReceiptFault::NotInGroup);
        }
        self.group(&reversal.group, home)
    }

    /// Checks that a snapshot was signed by a home region, whatever it is about.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn signed_snapshot(
        &self,
        signed: &SignedSnapshot,
        home: &Home,
    ) -> Result<(), ReceiptFault> {
        if !signed.is_in_group() {
            return Err(ReceiptFault::NotInGroup);
        }
        self.group(&signed.group, home)
    }

    /// Checks a final refusal for what was prepared.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn check_refusal(
        &self,
        refusal: &FinalRefusal,
        attempt: &Attempt,
        (homes, home): (&Homes, &Home),
    ) -> Result<(), ReceiptFault> {
        let prepared = &attempt.prepared;
        about_refusal(refusal, prepared.settlement, &prepared.claim)?;
        self.signed_refusal(refusal, (homes, home))
    }

    /// Checks a final refusal of an id of which nothing is prepared here: its claim is not known.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn check_unprepared(
        &self,
        refusal: &FinalRefusal,
        (treatment, settlement): (RegionCode, SettlementId),
        (homes, home): (&Homes, &Home),
    ) -> Result<(), ReceiptFault> {
        about_unprepared(refusal, settlement, (home.region(), treatment))?;
        self.signed_refusal(refusal, (homes, home))
    }

    /// Checks the final refusal of a wish to reverse a settlement.
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn check_refused_reversal(
        &self,
        refusal: &FinalRefusal,
        reversal: ReversalId,
        order: &ReversalOrder,
        (homes, home): (&Homes, &Home),
    ) -> Result<(), ReceiptFault> {
        let wish = RefusedReversal {
            reversal,
            order: order.clone(),
        };
        if refusal.body.home != home.region() {
            return Err(ReceiptFault::Other("home region"));
        }
        if refusal.request != RefusedRequest::Reversal(wish) || !refusal.is_of_its_request() {
            return Err(ReceiptFault::Other("request"));
        }
        self.signed_refusal(refusal, (homes, home))
    }

    /// A refusal is an old word whenever it is repeated, so the key counts that was listed when it was given. Such a key is
    /// not remembered for its group, in which a receipt may lie as well.
    fn signed_refusal(
        &self,
        refusal: &FinalRefusal,
        (homes, home): (&Homes, &Home),
    ) -> Result<(), ReceiptFault> {
        if !refusal.is_in_group() {
            return Err(ReceiptFault::NotInGroup);
        }
        let group = &refusal.group;
        self.group(group, home).or_else(|fault| match home {
            Home::Other(peer)
                if is_signed(
                    group,
                    &homes.signer(peer, group.key_id, refusal.body.refused_at),
                ) =>
            {
                Ok(())
            }
            Home::Own { .. } | Home::Other(_) => Err(fault),
        })
    }

    fn group(&self, group: &GroupSignature, home: &Home) -> Result<(), ReceiptFault> {
        // What the own home role answered did not leave the process.
        let Some(key) = home.signing_key(group.key_id) else {
            return Ok(());
        };
        let name = sha256(&encode_to_vec(&(home.region(), group.clone())));
        if self.knows(&name) {
            return Ok(());
        }
        if !is_signed(group, &key) {
            return Err(ReceiptFault::Signature);
        }
        self.remember(name);
        Ok(())
    }

    fn knows(&self, name: &Digest) -> bool {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .contains(name)
    }

    fn remember(&self, name: Digest) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, order) = &mut *state;
        if known.insert(name) {
            order.push_back(name);
        }
        if order.len() > REMEMBERED
            && let Some(oldest) = order.pop_front()
        {
            known.remove(&oldest);
        }
    }
}

fn about(receipt: &Receipt, attempt: &Attempt) -> Result<(), ReceiptFault> {
    let part = &receipt.body.clearing;
    let claim = &attempt.prepared.claim;
    let same = [
        ("settlement", part.settlement == attempt.prepared.settlement),
        ("home region", part.home == claim.person.home),
        ("treatment region", part.treatment == claim.treatment),
        ("catalogue", part.catalogue == claim.catalogue),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        return Err(ReceiptFault::Other(what));
    }
    let before = attempt.snapshot.version;
    let personal = PersonalPart {
        person: claim.person,
        claim: claim.digest(),
        decision: attempt.decision.digest(),
        version: PersonVersion {
            change: before.change.saturating_add(1),
            ..before
        },
    };
    if personal.commitment(&receipt.salt) == receipt.body.personal {
        Ok(())
    } else {
        // Only the last adjudication that was written down can have been committed.
        Err(ReceiptFault::Other("decision"))
    }
}

/// Checks that a final refusal is of this settlement and claim, or buried the id before the claim was seen.
fn about_refusal(
    refusal: &FinalRefusal,
    settlement: SettlementId,
    claim: &Claim,
) -> Result<(), ReceiptFault> {
    let is_of_claim = match &refusal.request {
        RefusedRequest::Unseen => true,
        RefusedRequest::Claim(binding) => *binding == claim.binding(),
        RefusedRequest::Reversal(_) => false,
    };
    if !is_of_claim {
        return Err(ReceiptFault::Other("request"));
    }
    about_unprepared(refusal, settlement, (claim.person.home, claim.treatment))
}

/// Checks that a final refusal is of this settlement between these two, whatever was claimed.
fn about_unprepared(
    refusal: &FinalRefusal,
    settlement: SettlementId,
    (home, treatment): (RegionCode, RegionCode),
) -> Result<(), ReceiptFault> {
    let body = &refusal.body;
    let is_of_settlement = body.reversal.is_none() && refusal.is_of_its_request();
    let same = [
        ("settlement", body.settlement == settlement),
        ("home region", body.home == home),
        ("treatment region", body.treatment == treatment),
        ("request", is_of_settlement),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(ReceiptFault::Other(what)),
        None => Ok(()),
    }
}

/// Checks that a reversal takes back exactly what a receipt gave, for the same person.
///
/// # Errors
/// [`ReceiptFault`].
pub fn about_reversal(
    reversal: &Reversal,
    receipt: &Receipt,
    person: PersonRef,
) -> Result<(), ReceiptFault> {
    let (back, given) = (&reversal.body.clearing, &receipt.body.clearing);
    let same = [
        ("settlement", back.settlement == given.settlement),
        ("home region", back.home == given.home),
        ("treatment region", back.treatment == given.treatment),
        ("receipt", back.receipt == receipt.body.digest()),
        ("amount", back.amounts == given.amounts),
        (
            "person",
            reversal.person.person == person && reversal.is_of_its_person(),
        ),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(ReceiptFault::Other(what)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
