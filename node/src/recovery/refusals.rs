//! Final refusals after a restore, given back by either region: the own ones, and those of the own institutions' ids.
//!
//! What a home region gives back of an id says nothing of the claim but digests. Whose id it was follows from the
//! register, by the digest of the institution's code; of one that the register does not have, nothing is written, and
//! who cancels is told by the home region (`treatment::cancel`).

use std::collections::BTreeMap;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::{Digest, sha256};
use huitong_core::final_refusal::{FinalRefusal, RefusedRequest};
use huitong_core::institution::InstitutionCode;

use super::check::{Between, check_refusal};
use super::collect::{Unfinished, unknown_request};
use super::{Party, Recovery};
use crate::home::regained::{RegainRefusal, Regained};
use crate::peers::Peer;
use crate::store::{Key, StoreError, Table};
use crate::treatment::unprepared::RebookRefusal;

/// Institutions of the register, by what ids bind of them.
pub(super) type ByDigest = BTreeMap<Digest, InstitutionCode>;

impl Recovery {
    /// Writes a final refusal of the own home role again.
    pub(super) async fn regain_refusal(
        &self,
        refusal: FinalRefusal,
        peer: &Peer,
    ) -> Result<(), Unfinished> {
        let between = Between {
            home: self.region,
            treatment: peer.region(),
        };
        let party = Party::Region(peer.region());
        let checked = check_refusal(&refusal, between, &|key_id, at| self.own_signer(key_id, at));
        checked.map_err(|fault| Unfinished::NotTheirs { party, fault })?;
        let settlement = refusal.body.settlement;
        let regained = self.writer.run(RegainRefusal(refusal)).await?.answer;
        if regained == Regained::Contradicts {
            tracing::error!(%settlement, %party, "a refusal came back for an id that stands here");
        }
        Ok(())
    }

    /// Books another home region's final refusal of an own institution's id again.
    pub(super) async fn rebook_refusal(
        &self,
        word: FinalRefusal,
        institutions: &ByDigest,
        peer: &Peer,
    ) -> Result<(), Unfinished> {
        let between = Between {
            home: peer.region(),
            treatment: self.region,
        };
        let party = Party::Region(peer.region());
        let signers = |key_id, at| self.homes.signer(peer, key_id, at);
        let checked = check_refusal(&word, between, &signers);
        checked.map_err(|fault| Unfinished::NotTheirs { party, fault })?;
        let settlement = word.body.settlement;
        let Some(institution) = whose(&word, institutions) else {
            tracing::warn!(%settlement, %party, "a refusal came back for no institution of the register");
            return Ok(());
        };
        let command = RebookRefusal {
            word,
            institution,
            request: unknown_request()?,
        };
        self.writer.run(command).await?;
        Ok(())
    }

    /// The institutions of the register, by what ids bind of them.
    pub(super) fn institutions(&self) -> Result<ByDigest, StoreError> {
        let rows = self.every(Table::Institution)?.into_iter();
        let bound = |key: Key| {
            let Key::Institution(code) = key else {
                return None;
            };
            Some((sha256(&encode_to_vec(&code)), code))
        };
        Ok(rows.filter_map(|(key, _)| bound(key)).collect())
    }
}

/// Whose id it was. Of what is no claim it is not known, and none is given back.
fn whose(word: &FinalRefusal, institutions: &ByDigest) -> Option<InstitutionCode> {
    match &word.request {
        RefusedRequest::Claim(binding) => institutions.get(&binding.institution).copied(),
        RefusedRequest::Unseen | RefusedRequest::Reversal(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use huitong_core::refusal::RefusalCode;

    use super::*;
    use crate::samples::{claim, prepared, refusal, tombstone};

    #[test]
    fn whose_id_it_was_is_said_by_the_register_alone() {
        let own = prepared(1, "V1").institution;
        let other = "H51010400002".parse().unwrap();
        let bound = |code: InstitutionCode| (sha256(&encode_to_vec(&code)), code);
        let request = RefusedRequest::Claim(claim("V1").binding());
        let word = refusal(1, RefusalCode::VisitAlreadySettled, request);
        let both = ByDigest::from([bound(own), bound(other)]);
        assert_eq!(whose(&word, &both), Some(own));
        assert_eq!(whose(&word, &ByDigest::from([bound(other)])), None);
        assert_eq!(whose(&tombstone(1), &both), None);
    }
}
