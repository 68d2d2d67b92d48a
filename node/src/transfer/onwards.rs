//! What becomes of a word about somebody who has gone on to the next home.
//!
//! A supplement goes on after the person, as a word of this home; never under a number that the next home may hold
//! already with another word. After a restore an old home gives its words again when the hand-over to the next home
//! is back: what was counted in before that hand-over is part of it, and what went on already goes on no second time.

use huitong_core::person::PsnNo;
use huitong_core::record::hand::Supplement;
use huitong_core::record::transfer::AccountAfter;
use huitong_core::region::RegionCode;

use super::there;
use crate::home::restored::is_left_out;
use crate::store::{Account, Leaving, Rows, StoreError, account_now};

/// How a word of an old home came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Its sender sent it, in this incarnation of its own.
    Sent(u32),
    /// An old home gave it again when the own node, restored, asked for what its journal lacks. Whether it had been
    /// taken before is lost; what else came back says where it belongs.
    Collected(Known),
}

/// What a restored home knows of where a word about somebody who went on belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing that came back has it in it: it is taken like a word that was never taken before, and goes on after
    /// whoever has gone on.
    Nothing,
    /// The next home was told of it: the word on it came back.
    ToldOn,
    /// It is part of the hand-over to the next home: an arrival of before it, or a change of before it that is missing
    /// in the person's record.
    HandedOver,
}

impl Came {
    /// The incarnation in which its sender sent it; none for what the own restore asked for.
    #[must_use]
    pub const fn sent_in(self) -> Option<u32> {
        match self {
            Self::Sent(incarnation) => Some(incarnation),
            Self::Collected(_) => None,
        }
    }

    /// Whether it is part of a hand-over to the next home, which came back before it.
    #[must_use]
    pub const fn is_handed_over(self) -> bool {
        match self {
            Self::Collected(Known::HandedOver) => true,
            Self::Collected(Known::Nothing | Known::ToldOn) | Self::Sent(_) => false,
        }
    }
}

/// What a supplement comes to.
pub(super) enum Next {
    /// It changes the person's record here, or nothing.
    Counted(Option<AccountAfter>),
    /// It goes on after the person.
    GoesOn(RegionCode, Supplement),
    /// It would go on to a region that is left out: the numbers to it may be there already, with other words.
    Waits,
}

/// What a supplement for somebody who was handed over comes to.
pub(super) fn next(
    supplement: &Supplement,
    left: &Leaving,
    rows: &dyn Rows,
) -> Result<Next, StoreError> {
    if is_left_out(rows, left.new_home)? {
        return Ok(Next::Waits);
    }
    let supplement = Supplement {
        transfer: left.transfer,
        number: left.number,
        ..supplement.clone()
    };
    Ok(Next::GoesOn(left.new_home, supplement))
}

/// The record of somebody who has gone on, as it stands: the change that comes back is in the hand-over.
pub(super) fn passed_on(rows: &dyn Rows, number: PsnNo) -> Result<AccountAfter, StoreError> {
    let account = account_now(rows, number)?;
    let account: Account = there(account, "a person who went on without an account")?;
    Ok(AccountAfter {
        version: account.version,
        totals: Vec::new(),
        balances: account.balances,
    })
}
