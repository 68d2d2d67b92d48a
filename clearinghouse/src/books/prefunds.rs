//! What prefunds post: the payer's money that is with the holder, on both sides.
//!
//! Paid in, the payer's `prefund_paid` is debited and the holder's `prefund_held` credited; paid out again, or taken out
//! of the books as entered wrongly, the other way. No position of a cycle is touched.

use huitong_core::ledger::{Account, AccountClass, Entry, Holder, LedgerError, Posting};
use huitong_core::prefund::PrefundLine;
use huitong_core::record::clearing::PrefundRecord;
use huitong_core::vocabulary::Direction;

/// The entry of a step; none of one that moves no money.
///
/// # Errors
/// An amount of zero: no entry that does not balance is built.
pub(crate) fn left_with(record: &PrefundRecord) -> Result<Option<Entry>, LedgerError> {
    match record {
        PrefundRecord::Moved(moved) => posted(&moved.line).map(Some),
        PrefundRecord::Corrected(corrected) => {
            posted(&corrected.line).map(|entry| Some(entry.reversed()))
        }
        PrefundRecord::Set(_)
        | PrefundRecord::ToppedUp(_)
        | PrefundRecord::Asked(_)
        | PrefundRecord::AskedByHolder(_)
        | PrefundRecord::Levels(_) => Ok(None),
    }
}

fn posted(line: &PrefundLine) -> Result<Entry, LedgerError> {
    let account = |code, class| Account {
        holder: Holder::Member(code),
        fund: line.prefund.fund,
        class,
    };
    let entry = Entry::new(vec![
        Posting::debit(
            account(line.prefund.payer, AccountClass::PrefundPaid),
            line.amount,
        ),
        Posting::credit(
            account(line.prefund.holder, AccountClass::PrefundHeld),
            line.amount,
        ),
    ])?;
    Ok(match line.direction {
        Direction::PayIn => entry,
        Direction::PayOut => entry.reversed(),
    })
}
