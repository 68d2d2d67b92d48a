//! Audit deductions after a restore: given back by either region, whole with both signatures, and written again.
//!
//! They have no numbers: each is found by its id, and coming back twice it changes nothing. What ends with the reversal of
//! a settlement follows from both and is written when everything is back, so that it does not matter which came first.

use huitong_core::date::Timestamp;
use huitong_core::deduction::DeductionWord;
use huitong_core::id::{DeductionId, SettlementId};
use huitong_core::leg::Side;
use huitong_core::record::NodeRecord;
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversalBody;

use super::collect::Unfinished;
use super::{Party, Recovery};
use crate::home::deduct::RegainDeduction;
use crate::home::deduction::check::{Keys, WordFault, check_word};
use crate::home::deduction::lift::lifted;
use crate::peers::Peer;
use crate::store::apply::Records;
use crate::store::{
    DeductionState, HomeDeductionState, HomeState, Key, Row, Rows, StoreError, Stream, StreamHead,
    Table,
};
use crate::treatment::deduct::records::RebookDeduction;
use crate::writer::{Command, Verdict};

/// Rows that are looked at in one go.
const ROWS: usize = 1_000;

impl Recovery {
    /// Writes a word of the own home role on a deduction again.
    pub(super) async fn regain_deduction(
        &self,
        word: DeductionWord,
        peer: &Peer,
    ) -> Result<(), Unfinished> {
        // Each of both counts by the key of when it was signed, which it says itself.
        let (ordered, answered) = signed_at(&word);
        let theirs = self.homes.signer(peer, word.order.group.key_id, ordered);
        let own = self.own_signer(word.answer.group.key_id, answered);
        let keys = Keys {
            treatment: Some(&theirs),
            home: Some(&own),
        };
        let checked = check_word(&word, (peer.region(), self.region), keys);
        checked.map_err(|fault| not_theirs(peer, fault))?;
        self.writer.run(RegainDeduction(word)).await?;
        Ok(())
    }

    /// Books another home region's word on an own deduction again.
    pub(super) async fn rebook_deduction(
        &self,
        word: DeductionWord,
        peer: &Peer,
    ) -> Result<(), Unfinished> {
        let (ordered, answered) = signed_at(&word);
        let own = self.own_signer(word.order.group.key_id, ordered);
        let theirs = self.homes.signer(peer, word.answer.group.key_id, answered);
        let keys = Keys {
            treatment: Some(&own),
            home: Some(&theirs),
        };
        let checked = check_word(&word, (self.region, peer.region()), keys);
        checked.map_err(|fault| not_theirs(peer, fault))?;
        self.writer.run(RebookDeduction(word)).await?;
        Ok(())
    }

    /// Ends what stands of settlements that are reversed, in both roles.
    pub(super) async fn lift_deductions(&self) -> Result<(), Unfinished> {
        self.ledger.barrier().await?;
        for (key, row) in self.every(Table::Deduction)? {
            if let (Key::Deduction(id), Row::Deduction(row)) = (key, row)
                && row.state == DeductionState::Stands
                && let Some(reversal) = self.treatment.reversal_of(row.settlement).await?
            {
                self.lift((id, Side::Receivable), reversal).await?;
            }
        }
        for (key, row) in self.every(Table::HomeDeduction)? {
            if let (Key::HomeDeduction(treatment, id), Row::HomeDeduction(row)) = (key, row)
                && row.state == HomeDeductionState::Stands
                && let Some(reversal) = self.reversed_here((treatment, row.settlement))?
            {
                self.lift((id, Side::Payable), reversal).await?;
            }
        }
        Ok(())
    }

    /// Every row of a table that has few: of deductions, or of the register's institutions.
    pub(super) fn every(&self, table: Table) -> Result<Vec<(Key, Row)>, StoreError> {
        let mut all = self.ledger.scan(table, ROWS)?;
        let mut fresh = all.len();
        while fresh >= ROWS
            && let Some((after, _)) = all.last()
        {
            let page = self.ledger.scan_after(table, after, ROWS)?;
            fresh = page.len();
            all.extend(page);
        }
        Ok(all)
    }

    async fn lift(
        &self,
        (deduction, side): (DeductionId, Side),
        reversal: ReversalBody,
    ) -> Result<(), Unfinished> {
        let command = Lift {
            deduction,
            side,
            reversal,
        };
        self.writer.run(command).await?;
        Ok(())
    }

    /// The own reversal of a settlement, if it is reversed.
    fn reversed_here(
        &self,
        (treatment, settlement): (RegionCode, SettlementId),
    ) -> Result<Option<ReversalBody>, StoreError> {
        let row = self.ledger.home_settlement(treatment, settlement)?;
        let Some(HomeState::Reversed(places)) = row.map(|row| row.state) else {
            return Ok(None);
        };
        let record = self.ledger.record(places.reversed)?;
        Ok(if let NodeRecord::ReversalOrdered(record) = record {
            Some(record.body().clone())
        } else if let NodeRecord::ReversalRegained(regained) = record {
            Some(regained.record.body().clone())
        } else {
            None
        })
    }
}

/// When the order and its answer say that they were signed.
const fn signed_at(word: &DeductionWord) -> (Timestamp, Timestamp) {
    (word.order.body.ordered_at, word.answer.body.answered_at)
}

fn not_theirs(peer: &Peer, fault: WordFault) -> Unfinished {
    Unfinished::Party(Party::Region(peer.region()), fault.to_string())
}

/// Ends a deduction whose settlement is reversed, unless something else ended it.
struct Lift {
    deduction: DeductionId,
    side: Side,
    reversal: ReversalBody,
}

impl Command for Lift {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<()>, StoreError> {
        let treatment = self.reversal.clearing.treatment;
        let amounts = match self.side {
            Side::Receivable => {
                let row = rows.deduction(self.deduction)?;
                let row = row.filter(|row| row.state == DeductionState::Stands);
                row.map(|row| row.amounts)
            }
            Side::Payable => {
                let row = rows.home_deduction(treatment, self.deduction)?;
                let row = row.filter(|row| row.state == HomeDeductionState::Stands);
                row.map(|row| row.amounts)
            }
        };
        let Some(amounts) = amounts else {
            return Ok(Verdict::Answer(()));
        };
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        let mut next_leg = head.written.saturating_add(1);
        let of = (self.deduction, amounts, self.side);
        let record = lifted(rows, of, &self.reversal, &mut next_leg, at)?;
        Ok(Verdict::Append(vec![record], ()))
    }
}
