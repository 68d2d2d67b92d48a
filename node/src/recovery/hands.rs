//! Hand-overs that come back: the own words to new homes, and what old homes had handed over to here.
//!
//! The own words come back with everything else that a region was given, before anything is taken that might go on
//! after somebody. So when an old home gives its words again, it is known who has gone on, and what the next home
//! holds of it.

use std::collections::BTreeMap;

use huitong_certs::signing::CertifiedKey;
use huitong_core::coverage::PersonVersion;
use huitong_core::record::erasure::ErasedWord;
use huitong_core::record::hand::{Handed, ProvenHand};
use huitong_core::region::RegionCode;

use super::collect::{Unfinished, WITHIN};
use super::moved::Told;
use super::{Party, Recovery};
use crate::chance::salt;
use crate::home::relation::handed_over;
use crate::peers::{HomeFault, Peer};
use crate::store::{Rows, StoreError, incarnation};
use crate::transfer::arrive::Take;
use crate::transfer::is_word;
use crate::transfer::leave::RegainHand;
use crate::transfer::onwards::{Came, Known};
use crate::treatment::verify::ReceiptFault;

impl Recovery {
    /// What the region had handed over to here, as an old home.
    pub(super) async fn collect_hands(&self, peer: &Peer) -> Result<(), Unfinished> {
        let region = peer.region();
        let mut told = BTreeMap::new();
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
                their_hand(&hand, (region, self.region), peer.signing_key(), region)?;
                let command = Take {
                    came: Came::Collected(self.known_of(&hand, &mut told)?),
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
        their_hand(&hand, (self.region, new_home), &self.signer, new_home)?;
        self.writer.run(RegainHand(hand)).await?;
        Ok(())
    }

    /// What is known of where a word belongs that an old home gives again. Nothing else writes while it is collected.
    fn known_of(
        &self,
        hand: &ProvenHand,
        told: &mut BTreeMap<RegionCode, Told>,
    ) -> Result<Known, StoreError> {
        let supplement = match &hand.word.handed {
            Handed::Person(_) => return Ok(Known::Nothing),
            Handed::Claim(supplement) | Handed::Reversal(supplement) => supplement,
        };
        let Some(left) = handed_over(&*self.ledger, supplement.number)? else {
            return Ok(Known::Nothing);
        };
        let told = Told::known(told, &self.ledger, left.new_home)?;
        if told.knows(&hand.word.handed) {
            return Ok(Known::ToldOn);
        }
        // Changes of before the hand-over that are not back, if that itself came back.
        let lacks = self.ledger.regained(supplement.number)?.filter(|row| {
            let is_after = |version: PersonVersion| version.change > row.base;
            told.handed_at(left.transfer).is_some_and(is_after)
                && row.highest.saturating_sub(row.base) > row.count
        });
        let now = incarnation(&*self.ledger)?;
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
