//! Words between an old and a new home, collected after a restore: those that this node wrote, and those it had taken.

use huitong_certs::signing::CertifiedKey;
use huitong_core::record::erasure::ErasedWord;
use huitong_core::record::hand::ProvenHand;
use huitong_core::region::RegionCode;

use super::collect::{Unfinished, WITHIN};
use super::{Party, Recovery};
use crate::chance::salt;
use crate::peers::{HomeFault, Peer};
use crate::store::Rows;
use crate::transfer::arrive::Take;
use crate::transfer::is_word;
use crate::transfer::leave::RegainHand;
use crate::treatment::verify::ReceiptFault;

impl Recovery {
    /// What the region had handed over to here, as an old home.
    pub(super) async fn collect_hands(&self, peer: &Peer) -> Result<(), Unfinished> {
        let region = peer.region();
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
                    sent_in: None,
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
