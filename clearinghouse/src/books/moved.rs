//! What moving money posts: it clears the net position that it was ordered for, or waits in suspense.
//!
//! | what happened | debit | credit |
//! |---|---|---|
//! | paid in as ordered | net position | settlement cash |
//! | paid in and parked | suspense | settlement cash |
//! | parked money counts | net position | suspense |
//! | parked money went back | settlement cash | suspense |
//! | a movement is taken out again | settlement cash | net position, suspense |
//!
//! All of the member that paid; what is paid out posts the same on the opposite sides. So when a cycle is paid its
//! members' positions stand at zero, and so does the sum of their cash.

use huitong_core::ledger::{Account, AccountClass, Entry, Holder, LedgerError, Posting};
use huitong_core::money::Fen;
use huitong_core::payment::BankLine;
use huitong_core::record::clearing::PaymentRecord;
use huitong_core::vocabulary::Direction;

/// The entries of a step; none of one that moves no money.
///
/// # Errors
/// An amount of zero, or a sum out of range: no entry that does not balance is built.
pub(crate) fn moved(record: &PaymentRecord) -> Result<Vec<Entry>, LedgerError> {
    use AccountClass::{NetPosition, SettlementCash, Suspense};
    let entry = match record {
        PaymentRecord::Corrected(corrected) => {
            let line = &corrected.line;
            let counted = Fen::sum(corrected.counted.iter().map(|(_, amount)| *amount))?;
            let parts = [(counted, NetPosition), (corrected.parked, Suspense)];
            let parts = parts.into_iter().filter(|(amount, _)| !amount.is_zero());
            return parts
                .map(|(amount, from)| posted(line, amount, SettlementCash, from))
                .collect();
        }
        PaymentRecord::Confirmed(confirmed) => {
            let line = &confirmed.line;
            posted(line, line.amount, NetPosition, SettlementCash)
        }
        PaymentRecord::Parked(parked) => {
            let line = &parked.line;
            posted(line, line.amount, Suspense, SettlementCash)
        }
        PaymentRecord::Applied(applied) => {
            let sum = Fen::sum(applied.to.iter().map(|(_, amount)| *amount))?;
            posted(&applied.line, sum, NetPosition, Suspense)
        }
        PaymentRecord::Returned(returned) => {
            posted(&returned.line, returned.amount, SettlementCash, Suspense)
        }
        PaymentRecord::Approved(_)
        | PaymentRecord::Instructed(_)
        | PaymentRecord::MonthInstructed(_)
        | PaymentRecord::Delayed(_)
        | PaymentRecord::Joined(_) => {
            return Ok(Vec::new());
        }
    };
    Ok(vec![entry?])
}

/// An amount that one account of the member is debited and another credited when it paid in, and the other way when
/// it was paid out.
fn posted(
    line: &BankLine,
    amount: Fen,
    debited: AccountClass,
    credited: AccountClass,
) -> Result<Entry, LedgerError> {
    let account = |class| Account {
        holder: Holder::Member(line.member),
        fund: line.fund,
        class,
    };
    let entry = Entry::new(vec![
        Posting::debit(account(debited), amount),
        Posting::credit(account(credited), amount),
    ])?;
    Ok(match line.direction {
        Direction::PayIn => entry,
        Direction::PayOut => entry.reversed(),
    })
}
