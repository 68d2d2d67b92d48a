//! Hand-overs that come back: the own words to new homes, and what old homes had handed over to here.
//!
//! The own words come back with everything else that a region was given, before anything is taken that might go on
//! after somebody. So when an old home gives its words again, it is known who has gone on, and what the next home
//! holds of it. Whoever has come back since is judged by when they had gone on: which home answers first decides nothing.

use std::collections::BTreeMap;
use std::ops::Bound;

use huitong_certs::signing::CertifiedKey;
use huitong_core::coverage::PersonVersion;
use huitong_core::date::ServiceDate;
use huitong_core::id::TransferId;
use huitong_core::person::PsnNo;
use huitong_core::record::erasure::ErasedWord;
use huitong_core::record::hand::{HandWord, Handed, ProvenHand};
use huitong_core::region::RegionCode;

use super::collect::{Unfinished, WITHIN};
use super::moved::Told;
use super::{Party, Recovery};
use crate::chance::salt;
use crate::ledger::Ledger;
use crate::peers::{HomeFault, Peer};
use crate::store::{Row, Rows, StoreError, Table, TransferState, incarnation};
use crate::transfer::arrive::Take;
use crate::transfer::is_word;
use crate::transfer::leave::RegainHand;
use crate::transfer::onwards::{Came, Known};
use crate::treatment::verify::ReceiptFault;

impl Recovery {
    /// What the region had handed over to here, as an old home.
    pub(super) async fn collect_hands(&self, peer: &Peer) -> Result<(), Unfinished> {
        let region = peer.region();
        let mut left = Departures::known(&self.ledger)?;
        loop {
            let held = self.ledger.hands_held(region)?.unwrap_or_default();
            let page = peer.collect_hands(held, WITHIN).await;
            let failed =
                |fault: HomeFault| Unfinished::Party(Party::Region(region), fault.to_string());
            let page = page.map_err(failed)?;
            let mut erased = page.erased.into_iter().peekable();
            for hand in page.proven {
                while let Some(number) = erased.next_if(|number| *number < hand.word.number) {
                    self.note_erased(region, ErasedWord::Hand(number)).await?;
                }
                let (key_id, at) = (hand.proof.group.key_id, hand.word.at);
                let signer = self.homes.signer(peer, key_id, at);
                their_hand(&hand, (region, self.region), &signer, region)?;
                let command = Take {
                    came: Came::Collected(left.known_of(&hand.word, &self.ledger)?),
                    own: self.region,
                    hand,
                    salt: salt(&*self.chance),
                };
                if let Err(refusal) = self.writer.run(command).await?.answer {
                    let party = Party::Region(region);
                    return Err(Unfinished::Party(party, refusal.to_string()));
                }
            }
            for number in erased {
                self.note_erased(region, ErasedWord::Hand(number)).await?;
            }
            let now = self.ledger.hands_held(region)?.unwrap_or_default();
            if now == held {
                return Ok(());
            }
        }
    }

    /// Writes a word of this node to a new home again.
    pub(super) async fn regain_hand(
        &self,
        hand: ProvenHand,
        peer: &Peer,
    ) -> Result<(), Unfinished> {
        let new_home = peer.region();
        let signer = self.own_signer(hand.proof.group.key_id, hand.word.at);
        their_hand(&hand, (self.region, new_home), &signer, new_home)?;
        self.writer.run(RegainHand(hand)).await?;
        Ok(())
    }
}

/// Who has gone on from here, and what their next homes were told. Nothing else writes while hand-overs are collected.
struct Departures {
    /// By which transfer, and where to, by the first day of cover there.
    of: BTreeMap<PsnNo, BTreeMap<ServiceDate, (TransferId, RegionCode)>>,
    told: BTreeMap<RegionCode, Told>,
}

impl Departures {
    /// All that are known here, whether or not they have come back.
    fn known(ledger: &Ledger) -> Result<Self, StoreError> {
        let mut of = BTreeMap::<_, BTreeMap<_, _>>::new();
        for (_, row) in ledger.scan(Table::Transfer, usize::MAX)? {
            if let Row::Transfer(row) = row
                && let TransferState::HandedOver(_) = row.state
            {
                let order = row.order;
                let from = order.cover.days.from();
                let left = (order.transfer, order.new_home);
                of.entry(order.person.psn_no)
                    .or_default()
                    .insert(from, left);
            }
        }
        let told = BTreeMap::new();
        Ok(Self { of, told })
    }

    /// The way by which somebody went on whose cover here had begun on a day.
    fn after(&self, number: PsnNo, came: ServiceDate) -> Option<(TransferId, RegionCode)> {
        let later = (Bound::Excluded(came), Bound::Unbounded);
        let left = self.of.get(&number)?.range(later).next();
        left.map(|(_, left)| *left)
    }

    /// What is known of where a word belongs that an old home gives again.
    fn known_of(&mut self, word: &HandWord, ledger: &Ledger) -> Result<Known, StoreError> {
        let (number, came) = match &word.handed {
            Handed::Person(hand_over) => {
                let order = &hand_over.order;
                // Whoever went on after they came has taken along what they came with.
                return Ok(match self.after(order.number, order.cover.days.from()) {
                    Some(_) => Known::HandedOver,
                    None => Known::Nothing,
                });
            }
            Handed::Claim(supplement) | Handed::Reversal(supplement) => {
                (supplement.number, ledger.transfer(supplement.transfer)?)
            }
            Handed::GivenUp(of) => (of.number, ledger.transfer(of.transfer)?),
        };
        let came = came.map(|row| row.order.cover.days.from());
        let Some((transfer, new_home)) = came.and_then(|came| self.after(number, came)) else {
            return Ok(Known::Nothing);
        };
        let told = Told::known(&mut self.told, ledger, new_home)?;
        if told.knows(&word.handed) {
            return Ok(Known::ToldOn);
        }
        // Changes of before the hand-over that are not back, if that itself came back. What an old home told later
        // than that is none of them.
        let lacks = ledger.regained(number)?.filter(|row| {
            let is_after = |version: PersonVersion| version.change > row.base;
            told.handed_since(transfer, word.at).is_some_and(is_after)
                && row.highest.saturating_sub(row.base) > row.count
        });
        let now = incarnation(ledger)?;
        Ok(match lacks {
            Some(row) if row.incarnation == now => Known::HandedOver,
            Some(_) | None => Known::Nothing,
        })
    }
}

fn their_hand(
    hand: &ProvenHand,
    (old_home, new_home): (RegionCode, RegionCode),
    signer: &CertifiedKey,
    region: RegionCode,
) -> Result<(), Unfinished> {
    if is_word(hand, old_home, new_home, signer) {
        return Ok(());
    }
    Err(Unfinished::NotTheirs {
        party: Party::Region(region),
        fault: ReceiptFault::Signature,
    })
}

#[cfg(test)]
mod tests;
