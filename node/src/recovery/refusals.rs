//! Final refusals after a restore, given back by either region: the own ones, and those of the own institutions' ids.
//!
//! What a home region gives back of an id says nothing of the claim but digests. Whose id it was follows from the
//! register, by the digest of the institution's code; of one that the register does not have, nothing is written, and
//! who cancels is told by the home region (`treatment::cancel`).

use std::collections::BTreeMap;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::{Digest, sha256};
use huitong_core::final_refusal::{FinalRefusal, RefusedRequest};
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;

use super::check::{Between, check_refusal};
use super::collect::{Unfinished, unknown_request};
use super::{Party, Recovery};
use crate::home::regained::{RegainRefusal, Regained};
use crate::peers::Peer;
use crate::store::{Key, StoreError, Table};
use crate::treatment::regained::Rebooked;
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
        let rebooked = self.writer.run(command).await?.answer;
        note_contradiction(rebooked, settlement, party);
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

/// Says that the home region has refused what its own word says stands here, or that it had given the id up: one of the
/// two is wrong, people have to find out which, and nothing is changed until then.
fn note_contradiction(rebooked: Rebooked, settlement: SettlementId, party: Party) {
    match rebooked {
        Rebooked::Contradicts => {
            tracing::error!(%settlement, %party, "a refusal came back for an id that ended here otherwise");
        }
        Rebooked::Written | Rebooked::Known => {}
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
    use std::fmt::{Debug, Write as _};
    use std::sync::{Arc, Mutex};

    use huitong_core::refusal::RefusalCode;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    use super::*;
    use crate::samples::{claim, id, prepared, refusal, tombstone};

    /// Keeps what is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<(Level, String)>>>);

    impl Subscriber for Log {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut line = Line(String::new());
            event.record(&mut line);
            let said = (*event.metadata().level(), line.0);
            self.0.lock().unwrap().push(said);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    /// What an event says.
    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, "{field}={value:?} ").unwrap();
        }
    }

    #[test]
    fn that_a_refusal_contradicts_is_said_with_the_id_and_the_region_and_nothing_else_is() {
        let (log, party) = (Log::default(), Party::Region(prepared(1, "V1").home()));
        let told = || log.0.lock().unwrap().clone();
        tracing::subscriber::with_default(log.clone(), || {
            note_contradiction(Rebooked::Written, id(1), party);
            note_contradiction(Rebooked::Known, id(1), party);
            assert_eq!(told(), []);
            note_contradiction(Rebooked::Contradicts, id(1), party);
        });
        let said = told();
        let [(level, line)] = &*said else {
            panic!("{said:?}")
        };
        assert_eq!(*level, Level::ERROR);
        for part in [format!("settlement={}", id(1)), format!("party={party}")] {
            assert!(line.contains(&part), "{line}");
        }
    }

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
